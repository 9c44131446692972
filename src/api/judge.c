#include "writ/judge.h"

#include <stdlib.h>

#include "api/bundle.h"
#include "api/usage.h"
#include "base/emit.h"
#include "base/time.h"
#include "crypto/start.h"
#include "engine/engine.h"
#include "object/memory.h"
#include "verdict/explain.h"

struct writ_judge {
    struct writ_engine *engine;
    struct writ_buffer bundle[WRIT_BUNDLES_MAX]; /* DER; the engine borrows them */
    size_t bundle_count;
    bool has_file;
    enum writ_want want; /* what was asked for and not brought yet */
    bool decided;
    struct writ_verdict verdict; /* when decided */
    struct writ_error fault;     /* set: the judge is spent */
};

/* -------------------------------------------------------------------------- new and free */

struct writ_judge *writ_judge_new(int64_t now, unsigned flags, unsigned threads,
                                  struct writ_error *e)
{
    struct writ_policy policy = {.allow_uncovered = (flags & WRIT_ALLOW_UNCOVERED) != 0};
    struct writ_env env = {
        .now = writ_time_add(now, 0),
        .asked_for = (flags & WRIT_REPLAY) != 0,
        .threads = threads,
    };
    struct writ_judge *j;

    if ((flags & ~(unsigned)(WRIT_REPLAY | WRIT_ALLOW_UNCOVERED)) != 0) {
        (void)writ_fail(e, WRIT_FAULT_USAGE, "writ_judge_new: flags 0x%x are not known", flags);
        return NULL;
    }
    if (writ_crypto_begin(e) < 0)
        return NULL;
    j = calloc(1, sizeof *j);
    if (j == NULL) {
        (void)writ_fail_memory(e);
        return NULL;
    }
    j->engine = writ_engine_new(&policy, &env, e);
    if (j->engine == NULL) {
        free(j);
        return NULL;
    }
    return j;
}

void writ_judge_free(struct writ_judge *j)
{
    if (j == NULL)
        return;
    writ_engine_free(j->engine);
    for (size_t i = 0; i < j->bundle_count; i++)
        writ_buffer_free(&j->bundle[i]);
    free(j);
}

/* ------------------------------------------------------------------------------- asking */

static int repeat_fault(const struct writ_judge *j, struct writ_error *e)
{
    return writ_fail(e, j->fault.fault, "%s", j->fault.text);
}

/* Something went wrong half way: from now on there is nothing but this fault. */
static int spend(struct writ_judge *j, const struct writ_error *found, struct writ_error *e)
{
    j->fault = *found;
    j->want = WRIT_WANT_NOTHING;
    j->decided = false;
    return repeat_fault(j, e);
}

static bool is_spent(const struct writ_judge *j)
{
    return j->fault.fault != WRIT_FAULT_NONE;
}

int writ_judge_trust(struct writ_judge *j, const uint8_t *bundle, size_t n,
                     const uint8_t fingerprint[WRIT_HASH], struct writ_error *e)
{
    struct writ_buffer der = {0};

    if (j == NULL || bundle == NULL || fingerprint == NULL)
        return writ_fail_null(e, "writ_judge_trust");
    if (j->has_file)
        return writ_fail(e, WRIT_FAULT_USAGE, "writ_judge_trust: comes before writ_judge_file");
    if (j->bundle_count == WRIT_BUNDLES_MAX)
        return writ_fail(e, WRIT_FAULT_USAGE, "more than %d trusted bundles", WRIT_BUNDLES_MAX);
    if (writ_bundle_add_der(&der, WRIT_SPAN(bundle, n), e) < 0 ||
        writ_engine_trust(j->engine, writ_buffer_span(&der), fingerprint, e) < 0) {
        writ_buffer_free(&der);
        return -1;
    }
    j->bundle[j->bundle_count++] = der;
    return 0;
}

int writ_judge_file(struct writ_judge *j, const uint8_t *file, size_t n, struct writ_error *e)
{
    struct writ_error found = {0};

    if (j == NULL || writ_is_missing(file, n))
        return writ_fail_null(e, "writ_judge_file");
    if (is_spent(j))
        return repeat_fault(j, e);
    if (j->has_file)
        return writ_fail(e, WRIT_FAULT_USAGE, "writ_judge_file: a judge judges one file");
    j->has_file = true;
    return writ_engine_subject(j->engine, WRIT_SPAN(file, n), &found) < 0 ? spend(j, &found, e) : 0;
}

static void decide(struct writ_judge *j)
{
    if (!j->decided)
        writ_engine_verdict(j->engine, &j->verdict);
    j->decided = true;
}

int writ_judge_next(struct writ_judge *j, size_t *bundle, struct writ_error *e)
{
    struct writ_wanted wanted;
    struct writ_error found = {0};

    if (j == NULL)
        return writ_fail_null(e, "writ_judge_next");
    if (is_spent(j))
        return repeat_fault(j, e);
    if (!j->has_file)
        return writ_fail(e, WRIT_FAULT_USAGE, "writ_judge_next: there is no file yet");
    if (writ_engine_next(j->engine, &wanted, &found) < 0)
        return spend(j, &found, e);
    j->want = wanted.what;
    if (bundle != NULL)
        *bundle = wanted.bundle;
    if (wanted.what == WRIT_WANT_NOTHING)
        decide(j);
    return (int)wanted.what;
}

/* ------------------------------------------------------------------------------ bringing */

/* Whatever is brought answers one question, and no other one. */
static int take_want(struct writ_judge *j, bool fits, const char *function, const char *what,
                     struct writ_error *e)
{
    if (is_spent(j))
        return repeat_fault(j, e);
    if (!fits)
        return writ_fail(e, WRIT_FAULT_USAGE, "%s: no %s is wanted", function, what);
    j->want = WRIT_WANT_NOTHING;
    return 0;
}

int writ_judge_bring_seal(struct writ_judge *j, const uint8_t *seal, size_t n, struct writ_error *e)
{
    struct writ_error found = {0};

    if (j == NULL || writ_is_missing(seal, n))
        return writ_fail_null(e, "writ_judge_bring_seal");
    if (take_want(j, j->want == WRIT_WANT_SEAL_BESIDE || j->want == WRIT_WANT_SEAL_INDEXED,
                  "writ_judge_bring_seal", "seal", e) < 0)
        return -1;
    if (writ_engine_bring_seal(j->engine, WRIT_SPAN(seal, n), &found) < 0)
        return spend(j, &found, e);
    return 0;
}

/* Hands the feed to the engine; a memory that is damaged damages it. */
static int bring_feed(struct writ_judge *j, struct writ_feed_files *files, struct writ_span memory,
                      struct writ_error *e)
{
    struct writ_floor floor;
    struct writ_error found = {0};

    if (writ_memory_parse(memory, &floor, &files->keys, &found) < 0) {
        writ_engine_bring_damage(j->engine, found.text);
        return 0;
    }
    return writ_engine_bring_feed(j->engine, files, e);
}

int writ_judge_bring_feed(struct writ_judge *j, const uint8_t *note, size_t note_n,
                          const uint8_t *table, size_t table_n, const char *memory, size_t memory_n,
                          unsigned flags, struct writ_error *e)
{
    struct writ_feed_files files = {
        .note = WRIT_SPAN(note, note_n),
        .table = WRIT_SPAN(table, table_n),
        .intact = (flags & WRIT_TABLE_INTACT) != 0,
    };
    struct writ_error found = {0};

    if (j == NULL || writ_is_missing(note, note_n) || writ_is_missing(table, table_n) ||
        writ_is_missing(memory, memory_n))
        return writ_fail_null(e, "writ_judge_bring_feed");
    if ((flags & ~(unsigned)WRIT_TABLE_INTACT) != 0)
        return writ_fail(e, WRIT_FAULT_USAGE, "writ_judge_bring_feed: flags 0x%x are not known",
                         flags);
    if (take_want(j, j->want == WRIT_WANT_FEED, "writ_judge_bring_feed", "feed", e) < 0)
        return -1;
    if (bring_feed(j, &files, WRIT_SPAN(memory, memory_n), &found) < 0)
        return spend(j, &found, e);
    return 0;
}

int writ_judge_bring_nothing(struct writ_judge *j, struct writ_error *e)
{
    if (j == NULL)
        return writ_fail_null(e, "writ_judge_bring_nothing");
    if (take_want(j, j->want != WRIT_WANT_NOTHING, "writ_judge_bring_nothing", "answer", e) < 0)
        return -1;
    writ_engine_bring_nothing(j->engine);
    return 0;
}

int writ_judge_bring_damage(struct writ_judge *j, const char *reason, struct writ_error *e)
{
    if (j == NULL || reason == NULL)
        return writ_fail_null(e, "writ_judge_bring_damage");
    if (take_want(j, j->want != WRIT_WANT_NOTHING, "writ_judge_bring_damage", "answer", e) < 0)
        return -1;
    writ_engine_bring_damage(j->engine, reason);
    return 0;
}

int writ_judge_content_root(struct writ_judge *j, uint8_t root[WRIT_HASH], struct writ_error *e)
{
    const uint8_t *found;

    if (j == NULL || root == NULL)
        return writ_fail_null(e, "writ_judge_content_root");
    if (is_spent(j))
        return repeat_fault(j, e);
    if (!j->has_file)
        return writ_fail(e, WRIT_FAULT_USAGE, "writ_judge_content_root: there is no file yet");
    if (writ_engine_root(j->engine, &found, e) < 0)
        return -1;
    for (size_t i = 0; i < WRIT_HASH; i++)
        root[i] = found[i];
    return 0;
}

/* ------------------------------------------------------------------------------- verdict */

/* A verdict, or NULL: nothing but a whole judgement gives one. */
static const struct writ_verdict *verdict_of(const struct writ_judge *j)
{
    return j != NULL && j->decided && !is_spent(j) ? &j->verdict : NULL;
}

/* The entry that the verdict rests on, or NULL. */
static const struct writ_entry_facts *entry_of(const struct writ_judge *j)
{
    const struct writ_verdict *v = verdict_of(j);

    if (v == NULL || v->entry == WRIT_NO_ENTRY)
        return NULL;
    return &writ_engine_evidence(j->engine)->seal[v->seal].entry[v->entry];
}

enum writ_outcome writ_judge_outcome(const struct writ_judge *j)
{
    const struct writ_verdict *v = verdict_of(j);

    return v == NULL ? WRIT_FAULT : v->outcome;
}

int writ_judge_exit(const struct writ_judge *j)
{
    const struct writ_verdict *v = verdict_of(j);

    if (v != NULL)
        return writ_verdict_exit(v);
    return j != NULL && is_spent(j) ? (int)j->fault.fault : WRIT_FAULT_USAGE;
}

const char *writ_judge_why(const struct writ_judge *j)
{
    const struct writ_verdict *v = verdict_of(j);

    return v == NULL ? "fault" : writ_why_name(v->why);
}

const char *writ_judge_reason(const struct writ_judge *j)
{
    const struct writ_verdict *v = verdict_of(j);

    if (v != NULL)
        return v->reason;
    return j != NULL && is_spent(j) ? j->fault.text : "nothing is decided yet";
}

const char *writ_judge_remedy(const struct writ_judge *j)
{
    const struct writ_verdict *v = verdict_of(j);

    return v == NULL ? "" : v->remedy;
}

bool writ_judge_holds_until(const struct writ_judge *j, int64_t *instant)
{
    const struct writ_verdict *v = verdict_of(j);

    if (v == NULL || !v->has_holds_until)
        return false;
    if (instant != NULL)
        *instant = v->holds_until;
    return true;
}

bool writ_judge_pull_wanted(const struct writ_judge *j)
{
    const struct writ_verdict *v = verdict_of(j);

    return v != NULL && v->pull_wanted;
}

const char *writ_judge_signer(const struct writ_judge *j)
{
    const struct writ_entry_facts *entry = entry_of(j);

    return entry == NULL || entry->path.count == 0 ? "" : entry->path.link[0].subject;
}

const char *writ_judge_team(const struct writ_judge *j)
{
    const struct writ_entry_facts *entry = entry_of(j);

    return entry == NULL ? "" : entry->team;
}

const char *writ_judge_identifier(const struct writ_judge *j)
{
    const struct writ_entry_facts *entry = entry_of(j);

    return entry == NULL ? "" : entry->identifier;
}

/* ------------------------------------------------------------------------------- explain */

static void emit_fault(struct writ_emit *m, const struct writ_error *fault)
{
    writ_emit_string(m, "outcome", writ_outcome_name(WRIT_FAULT));
    writ_emit_number(m, "exit", (int64_t)fault->fault);
    writ_emit_object(m, "fault");
    writ_emit_string(m, "class", writ_fault_name(fault->fault));
    writ_emit_number(m, "exit", (int64_t)fault->fault);
    writ_emit_string(m, "message", fault->text);
    writ_emit_end(m);
}

static void add_line(struct writ_buffer *out, const struct writ_judge *j)
{
    if (is_spent(j))
        writ_buffer_format(out, "could not look: %s", j->fault.text);
    else
        writ_explain_line(&j->verdict, writ_engine_evidence(j->engine), out);
}

static void add_walk(struct writ_buffer *out, const struct writ_judge *j, enum writ_emit_form form)
{
    struct writ_buffer line = {0};
    struct writ_emit m;

    add_line(&line, j);
    writ_emit_start(&m, form, out);
    writ_emit_object(&m, NULL);
    writ_emit_span(&m, "line", writ_buffer_span(&line));
    if (is_spent(j))
        emit_fault(&m, &j->fault);
    else
        writ_explain(&j->verdict, writ_engine_evidence(j->engine), &m);
    writ_emit_finish(&m);
    out->failed |= line.failed;
    writ_buffer_free(&line);
}

char *writ_judge_explain(const struct writ_judge *j, enum writ_form form, struct writ_error *e)
{
    struct writ_buffer out = {0};

    if (j == NULL) {
        (void)writ_fail_null(e, "writ_judge_explain");
        return NULL;
    }
    if (!is_spent(j) && !j->decided) {
        (void)writ_fail(e, WRIT_FAULT_USAGE, "writ_judge_explain: nothing is decided yet");
        return NULL;
    }
    if (form == WRIT_FORM_LINE) {
        add_line(&out, j);
    } else if (form == WRIT_FORM_TEXT || form == WRIT_FORM_JSON) {
        add_walk(&out, j, form == WRIT_FORM_JSON ? WRIT_EMIT_JSON : WRIT_EMIT_TEXT);
    } else {
        (void)writ_fail(e, WRIT_FAULT_USAGE, "writ_judge_explain: %d is not a form", (int)form);
        return NULL;
    }
    (void)writ_buffer_string(&out);
    if (writ_buffer_check(&out, e) < 0)
        writ_buffer_free(&out);
    return (char *)out.p;
}
