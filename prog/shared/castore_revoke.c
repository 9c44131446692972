#include "shared/castore_sql.h"

#include <string.h>

#include "base/time.h"
#include "shared/castore_certificate.h"

/* --- certificates --- */

/* The certificate with this id, found for a change of its state. */
static int find(struct castore *s, int64_t id, struct castore_matches *m, struct writ_error *e)
{
    if (castore_sql_may_change(s, e) < 0 || castore_find_id(s, id, m, e) < 0)
        return -1;
    if (m->n == 1)
        return 0;
    return writ_fail(e, WRIT_FAULT_USAGE, "no certificate %lld in the CA store %s", (long long)id,
                     s->shown);
}

static int put_revocation(struct castore *s, int64_t id, const struct writ_revocation *r,
                          struct writ_error *e)
{
    struct sql q = castore_sql(
        s, "a revocation",
        "INSERT INTO revocations (certificate, reason, since, since_given, revoked_at, note)"
        " VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (certificate) DO UPDATE SET reason = excluded.reason,"
        " since = excluded.since, since_given = excluded.since_given,"
        " revoked_at = excluded.revoked_at, note = excluded.note");

    castore_sql_put(&q, id);
    castore_sql_put(&q, r->reason);
    castore_sql_put(&q, r->since);
    castore_sql_put(&q, r->since_given);
    castore_sql_put(&q, r->revoked_at);
    castore_sql_put_text(&q, r->note);
    return castore_sql_run(&q, e);
}

int castore_revoke(struct castore *s, int64_t certificate, struct writ_revocation *r,
                   struct writ_error *e)
{
    struct castore_matches m = {0};
    int rc = -1;

    if (writ_revocation_check(r, e) < 0 || find(s, certificate, &m, e) < 0)
        goto out;
    if (m.at[0]->role == CASTORE_ROOT) {
        (void)writ_fail(e, WRIT_FAULT_USAGE,
                        "%s is the root: devices trust it by itself, so only they can stop; revoke "
                        "the intermediate below it",
                        m.at[0]->name);
        goto out;
    }
    if (m.at[0]->revoked && writ_revocation_widen(&m.at[0]->revocation, r, e) < 0) {
        writ_error_context(e, "%s", m.at[0]->name);
        goto out;
    }
    rc = put_revocation(s, certificate, r, e);
out:
    castore_matches_free(&m);
    return rc;
}

static int delete_revocation(struct castore *s, int64_t id, struct writ_error *e)
{
    struct sql q = castore_sql(s, "a revocation", "DELETE FROM revocations WHERE certificate = ?");

    castore_sql_put(&q, id);
    if (castore_sql_run(&q, e) < 0)
        return -1;
    s->needs_why = true;
    return 0;
}

int castore_reinstate(struct castore *s, int64_t certificate, struct writ_revocation *lifted,
                      struct writ_error *e)
{
    struct castore_matches m = {0};
    int rc = -1;

    if (find(s, certificate, &m, e) < 0)
        goto out;
    if (!m.at[0]->revoked) {
        (void)writ_fail(e, WRIT_FAULT_USAGE, "%s is neither revoked nor held; nothing to reinstate",
                        m.at[0]->name);
        goto out;
    }
    if (lifted != NULL)
        *lifted = m.at[0]->revocation;
    rc = delete_revocation(s, certificate, e);
out:
    castore_matches_free(&m);
    return rc;
}

/* --- contents --- */

static const char select_contents[] =
    "SELECT root, length, reason, revoked_at, name, note FROM contents "
    "WHERE (?1 IS NULL OR (root = ?1 AND length = ?2)) ORDER BY root, length";

static int read_content(struct sql *q, struct castore_content *c, struct writ_error *e)
{
    castore_sql_get_hash(q, c->root);
    c->length = castore_sql_get_number(q, 0);
    c->reason = (enum writ_reason)castore_sql_get(q, 0, 9);
    c->revoked_at = castore_sql_get_time(q);
    castore_sql_get_text(q, c->name, sizeof c->name);
    castore_sql_get_text(q, c->note, sizeof c->note);
    castore_sql_doubt(q, !writ_reason_is_known((unsigned)c->reason));
    return castore_sql_row_check(q, e);
}

/* 1 and *c when this content is revoked, 0 when not. */
static int find_content(struct castore *s, uint64_t length, const uint8_t *root,
                        struct castore_content *c, struct writ_error *e)
{
    struct sql q = castore_sql(s, "a revoked content", select_contents);
    int rc;

    castore_sql_put_blob(&q, WRIT_SPAN(root, WRIT_SHA256_BYTES));
    castore_sql_put(&q, (int64_t)length);
    rc = castore_sql_step(&q, e);
    if (rc > 0 && read_content(&q, c, e) < 0)
        rc = -1;
    castore_sql_end(&q);
    return rc;
}

static int check_content(const struct castore_content *c, struct writ_error *e)
{
    if (castore_sql_check_text(c->name, CASTORE_TEXT_MAX, false, "a content's name", e) < 0 ||
        castore_sql_check_text(c->note, WRIT_REVOCATION_NOTE_MAX, false, "a note", e) < 0)
        return -1;
    if (c->length > CASTORE_NUMBER_MAX)
        return writ_fail(e, WRIT_FAULT_USAGE, "a content of %llu bytes",
                         (unsigned long long)c->length);
    if (!writ_reason_is_known((unsigned)c->reason))
        return writ_fail(e, WRIT_FAULT_USAGE, "reason %d is not one that writ revokes for",
                         (int)c->reason);
    return 0;
}

static int insert_content(struct castore *s, const struct castore_content *c, struct writ_error *e)
{
    struct sql q = castore_sql(s, "a revoked content",
                               "INSERT INTO contents (root, length, reason, revoked_at, name, note)"
                               " VALUES (?, ?, ?, ?, ?, ?)");

    castore_sql_put_blob(&q, WRIT_SPAN_OF(c->root));
    castore_sql_put(&q, (int64_t)c->length);
    castore_sql_put(&q, c->reason);
    castore_sql_put(&q, c->revoked_at);
    castore_sql_put_text(&q, c->name);
    castore_sql_put_text(&q, c->note);
    return castore_sql_run(&q, e);
}

int castore_content_revoke(struct castore *s, const struct castore_content *c, struct writ_error *e)
{
    struct castore_content standing;
    char when[WRIT_TIME_TEXT];
    int rc;

    if (castore_sql_may_change(s, e) < 0 || check_content(c, e) < 0)
        return -1;
    rc = find_content(s, c->length, c->root, &standing, e);
    if (rc == 0)
        return insert_content(s, c, e);
    if (rc > 0) {
        writ_time_format(standing.revoked_at, when);
        (void)writ_fail(e, WRIT_FAULT_USAGE,
                        "this content is already revoked (%s, %s); nothing to do",
                        writ_reason_name(standing.reason), when);
    }
    return -1;
}

int castore_content_reinstate(struct castore *s, uint64_t length,
                              const uint8_t root[WRIT_SHA256_BYTES], struct castore_content *lifted,
                              struct writ_error *e)
{
    struct castore_content standing;
    struct sql q;
    int rc;

    if (castore_sql_may_change(s, e) < 0)
        return -1;
    rc = find_content(s, length, root, &standing, e);
    if (rc == 0)
        return writ_fail(e, WRIT_FAULT_USAGE, "this content is not revoked; nothing to reinstate");
    if (rc < 0)
        return -1;
    q = castore_sql(s, "a revoked content", "DELETE FROM contents WHERE root = ? AND length = ?");
    castore_sql_put_blob(&q, WRIT_SPAN(root, WRIT_SHA256_BYTES));
    castore_sql_put(&q, (int64_t)length);
    if (castore_sql_run(&q, e) < 0)
        return -1;
    s->needs_why = true;
    if (lifted != NULL)
        *lifted = standing;
    return 0;
}

int castore_content_each(struct castore *s, castore_content_visit *visit, void *arg,
                         struct writ_error *e)
{
    struct sql q = castore_sql(s, "a revoked content", select_contents);
    struct castore_content c;
    int rc;

    while ((rc = castore_sql_step(&q, e)) > 0) {
        if (read_content(&q, &c, e) < 0 || visit(arg, &c, e) < 0) {
            rc = -1;
            break;
        }
    }
    castore_sql_end(&q);
    return rc;
}
