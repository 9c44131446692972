#include "bytes/der.h"

#include "base/text.h"
#include "base/time.h"

#define TAG_NUMBER_HIGH 0x1f /* low five bits all set: the tag goes on in further bytes */
#define TAG_CONSTRUCTED 0x20
#define TAG_CLASS       0xc0
#define LENGTH_LONG     0x80
#define LENGTH_BYTES    4 /* at most, after the first */

bool writ_der_next_is(const struct writ_cursor *c, uint8_t tag)
{
    struct writ_span next = writ_cursor_peek(c, 1);

    return next.n == 1 && next.p[0] == tag;
}

/* X.690 10.1: definite, and as short as possible. */
static int take_length(struct writ_cursor *c, size_t *length, const char *what)
{
    uint8_t first, byte;
    uint32_t value = 0;

    *length = 0;
    if (writ_cursor_u8(c, &first, what) < 0)
        return -1;
    if (first < LENGTH_LONG) {
        *length = first;
        return 0;
    }
    if (first == LENGTH_LONG)
        return writ_cursor_fail(c, "%s: indefinite length (BER); DER was wanted", what);
    if ((first & 0x7f) > LENGTH_BYTES)
        return writ_cursor_fail(c, "%s: length of more than %d bytes", what, LENGTH_BYTES);
    for (unsigned i = 0; i < (first & 0x7fu); i++) {
        if (writ_cursor_u8(c, &byte, what) < 0)
            return -1;
        if (i == 0 && byte == 0)
            return writ_cursor_fail(c, "%s: length with leading zeros (BER)", what);
        value = value << 8 | byte;
    }
    if (value < LENGTH_LONG)
        return writ_cursor_fail(c, "%s: length in the long form without need (BER)", what);
    *length = value;
    return 0;
}

/* X.690 8 and 10.2: of the universal types only EXTERNAL, EMBEDDED PDV, SEQUENCE, SET and
 * unrestricted CHARACTER STRING are constructed, and these always; a string in pieces is BER. */
static bool form_fits(uint8_t tag)
{
    bool constructed = (tag & TAG_CONSTRUCTED) != 0;

    if ((tag & TAG_CLASS) != 0)
        return true;
    switch (tag & TAG_NUMBER_HIGH) {
    case 8:
    case 11:
    case 16:
    case 17:
    case 29:
        return constructed;
    default:
        return !constructed;
    }
}

int writ_der_any(struct writ_cursor *c, uint8_t *tag, struct writ_cursor *contents,
                 struct writ_span *whole, const char *what)
{
    struct writ_cursor start = *c;
    struct writ_span content;
    size_t length, offset;

    if (writ_cursor_u8(c, tag, what) < 0)
        return -1;
    if ((*tag & TAG_NUMBER_HIGH) == TAG_NUMBER_HIGH || *tag == 0)
        return writ_cursor_fail(&start, "%s: tag 0x%02x is not allowed", what, *tag);
    if (!form_fits(*tag))
        return writ_cursor_fail(&start, "%s: tag 0x%02x, a type in the wrong form (BER)", what,
                                *tag);
    if (take_length(c, &length, what) < 0)
        return -1;
    offset = c->offset;
    if (writ_cursor_take(c, length, &content, what) < 0)
        return -1;
    /* Field by field: a copy of *c would read at once what has just been written in two halves, and
     * wait for both; that was a third of the time of reading a certificate. */
    contents->at = content.p;
    contents->left = content.n;
    contents->offset = offset;
    contents->depth = start.depth + 1;
    contents->error = start.error;
    if (contents->depth > WRIT_DEPTH_MAX)
        return writ_cursor_fail(&start, "%s: nested deeper than %d", what, WRIT_DEPTH_MAX);
    if (whole != NULL)
        *whole = WRIT_SPAN(start.at, start.left - c->left);
    return 0;
}

static const char *tag_name(uint8_t tag)
{
    switch (tag) {
    case WRIT_DER_BOOLEAN:
        return "BOOLEAN";
    case WRIT_DER_INTEGER:
        return "INTEGER";
    case WRIT_DER_BIT_STRING:
        return "BIT STRING";
    case WRIT_DER_OCTET_STRING:
        return "OCTET STRING";
    case WRIT_DER_NULL:
        return "NULL";
    case WRIT_DER_OID:
        return "OBJECT IDENTIFIER";
    case WRIT_DER_ENUMERATED:
        return "ENUMERATED";
    case WRIT_DER_UTF8_STRING:
        return "UTF8String";
    case WRIT_DER_UTC_TIME:
        return "UTCTime";
    case WRIT_DER_GENERALIZED_TIME:
        return "GeneralizedTime";
    case WRIT_DER_SEQUENCE:
        return "SEQUENCE";
    case WRIT_DER_SET:
        return "SET";
    default:
        return "element";
    }
}

/* The next element with this tag, in all the forms a caller may want it. */
static int element(struct writ_cursor *c, uint8_t tag, struct writ_cursor *contents,
                   struct writ_span *whole, const char *what)
{
    struct writ_span next = writ_cursor_peek(c, 1);
    uint8_t found;

    if (next.n == 0)
        return writ_cursor_fail(c, "%s: wanted %s (tag 0x%02x), found the end", what, tag_name(tag),
                                tag);
    if (next.p[0] != tag)
        return writ_cursor_fail(c, "%s: wanted %s (tag 0x%02x), found tag 0x%02x", what,
                                tag_name(tag), tag, next.p[0]);
    return writ_der_any(c, &found, contents, whole, what);
}

int writ_der_enter(struct writ_cursor *c, uint8_t tag, struct writ_cursor *contents,
                   const char *what)
{
    return element(c, tag, contents, NULL, what);
}

int writ_der_enter_optional(struct writ_cursor *c, uint8_t tag, struct writ_cursor *contents,
                            bool *present, const char *what)
{
    *present = writ_der_next_is(c, tag);
    if (*present)
        return element(c, tag, contents, NULL, what);
    *contents = *c;
    contents->left = 0;
    return 0;
}

int writ_der_whole(struct writ_cursor *c, uint8_t tag, struct writ_span *whole, const char *what)
{
    struct writ_cursor contents;

    return element(c, tag, &contents, whole, what);
}

int writ_der_contents(struct writ_cursor *c, uint8_t tag, struct writ_span *contents,
                      const char *what)
{
    struct writ_cursor inner;

    if (element(c, tag, &inner, NULL, what) < 0)
        return -1;
    *contents = WRIT_SPAN(inner.at, inner.left);
    return 0;
}

int writ_der_boolean(struct writ_cursor *c, bool *value, const char *what)
{
    struct writ_cursor start = *c;
    struct writ_span s;

    if (writ_der_contents(c, WRIT_DER_BOOLEAN, &s, what) < 0)
        return -1;
    if (s.n != 1 || (s.p[0] != 0x00 && s.p[0] != 0xff))
        return writ_cursor_fail(&start, "%s: BOOLEAN is neither 00 nor ff", what);
    *value = s.p[0] == 0xff;
    return 0;
}

int writ_der_boolean_default_false(struct writ_cursor *c, bool *value, const char *what)
{
    struct writ_cursor start = *c;

    *value = false;
    if (!writ_der_next_is(c, WRIT_DER_BOOLEAN))
        return 0;
    if (writ_der_boolean(c, value, what) < 0)
        return -1;
    if (!*value)
        return writ_cursor_fail(&start, "%s: the default FALSE is written out (BER)", what);
    return 0;
}

/* X.690 8.3.2: the first nine bits are not all the same. */
static bool minimal(struct writ_span s)
{
    if (s.n < 2)
        return s.n == 1;
    return !(s.p[0] == 0x00 && s.p[1] < 0x80) && !(s.p[0] == 0xff && s.p[1] >= 0x80);
}

int writ_der_integer(struct writ_cursor *c, struct writ_span *content, const char *what)
{
    struct writ_cursor start = *c;

    if (writ_der_contents(c, WRIT_DER_INTEGER, content, what) < 0)
        return -1;
    if (!minimal(*content))
        return writ_cursor_fail(&start, "%s: INTEGER is empty or not minimal", what);
    return 0;
}

int writ_der_unsigned(struct writ_cursor *c, uint8_t tag, uint64_t max, uint64_t *value,
                      const char *what)
{
    struct writ_cursor start = *c;
    struct writ_span s;

    if (writ_der_contents(c, tag, &s, what) < 0)
        return -1;
    if (!minimal(s))
        return writ_cursor_fail(&start, "%s: number is empty or not minimal", what);
    if (s.p[0] >= 0x80)
        return writ_cursor_fail(&start, "%s: number is negative", what);
    if (s.n > 9 || (s.n == 9 && s.p[0] != 0))
        return writ_cursor_fail(&start, "%s: number is larger than %llu", what,
                                (unsigned long long)max);
    *value = 0;
    for (size_t i = 0; i < s.n; i++)
        *value = *value << 8 | s.p[i];
    if (*value > max)
        return writ_cursor_fail(&start, "%s: number is larger than %llu", what,
                                (unsigned long long)max);
    return 0;
}

int writ_der_bit_string(struct writ_cursor *c, struct writ_span *bits, unsigned *unused,
                        const char *what)
{
    struct writ_cursor start = *c;
    struct writ_cursor inner;
    uint8_t count;

    if (writ_der_enter(c, WRIT_DER_BIT_STRING, &inner, what) < 0 ||
        writ_cursor_u8(&inner, &count, what) < 0)
        return -1;
    *bits = WRIT_SPAN(inner.at, inner.left);
    *unused = count;
    if (count > 7 || (count > 0 && inner.left == 0))
        return writ_cursor_fail(&start, "%s: BIT STRING with %u unused bits", what, count);
    if (count > 0 && (bits->p[bits->n - 1] & ((1u << count) - 1)) != 0)
        return writ_cursor_fail(&start, "%s: BIT STRING whose unused bits are not zero", what);
    return 0;
}

int writ_der_octet_string(struct writ_cursor *c, struct writ_span *octets, const char *what)
{
    return writ_der_contents(c, WRIT_DER_OCTET_STRING, octets, what);
}

int writ_der_null(struct writ_cursor *c, const char *what)
{
    struct writ_cursor inner;

    if (writ_der_enter(c, WRIT_DER_NULL, &inner, what) < 0)
        return -1;
    return writ_der_end(&inner, what);
}

int writ_der_oid(struct writ_cursor *c, struct writ_span *content, enum writ_oid *oid,
                 const char *what)
{
    struct writ_cursor start = *c;

    if (writ_der_contents(c, WRIT_DER_OID, content, what) < 0)
        return -1;
    if (!writ_oid_is_valid(*content))
        return writ_cursor_fail(&start, "%s: not a valid OBJECT IDENTIFIER", what);
    if (oid != NULL)
        *oid = writ_oid_find(*content);
    return 0;
}

int writ_der_oid_exactly(struct writ_cursor *c, enum writ_oid wanted, const char *what)
{
    struct writ_cursor start = *c;
    struct writ_buffer found = {0};
    struct writ_span content;

    if (writ_der_oid(c, &content, NULL, what) < 0)
        return -1;
    if (writ_span_equal(content, writ_oid_content(wanted)))
        return 0;
    writ_oid_add_name(&found, content);
    (void)writ_cursor_fail(&start, "%s: wanted %s, found %s", what, writ_oid_name(wanted),
                           writ_buffer_string(&found));
    writ_buffer_free(&found);
    return -1;
}

int writ_der_utf8(struct writ_cursor *c, size_t min, size_t max, struct writ_span *text,
                  const char *what)
{
    struct writ_cursor start = *c;

    if (writ_der_contents(c, WRIT_DER_UTF8_STRING, text, what) < 0)
        return -1;
    if (text->n < min || text->n > max)
        return writ_cursor_fail(&start, "%s: wanted %zu to %zu bytes, found %zu", what, min, max,
                                text->n);
    if (text->n > 0 && !writ_text_is_printable(*text))
        return writ_cursor_fail(&start, "%s: not printable UTF-8", what);
    return 0;
}

/* Two decimal digits. */
static int take_two(struct writ_cursor *c, int *value, const char *what)
{
    struct writ_span s;

    if (writ_cursor_take(c, 2, &s, what) < 0)
        return -1;
    if (s.p[0] < '0' || s.p[0] > '9' || s.p[1] < '0' || s.p[1] > '9')
        return writ_cursor_fail(c, "%s: time has a character that is not a digit", what);
    *value = (s.p[0] - '0') * 10 + (s.p[1] - '0');
    return 0;
}

/* MMDDHHMMSS, after the year. */
static int take_civil(struct writ_cursor *c, struct writ_civil *civil, const char *what)
{
    if (take_two(c, &civil->month, what) < 0 || take_two(c, &civil->day, what) < 0 ||
        take_two(c, &civil->hour, what) < 0 || take_two(c, &civil->minute, what) < 0)
        return -1;
    return take_two(c, &civil->second, what);
}

static int take_year(struct writ_cursor *c, uint8_t tag, struct writ_civil *civil, const char *what)
{
    int high, low;

    if (tag == WRIT_DER_UTC_TIME) {
        if (take_two(c, &low, what) < 0)
            return -1;
        civil->year = low >= 50 ? 1900 + low : 2000 + low;
        return 0;
    }
    if (take_two(c, &high, what) < 0 || take_two(c, &low, what) < 0)
        return -1;
    civil->year = high * 100 + low;
    return 0;
}

/* X.690 11.7: a fraction has no trailing zeros and is not empty. */
static int take_fraction(struct writ_cursor *c, bool *present, const char *what)
{
    struct writ_span next = writ_cursor_peek(c, 1);
    uint8_t last = '0';

    *present = next.n == 1 && next.p[0] == '.';
    if (!*present)
        return 0;
    if (writ_cursor_take(c, 1, &next, what) < 0)
        return -1;
    for (next = writ_cursor_peek(c, 1); next.n == 1 && next.p[0] >= '0' && next.p[0] <= '9';
         next = writ_cursor_peek(c, 1)) {
        if (writ_cursor_u8(c, &last, what) < 0)
            return -1;
    }
    if (last == '0')
        return writ_cursor_fail(c, "%s: fraction of a second is empty or ends in 0", what);
    return 0;
}

static int take_time(struct writ_cursor *c, bool fraction_allowed, int64_t *instant,
                     const char *what)
{
    struct writ_cursor start = *c;
    struct writ_cursor inner;
    struct writ_civil civil = {0};
    uint8_t tag, zone;
    bool fraction = false;

    if (writ_der_any(c, &tag, &inner, NULL, what) < 0)
        return -1;
    if (tag != WRIT_DER_GENERALIZED_TIME && (fraction_allowed || tag != WRIT_DER_UTC_TIME))
        return writ_cursor_fail(&start, "%s: wanted a time, found tag 0x%02x", what, tag);
    if (take_year(&inner, tag, &civil, what) < 0 || take_civil(&inner, &civil, what) < 0)
        return -1;
    if (fraction_allowed && take_fraction(&inner, &fraction, what) < 0)
        return -1;
    if (writ_cursor_u8(&inner, &zone, what) < 0)
        return -1;
    if (zone != 'Z' || inner.left != 0 || writ_time_from_civil(&civil, instant) < 0)
        return writ_cursor_fail(&start, "%s: not a time in UTC that exists", what);
    if (fraction)
        *instant = writ_time_add(*instant, 1);
    return 0;
}

int writ_der_time(struct writ_cursor *c, int64_t *instant, const char *what)
{
    return take_time(c, false, instant, what);
}

int writ_der_time_with_fraction(struct writ_cursor *c, int64_t *instant, const char *what)
{
    return take_time(c, true, instant, what);
}

int writ_der_end(const struct writ_cursor *c, const char *what)
{
    return writ_cursor_end(c, what);
}

/* Walks without recursion: the stack holds where each open structure ends. */
int writ_der_check(struct writ_span bytes, struct writ_error *e)
{
    struct writ_cursor open[WRIT_DEPTH_MAX + 1];
    unsigned depth = 0;
    uint8_t tag;

    open[0] = writ_cursor_over(bytes, e);
    if (bytes.n == 0)
        return writ_cursor_fail(&open[0], "encoding is empty");
    for (;;) {
        struct writ_cursor contents;

        while (depth > 0 && open[depth].left == 0)
            depth--;
        if (depth == 0 && open[0].left == 0)
            return 0;
        if (depth == 0 && open[0].offset > 0)
            return writ_der_end(&open[0], "the encoding");
        if (writ_der_any(&open[depth], &tag, &contents, NULL, "element") < 0)
            return -1;
        if (tag & TAG_CONSTRUCTED)
            open[++depth] = contents;
    }
}
