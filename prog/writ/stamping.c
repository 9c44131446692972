#include "writ/stamping.h"

#include "bytes/build.h"
#include "crypto/digest.h"
#include "evidence/timestamp.h"
#include "object/timestamp.h"
#include "shared/fetcher.h"
#include "shared/jail.h"

#define NONCE_BYTES 16
#define QUERY_TYPE  "application/timestamp-query"
#define REPLY_TYPE  "application/timestamp-reply"
#define DEADLINE_MS 30000

/* What the child checks an answer against. */
struct task {
    struct writ_span answer;
    struct writ_span signature_value;
    struct writ_span nonce; /* content octets of the INTEGER */
};

static int check_token(const struct task *t, struct writ_span token, struct writ_error *e)
{
    struct writ_timestamp stamp;
    struct writ_cert signer;
    struct writ_fact fact = {0};
    size_t index;

    if (writ_check_token(token, t->signature_value, &stamp, &signer, &index, &fact, e) < 0)
        return -1;
    if (!writ_fact_holds(&fact))
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "the authority's answer: %s", fact.reason);
    if (!writ_span_equal(stamp.nonce, t->nonce))
        return writ_fail(e, WRIT_FAULT_BAD_INPUT,
                         "the authority's answer is to another request (nonce)");
    return 0;
}

static int work(void *argument, struct writ_buffer *answer, struct writ_error *e)
{
    const struct task *t = argument;
    struct writ_span token;

    if (writ_timestamp_parse_answer(t->answer, &token, e) < 0 || check_token(t, token, e) < 0)
        return -1;
    writ_buffer_add(answer, token);
    return writ_buffer_check(answer, e);
}

static int build_request(struct writ_span signature_value, const uint8_t nonce[NONCE_BYTES],
                         struct writ_buffer *request, struct writ_error *e)
{
    uint8_t imprint[WRIT_SHA256_BYTES];

    if (writ_sha256(signature_value, imprint, e) < 0)
        return -1;
    return writ_timestamp_build_request(WRIT_SPAN_OF(imprint), WRIT_SPAN(nonce, NONCE_BYTES),
                                        request, e);
}

int stamping_get(const char *url, struct writ_span signature_value, struct writ_buffer *token,
                 struct writ_error *e)
{
    uint8_t nonce[NONCE_BYTES];
    struct writ_buffer request = {0}, answer = {0};
    struct jail limits = {0};
    struct task t = {.signature_value = signature_value, .nonce = WRIT_SPAN_OF(nonce)};
    int rc = -1;

    if (writ_random(nonce, sizeof nonce, e) < 0)
        return -1;
    nonce[0] = (uint8_t)((nonce[0] & 0x7f) | 0x40); /* positive, and as long as it is */
    if (build_request(signature_value, nonce, &request, e) < 0 ||
        fetcher_post(url, QUERY_TYPE, writ_buffer_span(&request), REPLY_TYPE,
                     WRIT_TIMESTAMP_ANSWER_MAX, DEADLINE_MS, &answer, e) < 0)
        goto out;
    t.answer = writ_buffer_span(&answer);
    rc = jail_run(&limits, work, &t, token, e);
out:
    writ_error_context(e, "timestamp");
    writ_buffer_free(&request);
    writ_buffer_free(&answer);
    return rc;
}
