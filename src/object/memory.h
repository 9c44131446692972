/*
 * object/memory.h - what a device remembers of a feed from one pull to the next
 *
 *   origin <origin>
 *   version <number>
 *   as_of <seconds since 1970>
 *   note <SHA-256 of the text of the note that was accepted last, hex>      (these four: the floor)
 *   <verifier key>                       (keys that accepted notes named as the next one, oldest
 *                                         first, one a line, at most WRIT_BUNDLE_KEYS_MAX)
 *
 * The floor must not go back, and is kept when everything else of a feed is forgotten.  It is our
 * own record: whoever can write it can write anything here.  The keys are claims until
 * writ_source_add_keys has checked them.
 */
#ifndef WRIT_OBJECT_MEMORY_H
#define WRIT_OBJECT_MEMORY_H

#include "object/bundle.h"
#include "object/feed.h"

#define WRIT_MEMORY_MAX ((size_t)4096) /* bytes of floor and keys */

struct writ_floor {
    bool known;                          /* a note of this origin was accepted before */
    char origin[WRIT_NOTE_NAME_MAX + 1]; /* of that note */
    uint64_t version;
    int64_t as_of;
    uint8_t note_hash[WRIT_FEED_HASH]; /* SHA-256 of that note's text */
};

/* Takes the four lines; floor->known is then true. */
int writ_floor_take(struct writ_cursor *c, struct writ_floor *floor) WRIT_MUST_CHECK;

/* Reads a whole memory: a floor, unless it begins with something else, and the lines of keys after
 * it.  One that is empty is the memory of a device that has accepted nothing. */
int writ_memory_parse(struct writ_span memory, struct writ_floor *floor, struct writ_span *keys,
                      struct writ_error *e) WRIT_MUST_CHECK;

/* Appends the four lines that a feed which was accepted leaves. */
void writ_floor_add(struct writ_buffer *b, const struct writ_feed *feed,
                    const uint8_t note_hash[WRIT_FEED_HASH]);

/* Appends the lines of keys and then the next key that the feed names, if it names one that is not
 * among them; without the oldest where there would be too many. */
void writ_keys_renew(struct writ_buffer *b, struct writ_span lines, const struct writ_feed *feed);

#endif
