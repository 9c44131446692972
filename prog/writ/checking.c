#include "writ/checking.h"

#include <stdio.h>
#include <stdlib.h>

#include "bytes/cursor.h"
#include "evidence/tls.h"
#include "shared/jail.h"
#include "verdict/tls.h"
#include "writ/certificates.h"

int checking_start(struct checking *c, const char *root, int64_t now, struct writ_error *e)
{
    struct places places = {0};
    int rc = -1;

    *c = (struct checking){.now = now};
    jail_keep_children();
    if (places_find(&places, root, e) == 0)
        rc = filters_open(&c->filters, &places, e);
    places_free(&places);
    return rc;
}

void checking_end(struct checking *c)
{
    filters_close(&c->filters);
}

/* ------------------------------------------------------------------------------ in the child */

/* What the child is given. */
struct task {
    const struct checking *checking;
    const struct checking_subject *what;
};

static void write_answer(const struct writ_tls_verdict *verdict, const struct writ_tls_facts *facts,
                         const struct checking_subject *what, struct writ_buffer *answer)
{
    struct writ_emit m;

    writ_buffer_format(answer, "%d\n", writ_tls_exit(verdict));
    writ_explain_tls_line(verdict, facts, answer);
    writ_buffer_byte(answer, '\n');
    writ_emit_fragment_start(&m, what->form, what->depth, answer);
    writ_explain_tls(verdict, facts, &m);
}

/* A subject that cannot be read is malformed: that is a verdict.  What was given with --chain is
 * the caller's, and a fault. */
static int collect(const struct checking_subject *what, struct certificates *c,
                   struct writ_tls_facts *facts, struct writ_error *e)
{
    struct writ_error found = {0};

    if (certificates_add(c, what->bytes, &found) < 0)
        (void)snprintf(facts->reason, sizeof facts->reason, "%.*s", WRIT_FACT_TEXT - 1, found.text);
    else if (c->count == 0)
        (void)snprintf(facts->reason, sizeof facts->reason, "there is no certificate in it");
    if (facts->reason[0] != '\0' || certificates_add(c, what->chain, e) == 0)
        return 0;
    writ_error_context(e, "--chain");
    return -1;
}

static int work(void *argument, struct writ_buffer *answer, struct writ_error *e)
{
    const struct task *t = argument;
    const struct filters *filters = &t->checking->filters;
    struct writ_tls_sources sources = {
        .sets = filters->sets,
        .set_count = filters->set_count,
        .crls = filters->crls.sources,
        .crl_count = filters->crls.count,
        .ocsp = t->what->ocsp,
        .staple = t->what->staple,
    };
    struct certificates *c = calloc(1, sizeof *c);
    struct writ_tls_facts facts = {.now = t->checking->now, .issuer = WRIT_TLS_SUBJECT_MALFORMED};
    struct writ_tls_verdict verdict;
    int rc = c == NULL ? writ_fail_memory(e) : collect(t->what, c, &facts, e);

    if (rc == 0 && facts.reason[0] == '\0')
        rc = writ_check_tls(c->at, c->count, &sources, t->checking->now, &facts, e);
    if (rc == 0) {
        writ_judge_tls(&t->checking->policy, &facts, &verdict);
        write_answer(&verdict, &facts, t->what, answer);
        rc = writ_buffer_check(answer, e);
    }
    if (c != NULL)
        certificates_free(c);
    free(c);
    return rc;
}

/* ----------------------------------------------------------------------------- in the parent */

static bool is_exit(uint64_t code)
{
    return code == 0 || (code >= 2 && code <= 5) || code == WRIT_FAULT_NO_INPUT;
}

static int read_answer(struct writ_span bytes, struct checking_answer *a, struct writ_error *e)
{
    struct writ_cursor c = writ_cursor_over(bytes, e);
    struct writ_span number, line;
    uint64_t code = 0;

    if (writ_cursor_line(&c, &number, "answer of the child") < 0 ||
        writ_cursor_line(&c, &line, "answer of the child") < 0)
        return -1;
    if (writ_span_decimal(number, WRIT_FAULT_CONFIGURATION, &code) < 0 || !is_exit(code) ||
        line.n > CHECKING_LINE_MAX)
        return writ_fail(e, WRIT_FAULT_UNEXPECTED, "the child's answer makes no sense");
    a->exit = (int)code;
    writ_buffer_add(&a->line, line);
    writ_buffer_add(&a->fragment, WRIT_SPAN(c.at, c.left));
    return writ_buffer_check(&a->fragment, e);
}

int checking_judge(const struct checking *c, const struct checking_subject *what,
                   struct checking_answer *answer, struct writ_error *e)
{
    struct task t = {c, what};
    struct jail limits = {0};
    struct writ_buffer bytes = {0};
    int rc = -1;

    *answer = (struct checking_answer){0};
    if (jail_run(&limits, work, &t, &bytes, e) == 0)
        rc = read_answer(writ_buffer_span(&bytes), answer, e);
    writ_buffer_free(&bytes);
    return rc;
}

void checking_answer_free(struct checking_answer *answer)
{
    writ_buffer_free(&answer->line);
    writ_buffer_free(&answer->fragment);
}
