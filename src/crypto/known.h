/*
 * crypto/known.h - a certificate that is good
 *
 * Part of OpenSSL may have failed to start, for lack of memory, and then fails for good and without
 * a word.  Before something is called bad this certificate is looked at; when it comes out bad too,
 * nobody has looked.
 */
#ifndef WRIT_CRYPTO_KNOWN_H
#define WRIT_CRYPTO_KNOWN_H

#include "base/span.h"

/* DER: a leaf, and the root that signed it.  Whoever asks about it must not mind the date. */
struct writ_span writ_known_leaf(void);
struct writ_span writ_known_root(void);

#endif
