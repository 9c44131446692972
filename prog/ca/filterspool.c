/* The part of ca/filterlist.h that takes entries in any order.
 *
 * An entry is kept as: how many lines it stands after the one before (seven bits a byte, the lowest
 * first, the highest bit set in all bytes but the last), the length of the serial number in a byte,
 * the serial number. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ca/filterlist.h"

#define ENTRY_MAX (10 + 1 + WRIT_CLUBCARD_SERIAL_MAX)
#define SLOTS     ((size_t)2 * WRIT_CLUBCARD_ISSUERS_MAX) /* a power of two, never full */

/* -------------------------------------------------------------------------------- the groups */

int filterlist_begin(struct filterlist *list, struct writ_error *e)
{
    *list = FILTERLIST_NONE;
    list->mask = SLOTS - 1;
    list->slots = calloc(SLOTS, sizeof list->slots[0]);
    list->groups = calloc(WRIT_CLUBCARD_ISSUERS_MAX, sizeof list->groups[0]);
    return list->slots == NULL || list->groups == NULL ? writ_fail_memory(e) : 0;
}

/* The slot of this issuer, or the empty one for it.  Ids are hashes. */
static size_t slot_of(const struct filterlist *list, const uint8_t id[WRIT_CLUBCARD_ISSUER])
{
    uint64_t hash;
    size_t i;

    memcpy(&hash, id, sizeof hash);
    i = (size_t)hash & list->mask;
    while (list->slots[i] != 0 &&
           memcmp(list->groups[list->slots[i] - 1].id, id, WRIT_CLUBCARD_ISSUER) != 0)
        i = (i + 1) & list->mask;
    return i;
}

static struct filterlist_group *
group_of(struct filterlist *list, const uint8_t id[WRIT_CLUBCARD_ISSUER], struct writ_error *e)
{
    size_t i = slot_of(list, id);
    struct filterlist_group *group;

    if (list->slots[i] != 0)
        return &list->groups[list->slots[i] - 1];
    if (list->count == WRIT_CLUBCARD_ISSUERS_MAX) {
        (void)writ_fail(e, WRIT_FAULT_BAD_INPUT, "more than %d issuers, the ceiling",
                        WRIT_CLUBCARD_ISSUERS_MAX);
        return NULL;
    }
    group = &list->groups[list->count++];
    memcpy(group->id, id, WRIT_CLUBCARD_ISSUER);
    list->slots[i] = (uint32_t)list->count;
    return group;
}

int filterlist_enrol(struct filterlist *list, const uint8_t id[WRIT_CLUBCARD_ISSUER],
                     struct writ_error *e)
{
    return group_of(list, id, e) == NULL ? -1 : 0;
}

static int by_id(const void *left, const void *right)
{
    const struct filterlist_group *a = left, *b = right;

    return memcmp(a->id, b->id, WRIT_CLUBCARD_ISSUER);
}

void filterlist_end(struct filterlist *list)
{
    free(list->slots);
    list->slots = NULL;
    qsort(list->groups, list->count, sizeof list->groups[0], by_id);
}

/* ------------------------------------------------------------------------ the temporary file */

static int open_nameless(const char *dir)
{
    char path[PATH_MAX];
    int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

    if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL))
        return fd;
    if (snprintf(path, sizeof path, "%s/writ-XXXXXX", dir) >= (int)sizeof path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    fd = mkostemp(path, O_CLOEXEC);
    if (fd >= 0)
        (void)unlink(path);
    return fd;
}

static int open_spool(struct filterlist *list, struct writ_error *e)
{
    const char *dir = getenv("TMPDIR");

    if (dir == NULL || dir[0] == '\0')
        dir = "/var/tmp";
    list->fd = open_nameless(dir);
    if (list->fd >= 0)
        return 0;
    return writ_fail_errno(e, WRIT_FAULT_CANNOT_CREATE, errno, "cannot make a temporary file in %s",
                           dir);
}

/* Moves what is held of a group into the file. */
static int put_piece(struct filterlist *list, struct filterlist_group *group, struct writ_error *e)
{
    struct filterlist_piece *pieces;

    if (list->fd < 0 && open_spool(list, e) < 0)
        return -1;
    if (file_write(list->fd, "the temporary file", writ_buffer_span(&group->last), e) < 0)
        return -1;
    pieces = realloc(group->pieces, (group->piece_count + 1) * sizeof pieces[0]);
    if (pieces == NULL)
        return writ_fail_memory(e);
    group->pieces = pieces;
    pieces[group->piece_count++] =
        (struct filterlist_piece){.offset = list->end, .length = (uint32_t)group->last.n};
    list->end += group->last.n;
    group->last.n = 0;
    return 0;
}

static void add_lines(struct writ_buffer *b, uint64_t lines)
{
    for (; lines > 0x7f; lines >>= 7)
        writ_buffer_byte(b, (uint8_t)(lines | 0x80));
    writ_buffer_byte(b, (uint8_t)lines);
}

int filterlist_add(struct filterlist *list, const uint8_t id[WRIT_CLUBCARD_ISSUER],
                   struct writ_span serial, uint64_t line, struct writ_error *e)
{
    struct filterlist_group *group = group_of(list, id, e);

    if (group == NULL)
        return -1;
    if (group->last.n > FILTERLIST_PIECE - ENTRY_MAX && put_piece(list, group, e) < 0)
        return -1;
    add_lines(&group->last, line - group->line);
    writ_buffer_byte(&group->last, (uint8_t)serial.n);
    writ_buffer_add(&group->last, serial);
    group->line = line;
    group->count++;
    list->total++;
    return writ_buffer_check(&group->last, e);
}

/* ----------------------------------------------------------------------------------- walking */

static int take_lines(struct writ_cursor *c, uint64_t *lines)
{
    uint8_t byte;
    unsigned shift = 0;

    *lines = 0;
    do {
        if (shift > 63 || writ_cursor_u8(c, &byte, "line of an entry") < 0)
            return -1;
        *lines |= (uint64_t)(byte & 0x7f) << shift;
        shift += 7;
    } while ((byte & 0x80) != 0);
    return 0;
}

/* Gives visit the entries of a piece; *line is that of the entry before, and after. */
static int walk_piece(const struct filterlist *list, struct writ_span piece, uint64_t *line,
                      writ_clubcard_visit *visit, void *to, struct writ_error *e)
{
    struct writ_cursor c = writ_cursor_over(piece, e);
    char shown[FILE_SHOWN_MAX];

    while (c.left > 0) {
        struct writ_span serial;
        uint64_t lines;
        uint8_t n;

        if (take_lines(&c, &lines) < 0 || writ_cursor_u8(&c, &n, "length of a serial") < 0 ||
            writ_cursor_take(&c, n, &serial, "serial") < 0)
            return -1;
        *line += lines;
        if (visit(to, serial, e) == 0)
            continue;
        if (list->path != NULL)
            writ_error_context(e, "%s:%llu", file_shown(list->path, shown),
                               (unsigned long long)*line);
        return -1;
    }
    return 0;
}

static int read_piece(int fd, const struct filterlist_piece *piece, uint8_t *to,
                      struct writ_error *e)
{
    for (size_t n = 0; n < piece->length;) {
        ssize_t got = pread(fd, to + n, piece->length - n, (off_t)(piece->offset + n));

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return writ_fail_errno(e, WRIT_FAULT_IO, got < 0 ? errno : EIO,
                                   "cannot read the temporary file");
        n += (size_t)got;
    }
    return 0;
}

int filterlist_walk_spool(const struct filterlist *list, const struct filterlist_group *group,
                          writ_clubcard_visit *visit, void *to, struct writ_error *e)
{
    uint8_t room[FILTERLIST_PIECE];
    uint64_t line = 0;

    for (size_t i = 0; i < group->piece_count; i++) {
        if (read_piece(list->fd, &group->pieces[i], room, e) < 0 ||
            walk_piece(list, WRIT_SPAN(room, group->pieces[i].length), &line, visit, to, e) < 0)
            return -1;
    }
    return walk_piece(list, writ_buffer_span(&group->last), &line, visit, to, e);
}
