/*
 * crypto/memory.h - telling "it is bad" from "there was no memory to look at it"
 *
 * OpenSSL says both with the same return value.  A verdict must not: whoever can make memory scarce
 * must not be able to make a good signature a bad one.
 */
#ifndef WRIT_CRYPTO_MEMORY_H
#define WRIT_CRYPTO_MEMORY_H

#include "base/error.h"

/* OpenSSL swallows some of its own errors (x509_pubkey_ex_d2i pops them off the queue), so that
 * what has come out bad is only believed when it comes out bad again. */
#define WRIT_CRYPTO_TRIES 2

/* Empties OpenSSL's queue of errors; to be called before something that may come out bad. */
void writ_crypto_forget(void);

/* Empties it too: -1 with WRIT_FAULT_UNEXPECTED when OpenSSL has said since then that it had no
 * memory, 0 otherwise. */
int writ_crypto_had_memory(struct writ_error *e) WRIT_MUST_CHECK;

#endif
