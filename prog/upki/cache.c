#include "upki/cache.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shared/file.h"

/* Maps a file of the directory. */
static enum upki_result map(const char *dir, struct writ_span name, size_t ceiling,
                            struct writ_span *out)
{
    struct writ_buffer path = {0};
    struct writ_error ignored = {0};
    enum upki_result result = UPKI_ERR_REVOCATION_FILE_READ;
    struct stat st;
    int fd = -1;

    writ_buffer_format(&path, "%s/revocation/%.*s", dir, (int)name.n, (const char *)name.p);
    if (writ_buffer_check(&path, &ignored) == 0)
        fd = file_open_regular(writ_buffer_string(&path), &st, &ignored);
    if (fd >= 0 && (st.st_size <= 0 || (uint64_t)st.st_size > ceiling))
        result = UPKI_ERR_REVOCATION_FILE_DECODE;
    else if (fd >= 0 && file_map(fd, (size_t)st.st_size, out, &ignored) == 0)
        result = UPKI_OK;
    if (fd >= 0)
        close(fd);
    writ_buffer_free(&path);
    return result;
}

static enum upki_result result_of(const struct writ_error *e)
{
    return e->fault == WRIT_FAULT_BAD_INPUT ? UPKI_ERR_REVOCATION_FILE_DECODE : UPKI_ERR_PANICKED;
}

static enum upki_result open_index(struct cache *c, const char *dir)
{
    struct writ_error e = {0};
    enum upki_result result =
        map(dir, writ_span_text("index.bin"), WRIT_FILTER_INDEX_MAX, &c->index_bytes);

    if (result != UPKI_OK)
        return result;
    if (writ_filter_index_open(c->index_bytes, &c->index, &e) < 0)
        return result_of(&e);
    c->files = calloc(c->index.files + 1, sizeof *c->files);
    c->maps = calloc(c->index.files + 1, sizeof *c->maps);
    return c->files == NULL || c->maps == NULL ? UPKI_ERR_PANICKED : UPKI_OK;
}

/* Opens a file, once. */
static enum upki_result open_file(struct cache *c, const char *dir, size_t i)
{
    struct writ_error e = {0};
    enum upki_result result;

    if (c->maps[i].n > 0)
        return UPKI_OK;
    c->files[i].name = writ_filter_index_name(&c->index, i);
    result = map(dir, c->files[i].name, WRIT_CLUBCARD_MAX, &c->maps[i]);
    if (result == UPKI_OK && writ_clubcard_open(c->maps[i], &c->files[i].card, &e) < 0)
        result = result_of(&e);
    return result;
}

static enum upki_result open_covering(struct cache *c, const char *dir, const struct writ_sct *sct)
{
    struct writ_filter_entries entries;
    enum upki_result result = UPKI_OK;
    size_t file;

    if (!writ_filter_index_find(&c->index, sct->log_id.p, &entries))
        return UPKI_OK;
    while (result == UPKI_OK && writ_filter_entries_next_at(&entries, sct->timestamp, &file))
        result = open_file(c, dir, file);
    return result;
}

enum upki_result cache_open(struct cache *c, const char *dir, const struct writ_sct *scts,
                            size_t count)
{
    enum upki_result result;

    *c = (struct cache){0};
    result = open_index(c, dir);
    for (size_t i = 0; result == UPKI_OK && i < count; i++)
        result = open_covering(c, dir, &scts[i]);
    c->set = (struct writ_filter_set){
        .source = "upki",
        .as_of = (int64_t)(c->index.latest / 1000),
        .index = &c->index,
        .files = c->files,
        .file_count = c->index.files,
    };
    return result;
}

void cache_close(struct cache *c)
{
    for (size_t i = 0; c->files != NULL && c->maps != NULL && i < c->index.files; i++) {
        writ_clubcard_close(&c->files[i].card);
        file_unmap(&c->maps[i]);
    }
    free(c->files);
    free(c->maps);
    file_unmap(&c->index_bytes);
    *c = (struct cache){0};
}

bool cache_is_there(const char *dir)
{
    struct writ_buffer path = {0};
    bool there;

    writ_buffer_format(&path, "%s/revocation/index.bin", dir);
    there = access(writ_buffer_string(&path), F_OK) == 0;
    writ_buffer_free(&path);
    return there;
}
