/*
 * tests/helpers/table_probe.c - object/table.h, driven from a script
 *
 *   table_probe build AS_OF <DESCRIPTION     prints a table; one thing a line:
 *       list numbered|plain AS_OF COVERED_BELOW CERT.der...    begins a block; issuer first
 *       contents AS_OF CERT.der...                             begins a block of contents
 *       gap FROM TO
 *       revoke SERIAL REASON SINCE REVOKED_AT                  SERIAL in hexadecimal
 *       content LENGTH ROOT REASON SINCE REVOKED_AT            ROOT in hexadecimal
 *   table_probe verdicts <PATHS              reads all of each table: "good" or "refused WHY"
 *   table_probe answer TABLE <QUESTIONS      checks it, and answers one question a line:
 *       certificate ISSUER SERIAL NUMBER|- NOT_BEFORE
 *                 no-block | revoked REASON SINCE REVOKED_AT | burned | unnumbered | good | newer
 *       content ISSUER LENGTH ROOT
 *                 no-block | revoked REASON SINCE REVOKED_AT | good
 *
 * ISSUER is the SHA-256 of the issuer's SubjectPublicKeyInfo; instants are seconds.  A fault is
 * printed as "class: sentence"; its class is the exit code.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hex.h"
#include "crypto/digest.h"
#include "evidence/revoked.h"
#include "object/table.h"
#include "shared/file.h"

#define CEILING    ((size_t)64 << 20)
#define BLOCKS_MAX 64
#define WORDS_MAX  16
#define ITEMS_MAX  8192

/* ------------------------------------------------------------------------------------- words */

struct words {
    int n;
    char *at[WORDS_MAX];
};

static void split(char *line, struct words *w)
{
    w->n = 0;
    for (char *word = strtok(line, " \n"); word != NULL && w->n < WORDS_MAX;
         word = strtok(NULL, " \n"))
        w->at[w->n++] = word;
}

static bool is(const struct words *w, const char *first, int n)
{
    return w->n >= n && strcmp(w->at[0], first) == 0;
}

static uint64_t number(const char *text)
{
    return strtoull(text, NULL, 10);
}

static struct writ_revoked revoked_of(char *const *words)
{
    return (struct writ_revoked){.reason = (enum writ_reason)number(words[0]),
                                 .since = (int64_t)number(words[1]),
                                 .revoked_at = (int64_t)number(words[2])};
}

/* ------------------------------------------------------------------------------------- build */

struct block {
    struct writ_buffer cert[WRIT_TABLE_CHAIN_MAX];
    struct writ_span chain[WRIT_TABLE_CHAIN_MAX];
    struct writ_table_input input;
};

static struct block blocks[BLOCKS_MAX];
static size_t block_count;
static struct writ_digester *digester;

static int add_chain(struct block *b, char *const *paths, int n, struct writ_error *e)
{
    struct writ_cert cert;

    for (int i = 0; i < n && i < WRIT_TABLE_CHAIN_MAX; i++) {
        if (file_read(paths[i], CEILING, &b->cert[i], e) < 0)
            return -1;
        b->chain[i] = writ_buffer_span(&b->cert[i]);
        b->input.chain_count++;
    }
    b->input.chain = b->chain;
    if (writ_cert_parse(b->chain[0], &cert, e) < 0)
        return -1;
    return writ_sha256(cert.key.spki, b->input.issuer, e);
}

static int begin_block(const struct words *w, struct writ_error *e)
{
    bool list = is(w, "list", 5);
    struct block *b = &blocks[block_count];

    if (block_count == BLOCKS_MAX)
        return writ_fail(e, WRIT_FAULT_USAGE, "more than %d blocks", BLOCKS_MAX);
    block_count++;
    b->input.kind = list ? WRIT_BLOCK_LIST : WRIT_BLOCK_CONTENTS;
    b->input.numbered = list && strcmp(w->at[1], "numbered") == 0;
    b->input.as_of = (int64_t)number(w->at[list ? 2 : 1]);
    b->input.covered_below = list ? number(w->at[3]) : 0;
    b->input.gaps = calloc(ITEMS_MAX, sizeof *b->input.gaps);
    b->input.entries = calloc(ITEMS_MAX, sizeof *b->input.entries);
    b->input.contents = calloc(ITEMS_MAX, sizeof *b->input.contents);
    if (b->input.gaps == NULL || b->input.entries == NULL || b->input.contents == NULL)
        return writ_fail_memory(e);
    return list ? add_chain(b, w->at + 4, w->n - 4, e) : add_chain(b, w->at + 2, w->n - 2, e);
}

static int key_of(const uint8_t issuer[WRIT_TABLE_ISSUER], const char *serial_text,
                  uint8_t key[WRIT_TABLE_KEY], struct writ_error *e)
{
    uint8_t serial[64];
    int n = writ_hex_parse_loose(serial_text, serial, sizeof serial);

    if (n <= 0)
        return writ_fail(e, WRIT_FAULT_USAGE, "%s is no serial number", serial_text);
    return writ_revocation_key(digester, issuer, WRIT_SPAN(serial, (size_t)n), key, e);
}

static int add_item(struct writ_table_input *in, const struct words *w, struct writ_error *e)
{
    if (in->entry_count == ITEMS_MAX || in->gap_count == ITEMS_MAX ||
        in->content_count == ITEMS_MAX)
        return writ_fail(e, WRIT_FAULT_USAGE, "more than %d of a kind", ITEMS_MAX);
    if (is(w, "gap", 3)) {
        in->gaps[in->gap_count++] =
            (struct writ_table_gap){.from = number(w->at[1]), .to = number(w->at[2])};
        return 0;
    }
    if (is(w, "revoke", 5)) {
        struct writ_table_entry *entry = &in->entries[in->entry_count++];

        entry->revoked = revoked_of(w->at + 2);
        return key_of(in->issuer, w->at[1], entry->key, e);
    }
    if (is(w, "content", 6)) {
        struct writ_table_content *content = &in->contents[in->content_count++];

        content->length = number(w->at[1]);
        content->revoked = revoked_of(w->at + 3);
        return writ_hex_parse(writ_span_text(w->at[2]), content->root, sizeof content->root);
    }
    return writ_fail(e, WRIT_FAULT_USAGE, "what is \"%s\"?", w->n == 0 ? "" : w->at[0]);
}

static int build(const char *as_of, struct writ_error *e)
{
    struct writ_table_input inputs[BLOCKS_MAX];
    struct writ_buffer table = {0};
    char line[65536];
    struct words w;
    int rc = 0;

    while (rc == 0 && fgets(line, sizeof line, stdin) != NULL) {
        split(line, &w);
        if (is(&w, "list", 5) || is(&w, "contents", 3))
            rc = begin_block(&w, e);
        else if (block_count == 0)
            rc = writ_fail(e, WRIT_FAULT_USAGE, "no block has begun");
        else
            rc = add_item(&blocks[block_count - 1].input, &w, e);
    }
    for (size_t i = 0; i < block_count; i++)
        inputs[i] = blocks[i].input;
    if (rc == 0)
        rc = writ_table_build(inputs, block_count, (int64_t)number(as_of), &table, e);
    if (rc == 0)
        rc = file_write(STDOUT_FILENO, "standard output", writ_buffer_span(&table), e);
    writ_buffer_free(&table);
    return rc;
}

/* ----------------------------------------------------------------------------------- answers */

static int open_table(const char *path, struct writ_buffer *bytes, struct writ_table *table,
                      struct writ_error *e)
{
    if (file_read(path, WRIT_TABLE_MAX, bytes, e) < 0 ||
        writ_table_open(writ_buffer_span(bytes), table, e) < 0)
        return -1;
    return writ_table_check(table, e);
}

static void say_revoked(enum writ_reason reason, int64_t since, int64_t revoked_at)
{
    (void)printf("revoked %d %" PRId64 " %" PRId64 "\n", (int)reason, since, revoked_at);
}

static int answer_certificate(const struct writ_table *table, const struct words *w,
                              struct writ_error *e)
{
    static const char *const names[] = {[WRIT_STATUS_GOOD] = "good",
                                        [WRIT_STATUS_NEWER] = "newer",
                                        [WRIT_STATUS_NOT_COVERED] = "no-block",
                                        [WRIT_STATUS_BURNED] = "burned",
                                        [WRIT_STATUS_UNNUMBERED] = "unnumbered"};
    uint8_t issuer[WRIT_TABLE_ISSUER], key[WRIT_TABLE_KEY];
    bool numbered = strcmp(w->at[3], "-") != 0;
    struct writ_cert cert = {.is_numbered = numbered,
                             .number = numbered ? number(w->at[3]) : 0,
                             .not_before = (int64_t)number(w->at[4])};
    struct writ_link link = {0};
    struct writ_block block;
    bool found;

    if (writ_hex_parse(writ_span_text(w->at[1]), issuer, sizeof issuer) < 0 ||
        key_of(issuer, w->at[2], key, e) < 0)
        return writ_fail(e, WRIT_FAULT_USAGE, "not an issuer");
    found = writ_table_find(table, WRIT_SPAN_OF(issuer), WRIT_BLOCK_LIST, &block);
    writ_check_status(found ? &block : NULL, &cert, key, &link);
    if (link.status == WRIT_STATUS_REVOKED)
        say_revoked(link.revocation.reason, link.revocation.since, link.revocation.revoked_at);
    else
        (void)printf("%s\n", names[link.status]);
    return 0;
}

static int answer_content(const struct writ_table *table, const struct words *w,
                          struct writ_error *e)
{
    uint8_t issuer[WRIT_TABLE_ISSUER], root[32];
    struct writ_revoked revoked;
    struct writ_block block;

    if (writ_hex_parse(writ_span_text(w->at[1]), issuer, sizeof issuer) < 0 ||
        writ_hex_parse(writ_span_text(w->at[3]), root, sizeof root) < 0)
        return writ_fail(e, WRIT_FAULT_USAGE, "not an issuer, or not a root");
    if (!writ_table_find(table, WRIT_SPAN_OF(issuer), WRIT_BLOCK_CONTENTS, &block))
        (void)printf("no-block\n");
    else if (writ_block_find_content(&block, number(w->at[2]), WRIT_SPAN_OF(root), &revoked))
        say_revoked(revoked.reason, revoked.since, revoked.revoked_at);
    else
        (void)printf("good\n");
    return 0;
}

static int answer(const char *path, struct writ_error *e)
{
    struct writ_buffer bytes = {0};
    struct writ_table table;
    char line[4096];
    struct words w;
    int rc = open_table(path, &bytes, &table, e);

    while (rc == 0 && fgets(line, sizeof line, stdin) != NULL) {
        split(line, &w);
        if (is(&w, "certificate", 5))
            rc = answer_certificate(&table, &w, e);
        else if (is(&w, "content", 4))
            rc = answer_content(&table, &w, e);
        else
            rc = writ_fail(e, WRIT_FAULT_USAGE, "what is asked?");
    }
    writ_buffer_free(&bytes);
    return rc;
}

static int verdicts(struct writ_error *e)
{
    char path[4096];

    (void)e;
    while (fgets(path, sizeof path, stdin) != NULL) {
        struct writ_buffer bytes = {0};
        struct writ_error why = {0};
        struct writ_table table;

        path[strcspn(path, "\n")] = '\0';
        if (open_table(path, &bytes, &table, &why) == 0)
            (void)printf("good\n");
        else
            (void)printf("refused %s\n", why.text);
        writ_buffer_free(&bytes);
    }
    return 0;
}

static int run(int n, char **args, struct writ_error *e)
{
    digester = writ_digester_new(e);
    if (digester == NULL)
        return -1;
    if (n == 2 && strcmp(args[0], "build") == 0)
        return build(args[1], e);
    if (n == 1 && strcmp(args[0], "verdicts") == 0)
        return verdicts(e);
    if (n == 2 && strcmp(args[0], "answer") == 0)
        return answer(args[1], e);
    return writ_fail(e, WRIT_FAULT_USAGE, "what is table_probe to do?");
}

int main(int argc, char **argv)
{
    struct writ_error e = {0};
    int rc = run(argc - 1, argv + 1, &e);

    writ_digester_free(digester);
    for (size_t i = 0; i < block_count; i++) {
        for (size_t k = 0; k < WRIT_TABLE_CHAIN_MAX; k++)
            writ_buffer_free(&blocks[i].cert[k]);
        free(blocks[i].input.gaps);
        free(blocks[i].input.entries);
        free(blocks[i].input.contents);
    }
    if (rc == 0)
        return 0;
    (void)writ_fail(&e, WRIT_FAULT_UNEXPECTED, "it did not work");
    (void)fprintf(stderr, "%s: %s\n", writ_fault_name(e.fault), e.text);
    return (int)e.fault;
}
