/*
 * bytes/build.h - writing DER
 *
 * The mirror of bytes/der.h.  Structures are opened and closed; lengths are put in on closing.
 * Like the buffer under it a builder remembers failure, and writ_build_finish reports it.
 */
#ifndef WRIT_BYTES_BUILD_H
#define WRIT_BYTES_BUILD_H

#include "base/oid.h"
#include "bytes/der.h"

struct writ_build {
    struct writ_buffer out;       /* owned; writ_build_free gives it back */
    size_t start[WRIT_DEPTH_MAX]; /* where the contents of each open structure begin */
    uint8_t tag[WRIT_DEPTH_MAX];  /* and its tag */
    unsigned depth;               /* open structures */
};

/* Opens a constructed element; the appends that follow go into it until it is closed. */
void writ_build_open(struct writ_build *b, uint8_t tag);
void writ_build_close(struct writ_build *b);

/* Closes a SET OF and puts its elements into the order X.690 11.6 wants. */
void writ_build_close_set_of(struct writ_build *b);

/* One element with these content octets. */
void writ_build_element(struct writ_build *b, uint8_t tag, struct writ_span contents);

/* Bytes that are DER already. */
void writ_build_raw(struct writ_build *b, struct writ_span der);

void writ_build_boolean(struct writ_build *b, bool value);
void writ_build_unsigned(struct writ_build *b, uint8_t tag, uint64_t value);
/* An INTEGER from big-endian magnitude octets; leading zeros are dropped, one is put back where
 * the number would read as negative. */
void writ_build_magnitude(struct writ_build *b, struct writ_span octets);
void writ_build_octet_string(struct writ_build *b, struct writ_span octets);
void writ_build_bit_string(struct writ_build *b, struct writ_span bits, unsigned unused);
void writ_build_null(struct writ_build *b);
void writ_build_oid(struct writ_build *b, enum writ_oid oid);
void writ_build_utf8(struct writ_build *b, struct writ_span text);

/* RFC 5280 4.1.2.5: UTCTime through 2049, GeneralizedTime after. */
void writ_build_time(struct writ_build *b, int64_t instant);

/* AlgorithmIdentifier without parameters (ECDSA, Ed25519), or with NULL (RSA). */
void writ_build_algorithm(struct writ_build *b, enum writ_oid algorithm);

/* One RelativeDistinguishedName with one attribute, as a UTF8String (RFC 5280 4.1.2.4). */
void writ_build_name_part(struct writ_build *b, enum writ_oid type, struct writ_span text);

/* 0 and the finished bytes, borrowed from the builder; -1 when an append failed or a structure is
 * still open. */
int writ_build_finish(struct writ_build *b, struct writ_span *der,
                      struct writ_error *e) WRIT_MUST_CHECK;

/* Appends the finished bytes to out and frees the builder, whatever the outcome. */
int writ_build_finish_into(struct writ_build *b, struct writ_buffer *out,
                           struct writ_error *e) WRIT_MUST_CHECK;

/* Gives the memory back.  The builder can be used again. */
void writ_build_free(struct writ_build *b);

#endif
