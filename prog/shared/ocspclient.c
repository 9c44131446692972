#include "shared/ocspclient.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/text.h"
#include "evidence/ocsp.h"
#include "shared/deadline.h"
#include "shared/jail.h"
#include "shared/ocspcache.h"
#include "shared/ocsphosts.h"
#include "shared/racing.h"
#include "verdict/answer.h"

#define JUDGE_LEAST 50 /* ms that verifying an answer may take when it came at the last moment */

/* A question on its way. */
struct asking {
    const struct ocspclient_question *q;
    struct ocspclient_result *result;
    uint8_t key[OCSPCACHE_KEY]; /* who is meant, in the cache */
    uint8_t nonce[WRIT_OCSP_NONCE_SENT];
    size_t nonce_bytes;
    struct writ_buffer request;
    struct writ_buffer url[RACE_SERVERS_MAX];      /* what is asked: for a GET with the question */
    struct racing_server server[RACE_SERVERS_MAX]; /* those that are asked */
    size_t at[RACE_SERVERS_MAX];                   /* which of q->url each of them is */
    size_t servers;
    int64_t deadline;
};

const char *ocspclient_state_name(enum ocspclient_state state)
{
    static const char *const names[] = {"not-asked", "left-alone", "answered", "failed", "late"};

    return names[state];
}

/* ------------------------------------------------------------------------------ in the child */

/* What the child is given. */
struct judging {
    const struct asking *a;
    struct writ_span response;
};

static int judge(void *argument, struct writ_buffer *out, struct writ_error *e)
{
    const struct judging *j = argument;
    const struct ocspclient_question *q = j->a->q;
    struct writ_ocsp_question question;
    struct writ_cert cert, issuer;
    struct writ_answer answer = {0};

    if (writ_cert_parse(q->cert, &cert, e) < 0 || writ_cert_parse(q->issuer, &issuer, e) < 0)
        return -1;
    writ_ocsp_question_init(&question, &cert, &issuer, q->now);
    question.nonce = WRIT_SPAN(j->a->nonce, j->a->nonce_bytes);
    question.nonce_required = j->a->nonce_bytes > 0;
    if (writ_check_ocsp(&question, j->response, &answer, e) < 0)
        return -1;
    writ_buffer_add(out, WRIT_SPAN(&answer, sizeof answer));
    return writ_buffer_check(out, e);
}

/* ----------------------------------------------------------------------------- in the parent */

/* A child may have been taken over. */
static bool is_answer(const struct writ_answer *a)
{
    return a->from == WRIT_FROM_OCSP && a->status <= WRIT_ANSWER_STALE &&
           writ_reason_is_known(a->reason);
}

static int take_answer(struct writ_span bytes, struct writ_answer *answer, struct writ_error *e)
{
    if (bytes.n != sizeof *answer)
        return writ_fail(e, WRIT_FAULT_UNEXPECTED, "the child's answer makes no sense");
    memcpy(answer, bytes.p, sizeof *answer);
    if (!is_answer(answer))
        return writ_fail(e, WRIT_FAULT_UNEXPECTED, "the child's answer makes no sense");
    writ_text_make_safe(answer->source, sizeof answer->source);
    writ_text_make_safe(answer->why, sizeof answer->why);
    return 0;
}

static int64_t time_to_judge(const struct asking *a)
{
    int left = deadline_left(a->deadline);

    return left < JUDGE_LEAST ? JUDGE_LEAST : left;
}

/* Whatever the child cannot make sense of, or dies of, is no evidence. */
static int verify(const struct asking *a, struct writ_span response, struct writ_answer *answer,
                  struct writ_error *e)
{
    struct judging j = {a, response};
    struct jail limits = {.deadline_ms = time_to_judge(a)};
    struct writ_buffer bytes = {0};
    struct writ_error found = {0};
    int rc = jail_run(&limits, judge, &j, &bytes, &found);

    if (rc == 0)
        rc = take_answer(writ_buffer_span(&bytes), answer, &found);
    writ_buffer_free(&bytes);
    if (rc == 0)
        return 0;
    if (found.fault == WRIT_FAULT_CONFIGURATION)
        return writ_fail(e, found.fault, "%s", found.text);
    *answer = (struct writ_answer){.from = WRIT_FROM_OCSP};
    (void)snprintf(answer->why, sizeof answer->why, "it cannot be verified: %.300s", found.text);
    return 0;
}

/* ----------------------------------------------------------------------------- what is kept */

static bool is_definite(const struct writ_answer *a)
{
    return a->status == WRIT_ANSWER_GOOD || a->status == WRIT_ANSWER_REVOKED;
}

/* What has just come takes the place of what was kept from before, if it is as late: a hold that
 * was lifted is over.  Who sends an old answer again gets nowhere with it. */
static bool takes_the_place(const struct writ_answer *newer, const struct ocspclient_result *r)
{
    return r->is_kept && is_definite(newer) && !newer->stale && newer->as_of >= r->answer.as_of;
}

/* The better of two: what was believed so far stays unless the new one counts for more. */
static bool counts_more(const struct writ_answer *newer, const struct writ_answer *standing)
{
    const struct writ_answer both[] = {*standing, *newer};

    return writ_answers_weigh(both, 2) == 1;
}

static void keep_in_mind(struct ocspclient_result *r, const struct writ_answer *answer,
                         struct writ_span response, int64_t received, bool is_kept)
{
    if (r->received != 0 && !(!is_kept && takes_the_place(answer, r)) &&
        !counts_more(answer, &r->answer))
        return;
    r->answer = *answer;
    r->received = received;
    r->is_kept = is_kept;
    writ_buffer_free(&r->response);
    writ_buffer_add(&r->response, response);
}

/* Looks for what is kept.  *settled: nobody needs to be asked. */
static int look_at_what_is_kept(struct asking *a, bool *settled, struct writ_error *e)
{
    struct ocspcache_entry entry;
    struct writ_answer answer;
    int rc;

    *settled = false;
    if (a->q->with_nonce || !ocspcache_read(a->q->places, a->key, &entry))
        return 0;
    rc = verify(a, entry.answer, &answer, e);
    if (rc == 0) {
        keep_in_mind(a->result, &answer, entry.answer, entry.received, true);
        *settled = is_definite(&answer) && !answer.stale && ocspcache_is_current(&entry, a->q->now);
    }
    ocspcache_free(&entry);
    return rc;
}

static void keep(const struct asking *a, const struct writ_answer *answer,
                 const struct raceframe *f)
{
    const struct ocspcache_entry entry = {
        .received = a->q->now,
        .max_age = f->max_age == RACE_NO_AGE ? OCSPCACHE_NO_AGE : f->max_age,
        .as_of = answer->as_of,
        .answer = f->body,
    };

    if (is_definite(answer) && !answer->stale)
        (void)ocspcache_write(a->q->places, a->key, &entry);
}

/* --------------------------------------------------------------------------- the question */

static int make_request(struct asking *a, struct writ_error *e)
{
    struct writ_ocsp_hashes room;
    struct writ_ocsp_id id;
    struct writ_cert cert, issuer;

    if (writ_cert_parse(a->q->cert, &cert, e) < 0 || writ_cert_parse(a->q->issuer, &issuer, e) < 0)
        return -1;
    if (a->q->with_nonce) {
        a->nonce_bytes = sizeof a->nonce;
        if (writ_random(a->nonce, sizeof a->nonce, e) < 0)
            return -1;
    }
    if (writ_ocsp_identify(&cert, &issuer, a->q->hash, &room, &id, e) < 0)
        return -1;
    return writ_ocsp_request_build(&id, 1, WRIT_SPAN(a->nonce, a->nonce_bytes), &a->request, e);
}

/* base64 holds three characters that mean something else in a URL. */
static void add_escaped(struct writ_buffer *b, struct writ_span base64)
{
    for (size_t i = 0; i < base64.n; i++) {
        switch (base64.p[i]) {
        case '+':
            writ_buffer_text(b, "%2B");
            break;
        case '/':
            writ_buffer_text(b, "%2F");
            break;
        case '=':
            writ_buffer_text(b, "%3D");
            break;
        default:
            writ_buffer_byte(b, base64.p[i]);
        }
    }
}

/* The URL of a GET (RFC 6960 appendix A.1): one slash between the responder and the question. */
static int make_url(const struct asking *a, const char *url, struct writ_buffer *out,
                    struct writ_error *e)
{
    struct writ_buffer base64 = {0};
    size_t n = strlen(url);
    int rc;

    writ_base64_add(&base64, writ_buffer_span(&a->request));
    rc = writ_buffer_check(&base64, e);
    writ_buffer_text(out, url);
    if (n == 0 || url[n - 1] != '/')
        writ_buffer_byte(out, '/');
    if (rc == 0)
        add_escaped(out, writ_buffer_span(&base64));
    writ_buffer_free(&base64);
    return rc < 0 ? -1 : writ_buffer_check(out, e);
}

static int add_server(struct asking *a, size_t i, struct writ_error *e)
{
    struct writ_buffer *url = &a->url[a->servers];
    bool post = a->q->method == OCSPCLIENT_POST;

    if (make_url(a, a->q->url[i], url, e) < 0)
        return -1;
    if (a->q->method == OCSPCLIENT_AUTO)
        post = url->n > OCSPCLIENT_GET_MAX;
    a->server[a->servers].post = post;
    a->server[a->servers].url = post ? a->q->url[i] : writ_buffer_string(url);
    a->at[a->servers++] = i;
    return 0;
}

/* All responders but those that are to be left alone. */
static int choose_servers(struct asking *a, struct writ_error *e)
{
    for (size_t i = 0; i < a->q->urls; i++) {
        int64_t left = ocsphosts_left(a->q->places, a->q->url[i], a->q->now);
        struct ocspclient_server *s = &a->result->server[i];

        if (left > 0) {
            s->state = OCSPCLIENT_LEFT_ALONE;
            (void)snprintf(s->why, sizeof s->why, "left alone for another %" PRId64 " s", left);
        } else if (add_server(a, i, e) < 0) {
            return -1;
        }
    }
    return 0;
}

/* ------------------------------------------------------------------------------ the answers */

static void note_failure(const struct asking *a, const struct raceframe *f,
                         struct ocspclient_server *s)
{
    s->state = OCSPCLIENT_FAILED;
    (void)snprintf(s->why, sizeof s->why, "%.*s", WRIT_FACT_TEXT - 1, f->sentence);
    if (f->wait_seconds > 0)
        ocsphosts_waits(a->q->places, a->q->url[a->at[f->server]], a->q->now, f->wait_seconds);
}

/* One responder is done.  Its answer is kept if it is believed. */
static int take_frame(struct asking *a, const struct raceframe *f, struct writ_error *e)
{
    struct ocspclient_server *s = &a->result->server[a->at[f->server]];
    const char *url = a->q->url[a->at[f->server]];
    bool was_late = s->state == OCSPCLIENT_LATE;
    struct writ_answer answer;

    s->ms = f->ms;
    if (f->fault != WRIT_FAULT_NONE) {
        note_failure(a, f, s);
        return 0;
    }
    if (verify(a, f->body, &answer, e) < 0)
        return -1;
    s->state = OCSPCLIENT_ANSWERED;
    (void)snprintf(s->why, sizeof s->why, "%s", answer.why);
    if (f->wait_seconds > 0 && !is_definite(&answer))
        ocsphosts_waits(a->q->places, url, a->q->now, f->wait_seconds);
    else if (!was_late)
        ocsphosts_answered(a->q->places, url);
    keep(a, &answer, f);
    keep_in_mind(a->result, &answer, f->body, a->q->now, false);
    return 0;
}

static bool is_settled(const struct ocspclient_result *r)
{
    return r->received != 0 && !r->is_kept && is_definite(&r->answer) && !r->answer.stale;
}

/* Takes frames until one settles it, all have been told about, or the deadline passes. */
static int listen_until(struct asking *a, struct racing *r, int64_t deadline, struct writ_error *e)
{
    struct raceframe f;
    int rc = 1;

    while (rc == 1 && !is_settled(a->result)) {
        rc = racing_next(r, deadline, &f, e);
        if (rc == 1 && take_frame(a, &f, e) < 0)
            rc = -1;
    }
    return rc < 0 ? -1 : 0;
}

/* ------------------------------------------------------------------------- who comes too late */

/* Nothing of the caller's stays open, or whoever reads from a pipe to it would wait with us. */
static void let_go_of_all_but(int *fd)
{
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);

    for (int stream = 0; nothing >= 0 && stream <= 2; stream++)
        (void)dup2(nothing, stream);
    if (*fd != 3 && dup3(*fd, 3, O_CLOEXEC) == 3)
        *fd = 3;
    if (*fd == 3)
        (void)close_range(4, ~0u, 0);
}

/* In a process that nobody waits for: the answer that comes late is kept for the next look. */
static void wait_for_the_late(struct asking *a, struct racing *r)
{
    struct writ_error ignored = {0};

    (void)setsid();
    if (fork() != 0)
        _exit(0);
    let_go_of_all_but(&r->fd);
    racing_adopt(r);
    a->deadline = deadline_in(OCSPCLIENT_LINGER);
    (void)listen_until(a, r, a->deadline, &ignored);
    _exit(0);
}

static void leave_behind(struct asking *a, struct racing *r)
{
    pid_t pid = fork();

    if (pid == 0)
        wait_for_the_late(a, r);
    while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        ;
    if (pid > 0)
        racing_adopt(r); /* writ-fetch goes on: it is the other one's now */
}

static void note_late(struct asking *a)
{
    for (size_t i = 0; i < a->servers; i++) {
        struct ocspclient_server *s = &a->result->server[a->at[i]];

        if (s->state != OCSPCLIENT_NOT_ASKED)
            continue;
        s->state = OCSPCLIENT_LATE;
        s->ms = a->q->deadline_ms;
        (void)snprintf(s->why, sizeof s->why, "no answer in %" PRId64 " ms", a->q->deadline_ms);
        ocsphosts_failed(a->q->places, a->q->url[a->at[i]], a->q->now);
    }
}

static int race(struct asking *a, struct writ_error *e)
{
    struct racing r = RACING_NONE;
    const struct racing_question what = {
        .server = a->server,
        .count = a->servers,
        .body = writ_buffer_span(&a->request),
        .type = OCSPCLIENT_TYPE,
        .wanted = OCSPCLIENT_WANTED,
        .deadline_ms = OCSPCLIENT_LINGER,
    };
    int rc = racing_start(&r, &what, e);

    if (rc == 0)
        rc = listen_until(a, &r, a->deadline, e);
    if (rc == 0 && !is_settled(a->result) && !racing_is_over(&r)) {
        note_late(a);
        leave_behind(a, &r);
    }
    racing_end(&r);
    return rc;
}

/* ---------------------------------------------------------------------------------- asking */

int ocspclient_add_url(struct ocspclient_question *question, struct writ_span url,
                       struct writ_error *e)
{
    if (question->urls == RACE_SERVERS_MAX || memchr(url.p, 0, url.n) != NULL)
        return 0;
    if (url.n > OCSPCLIENT_URL_MAX)
        return writ_fail(e, WRIT_FAULT_USAGE, "the URL of a responder has %zu bytes, at most %d",
                         url.n, OCSPCLIENT_URL_MAX);
    memcpy(question->url[question->urls], url.p, url.n);
    question->url[question->urls++][url.n] = '\0';
    return 0;
}

static int make_key(struct asking *a, struct writ_error *e)
{
    struct writ_buffer both = {0};
    int rc;

    writ_buffer_add(&both, a->q->issuer);
    writ_buffer_add(&both, a->q->cert);
    rc = writ_buffer_check(&both, e);
    if (rc == 0)
        rc = writ_sha256(writ_buffer_span(&both), a->key, e);
    writ_buffer_free(&both);
    return rc;
}

static int ask_servers(struct asking *a, struct writ_error *e)
{
    if (make_request(a, e) < 0 || choose_servers(a, e) < 0)
        return -1;
    return a->servers == 0 ? 0 : race(a, e);
}

/* Why there is no answer, from the responders that were to give one. */
static void explain_nothing(const struct ocspclient_question *q, struct ocspclient_result *r)
{
    char *why = r->answer.why;

    r->answer = (struct writ_answer){.from = WRIT_FROM_OCSP};
    if (q->cached_only)
        (void)snprintf(why, WRIT_FACT_TEXT, "no answer is kept, and nobody was to be asked");
    else if (q->urls == 0)
        (void)snprintf(why, WRIT_FACT_TEXT, "there is no responder to ask");
    for (size_t i = 0; i < q->urls && why[0] == '\0'; i++) {
        if (r->server[i].why[0] != '\0')
            (void)snprintf(why, WRIT_FACT_TEXT, "%.120s: %.250s", q->url[i], r->server[i].why);
    }
}

int ocspclient_ask(const struct ocspclient_question *question, struct ocspclient_result *result,
                   struct writ_error *e)
{
    int64_t start = deadline_now();
    struct asking a = {.q = question, .result = result};
    bool settled = false;
    int rc;

    *result = (struct ocspclient_result){.answer = {.from = WRIT_FROM_OCSP}};
    a.deadline = deadline_in(question->deadline_ms);
    rc = make_key(&a, e);
    if (rc == 0)
        rc = look_at_what_is_kept(&a, &settled, e);
    if (rc == 0 && !settled && !question->cached_only)
        rc = ask_servers(&a, e);
    if (result->received == 0)
        explain_nothing(question, result);
    for (size_t i = 0; i < RACE_SERVERS_MAX; i++)
        writ_buffer_free(&a.url[i]);
    writ_buffer_free(&a.request);
    result->ms = deadline_now() - start;
    return rc < 0 ? -1 : writ_buffer_check(&result->response, e);
}

void ocspclient_free(struct ocspclient_result *result)
{
    writ_buffer_free(&result->response);
}

int ocspclient_verify(const struct ocspclient_question *question, struct writ_span response,
                      struct writ_answer *answer, struct writ_error *e)
{
    const struct asking a = {.q = question, .deadline = deadline_in(OCSPCLIENT_LINGER)};

    return verify(&a, response, answer, e);
}
