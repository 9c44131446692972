/*
 * shared/keyfile.h - private keys as PEM files of their owner
 */
#ifndef WRIT_SHARED_KEYFILE_H
#define WRIT_SHARED_KEYFILE_H

#include "crypto/key.h"
#include "shared/passphrase.h"

#define KEYFILE_BYTES_MAX ((size_t)64 * 1024)

/* Reads a PKCS #8 key from a PEM file; asks for the passphrase when it is encrypted.  The caller
 * owns the key.  Older forms ("EC PRIVATE KEY") are WRIT_FAULT_BAD_INPUT with the openssl command
 * that converts them. */
struct writ_key *keyfile_read(const char *path, struct passphrase *passphrase,
                              struct writ_error *e) WRIT_MUST_CHECK;

/* Creates path, mode 0600, with the key under the passphrase (which must be known), or in the clear
 * when insecure_plain is true.  WRIT_FAULT_CANNOT_CREATE when the file exists. */
int keyfile_create(const char *path, const struct writ_key *key,
                   const struct passphrase *passphrase, bool insecure_plain,
                   struct writ_error *e) WRIT_MUST_CHECK;

#endif
