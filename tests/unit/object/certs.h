/*
 * tests/unit/object/certs.h - certificates in pieces, so that a test replaces the one it is about
 *
 *   CERT(.serial = "02{00}")
 *
 * is a certificate that is sound but for that piece.  Nothing in it is signed: parsers do not look.
 */
#ifndef WRIT_TEST_CERTS_H
#define WRIT_TEST_CERTS_H

#include "der.h"
#include "object/cert.h"

/* Names: one attribute, and a whole Name of one. */
#define ATTRIBUTE(type, value) "31{ 30{ " type " " value " } }"
#define CN                     "06{ 550403 }"
#define O                      "06{ 55040a }"
#define OU                     "06{ 55040b }"
#define NAME(text)             "30{ " ATTRIBUTE(CN, "0c{'" text "'}") " }"

/* AlgorithmIdentifiers. */
#define ECDSA_SHA256 "30{ 06{ 2a8648ce3d040302 } }"
#define RSA_SHA256   "30{ 06{ 2a864886f70d01010b } 05{} }"
#define SHA256       "30{ 06{ 608648016503040201 } }"

/* SubjectPublicKeyInfo. */
#define POINT                                                                                      \
    "04 "                                                                                          \
    "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296 "                            \
    "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
#define EC_KEY(curve) "30{ 30{ 06{ 2a8648ce3d0201 } " curve " } 03{ 00 " POINT " } }"
#define P256_KEY      EC_KEY("06{ 2a8648ce3d030107 }")

/* Extensions: not critical, and critical. */
#define EXTENSION(oid, value) "30{ 06{ " oid " } 04{ " value " } }"
#define CRITICAL(oid, value)  "30{ 06{ " oid " } 01{ ff } 04{ " value " } }"
#define EXTENSIONS(list)      "a3{ 30{ " list " } }"

#define BASIC_CONSTRAINTS "551d13"
#define KEY_USAGE         "551d0f"
#define EXT_KEY_USAGE     "551d25"
#define SUBJECT_KEY_ID    "551d0e"
#define AUTHORITY_KEY_ID  "551d23"
#define ACCESS            "2b06010505070101"
#define NUMBER            "6981eb8091b8c3cca2b5d7ab9f9292b2e9f08c5003"

/* The pieces, in the order they stand in; NULL is the sound one, "" leaves it out. */
struct cert_pieces {
    const char *version, *serial, *inner, *issuer, *validity, *subject, *key, *unique, *extensions;
    const char *in_tbs; /* after everything in TBSCertificate */
    const char *outer, *signature;
    const char *inside; /* after everything in Certificate */
    const char *after;  /* after the Certificate */
};

#define OR(text, sound) ((text) != NULL ? (text) : (sound))

/* The TBSCertificate of these pieces, as text. */
static inline const char *tbs_text(const struct cert_pieces *p)
{
    return piece("30{ %s %s %s %s %s %s %s %s %s %s }", OR(p->version, "a0{ 02{ 02 } }"),
                 OR(p->serial, "02{ 11 }"), OR(p->inner, ECDSA_SHA256), OR(p->issuer, NAME("CA")),
                 OR(p->validity, "30{ 17{'250101000000Z'} 17{'350101000000Z'} }"),
                 OR(p->subject, NAME("Alice")), OR(p->key, P256_KEY), OR(p->unique, ""),
                 OR(p->extensions, ""), OR(p->in_tbs, ""));
}

/* The whole certificate, as text. */
static inline const char *cert_text(const struct cert_pieces *p)
{
    return piece("30{ %s %s %s %s } %s", tbs_text(p), OR(p->outer, ECDSA_SHA256),
                 OR(p->signature, "03{ 00 30{ 02{ 01 } 02{ 01 } } }"), OR(p->inside, ""),
                 OR(p->after, ""));
}

#define CERT_TEXT(...) cert_text(&(struct cert_pieces){__VA_ARGS__})
#define CERT(...)      der(CERT_TEXT(__VA_ARGS__))

/* A root, self-issued, as text. */
#define ROOT_TEXT                                                                                  \
    CERT_TEXT(.issuer = NAME("Root"), .subject = NAME("Root"),                                     \
              .extensions = EXTENSIONS(CRITICAL(BASIC_CONSTRAINTS, "30{ 01{ ff } }")               \
                                           CRITICAL(KEY_USAGE, "03{ 01 06 }")))

#endif
