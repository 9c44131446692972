/* fuzz/stash.c - feeds object/stash.h: what is walked is the file, octet for octet, and what is
 * listed is found */
#include "object/stash.h"

#include "base/buffer.h"
#include "inside.h"

#define FOUND_MAX                                                                                  \
    64 /* serials that are looked for: each look reads the file from its beginning                 \
        */

static void add_issuer(struct writ_buffer *out, const struct writ_stash_issuer *issuer)
{
    for (unsigned shift = 0; shift < 32; shift += 8)
        writ_buffer_byte(out, (uint8_t)(issuer->count >> shift));
    writ_buffer_byte(out, (uint8_t)issuer->id.n);
    writ_buffer_add(out, issuer->id);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct writ_span bytes = WRIT_SPAN(data, size), serial;
    struct writ_error e = {0};
    struct writ_buffer out = {0};
    struct writ_stash_issuer issuer;
    struct writ_stash stash;
    size_t issuers = 0, serials = 0;

    (void)writ_stash_is(bytes);
    if (writ_stash_open(bytes, &stash, &e) < 0)
        return refused(&e);
    for (bool more = writ_stash_first(&stash, &issuer); more; more = writ_stash_next(&issuer)) {
        inside(issuer.id, bytes);
        add_issuer(&out, &issuer);
        issuers++;
        for (; writ_stash_serial(&issuer, &serial); serials++) {
            inside(serial, bytes);
            writ_buffer_byte(&out, (uint8_t)serial.n);
            writ_buffer_add(&out, serial);
            HOLDS(serials >= FOUND_MAX || writ_stash_find(&stash, issuer.id, serial));
        }
    }
    HOLDS(issuers == stash.issuer_count && serials == stash.serial_count);
    HOLDS(writ_span_equal(writ_buffer_span(&out), bytes));
    writ_buffer_free(&out);
    return 0;
}
