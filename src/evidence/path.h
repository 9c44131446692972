/*
 * evidence/path.h - certification paths: built, dated, strong enough
 */
#ifndef WRIT_EVIDENCE_PATH_H
#define WRIT_EVIDENCE_PATH_H

#include "crypto/path.h"
#include "evidence/evidence.h"
#include "object/cert.h"

#define WRIT_RSA_BITS_MIN 2048

/* A path that was built, as objects: what revocation is asked with comes from here, never from
 * another reading of the seal. */
struct writ_checked_path {
    struct writ_path path; /* owns the bytes; writ_checked_path_free gives them back */
    struct writ_cert cert[WRIT_PATH_LENGTH_MAX];
};

/* Builds a path from leaf over the candidates to one of the anchors at `instant`, and notes in
 * facts what was found.  When the only fault is a date, the path is built without dates, so that
 * revocation can still be asked; `dated` then says which certificate was not valid.
 * Candidates that object/cert.h does not read are left out; leaf and anchors it has read before.
 * 0 with the facts set and facts->bundle the index of the anchor; -1 only without memory. */
int writ_check_path(struct writ_span leaf, const struct writ_span *candidates,
                    size_t candidate_count, const struct writ_span *anchors, size_t anchor_count,
                    int64_t instant, struct writ_checked_path *checked,
                    struct writ_path_facts *facts, struct writ_error *e) WRIT_MUST_CHECK;

/* Checks the dates of a path that was built again, for another instant. */
void writ_check_dates(const struct writ_checked_path *checked, int64_t instant,
                      struct writ_path_facts *facts);

/* Checks that no intermediate of the path is restricted to other purposes than this one. */
void writ_check_handed_on(const struct writ_checked_path *checked, enum writ_oid purpose,
                          const struct writ_path_facts *facts, struct writ_fact *fact);

/* A name as people read it, cut where it does not fit.  -1 only without memory. */
int writ_copy_name(char out[WRIT_WHO_TEXT], const struct writ_name *name,
                   struct writ_error *e) WRIT_MUST_CHECK;

void writ_checked_path_free(struct writ_checked_path *checked);

/* True for a hash and signature scheme of at least 112 bits: ECDSA or RSA with SHA-256, 384, 512.
 */
bool writ_is_strong_signature(enum writ_oid algorithm);

/* True for P-256, P-384, and RSA of at least WRIT_RSA_BITS_MIN bits. */
bool writ_is_strong_key(const struct writ_public_key *key);

#endif
