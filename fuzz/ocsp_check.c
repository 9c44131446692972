/*
 * fuzz/ocsp_check.c - a whole look at an OCSP answer from a stranger, certificate and issuer known
 *
 * Whatever comes, nothing is good or revoked but what the issuer signed (fixtures/ocsp, made by
 * seeds.py; the keys are gone).
 */
#include "evidence/ocsp.h"

#include "inside.h"

static struct {
    struct writ_buffer issuer_der, cert_der, answer;
    struct writ_cert issuer, cert;
    struct writ_span tbs; /* what was signed */
    int64_t now;
} good;

static void load(const char *name, struct writ_buffer *b)
{
    char path[1024];
    uint8_t part[4096];
    size_t n;
    FILE *f;

    (void)snprintf(path, sizeof path, "%s/fixtures/ocsp/%s", WRIT_FUZZ_SOURCE, name);
    f = fopen(path, "rb");
    HOLDS(f != NULL);
    while ((n = fread(part, 1, sizeof part, f)) > 0)
        writ_buffer_add(b, WRIT_SPAN(part, n));
    (void)fclose(f);
}

/* An hour after the answer was made. */
static void load_all(void)
{
    struct writ_ocsp_response response;
    struct writ_error e = {0};

    load("issuer.der", &good.issuer_der);
    load("cert.der", &good.cert_der);
    load("answer.der", &good.answer);
    HOLDS(writ_cert_parse(writ_buffer_span(&good.issuer_der), &good.issuer, &e) == 0);
    HOLDS(writ_cert_parse(writ_buffer_span(&good.cert_der), &good.cert, &e) == 0);
    HOLDS(writ_ocsp_response_parse(writ_buffer_span(&good.answer), &response, &e) == 0);
    good.tbs = response.tbs;
    good.now = response.produced_at + 3600;
}

static struct writ_ocsp_finding look(struct writ_span bytes, bool lenient)
{
    struct writ_ocsp_question q;
    struct writ_ocsp_finding finding;
    struct writ_error e = {0};

    writ_ocsp_question_init(&q, &good.cert, &good.issuer, good.now);
    q.is_issued = true;
    q.allow_sha1 = lenient;
    q.nocheck_required = !lenient;
    HOLDS(writ_examine_ocsp(&q, bytes, &finding, &e) == 0);
    HOLDS((finding.answer.why[0] != '\0') == (finding.answer.status != WRIT_ANSWER_GOOD));
    return finding;
}

static void nothing_else_is_believed(struct writ_span bytes)
{
    struct writ_ocsp_finding finding = look(bytes, true);
    struct writ_ocsp_response response;

    if (finding.signer == WRIT_OCSP_SIGNER_NONE) {
        HOLDS(finding.answer.status == WRIT_ANSWER_NO_EVIDENCE);
        return;
    }
    HOLDS(writ_ocsp_response_parse(bytes, &response, NULL) == 0);
    HOLDS(writ_span_equal(response.tbs, good.tbs));
    HOLDS(finding.answer.status == WRIT_ANSWER_GOOD);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct writ_span bytes = WRIT_SPAN(data, size);

    if (good.answer.n == 0) {
        load_all();
        HOLDS(look(writ_buffer_span(&good.answer), false).answer.status == WRIT_ANSWER_GOOD);
    }
    nothing_else_is_believed(bytes);
    (void)look(bytes, false);
    return 0;
}
