#include "writ/chaining.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "bytes/cursor.h"
#include "shared/file.h"
#include "shared/jail.h"
#include "verdict/chain.h"
#include "writ/certificates.h"
#include "writ/ocspfile.h"

#define SHOWN_LINE_MAX 2048

/* ------------------------------------------------------------------------------- the files */

typedef int open_one(void *into, const char *name, struct writ_error *e);

/* Calls for each name of "a,b,c". */
static int each_name(const char *list, open_one *open, void *into, struct writ_error *e)
{
    char *names = strdup(list);
    char *rest = names;
    int rc = names == NULL ? writ_fail_memory(e) : 0;

    while (rc == 0 && rest != NULL) {
        const char *name = strsep(&rest, ",");

        rc = *name == '\0' ? writ_fail(e, WRIT_FAULT_USAGE, "\"%s\": a file without a name", list)
                           : open(into, name, e);
    }
    free(names);
    return rc;
}

static int keep_name(char *name[CHAINING_FILES_MAX], size_t count, const char *given,
                     struct writ_error *e)
{
    if (count == CHAINING_FILES_MAX)
        return writ_fail(e, WRIT_FAULT_USAGE, "more than %d files of one kind", CHAINING_FILES_MAX);
    name[count] = strdup(given);
    return name[count] == NULL ? writ_fail_memory(e) : 0;
}

static int open_file(void *into, const char *name, struct writ_error *e)
{
    struct chaining_files *f = into;

    if (keep_name(f->name, f->count, name, e) < 0)
        return -1;
    f->count++;
    return file_read(name, CHAINING_BYTES_MAX, &f->bytes[f->count - 1], e);
}

static int open_crl(void *into, const char *name, struct writ_error *e)
{
    struct chaining *c = into;

    if (keep_name(c->crl_name, c->crl_count, name, e) < 0)
        return -1;
    c->crl_count++;
    return crlfile_open(name, &c->crl[c->crl_count - 1], e);
}

int chaining_open(struct chaining_files *files, const char *list, struct writ_error *e)
{
    return each_name(list, open_file, files, e);
}

int chaining_open_one(struct chaining_files *files, const char *name, struct writ_error *e)
{
    return open_file(files, name, e);
}

int chaining_open_crls(struct chaining *c, const char *list, struct writ_error *e)
{
    return each_name(list, open_crl, c, e);
}

static void free_files(struct chaining_files *f)
{
    for (size_t i = 0; i < f->count; i++) {
        free(f->name[i]);
        writ_buffer_free(&f->bytes[i]);
    }
}

void chaining_free(struct chaining *c)
{
    free_files(&c->leaf);
    free_files(&c->anchors);
    free_files(&c->untrusted);
    free_files(&c->ocsp);
    for (size_t i = 0; i < c->crl_count; i++) {
        free(c->crl_name[i]);
        crlfile_close(&c->crl[i]);
    }
}

/* ------------------------------------------------------------------------------ in the child */

/* Evidence that is none: it does not parse. */
struct refused {
    const char *source;
    char why[sizeof((struct writ_error *)0)->text];
};

#define REFUSED_MAX 64

/* What the child makes of the files.  It is large, and lives once. */
struct work {
    struct chaining *c;
    struct certificates leaf, untrusted, anchors;
    struct writ_given_crl crl[WRIT_CRLS_MAX];
    size_t crl_count;
    const char *source;                     /* of the CRLs that are being read */
    struct writ_buffer kept[WRIT_CRLS_MAX]; /* CRLs that came in PEM */
    bool keep;
    struct writ_given_ocsp ocsp[CHAINING_FILES_MAX];
    struct writ_buffer decoded[CHAINING_FILES_MAX];
    struct refused refused[REFUSED_MAX];
    size_t refused_count;
    struct writ_chain_facts facts;
    struct writ_chain_verdict verdict;
};

static void refuse(struct work *w, const char *source, const struct writ_error *found)
{
    struct refused *r = &w->refused[w->refused_count];

    if (w->refused_count == REFUSED_MAX)
        return;
    w->refused_count++;
    r->source = source;
    writ_text_copy_safe(r->why, sizeof r->why, writ_span_text(found->text));
}

static int read_certificates(struct certificates *into, const struct chaining_files *f,
                             struct writ_error *e)
{
    for (size_t i = 0; i < f->count; i++) {
        size_t before = into->count;
        int rc = certificates_add(into, writ_buffer_span(&f->bytes[i]), e);

        if (rc == 0 && into->count == before)
            rc = writ_fail(e, WRIT_FAULT_BAD_INPUT, "there is no certificate in it");
        if (rc < 0) {
            writ_error_context(e, "%s", f->name[i]);
            return -1;
        }
    }
    return 0;
}

/* The blocks of a PEM file are gone after the visit; a DER file stays mapped. */
static int keep_crl(struct work *w, struct writ_span *der, struct writ_error *e)
{
    struct writ_buffer *kept = &w->kept[w->crl_count];

    if (!w->keep)
        return 0;
    writ_buffer_add(kept, *der);
    *der = writ_buffer_span(kept);
    return writ_buffer_check(kept, e);
}

static int take_crl(struct writ_span der, void *into, struct writ_error *e)
{
    struct work *w = into;
    struct writ_given_crl *given = &w->crl[w->crl_count];
    struct writ_error found = {0};

    if (w->crl_count == WRIT_CRLS_MAX)
        return writ_fail(e, WRIT_FAULT_USAGE, "more than %d CRLs", WRIT_CRLS_MAX);
    if (keep_crl(w, &der, e) < 0)
        return -1;
    if (writ_crl_parse(der, &given->crl, &found) < 0) {
        writ_buffer_free(&w->kept[w->crl_count]);
        refuse(w, w->source, &found);
        return 0;
    }
    given->source = w->source;
    w->crl_count++;
    return 0;
}

static int read_crls(struct work *w, struct writ_error *e)
{
    for (size_t i = 0; i < w->c->crl_count; i++) {
        struct writ_span bytes = w->c->crl[i].bytes;
        struct writ_error found = {0};

        w->source = w->c->crl_name[i];
        w->keep = writ_span_u8(bytes, 0) != WRIT_DER_SEQUENCE;
        if (crlfile_each(bytes, take_crl, w, &found) == 0)
            continue;
        if (found.fault != WRIT_FAULT_BAD_INPUT) {
            *e = found;
            return -1;
        }
        refuse(w, w->source, &found);
    }
    return 0;
}

/* One that is no PEM with such a block is left for evidence/ocsp.h to refuse. */
static int read_ocsp(struct work *w, struct writ_error *e)
{
    const struct chaining_files *f = &w->c->ocsp;

    for (size_t i = 0; i < f->count; i++) {
        struct writ_error found = {0};

        if (ocspfile_decode(writ_buffer_span(&f->bytes[i]), OCSPFILE_RESPONSE, &w->decoded[i],
                            &found) < 0) {
            if (found.fault != WRIT_FAULT_BAD_INPUT) {
                *e = found;
                return -1;
            }
            refuse(w, f->name[i], &found);
        }
        w->ocsp[i] = (struct writ_given_ocsp){writ_buffer_span(&w->decoded[i]), f->name[i]};
    }
    return 0;
}

static int look(struct work *w, struct writ_error *e)
{
    struct writ_chain_question q = w->c->question;

    q.leaf = w->leaf.at[0];
    q.untrusted = w->untrusted.at;
    q.untrusted_count = w->untrusted.count;
    q.anchors = w->anchors.at;
    q.anchor_count = w->anchors.count;
    q.crls = w->crl;
    q.crl_count = w->crl_count;
    q.ocsp = w->ocsp;
    q.ocsp_count = w->c->ocsp.count;
    if (writ_check_chain(&q, &w->facts, e) < 0)
        return -1;
    writ_judge_chain(&w->facts, &w->verdict);
    return 0;
}

static void emit_refused(const struct work *w, struct writ_emit *m)
{
    writ_emit_list(m, "refused");
    for (size_t i = 0; i < w->refused_count; i++) {
        writ_emit_object(m, NULL);
        writ_emit_string(m, "file", w->refused[i].source);
        writ_emit_string(m, "reason", w->refused[i].why);
        writ_emit_end(m);
    }
    writ_emit_end(m);
}

static void tell(const struct work *w, struct writ_buffer *answer)
{
    struct writ_emit m;

    writ_buffer_format(answer, "%d\n", w->verdict.exit);
    writ_explain_chain_line(&w->verdict, &w->facts, answer);
    writ_buffer_byte(answer, '\n');
    writ_emit_fragment_start(&m, w->c->form, w->c->depth, answer);
    writ_explain_chain(&w->verdict, &w->facts, &m);
    emit_refused(w, &m);
}

/* Anchors of which none can be read would only show as "no path". */
static int check_anchors(const struct work *w, struct writ_error *e)
{
    struct writ_error found = {0};
    struct writ_cert cert;

    for (size_t i = 0; i < w->anchors.count; i++) {
        if (writ_cert_parse(w->anchors.at[i], &cert, &found) == 0)
            return 0;
    }
    return writ_fail(e, WRIT_FAULT_BAD_INPUT, "--anchors: no certificate in it can be read: %.*s",
                     160, found.text);
}

/* The rest of the leaf's file is what its chain may be made of, too. */
static int read_all(struct work *w, struct writ_error *e)
{
    if (read_certificates(&w->leaf, &w->c->leaf, e) < 0 ||
        read_certificates(&w->untrusted, &w->c->untrusted, e) < 0 ||
        read_certificates(&w->untrusted, &w->c->leaf, e) < 0 ||
        read_certificates(&w->anchors, &w->c->anchors, e) < 0 || check_anchors(w, e) < 0 ||
        read_crls(w, e) < 0)
        return -1;
    return read_ocsp(w, e);
}

static void free_work(struct work *w)
{
    certificates_free(&w->leaf);
    certificates_free(&w->untrusted);
    certificates_free(&w->anchors);
    for (size_t i = 0; i < WRIT_CRLS_MAX; i++)
        writ_buffer_free(&w->kept[i]);
    for (size_t i = 0; i < CHAINING_FILES_MAX; i++)
        writ_buffer_free(&w->decoded[i]);
    free(w);
}

static int work(void *argument, struct writ_buffer *answer, struct writ_error *e)
{
    struct work *w = calloc(1, sizeof *w);
    int rc = -1;

    if (w == NULL)
        return writ_fail_memory(e);
    w->c = argument;
    if (read_all(w, e) == 0 && look(w, e) == 0) {
        tell(w, answer);
        rc = writ_buffer_check(answer, e);
    }
    free_work(w);
    return rc;
}

/* ----------------------------------------------------------------------------- in the parent */

static bool is_verdict(uint64_t code)
{
    return code == 0 || (code >= 2 && code <= 5);
}

static int read_answer(struct chaining_answer *answer, struct writ_error *e)
{
    struct writ_cursor c = writ_cursor_over(writ_buffer_span(&answer->bytes), e);
    struct writ_span number;
    uint64_t code;

    if (writ_cursor_line(&c, &number, "answer of the child") < 0 ||
        writ_cursor_line(&c, &answer->line, "answer of the child") < 0)
        return -1;
    if (writ_span_decimal(number, 5, &code) < 0 || !is_verdict(code) ||
        answer->line.n > SHOWN_LINE_MAX)
        return writ_fail(e, WRIT_FAULT_UNEXPECTED, "the child's answer makes no sense");
    answer->exit = (int)code;
    answer->fragment = WRIT_SPAN(c.at, c.left);
    return 0;
}

int chaining_judge(struct chaining *c, struct chaining_answer *answer, struct writ_error *e)
{
    struct jail limits = {0};

    *answer = (struct chaining_answer){0};
    return jail_run(&limits, work, c, &answer->bytes, e) < 0 ? -1 : read_answer(answer, e);
}

void chaining_answer_free(struct chaining_answer *answer)
{
    writ_buffer_free(&answer->bytes);
}
