/*
 * issue/keyset.h - keys, each once
 */
#ifndef WRIT_ISSUE_KEYSET_H
#define WRIT_ISSUE_KEYSET_H

#include "issue/ribbon.h"

/* Start with all bytes zero; writ_keyset_free gives the memory back. */
struct writ_keyset {
    struct writ_ribbon_key *keys; /* owned; in the order they were added */
    size_t n;
    size_t room;     /* how many there may be */
    uint32_t *slots; /* owned; where each key stands, plus one; 0: empty */
    size_t mask;     /* a power of two, less one */
    uint8_t *seen;   /* owned; one for each key: writ_keyset_see was called */
    size_t seen_count;
};

#define WRIT_KEYSET_NONE SIZE_MAX

/* An empty set that takes up to room keys. */
int writ_keyset_begin(struct writ_keyset *set, uint64_t room, struct writ_error *e) WRIT_MUST_CHECK;

/* Adds a key unless it is there.  -1 with WRIT_FAULT_BAD_INPUT when there is no room. */
int writ_keyset_add(struct writ_keyset *set, const struct writ_ribbon_key *key,
                    struct writ_error *e) WRIT_MUST_CHECK;

/* Where a key stands, or WRIT_KEYSET_NONE. */
size_t writ_keyset_find(const struct writ_keyset *set, const struct writ_ribbon_key *key);

/* Marks the key at this place. */
void writ_keyset_see(struct writ_keyset *set, size_t at);

void writ_keyset_free(struct writ_keyset *set);

#endif
