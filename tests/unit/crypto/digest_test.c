#include "crypto/digest.h"

#include "test.h"

/* FIPS 180-4's own examples. */
static const struct {
    enum writ_oid algorithm;
    const char *message;
    const char *hash;
} vectors[] = {
    {WRIT_OID_SHA1, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d"},
    {WRIT_OID_SHA1, "", "da39a3ee5e6b4b0d3255bfef95601890afd80709"},
    {WRIT_OID_SHA256, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {WRIT_OID_SHA256, "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {WRIT_OID_SHA384, "abc",
     "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
     "8086072ba1e7cc2358baeca134c825a7"},
    {WRIT_OID_SHA512, "abc",
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
     "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"},
};

static void the_examples_of_fips_180_come_out(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        struct writ_error e = {0};
        uint8_t out[WRIT_DIGEST_MAX];
        size_t n = 0;

        assert_ok(
            writ_digest(vectors[i].algorithm, writ_span_text(vectors[i].message), out, &n, &e));
        assert_spans_equal(WRIT_SPAN(out, n), bytes_of(vectors[i].hash));
    }
}

static void other_algorithms_are_refused(void **state)
{
    static const enum writ_oid others[] = {WRIT_OID_UNKNOWN, WRIT_OID_RSA_SHA256, WRIT_OID_ED25519,
                                           WRIT_OID_COMMON_NAME};

    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct writ_error e = {0};
        uint8_t out[WRIT_DIGEST_MAX];
        size_t n;

        assert_fault(writ_digest(others[i], writ_span_text("abc"), out, &n, &e),
                     WRIT_FAULT_BAD_INPUT, "is not a hash that writ accepts");
    }
}

static void one_message_has_one_hash(void **state)
{
    struct writ_error e = {0};
    uint8_t out[WRIT_SHA256_BYTES];

    (void)state;
    assert_ok(writ_sha256(writ_span_text("abc"), out, &e));
    assert_spans_equal(WRIT_SPAN_OF(out), bytes_of(vectors[2].hash));
    assert_ok(writ_sha256(WRIT_SPAN_NONE, out, &e));
    assert_spans_equal(WRIT_SPAN_OF(out), bytes_of(vectors[3].hash));
}

static void a_digester_is_used_many_times(void **state)
{
    struct writ_error e = {0};
    struct writ_digester *d = writ_digester_new(&e);
    uint8_t out[WRIT_SHA256_BYTES];

    (void)state;
    assert_non_null(d);
    for (int i = 0; i < 3; i++) {
        assert_ok(writ_digester_sha256(d, writ_span_text("abc"), WRIT_SPAN_NONE, out, &e));
        assert_spans_equal(WRIT_SPAN_OF(out), bytes_of(vectors[2].hash));
        assert_ok(writ_digester_sha256(d, writ_span_text("a"), writ_span_text("bc"), out, &e));
        assert_spans_equal(WRIT_SPAN_OF(out), bytes_of(vectors[2].hash));
        assert_ok(writ_digester_sha256(d, WRIT_SPAN_NONE, writ_span_text("abc"), out, &e));
        assert_spans_equal(WRIT_SPAN_OF(out), bytes_of(vectors[2].hash));
        assert_ok(writ_digester_sha256(d, WRIT_SPAN_NONE, WRIT_SPAN_NONE, out, &e));
        assert_spans_equal(WRIT_SPAN_OF(out), bytes_of(vectors[3].hash));
    }
    writ_digester_free(d);
    writ_digester_free(NULL);
}

/* Around the one block that is padded without OpenSSL's help, and the two that it needs above 55.
 */
static void a_message_in_two_pieces_has_the_hash_of_the_whole_at_every_length(void **state)
{
    struct writ_error e = {0};
    struct writ_digester *d = writ_digester_new(&e);
    uint8_t message[130], whole[WRIT_SHA256_BYTES], pieces[WRIT_SHA256_BYTES];

    (void)state;
    assert_non_null(d);
    for (size_t i = 0; i < sizeof message; i++)
        message[i] = (uint8_t)(i * 7 + 1);
    for (size_t n = 0; n <= sizeof message; n++) {
        assert_ok(writ_sha256(WRIT_SPAN(message, n), whole, &e));
        for (size_t cut = 0; cut <= n; cut++) {
            assert_ok(writ_digester_sha256(d, WRIT_SPAN(message, cut),
                                           WRIT_SPAN(message + cut, n - cut), pieces, &e));
            assert_memory_equal(pieces, whole, sizeof whole);
        }
    }
    writ_digester_free(d);
}

static void random_bytes_differ_and_have_a_ceiling(void **state)
{
    struct writ_error e = {0};
    uint8_t a[32] = {0}, b[32] = {0}, zeros[32] = {0}, most[1024];

    (void)state;
    assert_ok(writ_random(a, sizeof a, &e));
    assert_ok(writ_random(b, sizeof b, &e));
    assert_memory_not_equal(a, b, sizeof a);
    assert_memory_not_equal(a, zeros, sizeof a);
    assert_ok(writ_random(most, sizeof most, &e));
    assert_ok(writ_random(most, 0, &e));
    assert_fault(writ_random(most, sizeof most + 1, &e), WRIT_FAULT_UNEXPECTED, "random generator");
}

static const struct CMUnitTest claims[] = {
    CLAIM(the_examples_of_fips_180_come_out),
    CLAIM(other_algorithms_are_refused),
    CLAIM(one_message_has_one_hash),
    CLAIM(a_digester_is_used_many_times),
    CLAIM(a_message_in_two_pieces_has_the_hash_of_the_whole_at_every_length),
    CLAIM(random_bytes_differ_and_have_a_ceiling),
};

RUN_CLAIMS(claims)
