/*
 * crypto/verify.h against the 914 edge cases of Ed25519 that C2SP's CCTV collects, and the verdicts
 * OpenSSL 3.0 was found to give them.  WRIT_DATA names the folder of other projects' data.
 */
#include <jansson.h>

#include "crypto/verify.h"
#include "scratch.h"
#include "test.h"

static struct writ_buffer data(const char *name)
{
    char path[1024];

    (void)snprintf(path, sizeof path, "%s/tlog/%s", getenv("WRIT_DATA"), name);
    return file_read(path);
}

static const char *missing(void)
{
    char path[1024];

    if (getenv("WRIT_DATA") == NULL)
        return "WRIT_DATA is not set";
    (void)snprintf(path, sizeof path, "%s/tlog/ed25519-edge-cases.json", getenv("WRIT_DATA"));
    return access(path, R_OK) == 0 ? NULL : "no ed25519-edge-cases.json in WRIT_DATA";
}

static bool has_flag(const json_t *vector, const char *flag)
{
    const json_t *flags = json_object_get(vector, "flags");

    for (size_t i = 0; i < json_array_size(flags); i++) {
        if (strcmp(json_string_value(json_array_get(flags, i)), flag) == 0)
            return true;
    }
    return false;
}

static enum writ_signature_state verify(const json_t *vector)
{
    struct writ_span key = bytes_of(json_string_value(json_object_get(vector, "key")));
    struct writ_span signature = bytes_of(json_string_value(json_object_get(vector, "sig")));
    const char *message = json_string_value(json_object_get(vector, "msg"));
    enum writ_signature_state found;
    struct writ_error e = {0};

    assert_int_equal(key.n, 32);
    assert_ok(writ_verify_ed25519(key.p, writ_span_text(message), signature, &found, &e));
    return found;
}

/* Cofactorless: [S]B = R + [k]A exactly, and R compared by its encoding.  So whatever leaves a
 * residue of low order, or spells R in another way, is refused; a key of low order is not. */
static void the_rule_is_cofactorless_with_a_canonical_r(void **state)
{
    struct writ_buffer text = data("ed25519-edge-cases.json");
    json_t *vectors = json_loadb((const char *)text.p, text.n, 0, NULL);
    size_t good = 0;

    (void)state;
    assert_int_equal(json_array_size(vectors), 914);
    for (size_t i = 0; i < json_array_size(vectors); i++) {
        const json_t *v = json_array_get(vectors, i);
        bool wanted = !has_flag(v, "low_order_residue") && !has_flag(v, "non_canonical_R");

        if ((verify(v) == WRIT_SIGNATURE_GOOD) != wanted)
            fail_msg("vector %zu: wanted %s", i, wanted ? "good" : "bad");
        good += wanted;
    }
    assert_int_equal(good, 208);
    json_decref(vectors);
    writ_buffer_free(&text);
}

static void the_verdicts_recorded_for_openssl_3_0_are_ours(void **state)
{
    struct writ_buffer text = data("ed25519-edge-cases.json");
    struct writ_buffer verdicts = data("ed25519-edge-cases.openssl30.txt");
    json_t *vectors = json_loadb((const char *)text.p, text.n, 0, NULL);

    (void)state;
    assert_true(verdicts.n >= json_array_size(vectors));
    for (size_t i = 0; i < json_array_size(vectors); i++) {
        bool good = verify(json_array_get(vectors, i)) == WRIT_SIGNATURE_GOOD;

        if (verdicts.p[i] != (good ? '1' : '0'))
            fail_msg("vector %zu: recorded %c", i, verdicts.p[i]);
    }
    json_decref(vectors);
    writ_buffer_free(&text);
    writ_buffer_free(&verdicts);
}

static const struct CMUnitTest claims[] = {
    CLAIM(the_rule_is_cofactorless_with_a_canonical_r),
    CLAIM(the_verdicts_recorded_for_openssl_3_0_are_ours),
};

RUN_CLAIMS_UNLESS(missing, claims)
