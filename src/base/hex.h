/*
 * base/hex.h - bytes as hexadecimal digits
 */
#ifndef WRIT_BASE_HEX_H
#define WRIT_BASE_HEX_H

#include "base/buffer.h"

/* Writes 2 * bytes.n lower-case digits and a NUL into text. */
void writ_hex_format(struct writ_span bytes, char *text);

/* Appends 2 * bytes.n lower-case digits. */
void writ_hex_add(struct writ_buffer *b, struct writ_span bytes);

/* Reads exactly 2 * n digits of either case into out.  -1 when there are more, fewer or others. */
int writ_hex_parse(struct writ_span text, uint8_t *out, size_t n) WRIT_MUST_CHECK;

/* The same, lower case only: for formats that must have one spelling. */
int writ_hex_parse_strict(struct writ_span text, uint8_t *out, size_t n) WRIT_MUST_CHECK;

/* Reads digits of either case, with colons between pairs allowed, up to room bytes.  Returns the
 * number of bytes, or -1.  For fingerprints and serial numbers that people type. */
int writ_hex_parse_loose(const char *text, uint8_t *out, size_t room) WRIT_MUST_CHECK;

#endif
