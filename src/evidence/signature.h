/*
 * evidence/signature.h - who signed a CMS, and whether over these bytes
 */
#ifndef WRIT_EVIDENCE_SIGNATURE_H
#define WRIT_EVIDENCE_SIGNATURE_H

#include "evidence/evidence.h"
#include "object/cms.h"

/* Finds the signer's certificate among those in the CMS: the one that the SignerInfo names and the
 * signed ESSCertID binds.  *index is its place.  Says why not in the fact. */
int writ_find_signer(const struct writ_cms *cms, struct writ_cert *signer, size_t *index,
                     struct writ_fact *fact, struct writ_error *e) WRIT_MUST_CHECK;

/* Checks that the CMS is signed by that certificate's key over content: the digest of content is
 * the messageDigest, contentType is what is encapsulated, and the signature over the signed
 * attributes verifies.  -1 only without memory. */
int writ_check_signature(const struct writ_cms *cms, const struct writ_cert *signer,
                         struct writ_span content, struct writ_fact *fact,
                         struct writ_error *e) WRIT_MUST_CHECK;

#endif
