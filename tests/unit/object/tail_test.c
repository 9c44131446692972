/* The tail of object/seal.h: content, zeros, seal, trailer. */
#include "object/seals.h"

static struct writ_error e;
static struct writ_seal_tail tail;

#define MAGIC "97 'writ-tail/v1' 0d0a1a"

/* A trailer with these lengths. */
static const char *trailer(uint64_t seal, uint64_t content)
{
    return piece(MAGIC " %016llx %016llx", (unsigned long long)seal, (unsigned long long)content);
}

static void find(struct writ_span file)
{
    writ_error_clear(&e);
    assert_ok(writ_seal_find_tail(file, &tail, &e));
}

#define REFUSED(file, words)                                                                       \
    assert_fault(writ_seal_find_tail(file, &tail, &e), WRIT_FAULT_BAD_INPUT, words)

static void assert_no_tail(struct writ_span file)
{
    find(file);
    assert_false(tail.present);
    assert_spans_equal(tail.content, file);
    assert_int_equal(tail.content_length, file.n);
    assert_int_equal(tail.seal.n, 0);
}

static void most_files_have_no_tail(void **state)
{
    (void)state;
    assert_no_tail(WRIT_SPAN_NONE);
    assert_no_tail(bytes_of("97"));
    assert_no_tail(writ_span_text("#!/bin/sh\necho a script that is longer than a trailer\n"));
    assert_no_tail(der(piece("%s 00", trailer(1, 0)))); /* not at the very end */
}

static void a_trailer_that_is_cut_off_is_none(void **state)
{
    struct writ_span whole = der(trailer(8, 0));

    (void)state;
    for (size_t n = 0; n < whole.n; n++)
        assert_no_tail(WRIT_SPAN(whole.p + whole.n - n, n));
}

static void a_tail_that_is_built_is_found(void **state)
{
    struct writ_span seal = bytes_of("aabbccddee");

    (void)state;
    for (size_t n = 0; n <= 24; n++) {
        struct writ_buffer b = {0};

        for (size_t i = 0; i < n; i++)
            writ_buffer_byte(&b, 0xff);
        assert_ok(writ_seal_build_tail(n, seal, &b, &e));
        find(writ_buffer_span(&b));
        assert_true(tail.present);
        assert_int_equal(tail.content_length, n);
        assert_spans_equal(tail.content, WRIT_SPAN(b.p, n));
        assert_spans_equal(tail.seal, seal);
        assert_int_equal((size_t)(tail.seal.p - b.p) % WRIT_SEAL_ALIGN, 0);
        writ_buffer_free(&b);
    }
}

static void a_tail_is_zeros_seal_and_trailer(void **state)
{
    struct writ_buffer b = {0};

    (void)state;
    assert_ok(writ_seal_build_tail(3, bytes_of("aabb"), &b, &e));
    assert_spans_equal(writ_buffer_span(&b), der(piece("0000000000 aabb %s", trailer(2, 3))));
    writ_buffer_free(&b);
}

static void a_seal_of_no_bytes_or_too_many_is_not_attached(void **state)
{
    uint8_t *large = calloc(1, WRIT_SEAL_MAX + 1);
    struct writ_buffer b = {0};

    (void)state;
    assert_non_null(large);
    assert_fault(writ_seal_build_tail(8, WRIT_SPAN_NONE, &b, &e), WRIT_FAULT_BAD_INPUT,
                 "a seal of 0 bytes, wanted 1 to 1048576");
    assert_fault(writ_seal_build_tail(8, WRIT_SPAN(large, WRIT_SEAL_MAX + 1), &b, &e),
                 WRIT_FAULT_BAD_INPUT, "a seal of 1048577 bytes, wanted 1 to 1048576");
    assert_int_equal(b.n, 0);
    writ_error_clear(&e);
    assert_ok(writ_seal_build_tail(8, WRIT_SPAN(large, WRIT_SEAL_MAX), &b, &e));
    assert_int_equal(b.n, WRIT_SEAL_MAX + WRIT_SEAL_TRAILER);
    writ_buffer_free(&b);
    free(large);
}

/* Sixteen bytes before a trailer of these lengths. */
#define SIXTEEN(seal, content)                                                                     \
    der(piece("ffffffffffffffff ffffffffffffffff %s",                                              \
              trailer((uint64_t)(seal), (uint64_t)(content))))

static void the_lengths_add_up_to_the_file(void **state)
{
    (void)state;
    find(SIXTEEN(8, 8));
    find(SIXTEEN(16, 0));
    REFUSED(SIXTEEN(7, 8), "do not add up to the file's 48 bytes");
    REFUSED(SIXTEEN(9, 8), "do not add up to the file's 48 bytes");
    REFUSED(SIXTEEN(8, 7), "pad before the seal"); /* they do, with a pad that is no pad */
    REFUSED(SIXTEEN(8, 9), "do not add up");
    REFUSED(SIXTEEN(1, 16), "do not add up");
    REFUSED(SIXTEEN(48, 0), "do not add up");
    REFUSED(SIXTEEN(16, 16), "do not add up");
    REFUSED(SIXTEEN(0, 16), "trailer: a seal of 0 bytes, wanted 1 to 1048576");
}

/* Sums that come out right modulo 2^64. */
static void lengths_that_overflow_are_refused(void **state)
{
    (void)state;
    REFUSED(SIXTEEN(16, UINT64_MAX), "do not add up");
    REFUSED(SIXTEEN(16, UINT64_MAX - 6), "do not add up"); /* its pad would wrap to 0 */
    REFUSED(SIXTEEN(17, UINT64_MAX), "do not add up");
    REFUSED(SIXTEEN(24, UINT64_MAX - 7), "do not add up");
    REFUSED(SIXTEEN(8, (UINT64_C(1) << 32) + 8), "do not add up");
    REFUSED(SIXTEEN(8, (UINT64_C(1) << 63) + 8), "do not add up");
    REFUSED(SIXTEEN((UINT64_C(1) << 32) + 8, 8), "trailer: a seal of 4294967304 bytes, wanted");
    REFUSED(SIXTEEN(UINT64_MAX - 7, 24), "trailer: a seal of");
    REFUSED(SIXTEEN(UINT64_MAX, 17), "trailer: a seal of");
    REFUSED(SIXTEEN(UINT64_MAX - 31, 48), "trailer: a seal of");
}

static void the_pad_is_zeros(void **state)
{
    (void)state;
    find(der(piece("ff 00000000000000 aabb %s", trailer(2, 1))));
    for (size_t i = 0; i < 7; i++) {
        REFUSED(
            der(piece("ff %s 01 %s aabb %s", times(i, "00"), times(6 - i, "00"), trailer(2, 1))),
            "pad before the seal");
        assert_int_equal(e.offset, 1 + i);
    }
}

static void a_second_trailer_at_the_end_of_the_content_is_refused(void **state)
{
    const char *inner = piece("%s aabb %s", times(8, "ff"), trailer(2, 8));

    (void)state;
    find(der(inner));
    REFUSED(der(piece("%s 000000000000 ccdd %s", inner, trailer(2, 42))),
            "two trailers: the content ends in a seal as well");
    assert_int_equal(e.offset, 10);
    /* a trailer elsewhere in the content is content */
    find(der(piece("%s ffffffffffff ccdd %s", inner, trailer(2, 48))));
    assert_int_equal(tail.content_length, 48);
}

static void an_empty_content_may_have_a_tail(void **state)
{
    (void)state;
    find(der(piece("aabb %s", trailer(2, 0))));
    assert_true(tail.present);
    assert_int_equal(tail.content_length, 0);
    assert_int_equal(tail.content.n, 0);
    assert_spans_equal(tail.seal, bytes_of("aabb"));
}

static void a_file_that_is_a_trailer_and_nothing_else_is_refused(void **state)
{
    (void)state;
    REFUSED(der(trailer(0, 0)), "trailer: a seal of 0 bytes");
    REFUSED(der(trailer(1, 0)), "do not add up to the file's 32 bytes");
    REFUSED(der(trailer(32, 0)), "do not add up to the file's 32 bytes");
    REFUSED(der(trailer(1, UINT64_MAX)), "do not add up to the file's 32 bytes");
}

static void a_seal_over_its_ceiling_is_refused(void **state)
{
    (void)state;
    find(der(piece("%s %s", times(WRIT_SEAL_MAX, "00"), trailer(WRIT_SEAL_MAX, 0))));
    assert_int_equal(tail.seal.n, WRIT_SEAL_MAX);
    REFUSED(der(piece("%s %s", times(WRIT_SEAL_MAX + 1, "00"), trailer(WRIT_SEAL_MAX + 1, 0))),
            "trailer: a seal of 1048577 bytes, wanted 1 to 1048576");
}

/* A changed file has no tail any more, or is refused, or has another content or seal. */
static bool describe(struct writ_span bytes, struct writ_buffer *out)
{
    struct writ_error found = {0};
    struct writ_seal_tail t;

    if (writ_seal_find_tail(bytes, &t, &found) < 0 || !t.present)
        return false;
    writ_buffer_format(out, "%llu ", (unsigned long long)t.content_length);
    writ_buffer_add(out, t.content);
    writ_buffer_add(out, t.seal);
    return true;
}

static void every_byte_of_a_tail_counts(void **state)
{
    (void)state;
    assert_every_byte_counts(der(piece("'hello' 000000 aabb %s", trailer(2, 5))), describe);
}

static bool has_tail(struct writ_span bytes)
{
    struct writ_error found = {0};
    struct writ_seal_tail t;

    return writ_seal_find_tail(bytes, &t, &found) == 0 && t.present;
}

static void no_beginning_of_a_sealed_file_has_a_tail(void **state)
{
    (void)state;
    assert_no_beginning_passes(der(piece("'hello' 000000 aabb %s", trailer(2, 5))), has_tail);
}

static const struct CMUnitTest claims[] = {
    CLAIM(most_files_have_no_tail),
    CLAIM(a_trailer_that_is_cut_off_is_none),
    CLAIM(a_tail_that_is_built_is_found),
    CLAIM(a_tail_is_zeros_seal_and_trailer),
    CLAIM(a_seal_of_no_bytes_or_too_many_is_not_attached),
    CLAIM(the_lengths_add_up_to_the_file),
    CLAIM(lengths_that_overflow_are_refused),
    CLAIM(the_pad_is_zeros),
    CLAIM(a_second_trailer_at_the_end_of_the_content_is_refused),
    CLAIM(an_empty_content_may_have_a_tail),
    CLAIM(a_file_that_is_a_trailer_and_nothing_else_is_refused),
    CLAIM(a_seal_over_its_ceiling_is_refused),
    CLAIM(every_byte_of_a_tail_counts),
    CLAIM(no_beginning_of_a_sealed_file_has_a_tail),
};

RUN_CLAIMS(claims)
