#include "shared/castore_sql.h"

#include <stdlib.h>
#include <string.h>

#include "base/time.h"

static const char select_last[] =
    "SELECT version, reserved_at, as_of, expires, table_hash, note FROM publications"
    " WHERE as_of IS NOT NULL ORDER BY version DESC LIMIT 1";

int castore_publication_reserve(struct castore *s, int64_t now, uint64_t *version,
                                struct writ_error *e)
{
    int64_t next = 0;
    struct sql q;

    if (castore_sql_may_change(s, e) < 0 ||
        castore_sql_number(s, "SELECT next_version FROM ca", &next, e) < 0 ||
        castore_sql_exec(s, "UPDATE ca SET next_version = next_version + 1", e) < 0)
        return -1;
    q = castore_sql(s, "a publication",
                    "INSERT INTO publications (version, reserved_at) VALUES (?, ?)");
    castore_sql_put(&q, next);
    castore_sql_put(&q, now);
    if (castore_sql_run(&q, e) < 0)
        return -1;
    *version = (uint64_t)next;
    return 0;
}

static int refuse_earlier(struct castore *s, int64_t as_of, struct writ_error *e)
{
    struct castore_publication *last = NULL;
    char before[WRIT_TIME_TEXT], now[WRIT_TIME_TEXT];
    int rc = castore_publication_last(s, &last, e);

    if (rc == 0 && last != NULL && as_of < last->as_of) {
        writ_time_format(last->as_of, before);
        writ_time_format(as_of, now);
        rc = writ_fail(e, WRIT_FAULT_CONFIGURATION,
                       "feed version %llu says as of %s, and the clock now says %s: devices refuse "
                       "a feed that goes back",
                       (unsigned long long)last->version, before, now);
    }
    castore_publication_free(last);
    return rc;
}

static int check_publication(const struct castore_publication *p, struct writ_error *e)
{
    if (p->note.n < 1 || p->note.n > CASTORE_FEED_NOTE_MAX)
        return writ_fail(e, WRIT_FAULT_USAGE, "a feed's note has 1 to %zu bytes, this one has %zu",
                         CASTORE_FEED_NOTE_MAX, p->note.n);
    if (p->as_of > p->expires || p->as_of < WRIT_TIME_MIN || p->expires > WRIT_TIME_MAX)
        return writ_fail(e, WRIT_FAULT_USAGE, "a feed that expires before its as_of");
    return 0;
}

int castore_publication_record(struct castore *s, const struct castore_publication *p,
                               struct writ_error *e)
{
    struct sql q;

    if (castore_sql_may_change(s, e) < 0 || check_publication(p, e) < 0 ||
        refuse_earlier(s, p->as_of, e) < 0)
        return -1;
    q = castore_sql(s, "a publication",
                    "UPDATE publications SET as_of = ?, expires = ?, table_hash = ?, note = ?"
                    " WHERE version = ? AND as_of IS NULL");
    castore_sql_put(&q, p->as_of);
    castore_sql_put(&q, p->expires);
    castore_sql_put_blob(&q, WRIT_SPAN_OF(p->table_hash));
    castore_sql_put_blob(&q, p->note);
    castore_sql_put(&q, (int64_t)p->version);
    if (castore_sql_run(&q, e) < 0)
        return -1;
    if (sqlite3_changes64(s->db) == 1)
        return 0;
    return writ_fail(e, WRIT_FAULT_USAGE,
                     "feed version %llu was not reserved, or says something already",
                     (unsigned long long)p->version);
}

static int read_publication(struct sql *q, struct castore_publication *p, struct writ_error *e)
{
    p->version = castore_sql_get_number(q, 1);
    p->reserved_at = castore_sql_get_time(q);
    p->recorded = true;
    p->as_of = castore_sql_get_time(q);
    p->expires = castore_sql_get_time(q);
    castore_sql_get_hash(q, p->table_hash);
    p->note = castore_sql_get_blob(q, CASTORE_FEED_NOTE_MAX);
    castore_sql_doubt(q, p->as_of > p->expires);
    return castore_sql_row_check(q, e);
}

/* The publication and a copy of its note, in one piece of memory. */
static struct castore_publication *copy_of(const struct castore_publication *p,
                                           struct writ_error *e)
{
    struct castore_publication *copy = malloc(sizeof *copy + p->note.n);
    uint8_t *note = (uint8_t *)(copy + 1);

    if (copy == NULL) {
        (void)writ_fail_memory(e);
        return NULL;
    }
    *copy = *p;
    memcpy(note, p->note.p, p->note.n);
    copy->note = WRIT_SPAN(note, p->note.n);
    return copy;
}

int castore_publication_last(struct castore *s, struct castore_publication **found,
                             struct writ_error *e)
{
    struct sql q = castore_sql(s, "a publication", select_last);
    struct castore_publication p;
    int rc = castore_sql_step(&q, e);

    *found = NULL;
    if (rc > 0) {
        rc = read_publication(&q, &p, e);
        *found = rc < 0 ? NULL : copy_of(&p, e);
        rc = *found == NULL ? -1 : 0;
    }
    castore_sql_end(&q);
    return rc;
}

void castore_publication_free(struct castore_publication *p)
{
    free(p);
}
