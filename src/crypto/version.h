/*
 * crypto/version.h - whose cryptography this is
 */
#ifndef WRIT_CRYPTO_VERSION_H
#define WRIT_CRYPTO_VERSION_H

/* The version of OpenSSL that runs ("3.0.17"), which may be newer than the one writ was built
 * with. */
const char *writ_version_openssl(void);

#endif
