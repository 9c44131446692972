/*
 * upki.h - upki's C functions, on writ
 *
 * A program that was written for libupki (https://github.com/rustls/upki) is compiled against this
 * header and linked with libwrit-upki (`pkg-config --cflags --libs writ-upki`) instead: names,
 * values and types are upki's.  What is asked is upki's cache directory, or whatever sources of
 * filters this device has from `writ pull`.  Nothing is fetched.
 *
 * WHERE IT IS NOT upki
 *
 * - Of a configuration file only `cache-dir` is used.  Without any configuration file all sources
 *   of writ are asked, and upki's default cache beside them, where it is there.
 * - Every file that covers the certificate is asked, so that a revocation in a delta counts
 *   although an older file that covers it as well says "good".
 * - A certificate that had expired when the filters were built, and a CA certificate, are not
 *   covered: a filter would answer by chance.  What only filters that are older than ten days say
 *   is not revoked is not covered either; "revoked" stays true however old it is.
 * - Where several certificates have the issuer's name, the one whose key verifies the signature is
 *   taken.  A CA certificate above the first one that OneCRL lists makes that one revoked (sources
 *   of writ only: upki's cache has no OneCRL).
 */
#ifndef UPKI_H
#define UPKI_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Below 16: it was looked.  From 16 on: it could not be looked.  Those that come only from fetching
 * are never returned here. */
typedef enum upki_result {
    UPKI_OK = 0,                     /* done */
    UPKI_REVOCATION_NOT_COVERED = 1, /* nothing here can know this certificate */
    UPKI_REVOCATION_REVOKED = 2,     /* it is revoked */
    UPKI_REVOCATION_NOT_REVOKED = 3, /* it is covered, and not revoked */

    UPKI_ERR_NULL_POINTER = 16, /* NULL where something is wanted */
    UPKI_ERR_CONFIG_PATH = 17,  /* the configuration's path is not UTF-8 */
    UPKI_ERR_UNKNOWN = 18,      /* OpenSSL failed, or there are more than 1024 certificates */
    UPKI_ERR_PANICKED = 19,     /* no memory */

    UPKI_ERR_CONFIG_DECODE = 32, /* the configuration does not say `cache-dir`, or cannot be read
                                    so far */
    UPKI_ERR_CONFIG_READ = 33,   /* the configuration is not there, not UTF-8, or over 64 KiB */
    UPKI_ERR_NO_CACHE_DIR = 34,  /* never */
    UPKI_ERR_NO_CONFIG_DIR = 35, /* never */
    UPKI_ERR_NO_HOME_DIR = 36,   /* never: without a home the system's places are looked in */

    UPKI_ERR_REVOCATION_CREATE_DIR = 64,                /* never */
    UPKI_ERR_REVOCATION_FILE_WRITE = 65,                /* never */
    UPKI_ERR_REVOCATION_FILE_DECODE = 66,               /* index.bin or a filter is damaged */
    UPKI_ERR_REVOCATION_FILE_READ = 67,                 /* there is no data, or it cannot be read */
    UPKI_ERR_REVOCATION_HASH_MISMATCH = 68,             /* never */
    UPKI_ERR_REVOCATION_HTTP_FETCH = 69,                /* never */
    UPKI_ERR_REVOCATION_INVALID_BASE64 = 70,            /* never */
    UPKI_ERR_REVOCATION_INVALID_END_ENTITY_CERT = 71,   /* the first certificate is none */
    UPKI_ERR_REVOCATION_INVALID_INTERMEDIATE_CERT = 72, /* another is none, and the issuer is not
                                                           among the rest */
    UPKI_ERR_REVOCATION_INVALID_LENGTH = 73,            /* never */
    UPKI_ERR_REVOCATION_INVALID_SCT_ENCODING = 74,      /* never */
    UPKI_ERR_REVOCATION_INVALID_SCT_IN_CERT = 75,       /* its list of timestamps is none */
    UPKI_ERR_REVOCATION_INVALID_TIMESTAMP = 76,         /* never */
    UPKI_ERR_REVOCATION_MANIFEST_ENCODE = 77,           /* never */
    UPKI_ERR_REVOCATION_NO_ISSUER = 78,                 /* the issuer is not among them */
    UPKI_ERR_REVOCATION_OUTDATED = 79,                  /* never */
    UPKI_ERR_REVOCATION_REMOVE_FILE = 80,               /* never */
    UPKI_ERR_REVOCATION_TOO_FEW_CERTS = 81,             /* less than two certificates */
} upki_result;

/* Where the data is. */
typedef struct upki_config upki_config;

/* A certificate, DER. */
typedef struct upki_certificate_der {
    const uint8_t *data;
    uintptr_t len;
} upki_certificate_der;

/* Makes *out, which upki_config_free frees, of the file at path; with NULL of the first that is
 * there: $XDG_CONFIG_HOME/upki/config.toml (~/.config), /etc/upki/config.toml; without either, of
 * what this device has.  The data is looked for when it is asked, and may come later.
 * Returns UPKI_OK, or a value from 16 on; *out is then what it was. */
enum upki_result upki_config_new(const char *path, struct upki_config **out);

/* Frees it; config may be NULL. */
void upki_config_free(struct upki_config *config);

/* Asks about the first of the certificates; its issuer is among the others, and those above may be.
 * Any number of threads may ask with the same config.  Verifies nothing: ask about a chain that was
 * verified.
 * Returns UPKI_REVOCATION_NOT_COVERED, _REVOKED or _NOT_REVOKED, or a value from 16 on. */
enum upki_result upki_check_revocation(const struct upki_config *config,
                                       const struct upki_certificate_der *certificates,
                                       uintptr_t certificates_len);

#ifdef __cplusplus
}
#endif
#endif
