#include "upki/config.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "shared/file.h"

/* ----------------------------------------------------------------------------- the file's words */

static bool is_next(const struct writ_cursor *c, const char *any_of)
{
    struct writ_span next = writ_cursor_peek(c, 1);

    return next.n == 1 && next.p[0] != '\0' && strchr(any_of, next.p[0]) != NULL;
}

static uint8_t take(struct writ_cursor *c)
{
    uint8_t byte = 0;

    return writ_cursor_u8(c, &byte, "byte") == 0 ? byte : 0;
}

static void skip_blanks(struct writ_cursor *c)
{
    while (is_next(c, " \t\r"))
        (void)take(c);
}

/* Nothing but blanks and a comment is left. */
static bool is_over(struct writ_cursor *c)
{
    skip_blanks(c);
    return c->left == 0 || is_next(c, "#");
}

static void take_key(struct writ_cursor *c, struct writ_buffer *key)
{
    while (is_next(c, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."))
        writ_buffer_byte(key, take(c));
    skip_blanks(c);
}

/* A basic or literal string (TOML 1.0), of at least one character. */
static bool take_string(struct writ_cursor *c, struct writ_buffer *out)
{
    bool literal = is_next(c, "'");
    const char *quote = literal ? "'" : "\"";

    if (!is_next(c, quote))
        return false;
    (void)take(c);
    while (c->left > 0 && !is_next(c, quote)) {
        if (!literal && is_next(c, "\\")) {
            (void)take(c);
            if (!is_next(c, "\\\""))
                return false;
        }
        writ_buffer_byte(out, take(c));
    }
    if (c->left == 0)
        return false;
    (void)take(c);
    return out->n > 0 && memchr(out->p, '\0', out->n) == NULL;
}

/* One line before the first table; false when it cannot be read. */
static bool read_line(struct writ_cursor line, struct writ_buffer *dir)
{
    struct writ_buffer key = {0};
    bool good;

    if (is_over(&line))
        return true;
    take_key(&line, &key);
    good = is_next(&line, "=");
    (void)take(&line);
    skip_blanks(&line);
    if (strcmp(writ_buffer_string(&key), "cache-dir") == 0)
        good = good && dir->n == 0 && take_string(&line, dir) && is_over(&line);
    else
        good = good && (strcmp(writ_buffer_string(&key), "revocation") == 0 ||
                        strncmp(writ_buffer_string(&key), "revocation.", 11) == 0);
    writ_buffer_free(&key);
    return good;
}

enum upki_result config_cache_dir(struct writ_span toml, char **dir)
{
    struct writ_cursor c = writ_cursor_over(toml, NULL);
    struct writ_buffer value = {0};
    bool good = true;

    *dir = NULL;
    while (good && c.left > 0) {
        struct writ_cursor line = writ_cursor_over(writ_cursor_field(&c, '\n'), NULL);

        skip_blanks(&line);
        if (is_next(&line, "["))
            break;
        good = read_line(line, &value);
    }
    good = good && value.n > 0 && !value.failed;
    if (good)
        *dir = strdup(writ_buffer_string(&value));
    writ_buffer_free(&value);
    return *dir != NULL ? UPKI_OK : good ? UPKI_ERR_PANICKED : UPKI_ERR_CONFIG_DECODE;
}

/* ---------------------------------------------------------------------------------- its place */

/* Appends one of the caller's own directories; nothing when the caller has no home. */
static void add_own(struct writ_buffer *path, const char *variable, const char *below_home,
                    const char *name)
{
    const char *own = secure_getenv(variable), *home = secure_getenv("HOME");

    if (own != NULL && own[0] == '/')
        writ_buffer_format(path, "%s/%s", own, name);
    else if (home != NULL && home[0] != '\0')
        writ_buffer_format(path, "%s/%s/%s", home, below_home, name);
}

/* Appends one of the system's, below the root that the programs of writ were told. */
static void add_system(struct writ_buffer *path, const char *name)
{
    const char *root = secure_getenv("WRIT_ROOT");

    writ_buffer_format(path, "%s/%s", root == NULL ? "" : root, name);
}

static bool is_there(struct writ_buffer *path)
{
    return path->n > 0 && access(writ_buffer_string(path), F_OK) == 0;
}

static enum upki_result read_file(const char *path, struct upki_config *c)
{
    struct writ_buffer toml = {0};
    struct writ_error ignored = {0};
    enum upki_result result = UPKI_ERR_CONFIG_READ;

    c->named = true;
    if (file_read(path, CONFIG_MAX, &toml, &ignored) == 0 &&
        writ_text_is_utf8(writ_buffer_span(&toml)))
        result = config_cache_dir(writ_buffer_span(&toml), &c->cache);
    writ_buffer_free(&toml);
    return result;
}

/* upki's own cache, where nobody has said where it is: the caller's or the system's. */
static enum upki_result find_default(struct upki_config *c)
{
    struct writ_buffer path = {0};
    struct writ_error ignored = {0};

    add_own(&path, "XDG_CACHE_HOME", ".cache", "upki");
    if (!is_there(&path)) {
        writ_buffer_free(&path);
        add_system(&path, "var/cache/upki");
    }
    if (is_there(&path))
        c->cache = strdup(writ_buffer_string(&path));
    if (writ_buffer_check(&path, &ignored) < 0 || (is_there(&path) && c->cache == NULL)) {
        writ_buffer_free(&path);
        return UPKI_ERR_PANICKED;
    }
    writ_buffer_free(&path);
    return UPKI_OK;
}

static enum upki_result find_file(struct upki_config *c)
{
    struct writ_buffer path = {0};
    enum upki_result result;

    add_own(&path, "XDG_CONFIG_HOME", ".config", "upki/config.toml");
    if (!is_there(&path)) {
        writ_buffer_free(&path);
        add_system(&path, "etc/upki/config.toml");
    }
    result = is_there(&path) ? read_file(writ_buffer_string(&path), c) : find_default(c);
    writ_buffer_free(&path);
    return result;
}

enum upki_result config_find(const char *path, struct upki_config *c)
{
    *c = (struct upki_config){0};
    if (path == NULL)
        return find_file(c);
    if (!writ_text_is_utf8(writ_span_text(path)))
        return UPKI_ERR_CONFIG_PATH;
    return read_file(path, c);
}
