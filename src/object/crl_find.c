#include <stdlib.h>

#include "base/murmur3.h"
#include "object/crl.h"
#include "object/crl_entry.h"

/* ------------------------------------------------------------------- one after the other */

struct writ_crl_walk writ_crl_walk(const struct writ_crl *crl)
{
    return (struct writ_crl_walk){.left = writ_cursor_over(crl->entries, NULL)};
}

bool writ_crl_next(struct writ_crl_walk *walk, struct writ_crl_entry *entry)
{
    if (!writ_crl_next_entry(&walk->left, entry))
        return false;
    if (entry->cert_issuer.n > 0)
        walk->cert_issuer = entry->cert_issuer;
    entry->cert_issuer = walk->cert_issuer;
    return true;
}

/* --------------------------------------------------------------------- what is looked for */

struct question {
    struct writ_span serial;
    struct writ_span issuer; /* DER of the Name */
};

/* cert_issuer, in force for the entry, names this issuer. */
static bool is_issuer(const struct writ_crl *crl, const struct question *q,
                      struct writ_span cert_issuer)
{
    return cert_issuer.n > 0 ? writ_general_names_have(cert_issuer, q->issuer)
                             : writ_name_matches(crl->issuer.der, q->issuer);
}

/* Keeps an entry that answers the question.  True when nothing can come that would matter more:
 * one that revokes outweighs one that removes. */
static bool keep(const struct writ_crl_entry *candidate, struct writ_crl_entry *entry, bool *found)
{
    *found = true;
    *entry = *candidate;
    return candidate->reason != WRIT_CRL_REMOVE;
}

/* ------------------------------------------------------------------------------ in place */

static struct writ_span entry_at(const struct writ_crl *crl, size_t i)
{
    struct writ_span whole;

    return writ_span_part(crl->entries, (uint64_t)i * crl->entry_size, crl->entry_size, &whole) < 0
               ? WRIT_SPAN_NONE
               : whole;
}

/* 30 n 02 m serial */
static struct writ_span serial_at(const struct writ_crl *crl, size_t i)
{
    struct writ_span serial;

    return writ_span_part(entry_at(crl, i), 4, crl->serial_size, &serial) < 0 ? WRIT_SPAN_NONE
                                                                              : serial;
}

static bool stands_before(struct writ_span a, struct writ_span b)
{
    return memcmp(a.p, b.p, a.n) < 0; /* all have one length */
}

/* Serials are mostly random numbers: where one must stand follows from how large it is.  After this
 * many guesses they were not, and halving ends the search in any case. */
#define GUESSES 8

static size_t guess(size_t low, size_t high, uint64_t from, uint64_t to, uint64_t place)
{
    double part = to > from ? (double)(place - from) / (double)(to - from) : 0.5;
    size_t at = low + (size_t)(part * (double)(high - low));

    return at <= low ? low + 1 : at >= high ? high - 1 : at;
}

static uint64_t place_of(const struct writ_crl *crl, struct writ_span serial)
{
    return writ_crl_place(serial, crl->common_octets);
}

/* False for a serial that cannot be among them.  One that begins otherwise than all of them may
 * pass; it is then not found. */
static bool lies_within(const struct writ_crl *crl, struct writ_span serial)
{
    return serial.n == crl->serial_size && place_of(crl, serial) >= crl->first_place &&
           place_of(crl, serial) <= crl->last_place;
}

/* The first entry whose serial is not before this one, or entry_count.  Neither end is looked at:
 * their places are known.  Entries are counted from 1 here, those before low are before it. */
static size_t first_not_before(const struct writ_crl *crl, struct writ_span serial)
{
    size_t low = 0, high = crl->entry_count + 1;
    uint64_t place = place_of(crl, serial), from = crl->first_place, to = crl->last_place;

    for (unsigned step = 0; high - low > 1; step++) {
        size_t middle = step < GUESSES ? guess(low, high, from, to, place) : low + (high - low) / 2;
        struct writ_span there = serial_at(crl, middle - 1);

        if (stands_before(there, serial)) {
            low = middle;
            from = place_of(crl, there);
        } else {
            high = middle;
            to = place_of(crl, there);
        }
    }
    return high - 1;
}

/* The entries from at on that have this serial. */
static bool find_from(const struct writ_crl *crl, struct writ_span serial, size_t at,
                      struct writ_crl_entry *entry)
{
    struct writ_crl_entry candidate;
    bool found = false;

    for (; at < crl->entry_count && writ_span_equal(serial_at(crl, at), serial); at++) {
        struct writ_cursor c = writ_cursor_over(entry_at(crl, at), NULL);

        if (writ_crl_next_entry(&c, &candidate) && keep(&candidate, entry, &found))
            break;
    }
    return found;
}

static bool find_in_place(const struct writ_crl *crl, struct writ_span serial,
                          struct writ_crl_entry *entry)
{
    return lies_within(crl, serial) && find_from(crl, serial, first_not_before(crl, serial), entry);
}

/* ----------------------------------------------------------------------------- by a walk */

static bool find_by_walk(const struct writ_crl *crl, const struct question *q,
                         struct writ_crl_entry *entry)
{
    struct writ_crl_walk walk = writ_crl_walk(crl);
    struct writ_crl_entry candidate;
    bool found = false;

    while (writ_crl_next(&walk, &candidate)) {
        if (writ_span_equal(candidate.serial, q->serial) &&
            is_issuer(crl, q, candidate.cert_issuer) && keep(&candidate, entry, &found))
            break;
    }
    return found;
}

/* ---------------------------------------------------------------------------- by an index */

#define ENTRIES_PER_BUCKET 4 /* about */

/* Entries in buckets: of sorted ones of one size by where their serials stand between the first and
 * the last, which needs nothing but the number of the first entry of each bucket; of others by a
 * hash, in slots without gaps. */
struct slot {
    uint32_t hash;
    uint32_t offset; /* of the entry, in crl->entries */
};

struct writ_crl_index {
    size_t buckets;
    size_t slots;
    unsigned shift;  /* bucket = hash >> shift, or the distance from the first serial >> shift */
    uint32_t *start; /* where each bucket begins, and one more: entries when sorted, else slots */
    uint32_t seed;   /* hashed, as are the following */
    struct slot *slot;
    uint32_t
        *owner; /* indirect CRLs: offset + 1 of the entry whose certificateIssuer holds; 0: none */
};

static int make_room(const struct writ_crl *crl, struct writ_crl_index *index)
{
    bool is_hashed = crl->order != WRIT_CRL_SORTED, is_indirect = crl->order == WRIT_CRL_INDIRECT;

    index->slots = is_hashed ? crl->entry_count : 0;
    index->start = calloc(index->buckets + 1, sizeof *index->start);
    if (is_hashed)
        index->slot = calloc(index->slots + 1, sizeof *index->slot);
    if (is_indirect)
        index->owner = calloc(index->slots + 1, sizeof *index->owner);
    return index->start == NULL || (is_hashed && index->slot == NULL) ||
                   (is_indirect && index->owner == NULL)
               ? -1
               : 0;
}

static struct writ_crl_index *new_index(const struct writ_crl *crl, uint32_t seed)
{
    struct writ_crl_index *index = calloc(1, sizeof *index);
    unsigned bits = 1; /* so that no shift is by all 64 bits of a place */

    if (index == NULL)
        return NULL;
    while (((size_t)ENTRIES_PER_BUCKET << bits) < crl->entry_count)
        bits++;
    index->seed = seed;
    index->shift = 32 - bits;
    index->buckets = (size_t)1 << bits;
    if (make_room(crl, index) < 0) {
        writ_crl_index_free(index);
        return NULL;
    }
    return index;
}

/* -- sorted */

static size_t bucket_of_serial(const struct writ_crl *crl, const struct writ_crl_index *index,
                               struct writ_span serial)
{
    return (size_t)((place_of(crl, serial) - crl->first_place) >> index->shift);
}

/* By as many bits as the distance of the first and last has more than the number of a bucket. */
static void choose_shift(const struct writ_crl *crl, struct writ_crl_index *index)
{
    uint64_t range = crl->last_place - crl->first_place;

    for (index->shift = 0; range >> index->shift >= index->buckets;)
        index->shift++;
}

static void number_entries(const struct writ_crl *crl, struct writ_crl_index *index)
{
    size_t bucket = 0;

    choose_shift(crl, index);
    for (size_t i = 0; i < crl->entry_count; i++) {
        size_t here = bucket_of_serial(crl, index, serial_at(crl, i));

        while (bucket < here)
            index->start[++bucket] = (uint32_t)i;
    }
    while (bucket < index->buckets)
        index->start[++bucket] = (uint32_t)crl->entry_count;
}

static bool find_by_number(const struct writ_crl *crl, const struct writ_crl_index *index,
                           struct writ_span serial, struct writ_crl_entry *entry)
{
    size_t low, high, bucket;

    if (!lies_within(crl, serial))
        return false;
    bucket = bucket_of_serial(crl, index, serial);
    low = index->start[bucket];
    high = index->start[bucket + 1];
    while (high - low > ENTRIES_PER_BUCKET * 2) {
        size_t middle = low + (high - low) / 2;

        if (stands_before(serial_at(crl, middle), serial))
            low = middle + 1;
        else
            high = middle;
    }
    while (low < high && stands_before(serial_at(crl, low), serial))
        low++;
    return find_from(crl, serial, low, entry);
}

/* -- hashed */

static size_t bucket_of_hash(const struct writ_crl_index *index, uint32_t hash)
{
    return (uint64_t)hash >> index->shift;
}

/* After this start[b] is where bucket b ends; filling, from the end, makes it where it begins. */
static void count_slots(const struct writ_crl *crl, struct writ_crl_index *index)
{
    struct writ_cursor c = writ_cursor_over(crl->entries, NULL);
    struct writ_crl_entry entry;

    while (writ_crl_next_entry(&c, &entry))
        index->start[bucket_of_hash(index, writ_murmur3(entry.serial, index->seed))]++;
    for (size_t b = 1; b <= index->buckets; b++)
        index->start[b] += index->start[b - 1];
}

static void fill_slots(const struct writ_crl *crl, struct writ_crl_index *index)
{
    struct writ_cursor c = writ_cursor_over(crl->entries, NULL);
    struct writ_crl_entry entry;
    uint32_t offset = 0, owner = 0;

    for (; writ_crl_next_entry(&c, &entry); offset = (uint32_t)c.offset) {
        uint32_t hash = writ_murmur3(entry.serial, index->seed);
        uint32_t at = --index->start[bucket_of_hash(index, hash)];

        if (entry.cert_issuer.n > 0)
            owner = offset + 1;
        index->slot[at] = (struct slot){.hash = hash, .offset = offset};
        if (index->owner != NULL)
            index->owner[at] = owner;
    }
}

int writ_crl_index_build(const struct writ_crl *crl, uint32_t seed, struct writ_crl_index **index,
                         struct writ_error *e)
{
    *index = new_index(crl, seed);
    if (*index == NULL)
        return writ_fail_memory(e);
    if (crl->order == WRIT_CRL_SORTED && crl->entry_count > 0) {
        number_entries(crl, *index);
    } else if (crl->entry_count > 0) {
        count_slots(crl, *index);
        fill_slots(crl, *index);
    }
    return 0;
}

size_t writ_crl_index_size(const struct writ_crl_index *index)
{
    return sizeof *index + (index->buckets + 1) * sizeof *index->start +
           (index->slot != NULL ? (index->slots + 1) * sizeof *index->slot : 0) +
           (index->owner != NULL ? (index->slots + 1) * sizeof *index->owner : 0);
}

void writ_crl_index_free(struct writ_crl_index *index)
{
    if (index == NULL)
        return;
    free(index->start);
    free(index->slot);
    free(index->owner);
    free(index);
}

static bool entry_at_offset(const struct writ_crl *crl, uint32_t offset,
                            struct writ_crl_entry *entry)
{
    struct writ_span rest;
    struct writ_cursor c;

    if (writ_span_part(crl->entries, offset, crl->entries.n - offset, &rest) < 0)
        return false;
    c = writ_cursor_over(rest, NULL);
    return writ_crl_next_entry(&c, entry);
}

/* Gives the entry the certificate issuer in force for it. */
static void find_owner(const struct writ_crl *crl, const struct writ_crl_index *index, size_t at,
                       struct writ_crl_entry *entry)
{
    struct writ_crl_entry owner;

    if (index->owner != NULL && index->owner[at] != 0 &&
        entry_at_offset(crl, index->owner[at] - 1, &owner))
        entry->cert_issuer = owner.cert_issuer;
}

static bool find_by_hash(const struct writ_crl *crl, const struct writ_crl_index *index,
                         const struct question *q, struct writ_crl_entry *entry)
{
    uint32_t hash = writ_murmur3(q->serial, index->seed);
    size_t bucket = bucket_of_hash(index, hash);
    struct writ_crl_entry candidate;
    bool found = false;

    for (size_t at = index->start[bucket]; at < index->start[bucket + 1]; at++) {
        if (index->slot[at].hash != hash ||
            !entry_at_offset(crl, index->slot[at].offset, &candidate) ||
            !writ_span_equal(candidate.serial, q->serial))
            continue;
        find_owner(crl, index, at, &candidate);
        if ((index->owner == NULL || is_issuer(crl, q, candidate.cert_issuer)) &&
            keep(&candidate, entry, &found))
            break;
    }
    return found;
}

/* ---------------------------------------------------------------------------------- all */

bool writ_crl_wants_index(const struct writ_crl *crl)
{
    return crl->order != WRIT_CRL_SORTED;
}

bool writ_crl_find(const struct writ_crl *crl, const struct writ_crl_index *index,
                   struct writ_span serial, struct writ_span issuer, struct writ_crl_entry *entry)
{
    struct question q = {.serial = serial, .issuer = issuer.n > 0 ? issuer : crl->issuer.der};

    if (crl->entry_count == 0 || (crl->order != WRIT_CRL_INDIRECT && issuer.n > 0 &&
                                  !writ_name_matches(crl->issuer.der, issuer)))
        return false;
    if (crl->order == WRIT_CRL_SORTED)
        return index != NULL ? find_by_number(crl, index, serial, entry)
                             : find_in_place(crl, serial, entry);
    return index != NULL ? find_by_hash(crl, index, &q, entry) : find_by_walk(crl, &q, entry);
}

int writ_crl_number_compare(struct writ_span a, struct writ_span b)
{
    if (a.n != b.n)
        return a.n < b.n ? -1 : 1;
    return a.n == 0 ? 0 : memcmp(a.p, b.p, a.n);
}
