#include "writ/upki.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/time.h"
#include "shared/file.h"
#include "shared/jail.h"
#include "shared/manifest.h"

#define ETAG_FILE "etag"
#define ETAG_MAX  ((size_t)8192)

/* One manifest. */
struct manifest {
    struct writ_buffer json;
    char etag[FETCHER_ETAG_MAX];
};

/* The location without slashes at its end, and something behind it; the caller's to free. */
static char *below(const char *location, const char *name, struct writ_error *e)
{
    size_t n = strlen(location);
    char *path = NULL;

    while (n > 1 && location[n - 1] == '/')
        n--;
    if (asprintf(&path, "%.*s/%s", (int)n, location, name) >= 0)
        return path;
    (void)writ_fail_memory(e);
    return NULL;
}

/* -------------------------------------------------------------------------------- manifests */

static int plan_in_jail(void *argument, struct writ_buffer *answer, struct writ_error *e)
{
    const struct writ_buffer *json = argument;

    return manifest_plan(writ_buffer_span(json), answer, e);
}

static int take_plan(struct filterwork *w, struct writ_buffer *json, struct writ_error *e)
{
    struct jail limits = {0};
    struct writ_buffer text = {0};
    int rc = jail_run(&limits, plan_in_jail, json, &text, e);

    if (rc == 0)
        rc = filterplan_take(writ_buffer_span(&text), &w->plan, e);
    writ_buffer_free(&text);
    return rc;
}

/* The ETag that the manifest which stands came with from here; it is only used when that manifest
 * is what is there. */
static void read_etag(const struct filterwork *w, char etag[FETCHER_ETAG_MAX])
{
    struct writ_buffer text = {0};
    struct writ_error ignored = {0};
    struct writ_cursor c;

    etag[0] = '\0';
    if (filterdir_read(&w->dir, ETAG_FILE, ETAG_MAX, &text, &ignored) == 0) {
        c = writ_cursor_over(writ_buffer_span(&text), NULL);
        if (writ_span_equal(writ_cursor_field(&c, '\n'), writ_span_text(w->location)) &&
            c.left < FETCHER_ETAG_MAX)
            (void)snprintf(etag, FETCHER_ETAG_MAX, "%.*s", (int)c.left, (const char *)c.at);
    }
    writ_buffer_free(&text);
}

static int write_etag(const struct filterwork *w, const char *etag, struct writ_error *e)
{
    struct writ_buffer text = {0};
    int rc;

    writ_buffer_format(&text, "%s\n%s", w->location, etag);
    rc = writ_buffer_check(&text, e);
    if (rc == 0)
        rc = filterdir_put(w->dir.path, ETAG_FILE, writ_buffer_span(&text), NULL, e);
    writ_buffer_free(&text);
    return rc;
}

/* The manifest that stands, when it is the one whose files were taken over. */
static int read_standing(struct filterwork *w, struct writ_buffer *json, struct writ_error *e)
{
    char *path = filterdir_join(w->dir.files, "manifest.json", e);
    int rc = path == NULL ? -1 : file_read(path, MANIFEST_MAX, json, e);

    free(path);
    return rc == 0 ? take_plan(w, json, e) : -1;
}

static int fetch_manifest(struct filterwork *w, struct manifest *m, const char *etag,
                          bool *not_modified, struct writ_error *e)
{
    char *from = below(w->location, "manifest.json", e);
    struct fetcher_answer answer = {0};
    int rc = from == NULL ? -1 : 0;

    if (rc == 0 && fetcher_is_url(from))
        rc = filterwork_ask(w, from, MANIFEST_MAX, etag, &m->json, &answer, e);
    else if (rc == 0)
        rc = file_read(from, MANIFEST_MAX, &m->json, e);
    *not_modified = answer.not_modified;
    (void)snprintf(m->etag, sizeof m->etag, "%s", answer.etag);
    free(from);
    return rc;
}

/* Fetches the manifest, unless what stands is the same; what stands and cannot be read, or was
 * brought by upki since, is no reason to believe that. */
static int get_manifest(struct filterwork *w, struct manifest *m, struct writ_error *e)
{
    struct writ_error ignored = {0};
    bool not_modified = false;
    char etag[FETCHER_ETAG_MAX];

    read_etag(w, etag);
    if (fetch_manifest(w, m, etag, &not_modified, e) < 0)
        return -1;
    if (not_modified) {
        (void)snprintf(m->etag, sizeof m->etag, "%s", etag);
        if (read_standing(w, &m->json, &ignored) == 0 && w->plan.generated == w->dir.here.generated)
            return 0;
        filterwork_drop(w);
        writ_buffer_free(&m->json);
        if (fetch_manifest(w, m, "", &not_modified, e) < 0)
            return -1;
    }
    return take_plan(w, &m->json, e);
}

/* A mirror that has fallen behind, or was put back.  One of the future would keep out all that come
 * after it. */
static int check_newer(const struct filterwork *w, struct writ_error *e)
{
    char found[WRIT_TIME_TEXT], here[WRIT_TIME_TEXT];

    if (w->plan.generated > w->p->now + WRIT_DAY) {
        writ_time_format(w->plan.generated, found);
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "manifest: made at %s, more than a day from now",
                         found);
    }
    if (!w->dir.is_here || w->plan.generated >= w->dir.here.generated)
        return 0;
    writ_time_format(w->plan.generated, found);
    writ_time_format(w->dir.here.generated, here);
    return writ_fail(e, WRIT_FAULT_BAD_INPUT,
                     "manifest: made at %s, before the one that is here (%s)", found, here);
}

/* ----------------------------------------------------------------------------------- mirrors */

static int pull_from(struct filterwork *w, struct writ_error *e)
{
    struct manifest m = {0};
    char *base = below(w->location, "", e);
    int rc = -1;

    if (base != NULL && filterdir_check_wait(&w->dir, w->location, w->p->now, e) == 0 &&
        get_manifest(w, &m, e) == 0 && check_newer(w, e) == 0 && filterwork_bring(w, base, e) == 0)
        rc = filterwork_commit(w, writ_buffer_span(&m.json), e);
    if (rc == 0 && !w->p->dry_run && fetcher_is_url(w->location))
        rc = write_etag(w, m.etag, e);
    if (rc < 0)
        filterwork_drop(w);
    writ_buffer_free(&m.json);
    free(base);
    return rc;
}

static void note_failure(const struct filterwork *w, const struct writ_error *why)
{
    char text[WRIT_ERROR_TEXT_MAX + 64];

    (void)snprintf(text, sizeof text, "%s; the next mirror is asked", why->text);
    filterwork_note(w, text);
}

/* What is wrong on this side is not cured by another mirror. */
static bool is_ours(const struct writ_error *why)
{
    return why->fault == WRIT_FAULT_UNEXPECTED || why->fault == WRIT_FAULT_CANNOT_CREATE ||
           why->fault == WRIT_FAULT_IO;
}

int upki_pull(struct filterwork *w, struct writ_error *e)
{
    const struct source *s = w->p->source;
    size_t mirrors = w->p->elsewhere ? 0 : s->mirrors;

    for (size_t i = 0;; i++) {
        struct writ_error why = {0};

        if (pull_from(w, &why) == 0)
            return 0;
        if (i == mirrors || is_ours(&why))
            return writ_fail(e, why.fault, "%s", why.text);
        note_failure(w, &why);
        w->location = s->mirror[i];
    }
}

/* ------------------------------------------------------------------------------------- cache */

static bool is_set(const char *text)
{
    return text != NULL && text[0] == '/';
}

int upki_default_cache(const struct places *places, struct writ_buffer *path, struct writ_error *e)
{
    const char *system = strstr(places->write, PLACES_SYSTEM);
    const char *cache = secure_getenv("XDG_CACHE_HOME"), *home = secure_getenv("HOME");

    if (system != NULL && strcmp(system, PLACES_SYSTEM) == 0)
        writ_buffer_format(path, "%.*s/var/cache/upki", (int)(system - places->write),
                           places->write);
    else if (is_set(cache))
        writ_buffer_format(path, "%s/upki", cache);
    else if (is_set(home))
        writ_buffer_format(path, "%s/.cache/upki", home);
    else
        return writ_fail(e, WRIT_FAULT_CONFIGURATION,
                         "no cache directory is known for this user; name one with --cache");
    return writ_buffer_check(path, e);
}
