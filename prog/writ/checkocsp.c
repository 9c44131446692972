#include "writ/checkocsp.h"

#include "shared/certfile.h"
#include "shared/jail.h"
#include "shared/ocspclient.h"
#include "writ/ocspasking.h"

const char *const checkocsp_policies[] = {"never", "cached", "soft", "hard", NULL};

/* A subject, and what is made of it. */
struct subject {
    struct certfile own, more;
    struct writ_cert cert, issuer;
    struct ocspclient_question question;
};

/* False when there is nothing to ask with: the verdict will say why in its own words. */
static bool read_subject(struct subject *s, struct writ_span bytes, struct writ_span chain)
{
    struct writ_error ignored = {0};

    if (certfile_parse(bytes, "it", &s->own, &ignored) < 0 ||
        writ_cert_parse(s->own.cert[0], &s->cert, NULL) < 0)
        return false;
    if (chain.n > 0 && certfile_parse(chain, "--chain", &s->more, &ignored) < 0)
        return false;
    return certfile_find_issuer(s->own.cert, s->own.count, &s->cert, &s->issuer) ||
           certfile_find_issuer(s->more.cert, s->more.count, &s->cert, &s->issuer);
}

/* One that cannot be asked is left out. */
static void choose_responders(struct subject *s)
{
    struct writ_span rest = s->cert.access, url;
    struct writ_error ignored = {0};

    while (s->cert.has_ocsp_url && writ_cert_next_ocsp_url(&rest, &url))
        (void)!ocspclient_add_url(&s->question, url, &ignored);
}

static int ask(const struct args *a, struct out *o, struct subject *s, struct writ_buffer *response,
               struct writ_error *e)
{
    struct ocspclient_result result = {.ms = 0};
    struct places places = {0};
    struct ocspclient_question *q = &s->question;
    int rc = places_find(&places, a->root, e);

    choose_responders(s);
    q->places = &places;
    q->cert = s->cert.der;
    q->issuer = s->issuer.der;
    q->hash = WRIT_OID_SHA1;
    q->cached_only = args_choice(a, "ocsp", CHECKOCSP_NEVER) == CHECKOCSP_CACHED;
    q->now = a->now;
    q->deadline_ms = OCSPCLIENT_DEADLINE;
    if (rc == 0)
        rc = ocspclient_ask(q, &result, e);
    if (rc == 0) {
        ocspasking_tell(o, q, &result);
        if (q->urls == 0)
            out_detail(o, 1, "the certificate names no OCSP responder");
        writ_buffer_add(response, writ_buffer_span(&result.response));
    }
    ocspclient_free(&result);
    places_free(&places);
    return rc < 0 ? -1 : writ_buffer_check(response, e);
}

int checkocsp_ask(const struct args *a, struct out *o, struct writ_span bytes,
                  struct writ_span chain, struct writ_buffer *response, struct writ_error *e)
{
    struct subject s = {.question = {.urls = 0}};
    int rc = 0;

    if (args_choice(a, "ocsp", CHECKOCSP_NEVER) == CHECKOCSP_NEVER)
        return 0;
    if (jail_prepare(e) < 0)
        return -1;
    if (read_subject(&s, bytes, chain))
        rc = ask(a, o, &s, response, e);
    certfile_free(&s.own);
    certfile_free(&s.more);
    return rc;
}
