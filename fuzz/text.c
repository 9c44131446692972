/* fuzz/text.c - feeds what makes strangers' words safe to show */
#include "base/text.h"

#include <string.h>

#include "base/emit.h"
#include "fuzz.h"

static void spelled_out_is_printable_and_stays(struct writ_span bytes)
{
    struct writ_buffer once = {0};
    struct writ_buffer twice = {0};

    writ_text_add_safe(&once, bytes);
    writ_text_add_safe(&twice, writ_buffer_span(&once));
    HOLDS(writ_span_equal(writ_buffer_span(&once), writ_buffer_span(&twice)));
    HOLDS(bytes.n == 0 || writ_text_is_printable(writ_buffer_span(&once)));
    HOLDS(bytes.n == 0 ||
          writ_text_is_printable(bytes) == writ_span_equal(writ_buffer_span(&once), bytes));
    HOLDS(!writ_text_is_printable(bytes) || writ_text_is_utf8(bytes));
    writ_buffer_free(&once);
    writ_buffer_free(&twice);
}

static void a_copy_fits_and_is_text(struct writ_span bytes)
{
    for (size_t room = 4; room < 40; room += 5) {
        char out[40];

        memset(out, 'x', sizeof out);
        writ_text_copy_safe(out, room, bytes);
        HOLDS(memchr(out, '\0', room) != NULL);
        HOLDS(writ_text_is_utf8(writ_span_text(out)));
    }
}

static void a_slug_is_a_slug(struct writ_span bytes)
{
    char name[64], slug[32];

    (void)snprintf(name, sizeof name, "%.*s", (int)(bytes.n < 64 ? bytes.n : 63),
                   bytes.n == 0 ? "" : (const char *)bytes.p);
    writ_text_slug(slug, sizeof slug, name);
    HOLDS(strspn(slug, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(slug));
    HOLDS(slug[0] != '\0' && slug[0] != '-' && slug[strlen(slug) - 1] != '-');
    HOLDS(strstr(slug, "--") == NULL);
    HOLDS(writ_text_distance(name, name) == 0 && writ_text_distance(name, slug) <= 64);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    spelled_out_is_printable_and_stays(WRIT_SPAN(data, size));
    a_copy_fits_and_is_text(WRIT_SPAN(data, size));
    a_slug_is_a_slug(WRIT_SPAN(data, size));
    return 0;
}
