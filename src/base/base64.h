/*
 * base/base64.h - RFC 4648 section 4, with padding
 */
#ifndef WRIT_BASE_BASE64_H
#define WRIT_BASE_BASE64_H

#include "base/buffer.h"

/* Appends the encoding of bytes, without line breaks. */
void writ_base64_add(struct writ_buffer *b, struct writ_span bytes);

/* Appends the bytes that text encodes.  Strict: padding wanted, no other characters, and the unused
 * bits of the last character zero, so that every byte string has exactly one spelling.
 * -1 when it is not that, or the buffer failed; then nothing was appended. */
int writ_base64_parse(struct writ_span text, struct writ_buffer *b) WRIT_MUST_CHECK;

/* What a character of the alphabet stands for, 0 to 63; -1 for another one. */
int writ_base64_value(uint8_t c);

#endif
