/* fuzz/der.c - feeds bytes/der.h: what is accepted is rebuilt, byte for byte, by bytes/build.h */
#include "bytes/der.h"

#include "base/time.h"
#include "bytes/build.h"
#include "fuzz.h"

static void rebuild(struct writ_build *b, struct writ_cursor c)
{
    while (c.left > 0) {
        struct writ_cursor inner;
        uint8_t tag;

        HOLDS(writ_der_any(&c, &tag, &inner, NULL, "element") == 0);
        if (tag & 0x20) {
            writ_build_open(b, tag);
            rebuild(b, inner);
            writ_build_close(b);
        } else {
            writ_build_element(b, tag, WRIT_SPAN(inner.at, inner.left));
        }
    }
}

static void a_checked_encoding_is_the_only_one(struct writ_span bytes)
{
    struct writ_build b = {0};
    struct writ_error e = {0};
    struct writ_span der;

    if (writ_der_check(bytes, &e) < 0) {
        HOLDS(e.fault == WRIT_FAULT_BAD_INPUT && e.offset <= bytes.n);
        return;
    }
    rebuild(&b, writ_cursor_over(bytes, &e));
    HOLDS(writ_build_finish(&b, &der, &e) == 0 && writ_span_equal(der, bytes));
    writ_build_free(&b);
}

/* The types with a reader and a writer, tried one after the other on the first element. */
static int read_and_write(int type, struct writ_cursor *c, struct writ_build *b)
{
    struct writ_span s;
    enum writ_oid oid;
    uint64_t number;
    unsigned unused;
    bool value;
    int rc = -1;

    switch (type) {
    case 0:
        if ((rc = writ_der_boolean(c, &value, "boolean")) == 0)
            writ_build_boolean(b, value);
        break;
    case 1:
        if ((rc = writ_der_unsigned(c, WRIT_DER_INTEGER, UINT64_MAX, &number, "number")) == 0)
            writ_build_unsigned(b, WRIT_DER_INTEGER, number);
        break;
    case 2:
        if ((rc = writ_der_integer(c, &s, "integer")) == 0 && s.p[0] < 0x80)
            writ_build_magnitude(b, s);
        break;
    case 3:
        if ((rc = writ_der_bit_string(c, &s, &unused, "bits")) == 0)
            writ_build_bit_string(b, s, unused);
        break;
    case 4:
        if ((rc = writ_der_null(c, "null")) == 0)
            writ_build_null(b);
        break;
    case 5:
        if ((rc = writ_der_oid(c, &s, &oid, "oid")) == 0 && oid != WRIT_OID_UNKNOWN)
            writ_build_oid(b, oid);
        break;
    case 6:
        if ((rc = writ_der_utf8(c, 0, 64, &s, "text")) == 0)
            writ_build_utf8(b, s);
        break;
    }
    return rc;
}

static void a_typed_element_has_one_spelling(struct writ_span bytes)
{
    for (int type = 0; type < 7; type++) {
        struct writ_cursor c = writ_cursor_over(bytes, NULL);
        struct writ_build b = {0};
        struct writ_error e = {0};
        struct writ_span der;

        if (read_and_write(type, &c, &b) == 0 && b.out.n > 0) {
            HOLDS(writ_build_finish(&b, &der, &e) == 0);
            HOLDS(writ_span_equal(der, WRIT_SPAN(bytes.p, c.offset)));
        }
        writ_build_free(&b);
    }
}

static void a_time_is_read_as_it_was_written(struct writ_span bytes)
{
    struct writ_cursor c = writ_cursor_over(bytes, NULL);
    struct writ_cursor d = c;
    struct writ_build b = {0};
    int64_t instant, again;

    if (writ_der_time(&c, &instant, "time") == 0) {
        writ_build_time(&b, instant);
        c = writ_cursor_over(writ_buffer_span(&b.out), NULL);
        HOLDS(writ_der_time(&c, &again, "time") == 0 && again == instant && c.left == 0);
    }
    if (writ_der_time_with_fraction(&d, &again, "time") == 0)
        HOLDS(again >= WRIT_TIME_MIN && again <= WRIT_TIME_MAX);
    writ_build_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    a_checked_encoding_is_the_only_one(WRIT_SPAN(data, size));
    a_typed_element_has_one_spelling(WRIT_SPAN(data, size));
    a_time_is_read_as_it_was_written(WRIT_SPAN(data, size));
    return 0;
}
