#include "engine/engine.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/merkle.h"
#include "engine/entry.h"
#include "object/elf.h"
#include "object/seal.h"

/* The stages a judgement goes through; the engine stands in one of them. */
enum stage {
    STAGE_NEW,     /* no subject yet */
    STAGE_BESIDE,  /* wants the seal beside the file */
    STAGE_INDEXED, /* wants a seal from the indexes */
    STAGE_SEALS,   /* all seals are here: look at their entries */
    STAGE_FEEDS,   /* wants the feeds that are needed, one after the other */
    STAGE_STATUS,  /* all feeds are here: ask them */
    STAGE_DONE,
    STAGE_FAILED /* a fault on the way: nothing can be known any more */
};

struct writ_engine {
    struct writ_policy policy;
    struct writ_env env;
    enum stage stage;
    enum writ_want want; /* what was asked for and not brought yet */

    size_t source_count;
    struct writ_source source[WRIT_BUNDLES_MAX];
    struct writ_source_crls crls;
    bool needed[WRIT_BUNDLES_MAX];
    size_t next_feed; /* STAGE_FEEDS: the first one not yet brought */

    struct writ_span content;
    struct writ_elf elf;
    struct writ_error elf_error; /* set when the file begins as ELF and does not hold together */

    struct writ_buffer seal_bytes[WRIT_FACTS_SEALS]; /* copies: the file may change under us */
    struct writ_seal seal[WRIT_FACTS_SEALS];
    struct writ_entry_check *check[WRIT_FACTS_SEALS][WRIT_SEAL_ENTRIES_MAX];

    struct writ_evidence evidence;
};

struct writ_engine *writ_engine_new(const struct writ_policy *policy, const struct writ_env *env,
                                    struct writ_error *e)
{
    struct writ_engine *engine = calloc(1, sizeof *engine);

    if (engine == NULL) {
        (void)writ_fail_memory(e);
        return NULL;
    }
    engine->policy = *policy;
    engine->env = *env;
    return engine;
}

void writ_engine_free(struct writ_engine *engine)
{
    if (engine == NULL)
        return;
    for (size_t i = 0; i < WRIT_FACTS_SEALS; i++) {
        for (size_t j = 0; j < WRIT_SEAL_ENTRIES_MAX; j++)
            writ_entry_check_free(engine->check[i][j]);
        writ_buffer_free(&engine->seal_bytes[i]);
    }
    free(engine);
}

int writ_engine_trust(struct writ_engine *engine, struct writ_span bundle,
                      const uint8_t fingerprint[WRIT_HASH_BYTES], struct writ_error *e)
{
    struct writ_source *source = &engine->source[engine->source_count];

    if (engine->stage != STAGE_NEW)
        return writ_fail(e, WRIT_FAULT_USAGE, "bundles are trusted before the file is given");
    if (engine->source_count == WRIT_BUNDLES_MAX)
        return writ_fail(e, WRIT_FAULT_USAGE, "more than %d trusted bundles", WRIT_BUNDLES_MAX);
    if (writ_source_trust(bundle, source, e) < 0)
        return -1;
    if (memcmp(source->root_fingerprint, fingerprint, WRIT_HASH_BYTES) != 0)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "bundle: its root is not the one accepted");
    engine->source_count++;
    return 0;
}

void writ_engine_crls(struct writ_engine *engine, const struct writ_crl_source *crls, size_t count)
{
    if (engine->stage == STAGE_NEW)
        engine->crls = (struct writ_source_crls){.at = crls, .count = count};
}

/* -------------------------------------------------------------------------------- the seals */

/* Takes a seal over: copied, then parsed from the copy.  A seal that does not parse is evidence. */
static int keep_seal(struct writ_engine *engine, struct writ_span bytes, enum writ_seal_place place,
                     struct writ_error *e)
{
    size_t i = engine->evidence.seal_count;
    struct writ_seal_facts *facts = &engine->evidence.seal[i];
    struct writ_error found = {0};

    facts->place = place;
    engine->evidence.seal_count++;
    if (bytes.n > WRIT_SEAL_MAX) {
        writ_fact_fail(&facts->readable, "seal of %zu bytes, the ceiling is %zu", bytes.n,
                       WRIT_SEAL_MAX);
        return 0;
    }
    writ_buffer_add(&engine->seal_bytes[i], bytes);
    if (writ_buffer_check(&engine->seal_bytes[i], e) < 0)
        return -1;
    if (writ_seal_parse(writ_buffer_span(&engine->seal_bytes[i]), &engine->seal[i], &found) < 0)
        writ_fact_fail(&facts->readable, "%s", found.text);
    writ_fact_pass(&facts->readable);
    if (writ_fact_holds(&facts->readable))
        facts->count = engine->seal[i].count;
    return 0;
}

/* A tail belongs to ELF only: everything else that the kernel or a person reads has its own end.
 * And only where nothing follows the ELF file: a program that looks for an archive behind itself
 * would find the tail's bytes, of which strangers choose many, where the signed ones end. */
static int keep_tail(struct writ_engine *engine, const struct writ_seal_tail *tail,
                     struct writ_error *e)
{
    struct writ_fact *readable = &engine->evidence.seal[0].readable;

    if (engine->elf_error.fault != WRIT_FAULT_NONE)
        writ_fact_fail(readable, "%s", engine->elf_error.text);
    else if (engine->elf.form != WRIT_CONTENT_ELF_PROGRAM &&
             engine->elf.form != WRIT_CONTENT_ELF_LIBRARY)
        writ_fact_fail(readable, "a tail on a file that is no ELF program or library");
    else if (engine->elf.end != tail->content_length)
        writ_fact_fail(
            readable,
            "a tail behind %llu bytes that follow the end of the ELF file, where they may "
            "be looked for",
            (unsigned long long)(tail->content_length - engine->elf.end));
    return keep_seal(engine, tail->seal, WRIT_PLACE_TAIL, e);
}

static void note_form(struct writ_engine *engine)
{
    engine->evidence.form = writ_content_form_name(engine->elf.form);
    engine->evidence.executable = engine->elf_error.fault != WRIT_FAULT_NONE ||
                                  engine->elf.form == WRIT_CONTENT_ELF_PROGRAM ||
                                  engine->elf.form == WRIT_CONTENT_ELF_LIBRARY ||
                                  engine->elf.form == WRIT_CONTENT_SCRIPT;
}

int writ_engine_subject(struct writ_engine *engine, struct writ_span file, struct writ_error *e)
{
    struct writ_seal_tail tail;
    struct writ_error found = {0};

    if (engine->stage != STAGE_NEW)
        return writ_fail(e, WRIT_FAULT_USAGE, "an engine judges one file");
    engine->stage = STAGE_BESIDE;
    if (writ_seal_find_tail(file, &tail, &found) < 0) {
        writ_fact_fail(&engine->evidence.seal[0].readable, "%s", found.text);
        engine->evidence.seal[0].place = WRIT_PLACE_TAIL;
        engine->evidence.seal_count = 1;
        tail = (struct writ_seal_tail){.content = file, .content_length = file.n};
    }
    engine->content = tail.content;
    engine->evidence.length = tail.content.n;
    (void)!writ_elf_parse(engine->content, &engine->elf, &engine->elf_error);
    note_form(engine);
    return tail.present ? keep_tail(engine, &tail, e) : 0;
}

int writ_engine_root(struct writ_engine *engine, const uint8_t **root, struct writ_error *e)
{
    struct writ_evidence *evidence = &engine->evidence;

    if (engine->stage == STAGE_NEW)
        return writ_fail(e, WRIT_FAULT_USAGE, "the engine was given no file");
    if (!evidence->has_root &&
        writ_merkle_root(engine->content, engine->env.threads, evidence->root, e) < 0)
        return -1;
    evidence->has_root = true;
    *root = evidence->root;
    return 0;
}

/* -------------------------------------------------------------------------------- the stages */

/* Content is hashed only when a seal of the same length wants to be compared. */
static int hash_if_wanted(struct writ_engine *engine, struct writ_error *e)
{
    const uint8_t *root;

    for (size_t i = 0; i < engine->evidence.seal_count; i++) {
        for (size_t j = 0; j < engine->evidence.seal[i].count; j++) {
            if (engine->seal[i].entry[j].directory.content_length == engine->evidence.length)
                return writ_engine_root(engine, &root, e);
        }
    }
    return 0;
}

static struct writ_entry_context context_of(struct writ_engine *engine)
{
    return (struct writ_entry_context){
        .sources = engine->source,
        .source_count = engine->source_count,
        .elf = &engine->elf,
        .elf_error = &engine->elf_error,
        .evidence = &engine->evidence,
        .clock = engine->env.now,
    };
}

static int look_at_entry(struct writ_engine *engine, size_t i, size_t j, struct writ_error *e)
{
    struct writ_entry_context context = context_of(engine);
    struct writ_entry_facts *facts = &engine->evidence.seal[i].entry[j];

    engine->check[i][j] = writ_entry_check_new(&engine->seal[i].entry[j], e);
    if (engine->check[i][j] == NULL || writ_entry_look(engine->check[i][j], &context, facts, e) < 0)
        return -1;
    if (facts->path.count > 0)
        engine->needed[facts->path.bundle] = true;
    return 0;
}

/* A file without a seal may still hold revoked content: then every CA is asked. */
static int look_at_seals(struct writ_engine *engine, struct writ_error *e)
{
    if (hash_if_wanted(engine, e) < 0)
        return -1;
    for (size_t i = 0; i < engine->evidence.seal_count; i++) {
        for (size_t j = 0; j < engine->evidence.seal[i].count; j++) {
            if (look_at_entry(engine, i, j, e) < 0)
                return -1;
        }
    }
    for (size_t i = 0; i < engine->source_count && engine->evidence.seal_count == 0; i++)
        engine->needed[i] = true;
    return 0;
}

static int ask_about_content(struct writ_engine *engine, struct writ_error *e)
{
    uint64_t length = engine->evidence.length;
    const uint8_t *root;

    for (size_t i = 0; i < engine->source_count; i++) {
        if (!engine->needed[i] || !writ_source_has_content_length(&engine->source[i], length))
            continue;
        if (writ_engine_root(engine, &root, e) < 0)
            return -1;
        writ_check_content_revocation(&engine->source[i], length, WRIT_SPAN(root, WRIT_HASH_BYTES),
                                      &engine->evidence.source[i]);
    }
    return 0;
}

static int ask_sources(struct writ_engine *engine, struct writ_error *e)
{
    struct writ_entry_context context = context_of(engine);

    engine->evidence.clock = engine->env.now;
    engine->evidence.now = writ_effective_now(engine->env.now, engine->env.asked_for,
                                              engine->source, engine->source_count);
    engine->evidence.source_count = engine->source_count;
    engine->crls.now = engine->evidence.now;
    for (size_t i = 0; i < engine->source_count; i++) {
        engine->source[i].crls = engine->crls;
        if (writ_source_facts(&engine->source[i], &engine->evidence.source[i], e) < 0)
            return -1;
        if (!engine->needed[i])
            engine->evidence.source[i].state = WRIT_SOURCE_NOT_ASKED;
    }
    for (size_t i = 0; i < engine->evidence.seal_count; i++) {
        for (size_t j = 0; j < engine->evidence.seal[i].count; j++) {
            if (writ_entry_ask(engine->check[i][j], &context, &engine->evidence.seal[i].entry[j],
                               e) < 0)
                return -1;
        }
    }
    return ask_about_content(engine, e);
}

/* True when there is a feed left to be wanted. */
static bool want_feed(struct writ_engine *engine, struct writ_wanted *wanted)
{
    while (engine->next_feed < engine->source_count && !engine->needed[engine->next_feed])
        engine->next_feed++;
    if (engine->next_feed == engine->source_count)
        return false;
    wanted->what = WRIT_WANT_FEED;
    wanted->bundle = engine->next_feed;
    return true;
}

static bool want_seal(struct writ_engine *engine, struct writ_wanted *wanted)
{
    if (engine->stage == STAGE_BESIDE) {
        wanted->what = WRIT_WANT_SEAL_BESIDE;
        return true;
    }
    if (engine->stage == STAGE_INDEXED && engine->evidence.seal_count == 0) {
        wanted->what = WRIT_WANT_SEAL_INDEXED;
        wanted->length = engine->evidence.length;
        return true;
    }
    return false;
}

/* From the seals on: what can be looked at before the feeds, the feeds, what they say. */
static int look(struct writ_engine *engine, struct writ_wanted *wanted, struct writ_error *e)
{
    if (engine->stage == STAGE_SEALS) {
        if (look_at_seals(engine, e) < 0)
            return -1;
        engine->stage = STAGE_FEEDS;
    }
    if (engine->stage == STAGE_FEEDS) {
        if (want_feed(engine, wanted))
            return 0;
        engine->stage = STAGE_STATUS;
    }
    if (engine->stage == STAGE_STATUS) {
        if (ask_sources(engine, e) < 0)
            return -1;
        engine->stage = STAGE_DONE;
    }
    return 0;
}

int writ_engine_next(struct writ_engine *engine, struct writ_wanted *wanted, struct writ_error *e)
{
    *wanted = (struct writ_wanted){.what = WRIT_WANT_NOTHING};
    if (engine->stage == STAGE_NEW)
        return writ_fail(e, WRIT_FAULT_USAGE, "the engine was given no file");
    if (engine->stage == STAGE_FAILED)
        return writ_fail(e, WRIT_FAULT_USAGE, "the engine has failed before");
    if (!want_seal(engine, wanted)) {
        if (engine->stage == STAGE_INDEXED)
            engine->stage = STAGE_SEALS;
        if (look(engine, wanted, e) < 0) {
            engine->stage = STAGE_FAILED;
            return -1;
        }
    }
    engine->want = wanted->what;
    return 0;
}

/* ---------------------------------------------------------------------------------- bringing */

/* Whatever is brought answers one question. */
static void step(struct writ_engine *engine)
{
    engine->want = WRIT_WANT_NOTHING;
    if (engine->stage == STAGE_BESIDE)
        engine->stage = STAGE_INDEXED;
    else if (engine->stage == STAGE_INDEXED)
        engine->stage = STAGE_SEALS;
    else
        engine->next_feed++;
}

int writ_engine_bring_seal(struct writ_engine *engine, struct writ_span seal, struct writ_error *e)
{
    enum writ_seal_place place =
        engine->want == WRIT_WANT_SEAL_BESIDE ? WRIT_PLACE_BESIDE : WRIT_PLACE_INDEX;

    if (engine->want != WRIT_WANT_SEAL_BESIDE && engine->want != WRIT_WANT_SEAL_INDEXED)
        return writ_fail(e, WRIT_FAULT_USAGE, "no seal is wanted");
    step(engine);
    return keep_seal(engine, seal, place, e);
}

int writ_engine_bring_feed(struct writ_engine *engine, const struct writ_feed_files *files,
                           struct writ_error *e)
{
    struct writ_source *source = &engine->source[engine->next_feed];
    struct writ_error found = {0};

    if (engine->want != WRIT_WANT_FEED)
        return writ_fail(e, WRIT_FAULT_USAGE, "no feed is wanted");
    step(engine);
    if (writ_source_add_keys(source, files->keys, &found) < 0) {
        writ_source_damaged(source, found.text);
        return 0;
    }
    return writ_source_open(source, files->note, files->table, files->intact, e);
}

void writ_engine_bring_nothing(struct writ_engine *engine)
{
    if (engine->want != WRIT_WANT_NOTHING)
        step(engine);
}

void writ_engine_bring_damage(struct writ_engine *engine, const char *reason)
{
    if (engine->want == WRIT_WANT_NOTHING)
        return;
    if (engine->want == WRIT_WANT_FEED) {
        writ_source_damaged(&engine->source[engine->next_feed], reason);
    } else {
        struct writ_seal_facts *facts = &engine->evidence.seal[engine->evidence.seal_count++];

        facts->place = engine->want == WRIT_WANT_SEAL_BESIDE ? WRIT_PLACE_BESIDE : WRIT_PLACE_INDEX;
        writ_fact_fail(&facts->readable, "%s", reason);
    }
    step(engine);
}

void writ_engine_verdict(struct writ_engine *engine, struct writ_verdict *verdict)
{
    if (engine->stage == STAGE_DONE)
        writ_judge(&engine->policy, &engine->evidence, verdict);
    else
        writ_judge_nothing(verdict);
}

const struct writ_evidence *writ_engine_evidence(const struct writ_engine *engine)
{
    return &engine->evidence;
}
