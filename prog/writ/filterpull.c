#include "writ/filterpull.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "evidence/filter.h"
#include "shared/file.h"
#include "shared/jail.h"
#include "writ/crlite.h"
#include "writ/upki.h"

/* ------------------------------------------------------------------------------------ asking */

void filterwork_note(const struct filterwork *w, const char *text)
{
    if (w->p->note != NULL)
        w->p->note(w->p->own, text);
}

/* What a server wishes is remembered whatever else came of asking. */
static int remember(struct filterwork *w, const struct fetcher_answer *answer, struct writ_error *e)
{
    char text[FETCHER_ALERT_MAX + 64];

    if (answer->alert[0] != '\0') {
        (void)snprintf(text, sizeof text, "the server says: %s", answer->alert);
        if (!w->alerted)
            filterwork_note(w, text);
        w->alerted = true;
    }
    if (w->p->dry_run)
        return 0;
    if (answer->alert[0] != '\0' && filterdir_set_alert(&w->dir, answer->alert, e) < 0)
        return -1;
    if (answer->wait_seconds == 0)
        return 0;
    return filterdir_set_wait(&w->dir, w->location, w->p->now, answer->wait_seconds, e);
}

int filterwork_ask(struct filterwork *w, const char *url, uint64_t ceiling, const char *etag,
                   struct writ_buffer *out, struct fetcher_answer *answer, struct writ_error *e)
{
    struct fetcher_request request = {.url = url, .ceiling = ceiling, .etag = etag};
    struct writ_error why = {0};
    int rc = fetcher_ask_buffer(&request, out, answer, e);

    if (remember(w, answer, rc < 0 ? &why : e) < 0)
        return -1;
    return rc;
}

/* ---------------------------------------------------------------------------------- bringing */

/* A file that is here already, and is the one that is wanted; -1 when it is not. */
static int open_standing(const struct filterwork *w, const struct filterplan_file *file)
{
    struct writ_error ignored = {0};
    char *path = filterdir_join(w->dir.files, file->name, &ignored);
    int fd = path == NULL ? -1 : open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    struct stat st;

    free(path);
    if (fd < 0)
        return -1;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && filterfetch_check(fd, file, &ignored) == 0)
        return fd;
    close(fd);
    return -1;
}

bool filterwork_is_complete(const struct filterwork *w)
{
    for (size_t i = 0; i < w->plan.count; i++) {
        int fd = open_standing(w, &w->plan.files[i]);

        if (fd < 0)
            return false;
        close(fd);
    }
    return true;
}

static struct filterfetch fetch_of(const struct filterwork *w, size_t i, const char *from)
{
    return (struct filterfetch){
        .dir = w->dir.files, .from = from, .file = &w->plan.files[i], .in_memory = w->p->dry_run};
}

static int bring_new(struct filterwork *w, size_t i, const char *base, struct writ_error *e)
{
    struct fetcher_answer answer;
    struct filterfetch what;
    struct writ_error why = {0};
    char *from = NULL;

    if (asprintf(&from, "%s%s", base, w->plan.files[i].location) < 0)
        return writ_fail_memory(e);
    what = fetch_of(w, i, from);
    w->fds[i] = filterfetch_bring(&what, &answer, &w->result->fetched, e);
    if (remember(w, &answer, w->fds[i] < 0 ? &why : e) < 0 && w->fds[i] >= 0) {
        close(w->fds[i]);
        w->fds[i] = -1;
    }
    free(from);
    return w->fds[i] < 0 ? -1 : 0;
}

/* Whatever file it is, it is mapped; a descriptor is kept only of those that have come. */
static int bring_one(struct filterwork *w, size_t i, const char *base, struct writ_error *e)
{
    int standing = open_standing(w, &w->plan.files[i]);
    int rc;

    if (standing < 0 && bring_new(w, i, base, e) < 0)
        return -1;
    rc = file_map(standing >= 0 ? standing : w->fds[i], (size_t)w->plan.files[i].size, &w->maps[i],
                  e);
    if (standing >= 0)
        close(standing);
    return rc;
}

/* In the jail: the files are opened by the reader that will ask them, and the index is the answer.
 */
static int index_in_jail(void *argument, struct writ_buffer *answer, struct writ_error *e)
{
    const struct filterwork *w = argument;
    struct writ_clubcard *cards = calloc(w->plan.count, sizeof *cards);
    struct writ_filter_index_input *inputs = calloc(w->plan.count, sizeof *inputs);
    int rc = cards == NULL || inputs == NULL ? writ_fail_memory(e) : 0;

    for (size_t i = 0; rc == 0 && i < w->plan.count; i++) {
        rc = writ_clubcard_open(w->maps[i], &cards[i], e);
        if (rc == 0)
            rc = writ_clubcard_check(&cards[i], e);
        if (rc < 0)
            writ_error_context(e, "%s", w->plan.files[i].name);
        inputs[i] =
            (struct writ_filter_index_input){writ_span_text(w->plan.files[i].name), &cards[i]};
    }
    if (rc == 0)
        rc = writ_filter_index_build(inputs, w->plan.count, answer, e);
    free(cards); /* the child ends; what they own goes with it */
    free(inputs);
    return rc;
}

/* What comes back is parsed like other strangers' bytes, and must be about these files. */
static int check_index(struct filterwork *w, struct writ_error *e)
{
    struct writ_filter_index index;

    if (writ_filter_index_open(writ_buffer_span(&w->index), &index, e) < 0)
        return -1;
    for (size_t i = 0; i < w->plan.count; i++) {
        if (index.files != w->plan.count || !writ_span_equal(writ_filter_index_name(&index, i),
                                                             writ_span_text(w->plan.files[i].name)))
            return writ_fail(e, WRIT_FAULT_UNEXPECTED,
                             "the index is not about the files that came");
    }
    w->result->files = w->plan.count;
    w->result->bytes = w->plan.bytes;
    w->result->as_of = w->plan.as_of > 0 ? w->plan.as_of : (int64_t)(index.latest / 1000);
    w->result->stale = w->p->now - w->result->as_of > WRIT_FILTER_LIFE;
    return 0;
}

/* What came whole, and is no filter all the same. */
static void forget_new(const struct filterwork *w)
{
    for (size_t i = 0; i < w->plan.count && !w->p->dry_run; i++) {
        struct filterfetch what = fetch_of(w, i, "");

        if (w->fds[i] >= 0)
            filterfetch_forget(&what);
    }
}

int filterwork_bring(struct filterwork *w, const char *base, struct writ_error *e)
{
    struct jail limits = {0};

    w->fds = calloc(w->plan.count, sizeof *w->fds);
    w->maps = calloc(w->plan.count, sizeof *w->maps);
    if (w->fds == NULL || w->maps == NULL)
        return writ_fail_memory(e);
    for (size_t i = 0; i < w->plan.count; i++)
        w->fds[i] = -1;
    for (size_t i = 0; i < w->plan.count; i++) {
        if (bring_one(w, i, base, e) < 0)
            return -1;
    }
    if (jail_run(&limits, index_in_jail, w, &w->index, e) == 0)
        return check_index(w, e);
    forget_new(w);
    return -1;
}

void filterwork_drop(struct filterwork *w)
{
    for (size_t i = 0; i < w->plan.count; i++) {
        if (w->fds != NULL && w->fds[i] >= 0)
            close(w->fds[i]);
        if (w->maps != NULL)
            file_unmap(&w->maps[i]);
    }
    free(w->fds);
    free(w->maps);
    w->fds = NULL;
    w->maps = NULL;
    writ_buffer_free(&w->index);
    filterplan_free(&w->plan);
}

/* -------------------------------------------------------------------------------- taking over */

static int place_files(struct filterwork *w, struct writ_error *e)
{
    for (size_t i = 0; i < w->plan.count; i++) {
        struct filterfetch what = fetch_of(w, i, "");

        if (w->fds[i] < 0)
            continue;
        w->result->changed = true;
        if (filterfetch_place(&what, w->fds[i], e) < 0)
            return -1;
    }
    return 0;
}

static int note_file(const char *dir, const char *name, const uint8_t *hash,
                     struct filterrecord_file *file, struct writ_error *e)
{
    char *path = filterdir_join(dir, name, e);
    struct stat st;
    int rc = -1;

    if (path != NULL && lstat(path, &st) < 0)
        (void)writ_fail_errno(e, WRIT_FAULT_IO, errno, "%s", path);
    else if (path != NULL) {
        filterrecord_note(file, &st);
        memcpy(file->hash, hash, sizeof file->hash);
        rc = 0;
    }
    free(path);
    return rc;
}

static int note_files(const struct filterwork *w, struct filterrecord *record, struct writ_error *e)
{
    uint8_t hash[WRIT_SHA256_BYTES];

    for (size_t i = 0; i < w->plan.count; i++) {
        const struct filterplan_file *file = &w->plan.files[i];

        (void)snprintf(record->files[i].name, sizeof record->files[i].name, "%s", file->name);
        if (note_file(w->dir.files, file->name, file->hash, &record->files[i], e) < 0)
            return -1;
    }
    record->count = w->plan.count;
    record->has_onecrl = w->onecrl.n > 0;
    if (!record->has_onecrl)
        return 0;
    if (writ_sha256(writ_buffer_span(&w->onecrl), hash, e) < 0)
        return -1;
    return note_file(w->dir.path, FILTERRECORD_ONECRL, hash, &record->onecrl, e);
}

static int write_record(struct filterwork *w, struct writ_error *e)
{
    bool crlite = w->p->source->kind == SOURCE_CRLITE;
    struct filterrecord record = {.kind = crlite ? FILTERRECORD_CRLITE : FILTERRECORD_UPKI,
                                  .as_of = w->plan.as_of,
                                  .generated = w->plan.generated,
                                  .files = calloc(w->plan.count, sizeof *record.files)};
    struct writ_buffer text = {0};
    int rc = record.files == NULL ? writ_fail_memory(e) : 0;

    (void)snprintf(record.directory, sizeof record.directory, "%s",
                   w->dir.shared ? w->dir.files : FILTERRECORD_FILES);
    if (rc == 0)
        rc = note_files(w, &record, e);
    if (rc == 0) {
        filterrecord_add(&text, &record);
        rc = writ_buffer_check(&text, e);
    }
    if (rc == 0)
        rc = filterdir_put(w->dir.path, FILTERRECORD_NAME, writ_buffer_span(&text),
                           &w->result->changed, e);
    writ_buffer_free(&text);
    filterrecord_free(&record);
    return rc;
}

/* In a directory that upki has too, only what it would remove. */
static bool is_filter(const struct filterwork *w, const char *name)
{
    const char *dot = strrchr(name, '.');

    if (w->dir.shared)
        return dot != NULL && (strcmp(dot, ".filter") == 0 || strcmp(dot, ".delta") == 0);
    return writ_filter_name_is_good(writ_span_text(name)) && name[0] != '.' &&
           strcmp(name, "index.bin") != 0 && strcmp(name, "manifest.json") != 0;
}

static bool was_listed(const struct filterwork *w, const char *name)
{
    for (size_t i = 0; i < w->dir.here.count; i++) {
        if (strcmp(w->dir.here.files[i].name, name) == 0)
            return true;
    }
    return false;
}

/* Files of the list before stay, because somebody may just have read its index. */
static void remove_old(const struct filterwork *w)
{
    DIR *d = opendir(w->dir.files);
    struct dirent *entry;

    while (d != NULL && (entry = readdir(d)) != NULL) {
        bool old = is_filter(w, entry->d_name) && !was_listed(w, entry->d_name) &&
                   filterplan_find(&w->plan, writ_span_text(entry->d_name)) == NULL;

        if (old || filterfetch_is_part(entry->d_name))
            (void)unlinkat(dirfd(d), entry->d_name, 0);
    }
    if (d != NULL)
        closedir(d);
}

/* The plan lists what was taken over last. */
static bool is_same_list(const struct filterwork *w)
{
    bool same = w->dir.is_here && w->dir.here.count == w->plan.count;

    for (size_t i = 0; same && i < w->plan.count; i++)
        same = strcmp(w->plan.files[i].name, w->dir.here.files[i].name) == 0 &&
               memcmp(w->plan.files[i].hash, w->dir.here.files[i].hash, FILTERPLAN_HASH) == 0;
    return same;
}

int filterwork_commit(struct filterwork *w, struct writ_span manifest, struct writ_error *e)
{
    struct filterpull_result *r = w->result;
    bool *changed = &r->changed;

    r->has_onecrl = w->onecrl.n > 0;
    if (w->p->dry_run) {
        *changed = !is_same_list(w);
        for (size_t i = 0; i < w->plan.count; i++)
            *changed |= w->fds[i] >= 0;
        return 0;
    }
    if (place_files(w, e) < 0 ||
        (w->onecrl.n > 0 && filterdir_put(w->dir.path, FILTERRECORD_ONECRL,
                                          writ_buffer_span(&w->onecrl), changed, e) < 0) ||
        filterdir_put(w->dir.files, "index.bin", writ_buffer_span(&w->index), changed, e) < 0 ||
        filterdir_put(w->dir.files, "manifest.json", manifest, changed, e) < 0 ||
        write_record(w, e) < 0)
        return -1;
    remove_old(w);
    return 0;
}

/* -------------------------------------------------------------------------------------- pull */

int filterpull_run(const struct filterpull *p, struct filterpull_result *result,
                   struct writ_error *e)
{
    struct filterwork w = {.p = p, .result = result, .location = p->location};
    int rc;

    *result = (struct filterpull_result){0};
    json_object_seed(0); /* the readers in the jail cannot read a random number */
    rc = filterdir_open(&w.dir, p->places, p->source, e);
    if (rc == 0)
        rc = p->source->kind == SOURCE_CRLITE ? crlite_pull(&w, e) : upki_pull(&w, e);
    if (rc == 0 && !w.alerted && !p->dry_run)
        rc = filterdir_set_alert(&w.dir, "", e);
    filterwork_drop(&w);
    writ_buffer_free(&w.onecrl);
    filterdir_close(&w.dir);
    return rc;
}
