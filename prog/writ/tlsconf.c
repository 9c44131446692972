#include "writ/tlsconf.h"

#include <unistd.h>

#include "base/hex.h"
#include "crypto/digest.h"
#include "shared/file.h"
#include "writ/opensslconf.h"

#define FOLDER     "tls"
#define HASH_BYTES 8 /* of the name */

static int name(struct writ_span text, struct writ_buffer *out, struct writ_error *e)
{
    uint8_t hash[WRIT_SHA256_BYTES];
    char hex[2 * HASH_BYTES + 1];

    if (writ_sha256(text, hash, e) < 0)
        return -1;
    writ_hex_format(WRIT_SPAN(hash, HASH_BYTES), hex);
    writ_buffer_format(out, "/openssl-%s.cnf", hex);
    return writ_buffer_check(out, e);
}

/* The name says what is in it; one that was changed by hand is made anew. */
static int write_unless_there(const char *path, struct writ_span text, struct writ_error *e)
{
    struct writ_buffer standing = {0};
    struct writ_error absent = {0};
    int rc = 0;

    if (file_read(path, OPENSSLCONF_MAX, &standing, &absent) < 0 ||
        !writ_span_equal(writ_buffer_span(&standing), text))
        rc = file_replace_bytes(path, 0644, text, e);
    writ_buffer_free(&standing);
    return rc;
}

static int place(const struct places *places, struct writ_span text, bool dry_run,
                 struct writ_buffer *path, struct writ_error *e)
{
    if (dry_run)
        places_path(path, places->write, FOLDER);
    else if (places_make(places, FOLDER, path, e) < 0)
        return -1;
    if (name(text, path, e) < 0)
        return -1;
    return dry_run ? 0 : write_unless_there(writ_buffer_string(path), text, e);
}

/* A base that OpenSSL would not find or not read names no section. */
static int section_of(const struct tlsconf *t, struct writ_buffer *section, struct writ_error *e)
{
    struct writ_buffer path = {0}, text = {0};
    struct writ_error absent = {0};
    int rc = 0;

    writ_buffer_format(&path, "%s%s", t->root, t->base);
    if (file_read(writ_buffer_string(&path), OPENSSLCONF_MAX, &text, &absent) == 0)
        rc = opensslconf_section(writ_buffer_span(&text), section, e);
    if (rc < 0)
        writ_error_context(e, "%s", writ_buffer_string(&path));
    writ_buffer_free(&text);
    writ_buffer_free(&path);
    return rc;
}

int tlsconf_make(const struct tlsconf *t, const struct places *places, const struct hooks *hooks,
                 struct writ_buffer *path, struct writ_error *e)
{
    struct writ_buffer section = {0}, text = {0};
    int rc = section_of(t, &section, e);

    if (rc == 0) {
        opensslconf_wrap(t->base, writ_buffer_span(&section), writ_buffer_span(&hooks->module_conf),
                         &text);
        rc = writ_buffer_check(&text, e);
    }
    if (rc == 0)
        rc = place(places, writ_buffer_span(&text), t->dry_run, path, e);
    writ_buffer_free(&text);
    writ_buffer_free(&section);
    return rc;
}
