/*
 * tests/unit/object/signeddata.h - CMS SignedData in pieces, for the tests of CMS and timestamps
 */
#ifndef WRIT_TEST_SIGNEDDATA_H
#define WRIT_TEST_SIGNEDDATA_H

#include "object/certs.h"
#include "object/cms.h"

#define SIGNED_DATA "06{ 2a864886f70d010702 }"
#define OUR_ARC     "6981eb8091b8c3cca2b5d7ab9f9292b2e9f08c50"
#define DIRECTORY   "06{ " OUR_ARC "02 }" /* id-writ-codeDirectory */
#define HASH        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

/* Signed attributes.  Of these four, this is the order of DER. */
#define ATTR(type, value) "30{ 06{ 2a864886f70d0109 " type " } 31{ " value " } }"
#define TIME              ATTR("05", "17{'251125070000Z'}")
#define TYPE              ATTR("03", DIRECTORY)
#define DIGEST            ATTR("04", "04{ " HASH " }")
#define ESS(id)           ATTR("10022f", "30{ 30{ " id " } }")
#define BOUND             ESS("30{ 04{ " HASH " } }")

#define SIGNER_ID "30{ " NAME("CA") " 02{ 11 } }"

/* The pieces, in the order they stand in; NULL is the sound one, "" leaves it out. */
struct cms_pieces {
    const char *type, *version, *digests, *content_type, *content, *certificates, *crls;
    /* the SignerInfo, or all signerInfos in its place */
    const char *signer_version, *signer_id, *digest, *attributes, *algorithm, *signature,
        *unsigneds, *in_signer, *signers;
    const char *in_data, *in_content, *in_info, *after;
};

static inline const char *signer_text(const struct cms_pieces *p)
{
    return piece("30{ %s %s %s %s %s %s %s %s }", OR(p->signer_version, "02{ 01 }"),
                 OR(p->signer_id, SIGNER_ID), OR(p->digest, SHA256),
                 OR(p->attributes, "a0{ " TIME TYPE DIGEST BOUND " }"),
                 OR(p->algorithm, ECDSA_SHA256), OR(p->signature, "04{ 0a0b }"),
                 OR(p->unsigneds, ""), OR(p->in_signer, ""));
}

static inline const char *cms_text(const struct cms_pieces *p)
{
    return piece("30{ %s a0{ 30{ %s %s 30{ %s %s } %s %s 31{ %s } %s } %s } %s } %s",
                 OR(p->type, SIGNED_DATA), OR(p->version, "02{ 03 }"),
                 OR(p->digests, piece("31{ %s }", OR(p->digest, SHA256))),
                 OR(p->content_type, DIRECTORY), OR(p->content, ""),
                 OR(p->certificates, "a0{ 30{ 05{} } }"), OR(p->crls, ""),
                 OR(p->signers, signer_text(p)), OR(p->in_data, ""), OR(p->in_content, ""),
                 OR(p->in_info, ""), OR(p->after, ""));
}

#define CMS(...) der(cms_text(&(struct cms_pieces){__VA_ARGS__}))

#endif
