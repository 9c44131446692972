#include "object/stash.h"

#define VERSION_MAX 4 /* of cascades (1, 2) and clubcards (3, 4) */
#define HASH_MAX    3 /* of cascades */
#define SERIAL_MIN  2 /* bytes that a serial takes */

bool writ_stash_is(struct writ_span bytes)
{
    uint32_t count = writ_span_u32_le(bytes, 0);
    unsigned version = count & 0xffff;

    if (bytes.n <= 4 || count > WRIT_STASH_MAX / SERIAL_MIN)
        return false;
    if (version == 0 || version > VERSION_MAX)
        return true;
    return count <= VERSION_MAX && bytes.p[4] > HASH_MAX;
}

/* Takes a length and as many bytes, at least one. */
static int take_counted(struct writ_cursor *c, struct writ_span *out, const char *what)
{
    uint8_t n;

    if (writ_cursor_u8(c, &n, what) < 0)
        return -1;
    if (n == 0)
        return writ_cursor_fail(c, "%s: no octets", what);
    return writ_cursor_take(c, n, out, what);
}

static int take_issuer(struct writ_cursor *c, struct writ_stash_issuer *issuer)
{
    uint32_t count;

    if (writ_cursor_u32_le(c, &count, "count of a stash's serials") < 0)
        return -1;
    issuer->count = count;
    return take_counted(c, &issuer->id, "issuer in a stash");
}

int writ_stash_open(struct writ_span bytes, struct writ_stash *stash, struct writ_error *e)
{
    struct writ_cursor c = writ_cursor_over(bytes, e);
    struct writ_stash_issuer issuer;
    struct writ_span serial;

    *stash = (struct writ_stash){.bytes = bytes};
    if (bytes.n == 0)
        return writ_fail_at(e, 0, "an empty file is no stash");
    if (bytes.n > WRIT_STASH_MAX)
        return writ_fail_at(e, 0, "stash of %zu bytes, the ceiling is %zu", bytes.n,
                            WRIT_STASH_MAX);
    for (; c.left > 0; stash->issuer_count++) {
        if (take_issuer(&c, &issuer) < 0)
            return -1;
        for (; issuer.count > 0; issuer.count--, stash->serial_count++) {
            if (take_counted(&c, &serial, "serial in a stash") < 0)
                return -1;
        }
    }
    return 0;
}

bool writ_stash_first(const struct writ_stash *stash, struct writ_stash_issuer *issuer)
{
    *issuer = (struct writ_stash_issuer){.after = writ_cursor_over(stash->bytes, NULL)};
    return writ_stash_next(issuer);
}

bool writ_stash_next(struct writ_stash_issuer *issuer)
{
    struct writ_span skipped;

    while (writ_stash_serial(issuer, &skipped))
        continue;
    return issuer->after.left > 0 && take_issuer(&issuer->after, issuer) == 0;
}

bool writ_stash_serial(struct writ_stash_issuer *issuer, struct writ_span *serial)
{
    *serial = WRIT_SPAN_NONE;
    if (issuer->count == 0)
        return false;
    issuer->count--;
    return take_counted(&issuer->after, serial, "serial in a stash") == 0;
}

static bool lists(struct writ_stash_issuer *issuer, struct writ_span wanted)
{
    struct writ_span serial;

    while (writ_stash_serial(issuer, &serial)) {
        if (writ_span_equal(serial, wanted))
            return true;
    }
    return false;
}

bool writ_stash_find(const struct writ_stash *stash, struct writ_span issuer,
                     struct writ_span serial)
{
    struct writ_stash_issuer at;

    for (bool more = writ_stash_first(stash, &at); more; more = writ_stash_next(&at)) {
        if (writ_span_equal(at.id, issuer) && lists(&at, serial))
            return true;
    }
    return false;
}
