#include "shared/filters.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "crypto/digest.h"
#include "shared/filterrecord.h"
#include "shared/pulled.h"
#include "shared/watch.h"

#define WATCHED_MAX (PLACES_READ_MAX + 3 * FILTERS_SOURCES_MAX)

struct filters_source {
    char name[PULLED_NAME_MAX + 1];
    struct writ_span index_bytes; /* mapped */
    struct writ_filter_index index;
    struct writ_filter_file *files; /* owned; index.files of them, opened in this order */
    struct writ_span *maps;         /* likewise */
    struct writ_span onecrl_bytes;
    struct writ_onecrl onecrl;
};

/* Everything that struct filters points to, in one piece. */
struct filters_memory {
    struct filters_source sources[FILTERS_SOURCES_MAX];
    size_t source_count;
    struct writ_filter_set sets[FILTERS_SOURCES_MAX];
    char problems[FILTERS_PROBLEMS_MAX][FILTERS_PROBLEM_MAX];
    struct watched watched[WATCHED_MAX];
    struct watch watch;
};

bool filters_are_current(const struct filters *f)
{
    return f->memory == NULL || (watch_is_current(&f->memory->watch) && crls_are_current(&f->crls));
}

/* ----------------------------------------------------------------------------------- problems */

/* Says why a source cannot be asked, or not all of it. */
static void add_problem(struct filters *f, const char *name, const struct writ_error *why)
{
    if (f->problem_count == FILTERS_PROBLEMS_MAX)
        return;
    (void)snprintf(f->problems[f->problem_count], FILTERS_PROBLEM_MAX, "%.100s: %.*s", name,
                   FILTERS_PROBLEM_MAX - 103, why->text);
    f->problem_count++;
}

/* ------------------------------------------------------------------------------- single files */

/* The file is the one that was checked when it was pulled.  Its inode and times tell; after a
 * backup was restored its hash does. */
static int check_same(const struct filterrecord_file *noted, const char *name,
                      const struct stat *st, struct writ_span bytes, struct writ_error *e)
{
    uint8_t hash[WRIT_SHA256_BYTES];

    if (filterrecord_is_same(noted, st))
        return 0;
    if (writ_sha256(bytes, hash, e) < 0)
        return -1;
    if (memcmp(hash, noted->hash, sizeof hash) == 0)
        return 0;
    return writ_fail(e, WRIT_FAULT_BAD_INPUT, "%s is not the file that was pulled", name);
}

/* ----------------------------------------------------------------------------------- a source */

/* One source on its way to be opened. */
struct opening {
    struct filters *f;
    struct filters_source *source;
    const char *dir;    /* of the source, in its state */
    int files_dir;      /* where the filters are; open */
    bool as_pulled;     /* the index lists what was pulled, and nothing else */
    int64_t index_made; /* when the index was written */
    struct filterrecord record;
};

static int read_record(struct opening *o, bool *found, struct writ_error *e)
{
    struct writ_span map;
    struct stat st;
    int dir = open(o->dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
    int rc = -1;

    *found = dir >= 0 && faccessat(dir, FILTERRECORD_NAME, F_OK, 0) == 0;
    if (!*found && dir >= 0 && errno == ENOENT)
        rc = 0;
    else if (dir < 0)
        (void)writ_fail_errno(e, WRIT_FAULT_IO, errno, "its directory");
    else if (pulled_map(dir, FILTERRECORD_NAME, FILTERRECORD_MAX, &map, &st, e) == 0) {
        rc = filterrecord_parse(map, &o->record, e);
        pulled_unmap(&map);
        writ_error_context(e, FILTERRECORD_NAME);
    }
    if (dir >= 0)
        close(dir);
    return rc;
}

/* upki shares some of these directories and replaces what is in them: then the index counts, and
 * what was noted here is of no use. */
static bool lists_what_was_pulled(const struct opening *o)
{
    if (o->source->index.files != o->record.count)
        return false;
    for (size_t i = 0; i < o->record.count; i++) {
        if (!writ_span_equal(writ_filter_index_name(&o->source->index, i),
                             writ_span_text(o->record.files[i].name)))
            return false;
    }
    return true;
}

static int open_index(struct opening *o, struct writ_error *e)
{
    struct filters_source *s = o->source;
    struct stat st;

    if (pulled_map(o->files_dir, "index.bin", WRIT_FILTER_INDEX_MAX, &s->index_bytes, &st, e) < 0)
        return -1;
    if (writ_filter_index_open(s->index_bytes, &s->index, e) < 0) {
        writ_error_context(e, "index.bin");
        return -1;
    }
    o->index_made = st.st_mtim.tv_sec;
    o->as_pulled = lists_what_was_pulled(o);
    s->files = calloc(s->index.files + 1, sizeof *s->files);
    s->maps = calloc(s->index.files + 1, sizeof *s->maps);
    return s->files == NULL || s->maps == NULL ? writ_fail_memory(e) : 0;
}

static int open_file(struct opening *o, size_t i, struct writ_error *e)
{
    struct filters_source *s = o->source;
    struct writ_span name = writ_filter_index_name(&s->index, i);
    char text[WRIT_FILTER_NAME_MAX + 1];
    struct stat st;

    (void)snprintf(text, sizeof text, "%.*s", (int)name.n, (const char *)name.p);
    if (pulled_map(o->files_dir, text, WRIT_CLUBCARD_MAX, &s->maps[i], &st, e) < 0 ||
        (o->as_pulled && check_same(&o->record.files[i], text, &st, s->maps[i], e) < 0))
        return -1;
    if (writ_clubcard_open(s->maps[i], &s->files[i].card, e) < 0) {
        writ_error_context(e, "%s", text);
        return -1;
    }
    s->files[i].name = name;
    return 0;
}

static int open_onecrl(struct opening *o, struct writ_error *e)
{
    struct filters_source *s = o->source;
    struct stat st;
    int dir = open(o->dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
    int rc = -1;

    if (dir < 0)
        return writ_fail_errno(e, WRIT_FAULT_IO, errno, "its directory");
    if (pulled_map(dir, FILTERRECORD_ONECRL, WRIT_ONECRL_MAX, &s->onecrl_bytes, &st, e) == 0 &&
        check_same(&o->record.onecrl, FILTERRECORD_ONECRL, &st, s->onecrl_bytes, e) == 0)
        rc = writ_onecrl_open(s->onecrl_bytes, &s->onecrl, e);
    close(dir);
    return rc;
}

/* What was pulled by hand of ours is as old as its signer says; anything else as its coverage, but
 * no younger than its index: one log with a wrong clock must not keep it fresh. */
static int64_t as_of(const struct opening *o)
{
    int64_t latest = (int64_t)(o->source->index.latest / 1000);

    if (o->as_pulled && o->record.as_of > 0)
        return o->record.as_of;
    return o->index_made < latest ? o->index_made : latest;
}

static void add_set(struct opening *o, bool with_onecrl)
{
    struct filters_source *s = o->source;

    o->f->sets[o->f->set_count++] = (struct writ_filter_set){
        .source = s->name,
        .as_of = as_of(o),
        .index = &s->index,
        .files = s->files,
        .file_count = s->index.files,
        .onecrl = with_onecrl ? &s->onecrl : NULL,
    };
}

static int open_files_dir(struct opening *o, struct writ_error *e)
{
    char *path = NULL;
    bool absolute = o->record.directory[0] == '/';
    int rc;

    if (asprintf(&path, "%s%s%s/index.bin", absolute ? "" : o->dir, absolute ? "" : "/",
                 o->record.directory) < 0)
        return writ_fail_memory(e);
    rc = watch_add(&o->f->memory->watch, path, e);
    path[strlen(path) - strlen("/index.bin")] = '\0';
    if (rc == 0)
        o->files_dir = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (rc == 0 && o->files_dir < 0)
        rc = writ_fail_errno(e, WRIT_FAULT_IO, errno, "%s", path);
    free(path);
    return rc;
}

/* Everything of a source that was pulled; a fault says why it cannot be asked. */
static int open_whole(struct opening *o, struct writ_error *e)
{
    struct writ_error onecrl = {0};

    if (open_files_dir(o, e) < 0 || open_index(o, e) < 0)
        return -1;
    for (size_t i = 0; i < o->source->index.files; i++) {
        if (open_file(o, i, e) < 0)
            return -1;
    }
    if (o->record.has_onecrl && open_onecrl(o, &onecrl) < 0) {
        add_problem(o->f, o->source->name, &onecrl);
        pulled_unmap(&o->source->onecrl_bytes);
    }
    add_set(o, o->record.has_onecrl && onecrl.fault == WRIT_FAULT_NONE);
    return 0;
}

static void close_source(struct filters_source *s)
{
    for (size_t i = 0; s->files != NULL && i < s->index.files; i++)
        writ_clubcard_close(&s->files[i].card);
    for (size_t i = 0; s->maps != NULL && i < s->index.files; i++)
        pulled_unmap(&s->maps[i]);
    free(s->files);
    free(s->maps);
    pulled_unmap(&s->index_bytes);
    pulled_unmap(&s->onecrl_bytes);
    *s = (struct filters_source){0};
}

/* One directory below filters/; -1 only without memory. */
static int open_source(struct filters *f, const char *dir, const char *name, struct writ_error *e)
{
    struct filters_memory *m = f->memory;
    struct writ_error why = {0};
    struct opening o = {.f = f, .dir = dir, .files_dir = -1};
    bool found = false;
    int rc;

    o.source = &m->sources[m->source_count];
    (void)snprintf(o.source->name, sizeof o.source->name, "%s", name);
    rc = read_record(&o, &found, &why);
    if (rc == 0 && found)
        rc = open_whole(&o, &why);
    if (rc == 0 && found)
        m->source_count++;
    else
        close_source(o.source);
    if (rc < 0)
        add_problem(f, name, &why);
    if (o.files_dir >= 0)
        close(o.files_dir);
    filterrecord_free(&o.record);
    return why.fault == WRIT_FAULT_UNEXPECTED ? writ_fail(e, why.fault, "%s", why.text) : 0;
}

/* ------------------------------------------------------------------------------------- states */

static int open_one(void *who, const char *filters_dir, const char *name, struct writ_error *e)
{
    struct filters *f = who;
    static const struct writ_error crowd = {.text = "one source of filters too many"};
    char *dir = NULL, *record = NULL;
    int rc = -1;

    if (f->memory->source_count == FILTERS_SOURCES_MAX) {
        add_problem(f, name, &crowd);
        return 0;
    }
    if (asprintf(&dir, "%s/%s", filters_dir, name) < 0 ||
        asprintf(&record, "%s/" FILTERRECORD_NAME, dir) < 0)
        (void)writ_fail_memory(e);
    else if (watch_add(&f->memory->watch, record, e) == 0)
        rc = open_source(f, dir, name, e);
    free(dir);
    free(record);
    return rc;
}

static int open_state(struct filters *f, const char *state, struct writ_error *e)
{
    struct writ_error why = {0};
    int rc = pulled_each(state, FILTERRECORD_FILTERS, &f->memory->watch, open_one, f, &why, e);

    if (why.fault != WRIT_FAULT_NONE)
        add_problem(f, FILTERRECORD_FILTERS, &why);
    return rc;
}

int filters_open(struct filters *f, const struct places *places, struct writ_error *e)
{
    int rc = 0;

    *f = (struct filters){.memory = calloc(1, sizeof *f->memory)};
    if (f->memory == NULL)
        return writ_fail_memory(e);
    f->sets = f->memory->sets;
    f->problems = f->memory->problems;
    f->memory->watch = (struct watch){.at = f->memory->watched, .room = WATCHED_MAX};
    for (size_t i = 0; rc == 0 && i < places->reads; i++)
        rc = open_state(f, places->read[i], e);
    return rc < 0 ? -1 : crls_open(&f->crls, places, e);
}

void filters_close(struct filters *f)
{
    struct filters_memory *m = f->memory;

    for (size_t i = 0; m != NULL && i < m->source_count; i++)
        close_source(&m->sources[i]);
    if (m != NULL)
        watch_clear(&m->watch);
    crls_close(&f->crls);
    free(m);
    *f = (struct filters){0};
}
