#include "ca/ca_crl.h"

#include "base/time.h"
#include "object/namematch.h"
#include "writ/crlfile.h"

/* Half of the numbers are left for ours. */
#define FOLLOWED_MAX (CASTORE_NUMBER_MAX / 2)

/* The number of a CRL; 0 when it has none, as those of version 1. */
static int read_number(const struct writ_crl *crl, uint64_t *number, struct writ_error *e)
{
    bool fits = true;

    *number = 0;
    for (size_t i = 0; fits && i < crl->number.n; i++) {
        fits = *number <= FOLLOWED_MAX >> 8;
        *number = *number << 8 | writ_span_u8(crl->number, i);
    }
    if (!fits || *number > FOLLOWED_MAX)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT,
                         "its cRLNumber is too large to be followed: wanted at most %llu",
                         (unsigned long long)FOLLOWED_MAX);
    return 0;
}

static int refuse_future(const struct writ_crl *crl, int64_t now, struct writ_error *e)
{
    char theirs[WRIT_TIME_TEXT], ours[WRIT_TIME_TEXT];

    if (crl->this_update <= now)
        return 0;
    writ_time_format(crl->this_update, theirs);
    writ_time_format(now, ours);
    return writ_fail(e, WRIT_FAULT_BAD_INPUT,
                     "its thisUpdate is %s, and the clock now says %s: ours would go back", theirs,
                     ours);
}

/* The complete CRL, and every partition. */
static int follow_scopes(struct ca_crl_job *job, const struct ca_crl_issuer *it, uint64_t number,
                         int64_t this_update, struct writ_error *e)
{
    char scope[CASTORE_SCOPE_MAX + 1];

    for (int part = -1; part < (int)job->settings.partitions; part++) {
        ca_crl_scope(job, part, scope);
        if (castore_crl_follow(job->ca->store, it->self.at[0]->id, scope, number, this_update, e) <
            0)
            return -1;
    }
    return 0;
}

/* Issuers may have one name: raising the number of each is never wrong. */
static int follow_one(struct writ_span der, void *into, struct writ_error *e)
{
    struct ca_crl_job *job = into;
    struct writ_crl crl;
    uint64_t number;
    size_t matches = 0;

    if (writ_crl_parse(der, &crl, e) < 0 || read_number(&crl, &number, e) < 0 ||
        refuse_future(&crl, job->now, e) < 0)
        return -1;
    for (size_t i = 0; i < job->count; i++) {
        if (!writ_name_matches(job->issuer[i].cert.subject.der, crl.issuer.der))
            continue;
        matches++;
        if (follow_scopes(job, &job->issuer[i], number, crl.this_update, e) < 0)
            return -1;
    }
    if (matches == 0)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "its issuer is none of this CA's");
    return 0;
}

int ca_crl_follow(struct ca_crl_job *job, const char *path, struct writ_error *e)
{
    struct crlfile file = {0};
    int rc = -1;

    if (crlfile_open(path, &file, e) < 0)
        return -1;
    rc = crlfile_each(file.bytes, follow_one, job, e);
    if (rc < 0)
        writ_error_context(e, "%s", path);
    crlfile_close(&file);
    return rc;
}
