#include "issue/keyset.h"

#include <stdlib.h>

int writ_keyset_begin(struct writ_keyset *set, uint64_t room, struct writ_error *e)
{
    size_t slots = 16;

    *set = (struct writ_keyset){0};
    if (room > WRIT_RIBBON_MAX)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT,
                         "%llu revoked certificates of one issuer, "
                         "the ceiling is %zu",
                         (unsigned long long)room, WRIT_RIBBON_MAX);
    while (slots < 2 * room)
        slots *= 2;
    set->room = (size_t)room;
    set->mask = slots - 1;
    set->keys = malloc((set->room + 1) * sizeof set->keys[0]);
    set->slots = calloc(slots, sizeof set->slots[0]);
    set->seen = calloc(set->room + 1, 1);
    if (set->keys != NULL && set->slots != NULL && set->seen != NULL)
        return 0;
    writ_keyset_free(set);
    return writ_fail_memory(e);
}

/* The slot that has this key, or the empty one where it belongs. */
static size_t slot_of(const struct writ_keyset *set, const struct writ_ribbon_key *key)
{
    size_t i = (size_t)key->a[1] & set->mask;

    while (set->slots[i] != 0 && !writ_ribbon_key_equal(&set->keys[set->slots[i] - 1], key))
        i = (i + 1) & set->mask;
    return i;
}

int writ_keyset_add(struct writ_keyset *set, const struct writ_ribbon_key *key,
                    struct writ_error *e)
{
    size_t i = slot_of(set, key);

    if (set->slots[i] != 0)
        return 0;
    if (set->n == set->room)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "the list has grown while it was read");
    set->keys[set->n++] = *key;
    set->slots[i] = (uint32_t)set->n;
    return 0;
}

size_t writ_keyset_find(const struct writ_keyset *set, const struct writ_ribbon_key *key)
{
    uint32_t place = set->slots[slot_of(set, key)];

    return place == 0 ? WRIT_KEYSET_NONE : place - 1;
}

void writ_keyset_see(struct writ_keyset *set, size_t at)
{
    set->seen_count += !set->seen[at];
    set->seen[at] = 1;
}

void writ_keyset_free(struct writ_keyset *set)
{
    free(set->keys);
    free(set->slots);
    free(set->seen);
    *set = (struct writ_keyset){0};
}
