#include "shared/ocspcache.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/hex.h"
#include "base/time.h"
#include "bytes/cursor.h"
#include "shared/file.h"

#define DIRECTORY "ocsp/answers"
#define MAGIC     "writ-ocsp-answer"
#define HEAD_MAX  256
#define BACK_MAX  300 /* seconds that a clock may be corrected by */

/* ------------------------------------------------------------------------------ reader, writer */

static void build(const struct ocspcache_entry *entry, struct writ_buffer *b)
{
    writ_buffer_format(b, MAGIC " %" PRId64 " %" PRId64 " ", entry->received, entry->as_of);
    if (entry->max_age == OCSPCACHE_NO_AGE)
        writ_buffer_text(b, "none\n");
    else
        writ_buffer_format(b, "%" PRId64 "\n", entry->max_age);
    writ_buffer_add(b, entry->answer);
}

static int take_time(struct writ_cursor *line, int64_t *value)
{
    uint64_t number;

    if (writ_span_decimal(writ_cursor_field(line, ' '), (uint64_t)WRIT_TIME_MAX, &number) < 0)
        return -1;
    *value = (int64_t)number;
    return 0;
}

static bool parse(struct ocspcache_entry *entry)
{
    struct writ_cursor c = writ_cursor_over(writ_buffer_span(&entry->bytes), NULL), line;
    struct writ_span text;

    if (writ_cursor_line(&c, &text, "head") < 0)
        return false;
    line = writ_cursor_over(text, NULL);
    if (!writ_span_equal(writ_cursor_field(&line, ' '), writ_span_text(MAGIC)) ||
        take_time(&line, &entry->received) < 0 || take_time(&line, &entry->as_of) < 0)
        return false;
    entry->max_age = OCSPCACHE_NO_AGE;
    if (!writ_span_equal(WRIT_SPAN(line.at, line.left), writ_span_text("none")) &&
        take_time(&line, &entry->max_age) < 0)
        return false;
    entry->answer = WRIT_SPAN(c.at, c.left);
    return true;
}

/* --------------------------------------------------------------------------------------- time */

int64_t ocspcache_until(const struct ocspcache_entry *entry)
{
    int64_t life = entry->max_age == OCSPCACHE_NO_AGE ? OCSPCACHE_STANDARD : entry->max_age;

    if (life < OCSPCACHE_FLOOR)
        life = OCSPCACHE_FLOOR;
    if (life > OCSPCACHE_CEILING)
        life = OCSPCACHE_CEILING;
    return writ_time_add(entry->received, life);
}

bool ocspcache_is_current(const struct ocspcache_entry *entry, int64_t now)
{
    return now >= entry->received - BACK_MAX && now < ocspcache_until(entry);
}

/* ------------------------------------------------------------------------------------- reading */

/* 256 directories, so that each can be swept in passing. */
static void add_directory(struct writ_buffer *b, const uint8_t key[OCSPCACHE_KEY])
{
    writ_buffer_text(b, DIRECTORY "/");
    writ_hex_add(b, WRIT_SPAN(key, 1));
}

bool ocspcache_read(const struct places *p, const uint8_t key[OCSPCACHE_KEY],
                    struct ocspcache_entry *entry)
{
    struct writ_buffer name = {0}, path = {0};
    struct writ_error e = {0};
    bool found = false, is_read = false;

    *entry = (struct ocspcache_entry){0};
    add_directory(&name, key);
    writ_buffer_byte(&name, '/');
    writ_hex_add(&name, WRIT_SPAN(key, OCSPCACHE_KEY));
    if (writ_buffer_check(&name, &e) == 0 &&
        places_look(p, writ_buffer_string(&name), &path, &found, &e) == 0 && found &&
        file_read(writ_buffer_string(&path), OCSPCACHE_MAX + HEAD_MAX, &entry->bytes, &e) == 0)
        is_read = parse(entry);
    if (!is_read)
        ocspcache_free(entry);
    writ_buffer_free(&name);
    writ_buffer_free(&path);
    return is_read;
}

void ocspcache_free(struct ocspcache_entry *entry)
{
    writ_buffer_free(&entry->bytes);
    *entry = (struct ocspcache_entry){0};
}

/* ------------------------------------------------------------------------------------- writing */

/* A file made whole or not at all.  Unlike shared/file.h it does not wait for the disk: a person
 * does, and what a crash leaves torn is not read. */
static bool write_file(int dir, const char *name, struct writ_span bytes)
{
    char temp[96];
    struct writ_error e = {0};
    bool is_written;
    int fd;

    (void)snprintf(temp, sizeof temp, "%.64s.%ld", name, (long)getpid());
    fd = openat(dir, temp, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (fd < 0)
        return false;
    is_written = file_write(fd, temp, bytes, &e) == 0;
    is_written = close(fd) == 0 && is_written && renameat(dir, temp, dir, name) == 0;
    if (!is_written)
        (void)unlinkat(dir, temp, 0);
    return is_written;
}

static void sweep(const char *path, int64_t now)
{
    DIR *d = opendir(path);
    struct dirent *one;
    struct stat st;

    while (d != NULL && (one = readdir(d)) != NULL) {
        if (fstatat(dirfd(d), one->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
            st.st_mtim.tv_sec < now - OCSPCACHE_SHELF)
            (void)unlinkat(dirfd(d), one->d_name, 0);
    }
    if (d != NULL)
        (void)closedir(d);
}

static bool is_later_there(const struct places *p, const uint8_t key[OCSPCACHE_KEY],
                           const struct ocspcache_entry *entry)
{
    struct ocspcache_entry there;
    bool is_later = ocspcache_read(p, key, &there) && there.as_of > entry->as_of;

    ocspcache_free(&there);
    return is_later;
}

bool ocspcache_write(const struct places *p, const uint8_t key[OCSPCACHE_KEY],
                     const struct ocspcache_entry *entry)
{
    struct writ_buffer directory = {0}, path = {0}, name = {0}, bytes = {0};
    struct writ_error e = {0};
    bool is_kept = false;
    int dir = -1;

    if (entry->answer.n > OCSPCACHE_MAX || is_later_there(p, key, entry))
        return false;
    add_directory(&directory, key);
    writ_hex_add(&name, WRIT_SPAN(key, OCSPCACHE_KEY));
    build(entry, &bytes);
    if (writ_buffer_check(&name, &e) == 0 && writ_buffer_check(&bytes, &e) == 0 &&
        places_make(p, writ_buffer_string(&directory), &path, &e) == 0)
        dir = open(writ_buffer_string(&path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir >= 0) {
        is_kept = write_file(dir, writ_buffer_string(&name), writ_buffer_span(&bytes));
        close(dir);
        sweep(writ_buffer_string(&path), entry->received);
    }
    writ_buffer_free(&directory);
    writ_buffer_free(&path);
    writ_buffer_free(&name);
    writ_buffer_free(&bytes);
    return is_kept;
}
