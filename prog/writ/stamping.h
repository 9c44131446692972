/*
 * writ/stamping.h - asking an RFC 3161 authority for a timestamp
 */
#ifndef WRIT_STAMPING_H
#define WRIT_STAMPING_H

#include "base/buffer.h"

/* Appends a TimeStampToken over this signature value, from the authority at the URL.  The answer is
 * read in a jail, and must be of our request: its nonce, its imprint, signed by a certificate with
 * the critical and sole purpose timeStamping. */
int stamping_get(const char *url, struct writ_span signature_value, struct writ_buffer *token,
                 struct writ_error *e) WRIT_MUST_CHECK;

#endif
