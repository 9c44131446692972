/*
 * writ/api.h - how the functions of libwrit are declared
 */
#ifndef WRIT_API_H
#define WRIT_API_H

#if defined(__GNUC__)
#define WRIT_API        __attribute__((visibility("default"))) /* exported from the library */
#define WRIT_MUST_CHECK __attribute__((warn_unused_result))    /* the result must be looked at */
#else
#define WRIT_API
#define WRIT_MUST_CHECK
#endif

#define WRIT_HASH 32 /* bytes of a SHA-256: roots of content, fingerprints, hashes of keys */

#endif
