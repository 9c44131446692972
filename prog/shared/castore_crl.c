#include "shared/castore_sql.h"

#include <stdio.h>
#include <string.h>

#include "base/time.h"
#include "shared/castore_certificate.h"

/* A store of schema 1 that is only read has none of these tables. */
static int has_tables(struct castore *s, bool *has, struct writ_error *e)
{
    int64_t version = 0;
    int rc = castore_schema_version(s, &version, e);

    *has = version >= 2;
    return rc;
}

/* --- adopted issuers --- */

static int refuse_with_certificates(struct castore *s, int64_t issuer, struct writ_error *e)
{
    struct castore_adoption standing;
    uint64_t next;
    struct sql q;
    int rc;

    if (castore_number_next(s, issuer, &next, e) < 0 ||
        castore_adoption(s, issuer, &standing, e) < 0)
        return -1;
    if (standing.adopted)
        return writ_fail(e, WRIT_FAULT_USAGE, "this issuer is adopted already");
    q = castore_sql(s, "a certificate", "SELECT 1 FROM certificates WHERE issuer = ?");
    castore_sql_put(&q, issuer);
    rc = castore_sql_step(&q, e);
    castore_sql_end(&q);
    if (rc <= 0)
        return rc;
    return writ_fail(e, WRIT_FAULT_USAGE, "this issuer has certificates here, and numbers them");
}

int castore_adopt(struct castore *s, int64_t issuer, int64_t now, struct writ_error *e)
{
    struct sql q;

    if (castore_sql_may_change(s, e) < 0 || refuse_with_certificates(s, issuer, e) < 0)
        return -1;
    q = castore_sql(s, "an adopted issuer",
                    "INSERT INTO adopted (certificate, adopted_at, looked_at) VALUES (?1, ?2, ?2)");
    castore_sql_put(&q, issuer);
    castore_sql_put(&q, now);
    return castore_sql_run(&q, e);
}

int castore_adoption(struct castore *s, int64_t issuer, struct castore_adoption *adoption,
                     struct writ_error *e)
{
    struct sql q;
    bool has;
    int rc;

    memset(adoption, 0, sizeof *adoption);
    if (has_tables(s, &has, e) < 0)
        return -1;
    if (!has)
        return 0;
    q = castore_sql(s, "an adopted issuer",
                    "SELECT adopted_at, looked_at FROM adopted WHERE certificate = ?");
    castore_sql_put(&q, issuer);
    rc = castore_sql_step(&q, e);
    if (rc > 0) {
        adoption->adopted = true;
        adoption->adopted_at = castore_sql_get_time(&q);
        adoption->looked_at = castore_sql_get_time(&q);
        rc = castore_sql_row_check(&q, e);
    }
    castore_sql_end(&q);
    return rc;
}

int castore_looked(struct castore *s, int64_t issuer, int64_t now, struct writ_error *e)
{
    struct sql q;

    if (castore_sql_may_change(s, e) < 0)
        return -1;
    q = castore_sql(s, "an adopted issuer",
                    "UPDATE adopted SET looked_at = ?2 WHERE certificate = ?1 AND looked_at < ?2");
    castore_sql_put(&q, issuer);
    castore_sql_put(&q, now);
    return castore_sql_run(&q, e);
}

/* --- changes --- */

int castore_change_last(struct castore *s, uint64_t *seq, struct writ_error *e)
{
    int64_t last = 0;
    bool has;

    *seq = 0;
    if (has_tables(s, &has, e) < 0)
        return -1;
    if (has && castore_sql_number(s, "SELECT ifnull(max(seq), 0) FROM changes", &last, e) < 0)
        return -1;
    *seq = (uint64_t)last;
    return 0;
}

int castore_change_each(struct castore *s, uint64_t after, castore_certificate_visit *visit,
                        void *arg, struct writ_error *e)
{
    struct sql q;
    bool has;

    if (has_tables(s, &has, e) < 0)
        return -1;
    if (!has)
        return 0;
    q = castore_sql(s, "a certificate",
                    CASTORE_CERTIFICATE_SELECT
                    "WHERE c.id IN (SELECT certificate FROM changes WHERE seq > ?) ORDER BY c.id");
    castore_sql_put(&q, (int64_t)after);
    return castore_certificate_walk(&q, visit, arg, e);
}

/* --- CRLs --- */

static int read_crl(struct sql *q, struct castore_crl *crl, struct writ_error *e)
{
    crl->next_number = castore_sql_get_number(q, 1);
    crl->this_update = castore_sql_get_time(q);
    crl->has_base = !castore_sql_is_null(q);
    if (crl->has_base) {
        crl->base_number = castore_sql_get_number(q, 1);
        crl->base_change = castore_sql_get_number(q, 0);
        crl->base_update = castore_sql_get_time(q);
        castore_sql_doubt(q, crl->base_number >= crl->next_number);
    }
    return castore_sql_row_check(q, e);
}

int castore_crl(struct castore *s, int64_t issuer, const char *scope, struct castore_crl *crl,
                struct writ_error *e)
{
    struct sql q;
    bool has;
    int rc;

    *crl = (struct castore_crl){.next_number = 1};
    if (has_tables(s, &has, e) < 0)
        return -1;
    if (!has)
        return 0;
    q = castore_sql(s, "a CRL",
                    "SELECT next_number, this_update, base_number, base_change, base_update"
                    " FROM crls WHERE issuer = ? AND scope = ?");
    castore_sql_put(&q, issuer);
    castore_sql_put_name(&q, scope);
    rc = castore_sql_step(&q, e);
    if (rc > 0)
        rc = read_crl(&q, crl, e);
    castore_sql_end(&q);
    return rc;
}

static int refuse_earlier(const struct castore_crl *crl, int64_t now, struct writ_error *e)
{
    char before[WRIT_TIME_TEXT], after[WRIT_TIME_TEXT];

    if (now >= crl->this_update)
        return 0;
    writ_time_format(crl->this_update, before);
    writ_time_format(now, after);
    return writ_fail(e, WRIT_FAULT_CONFIGURATION,
                     "CRL %llu says %s, and the clock now says %s: readers refuse a CRL that goes "
                     "back",
                     (unsigned long long)(crl->next_number - 1), before, after);
}

static void put_base(struct sql *q, const struct castore_crl *crl)
{
    if (!crl->has_base) {
        castore_sql_put_null(q);
        castore_sql_put_null(q);
        castore_sql_put_null(q);
        return;
    }
    castore_sql_put(q, (int64_t)crl->base_number);
    castore_sql_put(q, (int64_t)crl->base_change);
    castore_sql_put(q, crl->base_update);
}

static int put_crl(struct castore *s, int64_t issuer, const char *scope, bool is_first,
                   const struct castore_crl *crl, struct writ_error *e)
{
    struct sql q = castore_sql(s, "a CRL",
                               is_first ? "INSERT INTO crls (next_number, this_update, base_number,"
                                          " base_change, base_update, issuer, scope)"
                                          " VALUES (?, ?, ?, ?, ?, ?, ?)"
                                        : "UPDATE crls SET next_number = ?, this_update = ?,"
                                          " base_number = ?, base_change = ?, base_update = ?"
                                          " WHERE issuer = ? AND scope = ?");

    castore_sql_put(&q, (int64_t)crl->next_number);
    castore_sql_put(&q, crl->this_update);
    put_base(&q, crl);
    castore_sql_put(&q, issuer);
    castore_sql_put_name(&q, scope);
    return castore_sql_run(&q, e);
}

static int crl_to_change(struct castore *s, int64_t issuer, const char *scope,
                         struct castore_crl *crl, struct writ_error *e)
{
    uint64_t unused;

    if (castore_sql_may_change(s, e) < 0 || castore_number_next(s, issuer, &unused, e) < 0 ||
        castore_sql_check_text(scope, CASTORE_SCOPE_MAX, false, "the scope of a CRL", e) < 0)
        return -1;
    return castore_crl(s, issuer, scope, crl, e);
}

int castore_crl_take(struct castore *s, int64_t issuer, const char *scope, int64_t now,
                     bool complete, uint64_t *number, struct writ_error *e)
{
    struct castore_crl crl;
    bool is_first;

    if (crl_to_change(s, issuer, scope, &crl, e) < 0 || refuse_earlier(&crl, now, e) < 0)
        return -1;
    is_first = crl.next_number == 1;
    *number = crl.next_number++;
    crl.this_update = now;
    if (complete) {
        crl.has_base = true;
        crl.base_number = *number;
        crl.base_update = now;
        if (castore_change_last(s, &crl.base_change, e) < 0)
            return -1;
    }
    return put_crl(s, issuer, scope, is_first, &crl, e);
}

/* A row's number rises with each change of it (crls_only_up), and is above 1: without a row it
 * is 1. */
int castore_crl_follow(struct castore *s, int64_t issuer, const char *scope, uint64_t number,
                       int64_t this_update, struct writ_error *e)
{
    struct castore_crl crl;
    bool is_first;

    if (number >= CASTORE_NUMBER_MAX)
        return writ_fail(e, WRIT_FAULT_USAGE, "the number %llu of a CRL is too large",
                         (unsigned long long)number);
    if (crl_to_change(s, issuer, scope, &crl, e) < 0)
        return -1;
    if (number < crl.next_number && this_update <= crl.this_update)
        return 0;
    is_first = crl.next_number == 1;
    crl.next_number = (number > crl.next_number ? number : crl.next_number) + 1;
    if (this_update > crl.this_update)
        crl.this_update = this_update;
    return put_crl(s, issuer, scope, is_first, &crl, e);
}
