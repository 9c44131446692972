#include "writ/ocspasking.h"

#include <string.h>

#include "shared/jail.h"

/* -------------------------------------------------------------------------- the certificates */

static int read_certificates(const struct args *a, struct ocspasking *q, struct writ_error *e)
{
    const char *issuer = args_value(a, "issuer");

    if (certfile_read(args_operand(a, 0), &q->chain, e) < 0 ||
        (issuer != NULL && certfile_read(issuer, &q->issuers, e) < 0) ||
        writ_cert_parse(q->chain.cert[0], &q->cert, e) < 0)
        return -1;
    if (certfile_find_issuer(q->issuers.cert, q->issuers.count, &q->cert, &q->issuer) ||
        (issuer == NULL &&
         certfile_find_issuer(q->chain.cert + 1, q->chain.count - 1, &q->cert, &q->issuer)))
        return 0;
    if (issuer != NULL)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "%s was not issued by %s", args_operand(a, 0),
                         issuer);
    return writ_fail(e, WRIT_FAULT_NO_INPUT,
                     "the issuer of %s is not in that file; name it with --issuer FILE",
                     args_operand(a, 0));
}

/* --------------------------------------------------------------------------- the responders */

static int add_given(const struct args *a, struct ocspasking *q, struct writ_error *e)
{
    const char *url;

    for (size_t i = 0; (url = args_value_at(a, "url", i)) != NULL; i++) {
        if (strncmp(url, "http://", 7) != 0 && strncmp(url, "https://", 8) != 0)
            return args_fail(a, e, "--url %s: wanted http://... or https://...", url);
        if (i == RACE_SERVERS_MAX)
            return args_fail(a, e, "--url: %d responders at most", RACE_SERVERS_MAX);
        if (ocspclient_add_url(&q->question, writ_span_text(url), e) < 0)
            return -1;
    }
    return 0;
}

/* Those that the certificate names, unless others were given. */
static int choose_responders(const struct args *a, struct ocspasking *q, bool nobody_is_asked,
                             struct writ_error *e)
{
    struct writ_span rest = q->cert.access, url;

    if (nobody_is_asked || args_value(a, "url") != NULL)
        return add_given(a, q, e);
    while (q->cert.has_ocsp_url && writ_cert_next_ocsp_url(&rest, &url)) {
        if (ocspclient_add_url(&q->question, url, e) < 0)
            return -1;
    }
    if (q->question.urls == 0)
        return writ_fail(e, WRIT_FAULT_NO_INPUT,
                         "%s names no OCSP responder; name one with --url URL", args_operand(a, 0));
    return 0;
}

int ocspasking_start(struct ocspasking *q, const struct args *a, bool nobody_is_asked,
                     struct writ_error *e)
{
    if (places_find(&q->places, a->root, e) < 0 || jail_prepare(e) < 0 ||
        read_certificates(a, q, e) < 0 || choose_responders(a, q, nobody_is_asked, e) < 0)
        return -1;
    q->question.places = &q->places;
    q->question.cert = q->cert.der;
    q->question.issuer = q->issuer.der;
    q->question.hash = WRIT_OID_SHA1;
    q->question.now = a->now;
    return 0;
}

void ocspasking_end(struct ocspasking *q)
{
    certfile_free(&q->chain);
    certfile_free(&q->issuers);
    places_free(&q->places);
}

void ocspasking_tell(struct out *o, const struct ocspclient_question *question,
                     const struct ocspclient_result *result)
{
    for (size_t i = 0; i < question->urls; i++) {
        const struct ocspclient_server *s = &result->server[i];

        out_detail(o, 1, "%s: %s%s%s", question->url[i], ocspclient_state_name(s->state),
                   s->why[0] == '\0' ? "" : ": ", s->why);
    }
}
