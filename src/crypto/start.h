/*
 * crypto/start.h - OpenSSL, made ready
 */
#ifndef WRIT_CRYPTO_START_H
#define WRIT_CRYPTO_START_H

#include "base/error.h"

/* Starts OpenSSL for the whole process without reading openssl.cnf: a module named there would run
 * inside the program that judges.  Loads the default provider and its decoders, so that children
 * forked afterwards need not do it each anew (1 ms) and find them there when they can open nothing
 * any more.  Must come before anything else that uses OpenSSL, libcurl included; later calls do
 * nothing new.  WRIT_FAULT_UNEXPECTED when OpenSSL has no SHA-256 or no P-256. */
int writ_crypto_start(struct writ_error *e) WRIT_MUST_CHECK;

/* The same without decoders and without words for OpenSSL's errors, 0.6 ms less, for a command that
 * verifies a signature or two with keys that need no decoder (P-256, P-384) and ends.  Others are
 * decoded all the same, and pay for it then.  writ_crypto_reason has no words in this process, even
 * after writ_crypto_start.  WRIT_FAULT_UNEXPECTED when OpenSSL has no SHA-256 or no ECDSA. */
int writ_crypto_start_bare(struct writ_error *e) WRIT_MUST_CHECK;

/* Only the first part: makes sure that openssl.cnf is not read, unless somebody has done so
 * already.  Costs next to nothing, so that whoever uses OpenSSL first can call it every time. */
int writ_crypto_begin(struct writ_error *e) WRIT_MUST_CHECK;

/* What OpenSSL calls one of its errors; NULL when it has no words for it.  Its words are loaded
 * here, where something is wrong, because that takes 0.2 ms. */
const char *writ_crypto_reason(unsigned long code);

#endif
