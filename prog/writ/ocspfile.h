/*
 * writ/ocspfile.h - OCSP requests and responses in files
 */
#ifndef WRIT_OCSPFILE_H
#define WRIT_OCSPFILE_H

#include "base/buffer.h"

#define OCSPFILE_MAX                                                                               \
    ((size_t)256 * 1024) /* bytes of a file: a response in PEM, and more blocks                    \
                          */

#define OCSPFILE_RESPONSE "OCSP RESPONSE" /* labels of PEM blocks */
#define OCSPFILE_REQUEST  "OCSP REQUEST"

/* Finds the DER in the bytes of a file: the first PEM block with this label, or all of it when it
 * is no PEM.  Appends it to der.  Strangers' bytes: to be called in a jail.  -1 with
 * WRIT_FAULT_BAD_INPUT when there is no such block or it is malformed. */
int ocspfile_decode(struct writ_span bytes, const char *label, struct writ_buffer *der,
                    struct writ_error *e) WRIT_MUST_CHECK;

/* Seconds from an option's value: plain digits, or a duration ("7d").  0 when it is not given. */
struct args;
int ocspfile_seconds(const struct args *a, const char *option, int64_t *seconds,
                     struct writ_error *e) WRIT_MUST_CHECK;

#endif
