/*
 * examples/pull.c - take over what a CA has published
 *
 *     pull BUNDLE FINGERPRINT FROM TO [SECONDS]
 *
 * FROM is a folder as `writ publish` writes it (whoever fetches over the network fetches the same
 * files), TO the folder to keep what was accepted in: table, memory and feed.note, for
 * examples/verify.c.  Nothing in TO changes unless all of it was accepted.
 */
#include <time.h>

#include <writ.h>

#include "files.h"

static int map_in(const char *folder, const char *name, struct file *f)
{
    char path[4096];

    file_name(path, folder, name);
    if (file_map(path, f) == 0)
        return 0;
    fprintf(stderr, "pull: %s: %s\n", path, strerror(errno));
    return -1;
}

static int write_all(int fd, const void *p, size_t n)
{
    const char *at = (const char *)p;

    for (ssize_t done; n > 0; at += done, n -= (size_t)done) {
        done = write(fd, at, n);
        if (done < 0)
            return -1;
    }
    return fsync(fd);
}

/* Writes a file whole or not at all. */
static int store(const char *folder, const char *name, const void *p, size_t n)
{
    char path[4096], temporary[4096];
    int fd, bad;

    file_name(path, folder, name);
    file_name(temporary, folder, ".new");
    fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    bad = fd < 0 || write_all(fd, p, n) != 0;
    if (fd >= 0)
        bad |= close(fd) != 0;
    if (!bad && rename(temporary, path) == 0)
        return 0;
    fprintf(stderr, "pull: %s: %s\n", path, strerror(errno));
    return -1;
}

/* The table first and the note last: whoever looks at any moment finds a note and its table. */
static int keep(const struct writ_arrival *a, const char *to, const struct file *note,
                const struct file *table)
{
    const char *memory = writ_arrival_memory(a);

    if (store(to, "table", table->p, table->n) < 0 ||
        store(to, "memory", memory, strlen(memory)) < 0 ||
        store(to, "feed.note", note->p, note->n) < 0)
        return WRIT_FAULT_IO;
    printf("feed %llu, fresh until %lld\n", (unsigned long long)writ_arrival_version(a),
           (long long)writ_arrival_expires(a));
    return 0;
}

static int fault(const struct writ_error *e)
{
    fprintf(stderr, "pull: %s\n", e->text);
    return (int)e->fault;
}

static int take_over(struct writ_arrival *a, const char *from, const char *to)
{
    struct file note, table;
    struct writ_error e = {0};
    int code = WRIT_FAULT_NO_INPUT;

    if (map_in(from, "feed.note", &note) < 0)
        return WRIT_FAULT_NO_INPUT;
    if (writ_arrival_note(a, note.p, note.n, &e) < 0) {
        code = fault(&e);
    } else if (map_in(from, writ_arrival_table_name(a), &table) == 0) {
        if (writ_arrival_table(a, table.p, table.n, &e) < 0)
            code = fault(&e);
        else
            code = keep(a, to, &note, &table);
        file_unmap(&table);
    }
    file_unmap(&note);
    return code;
}

/* What was remembered, if anything ever was. */
static int recall(const char *to, struct file *memory)
{
    char path[4096];

    file_name(path, to, "memory");
    if (file_map(path, memory) == 0 || errno == ENOENT)
        return 0;
    fprintf(stderr, "pull: %s: %s\n", path, strerror(errno));
    return -1;
}

static int run(char **argv, const struct file *bundle)
{
    struct file memory;
    struct writ_error e = {0};
    uint8_t fingerprint[WRIT_HASH];
    int64_t now = argv[5] == NULL ? time(NULL) : strtoll(argv[5], NULL, 10);
    struct writ_arrival *a;
    int code;

    if (hex_parse(argv[2], fingerprint, sizeof fingerprint) < 0) {
        fprintf(stderr, "pull: %s: wanted 64 hexadecimal digits\n", argv[2]);
        return WRIT_FAULT_USAGE;
    }
    if (recall(argv[4], &memory) < 0)
        return WRIT_FAULT_IO;
    a = writ_arrival_new(now, bundle->p, bundle->n, fingerprint, (const char *)memory.p, memory.n,
                         &e);
    file_unmap(&memory);
    code = a == NULL ? fault(&e) : take_over(a, argv[3], argv[4]);
    writ_arrival_free(a);
    return code;
}

int main(int argc, char **argv)
{
    struct file bundle;
    int code;

    if (argc != 5 && argc != 6) {
        fprintf(stderr, "usage: pull BUNDLE FINGERPRINT FROM TO [SECONDS]\n");
        return WRIT_FAULT_USAGE;
    }
    if (file_map(argv[1], &bundle) != 0) {
        fprintf(stderr, "pull: %s: %s\n", argv[1], strerror(errno));
        return WRIT_FAULT_NO_INPUT;
    }
    code = run(argv, &bundle);
    file_unmap(&bundle);
    return code;
}
