#include "bytes/build.h"

#include "base/time.h"
#include "scratch.h"
#include "test.h"

/* What a builder holds is exactly these bytes; frees it. */
static void assert_built(struct writ_build *b, const char *hex)
{
    struct writ_error e = {0};
    struct writ_span der;

    assert_ok(writ_build_finish(b, &der, &e));
    assert_spans_equal(der, bytes_of(hex));
    writ_build_free(b);
}

static void simple_elements_have_their_der(void **state)
{
    struct writ_build b = {0};

    (void)state;
    writ_build_boolean(&b, true);
    writ_build_boolean(&b, false);
    writ_build_null(&b);
    writ_build_octet_string(&b, bytes_of("abcd"));
    writ_build_bit_string(&b, bytes_of("f8"), 3);
    writ_build_bit_string(&b, WRIT_SPAN_NONE, 0);
    writ_build_oid(&b, WRIT_OID_COMMON_NAME);
    writ_build_utf8(&b, writ_span_text("hi"));
    writ_build_element(&b, WRIT_DER_CONTEXT(2), bytes_of("01"));
    writ_build_raw(&b, bytes_of("0500"));
    assert_built(&b, "0101ff 010100 0500 0402abcd 030203f8 030100 0603550403 0c026869 820101 0500");
}

static void numbers_are_as_short_as_possible(void **state)
{
    struct writ_build b = {0};

    (void)state;
    writ_build_unsigned(&b, WRIT_DER_INTEGER, 0);
    writ_build_unsigned(&b, WRIT_DER_INTEGER, 127);
    writ_build_unsigned(&b, WRIT_DER_INTEGER, 128);
    writ_build_unsigned(&b, WRIT_DER_INTEGER, 256);
    writ_build_unsigned(&b, WRIT_DER_INTEGER, UINT64_MAX);
    writ_build_unsigned(&b, WRIT_DER_ENUMERATED, 9);
    writ_build_unsigned(&b, WRIT_DER_CONTEXT(0), 200);
    assert_built(&b, "020100 02017f 02020080 02020100 020900ffffffffffffffff 0a0109 800200c8");
}

static void a_magnitude_is_made_minimal_and_positive(void **state)
{
    struct writ_build b = {0};

    (void)state;
    writ_build_magnitude(&b, bytes_of("7f"));
    writ_build_magnitude(&b, bytes_of("80"));
    writ_build_magnitude(&b, bytes_of("00000001"));
    writ_build_magnitude(&b, bytes_of("0000ff"));
    writ_build_magnitude(&b, bytes_of("0000"));
    writ_build_magnitude(&b, WRIT_SPAN_NONE);
    assert_built(&b, "02017f 02020080 020101 020200ff 020100 020100");
}

static void structures_close_with_their_length(void **state)
{
    struct writ_build b = {0};

    (void)state;
    writ_build_open(&b, WRIT_DER_SEQUENCE);
    writ_build_open(&b, WRIT_DER_CONTEXT_CONSTRUCTED(0));
    writ_build_unsigned(&b, WRIT_DER_INTEGER, 2);
    writ_build_close(&b);
    writ_build_open(&b, WRIT_DER_SET);
    writ_build_close(&b);
    writ_build_null(&b);
    writ_build_close(&b);
    assert_built(&b, "3009 a003020102 3100 0500");
}

/* A structure whose contents are one element of `inside` bytes in all begins with this header. */
static void assert_header(size_t inside, const char *header)
{
    struct writ_buffer content = {0};
    struct writ_build b = {0};
    struct writ_error e = {0};
    struct writ_span wanted = bytes_of(header);
    struct writ_span der;

    writ_buffer_zeros(&content, inside);
    writ_build_open(&b, WRIT_DER_SEQUENCE);
    writ_build_raw(&b, writ_buffer_span(&content));
    writ_build_close(&b);
    writ_build_element(&b, WRIT_DER_SEQUENCE, writ_buffer_span(&content));
    assert_ok(writ_build_finish(&b, &der, &e));
    assert_int_equal(der.n, 2 * (wanted.n + inside));
    assert_spans_equal(WRIT_SPAN(der.p, wanted.n), wanted);
    assert_spans_equal(WRIT_SPAN(der.p, der.n / 2), WRIT_SPAN(der.p + der.n / 2, der.n / 2));
    writ_build_free(&b);
    writ_buffer_free(&content);
}

static void lengths_are_as_short_as_possible(void **state)
{
    (void)state;
    assert_header(0, "3000");
    assert_header(127, "307f");
    assert_header(128, "308180");
    assert_header(255, "3081ff");
    assert_header(256, "30820100");
    assert_header(65535, "3082ffff");
    assert_header(65536, "3083010000");
    assert_header(16777216, "308401000000");
}

/* X.690 11.6: by their encodings, the shorter one first where one begins the other. */
static void the_elements_of_a_set_are_put_in_order(void **state)
{
    struct writ_build b = {0};

    (void)state;
    writ_build_open(&b, WRIT_DER_SET);
    writ_build_octet_string(&b, bytes_of("ff"));
    writ_build_null(&b);
    writ_build_unsigned(&b, WRIT_DER_INTEGER, 300);
    writ_build_octet_string(&b, bytes_of("0102"));
    writ_build_unsigned(&b, WRIT_DER_INTEGER, 5);
    writ_build_octet_string(&b, bytes_of("fe"));
    writ_build_close_set_of(&b);
    assert_built(&b, "3113 020105 0202012c 0401fe 0401ff 04020102 0500");
}

static void a_set_of_one_or_none_is_left_alone(void **state)
{
    struct writ_build b = {0};

    (void)state;
    writ_build_open(&b, WRIT_DER_SET);
    writ_build_close_set_of(&b);
    writ_build_open(&b, WRIT_DER_CONTEXT_CONSTRUCTED(0));
    writ_build_null(&b);
    writ_build_close_set_of(&b);
    assert_built(&b, "3100 a0020500");
}

static void a_set_holds_at_most_64_elements_and_only_der(void **state)
{
    struct writ_error e = {0};
    struct writ_span der;

    (void)state;
    for (int n = 64; n <= 65; n++) {
        struct writ_build b = {0};

        writ_build_open(&b, WRIT_DER_SET);
        for (int i = n; i > 0; i--)
            writ_build_unsigned(&b, WRIT_DER_INTEGER, (uint64_t)i);
        writ_build_close_set_of(&b);
        assert_int_equal(writ_build_finish(&b, &der, &e), n == 64 ? 0 : -1);
        writ_build_free(&b);
    }
    for (int i = 0; i < 2; i++) {
        struct writ_build b = {0};

        writ_build_open(&b, WRIT_DER_SET);
        writ_build_raw(&b, bytes_of(i == 0 ? "0500 3080" : "0500 05"));
        writ_build_close_set_of(&b);
        assert_fault(writ_build_finish(&b, &der, &e), WRIT_FAULT_UNEXPECTED, "");
        writ_build_free(&b);
    }
}

/* OpenSSL sorts the attributes of a CMS signature; ours must come out in the same order. */
static void openssl_finds_nothing_to_reorder(void **state)
{
    struct scratch s = scratch_make();
    struct writ_build b = {0};
    struct writ_error e = {0};
    struct writ_span der;
    struct writ_buffer again;

    (void)state;
    writ_build_open(&b, WRIT_DER_SEQUENCE);
    writ_build_open(&b, WRIT_DER_SET);
    for (unsigned i = 0; i < 20; i++)
        writ_build_unsigned(&b, WRIT_DER_INTEGER, (i * 7919) % 1000);
    writ_build_close_set_of(&b);
    writ_build_close(&b);
    assert_ok(writ_build_finish(&b, &der, &e));
    scratch_put(&s, "ours.der", der);
    /* asn1parse -genconf encodes a SET OF in DER order, whatever the order of its file */
    scratch_run(&s, "{ printf 'asn1=SEQUENCE:s\\n[s]\\na=SET:t\\n[t]\\n';"
                    "  openssl asn1parse -inform DER -in ours.der |"
                    "  sed -n 's/.*INTEGER *:\\(.*\\)/v\\1=INTEGER:0x\\1/p' | sort -r; } >conf");
    scratch_run(&s, "openssl asn1parse -genconf conf -noout -out theirs.der");
    again = scratch_get(&s, "theirs.der");
    assert_spans_equal(writ_buffer_span(&again), der);
    writ_buffer_free(&again);
    writ_build_free(&b);
    scratch_remove(&s);
}

static void times_change_their_type_with_the_century(void **state)
{
    struct writ_build b = {0};

    (void)state;
    writ_build_time(&b, 1795590000);          /* 2026-11-25T07:00:00Z */
    writ_build_time(&b, INT64_C(2524607999)); /* 2049-12-31T23:59:59Z */
    writ_build_time(&b, INT64_C(2524608000)); /* 2050-01-01T00:00:00Z */
    writ_build_time(&b, INT64_C(-631152000)); /* 1950-01-01T00:00:00Z */
    writ_build_time(&b, INT64_C(-631152001)); /* 1949-12-31T23:59:59Z */
    writ_build_time(&b, INT64_MAX);           /* held within the calendar */
    assert_built(&b, "170d 3236313132353037303030305a"
                     "170d 3439313233313233353935395a"
                     "180f 32303530303130313030303030305a"
                     "170d 3530303130313030303030305a"
                     "180f 31393439313233313233353935395a"
                     "180f 39393939313233313233353935395a");
}

static void every_time_reads_back(void **state)
{
    (void)state;
    for (int64_t t = WRIT_TIME_MIN; t <= WRIT_TIME_MAX; t += 86400 * 1009 + 4321) {
        struct writ_build b = {0};
        struct writ_error e = {0};
        struct writ_cursor c;
        int64_t again;

        writ_build_time(&b, t);
        c = writ_cursor_over(writ_buffer_span(&b.out), &e);
        assert_ok(writ_der_time(&c, &again, "t"));
        assert_true(again == t);
        writ_build_free(&b);
    }
}

/* RFC 4055 section 5 wants NULL for RSA; RFC 5754, 5758 and 8410 want nothing. */
static void algorithms_have_the_parameters_of_their_rfc(void **state)
{
    struct writ_build b = {0};

    (void)state;
    writ_build_algorithm(&b, WRIT_OID_RSA_SHA256);
    writ_build_algorithm(&b, WRIT_OID_RSA);
    writ_build_algorithm(&b, WRIT_OID_ECDSA_SHA256);
    writ_build_algorithm(&b, WRIT_OID_SHA256);
    writ_build_algorithm(&b, WRIT_OID_ED25519);
    assert_built(&b, "300d 06092a864886f70d01010b 0500"
                     "300d 06092a864886f70d010101 0500"
                     "300a 06082a8648ce3d040302"
                     "300b 0609608648016503040201"
                     "3005 06032b6570");
}

static void a_name_part_is_a_set_of_one_attribute(void **state)
{
    struct writ_build b = {0};

    (void)state;
    writ_build_name_part(&b, WRIT_OID_ORGANIZATION, writ_span_text("Ex"));
    assert_built(&b, "310b 3009 060355040a 0c024578");
}

static void what_is_left_open_is_noticed(void **state)
{
    struct writ_build b = {0};
    struct writ_error e = {0};
    struct writ_span der;

    (void)state;
    writ_build_open(&b, WRIT_DER_SEQUENCE);
    writ_build_null(&b);
    assert_fault(writ_build_finish(&b, &der, &e), WRIT_FAULT_UNEXPECTED, "left open");
    writ_build_close(&b);
    writ_error_clear(&e);
    assert_ok(writ_build_finish(&b, &der, &e));
    writ_build_free(&b);
}

static void closing_what_is_not_open_is_noticed(void **state)
{
    struct writ_error e = {0};
    struct writ_span der;

    (void)state;
    for (int set = 0; set < 2; set++) {
        struct writ_build b = {0};

        if (set)
            writ_build_close_set_of(&b);
        else
            writ_build_close(&b);
        assert_fault(writ_build_finish(&b, &der, &e), WRIT_FAULT_UNEXPECTED, "");
        writ_build_free(&b);
    }
}

static void structures_nest_32_deep_and_not_33(void **state)
{
    struct writ_error e = {0};
    struct writ_span der;

    (void)state;
    for (int depth = 32; depth <= 33; depth++) {
        struct writ_build b = {0};

        for (int i = 0; i < depth; i++)
            writ_build_open(&b, WRIT_DER_SEQUENCE);
        for (int i = 0; i < depth; i++)
            writ_build_close(&b);
        if (depth == 32) {
            assert_ok(writ_build_finish(&b, &der, &e));
            assert_ok(writ_der_check(der, &e));
        } else {
            assert_fault(writ_build_finish(&b, &der, &e), WRIT_FAULT_UNEXPECTED, "");
        }
        writ_build_free(&b);
    }
}

static void output_over_the_ceiling_is_noticed_at_the_end(void **state)
{
    struct writ_build b = {.out = {.ceiling = 10}};
    struct writ_error e = {0};
    struct writ_span der;

    (void)state;
    writ_build_open(&b, WRIT_DER_SEQUENCE);
    writ_build_octet_string(&b, bytes_of("0102030405060708"));
    writ_build_close(&b);
    assert_fault(writ_build_finish(&b, &der, &e), WRIT_FAULT_UNEXPECTED, "ceiling of 10 bytes");
    writ_build_free(&b);
}

static void a_freed_builder_can_be_used_again(void **state)
{
    struct writ_build b = {0};

    (void)state;
    writ_build_open(&b, WRIT_DER_SEQUENCE);
    writ_build_free(&b);
    writ_build_free(&b);
    writ_build_null(&b);
    assert_built(&b, "0500");
}

static void finishing_into_a_buffer_appends_and_frees(void **state)
{
    struct writ_build b = {0};
    struct writ_buffer out = {0};
    struct writ_error e = {0};

    (void)state;
    writ_buffer_byte(&out, 0x77);
    writ_build_null(&b);
    assert_ok(writ_build_finish_into(&b, &out, &e));
    assert_spans_equal(writ_buffer_span(&out), bytes_of("77 0500"));
    assert_null(b.out.p);
    writ_build_open(&b, WRIT_DER_SET);
    assert_fault(writ_build_finish_into(&b, &out, &e), WRIT_FAULT_UNEXPECTED, "left open");
    assert_null(b.out.p);
    assert_int_equal(b.depth, 0);
    assert_spans_equal(writ_buffer_span(&out), bytes_of("77 0500"));
    writ_buffer_free(&out);
}

static void finishing_into_a_full_buffer_is_a_fault(void **state)
{
    struct writ_build b = {0};
    struct writ_buffer out = {.ceiling = 1};
    struct writ_error e = {0};

    (void)state;
    writ_build_null(&b);
    assert_fault(writ_build_finish_into(&b, &out, &e), WRIT_FAULT_UNEXPECTED, "ceiling of 1");
    assert_null(b.out.p);
    writ_buffer_free(&out);
}

static const struct CMUnitTest claims[] = {
    CLAIM(simple_elements_have_their_der),
    CLAIM(numbers_are_as_short_as_possible),
    CLAIM(a_magnitude_is_made_minimal_and_positive),
    CLAIM(structures_close_with_their_length),
    CLAIM(lengths_are_as_short_as_possible),
    CLAIM(the_elements_of_a_set_are_put_in_order),
    CLAIM(a_set_of_one_or_none_is_left_alone),
    CLAIM(a_set_holds_at_most_64_elements_and_only_der),
    CLAIM(openssl_finds_nothing_to_reorder),
    CLAIM(times_change_their_type_with_the_century),
    CLAIM(every_time_reads_back),
    CLAIM(algorithms_have_the_parameters_of_their_rfc),
    CLAIM(a_name_part_is_a_set_of_one_attribute),
    CLAIM(what_is_left_open_is_noticed),
    CLAIM(closing_what_is_not_open_is_noticed),
    CLAIM(structures_nest_32_deep_and_not_33),
    CLAIM(output_over_the_ceiling_is_noticed_at_the_end),
    CLAIM(a_freed_builder_can_be_used_again),
    CLAIM(finishing_into_a_buffer_appends_and_frees),
    CLAIM(finishing_into_a_full_buffer_is_a_fault),
};

RUN_CLAIMS(claims)
