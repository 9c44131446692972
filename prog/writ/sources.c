#include "writ/sources.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hex.h"
#include "base/text.h"
#include "bytes/cursor.h"
#include "shared/fetcher.h"
#include "shared/file.h"

#define SUFFIX ".conf"

bool source_is_name(const char *name)
{
    size_t n = strlen(name);

    return n > 0 && n <= SOURCE_NAME_MAX && name[0] != '.' &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-.") == n;
}

/* ----------------------------------------------------------------------------- one file */

/* What has been read so far. */
struct reading {
    const char *path;
    unsigned line; /* which one it is in */
    struct source *source;
    char kind[16];
};

static bool is_space(struct writ_span s, size_t at)
{
    return s.p[at] == ' ' || s.p[at] == '\t' || s.p[at] == '\r';
}

/* Without the spaces at both ends. */
static struct writ_span trimmed(struct writ_span s)
{
    size_t from = 0, to = s.n;

    while (from < to && is_space(s, from))
        from++;
    while (to > from && is_space(s, to - 1))
        to--;
    return WRIT_SPAN(s.p + from, to - from);
}

/* Where the value of this name goes; NULL for an unknown one. */
static char *room_for(struct reading *r, struct writ_span name, size_t *room)
{
    const struct {
        const char *name;
        char *at;
        size_t room;
    } known[] = {
        {"kind", r->kind, sizeof r->kind},
        {"location", r->source->location, sizeof r->source->location},
        {"bundle", r->source->fingerprint, sizeof r->source->fingerprint},
    };

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        *room = known[i].room;
        if (writ_span_equal(name, writ_span_text(known[i].name)))
            return known[i].at;
    }
    return NULL;
}

static int take_value(struct reading *r, struct writ_span name, struct writ_span value,
                      struct writ_error *e)
{
    size_t room;
    char *at = room_for(r, name, &room);
    char shown[64];

    writ_text_copy_safe(shown, sizeof shown, name);
    if (at == NULL)
        return writ_fail(e, WRIT_FAULT_CONFIGURATION,
                         "%s: line %u: unknown \"%s\"; wanted kind, location or bundle", r->path,
                         r->line, shown);
    if (at[0] != '\0')
        return writ_fail(e, WRIT_FAULT_CONFIGURATION, "%s: line %u: %s stands twice", r->path,
                         r->line, shown);
    if (value.n >= room || !writ_text_is_printable(value))
        return writ_fail(e, WRIT_FAULT_CONFIGURATION,
                         "%s: line %u: %s wants printable text of at most %zu bytes", r->path,
                         r->line, shown, room - 1);
    memcpy(at, value.p, value.n);
    at[value.n] = '\0';
    return 0;
}

/* "NAME = VALUE", a comment, or nothing. */
static int take_line(struct reading *r, struct writ_span line, struct writ_error *e)
{
    struct writ_cursor c;
    struct writ_span name, value;

    line = trimmed(line);
    if (line.n == 0 || line.p[0] == '#' || line.p[0] == ';')
        return 0;
    c = writ_cursor_over(line, NULL);
    name = trimmed(writ_cursor_field(&c, '='));
    value = trimmed(WRIT_SPAN(c.at, c.left));
    if (value.n == 0)
        return writ_fail(e, WRIT_FAULT_CONFIGURATION, "%s: line %u: wanted NAME = VALUE", r->path,
                         r->line);
    return take_value(r, name, value, e);
}

static int check_source(const struct reading *r, const char *path, struct writ_error *e)
{
    uint8_t ignored[WRIT_HASH_BYTES];

    if (strcmp(r->kind, "feed") != 0)
        return writ_fail(e, WRIT_FAULT_CONFIGURATION, "%s: kind is \"%s\", wanted feed", path,
                         r->kind);
    if (!fetcher_is_url(r->source->location) && r->source->location[0] != '/')
        return writ_fail(e, WRIT_FAULT_CONFIGURATION,
                         "%s: location is \"%s\", wanted a URL or an absolute path", path,
                         r->source->location);
    if (writ_hex_parse_strict(writ_span_text(r->source->fingerprint), ignored, sizeof ignored) < 0)
        return writ_fail(e, WRIT_FAULT_CONFIGURATION,
                         "%s: bundle is no fingerprint of 64 hexadecimal digits", path);
    return 0;
}

static int read_source(const char *path, struct source *s, struct writ_error *e)
{
    struct reading r = {.path = path, .source = s};
    struct writ_buffer text = {0};
    struct writ_cursor c;
    int rc = file_read(path, SOURCE_CONF_MAX, &text, e);

    c = writ_cursor_over(writ_buffer_span(&text), NULL);
    while (rc == 0 && c.left > 0) {
        r.line++;
        rc = take_line(&r, writ_cursor_field(&c, '\n'), e);
    }
    if (rc == 0)
        rc = check_source(&r, path, e);
    writ_buffer_free(&text);
    return rc;
}

/* -------------------------------------------------------------------------------- the list */

static bool name_of_file(const char *file, char name[SOURCE_NAME_MAX + 1])
{
    size_t n = strlen(file), m = strlen(SUFFIX);

    if (n <= m || n - m > SOURCE_NAME_MAX || strcmp(file + n - m, SUFFIX) != 0)
        return false;
    (void)snprintf(name, SOURCE_NAME_MAX + 1, "%.*s", (int)(n - m), file);
    return source_is_name(name);
}

static int add_source(struct sources *sources, const char *dir, const char *file, const char *name,
                      const char *state, struct writ_error *e)
{
    struct source *s = &sources->at[sources->count];
    char *path = NULL;
    int rc;

    if (sources->count == SOURCES_MAX)
        return writ_fail(e, WRIT_FAULT_CONFIGURATION, "more than %d sources", SOURCES_MAX);
    *s = (struct source){.state = state};
    (void)snprintf(s->name, sizeof s->name, "%s", name);
    if (asprintf(&path, "%s/%s", dir, file) < 0)
        return writ_fail_memory(e);
    rc = read_source(path, s, e);
    free(path);
    if (rc == 0)
        sources->count++;
    return rc;
}

static int load_dir(const char *dir, const char *state, struct sources *sources,
                    struct writ_error *e)
{
    DIR *d = opendir(dir);
    struct dirent *entry;
    char name[SOURCE_NAME_MAX + 1];
    int rc = 0;

    if (d == NULL)
        return errno == ENOENT ? 0
                               : writ_fail_errno(e, WRIT_FAULT_IO, errno, "cannot read %s", dir);
    while (rc == 0 && (entry = readdir(d)) != NULL) {
        if (name_of_file(entry->d_name, name) && sources_find(sources, name) == NULL)
            rc = add_source(sources, dir, entry->d_name, name, state, e);
    }
    closedir(d);
    return rc;
}

static int compare_sources(const void *a, const void *b)
{
    return strcmp(((const struct source *)a)->name, ((const struct source *)b)->name);
}

int sources_load(const struct places *places, struct sources *sources, struct writ_error *e)
{
    struct writ_buffer dir = {0};
    int rc = 0;

    *sources = (struct sources){.at = calloc(SOURCES_MAX + 1, sizeof *sources->at)};
    if (sources->at == NULL)
        return writ_fail_memory(e);
    for (size_t i = 0; rc == 0 && i < places->reads; i++) {
        places_path(&dir, places->read[i], "sources");
        rc = load_dir(writ_buffer_string(&dir), places->read[i], sources, e);
        writ_buffer_free(&dir);
    }
    qsort(sources->at, sources->count, sizeof *sources->at, compare_sources);
    return rc;
}

void sources_free(struct sources *sources)
{
    free(sources->at);
    *sources = (struct sources){0};
}

const struct source *sources_find(const struct sources *sources, const char *name)
{
    for (size_t i = 0; i < sources->count; i++) {
        if (strcmp(sources->at[i].name, name) == 0)
            return &sources->at[i];
    }
    return NULL;
}

/* --------------------------------------------------------------------------------- changes */

int source_save(const struct places *places, const struct source *s, struct writ_error *e)
{
    struct writ_buffer path = {0}, text = {0};
    int rc = places_make(places, "sources", &path, e);

    writ_buffer_format(&path, "/%s%s", s->name, SUFFIX);
    writ_buffer_format(&text, "kind = feed\nlocation = %s\nbundle = %s\n", s->location,
                       s->fingerprint);
    if (rc == 0)
        rc = writ_buffer_check(&text, e);
    if (rc == 0)
        rc = file_replace_bytes(writ_buffer_string(&path), 0644, writ_buffer_span(&text), e);
    writ_buffer_free(&path);
    writ_buffer_free(&text);
    return rc;
}

int source_delete(const struct places *places, const char *name, struct writ_error *e)
{
    struct writ_buffer path = {0};
    int rc = 0;

    places_path(&path, places->write, "sources");
    writ_buffer_format(&path, "/%s%s", name, SUFFIX);
    if (unlink(writ_buffer_string(&path)) < 0)
        rc =
            writ_fail_errno(e, WRIT_FAULT_IO, errno, "cannot remove %s", writ_buffer_string(&path));
    writ_buffer_free(&path);
    return rc;
}
