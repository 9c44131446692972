#include "writ/lookup.h"

#include <stdlib.h>

#include "api/usage.h"
#include "crypto/start.h"
#include "evidence/revoked.h"

struct writ_lookup {
    struct writ_table table; /* borrows the caller's bytes */
    struct writ_digester *digester;
};

static int open_table(struct writ_lookup *l, struct writ_span bytes, struct writ_error *e)
{
    if (writ_table_open(bytes, &l->table, e) < 0 || writ_table_check(&l->table, e) < 0 ||
        writ_crypto_begin(e) < 0)
        return -1;
    l->digester = writ_digester_new(e);
    return l->digester == NULL ? -1 : 0;
}

struct writ_lookup *writ_lookup_new(const uint8_t *table, size_t n, struct writ_error *e)
{
    struct writ_lookup *l;

    if (writ_is_missing(table, n)) {
        (void)writ_fail_null(e, "writ_lookup_new");
        return NULL;
    }
    l = calloc(1, sizeof *l);
    if (l == NULL) {
        (void)writ_fail_memory(e);
        return NULL;
    }
    if (open_table(l, WRIT_SPAN(table, n), e) < 0) {
        writ_lookup_free(l);
        return NULL;
    }
    return l;
}

void writ_lookup_free(struct writ_lookup *l)
{
    if (l == NULL)
        return;
    writ_digester_free(l->digester);
    free(l);
}

int64_t writ_lookup_as_of(const struct writ_lookup *l)
{
    return l == NULL ? 0 : l->table.as_of;
}

/* Either may be NULL. */
static void tell(enum writ_reason found_reason, int64_t found_since, enum writ_reason *reason,
                 int64_t *since)
{
    if (reason != NULL)
        *reason = found_reason;
    if (since != NULL)
        *since = found_since;
}

/* --------------------------------------------------------------------------- serial numbers */

int writ_lookup_serial(struct writ_lookup *l, const uint8_t issuer[WRIT_HASH],
                       const uint8_t *serial, size_t n, enum writ_reason *reason, int64_t *since,
                       struct writ_error *e)
{
    struct writ_block block;
    struct writ_revoked revoked;
    uint8_t key[WRIT_TABLE_KEY];

    if (l == NULL || issuer == NULL || serial == NULL)
        return writ_fail_null(e, "writ_lookup_serial");
    if (!writ_table_find(&l->table, WRIT_SPAN(issuer, WRIT_HASH), WRIT_BLOCK_LIST, &block))
        return WRIT_LOOKUP_NO_ISSUER;
    if (writ_revocation_key(l->digester, issuer, WRIT_SPAN(serial, n), key, e) < 0)
        return -1;
    if (!writ_block_find(&block, key, &revoked))
        return WRIT_LOOKUP_UNLISTED;
    tell(revoked.reason, revoked.since, reason, since);
    return WRIT_LOOKUP_REVOKED;
}

/* ----------------------------------------------------------------------------- certificates */

static enum writ_lookup_answer answer_of(enum writ_status status)
{
    switch (status) {
    case WRIT_STATUS_GOOD:
        return WRIT_LOOKUP_GOOD;
    case WRIT_STATUS_REVOKED:
        return WRIT_LOOKUP_REVOKED;
    case WRIT_STATUS_NEWER:
        return WRIT_LOOKUP_NEWER;
    case WRIT_STATUS_BURNED:
        return WRIT_LOOKUP_BURNED;
    case WRIT_STATUS_UNNUMBERED:
        return WRIT_LOOKUP_UNNUMBERED;
    case WRIT_STATUS_NOT_ASKED:
    case WRIT_STATUS_NOT_COVERED:
    case WRIT_STATUS_STALE: /* a CRL has no part in it */
        break;
    }
    return WRIT_LOOKUP_NO_ISSUER;
}

int writ_lookup_certificate(struct writ_lookup *l, const uint8_t *cert, size_t n,
                            const uint8_t *issuer, size_t issuer_n, enum writ_reason *reason,
                            int64_t *since, struct writ_error *e)
{
    struct writ_cert parsed, issuer_parsed;
    struct writ_link link; /* large, and only what is asked for below is set */

    if (l == NULL || cert == NULL || issuer == NULL)
        return writ_fail_null(e, "writ_lookup_certificate");
    if (writ_cert_parse(WRIT_SPAN(cert, n), &parsed, e) < 0 ||
        writ_cert_parse(WRIT_SPAN(issuer, issuer_n), &issuer_parsed, e) < 0 ||
        writ_check_link(&l->table, l->digester, &parsed, &issuer_parsed, &link, e) < 0)
        return -1;
    if (link.status == WRIT_STATUS_REVOKED)
        tell(link.revocation.reason, link.revocation.since, reason, since);
    return (int)answer_of(link.status);
}

/* ---------------------------------------------------------------------------------- content */

int writ_lookup_content(struct writ_lookup *l, const uint8_t root_key[WRIT_HASH], uint64_t length,
                        const uint8_t root[WRIT_HASH], enum writ_reason *reason, int64_t *since,
                        struct writ_error *e)
{
    struct writ_block block;
    struct writ_revoked revoked;

    if (l == NULL || root_key == NULL || root == NULL)
        return writ_fail_null(e, "writ_lookup_content");
    if (!writ_table_find(&l->table, WRIT_SPAN(root_key, WRIT_HASH), WRIT_BLOCK_CONTENTS, &block))
        return WRIT_LOOKUP_NO_ISSUER;
    if (!writ_block_find_content(&block, length, WRIT_SPAN(root, WRIT_HASH), &revoked))
        return WRIT_LOOKUP_UNLISTED;
    tell(revoked.reason, revoked.since, reason, since);
    return WRIT_LOOKUP_REVOKED;
}
