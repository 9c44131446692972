#include "writ/verdicts.h"

#include <time.h>

#include "shared/file.h"
#include "shared/judge.h"
#include "verdict/judge.h"

#define RESULT_DEPTH 3 /* schema object, list of results, one result */
#define TEXT_DEPTH   2 /* the walk stands two spaces in below its line */

static int tell_json(struct out *o, const char *path, const struct judge_answer *answer,
                     struct writ_error *e)
{
    struct writ_emit *m = out_emit(o);
    int rc;

    writ_emit_object(m, NULL);
    writ_emit_string(m, "subject", path);
    writ_emit_span(m, "line", writ_buffer_span(&answer->line));
    rc = writ_emit_fragment_add(m, writ_buffer_span(&answer->fragment), e);
    writ_emit_end(m);
    return rc;
}

/* The line; with more than one subject it says which; with `whole` the walk stands below it. */
static int tell_text(const struct args *a, struct out *o, bool whole, const char *path,
                     const struct judge_answer *answer, struct writ_error *e)
{
    struct writ_buffer text = {0};
    struct writ_emit m;
    char shown[FILE_SHOWN_MAX];
    int rc = 0;

    if (whole || a->operand_count > 1)
        out_say(o, "%s: %.*s", file_shown(path, shown), (int)answer->line.n,
                (const char *)answer->line.p);
    else
        out_say(o, "%.*s", (int)answer->line.n, (const char *)answer->line.p);
    if (whole) {
        writ_emit_fragment_start(&m, WRIT_EMIT_TEXT, TEXT_DEPTH, &text);
        rc = writ_emit_fragment_add(&m, writ_buffer_span(&answer->fragment), e);
        out_data(o, writ_buffer_span(&text));
        writ_buffer_free(&text);
    }
    return rc;
}

int verdicts_tell_fault(struct out *o, const char *path, const struct writ_error *e)
{
    if (o->json) {
        writ_emit_object(out_emit(o), NULL);
        writ_emit_string(out_emit(o), "subject", path);
        writ_emit_string(out_emit(o), "outcome", writ_outcome_name(WRIT_FAULT));
        writ_emit_number(out_emit(o), "exit", (int64_t)e->fault);
        out_emit_fault(out_emit(o), e);
        writ_emit_end(out_emit(o));
    }
    return out_fault_line(o, e);
}

static int64_t monotonic_ns(void)
{
    struct timespec t = {0};

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int judge_one(const struct args *a, struct out *o, const struct judge *j, bool whole,
                     const char *path)
{
    int64_t start = monotonic_ns();
    struct judge_form form = {
        .form = a->json ? WRIT_EMIT_JSON : WRIT_EMIT_TEXT,
        .depth = a->json ? RESULT_DEPTH : TEXT_DEPTH,
    };
    struct judge_answer answer = {0};
    struct writ_error e = {0};
    int status;

    if (judge_path(j, path, args_value(a, "seal"), &form, &answer, &e) < 0)
        status = verdicts_tell_fault(o, path, &e);
    else if ((a->json ? tell_json(o, path, &answer, &e)
                      : tell_text(a, o, whole, path, &answer, &e)) < 0)
        status = out_fault_line(o, &e);
    else
        status = answer.exit;
    out_detail(o, 1, "%s: judged in %.3f ms", path, (double)(monotonic_ns() - start) / 1e6);
    judge_answer_free(&answer);
    return status;
}

int verdicts_run(const struct args *a, struct out *o, bool whole)
{
    struct judge j = {0};
    struct writ_error e = {0};
    int status = 0;

    if (args_value(a, "seal") != NULL && a->operand_count > 1) {
        (void)args_fail(a, &e, "--seal goes with one file");
        return out_fault(o, &e);
    }
    if (judge_start(&j, a->root, a->now, a->now_was_given, &e) < 0) {
        judge_end(&j);
        return out_fault(o, &e);
    }
    j.policy.allow_uncovered = args_flag(a, "allow-uncovered");
    if (a->json)
        writ_emit_list(out_emit(o), "results");
    for (size_t i = 0; i < a->operand_count; i++)
        status = writ_worse_exit(status, judge_one(a, o, &j, whole, args_operand(a, i)));
    if (a->json) {
        writ_emit_end(out_emit(o));
        writ_emit_number(out_emit(o), "exit", status);
    }
    judge_end(&j);
    return status;
}
