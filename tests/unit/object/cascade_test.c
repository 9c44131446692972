/* object/cascade.h: what a file says, and every rule of man/writ-cascade.5, broken */
#include "object/cascade.h"

#include "der.h"
#include "fixture.h"

static struct writ_error e;

/* Layers: hash, bits, k, number, the bits. */
#define LAYER_1 "02 0a000000 03000000 01 ff03" /* 10 bits */
#define LAYER_2 "02 08000000 01000000 02 81"   /* 8 bits */

static struct writ_cascade cascade;

static int try_open(const char *hex)
{
    struct writ_span bytes = der(hex);

    writ_error_clear(&e);
    return writ_cascade_open(bytes, &cascade, &e);
}

static void version_1_is_layers_and_nothing_else(void **state)
{
    (void)state;
    assert_ok(try_open("0100 " LAYER_1 LAYER_2));
    assert_int_equal(cascade.version, 1);
    assert_false(cascade.inverted);
    assert_int_equal(cascade.salt.n, 0);
    assert_int_equal(cascade.hash, WRIT_CASCADE_SHA256_32);
    assert_int_equal(cascade.layer_count, 2);
    assert_int_equal(cascade.layer[0].bits, 10);
    assert_int_equal(cascade.layer[0].k, 3);
    assert_spans_equal(cascade.layer[0].data, bytes_of("ff03"));
    assert_int_equal(cascade.layer[1].bits, 8);
    assert_int_equal(cascade.layer[1].k, 1);
    assert_spans_equal(cascade.layer[1].data, bytes_of("81"));
}

static void version_2_has_a_salt_and_may_be_inverted(void **state)
{
    (void)state;
    assert_ok(try_open("0200 01 03 aabbcc " LAYER_1));
    assert_int_equal(cascade.version, 2);
    assert_true(cascade.inverted);
    assert_spans_equal(cascade.salt, bytes_of("aabbcc"));
    assert_int_equal(cascade.layer_count, 1);
    assert_ok(try_open("0200 00 00 " LAYER_1));
    assert_false(cascade.inverted);
    assert_int_equal(cascade.salt.n, 0);
    assert_ok(try_open(piece("0200 00 ff %s " LAYER_1, times(255, "5a"))));
    assert_int_equal(cascade.salt.n, WRIT_CASCADE_SALT_MAX);
}

static void bits_are_counted_from_the_lowest_of_the_first_byte(void **state)
{
    (void)state;
    assert_ok(try_open("0100 02 0a000000 01000000 01 4102"));
    for (uint32_t bit = 0; bit < 40; bit++)
        assert_int_equal(writ_cascade_bit(&cascade.layer[0], bit),
                         bit == 0 || bit == 6 || bit == 9);
    /* Those behind the last one are nobody's, whatever they are. */
    assert_ok(try_open("0100 02 0a000000 01000000 01 ffff"));
    for (uint32_t bit = 0; bit < 40; bit++)
        assert_int_equal(writ_cascade_bit(&cascade.layer[0], bit), bit < 10);
    assert_false(writ_cascade_bit(&cascade.layer[0], UINT32_MAX));
}

static void hashes_have_the_names_of_the_builders(void **state)
{
    (void)state;
    assert_string_equal(writ_cascade_hash_name(WRIT_CASCADE_MURMUR3), "murmur3");
    assert_string_equal(writ_cascade_hash_name(WRIT_CASCADE_SHA256_32), "sha256l32");
    assert_string_equal(writ_cascade_hash_name(WRIT_CASCADE_SHA256_CTR), "sha256ctr");
    assert_string_equal(writ_cascade_hash_name((enum writ_cascade_hash)9), "unknown");
}

/* ---- Broken ---- */

#define NOT_OPENED(hex, words) assert_fault(try_open(hex), WRIT_FAULT_BAD_INPUT, words)

static void the_head_is_checked(void **state)
{
    (void)state;
    NOT_OPENED("", "an empty file is no cascade");
    NOT_OPENED("02", "cascade version: wanted 2 bytes, 1 are left");
    NOT_OPENED("0000 " LAYER_1, "cascade version 0, this writ reads 1 and 2");
    NOT_OPENED("0300 " LAYER_1, "cascade version 3, this writ reads 1 and 2");
    NOT_OPENED("0101 " LAYER_1, "cascade version 257, this writ reads 1 and 2");
    NOT_OPENED("0200 02 00 " LAYER_1, "cascade inverted is 2, wanted 0 or 1");
    NOT_OPENED("0200 ff 00 " LAYER_1, "cascade inverted is 255, wanted 0 or 1");
    NOT_OPENED("0200 00 20 " LAYER_1, "cascade salt: wanted 32 bytes, 12 are left");
}

static void a_cascade_has_a_layer(void **state)
{
    (void)state;
    NOT_OPENED("0100", "hash of a cascade layer: wanted 1 bytes, 0 are left");
    NOT_OPENED("0200 00 00", "hash of a cascade layer: wanted 1 bytes, 0 are left");
}

static void murmur3_has_no_salt(void **state)
{
    (void)state;
    assert_ok(try_open("0200 00 00 01 08000000 01000000 01 81"));
    NOT_OPENED("0200 00 01 aa 01 08000000 01000000 01 81",
               "a salt in a cascade of murmur3, which has none");
}

static void the_numbers_of_a_layer_have_ceilings(void **state)
{
    (void)state;
    NOT_OPENED("0100 00 08000000 01000000 01 81", "cascade layer 1: hash 0, wanted 1 to 3");
    NOT_OPENED("0100 04 08000000 01000000 01 81", "cascade layer 1: hash 4, wanted 1 to 3");
    NOT_OPENED("0100 02 00000000 01000000 01", "cascade layer 1: 0 bits, wanted 1 to 536870912");
    NOT_OPENED("0100 02 01000020 01000000 01 81", "cascade layer 1: 536870913 bits, wanted 1 to");
    NOT_OPENED("0100 02 ffffffff 01000000 01 81", "cascade layer 1: 4294967295 bits, wanted 1 to");
    NOT_OPENED("0100 02 00000020 01000000 01 81",
               "cascade layer: wanted 67108864 bytes, 1 are left");
    NOT_OPENED("0100 02 08000000 00000000 01 81", "cascade layer 1: k is 0, wanted 1 to 64");
    assert_ok(try_open("0100 02 08000000 40000000 01 81"));
    NOT_OPENED("0100 02 08000000 41000000 01 81", "cascade layer 1: k is 65, wanted 1 to 64");
    NOT_OPENED("0100 02 08000000 ffffffff 01 81", "cascade layer 1: k is 4294967295");
}

static void all_layers_have_one_hash(void **state)
{
    (void)state;
    NOT_OPENED("0100 " LAYER_1 "03 08000000 01000000 02 81",
               "cascade layer 2: hash 3, the first layer has 2");
    NOT_OPENED("0100 " LAYER_1 "01 08000000 01000000 02 81",
               "cascade layer 2: hash 1, the first layer has 2");
}

static void layers_are_numbered_from_one_without_a_gap(void **state)
{
    (void)state;
    NOT_OPENED("0100 02 08000000 01000000 00 81", "cascade layer 1 says that it is layer 0");
    NOT_OPENED("0100 " LAYER_2, "cascade layer 1 says that it is layer 2");
    NOT_OPENED("0100 " LAYER_1 LAYER_1, "cascade layer 2 says that it is layer 1");
    NOT_OPENED("0100 " LAYER_1 "02 08000000 01000000 03 81",
               "cascade layer 2 says that it is layer 3");
}

static void the_last_layer_ends_where_the_file_does(void **state)
{
    (void)state;
    NOT_OPENED("0100 02 0a000000 03000000 01 ff", "cascade layer: wanted 2 bytes, 1 are left");
    NOT_OPENED("0100 " LAYER_1 "00", "cascade layer 2: hash 0, wanted 1 to 3");
    NOT_OPENED("0100 " LAYER_1 "02", "bits of a cascade layer: wanted 4 bytes, 0 are left");
}

static const char *layers(unsigned count)
{
    const char *text = "0100";

    for (unsigned i = 1; i <= count; i++)
        text = piece("%s 01 08000000 01000000 %02x 00", text, i);
    return text;
}

static void as_many_layers_as_the_ceiling_and_not_one_more(void **state)
{
    (void)state;
    assert_ok(try_open(layers(WRIT_CASCADE_LAYERS_MAX)));
    assert_int_equal(cascade.layer_count, WRIT_CASCADE_LAYERS_MAX);
    NOT_OPENED(layers(WRIT_CASCADE_LAYERS_MAX + 1), "a cascade of more than 64 layers");
}

static void a_file_over_the_ceiling_is_not_looked_at(void **state)
{
    struct writ_span bytes = WRIT_SPAN("\1", WRIT_CASCADE_MAX + 1); /* which are not there */

    (void)state;
    assert_fault(writ_cascade_open(bytes, &cascade, &e), WRIT_FAULT_BAD_INPUT,
                 "cascade of 67108865 bytes, the ceiling is 67108864");
}

static bool opens(struct writ_span bytes)
{
    writ_error_clear(&e);
    if (writ_cascade_open(bytes, &cascade, &e) == 0)
        return true;
    assert_sentence(WRIT_FAULT_BAD_INPUT, "cascade");
    return false;
}

/* Layer by layer to the end: a cut between two layers leaves a cascade of the first ones, and only
 * that does. */
static void a_truncated_file_is_refused_or_has_fewer_layers(void **state)
{
    struct writ_buffer b = fixture("cascade/v2-sha256ctr-salt-inverted");
    unsigned opened = 0;
    size_t all;

    (void)state;
    assert_true(opens(writ_buffer_span(&b)));
    all = cascade.layer_count;
    for (size_t n = 0; n < b.n; n++) {
        uint8_t *cut = malloc(n == 0 ? 1 : n);

        assert_non_null(cut);
        memcpy(cut, b.p, n);
        if (opens(WRIT_SPAN(cut, n)))
            assert_int_equal(cascade.layer_count, ++opened);
        free(cut);
    }
    assert_int_equal(opened + 1, all);
    writ_buffer_free(&b);
}

/* Everything that was understood, and the bits. */
static bool describe(struct writ_span bytes, struct writ_buffer *out)
{
    if (!opens(bytes))
        return false;
    writ_buffer_format(out, "%u %d %d ", cascade.version, cascade.inverted, cascade.hash);
    writ_buffer_add(out, cascade.salt);
    for (size_t i = 0; i < cascade.layer_count; i++) {
        writ_buffer_format(out, " %u %u ", cascade.layer[i].bits, cascade.layer[i].k);
        writ_buffer_add(out, cascade.layer[i].data);
    }
    return true;
}

static void every_byte_counts(void **state)
{
    static const char *const names[] = {"cascade/v1-murmur3", "cascade/v2-murmur3-inverted",
                                        "cascade/v2-sha256l32",
                                        "cascade/v2-sha256ctr-salt-inverted"};

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct writ_buffer b = fixture(names[i]);

        assert_every_byte_counts(writ_buffer_span(&b), describe);
        writ_buffer_free(&b);
    }
}

static void it_is_told_by_its_first_two_bytes(void **state)
{
    (void)state;
    assert_true(writ_cascade_is(bytes_of("0100")));
    assert_true(writ_cascade_is(bytes_of("0200ff")));
    assert_false(writ_cascade_is(bytes_of("0000")));
    assert_false(writ_cascade_is(bytes_of("0300")));
    assert_false(writ_cascade_is(bytes_of("0001")));
    assert_false(writ_cascade_is(bytes_of("01")));
    assert_false(writ_cascade_is(WRIT_SPAN_NONE));
}

static const struct CMUnitTest claims[] = {
    CLAIM(version_1_is_layers_and_nothing_else),
    CLAIM(version_2_has_a_salt_and_may_be_inverted),
    CLAIM(bits_are_counted_from_the_lowest_of_the_first_byte),
    CLAIM(hashes_have_the_names_of_the_builders),
    CLAIM(the_head_is_checked),
    CLAIM(a_cascade_has_a_layer),
    CLAIM(murmur3_has_no_salt),
    CLAIM(the_numbers_of_a_layer_have_ceilings),
    CLAIM(all_layers_have_one_hash),
    CLAIM(layers_are_numbered_from_one_without_a_gap),
    CLAIM(the_last_layer_ends_where_the_file_does),
    CLAIM(as_many_layers_as_the_ceiling_and_not_one_more),
    CLAIM(a_file_over_the_ceiling_is_not_looked_at),
    CLAIM(a_truncated_file_is_refused_or_has_fewer_layers),
    CLAIM(every_byte_counts),
    CLAIM(it_is_told_by_its_first_two_bytes),
};

RUN_CLAIMS(claims)
