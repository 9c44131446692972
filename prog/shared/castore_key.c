#include "shared/castore_sql.h"

#include <stdlib.h>
#include <string.h>

const char *castore_purpose_name(enum castore_purpose purpose)
{
    switch (purpose) {
    case CASTORE_KEY_ROOT:
        return "root";
    case CASTORE_KEY_INTERMEDIATE:
        return "intermediate";
    case CASTORE_KEY_FEED:
        return "feed";
    case CASTORE_KEY_TSA:
        return "tsa";
    }
    return "unknown";
}

static int check_new(const struct castore_key *k, struct writ_error *e)
{
    if (castore_sql_check_text(k->algorithm, CASTORE_ALGORITHM_MAX, true, "a key's algorithm", e) <
        0)
        return -1;
    if (k->pkcs8.n < 1 || k->pkcs8.n > CASTORE_KEY_MAX)
        return writ_fail(e, WRIT_FAULT_USAGE, "a private key has 1 to %zu bytes, this one has %zu",
                         CASTORE_KEY_MAX, k->pkcs8.n);
    if (k->purpose < CASTORE_KEY_ROOT || k->purpose > CASTORE_KEY_TSA)
        return writ_fail(e, WRIT_FAULT_USAGE, "a key for nothing");
    return 0;
}

static int refuse_known(struct castore *s, const struct castore_key *k, struct writ_error *e)
{
    struct sql q = castore_sql(s, "a key", "SELECT 1 FROM keys WHERE spki_hash = ?");
    int rc;

    castore_sql_put_blob(&q, WRIT_SPAN_OF(k->spki_hash));
    rc = castore_sql_step(&q, e);
    castore_sql_end(&q);
    if (rc <= 0)
        return rc;
    return writ_fail(e, WRIT_FAULT_USAGE, "this key is in the CA store %s already", s->shown);
}

int castore_key_add(struct castore *s, const struct castore_key *k, int64_t *id,
                    struct writ_error *e)
{
    struct sql q;

    if (castore_sql_may_change(s, e) < 0 || check_new(k, e) < 0 || refuse_known(s, k, e) < 0)
        return -1;
    q = castore_sql(s, "a key",
                    "INSERT INTO keys (purpose, algorithm, encrypted, spki_hash, created, pkcs8)"
                    " VALUES (?, ?, ?, ?, ?, ?)");
    castore_sql_put(&q, k->purpose);
    castore_sql_put_name(&q, k->algorithm);
    castore_sql_put(&q, k->encrypted);
    castore_sql_put_blob(&q, WRIT_SPAN_OF(k->spki_hash));
    castore_sql_put(&q, k->created);
    castore_sql_put_blob(&q, k->pkcs8);
    if (castore_sql_run(&q, e) < 0)
        return -1;
    *id = sqlite3_last_insert_rowid(s->db);
    return 0;
}

static int read_key(struct sql *q, struct castore_key *k, struct writ_error *e)
{
    k->id = castore_sql_get(q, 1, INT64_MAX);
    k->purpose = (enum castore_purpose)castore_sql_get(q, CASTORE_KEY_ROOT, CASTORE_KEY_TSA);
    castore_sql_get_text(q, k->algorithm, sizeof k->algorithm);
    k->encrypted = castore_sql_get_flag(q);
    castore_sql_get_hash(q, k->spki_hash);
    k->created = castore_sql_get_time(q);
    k->pkcs8 = castore_sql_get_blob(q, CASTORE_KEY_MAX);
    castore_sql_doubt(q, k->algorithm[0] == '\0');
    return castore_sql_row_check(q, e);
}

/* The key and a copy of its bytes, in one piece of memory. */
static struct castore_key *copy_of(const struct castore_key *k, struct writ_error *e)
{
    struct castore_key *copy = malloc(sizeof *copy + k->pkcs8.n);
    uint8_t *pkcs8 = (uint8_t *)(copy + 1);

    if (copy == NULL) {
        (void)writ_fail_memory(e);
        return NULL;
    }
    *copy = *k;
    memcpy(pkcs8, k->pkcs8.p, k->pkcs8.n);
    copy->pkcs8 = WRIT_SPAN(pkcs8, k->pkcs8.n);
    return copy;
}

int castore_key_find(struct castore *s, enum castore_purpose purpose, const uint8_t *spki_hash,
                     struct castore_key **found, struct writ_error *e)
{
    struct sql q =
        castore_sql(s, "a key",
                    "SELECT id, purpose, algorithm, encrypted, spki_hash, created, pkcs8 FROM keys"
                    " WHERE purpose = ?1 AND (?2 IS NULL OR spki_hash = ?2)"
                    " ORDER BY id DESC LIMIT 1");
    struct castore_key k;
    int rc;

    *found = NULL;
    castore_sql_put(&q, purpose);
    if (spki_hash == NULL)
        castore_sql_put_null(&q);
    else
        castore_sql_put_blob(&q, WRIT_SPAN(spki_hash, WRIT_SHA256_BYTES));
    rc = castore_sql_step(&q, e);
    if (rc > 0) {
        rc = read_key(&q, &k, e);
        *found = rc < 0 ? NULL : copy_of(&k, e);
        rc = *found == NULL ? -1 : 0;
    }
    castore_sql_end(&q);
    return rc;
}

void castore_key_free(struct castore_key *k)
{
    if (k == NULL)
        return;
    explicit_bzero(k, sizeof *k + k->pkcs8.n); /* its bytes lie behind it */
    free(k);
}
