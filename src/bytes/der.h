/*
 * bytes/der.h - strict DER (X.690 sections 8 and 10)
 *
 * Refused everywhere: indefinite lengths, lengths that are not as short as possible, tags in the
 * high form, constructed strings and primitive sequences, lengths over 4 GiB, nesting deeper than
 * WRIT_DEPTH_MAX (primitive elements count as a level).  Entering a structure gives a
 * narrower cursor; whoever leaves it calls writ_der_end, which insists that nothing is left.
 *
 * Every function takes the cursor to read from, and `what`, the field's name in the RFC, which
 * opens the sentence when something is wrong.  All return 0, or -1 with WRIT_FAULT_BAD_INPUT, the
 * byte offset and the sentence; a cursor that failed must not be used any more.
 */
#ifndef WRIT_BYTES_DER_H
#define WRIT_BYTES_DER_H

#include "base/oid.h"
#include "bytes/cursor.h"

enum writ_der_tag {
    WRIT_DER_BOOLEAN = 0x01,
    WRIT_DER_INTEGER = 0x02,
    WRIT_DER_BIT_STRING = 0x03,
    WRIT_DER_OCTET_STRING = 0x04,
    WRIT_DER_NULL = 0x05,
    WRIT_DER_OID = 0x06,
    WRIT_DER_ENUMERATED = 0x0a,
    WRIT_DER_UTF8_STRING = 0x0c,
    WRIT_DER_NUMERIC_STRING = 0x12,
    WRIT_DER_PRINTABLE_STRING = 0x13,
    WRIT_DER_TELETEX_STRING = 0x14,
    WRIT_DER_IA5_STRING = 0x16,
    WRIT_DER_UTC_TIME = 0x17,
    WRIT_DER_GENERALIZED_TIME = 0x18,
    WRIT_DER_VISIBLE_STRING = 0x1a,
    WRIT_DER_UNIVERSAL_STRING = 0x1c,
    WRIT_DER_BMP_STRING = 0x1e,
    WRIT_DER_SEQUENCE = 0x30,
    WRIT_DER_SET = 0x31,
};

#define WRIT_DER_CONTEXT(number)             ((uint8_t)(0x80 | (number))) /* [n] IMPLICIT, primitive */
#define WRIT_DER_CONTEXT_CONSTRUCTED(number) ((uint8_t)(0xa0 | (number))) /* [n] constructed */

/* True when the next element has this tag.  False at the end. */
bool writ_der_next_is(const struct writ_cursor *c, uint8_t tag);

/* The next element whatever its tag: the tag, a cursor over its contents and, if whole is not
 * NULL, the span of header and contents together. */
int writ_der_any(struct writ_cursor *c, uint8_t *tag, struct writ_cursor *contents,
                 struct writ_span *whole, const char *what) WRIT_MUST_CHECK;

/* The next element, which must have this tag; a cursor over its contents. */
int writ_der_enter(struct writ_cursor *c, uint8_t tag, struct writ_cursor *contents,
                   const char *what) WRIT_MUST_CHECK;

/* The same when it is there, else *contents is empty and *present false. */
int writ_der_enter_optional(struct writ_cursor *c, uint8_t tag, struct writ_cursor *contents,
                            bool *present, const char *what) WRIT_MUST_CHECK;

/* The next element with this tag, header included, and its contents unread. */
int writ_der_whole(struct writ_cursor *c, uint8_t tag, struct writ_span *whole,
                   const char *what) WRIT_MUST_CHECK;

/* The next element with this tag: its content octets. */
int writ_der_contents(struct writ_cursor *c, uint8_t tag, struct writ_span *contents,
                      const char *what) WRIT_MUST_CHECK;

/* TRUE is 0xff, FALSE is 0x00, nothing else. */
int writ_der_boolean(struct writ_cursor *c, bool *value, const char *what) WRIT_MUST_CHECK;

/* BOOLEAN DEFAULT FALSE: absent means false, and an encoded FALSE is refused (X.690 11.5). */
int writ_der_boolean_default_false(struct writ_cursor *c, bool *value,
                                   const char *what) WRIT_MUST_CHECK;

/* INTEGER of any size, minimal: its content octets, two's complement. */
int writ_der_integer(struct writ_cursor *c, struct writ_span *content,
                     const char *what) WRIT_MUST_CHECK;

/* INTEGER or ENUMERATED within 0..max. */
int writ_der_unsigned(struct writ_cursor *c, uint8_t tag, uint64_t max, uint64_t *value,
                      const char *what) WRIT_MUST_CHECK;

/* BIT STRING: content without the count of unused bits, which are 0..7 and must be zero bits. */
int writ_der_bit_string(struct writ_cursor *c, struct writ_span *bits, unsigned *unused,
                        const char *what) WRIT_MUST_CHECK;

int writ_der_octet_string(struct writ_cursor *c, struct writ_span *octets,
                          const char *what) WRIT_MUST_CHECK;
int writ_der_null(struct writ_cursor *c, const char *what) WRIT_MUST_CHECK;

/* OBJECT IDENTIFIER: valid content octets, and which one it is if known (oid may be NULL). */
int writ_der_oid(struct writ_cursor *c, struct writ_span *content, enum writ_oid *oid,
                 const char *what) WRIT_MUST_CHECK;

/* OBJECT IDENTIFIER that must be this one. */
int writ_der_oid_exactly(struct writ_cursor *c, enum writ_oid wanted,
                         const char *what) WRIT_MUST_CHECK;

/* UTF8String: well-formed and printable in the sense of base/text.h, min to max bytes. */
int writ_der_utf8(struct writ_cursor *c, size_t min, size_t max, struct writ_span *text,
                  const char *what) WRIT_MUST_CHECK;

/* Time as RFC 5280 section 4.1.2.5 wants it: UTCTime YYMMDDHHMMSSZ (50-99 is 19xx) or
 * GeneralizedTime YYYYMMDDHHMMSSZ. */
int writ_der_time(struct writ_cursor *c, int64_t *instant, const char *what) WRIT_MUST_CHECK;

/* GeneralizedTime with optional fractions, as RFC 3161 section 2.4.2 writes genTime; the fraction
 * is rounded up to the next second (a claim of "before" must not profit from it). */
int writ_der_time_with_fraction(struct writ_cursor *c, int64_t *instant,
                                const char *what) WRIT_MUST_CHECK;

/* Nothing may be left of a structure. */
int writ_der_end(const struct writ_cursor *c, const char *what) WRIT_MUST_CHECK;

/* Walks a whole encoding down to the last element and checks lengths, tags and depth, without
 * knowing its meaning. */
int writ_der_check(struct writ_span bytes, struct writ_error *e) WRIT_MUST_CHECK;

#endif
