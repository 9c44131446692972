#include "shared/judge.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/hex.h"
#include "engine/engine.h"
#include "object/seal.h"
#include "shared/content.h"
#include "shared/file.h"
#include "shared/jail.h"
#include "shared/processors.h"
#include "verdict/explain.h"

#define INDEXES_MAX (PLACES_READ_MAX + 1)

/* A detached seal from an index: its file is named for the root of the content it seals. */
struct indexed {
    uint8_t root[WRIT_HASH_BYTES];
    struct writ_buffer bytes;
};

/* Everything the child needs, mapped or read before it is jailed. */
struct subject {
    const struct judge *judge;
    const struct judge_form *form;
    struct writ_span file;
    bool has_beside;
    char beside_damage[WRIT_FACT_TEXT]; /* why the seal beside the file cannot be read, or "" */
    struct writ_buffer beside;
    size_t indexed_count;
    struct indexed *indexed;
};

int judge_start(struct judge *j, const char *root, int64_t now, bool asked_for,
                struct writ_error *e)
{
    *j = (struct judge){0};
    j->env = (struct writ_env){.now = now, .asked_for = asked_for, .threads = processors()};
    if (jail_prepare(e) < 0 || places_find(&j->places, root, e) < 0 ||
        trust_load(&j->places, &j->trust, e) < 0)
        return -1;
    if (trust_load_feeds(&j->places, &j->trust, e) < 0)
        return -1;
    return crls_open(&j->crls, &j->places, e);
}

void judge_end(struct judge *j)
{
    crls_close(&j->crls);
    trust_free(&j->trust);
    places_free(&j->places);
}

/* ------------------------------------------------------------------------------ in the child */

static int trust_bundles(struct writ_engine *engine, const struct trust *trust,
                         struct writ_error *e)
{
    for (size_t i = 0; i < trust->count; i++) {
        if (writ_engine_trust(engine, writ_buffer_span(&trust->at[i].der), trust->at[i].fingerprint,
                              e) < 0) {
            writ_error_context(e, "%s", trust->at[i].path);
            return -1;
        }
    }
    return 0;
}

static int bring_beside(struct writ_engine *engine, const struct subject *s, struct writ_error *e)
{
    if (s->beside_damage[0] != '\0')
        writ_engine_bring_damage(engine, s->beside_damage);
    else if (s->has_beside)
        return writ_engine_bring_seal(engine, writ_buffer_span(&s->beside), e);
    else
        writ_engine_bring_nothing(engine);
    return 0;
}

static int bring_indexed(struct writ_engine *engine, const struct subject *s, struct writ_error *e)
{
    const uint8_t *root;

    if (s->indexed_count > 0 && writ_engine_root(engine, &root, e) < 0)
        return -1;
    for (size_t i = 0; i < s->indexed_count; i++) {
        if (memcmp(s->indexed[i].root, root, WRIT_HASH_BYTES) == 0)
            return writ_engine_bring_seal(engine, writ_buffer_span(&s->indexed[i].bytes), e);
    }
    writ_engine_bring_nothing(engine);
    return 0;
}

static int bring_feed(struct writ_engine *engine, const struct trust_feed *feed,
                      struct writ_error *e)
{
    struct writ_feed_files files = {
        .note = writ_buffer_span(&feed->note),
        .table = feed->table,
        .keys = writ_buffer_span(&feed->keys),
        .intact = feed->intact,
    };

    if (feed->damaged)
        writ_engine_bring_damage(engine, feed->reason);
    else if (feed->present)
        return writ_engine_bring_feed(engine, &files, e);
    else
        writ_engine_bring_nothing(engine);
    return 0;
}

static int bring(struct writ_engine *engine, const struct writ_wanted *wanted,
                 const struct subject *s, struct writ_error *e)
{
    switch (wanted->what) {
    case WRIT_WANT_SEAL_BESIDE:
        return bring_beside(engine, s, e);
    case WRIT_WANT_SEAL_INDEXED:
        return bring_indexed(engine, s, e);
    case WRIT_WANT_FEED:
        return bring_feed(engine, &s->judge->trust.at[wanted->bundle].feed, e);
    case WRIT_WANT_NOTHING:
        break;
    }
    return 0;
}

static int run_engine(struct writ_engine *engine, const struct subject *s, struct writ_error *e)
{
    struct writ_wanted wanted;

    writ_engine_crls(engine, s->judge->crls.sources, s->judge->crls.count);
    if (trust_bundles(engine, &s->judge->trust, e) < 0 ||
        writ_engine_subject(engine, s->file, e) < 0)
        return -1;
    for (;;) {
        if (writ_engine_next(engine, &wanted, e) < 0)
            return -1;
        if (wanted.what == WRIT_WANT_NOTHING)
            return 0;
        if (bring(engine, &wanted, s, e) < 0)
            return -1;
    }
}

/* The answer: five numbers as text, a line, and the walk; the first newlines are the borders. */
static void write_answer(const struct writ_verdict *v, const struct writ_evidence *evidence,
                         const struct judge_form *form, struct writ_buffer *answer)
{
    struct writ_emit m;

    writ_buffer_format(answer, "%d %d %d %" PRId64 " %d\n", writ_verdict_exit(v), (int)v->outcome,
                       (int)v->why, v->has_holds_until ? v->holds_until : JUDGE_NO_INSTANT,
                       evidence->executable);
    writ_explain_line(v, evidence, answer);
    writ_buffer_byte(answer, '\n');
    writ_emit_fragment_start(&m, form->form, form->depth, answer);
    writ_explain(v, evidence, &m);
}

static int work(void *argument, struct writ_buffer *answer, struct writ_error *e)
{
    const struct subject *s = argument;
    struct writ_engine *engine = writ_engine_new(&s->judge->policy, &s->judge->env, e);
    struct writ_verdict verdict;
    int rc = -1;

    if (engine != NULL && run_engine(engine, s, e) == 0) {
        writ_engine_verdict(engine, &verdict);
        write_answer(&verdict, writ_engine_evidence(engine), s->form, answer);
        rc = writ_buffer_check(answer, e);
    }
    writ_engine_free(engine);
    return rc;
}

/* ----------------------------------------------------------------------------- in the parent */

static bool is_outcome(int outcome, int code)
{
    struct writ_verdict v = {.outcome = (enum writ_outcome)outcome, .fault = WRIT_FAULT_IO};

    return outcome >= WRIT_ALLOWED && outcome <= WRIT_FAULT && writ_verdict_exit(&v) == code;
}

/* The five numbers of the first line, which must be possible ones. */
static int read_numbers(struct writ_span line, struct judge_answer *a)
{
    char text[128];
    int outcome, why, executable, used = 0;

    if (line.n >= sizeof text)
        return -1;
    memcpy(text, line.p, line.n);
    text[line.n] = '\0';
    if (sscanf(text, "%d %d %d %" SCNd64 " %d%n", &a->exit, &outcome, &why, &a->holds_until,
               &executable, &used) != 5 ||
        text[used] != '\0' || !is_outcome(outcome, a->exit) || why < 0 || why >= WRIT_WHY_COUNT)
        return -1;
    a->outcome = (enum writ_outcome)outcome;
    a->why = (enum writ_why)why;
    a->executable = executable == 1;
    return 0;
}

static int read_answer(struct writ_span bytes, struct judge_answer *a, struct writ_error *e)
{
    struct writ_cursor c = writ_cursor_over(bytes, e);
    struct writ_span numbers, line;

    if (writ_cursor_line(&c, &numbers, "answer of the judge") < 0 ||
        writ_cursor_line(&c, &line, "answer of the judge") < 0)
        return -1;
    if (read_numbers(numbers, a) < 0 || line.n > JUDGE_LINE_MAX)
        return writ_fail(e, WRIT_FAULT_UNEXPECTED, "the judge's answer makes no sense");
    writ_buffer_add(&a->line, line);
    writ_buffer_add(&a->fragment, WRIT_SPAN(c.at, c.left));
    return writ_buffer_check(&a->fragment, e);
}

void judge_answer_free(struct judge_answer *answer)
{
    writ_buffer_free(&answer->line);
    writ_buffer_free(&answer->fragment);
}

/* FILE.writ: a regular file or nothing.  One that is there and cannot be read condemns the file,
 * because both seals must be sound. */
static int read_beside(struct subject *s, const char *path, struct writ_error *e)
{
    struct writ_error found = {0};
    struct stat st;
    char *beside = NULL;

    if (asprintf(&beside, "%s.writ", path) < 0)
        return writ_fail_memory(e);
    s->has_beside = stat(beside, &st) == 0 && S_ISREG(st.st_mode);
    if (s->has_beside && file_read(beside, WRIT_SEAL_MAX, &s->beside, &found) < 0)
        (void)snprintf(s->beside_damage, sizeof s->beside_damage, "%.*s", WRIT_FACT_TEXT - 1,
                       found.text);
    free(beside);
    return 0;
}

/* A seal's file in an index: 64 digits of a root, and an ending. */
static bool is_seal_name(const char *name, uint8_t root[WRIT_HASH_BYTES])
{
    size_t digits = 2 * WRIT_HASH_BYTES;

    return strlen(name) == digits + strlen(".writ") && strcmp(name + digits, ".writ") == 0 &&
           writ_hex_parse_strict(WRIT_SPAN(name, digits), root, WRIT_HASH_BYTES) == 0;
}

static int add_indexed(struct subject *s, const char *dir, const char *name, struct writ_error *e)
{
    struct indexed *one = &s->indexed[s->indexed_count];
    char *path = NULL;
    int rc;

    if (!is_seal_name(name, one->root) || s->indexed_count == JUDGE_INDEX_MAX + INDEXES_MAX)
        return 0;
    if (asprintf(&path, "%s/%s", dir, name) < 0)
        return writ_fail_memory(e);
    s->indexed_count++;
    rc = file_read(path, WRIT_SEAL_MAX, &one->bytes, e);
    free(path);
    return rc;
}

static size_t count_seals(const char *dir)
{
    DIR *d = opendir(dir);
    uint8_t root[WRIT_HASH_BYTES];
    struct dirent *entry;
    size_t count = 0;

    while (d != NULL && (entry = readdir(d)) != NULL)
        count += is_seal_name(entry->d_name, root);
    if (d != NULL)
        closedir(d);
    return count;
}

/* Of more seals than are read on suspicion, the one for this content, which is hashed once more for
 * it.  A tail that does not hold together is for the engine to judge, and a lie from the jail finds
 * a seal that does not fit. */
static int add_by_root(struct subject *s, const char *dir, struct writ_error *e)
{
    struct writ_error found = {0};
    struct writ_buffer path = {0};
    struct content_id id;
    size_t name;
    int rc = 0;

    if (content_identify_bytes(s->file, "the content", &id, &found) < 0)
        return found.fault == WRIT_FAULT_BAD_INPUT ? 0
                                                   : writ_fail(e, found.fault, "%s", found.text);
    writ_buffer_format(&path, "%s/", dir);
    name = path.n;
    writ_hex_add(&path, WRIT_SPAN_OF(id.root));
    writ_buffer_text(&path, ".writ");
    if (id.length == s->file.n && access(writ_buffer_string(&path), F_OK) == 0)
        rc = add_indexed(s, dir, writ_buffer_string(&path) + name, e);
    writ_buffer_free(&path);
    return rc;
}

/* An index is a directory for each length of content, and in it a seal for each root. */
static int read_index(struct subject *s, const char *index, struct writ_error *e)
{
    struct dirent *entry;
    char *dir = NULL;
    DIR *d;
    int rc = 0;

    if (asprintf(&dir, "%s/%zu", index, s->file.n) < 0)
        return writ_fail_memory(e);
    d = opendir(dir);
    if (d != NULL && s->indexed_count + count_seals(dir) > JUDGE_INDEX_MAX) {
        rc = add_by_root(s, dir, e);
    } else {
        while (d != NULL && rc == 0 && (entry = readdir(d)) != NULL)
            rc = add_indexed(s, dir, entry->d_name, e);
    }
    if (d != NULL)
        closedir(d);
    free(dir);
    return rc;
}

/* How much of the system's state stands before PLACES_SYSTEM: the length of --root. */
static int root_length(const struct places *places)
{
    return (int)(strlen(places->read[places->reads - 1]) - strlen(PLACES_SYSTEM));
}

static int read_indexes(struct subject *s, struct writ_error *e)
{
    const struct judge *j = s->judge;
    struct writ_buffer path = {0};
    int rc = 0;

    s->indexed = calloc(JUDGE_INDEX_MAX + INDEXES_MAX + 1, sizeof *s->indexed);
    if (s->indexed == NULL)
        return writ_fail_memory(e);
    for (size_t i = 0; rc == 0 && i < j->places.reads; i++) {
        places_path(&path, j->places.read[i], JUDGE_SEALS_DIR);
        rc = read_index(s, writ_buffer_string(&path), e);
        writ_buffer_free(&path);
    }
    if (rc == 0) {
        writ_buffer_format(&path, "%.*s%s", root_length(&j->places),
                           j->places.read[j->places.reads - 1], JUDGE_SYSTEM_SEALS);
        rc = read_index(s, writ_buffer_string(&path), e);
        writ_buffer_free(&path);
    }
    return rc;
}

/* A seal that was given stands for those that would be looked for. */
static int find_seals(struct subject *s, const struct judge_subject *what, struct writ_error *e)
{
    if (what->seal.n > 0) {
        s->has_beside = true;
        writ_buffer_add(&s->beside, what->seal);
        return writ_buffer_check(&s->beside, e);
    }
    if (what->beside != NULL && read_beside(s, what->beside, e) < 0)
        return -1;
    return read_indexes(s, e);
}

int judge_bytes(const struct judge *j, const struct judge_subject *what,
                const struct judge_form *form, struct judge_answer *answer, struct writ_error *e)
{
    struct subject s = {.judge = j, .form = form, .file = what->file};
    struct writ_buffer bytes = {0};
    struct jail limits = {0};
    int rc = -1;

    *answer = (struct judge_answer){0};
    if (find_seals(&s, what, e) == 0 && jail_run(&limits, work, &s, &bytes, e) == 0)
        rc = read_answer(writ_buffer_span(&bytes), answer, e);
    for (size_t i = 0; i < s.indexed_count; i++)
        writ_buffer_free(&s.indexed[i].bytes);
    free(s.indexed);
    writ_buffer_free(&s.beside);
    writ_buffer_free(&bytes);
    return rc;
}

static int judge_mapped(const struct judge *j, struct writ_span file, const char *path,
                        const char *seal, const struct judge_form *form,
                        struct judge_answer *answer, struct writ_error *e)
{
    struct judge_subject what = {.file = file, .beside = path};
    struct writ_buffer given = {0};
    int rc = 0;

    if (seal != NULL)
        rc = file_read(seal, WRIT_SEAL_MAX, &given, e);
    what.seal = writ_buffer_span(&given);
    if (rc == 0 && seal != NULL && what.seal.n == 0)
        rc = writ_fail(e, WRIT_FAULT_BAD_INPUT, "%s is empty; a seal was wanted", seal);
    if (rc == 0)
        rc = judge_bytes(j, &what, form, answer, e);
    writ_buffer_free(&given);
    return rc;
}

int judge_path(const struct judge *j, const char *path, const char *seal,
               const struct judge_form *form, struct judge_answer *answer, struct writ_error *e)
{
    struct writ_span file = WRIT_SPAN_NONE;
    struct stat st;
    int fd = file_open_regular(path, &st, e);
    int rc = -1;

    *answer = (struct judge_answer){0};
    if (fd < 0)
        return -1;
    if (file_map(fd, (size_t)st.st_size, &file, e) == 0) {
        if (file.n > 0)
            (void)posix_madvise((void *)(uintptr_t)file.p, file.n, POSIX_MADV_WILLNEED);
        rc = judge_mapped(j, file, path, seal, form, answer, e);
    }
    file_unmap(&file);
    close(fd);
    return rc;
}
