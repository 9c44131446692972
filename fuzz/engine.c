/*
 * fuzz/engine.c - a whole judgement: file, seal, note and table from a stranger, the bundle trusted
 *
 *   lengths of file, seal and note (16 bits each, big-endian), file, seal, note, table
 *
 * Whatever comes, nothing is allowed but the two contents that were sealed, under the note and the
 * table that were published (fixtures/engine, made by seeds.py).
 */
#include "engine/engine.h"

#include <string.h>

#include "base/emit.h"
#include "bytes/cursor.h"
#include "crypto/digest.h"
#include "inside.h"
#include "object/bundle.h"
#include "object/feed.h"
#include "object/seal.h"
#include "verdict/explain.h"

/* What is known to be good. */
static struct {
    struct writ_buffer bundle, app, script, note, table;
    uint8_t fingerprint[WRIT_HASH_BYTES];
    int64_t now;
} good;

static void load(const char *name, struct writ_buffer *b)
{
    char path[1024];
    uint8_t part[4096];
    size_t n;
    FILE *f;

    (void)snprintf(path, sizeof path, "%s/fixtures/engine/%s", WRIT_FUZZ_SOURCE, name);
    f = fopen(path, "rb");
    HOLDS(f != NULL);
    while ((n = fread(part, 1, sizeof part, f)) > 0)
        writ_buffer_add(b, WRIT_SPAN(part, n));
    (void)fclose(f);
}

/* An hour after the note was signed. */
static void load_all(void)
{
    struct writ_error e = {0};
    struct writ_bundle bundle;
    struct writ_note note;
    struct writ_feed feed;

    load("bundle.der", &good.bundle);
    load("app", &good.app);
    load("script", &good.script);
    load("note", &good.note);
    load("table", &good.table);
    HOLDS(writ_bundle_parse(writ_buffer_span(&good.bundle), &bundle, &e) == 0);
    HOLDS(writ_sha256(bundle.root, good.fingerprint, &e) == 0);
    HOLDS(writ_note_parse(writ_buffer_span(&good.note), &note, &e) == 0);
    HOLDS(writ_feed_parse(note.text, &feed, &e) == 0);
    good.now = feed.as_of + 3600;
}

struct input {
    struct writ_span file, seal, note, table;
};

static int split(struct writ_span bytes, struct input *in)
{
    struct writ_cursor c = writ_cursor_over(bytes, NULL);
    uint16_t file, seal, note;

    if (writ_cursor_u16_be(&c, &file, "file") < 0 || writ_cursor_u16_be(&c, &seal, "seal") < 0 ||
        writ_cursor_u16_be(&c, &note, "note") < 0 ||
        writ_cursor_take(&c, file, &in->file, "file") < 0 ||
        writ_cursor_take(&c, seal, &in->seal, "seal") < 0 ||
        writ_cursor_take(&c, note, &in->note, "note") < 0)
        return -1;
    in->table = WRIT_SPAN(c.at, c.left);
    return 0;
}

static void bring(struct writ_engine *engine, const struct input *in,
                  const struct writ_wanted *wanted)
{
    struct writ_feed_files files = {.note = in->note, .table = in->table};
    struct writ_error e = {0};

    if (wanted->what == WRIT_WANT_FEED && in->note.n > 0)
        HOLDS(writ_engine_bring_feed(engine, &files, &e) == 0);
    else if (wanted->what == WRIT_WANT_SEAL_BESIDE && in->seal.n > 0)
        HOLDS(writ_engine_bring_seal(engine, in->seal, &e) == 0);
    else
        writ_engine_bring_nothing(engine);
}

/* Text and JSON of any verdict can be made. */
static void explain(const struct writ_verdict *verdict, const struct writ_evidence *evidence)
{
    struct writ_buffer out = {0};
    struct writ_emit m;

    writ_explain_line(verdict, evidence, &out);
    writ_emit_start(&m, WRIT_EMIT_JSON, &out);
    writ_emit_object(&m, NULL);
    writ_explain(verdict, evidence, &m);
    writ_emit_finish(&m);
    HOLDS(!out.failed);
    writ_buffer_free(&out);
}

static void only_what_was_sealed_is_allowed(const struct writ_verdict *verdict,
                                            const struct input *in)
{
    struct writ_error e = {0};
    struct writ_seal_tail tail;

    HOLDS((writ_verdict_exit(verdict) == 0) == (verdict->outcome == WRIT_ALLOWED));
    if (verdict->outcome != WRIT_ALLOWED)
        return;
    HOLDS(writ_seal_find_tail(in->file, &tail, &e) == 0);
    HOLDS(writ_span_equal(tail.content, writ_buffer_span(&good.app)) ||
          writ_span_equal(tail.content, writ_buffer_span(&good.script)));
    HOLDS(writ_span_equal(in->note, writ_buffer_span(&good.note)));
    HOLDS(writ_span_equal(in->table, writ_buffer_span(&good.table)));
}

static enum writ_outcome judge(const struct input *in)
{
    struct writ_policy policy = {0};
    struct writ_env env = {.now = good.now};
    struct writ_error e = {0};
    struct writ_engine *engine = writ_engine_new(&policy, &env, &e);
    struct writ_wanted wanted;
    struct writ_verdict verdict;

    HOLDS(engine != NULL);
    HOLDS(writ_engine_trust(engine, writ_buffer_span(&good.bundle), good.fingerprint, &e) == 0);
    HOLDS(writ_engine_subject(engine, in->file, &e) == 0);
    for (int i = 0; writ_engine_next(engine, &wanted, &e) == 0 && wanted.what != WRIT_WANT_NOTHING;
         i++) {
        HOLDS(i < 8);
        bring(engine, in, &wanted);
    }
    HOLDS(e.fault == WRIT_FAULT_NONE);
    writ_engine_verdict(engine, &verdict);
    only_what_was_sealed_is_allowed(&verdict, in);
    explain(&verdict, writ_engine_evidence(engine));
    writ_engine_free(engine);
    return verdict.outcome;
}

/* Else nothing is ever allowed, and the target tests nothing. */
static void what_is_good_is_allowed(void)
{
    struct writ_buffer sealed = {0}, seal = {0};
    struct input tail, detached;

    load("app.sealed", &sealed);
    load("script.writ", &seal);
    tail = (struct input){.file = writ_buffer_span(&sealed),
                          .note = writ_buffer_span(&good.note),
                          .table = writ_buffer_span(&good.table)};
    detached = tail;
    detached.file = writ_buffer_span(&good.script);
    detached.seal = writ_buffer_span(&seal);
    HOLDS(judge(&tail) == WRIT_ALLOWED && judge(&detached) == WRIT_ALLOWED);
    writ_buffer_free(&sealed);
    writ_buffer_free(&seal);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in;

    if (good.now == 0) {
        load_all();
        what_is_good_is_allowed();
    }
    if (split(WRIT_SPAN(data, size), &in) == 0)
        (void)judge(&in);
    return 0;
}
