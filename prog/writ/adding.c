#include "writ/adding.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hex.h"
#include "shared/file.h"
#include "shared/trust.h"

int adding_check_fingerprint(const char *given, const struct certfile_bundle *b,
                             struct writ_error *e)
{
    uint8_t bytes[WRIT_HASH_BYTES];
    char found[TRUST_FINGERPRINT_TEXT];

    if (writ_hex_parse_loose(given, bytes, sizeof bytes) != WRIT_HASH_BYTES)
        return writ_fail(e, WRIT_FAULT_USAGE,
                         "--fingerprint: wanted 64 hexadecimal digits, the SHA-256 of the root "
                         "certificate");
    if (memcmp(bytes, b->fingerprint, sizeof bytes) == 0)
        return 0;
    writ_hex_format(WRIT_SPAN_OF(b->fingerprint), found);
    return writ_fail(e, WRIT_FAULT_BAD_INPUT, "the bundle's root has another fingerprint: %s",
                     found);
}

int adding_is_own_ca(const struct places *places, const struct certfile_bundle *b, bool *own,
                     struct writ_error *e)
{
    struct writ_buffer path = {0}, bytes = {0};
    struct certfile_bundle mine = {0};
    int rc = 0;

    *own = false;
    places_path(&path, places->write, "ca/bundle.pem");
    if (access(writ_buffer_string(&path), R_OK) == 0) {
        rc = file_read(writ_buffer_string(&path), 2 * WRIT_BUNDLE_MAX, &bytes, e);
        if (rc == 0)
            rc = certfile_read_bundle(writ_buffer_span(&bytes), (const char *)path.p, &mine, e);
        *own = rc == 0 && memcmp(mine.fingerprint, b->fingerprint, WRIT_HASH_BYTES) == 0;
    }
    certfile_bundle_free(&mine);
    writ_buffer_free(&path);
    writ_buffer_free(&bytes);
    return rc;
}

static void bundle_path(const char *state, const struct certfile_bundle *b,
                        struct writ_buffer *path)
{
    char fingerprint[TRUST_FINGERPRINT_TEXT];

    writ_hex_format(WRIT_SPAN_OF(b->fingerprint), fingerprint);
    places_path(path, state, "trust");
    writ_buffer_format(path, "/%s.bundle", fingerprint);
}

/* The serial of what a state keeps for the same root; 0 when there is nothing, or damage. */
static uint64_t kept_serial(const char *state, const struct certfile_bundle *b)
{
    struct writ_buffer path = {0}, bytes = {0};
    struct certfile_bundle kept = {0};
    struct writ_error ignored = {0};
    uint64_t serial = 0;

    bundle_path(state, b, &path);
    if (file_read(writ_buffer_string(&path), WRIT_BUNDLE_MAX, &bytes, &ignored) == 0 &&
        certfile_read_bundle(writ_buffer_span(&bytes), (const char *)path.p, &kept, &ignored) == 0)
        serial = kept.serial;
    certfile_bundle_free(&kept);
    writ_buffer_free(&path);
    writ_buffer_free(&bytes);
    return serial;
}

int adding_check_newer(const struct places *places, const struct certfile_bundle *b, bool *newer,
                       struct writ_error *e)
{
    *newer = false;
    for (size_t i = 0; i < places->reads; i++) {
        uint64_t serial = kept_serial(places->read[i], b);

        if (serial > b->serial)
            return writ_fail(e, WRIT_FAULT_BAD_INPUT,
                             "a newer bundle for this root is trusted already (serial %llu, this "
                             "one is %llu)",
                             (unsigned long long)serial, (unsigned long long)b->serial);
        if (i == 0) /* the state to write */
            *newer = serial > 0 && serial < b->serial;
    }
    return 0;
}

int adding_trust(const struct places *places, const struct certfile_bundle *b, bool dry_run,
                 struct writ_error *e)
{
    struct writ_buffer path = {0}, dir = {0};
    bool newer;
    int rc = adding_check_newer(places, b, &newer, e);

    bundle_path(places->write, b, &path);
    if (rc == 0 && !dry_run)
        rc = places_make(places, "trust", &dir, e);
    if (rc == 0 && !dry_run)
        rc = file_replace_bytes(writ_buffer_string(&path), 0644, writ_buffer_span(&b->der), e);
    writ_buffer_free(&path);
    writ_buffer_free(&dir);
    return rc;
}
