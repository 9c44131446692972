#include "shared/identity.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "shared/file.h"

#define KEY  ".key"
#define CERT ".pem"

bool identity_is_name(const char *name)
{
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._";
    size_t n = strlen(name);

    return n > 0 && n <= 64 && name[0] != '.' && strspn(name, allowed) == n;
}

static bool is_file(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

static bool ends_with(const char *text, const char *suffix)
{
    size_t n = strlen(text), m = strlen(suffix);

    return n > m && strcmp(text + n - m, suffix) == 0;
}

/* PREFIX of both files: REF itself, or REF without ".key". */
static bool prefix_is_there(const char *ref, struct writ_buffer *prefix)
{
    struct writ_buffer key = {0};
    bool found;

    writ_buffer_format(&key, "%s%s", ref, KEY);
    found = is_file(writ_buffer_string(&key));
    writ_buffer_free(&key);
    if (found)
        writ_buffer_text(prefix, ref);
    else if (is_file(ref) && ends_with(ref, KEY)) {
        writ_buffer_format(prefix, "%.*s", (int)(strlen(ref) - strlen(KEY)), ref);
        found = true;
    }
    return found;
}

static int prefix_in_state(const struct places *places, const char *ref, struct writ_buffer *prefix,
                           struct writ_error *e)
{
    struct writ_buffer name = {0};
    bool found = false;
    int rc;

    if (!identity_is_name(ref))
        return writ_fail(e, WRIT_FAULT_NO_INPUT, "there is no key %.200s%s", ref, KEY);
    writ_buffer_format(&name, "identities/%s%s", ref, KEY);
    rc = places_look(places, writ_buffer_string(&name), prefix, &found, e);
    writ_buffer_free(&name);
    if (rc == 0 && !found)
        rc = writ_fail(
            e, WRIT_FAULT_NO_INPUT,
            "there is no key %.64s%s here, and no identity %.64s (see writ identity list)", ref,
            KEY, ref);
    if (rc == 0)
        prefix->n -= strlen(KEY);
    return rc;
}

int identity_find(const struct places *places, const char *ref, const char *chain,
                  struct identity_paths *paths, struct writ_error *e)
{
    struct writ_buffer prefix = {0};
    int rc = -1;

    *paths = (struct identity_paths){0};
    if (!prefix_is_there(ref, &prefix) && prefix_in_state(places, ref, &prefix, e) < 0)
        goto out;
    writ_buffer_add(&paths->key, writ_buffer_span(&prefix));
    writ_buffer_text(&paths->key, KEY);
    if (chain != NULL)
        writ_buffer_text(&paths->cert, chain);
    else {
        writ_buffer_add(&paths->cert, writ_buffer_span(&prefix));
        writ_buffer_text(&paths->cert, CERT);
    }
    if (!is_file(writ_buffer_string(&paths->cert))) {
        (void)writ_fail(e, WRIT_FAULT_NO_INPUT,
                        "there is no certificate %s; ask your CA (writ ca issue), or name it with "
                        "--cert",
                        (const char *)paths->cert.p);
        goto out;
    }
    rc = writ_buffer_check(&paths->key, e);
out:
    writ_buffer_free(&prefix);
    return rc;
}

void identity_paths_free(struct identity_paths *paths)
{
    writ_buffer_free(&paths->key);
    writ_buffer_free(&paths->cert);
}
