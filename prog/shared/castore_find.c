#include "shared/castore_certificate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "base/text.h"
#include "base/time.h"

#define LISTED_MAX 3  /* candidates that a sentence names */
#define SHOWN_NAME 48 /* bytes of a name in it */

#define NEWEST_FIRST "ORDER BY c.id DESC"

/* --- keeping what was found --- */

/* The certificate and a copy of its bytes, in one piece of memory. */
static struct castore_certificate *copy_of(const struct castore_certificate *c,
                                           struct writ_error *e)
{
    struct castore_certificate *copy = malloc(sizeof *copy + c->der.n);
    uint8_t *der = (uint8_t *)(copy + 1);

    if (copy == NULL) {
        (void)writ_fail_memory(e);
        return NULL;
    }
    *copy = *c;
    if (c->der.n > 0)
        memcpy(der, c->der.p, c->der.n);
    copy->der = WRIT_SPAN(der, c->der.n);
    return copy;
}

void castore_matches_free(struct castore_matches *m)
{
    for (size_t i = 0; i < m->n; i++)
        free(m->at[i]);
    free(m->at);
    memset(m, 0, sizeof *m);
}

static int keep(struct castore_matches *m, const struct castore_certificate *c,
                struct writ_error *e)
{
    if (m->at == NULL)
        m->at = calloc(CASTORE_MATCHES_MAX, sizeof(struct castore_certificate *));
    if (m->at == NULL)
        return writ_fail_memory(e);
    m->at[m->n] = copy_of(c, e);
    if (m->at[m->n] == NULL)
        return -1;
    m->n++;
    return 0;
}

/* Replaces what m holds by the rows of q, or empties it when that fails.  Frees the statement. */
static int collect(struct sql *q, struct castore_matches *m, struct writ_error *e)
{
    struct castore_certificate c;
    int rc;

    castore_matches_free(m);
    while ((rc = castore_sql_step(q, e)) > 0) {
        m->more = m->n == CASTORE_MATCHES_MAX;
        if (m->more) {
            rc = 0;
            break;
        }
        if (castore_certificate_read(q, &c, e) < 0 || keep(m, &c, e) < 0) {
            rc = -1;
            break;
        }
    }
    castore_sql_end(q);
    if (rc < 0)
        castore_matches_free(m);
    return rc;
}

/* --- finding --- */

static struct sql select_where(struct castore *s, enum castore_by by)
{
    switch (by) {
    case CASTORE_BY_SERIAL:
        return castore_sql(s, "a certificate",
                           CASTORE_CERTIFICATE_SELECT "WHERE c.serial = ?1 " NEWEST_FIRST);
    case CASTORE_BY_NAME:
        return castore_sql(s, "a certificate",
                           CASTORE_CERTIFICATE_SELECT "WHERE c.name = ?2 " NEWEST_FIRST);
    case CASTORE_BY_TEAM:
        return castore_sql(s, "a certificate",
                           CASTORE_CERTIFICATE_SELECT "WHERE c.team = ?2 " NEWEST_FIRST);
    case CASTORE_BY_WORD:
        break;
    }
    return castore_sql(s, "a certificate",
                       CASTORE_CERTIFICATE_SELECT
                       "WHERE c.serial = ?1 OR c.name = ?2 " NEWEST_FIRST);
}

int castore_find(struct castore *s, enum castore_by by, const char *text, struct castore_matches *m,
                 struct writ_error *e)
{
    uint8_t serial[CASTORE_SERIAL_MAX];
    int n = writ_hex_parse_loose(text, serial, sizeof serial);
    struct sql q = select_where(s, by);

    if (n > 0)
        castore_sql_put_blob(&q, WRIT_SPAN(serial, (size_t)n));
    else
        castore_sql_put_null(&q); /* equals nothing */
    if (by != CASTORE_BY_SERIAL)
        castore_sql_put_name(&q, text);
    return collect(&q, m, e);
}

int castore_find_der(struct castore *s, struct writ_span der, struct castore_matches *m,
                     struct writ_error *e)
{
    uint8_t fingerprint[WRIT_SHA256_BYTES];
    struct sql q;

    if (writ_digester_sha256(s->digester, der, WRIT_SPAN_NONE, fingerprint, e) < 0)
        return -1;
    q = castore_sql(s, "a certificate",
                    CASTORE_CERTIFICATE_SELECT "WHERE c.fingerprint = ? " NEWEST_FIRST);
    castore_sql_put_blob(&q, WRIT_SPAN_OF(fingerprint));
    return collect(&q, m, e);
}

int castore_find_id(struct castore *s, int64_t id, struct castore_matches *m, struct writ_error *e)
{
    struct sql q = castore_sql(s, "a certificate", CASTORE_CERTIFICATE_SELECT "WHERE c.id = ?");

    castore_sql_put(&q, id);
    return collect(&q, m, e);
}

int castore_find_serial(struct castore *s, int64_t issuer, struct writ_span serial,
                        struct castore_matches *m, struct writ_error *e)
{
    struct sql q = castore_sql(s, "a certificate",
                               CASTORE_CERTIFICATE_SELECT "WHERE c.issuer = ? AND c.serial = ?");

    castore_sql_put(&q, issuer);
    castore_sql_put_blob(&q, serial);
    return collect(&q, m, e);
}

int castore_find_role(struct castore *s, enum castore_role role, struct castore_matches *m,
                      struct writ_error *e)
{
    struct sql q = castore_sql(s, "a certificate",
                               CASTORE_CERTIFICATE_SELECT "WHERE c.role = ? " NEWEST_FIRST);

    castore_sql_put(&q, role);
    return collect(&q, m, e);
}

int castore_find_issuers(struct castore *s, struct castore_matches *m, struct writ_error *e)
{
    struct sql q = castore_sql(s, "an issuer",
                               CASTORE_CERTIFICATE_SELECT
                               "WHERE c.id IN (SELECT certificate FROM issuers) " NEWEST_FIRST);

    return collect(&q, m, e);
}

/* By way of the revocations: certificates have no index by key, and few keys are compromised. */
int castore_find_compromised(struct castore *s, const uint8_t spki_hash[WRIT_SHA256_BYTES],
                             struct castore_matches *m, struct writ_error *e)
{
    struct sql q =
        castore_sql(s, "a certificate",
                    CASTORE_CERTIFICATE_SELECT
                    "WHERE c.id IN (SELECT certificate FROM revocations WHERE reason = ?)"
                    " AND c.spki_hash = ? " NEWEST_FIRST);

    castore_sql_put(&q, WRIT_REASON_KEY_COMPROMISE);
    castore_sql_put_blob(&q, WRIT_SPAN(spki_hash, WRIT_SHA256_BYTES));
    return collect(&q, m, e);
}

/* --- saying what was found --- */

static void add_date(struct writ_buffer *text, int64_t instant)
{
    struct writ_civil c;

    writ_time_to_civil(instant, &c);
    writ_buffer_format(text, "%04d-%02d-%02d", c.year, c.month, c.day);
}

static void add_state(struct writ_buffer *text, const struct castore_certificate *c)
{
    if (!c->revoked)
        writ_buffer_text(text, "good");
    else if (c->revocation.reason == WRIT_REASON_CERTIFICATE_HOLD)
        writ_buffer_text(text, "held");
    else
        writ_buffer_format(text, "revoked %s", writ_reason_name(c->revocation.reason));
}

static void add_name(struct writ_buffer *text, const char *name)
{
    char shown[SHOWN_NAME];

    writ_text_copy_safe(shown, sizeof shown, writ_span_text(name));
    writ_buffer_text(text, shown);
}

void castore_certificate_describe(const struct castore_certificate *c, struct writ_buffer *text)
{
    writ_hex_add(text, WRIT_SPAN(c->serial, c->serial_n));
    writ_buffer_text(text, " (");
    add_name(text, c->name);
    if (c->team[0] != '\0') {
        writ_buffer_text(text, ", team ");
        add_name(text, c->team);
    }
    writ_buffer_text(text, ", ");
    if (c->not_before != 0)
        add_date(text, c->not_before);
    writ_buffer_text(text, c->not_before != 0 ? " to " : "to ");
    add_date(text, c->not_after);
    writ_buffer_text(text, ", ");
    add_state(text, c);
    writ_buffer_text(text, ")");
}

static int refuse_several(const struct castore_matches *m, const char *shown, struct writ_error *e)
{
    struct writ_buffer list = {0};
    int rc;

    for (size_t i = 0; i < m->n && i < LISTED_MAX; i++) {
        writ_buffer_text(&list, i == 0 ? "" : "; ");
        castore_certificate_describe(m->at[i], &list);
    }
    if (m->n > LISTED_MAX)
        writ_buffer_format(&list, "; and %zu more", m->n - LISTED_MAX);
    rc = writ_fail(e, WRIT_FAULT_USAGE, "\"%s\" means %s%zu certificates, say which by serial: %s",
                   shown, m->more ? "more than " : "", m->n, writ_buffer_string(&list));
    writ_buffer_free(&list);
    return rc;
}

const struct castore_certificate *castore_matches_only(const struct castore_matches *m,
                                                       const char *text, struct writ_error *e)
{
    char shown[SHOWN_NAME];

    if (m->n == 1)
        return m->at[0];
    writ_text_copy_safe(shown, sizeof shown, writ_span_text(text));
    if (m->n == 0)
        (void)writ_fail(e, WRIT_FAULT_NO_INPUT,
                        "no certificate of this CA is \"%s\"; see writ ca list", shown);
    else
        (void)refuse_several(m, shown, e);
    return NULL;
}
