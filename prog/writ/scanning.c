#include "writ/scanning.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "bytes/cursor.h"
#include "bytes/der.h"
#include "bytes/pem.h"
#include "evidence/tls.h"
#include "shared/jail.h"
#include "verdict/tls.h"

#define ISSUERS_MAX 64 /* candidates for the issuers of one certificate, over all generations */

bool scanning_looks_like(struct writ_span bytes)
{
    static const char begin[] = "-----BEGIN ";

    if (bytes.p == NULL)
        return false;
    if (bytes.n > 4 && bytes.p[0] == 0x30 && bytes.p[1] == 0x82)
        return true;
    return bytes.n > sizeof begin && memmem(bytes.p, bytes.n, begin, sizeof begin - 1) != NULL &&
           memmem(bytes.p, bytes.n, "CERTIFICATE-----", 16) != NULL;
}

/* ------------------------------------------------------------------------------ in the child */

/* One certificate that was found. */
struct found {
    struct writ_span der;
    struct writ_span subject;
    struct writ_span issuer;
    bool is_ca;
    const char *path;
};

struct scan {
    const struct checking *checking;
    const struct scanning_file *files;
    size_t file_count;
    enum writ_emit_form form;
    unsigned depth;
    struct scanning_counts counts;
    struct writ_buffer *decoded; /* what PEM blocks hold; owned */
    size_t decoded_count;
    struct found *found; /* owned; sorted by subject */
    size_t found_count;
    const struct found **issuers; /* owned; those of CAs, each once, in the same order */
    size_t issuer_count;
};

static int compare_spans(struct writ_span a, struct writ_span b)
{
    int order = memcmp(a.p, b.p, a.n < b.n ? a.n : b.n);

    return order != 0 ? order : (a.n > b.n) - (a.n < b.n);
}

/* By subject, so that issuers are found; copies of one certificate stand together, in the order of
 * their paths. */
static int compare_found(const void *a, const void *b)
{
    const struct found *x = a, *y = b;
    int order = compare_spans(x->subject, y->subject);

    if (order == 0)
        order = compare_spans(x->der, y->der);
    return order != 0 ? order : strcmp(x->path, y->path);
}

/* Room for one more in a list whose elements have this size: 1, 3, 7 … of them. */
static int make_room(void **list, size_t count, size_t size, struct writ_error *e)
{
    void *more;

    if ((count & (count + 1)) != 0)
        return 0;
    more = reallocarray(*list, 2 * count + 1, size);
    if (more == NULL)
        return writ_fail_memory(e);
    *list = more;
    return 0;
}

static int keep(struct scan *s, struct writ_span der, const char *path, struct writ_error *e)
{
    struct writ_error ignored = {0};
    struct writ_cert cert;

    if (writ_cert_parse(der, &cert, &ignored) < 0) {
        s->counts.unreadable++;
        return 0;
    }
    if (s->found_count == SCANNING_FOUND_MAX)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "more than %zu certificates; scan less at once",
                         SCANNING_FOUND_MAX);
    if (make_room((void **)&s->found, s->found_count, sizeof *s->found, e) < 0)
        return -1;
    s->found[s->found_count++] =
        (struct found){der, cert.subject.der, cert.issuer.der, cert.is_ca, path};
    return 0;
}

static int keep_block(struct scan *s, struct writ_pem *pem, const char *path, struct writ_error *e)
{
    struct writ_span der = writ_buffer_span(&pem->der);

    if (strcmp(pem->label, "CERTIFICATE") != 0 && strcmp(pem->label, "X509 CERTIFICATE") != 0)
        return 0;
    if (make_room((void **)&s->decoded, s->decoded_count, sizeof *s->decoded, e) < 0)
        return -1;
    s->decoded[s->decoded_count++] = pem->der;
    pem->der = (struct writ_buffer){0};
    return keep(s, der, path, e);
}

/* To the line after the next one that begins a block. */
static void pass_begin(struct writ_cursor *c)
{
    static const char begin[] = "-----BEGIN ";
    struct writ_span line = WRIT_SPAN_NONE;

    while (c->left > 0 && (line.n < sizeof begin || memcmp(line.p, begin, sizeof begin - 1) != 0))
        line = writ_cursor_field(c, '\n');
}

/* A block that cannot be read, such as a key encrypted in an old form, does not hide those behind
 * it. */
static int read_pem(struct scan *s, struct writ_span bytes, const char *path, struct writ_error *e)
{
    struct writ_cursor c = writ_cursor_over(bytes, NULL), before;
    struct writ_pem pem = {0};
    bool found = true;
    int rc = 0;

    while (rc == 0 && found) {
        before = c;
        if (writ_pem_next(&c, &pem, &found) < 0) {
            s->counts.unreadable++;
            found = true;
            c = before;
            pass_begin(&c);
        } else if (found) {
            rc = keep_block(s, &pem, path, e);
        }
        writ_pem_free(&pem);
    }
    return rc;
}

static int read_der(struct scan *s, struct writ_span bytes, const char *path, struct writ_error *e)
{
    struct writ_cursor c = writ_cursor_over(bytes, NULL);
    struct writ_span der;

    while (c.left > 0) {
        if (writ_der_whole(&c, WRIT_DER_SEQUENCE, &der, "Certificate") < 0) {
            s->counts.unreadable++;
            return 0;
        }
        if (keep(s, der, path, e) < 0)
            return -1;
    }
    return 0;
}

static int read_file(struct scan *s, const struct scanning_file *file, struct writ_error *e)
{
    struct writ_span bytes = writ_buffer_span(&file->bytes);

    return writ_pem_looks_like(bytes) ? read_pem(s, bytes, file->path, e)
                                      : read_der(s, bytes, file->path, e);
}

/* Others may be many, and of one name; nobody needs to go through them. */
static int list_issuers(struct scan *s, struct writ_error *e)
{
    s->issuers = calloc(s->found_count + 1, sizeof s->issuers[0]);
    if (s->issuers == NULL)
        return writ_fail_memory(e);
    for (size_t i = 0; i < s->found_count; i++) {
        bool is_copy = i > 0 && writ_span_equal(s->found[i].der, s->found[i - 1].der);

        if (s->found[i].is_ca && !is_copy)
            s->issuers[s->issuer_count++] = &s->found[i];
    }
    return 0;
}

/* The first CA certificate with this subject; issuer_count when there is none. */
static size_t first_of(const struct scan *s, struct writ_span subject)
{
    size_t low = 0, high = s->issuer_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (compare_spans(s->issuers[middle]->subject, subject) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Adds those that may have issued what has this issuer. */
static void add_issuers(const struct scan *s, struct writ_span name, struct writ_span *certs,
                        struct writ_span *names, size_t *count)
{
    for (size_t i = first_of(s, name); i < s->issuer_count && *count < ISSUERS_MAX; i++) {
        if (compare_spans(s->issuers[i]->subject, name) != 0)
            break;
        certs[*count] = s->issuers[i]->der;
        names[(*count)++] = s->issuers[i]->issuer;
    }
}

static bool seen(const struct writ_span *names, size_t count, struct writ_span name)
{
    for (size_t i = 0; i < count; i++) {
        if (writ_span_equal(names[i], name))
            return true;
    }
    return false;
}

/* The certificate, and everything that may stand above it. */
static size_t gather(const struct scan *s, const struct found *f, struct writ_span *certs)
{
    struct writ_span names[ISSUERS_MAX];
    size_t count = 1;

    certs[0] = f->der;
    names[0] = f->issuer;
    for (size_t i = 0; i < count && count < ISSUERS_MAX; i++) {
        if (!seen(names, i, names[i]))
            add_issuers(s, names[i], certs, names, &count);
    }
    return count;
}

static void count(struct scanning_counts *c, bool is_ca, enum writ_outcome outcome)
{
    if (is_ca)
        c->authorities++;
    else
        c->certificates++;
    if (outcome == WRIT_REVOKED)
        c->revoked++;
    else if (is_ca)
        return;
    else if (outcome == WRIT_ALLOWED)
        c->good++;
    else if (outcome == WRIT_STALE)
        c->stale++;
    else if (outcome == WRIT_UNTRUSTED)
        c->untrusted++;
    else
        c->uncovered++;
}

static void tell_json(const struct scan *s, size_t from, size_t to,
                      const struct writ_tls_verdict *verdict, const struct writ_tls_facts *facts,
                      struct writ_emit *m)
{
    writ_emit_object(m, NULL);
    writ_emit_list(m, "files");
    for (size_t i = from; i < to; i++)
        writ_emit_string(m, NULL, s->found[i].path);
    writ_emit_end(m);
    writ_explain_tls(verdict, facts, m);
    writ_emit_end(m);
}

static void tell_text(const struct scan *s, size_t from, size_t to,
                      const struct writ_tls_verdict *verdict, const struct writ_tls_facts *facts,
                      struct writ_buffer *out)
{
    writ_text_add_safe(out, writ_span_text(s->found[from].path));
    if (to - from > 1)
        writ_buffer_format(out, " and %zu more", to - from - 1);
    writ_buffer_text(out, ": ");
    writ_explain_tls_line(verdict, facts, out);
    writ_buffer_byte(out, '\n');
}

/* One certificate, which stands in the files of found[from..to). */
static int judge(struct scan *s, size_t from, size_t to, struct writ_emit *m,
                 struct writ_buffer *answer, struct writ_error *e)
{
    const struct filters *filters = &s->checking->filters;
    struct writ_tls_sources sources = {
        .sets = filters->sets,
        .set_count = filters->set_count,
        .crls = filters->crls.sources,
        .crl_count = filters->crls.count,
    };
    const struct found *f = &s->found[from];
    struct writ_span certs[ISSUERS_MAX];
    struct writ_tls_verdict verdict;
    struct writ_tls_facts facts;
    size_t n = gather(s, f, certs);

    if (writ_check_tls(certs, n, &sources, s->checking->now, &facts, e) < 0)
        return -1;
    writ_judge_tls(&(struct writ_policy){0}, &facts, &verdict);
    count(&s->counts, f->is_ca, verdict.outcome);
    if (f->is_ca && verdict.outcome != WRIT_REVOKED)
        return 0;
    if (s->form == WRIT_EMIT_JSON)
        tell_json(s, from, to, &verdict, &facts, m);
    else
        tell_text(s, from, to, &verdict, &facts, answer);
    return 0;
}

static int judge_all(struct scan *s, struct writ_emit *m, struct writ_buffer *answer,
                     struct writ_error *e)
{
    size_t to;

    for (size_t from = 0; from < s->found_count; from = to) {
        for (to = from + 1; to < s->found_count; to++) {
            if (!writ_span_equal(s->found[to].der, s->found[from].der))
                break;
        }
        if (judge(s, from, to, m, answer, e) < 0)
            return -1;
    }
    return writ_buffer_check(answer, e);
}

/* The counts, as they are laid, and then what was found. */
static int work(void *argument, struct writ_buffer *answer, struct writ_error *e)
{
    struct scan s = *(const struct scan *)argument;
    struct writ_buffer found = {0};
    struct writ_emit m;
    int rc = 0;

    writ_emit_fragment_start(&m, s.form, s.depth, &found);
    if (s.form == WRIT_EMIT_JSON)
        writ_emit_list(&m, "certificates");
    for (size_t i = 0; rc == 0 && i < s.file_count; i++)
        rc = read_file(&s, &s.files[i], e);
    if (rc == 0 && s.found_count > 0)
        qsort(s.found, s.found_count, sizeof *s.found, compare_found);
    if (rc == 0)
        rc = list_issuers(&s, e);
    if (rc == 0)
        rc = judge_all(&s, &m, &found, e);
    if (s.form == WRIT_EMIT_JSON)
        writ_emit_end(&m);
    writ_buffer_add(answer, WRIT_SPAN(&s.counts, sizeof s.counts));
    writ_buffer_add(answer, writ_buffer_span(&found));
    writ_buffer_free(&found);
    for (size_t i = 0; i < s.decoded_count; i++)
        writ_buffer_free(&s.decoded[i]);
    free(s.decoded);
    free(s.issuers);
    free(s.found);
    return rc < 0 ? rc : writ_buffer_check(answer, e);
}

/* ----------------------------------------------------------------------------- in the parent */

int scanning_judge(const struct checking *c, const struct scanning_file *files, size_t count,
                   enum writ_emit_form form, unsigned depth, struct scanning_counts *counts,
                   struct writ_buffer *found, struct writ_error *e)
{
    struct scan s = {
        .checking = c, .files = files, .file_count = count, .form = form, .depth = depth};
    struct jail limits = {.answer_bytes = SCANNING_ANSWER_BYTES};
    struct writ_buffer answer = {0};
    struct writ_cursor cursor;
    struct writ_span laid;
    int rc = -1;

    if (jail_run(&limits, work, &s, &answer, e) == 0) {
        cursor = writ_cursor_over(writ_buffer_span(&answer), e);
        rc = writ_cursor_take(&cursor, sizeof *counts, &laid, "counts");
        if (rc == 0) {
            memcpy(counts, laid.p, sizeof *counts);
            writ_buffer_add(found, WRIT_SPAN(cursor.at, cursor.left));
            rc = writ_buffer_check(found, e);
        }
    }
    writ_buffer_free(&answer);
    return rc;
}
