/*
 * object/onecrl.h - revoked CA certificates, as a device holds them
 *
 * Mozilla's OneCRL is a signed collection of records, each of which names a revoked certificate by
 * issuer and serial number, or a key by the subject that it must not be used for.  When it is
 * pulled, each record becomes a key of 32 bytes; a file holds nothing but these, sorted:
 *
 *   8       magic: 97 'w' 'o' 'c' 'l' 0d 0a 1a
 *   8       count, little-endian
 *   32 each keys in ascending order, none twice
 *
 * How a key is made of a certificate stands in evidence/onecrl.h.  man/writ-onecrl.5 is the
 * specification.  A file is mapped and never copied; writ_onecrl_open checks all of it, once.
 */
#ifndef WRIT_OBJECT_ONECRL_H
#define WRIT_OBJECT_ONECRL_H

#include "base/buffer.h"

#define WRIT_ONECRL_KEY      32    /* bytes of a key: a SHA-256 */
#define WRIT_ONECRL_KEYS_MAX 65536 /* Mozilla's had 1,827 records in 2026 */
#define WRIT_ONECRL_MAX      ((size_t)16 + WRIT_ONECRL_KEYS_MAX * WRIT_ONECRL_KEY) /* bytes */

/* An opened file; borrows its bytes. */
struct writ_onecrl {
    struct writ_span keys; /* count times WRIT_ONECRL_KEY bytes */
    size_t count;
};

/* True when the first bytes are those of such a file.  For telling kinds of files apart. */
bool writ_onecrl_is(struct writ_span bytes);

/* Checks magic, count, the exact length and the order of all keys.  -1 with WRIT_FAULT_BAD_INPUT;
 * onecrl is then one without keys. */
int writ_onecrl_open(struct writ_span bytes, struct writ_onecrl *onecrl,
                     struct writ_error *e) WRIT_MUST_CHECK;

/* True when the key is listed.  Without allocation. */
bool writ_onecrl_find(const struct writ_onecrl *onecrl, const uint8_t key[WRIT_ONECRL_KEY]);

/* Appends a file of n keys, which are sorted in place; one that comes twice is written once.  The
 * same keys give the same bytes, in whatever order they come.  -1 with WRIT_FAULT_BAD_INPUT when
 * there are more than WRIT_ONECRL_KEYS_MAX. */
int writ_onecrl_build(uint8_t (*keys)[WRIT_ONECRL_KEY], size_t n, struct writ_buffer *out,
                      struct writ_error *e) WRIT_MUST_CHECK;

#endif
