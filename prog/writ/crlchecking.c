#include "writ/crlchecking.h"

#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "base/text.h"
#include "shared/jail.h"
#include "writ/crlfile.h"

static bool fits(const struct writ_cert *issuer, const struct writ_crl *crl)
{
    return writ_name_matches(issuer->subject.der, crl->issuer.der);
}

int crlchecking_try(const struct writ_crlcheck *check, const struct certfile *issuer,
                    const struct writ_crl *crl, struct writ_answer *answer, struct writ_error *e)
{
    struct writ_crlcheck one = *check;
    struct writ_cert cert;
    bool tried = false;

    for (size_t i = 0; i < issuer->count; i++) {
        bool is_last_resort = !tried && i + 1 == issuer->count; /* says what is wrong with it */

        if (writ_cert_parse(issuer->cert[i], &cert, e) < 0)
            return -1;
        if (!fits(&cert, crl) && !is_last_resort)
            continue;
        one.issuer = &cert;
        tried = true;
        if (writ_check_one_crl(&one, crl, answer, e) < 0)
            return -1;
        if (answer->status != WRIT_ANSWER_NO_EVIDENCE)
            return 0;
    }
    return tried ? 0 : writ_check_one_crl(&one, crl, answer, e);
}

/* ------------------------------------------------------------------------------ in the child */

struct task {
    struct writ_span bytes;
    const struct writ_crlcheck *check;
    const struct certfile *issuer;
    struct crlchecking_found found;
    size_t count;
};

static void say_why(struct crlchecking_found *found, enum writ_answer_status status,
                    const char *why)
{
    found->status = status;
    (void)snprintf(found->why, sizeof found->why, "%.*s", (int)sizeof found->why - 1, why);
}

static int keep(const struct writ_crl *crl, const struct writ_answer *answer,
                struct crlchecking_found *found, struct writ_error *e)
{
    say_why(found, answer->status, answer->why);
    (void)snprintf(found->source, sizeof found->source, "%s", answer->source);
    found->is_delta = crl->is_delta;
    found->as_of = answer->as_of;
    found->until = answer->until;
    found->entries = crl->entry_count;
    found->number_size = crl->number.n;
    if (crl->number.n > 0)
        memcpy(found->number, crl->number.p, crl->number.n);
    return crl->has_idp ? writ_sha256(crl->idp.der, found->scope, e) : 0;
}

static int visit(struct writ_span der, void *into, struct writ_error *e)
{
    struct task *t = into;
    struct writ_error unreadable = {0};
    struct writ_answer answer;
    struct writ_crl crl;
    char why[WRIT_FACT_TEXT];

    if (t->count++ > 0) {
        say_why(&t->found, WRIT_ANSWER_NO_EVIDENCE, "there are several CRLs in it");
        return 0;
    }
    if (writ_crl_parse(der, &crl, &unreadable) < 0) {
        (void)snprintf(why, sizeof why, "it does not parse: %.*s", 300, unreadable.text);
        say_why(&t->found, WRIT_ANSWER_NO_EVIDENCE, why);
        return 0;
    }
    if (crlchecking_try(t->check, t->issuer, &crl, &answer, e) < 0)
        return -1;
    return keep(&crl, &answer, &t->found, e);
}

static int work(void *argument, struct writ_buffer *answer, struct writ_error *e)
{
    struct task *t = argument;
    struct writ_error unreadable = {0};

    if (crlfile_each(t->bytes, visit, t, &unreadable) < 0) {
        if (unreadable.fault != WRIT_FAULT_BAD_INPUT) {
            *e = unreadable;
            return -1;
        }
        say_why(&t->found, WRIT_ANSWER_NO_EVIDENCE, unreadable.text);
    }
    if (writ_sha256(t->bytes, t->found.digest, e) < 0)
        return -1;
    writ_buffer_add(answer, WRIT_SPAN(&t->found, sizeof t->found));
    return writ_buffer_check(answer, e);
}

/* ----------------------------------------------------------------------------- in the parent */

/* The child may have been taken over: every field is made what it can be. */
static int take(struct writ_span answer, struct crlchecking_found *found, struct writ_error *e)
{
    if (answer.n != sizeof *found)
        return writ_fail(e, WRIT_FAULT_UNEXPECTED, "a child gave an answer of %zu bytes", answer.n);
    memcpy(found, answer.p, sizeof *found);
    if (found->number_size > sizeof found->number ||
        (found->status != WRIT_ANSWER_GOOD && found->status != WRIT_ANSWER_STALE &&
         found->status != WRIT_ANSWER_NO_EVIDENCE))
        return writ_fail(e, WRIT_FAULT_UNEXPECTED, "a child's answer makes no sense");
    writ_text_make_safe(found->source, sizeof found->source);
    writ_text_make_safe(found->why, sizeof found->why);
    return 0;
}

int crlchecking_look(struct writ_span bytes, const struct writ_crlcheck *check,
                     const struct certfile *issuer, struct crlchecking_found *found,
                     struct writ_error *e)
{
    struct task t = {.bytes = bytes, .check = check, .issuer = issuer};
    struct jail limits = {0};
    struct writ_buffer answer = {0};
    int rc;

    memset(found, 0, sizeof *found);
    rc = jail_run(&limits, work, &t, &answer, e);
    if (rc == 0)
        rc = take(writ_buffer_span(&answer), found, e);
    writ_buffer_free(&answer);
    return rc;
}

static struct writ_span number_of(const struct crlchecking_found *found)
{
    return WRIT_SPAN(found->number, found->number_size);
}

bool crlchecking_goes_back(const struct crlchecking_found *older,
                           const struct crlchecking_found *newer, char why[WRIT_FACT_TEXT])
{
    char was[2 * WRIT_CRL_NUMBER_MAX + 1], is[2 * WRIT_CRL_NUMBER_MAX + 1];

    if ((older->is_delta != 0) != (newer->is_delta != 0) ||
        memcmp(older->scope, newer->scope, sizeof older->scope) != 0) {
        (void)snprintf(why, WRIT_FACT_TEXT,
                       "it is about something else than the one that is there "
                       "(issuingDistributionPoint, or a delta)");
        return true;
    }
    if (writ_crl_number_compare(number_of(newer), number_of(older)) < 0) {
        writ_hex_format(number_of(older), was);
        writ_hex_format(number_of(newer), is);
        (void)snprintf(why, WRIT_FACT_TEXT, "it goes back: number %s after %s (hexadecimal)",
                       newer->number_size > 0 ? is : "none", was);
        return true;
    }
    if (newer->as_of < older->as_of) {
        (void)snprintf(why, WRIT_FACT_TEXT, "it goes back: its thisUpdate is older");
        return true;
    }
    return false;
}
