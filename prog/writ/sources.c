#include "writ/sources.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
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

static const char *const kinds[] = {"feed", "crlite", "upki", "crl"};

const char *source_kind_name(enum source_kind kind)
{
    return kinds[kind];
}

/* ------------------------------------------------------------------------------- locations */

static bool starts(const char *text, const char *with)
{
    return strncasecmp(text, with, strlen(with)) == 0;
}

/* http to this machine: what is in between cannot change anything. */
static bool is_loopback(const char *url)
{
    static const char *const hosts[] = {"http://127.0.0.1", "http://[::1]", "http://localhost"};

    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        if (starts(url, hosts[i]) && strchr(":/", url[strlen(hosts[i])]) != NULL)
            return true;
    }
    return false;
}

static bool has_host(const char *url)
{
    const char *host = strstr(url, "://");

    return host != NULL && host[3] != '\0' && host[3] != '/';
}

int source_check_location(enum source_kind kind, const char *location, struct writ_error *e)
{
    if (fetcher_is_url(location) && !has_host(location))
        return writ_fail(e, WRIT_FAULT_USAGE, "location is \"%.200s\", a URL without a host",
                         location);
    if (!fetcher_is_url(location) && (location[0] != '/' || kind == SOURCE_CRLITE))
        return writ_fail(e, WRIT_FAULT_USAGE, "location is \"%.200s\", wanted a URL%s", location,
                         kind == SOURCE_CRLITE ? "" : " or an absolute path");
    if (kind == SOURCE_UPKI && starts(location, "http://") && !is_loopback(location))
        return writ_fail(e, WRIT_FAULT_USAGE,
                         "location is \"%.200s\", wanted https: a mirror signs nothing, and over "
                         "http anybody on the way could leave revocations out",
                         location);
    return 0;
}

/* ----------------------------------------------------------------------------- one file */

/* What has been read so far. */
struct reading {
    const char *path;
    unsigned line; /* which one it is in */
    struct source *source;
    char kind[16];
    unsigned given; /* which of the known names, a bit each */
};

/* A name, for which kinds it is. */
struct known {
    const char *name;
    unsigned kinds; /* a bit each */
    bool repeatable;
};

enum { KIND, LOCATION, BUNDLE, ROOT, ISSUERS, CHANNEL, CACHE, MIRROR, NAMES };

#define FOR(kind)  (1u << (kind))
#define EVERY_KIND (FOR(SOURCE_FEED) | FOR(SOURCE_CRLITE) | FOR(SOURCE_UPKI) | FOR(SOURCE_CRL))

static const struct known known[NAMES] = {
    [KIND] = {"kind", EVERY_KIND, false},
    [LOCATION] = {"location", EVERY_KIND, false},
    [BUNDLE] = {"bundle", FOR(SOURCE_FEED), false},
    [ROOT] = {"root", FOR(SOURCE_CRLITE), false},
    [ISSUERS] = {"issuers", FOR(SOURCE_CRL), false},
    [CHANNEL] = {"channel", FOR(SOURCE_CRLITE), false},
    [CACHE] = {"cache", FOR(SOURCE_UPKI), false},
    [MIRROR] = {"mirror", FOR(SOURCE_UPKI), true},
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

/* Where the value of a name goes; NULL when there are too many. */
static char *room_for(struct reading *r, unsigned which, size_t *room)
{
    struct source *s = r->source;

    switch (which) {
    case KIND:
        *room = sizeof r->kind;
        return r->kind;
    case LOCATION:
        *room = sizeof s->location;
        return s->location;
    case BUNDLE:
    case ROOT:
    case ISSUERS:
        *room = sizeof s->fingerprint;
        return s->fingerprint;
    case CHANNEL:
        *room = sizeof s->channel;
        return s->channel;
    case CACHE:
        *room = sizeof s->cache;
        return s->cache;
    default:
        *room = sizeof s->mirror[0];
        return s->mirrors == SOURCE_MIRRORS_MAX ? NULL : s->mirror[s->mirrors++];
    }
}

static unsigned find_name(struct writ_span name)
{
    unsigned which = 0;

    while (which < NAMES && !writ_span_equal(name, writ_span_text(known[which].name)))
        which++;
    return which;
}

static int copy_value(struct reading *r, unsigned which, struct writ_span value,
                      struct writ_error *e)
{
    size_t room;
    char *at = room_for(r, which, &room);

    if (at == NULL)
        return writ_fail(e, WRIT_FAULT_CONFIGURATION, "%s: line %u: more than %d mirrors", r->path,
                         r->line, SOURCE_MIRRORS_MAX);
    if (value.n >= room || !writ_text_is_printable(value))
        return writ_fail(e, WRIT_FAULT_CONFIGURATION,
                         "%s: line %u: %s wants printable text of at most %zu bytes", r->path,
                         r->line, known[which].name, room - 1);
    memcpy(at, value.p, value.n);
    at[value.n] = '\0';
    return 0;
}

static int take_value(struct reading *r, struct writ_span name, struct writ_span value,
                      struct writ_error *e)
{
    unsigned which = find_name(name);
    char shown[64];

    writ_text_copy_safe(shown, sizeof shown, name);
    if (which == NAMES)
        return writ_fail(e, WRIT_FAULT_CONFIGURATION,
                         "%s: line %u: unknown \"%s\"; wanted kind, location, bundle, root, "
                         "issuers, channel, cache or mirror",
                         r->path, r->line, shown);
    if ((r->given & FOR(which)) != 0 && !known[which].repeatable)
        return writ_fail(e, WRIT_FAULT_CONFIGURATION, "%s: line %u: %s stands twice", r->path,
                         r->line, shown);
    r->given |= FOR(which);
    return copy_value(r, which, value, e);
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

static int find_kind(struct reading *r, struct writ_error *e)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(r->kind, kinds[i]) == 0) {
            r->source->kind = (enum source_kind)i;
            return 0;
        }
    }
    return writ_fail(e, WRIT_FAULT_CONFIGURATION,
                     "%s: kind is \"%s\", wanted feed, crlite, upki or crl", r->path, r->kind);
}

/* A name that is of another kind would be ignored, which nobody means. */
static int check_names(const struct reading *r, struct writ_error *e)
{
    for (unsigned which = 0; which < NAMES; which++) {
        bool given = (r->given & FOR(which)) != 0;

        if (given && (known[which].kinds & FOR(r->source->kind)) == 0)
            return writ_fail(e, WRIT_FAULT_CONFIGURATION, "%s: %s does not go with kind %s",
                             r->path, known[which].name, r->kind);
    }
    return 0;
}

static const char *fingerprint_word(enum source_kind kind)
{
    return known[kind == SOURCE_FEED ? BUNDLE : kind == SOURCE_CRL ? ISSUERS : ROOT].name;
}

static int check_fingerprint(const struct reading *r, struct writ_error *e)
{
    uint8_t ignored[WRIT_HASH_BYTES];

    if (writ_hex_parse_strict(writ_span_text(r->source->fingerprint), ignored, sizeof ignored) == 0)
        return 0;
    return writ_fail(e, WRIT_FAULT_CONFIGURATION,
                     "%s: %s is no fingerprint of 64 hexadecimal digits", r->path,
                     fingerprint_word(r->source->kind));
}

static int check_place(const struct reading *r, const char *location, struct writ_error *e)
{
    struct writ_error why = {0};

    if (source_check_location(r->source->kind, location, &why) == 0)
        return 0;
    return writ_fail(e, WRIT_FAULT_CONFIGURATION, "%s: %s", r->path, why.text);
}

static int check_source(struct reading *r, struct writ_error *e)
{
    const struct source *s = r->source;

    if (find_kind(r, e) < 0 || check_place(r, s->location, e) < 0 || check_names(r, e) < 0)
        return -1;
    for (size_t i = 0; i < s->mirrors; i++) {
        if (check_place(r, s->mirror[i], e) < 0)
            return -1;
    }
    if (s->kind == SOURCE_CRLITE && s->channel[0] == '\0')
        return writ_fail(e, WRIT_FAULT_CONFIGURATION, "%s: channel is missing", r->path);
    if (s->kind == SOURCE_UPKI && s->cache[0] != '/')
        return writ_fail(e, WRIT_FAULT_CONFIGURATION,
                         "%s: cache is \"%s\", wanted an absolute path", r->path, s->cache);
    return s->kind == SOURCE_UPKI ? 0 : check_fingerprint(r, e);
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
        rc = check_source(&r, e);
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

int source_locate(struct source *s, const char *given, const char *what, struct writ_error *e)
{
    char *path = fetcher_is_url(given) ? strdup(given) : realpath(given, NULL);
    int rc = 0;

    if (path == NULL)
        return writ_fail(e, WRIT_FAULT_NO_INPUT,
                         "%.200s: wanted an http or https URL, or %s that is there", given, what);
    if (strlen(path) > SOURCE_LOCATION_MAX || !writ_text_is_printable(writ_span_text(path)) ||
        path[strlen(path) - 1] == ' ')
        rc =
            writ_fail(e, WRIT_FAULT_USAGE,
                      "a location has at most %d printable characters, and does not end in a space",
                      SOURCE_LOCATION_MAX);
    else
        (void)snprintf(s->location, sizeof s->location, "%s", path);
    free(path);
    return rc;
}

int sources_check_new(const struct places *places, const char *name, struct writ_error *e)
{
    struct sources sources = {0};
    int rc = sources_load(places, &sources, e);

    if (rc == 0 && sources_find(&sources, name) != NULL)
        rc = writ_fail(e, WRIT_FAULT_CANNOT_CREATE, "there is a source called %s already", name);
    sources_free(&sources);
    return rc;
}

/* --------------------------------------------------------------------------------- changes */

static void add_text(struct writ_buffer *text, const struct source *s)
{
    writ_buffer_format(text, "kind = %s\nlocation = %s\n", source_kind_name(s->kind), s->location);
    if (s->kind == SOURCE_FEED)
        writ_buffer_format(text, "bundle = %s\n", s->fingerprint);
    if (s->kind == SOURCE_CRLITE)
        writ_buffer_format(text, "channel = %s\nroot = %s\n", s->channel, s->fingerprint);
    if (s->kind == SOURCE_CRL)
        writ_buffer_format(text, "issuers = %s\n", s->fingerprint);
    for (size_t i = 0; i < s->mirrors; i++)
        writ_buffer_format(text, "mirror = %s\n", s->mirror[i]);
    if (s->kind == SOURCE_UPKI)
        writ_buffer_format(text, "cache = %s\n", s->cache);
}

int source_save(const struct places *places, const struct source *s, struct writ_error *e)
{
    struct writ_buffer path = {0}, text = {0};
    int rc = places_make(places, "sources", &path, e);

    writ_buffer_format(&path, "/%s%s", s->name, SUFFIX);
    add_text(&text, s);
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
