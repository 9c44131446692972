/*
 * examples/verify.c - is this file allowed?
 *
 *     verify BUNDLE FINGERPRINT FEED FILE [SECONDS]
 *
 * BUNDLE is a bundle (DER or PEM), FINGERPRINT that of its root as you have accepted it, FEED a
 * folder that examples/pull.c has filled; SECONDS since 1970 replays a decision.  Prints the
 * verdict in one line and as JSON; the exit code is the verdict.
 */
#include <time.h>

#include <writ.h>

#include "files.h"

/* What a judge may ask for. */
struct evidence {
    const char *file; /* its path */
    const char *feed; /* the folder */
    struct file seal, note, table, memory;
};

/* A detached seal lies beside its file, with .writ after its name. */
static int bring_seal(struct writ_judge *j, struct evidence *have, struct writ_error *e)
{
    char path[4096];

    if (snprintf(path, sizeof path, "%s.writ", have->file) >= (int)sizeof path)
        return writ_judge_bring_damage(j, "the name of the seal is too long", e);
    if (file_map(path, &have->seal) == 0)
        return writ_judge_bring_seal(j, have->seal.p, have->seal.n, e);
    if (errno == ENOENT)
        return writ_judge_bring_nothing(j, e);
    return writ_judge_bring_damage(j, strerror(errno), e); /* there, and unreadable: not the same */
}

static int map_in(const char *folder, const char *name, struct file *f)
{
    char path[4096];

    file_name(path, folder, name);
    return file_map(path, f);
}

/* The note comes last when a feed is stored, so that where it is the others are. */
static int bring_feed(struct writ_judge *j, struct evidence *have, struct writ_error *e)
{
    if (map_in(have->feed, "feed.note", &have->note) != 0)
        return errno == ENOENT ? writ_judge_bring_nothing(j, e)
                               : writ_judge_bring_damage(j, strerror(errno), e);
    if (map_in(have->feed, "table", &have->table) != 0 ||
        map_in(have->feed, "memory", &have->memory) != 0)
        return writ_judge_bring_damage(j, strerror(errno), e);
    return writ_judge_bring_feed(j, have->note.p, have->note.n, have->table.p, have->table.n,
                                 (const char *)have->memory.p, have->memory.n, 0, e);
}

static int answer(struct writ_judge *j, int want, struct evidence *have, struct writ_error *e)
{
    switch (want) {
    case WRIT_WANT_SEAL_BESIDE:
        return bring_seal(j, have, e);
    case WRIT_WANT_FEED:
        return bring_feed(j, have, e);
    default: /* no index of seals here, nor whatever later versions want */
        return writ_judge_bring_nothing(j, e);
    }
}

static int tell(const struct writ_judge *j, struct writ_error *e)
{
    char *line = writ_judge_explain(j, WRIT_FORM_LINE, e);
    char *json = writ_judge_explain(j, WRIT_FORM_JSON, e);

    if (line != NULL && json != NULL)
        printf("%s\n%s", line, json);
    free(line);
    free(json);
    return writ_judge_exit(j);
}

/* Asks until nothing is wanted any more.  After a fault the judge says so by itself. */
static int judge(struct writ_judge *j, const struct file *file, struct evidence *have,
                 struct writ_error *e)
{
    int want;

    if (writ_judge_file(j, file->p, file->n, e) < 0)
        return -1;
    while ((want = writ_judge_next(j, NULL, e)) > WRIT_WANT_NOTHING) {
        if (answer(j, want, have, e) < 0)
            return -1;
    }
    return want;
}

static int fault(const struct writ_error *e)
{
    fprintf(stderr, "verify: %s\n", e->text);
    return (int)e->fault;
}

static int run(char **argv, const struct file *bundle, const struct file *file)
{
    struct evidence have = {.file = argv[4], .feed = argv[3]};
    struct writ_error e = {0};
    uint8_t fingerprint[WRIT_HASH];
    int64_t now = argv[5] == NULL ? time(NULL) : strtoll(argv[5], NULL, 10);
    struct writ_judge *j = writ_judge_new(now, argv[5] == NULL ? 0 : WRIT_REPLAY, 2, &e);
    int code;

    if (j == NULL)
        return fault(&e);
    if (hex_parse(argv[2], fingerprint, sizeof fingerprint) < 0) {
        fprintf(stderr, "verify: %s: wanted 64 hexadecimal digits\n", argv[2]);
        code = WRIT_FAULT_USAGE;
    } else if (writ_judge_trust(j, bundle->p, bundle->n, fingerprint, &e) < 0 ||
               judge(j, file, &have, &e) < 0) {
        code = fault(&e);
    } else {
        code = tell(j, &e);
    }
    writ_judge_free(j); /* before what it has borrowed */
    file_unmap(&have.seal);
    file_unmap(&have.note);
    file_unmap(&have.table);
    file_unmap(&have.memory);
    return code;
}

int main(int argc, char **argv)
{
    struct file bundle, file;
    int code;

    if (argc != 5 && argc != 6) {
        fprintf(stderr, "usage: verify BUNDLE FINGERPRINT FEED FILE [SECONDS]\n");
        return WRIT_FAULT_USAGE;
    }
    if (file_map(argv[1], &bundle) != 0) {
        fprintf(stderr, "verify: %s: %s\n", argv[1], strerror(errno));
        return WRIT_FAULT_NO_INPUT;
    }
    if (file_map(argv[4], &file) != 0) {
        fprintf(stderr, "verify: %s: %s\n", argv[4], strerror(errno));
        file_unmap(&bundle);
        return WRIT_FAULT_NO_INPUT;
    }
    code = run(argv, &bundle, &file);
    file_unmap(&file);
    file_unmap(&bundle);
    return code;
}
