/*
 * evidence/fresh.h - how old the data is, and which time it is
 */
#ifndef WRIT_EVIDENCE_FRESH_H
#define WRIT_EVIDENCE_FRESH_H

#include "evidence/source.h"
#include "object/memory.h"

/* The instant that counts as now.  A clock that stands before the newest data on the device is
 * wrong: that data's as_of is used instead.  A time that a person asked for (asked_for) is used as
 * it is. */
int64_t writ_effective_now(int64_t clock, bool asked_for, const struct writ_source *sources,
                           size_t count);

/* Checks a feed that has just arrived against the clock and against what this device has accepted
 * before: not expired, not from the future by more than a day; and where the floor is of the same
 * origin, its version and as_of not lower, and the same version only with the same text.
 * note_hash is the SHA-256 of the note's text. */
#define WRIT_AHEAD_MAX WRIT_DAY /* how far as_of may lie ahead of the clock */

int writ_check_fresh(const struct writ_feed *feed, const uint8_t note_hash[WRIT_HASH_BYTES],
                     const struct writ_floor *floor, int64_t now,
                     struct writ_error *e) WRIT_MUST_CHECK;

#endif
