/*
 * serve/uri.h - what a GET asks for, read from its path as it came (RFC 6960 appendix A.1)
 *
 * The path is read before anybody normalises it: base64 contains "//" and "+", and a server that
 * merges slashes or decodes twice answers something else, or nobody (Let's Encrypt, 2017-05-18:
 * 16.9 hours).  Percent-decoding happens once.
 */
#ifndef WRIT_SERVE_URI_H
#define WRIT_SERVE_URI_H

#include "base/span.h"

#define URI_TEXT_MAX 4096 /* characters of a path that is looked at, before decoding */

/* True when path lies below base ("/", "/ocsp"), and *rest is what follows it: at least the slash,
 * or nothing when the path is the base itself. */
bool uri_below(const char *path, const char *base, const char **rest);

/* Decodes the base64 of rest into room and gives what it is in *request.  Slashes in front are
 * skipped, any number of them; '+', '/' and '=' may be raw or percent-encoded, a space stands for
 * the '+' that somebody decoded as a form's, and padding may be missing.  False when it is anything
 * else, empty, or longer than room. */
bool uri_request(const char *rest, uint8_t *room, size_t room_n, struct writ_span *request);

/* True for the name of a file below the feed's directory: components that are neither empty nor
 * begin with a dot, of letters, digits and "._-+~" alone. */
bool uri_is_file_name(const char *name);

#endif
