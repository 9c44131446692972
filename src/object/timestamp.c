#include "object/timestamp.h"

#include "base/text.h"
#include "base/time.h"
#include "bytes/build.h"

#define ACCURACY_MAX (366 * WRIT_DAY) /* seconds; a TSA that knows less is no clock */

static int take_imprint(struct writ_cursor *info, struct writ_timestamp *stamp)
{
    struct writ_cursor imprint;

    if (writ_der_enter(info, WRIT_DER_SEQUENCE, &imprint, "messageImprint") < 0 ||
        writ_algorithm_parse(&imprint, &stamp->hash_algorithm, NULL, "hashAlgorithm") < 0 ||
        writ_der_octet_string(&imprint, &stamp->imprint, "hashedMessage") < 0)
        return -1;
    return writ_der_end(&imprint, "messageImprint");
}

/* Accuracy ::= SEQUENCE { seconds INTEGER OPTIONAL, millis [0] OPTIONAL, micros [1] OPTIONAL } */
static int take_accuracy(struct writ_cursor *info, struct writ_timestamp *stamp)
{
    struct writ_cursor accuracy;
    uint64_t seconds = 0, millis = 0, micros = 0;
    bool present;

    if (writ_der_enter_optional(info, WRIT_DER_SEQUENCE, &accuracy, &present, "accuracy") < 0)
        return -1;
    if (writ_der_next_is(&accuracy, WRIT_DER_INTEGER) &&
        writ_der_unsigned(&accuracy, WRIT_DER_INTEGER, ACCURACY_MAX, &seconds, "seconds") < 0)
        return -1;
    if (writ_der_next_is(&accuracy, WRIT_DER_CONTEXT(0)) &&
        writ_der_unsigned(&accuracy, WRIT_DER_CONTEXT(0), 999, &millis, "millis") < 0)
        return -1;
    if (writ_der_next_is(&accuracy, WRIT_DER_CONTEXT(1)) &&
        writ_der_unsigned(&accuracy, WRIT_DER_CONTEXT(1), 999, &micros, "micros") < 0)
        return -1;
    stamp->accuracy = (int64_t)seconds + (millis > 0 || micros > 0);
    return writ_der_end(&accuracy, "accuracy");
}

/* ordering, nonce, tsa [0] and extensions [1]; the last two are shown by nobody and bind nothing,
 * but a critical extension must be understood, and none is. */
static int take_rest(struct writ_cursor *info, struct writ_timestamp *stamp)
{
    struct writ_cursor ignored;
    bool ordering, present;

    if (writ_der_boolean_default_false(info, &ordering, "ordering") < 0)
        return -1;
    if (writ_der_next_is(info, WRIT_DER_INTEGER) &&
        writ_der_integer(info, &stamp->nonce, "nonce") < 0)
        return -1;
    if (writ_der_enter_optional(info, WRIT_DER_CONTEXT_CONSTRUCTED(0), &ignored, &present, "tsa") <
        0)
        return -1;
    if (writ_der_next_is(info, WRIT_DER_CONTEXT_CONSTRUCTED(1)))
        return writ_cursor_fail(info, "TSTInfo: extensions are not understood");
    return writ_der_end(info, "TSTInfo");
}

static int parse_info(struct writ_span der, struct writ_timestamp *stamp, struct writ_error *e)
{
    struct writ_cursor c = writ_cursor_over(der, e);
    struct writ_cursor info;
    uint64_t version;

    if (writ_der_enter(&c, WRIT_DER_SEQUENCE, &info, "TSTInfo") < 0 ||
        writ_der_end(&c, "TSTInfo") < 0 ||
        writ_der_unsigned(&info, WRIT_DER_INTEGER, 1, &version, "TSTInfo version") < 0 ||
        writ_der_oid(&info, &stamp->policy, NULL, "policy") < 0 || take_imprint(&info, stamp) < 0 ||
        writ_der_integer(&info, &stamp->serial, "serialNumber") < 0 ||
        writ_der_time_with_fraction(&info, &stamp->time, "genTime") < 0 ||
        take_accuracy(&info, stamp) < 0)
        return -1;
    if (version != 1)
        return writ_cursor_fail(&c, "TSTInfo: version %llu, wanted 1", (unsigned long long)version);
    return take_rest(&info, stamp);
}

int writ_timestamp_parse(struct writ_span der, struct writ_timestamp *stamp, struct writ_error *e)
{
    *stamp = (struct writ_timestamp){0};
    if (writ_cms_parse(der, &stamp->cms, e) < 0)
        return -1;
    if (!writ_span_equal(stamp->cms.content_type, writ_oid_content(WRIT_OID_TST_INFO)) ||
        !stamp->cms.has_content)
        return writ_fail_at(e, 0, "timestamp: the CMS holds no TSTInfo");
    return parse_info(stamp->cms.content, stamp, e);
}

int64_t writ_timestamp_instant(const struct writ_timestamp *stamp)
{
    return writ_time_add(stamp->time, stamp->accuracy);
}

int writ_timestamp_build_request(struct writ_span imprint, struct writ_span nonce,
                                 struct writ_buffer *request, struct writ_error *e)
{
    struct writ_build b = {0};

    writ_build_open(&b, WRIT_DER_SEQUENCE);
    writ_build_unsigned(&b, WRIT_DER_INTEGER, 1);
    writ_build_open(&b, WRIT_DER_SEQUENCE);
    writ_build_algorithm(&b, WRIT_OID_SHA256);
    writ_build_octet_string(&b, imprint);
    writ_build_close(&b);
    writ_build_magnitude(&b, nonce);
    writ_build_boolean(&b, true); /* certReq */
    writ_build_close(&b);
    return writ_build_finish_into(&b, request, e);
}

/* PKIStatusInfo: status 0 granted, 1 granted with modifications; otherwise the TSA's text. */
static int take_status(struct writ_cursor *answer)
{
    struct writ_cursor info, text;
    struct writ_span words = WRIT_SPAN_NONE;
    char safe[128] = "no reason given";
    uint64_t status;
    bool present;

    if (writ_der_enter(answer, WRIT_DER_SEQUENCE, &info, "PKIStatusInfo") < 0 ||
        writ_der_unsigned(&info, WRIT_DER_INTEGER, 5, &status, "status") < 0 ||
        writ_der_enter_optional(&info, WRIT_DER_SEQUENCE, &text, &present, "statusString") < 0)
        return -1;
    if (status <= 1)
        return 0;
    text.error = NULL; /* the refusal is the cause, whatever its words are */
    if (present && writ_der_contents(&text, WRIT_DER_UTF8_STRING, &words, "statusString") == 0)
        writ_text_copy_safe(safe, sizeof safe, words);
    return writ_fail(answer->error, WRIT_FAULT_UNAVAILABLE,
                     "the timestamp authority refused (status %llu): %s",
                     (unsigned long long)status, safe);
}

int writ_timestamp_parse_answer(struct writ_span der, struct writ_span *token, struct writ_error *e)
{
    struct writ_cursor c = writ_cursor_over(der, e);
    struct writ_cursor answer;

    *token = WRIT_SPAN_NONE;
    if (der.n > WRIT_TIMESTAMP_ANSWER_MAX)
        return writ_cursor_fail(&c, "answer of %zu bytes, the ceiling is %zu", der.n,
                                WRIT_TIMESTAMP_ANSWER_MAX);
    if (writ_der_check(der, e) < 0 ||
        writ_der_enter(&c, WRIT_DER_SEQUENCE, &answer, "TimeStampResp") < 0 ||
        writ_der_end(&c, "TimeStampResp") < 0 || take_status(&answer) < 0 ||
        writ_der_whole(&answer, WRIT_DER_SEQUENCE, token, "timeStampToken") < 0)
        return -1;
    return writ_der_end(&answer, "TimeStampResp");
}
