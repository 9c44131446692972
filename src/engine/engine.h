/*
 * engine/engine.h - the order of questions, without I/O
 *
 * The caller tells the engine which bundles are trusted and hands it the bytes of a file; then the
 * engine says what it wants to know next, and the caller brings it or says that there is none,
 * until nothing is wanted any more:
 *
 *     while (writ_engine_next(engine, &wanted, e) == 0 && wanted.what != WRIT_WANT_NOTHING)
 *         … bring it …
 *     writ_engine_verdict(engine, &verdict);
 *
 * Bytes are borrowed and must stay in place until the engine is freed.
 */
#ifndef WRIT_ENGINE_ENGINE_H
#define WRIT_ENGINE_ENGINE_H

#include "base/env.h"
#include "base/span.h"
#include "evidence/crlsource.h"
#include "verdict/judge.h"
#include "writ/judge.h"

struct writ_engine;

struct writ_wanted {
    enum writ_want what;
    uint64_t length; /* of the content, for WRIT_WANT_SEAL_INDEXED */
    size_t bundle;   /* which bundle, in the order of writ_engine_trust, for WRIT_WANT_FEED */
};

/* What was pulled for a bundle. */
struct writ_feed_files {
    struct writ_span note;
    struct writ_span table;
    struct writ_span keys; /* verifier keys that accepted notes named, one a line; may be empty */
    bool intact;           /* the table has not changed since it was checked when it arrived */
};

/* NULL without memory.  policy and env are copied. */
struct writ_engine *writ_engine_new(const struct writ_policy *policy, const struct writ_env *env,
                                    struct writ_error *e) WRIT_MUST_CHECK;
void writ_engine_free(struct writ_engine *engine);

/* Trusts a bundle (DER) whose root has this fingerprint (SHA-256 of the certificate), which the
 * owner has accepted.  WRIT_FAULT_BAD_INPUT when the bundle is not sound or its root is another
 * one, WRIT_FAULT_USAGE for more than WRIT_BUNDLES_MAX, and after writ_engine_subject. */
int writ_engine_trust(struct writ_engine *engine, struct writ_span bundle,
                      const uint8_t fingerprint[WRIT_HASH_BYTES],
                      struct writ_error *e) WRIT_MUST_CHECK;

/* The CRLs that are sources on this device, which are asked about every certificate, too.  They are
 * borrowed.  After writ_engine_subject they change nothing any more. */
void writ_engine_crls(struct writ_engine *engine, const struct writ_crl_source *crls, size_t count);

/* The file to be judged: all its bytes. */
int writ_engine_subject(struct writ_engine *engine, struct writ_span file,
                        struct writ_error *e) WRIT_MUST_CHECK;

/* Goes on until something is wanted, or nothing any more. */
int writ_engine_next(struct writ_engine *engine, struct writ_wanted *wanted,
                     struct writ_error *e) WRIT_MUST_CHECK;

/* Brings what the last writ_engine_next wanted; or says that it is not there; or that it is there
 * and cannot be read.  When something else or nothing was wanted, the first two are
 * WRIT_FAULT_USAGE and the others do nothing. */
int writ_engine_bring_seal(struct writ_engine *engine, struct writ_span seal,
                           struct writ_error *e) WRIT_MUST_CHECK;
int writ_engine_bring_feed(struct writ_engine *engine, const struct writ_feed_files *files,
                           struct writ_error *e) WRIT_MUST_CHECK;
void writ_engine_bring_nothing(struct writ_engine *engine);
void writ_engine_bring_damage(struct writ_engine *engine, const char *reason);

/* The Merkle root of the content; hashed at the first call. */
int writ_engine_root(struct writ_engine *engine, const uint8_t **root,
                     struct writ_error *e) WRIT_MUST_CHECK;

/* The verdict, once nothing is wanted, and what it rests on (borrowed from the engine).  Asked
 * before that, or after a fault, the verdict is WRIT_FAULT with the class WRIT_FAULT_USAGE. */
void writ_engine_verdict(struct writ_engine *engine, struct writ_verdict *verdict);
const struct writ_evidence *writ_engine_evidence(const struct writ_engine *engine);

#endif
