/*
 * writ/judge.h - one file judged: allowed or refused, on which evidence, until when
 *
 * A judge is told whom its owner trusts, and given the bytes of a file.  Then it says what it wants
 * to know, one thing after the other, and the caller brings it or says that there is none, until it
 * wants nothing more and has a verdict:
 *
 *     j = writ_judge_new(now, 0, 1, &e);
 *     writ_judge_trust(j, bundle, bundle_n, fingerprint, &e);
 *     writ_judge_file(j, file, file_n, &e);
 *     while ((want = writ_judge_next(j, &which, &e)) > WRIT_WANT_NOTHING)
 *         ... bring it ...
 *     exit_code = writ_judge_exit(j);
 *
 * Nothing but a whole judgement gives WRIT_ALLOWED: a judge that was not asked until it wanted
 * nothing, that was used out of order or that met a fault says WRIT_FAULT.  So it is enough to look
 * at the verdict at the end, even if nobody looked at what the other functions returned.
 * examples/verify.c is a whole program.
 *
 * What a verdict does not mean is said in writ.h.
 */
#ifndef WRIT_JUDGE_H
#define WRIT_JUDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "writ/api.h"
#include "writ/error.h"
#include "writ/outcome.h"

#ifdef __cplusplus
extern "C" {
#endif

struct writ_judge;

/* How to judge; or'ed.  The default is the built-in policy for code. */
enum writ_judge_flag {
    WRIT_REPLAY = 1 << 0,          /* now is a time somebody asked for, not a clock's: it is used
                                      as it is, even when the feed is newer */
    WRIT_ALLOW_UNCOVERED = 1 << 1, /* DANGER: a certificate that no feed covers passes, so that
                                      whoever keeps feeds away keeps revocations away */
};

/* What a judge wants to be brought. */
enum writ_want {
    WRIT_WANT_NOTHING = 0,      /* all is known: ask for the verdict */
    WRIT_WANT_SEAL_BESIDE = 1,  /* the detached seal that lies beside the file (FILE.writ) */
    WRIT_WANT_SEAL_INDEXED = 2, /* a detached seal from an index by length and root of the content:
                                   writ_content_length, then writ_judge_content_root */
    WRIT_WANT_FEED = 3,         /* what was pulled for one of the bundles: note and table */
};

/* What the caller knows about a feed that it brings; or'ed. */
enum writ_feed_flag {
    WRIT_TABLE_INTACT = 1 << 0, /* writ_arrival_table has accepted these very bytes, and nobody can
                                   have changed them since: only their bounds are checked */
};

/* How writ_judge_explain writes. */
enum writ_form {
    WRIT_FORM_LINE, /* one line for people, without a newline */
    WRIT_FORM_TEXT, /* everything, indented, for people */
    WRIT_FORM_JSON, /* everything as one JSON object: writ-json(5), what stands in "results" */
};

/* ------------------------------------------------------------------------------ asking */

/* A judge, for one file.
 * Returns: the judge, or NULL with WRIT_FAULT_UNEXPECTED (no memory, or no usable OpenSSL) or
 * WRIT_FAULT_USAGE (a flag that is not in enum writ_judge_flag).
 * In:  now: seconds since 1970.  flags: enum writ_judge_flag.  threads: how many may hash the
 *      content, the caller's among them; 0 means 1.
 * Out: e, may be NULL. */
WRIT_API struct writ_judge *writ_judge_new(int64_t now, unsigned flags, unsigned threads,
                                           struct writ_error *e) WRIT_MUST_CHECK;

/* Frees a judge and all strings it gave; j may be NULL. */
WRIT_API void writ_judge_free(struct writ_judge *j);

/* Trusts a bundle: whatever stands under its root may be allowed.  Before writ_judge_file.  Bundles
 * count from 0 in the order of these calls; of two for one root the first is used.
 * Returns: 0, or -1 with WRIT_FAULT_BAD_INPUT (not a sound bundle, or its root is not the one with
 * this fingerprint), WRIT_FAULT_USAGE (too late, or more than 32), WRIT_FAULT_UNEXPECTED; then the
 * bundle is not trusted, and the judge can go on without it.
 * In:  bundle, n: DER, or PEM with one WRIT BUNDLE; copied.
 *      fingerprint: SHA-256 of the root certificate, as the machine's owner has accepted it.  Not
 *      to be computed from the bundle: then anybody's would be accepted.
 * Out: e, may be NULL. */
WRIT_API int writ_judge_trust(struct writ_judge *j, const uint8_t *bundle, size_t n,
                              const uint8_t fingerprint[WRIT_HASH],
                              struct writ_error *e) WRIT_MUST_CHECK;

/* The file to be judged, once.
 * Returns: 0, or -1 with WRIT_FAULT_USAGE (a second file), WRIT_FAULT_UNEXPECTED.  A file that does
 * not hold together is no fault: the verdict will say so.
 * In:  file, n: all its bytes; BORROWED until the judge is freed.
 * Out: e, may be NULL. */
WRIT_API int writ_judge_file(struct writ_judge *j, const uint8_t *file, size_t n,
                             struct writ_error *e) WRIT_MUST_CHECK;

/* Goes on until something is wanted, or nothing any more.  Asked again before anything was brought
 * it wants the same.
 * Returns: what is wanted (enum writ_want), or -1: WRIT_FAULT_USAGE when there is no file yet,
 * WRIT_FAULT_UNEXPECTED; after the latter the judge is spent, and says WRIT_FAULT.
 * Out: *bundle: whose feed, for WRIT_WANT_FEED; may be NULL.  e, may be NULL. */
WRIT_API int writ_judge_next(struct writ_judge *j, size_t *bundle,
                             struct writ_error *e) WRIT_MUST_CHECK;

/* Brings the seal that is wanted, beside the file or from an index.
 * Returns: 0, or -1 with WRIT_FAULT_USAGE when no seal is wanted, WRIT_FAULT_UNEXPECTED.  A seal
 * that is malformed or of something else is no fault: the verdict will say so.
 * In:  seal, n: the bytes of the detached seal; copied.
 * Out: e, may be NULL. */
WRIT_API int writ_judge_bring_seal(struct writ_judge *j, const uint8_t *seal, size_t n,
                                   struct writ_error *e) WRIT_MUST_CHECK;

/* Brings the feed that is wanted, as it was pulled.  Everything is checked again, but whether the
 * feed was the newest: that was the puller's business (writ/arrival.h).
 * Returns: 0, or -1 with WRIT_FAULT_USAGE when no feed is wanted, or for an unknown flag;
 * WRIT_FAULT_UNEXPECTED.  A feed that is damaged is no fault here: a verdict that would need it is
 * WRIT_FAULT with the class WRIT_FAULT_IO.
 * In:  note, note_n: the note; read during the call only.
 *      table, table_n: the table that it names; BORROWED until the judge is freed.
 *      memory, memory_n: what writ_arrival_memory gave; read during the call only.  NULL and 0 when
 *      there is none: then only the keys that the bundle names may have signed the note.
 *      flags: enum writ_feed_flag.
 * Out: e, may be NULL. */
WRIT_API int writ_judge_bring_feed(struct writ_judge *j, const uint8_t *note, size_t note_n,
                                   const uint8_t *table, size_t table_n, const char *memory,
                                   size_t memory_n, unsigned flags,
                                   struct writ_error *e) WRIT_MUST_CHECK;

/* Says that what is wanted is not there: no seal in that place, a feed that was never pulled.
 * Returns: 0, or -1 with WRIT_FAULT_USAGE when nothing is wanted.
 * Out: e, may be NULL. */
WRIT_API int writ_judge_bring_nothing(struct writ_judge *j, struct writ_error *e) WRIT_MUST_CHECK;

/* Says that what is wanted is there and cannot be read.  That is not the same: a seal that cannot
 * be read condemns the file, a feed that cannot be read is WRIT_FAULT where it is needed.
 * Returns: 0, or -1 with WRIT_FAULT_USAGE when nothing is wanted, or reason is NULL.
 * In:  reason: one sentence for a person, without a full stop; copied.
 * Out: e, may be NULL. */
WRIT_API int writ_judge_bring_damage(struct writ_judge *j, const char *reason,
                                     struct writ_error *e) WRIT_MUST_CHECK;

/* The Merkle root of the file's content (without a tail), to find its seal in an index.  Hashed at
 * the first call, or when a seal wants to be compared; never twice.
 * Returns: 0, or -1 with WRIT_FAULT_USAGE when there is no file yet, WRIT_FAULT_UNEXPECTED.
 * Out: root, only when 0 is returned.  e, may be NULL. */
WRIT_API int writ_judge_content_root(struct writ_judge *j, uint8_t root[WRIT_HASH],
                                     struct writ_error *e) WRIT_MUST_CHECK;

/* ----------------------------------------------------------------------------- verdict */

/* What the verdict says.
 * Returns: the outcome; WRIT_FAULT as long as something is wanted, after a fault, and for NULL. */
WRIT_API enum writ_outcome writ_judge_outcome(const struct writ_judge *j);

/* The exit code of the tools for this verdict.
 * Returns: 0 allowed, 2 revoked, 3 untrusted, modified or malformed, 4 not covered, 5 stale,
 * 6 unsigned, or the fault's class (writ/error.h); WRIT_FAULT_USAGE as long as something is wanted,
 * and for NULL. */
WRIT_API int writ_judge_exit(const struct writ_judge *j);

/* Why, finer than the outcome, for programs to branch on: the words of writ-json(5), field "why".
 * Returns: "sound", "certificate-revoked" …; "fault" where there is no verdict; static. */
WRIT_API const char *writ_judge_why(const struct writ_judge *j);

/* The verdict's reason, or the fault's.
 * Returns: one sentence for a person, without a full stop; the judge's, until it is freed. */
WRIT_API const char *writ_judge_reason(const struct writ_judge *j);

/* What a person can do about it.
 * Returns: half a sentence; "" when allowed and where there is no verdict; static. */
WRIT_API const char *writ_judge_remedy(const struct writ_judge *j);

/* Until when the verdict may be used.  No cache may outlive it.
 * Returns: true when there is such an instant; false when the verdict rests on nothing that ends
 * (then ask again whenever a feed arrives), and where there is no verdict.
 * Out: *instant: the first second in which it must not be used any more; may be NULL. */
WRIT_API bool writ_judge_holds_until(const struct writ_judge *j, int64_t *instant);

/* Whether newer data might change the verdict, so that it is worth pulling now.
 * Returns: true or false; false where there is no verdict. */
WRIT_API bool writ_judge_pull_wanted(const struct writ_judge *j);

/* Who signed the entry of the seal on which the verdict rests: the subject of the certificate, the
 * team that its CA gave it, and the name that the seal gives the program.  Only WRIT_ALLOWED means
 * that all of it was checked; otherwise it is what the seal claims.
 * Returns: strangers' words made safe to show (writ.h), or "" when there is none; the judge's,
 * until it is freed. */
WRIT_API const char *writ_judge_signer(const struct writ_judge *j);
WRIT_API const char *writ_judge_team(const struct writ_judge *j);
WRIT_API const char *writ_judge_identifier(const struct writ_judge *j);

/* The verdict and everything it rests on.
 * Returns: a string that the caller gives to free(), or NULL with WRIT_FAULT_USAGE (nothing is
 * decided yet, or not a form) or WRIT_FAULT_UNEXPECTED.  After a fault it explains the fault.
 * Out: e, may be NULL. */
WRIT_API char *writ_judge_explain(const struct writ_judge *j, enum writ_form form,
                                  struct writ_error *e) WRIT_MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif
