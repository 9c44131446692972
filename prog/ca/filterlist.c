#include "ca/filterlist.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/hex.h"
#include "base/text.h"
#include "ca/linefile.h"

#define BASE64URL_DIGITS 43 /* of 32 bytes, without padding */

/* ----------------------------------------------------------------------------- words of a line */

/* 43 digits of base64url (RFC 4648 section 5), with or without the padding. */
static int parse_base64url(struct writ_span text, uint8_t id[WRIT_CLUBCARD_ISSUER])
{
    uint8_t plain[BASE64URL_DIGITS + 1];
    struct writ_buffer out = {0};
    int rc = -1;

    if (text.n == BASE64URL_DIGITS + 1 && text.p[BASE64URL_DIGITS] == '=')
        text.n--;
    if (text.n != BASE64URL_DIGITS)
        return -1;
    for (size_t i = 0; i < BASE64URL_DIGITS; i++) {
        uint8_t c = text.p[i];

        if (c == '+' || c == '/')
            return -1;
        plain[i] = c == '-' ? '+' : c == '_' ? '/' : c;
    }
    plain[BASE64URL_DIGITS] = '=';
    if (writ_base64_parse(WRIT_SPAN_OF(plain), &out) == 0 && out.n == WRIT_CLUBCARD_ISSUER) {
        memcpy(id, out.p, WRIT_CLUBCARD_ISSUER);
        rc = 0;
    }
    writ_buffer_free(&out);
    return rc;
}

static int parse_issuer(struct writ_span text, uint8_t id[WRIT_CLUBCARD_ISSUER])
{
    if (text.n == 2 * (size_t)WRIT_CLUBCARD_ISSUER)
        return writ_hex_parse(text, id, WRIT_CLUBCARD_ISSUER);
    return parse_base64url(text, id);
}

static int fail_word(struct writ_error *e, const char *wanted, struct writ_span found)
{
    char shown[64];

    writ_text_copy_safe(shown, sizeof shown, found);
    return writ_fail(e, WRIT_FAULT_BAD_INPUT, "wanted %s, found \"%s\"", wanted, shown);
}

static int parse_serial(struct writ_span text, uint8_t room[WRIT_CLUBCARD_SERIAL_MAX],
                        struct writ_span *serial, struct writ_error *e)
{
    size_t n = text.n / 2;

    if (n == 0 || n > WRIT_CLUBCARD_SERIAL_MAX || writ_hex_parse(text, room, n) < 0)
        return fail_word(e, "a serial number of 1 to 255 bytes in hexadecimal", text);
    *serial = WRIT_SPAN(room, n);
    return 0;
}

/* -------------------------------------------------------------------------------- text files */

/* Lines that follow each other mostly have the same issuer. */
struct reading {
    struct filterlist *list;
    uint8_t word[2 * WRIT_CLUBCARD_ISSUER];
    size_t word_n;
    uint8_t id[WRIT_CLUBCARD_ISSUER];
};

static int read_issuer(struct reading *r, struct writ_span word, struct writ_error *e)
{
    if (writ_span_equal(word, WRIT_SPAN(r->word, r->word_n)))
        return 0;
    r->word_n = 0;
    if (parse_issuer(word, r->id) < 0)
        return fail_word(e, "the SHA-256 of an issuer's key in hexadecimal or base64url", word);
    memcpy(r->word, word.p, word.n);
    r->word_n = word.n;
    return 0;
}

static int read_entry(struct reading *r, struct writ_span line, uint64_t number,
                      struct writ_error *e)
{
    struct writ_cursor c = writ_cursor_over(line, NULL);
    uint8_t room[WRIT_CLUBCARD_SERIAL_MAX];
    struct writ_span word, serial;

    if (line.n == 0 || memchr(line.p, '\t', line.n) == NULL)
        return fail_word(e, "an issuer, a tab and a serial number", line);
    word = writ_cursor_field(&c, '\t');
    if (read_issuer(r, word, e) < 0 || parse_serial(WRIT_SPAN(c.at, c.left), room, &serial, e) < 0)
        return -1;
    return filterlist_add(r->list, r->id, serial, number, e);
}

static int read_lines(struct filterlist *list, struct linefile *f, struct writ_error *e)
{
    struct reading r = {.list = list};
    struct writ_span line;
    bool is_line;

    for (;;) {
        if (linefile_next(f, &line, &is_line, e) < 0)
            return -1;
        if (!is_line)
            return 0;
        if (read_entry(&r, line, f->line, e) < 0)
            return linefile_blame(f, e);
    }
}

static int read_text(const char *path, struct filterlist *list, struct writ_error *e)
{
    struct linefile f = LINEFILE_NONE;
    int rc = -1;

    if (filterlist_begin(list, e) == 0) {
        list->path = strdup(path);
        rc = list->path == NULL ? writ_fail_memory(e) : linefile_open(path, &f, e);
    }
    if (rc == 0)
        rc = read_lines(list, &f, e);
    linefile_close(&f);
    filterlist_end(list);
    return rc;
}

/* ----------------------------------------------------------------------------------- folders */

/* The path of a file in the folder. */
static int path_in(const struct filterlist *list, const char *name, char path[PATH_MAX],
                   struct writ_error *e)
{
    if (snprintf(path, PATH_MAX, "%s/%s", list->path, name) < PATH_MAX)
        return 0;
    return writ_fail(e, WRIT_FAULT_NO_INPUT, "%s: the path is too long", name);
}

static int count_file(const struct filterlist *list, const char *name, uint64_t *count,
                      struct writ_error *e)
{
    struct linefile f = LINEFILE_NONE;
    char path[PATH_MAX];
    int rc = path_in(list, name, path, e);

    if (rc == 0)
        rc = linefile_open(path, &f, e);
    if (rc == 0)
        rc = linefile_count(&f, count, e);
    linefile_close(&f);
    return rc;
}

static int add_file(struct filterlist *list, const char *name, const uint8_t *id,
                    struct writ_error *e)
{
    struct filterlist_group *group;

    if (list->count == WRIT_CLUBCARD_ISSUERS_MAX)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "more than %d issuers, the ceiling",
                         WRIT_CLUBCARD_ISSUERS_MAX);
    group = &list->groups[list->count++];
    *group = (struct filterlist_group){.name = strdup(name)};
    memcpy(group->id, id, WRIT_CLUBCARD_ISSUER);
    if (group->name == NULL)
        return writ_fail_memory(e);
    if (count_file(list, name, &group->count, e) < 0)
        return -1;
    list->total += group->count;
    return 0;
}

/* True for NAME.suffix; *n becomes the length of NAME. */
static bool has_suffix(const char *name, const char *suffix, size_t *n)
{
    const char *dot = strrchr(name, '.');

    *n = dot == NULL ? 0 : (size_t)(dot - name);
    return dot != NULL && strcmp(dot + 1, suffix) == 0;
}

static int read_name(struct filterlist *list, const char *name, const char *suffix,
                     const char *other, struct writ_error *e)
{
    uint8_t id[WRIT_CLUBCARD_ISSUER];
    char path[PATH_MAX], shown[FILE_SHOWN_MAX];
    size_t n;

    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || has_suffix(name, other, &n))
        return 0;
    if (has_suffix(name, suffix, &n) && parse_issuer(WRIT_SPAN(name, n), id) == 0)
        return add_file(list, name, id, e);
    if (path_in(list, name, path, e) < 0)
        return -1;
    return writ_fail(e, WRIT_FAULT_BAD_INPUT,
                     "%s: wanted files with the name ISSUER.%s, where ISSUER is the SHA-256 of an "
                     "issuer's key in hexadecimal or base64url",
                     file_shown(path, shown), suffix);
}

static int by_id(const void *left, const void *right)
{
    const struct filterlist_group *a = left, *b = right;

    return memcmp(a->id, b->id, WRIT_CLUBCARD_ISSUER);
}

static int sort_files(struct filterlist *list, struct writ_error *e)
{
    char shown[FILE_SHOWN_MAX];

    qsort(list->groups, list->count, sizeof list->groups[0], by_id);
    for (size_t i = 1; i < list->count; i++) {
        if (by_id(&list->groups[i - 1], &list->groups[i]) == 0)
            return writ_fail(e, WRIT_FAULT_BAD_INPUT, "%s: %s and %s are the same issuer",
                             file_shown(list->path, shown), list->groups[i - 1].name,
                             list->groups[i].name);
    }
    return 0;
}

static int read_folder(const char *path, const char *suffix, const char *other,
                       struct filterlist *list, struct writ_error *e)
{
    char shown[FILE_SHOWN_MAX];
    struct dirent *entry;
    DIR *d = opendir(path);
    int rc = 0;

    if (d == NULL)
        return writ_fail_errno(e, WRIT_FAULT_IO, errno, "cannot list %s", file_shown(path, shown));
    list->path = strdup(path);
    list->groups = calloc(WRIT_CLUBCARD_ISSUERS_MAX, sizeof list->groups[0]);
    if (list->path == NULL || list->groups == NULL)
        rc = writ_fail_memory(e);
    while (rc == 0 && (entry = readdir(d)) != NULL)
        rc = read_name(list, entry->d_name, suffix, other, e);
    (void)closedir(d);
    return rc == 0 ? sort_files(list, e) : -1;
}

int filterlist_read(const char *path, const char *suffix, const char *other,
                    struct filterlist *list, struct writ_error *e)
{
    struct stat st;

    *list = FILTERLIST_NONE;
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        return read_folder(path, suffix, other, list, e);
    return read_text(path, list, e);
}

/* ----------------------------------------------------------------------------------- walking */

const struct filterlist_group *filterlist_find(const struct filterlist *list,
                                               const uint8_t id[WRIT_CLUBCARD_ISSUER])
{
    struct filterlist_group wanted;

    memcpy(wanted.id, id, WRIT_CLUBCARD_ISSUER);
    if (list->count == 0)
        return NULL;
    return bsearch(&wanted, list->groups, list->count, sizeof list->groups[0], by_id);
}

static int walk_lines(struct linefile *f, writ_clubcard_visit *visit, void *to,
                      struct writ_error *e)
{
    uint8_t room[WRIT_CLUBCARD_SERIAL_MAX];
    struct writ_span line, serial;
    bool is_line;

    for (;;) {
        if (linefile_next(f, &line, &is_line, e) < 0)
            return -1;
        if (!is_line)
            return 0;
        if (parse_serial(line, room, &serial, e) < 0 || visit(to, serial, e) < 0)
            return linefile_blame(f, e);
    }
}

static int walk_file(const struct filterlist *list, const char *name, writ_clubcard_visit *visit,
                     void *to, struct writ_error *e)
{
    struct linefile f = LINEFILE_NONE;
    char path[PATH_MAX];
    int rc = path_in(list, name, path, e);

    if (rc == 0)
        rc = linefile_open(path, &f, e);
    if (rc == 0)
        rc = walk_lines(&f, visit, to, e);
    linefile_close(&f);
    return rc;
}

int filterlist_walk(const struct filterlist *list, const struct filterlist_group *group,
                    writ_clubcard_visit *visit, void *to, struct writ_error *e)
{
    if (group->name != NULL)
        return walk_file(list, group->name, visit, to, e);
    return filterlist_walk_spool(list, group, visit, to, e);
}

void filterlist_free(struct filterlist *list)
{
    for (size_t i = 0; list->groups != NULL && i < list->count; i++) {
        free(list->groups[i].name);
        free(list->groups[i].pieces);
        writ_buffer_free(&list->groups[i].last);
    }
    if (list->fd >= 0)
        (void)close(list->fd);
    free(list->groups);
    free(list->slots);
    free(list->path);
    *list = FILTERLIST_NONE;
}
