#include "fetch/race.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <curl/curl.h>

#include "base/text.h"
#include "fetch/address.h"
#include "shared/deadline.h"
#include "shared/fetch.h"
#include "shared/file.h"

/* One server, while it is asked. */
struct runner {
    const struct race *what;
    const struct race_server *server;
    CURL *easy;                 /* NULL when it is done */
    struct curl_slist *headers; /* of the request */
    struct writ_buffer body;    /* of the answer */
    size_t received;            /* bytes of headers and body, those of a redirect included */
    bool redirected;            /* it has led us elsewhere already */
    char shown[FILE_SHOWN_MAX]; /* the URL it was asked under, for sentences */
    char why[CURL_ERROR_SIZE];  /* libcurl's words */
    struct writ_error cause;    /* what was found while bytes came in */
};

struct field {
    const struct race *what;
    CURLM *multi;
    struct runner runner[RACE_SERVERS_MAX];
    int64_t begun, deadline;
    int fd;
};

/* ------------------------------------------------------------------------------------- headers */

static const char *header_of(const struct runner *r, const char *name)
{
    struct curl_header *h = NULL;

    return curl_easy_header(r->easy, name, 0, CURLH_HEADER, -1, &h) == CURLHE_OK ? h->value : NULL;
}

static long status_of(const struct runner *r)
{
    long status = 0;

    (void)curl_easy_getinfo(r->easy, CURLINFO_RESPONSE_CODE, &status);
    return status;
}

/* A number at the beginning of a text; RACE_NO_AGE when there is none.  More than fits is much. */
static int64_t seconds_at(const char *text)
{
    char *end = NULL;
    long long value;

    if (text == NULL || *text < '0' || *text > '9')
        return RACE_NO_AGE;
    errno = 0;
    value = strtoll(text, &end, 10);
    return errno != 0 || value > RACE_SECONDS_MAX ? RACE_SECONDS_MAX : value;
}

/* What is left of max-age (RFC 9111 section 5.2.2.1): caches on the way count it in Age. */
static int64_t max_age_of(const struct runner *r)
{
    static const char name[] = "max-age=";
    const char *at = header_of(r, "Cache-Control");
    int64_t age = RACE_NO_AGE, spent = seconds_at(header_of(r, "Age"));

    while (at != NULL && age == RACE_NO_AGE) {
        at += strspn(at, " \t,");
        if (strncasecmp(at, name, sizeof name - 1) == 0)
            age = seconds_at(at + sizeof name - 1);
        at = strchr(at, ',');
    }
    if (age == RACE_NO_AGE || spent == RACE_NO_AGE)
        return age;
    return spent > age ? 0 : age - spent;
}

static int64_t wait_of(const struct runner *r)
{
    curl_off_t after = 0;

    (void)curl_easy_getinfo(r->easy, CURLINFO_RETRY_AFTER, &after);
    if (after <= 0)
        return 0;
    return after > RACE_SECONDS_MAX ? RACE_SECONDS_MAX : (int64_t)after;
}

/* --------------------------------------------------------------------------- as bytes come in */

static int take(struct runner *r, size_t n)
{
    r->received += n;
    if (r->received <= RACE_BYTES_MAX)
        return 0;
    return writ_fail(&r->cause, WRIT_FAULT_BAD_INPUT,
                     "%s sent more than the %zu bytes that are taken at most", r->shown,
                     RACE_BYTES_MAX);
}

static size_t on_header(char *p, size_t size, size_t n, void *own)
{
    (void)p;
    return take(own, size * n) < 0 ? 0 : size * n;
}

/* The pages that come with other statuses count, and are not kept. */
static size_t on_body(char *p, size_t size, size_t n, void *own)
{
    struct runner *r = own;

    if (take(r, size * n) < 0)
        return 0;
    if (status_of(r) == 200)
        writ_buffer_add(&r->body, WRIT_SPAN(p, size * n));
    return writ_buffer_check(&r->body, &r->cause) < 0 ? 0 : size * n;
}

/* Whoever was led elsewhere by a server is not led into a private network. */
static curl_socket_t on_socket(void *own, curlsocktype purpose, struct curl_sockaddr *a)
{
    struct runner *r = own;

    (void)purpose;
    if (r->redirected && !address_is_public(&a->addr)) {
        (void)writ_fail(&r->cause, WRIT_FAULT_CONFIGURATION,
                        "%s redirects to this host or a private network, which is not followed",
                        r->shown);
        return CURL_SOCKET_BAD;
    }
    return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

/* ---------------------------------------------------------------------------------- setting up */

static bool add_header(struct runner *r, const char *name, const char *value)
{
    char line[128];
    struct curl_slist *longer;

    (void)snprintf(line, sizeof line, "%s: %s", name, value);
    longer = curl_slist_append(r->headers, line);
    if (longer == NULL)
        return false;
    r->headers = longer;
    return true;
}

static bool set_callbacks(struct runner *r)
{
    CURL *c = r->easy;

    return curl_easy_setopt(c, CURLOPT_PRIVATE, r) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_WRITEDATA, r) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_HEADERDATA, r) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, on_socket) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, r) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_ERRORBUFFER, r->why) == CURLE_OK;
}

/* The same defaults as in shared/fetch.c: what is not set is off. */
static bool set_options(struct runner *r, const char *url)
{
    CURL *c = r->easy;
    const char *trusted = secure_getenv("SSL_CERT_FILE");

    return curl_easy_setopt(c, CURLOPT_URL, url) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_PATH_AS_IS, 1L) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_USERAGENT, "writ/" WRIT_VERSION) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)r->what->deadline_ms) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_QUICK_EXIT, 1L) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_HTTPHEADER, r->headers) == CURLE_OK &&
           (trusted == NULL || trusted[0] == '\0' ||
            curl_easy_setopt(c, CURLOPT_CAINFO, trusted) == CURLE_OK);
}

static bool set_question(struct runner *r)
{
    struct writ_span body = r->what->body;

    return !r->server->post ||
           (curl_easy_setopt(r->easy, CURLOPT_POST, 1L) == CURLE_OK &&
            curl_easy_setopt(r->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.n) ==
                CURLE_OK &&
            curl_easy_setopt(r->easy, CURLOPT_POSTFIELDS, (const char *)body.p) == CURLE_OK);
}

static void leave(struct field *f, struct runner *r)
{
    if (r->easy != NULL)
        (void)curl_multi_remove_handle(f->multi, r->easy);
    curl_easy_cleanup(r->easy);
    r->easy = NULL;
    curl_slist_free_all(r->headers);
    r->headers = NULL;
    writ_buffer_free(&r->body);
}

/* Sends the runner to a URL. */
static int send_to(struct field *f, struct runner *r, const char *url, struct writ_error *e)
{
    if (fetch_check_url(url, r->shown, e) < 0)
        return -1;
    r->easy = curl_easy_init();
    if (r->easy == NULL || !add_header(r, "Accept", f->what->wanted) ||
        (r->server->post && !add_header(r, "Content-Type", f->what->type)))
        return writ_fail_memory(e);
    if (!set_options(r, url) || !set_question(r) || !set_callbacks(r) ||
        curl_multi_add_handle(f->multi, r->easy) != CURLM_OK)
        return writ_fail(e, WRIT_FAULT_UNEXPECTED, "libcurl does not take the request for %s",
                         r->shown);
    return 0;
}

/* -------------------------------------------------------------------------- what came of it */

/* Tells about a runner that is done, and takes it off the field. */
static int tell(struct field *f, struct runner *r, const struct writ_error *found,
                struct writ_error *e)
{
    struct raceframe frame = {
        .server = (size_t)(r - f->runner),
        .ms = deadline_now() - f->begun,
        .fault = found->fault,
        .wait_seconds = r->easy == NULL ? 0 : wait_of(r),
        .max_age = RACE_NO_AGE,
    };
    struct writ_buffer out = {0};
    int rc;

    writ_text_copy_safe(frame.sentence, sizeof frame.sentence, writ_span_text(found->text));
    if (found->fault == WRIT_FAULT_NONE) {
        frame.max_age = max_age_of(r);
        frame.body = writ_buffer_span(&r->body);
    }
    raceframe_add(&out, &frame);
    rc = writ_buffer_check(&out, e);
    if (rc == 0)
        rc = file_write(f->fd, "the answer", writ_buffer_span(&out), e);
    writ_buffer_free(&out);
    leave(f, r);
    return rc;
}

static int fail_curl(const struct runner *r, CURLcode code, struct writ_error *e)
{
    const char *words = r->why[0] == '\0' ? curl_easy_strerror(code) : r->why;
    char why[CURL_ERROR_SIZE];

    writ_text_copy_safe(why, sizeof why, writ_span_text(words));
    switch (code) {
    case CURLE_OUT_OF_MEMORY:
        return writ_fail_memory(e);
    case CURLE_UNSUPPORTED_PROTOCOL: /* HTTP/0.9, that is, anything */
    case CURLE_WEIRD_SERVER_REPLY:
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "%s did not answer in HTTP: %s", r->shown, why);
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
        return writ_fail(e, WRIT_FAULT_UNAVAILABLE, "%s broke the connection off: %s", r->shown,
                         why);
    default:
        return writ_fail(e, WRIT_FAULT_UNAVAILABLE, "%s cannot be reached: %s", r->shown, why);
    }
}

static int fail_status(const struct runner *r, long status, struct writ_error *e)
{
    if (status >= 300 && status < 400)
        return writ_fail(e, WRIT_FAULT_CONFIGURATION, "%s redirects more than once, or to nowhere",
                         r->shown);
    if (status < 400)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "%s answered with the unexpected status %ld",
                         r->shown, status);
    return writ_fail(e, WRIT_FAULT_UNAVAILABLE, "%s answered with status %ld", r->shown, status);
}

static int check_headers(const struct runner *r, struct writ_error *e)
{
    const char *type = header_of(r, "Content-Type"), *coding = header_of(r, "Content-Encoding");
    size_t n = type == NULL ? 0 : strcspn(type, "; \t");
    char safe[64];

    if (coding != NULL && strcasecmp(coding, "identity") != 0) {
        writ_text_copy_safe(safe, sizeof safe, writ_span_text(coding));
        return writ_fail(e, WRIT_FAULT_BAD_INPUT,
                         "%s sent its answer in the content coding %s, which was not asked for",
                         r->shown, safe);
    }
    if (n == strlen(r->what->wanted) && strncasecmp(type, r->what->wanted, n) == 0)
        return 0;
    writ_text_copy_safe(safe, sizeof safe, writ_span_text(type == NULL ? "nothing" : type));
    return writ_fail(e, WRIT_FAULT_BAD_INPUT, "%s answered in the type %s; %s was wanted", r->shown,
                     safe, r->what->wanted);
}

/* 0 when there is an answer to hand on. */
static int judge(const struct runner *r, CURLcode code, struct writ_error *e)
{
    long status = status_of(r);

    if (r->cause.fault != WRIT_FAULT_NONE)
        return writ_fail(e, r->cause.fault, "%s", r->cause.text);
    if (status >= 200 && status != 200)
        return fail_status(r, status, e);
    if (code != CURLE_OK)
        return fail_curl(r, code, e);
    return check_headers(r, e);
}

/* A proxy would look the name up, out of sight of on_socket. */
static bool is_behind_proxy(void)
{
    static const char *const names[] = {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy",
                                        "ALL_PROXY"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *value = secure_getenv(names[i]);

        if (value != NULL && value[0] != '\0')
            return true;
    }
    return false;
}

/* Whether the answer is a redirect to be followed: 301, 302, 307 and 308 put the same question to
 * another place. */
static bool leads_elsewhere(const struct runner *r, CURLcode code)
{
    long status = status_of(r);

    return code == CURLE_OK && !r->redirected && r->cause.fault == WRIT_FAULT_NONE &&
           header_of(r, "Location") != NULL &&
           (status == 301 || status == 302 || status == 307 || status == 308);
}

static int follow(struct field *f, struct runner *r, struct writ_error *e)
{
    char *target = NULL, *url = NULL;
    int rc = -1;

    (void)curl_easy_getinfo(r->easy, CURLINFO_REDIRECT_URL, &target);
    if (is_behind_proxy())
        (void)writ_fail(e, WRIT_FAULT_CONFIGURATION,
                        "%s redirects, which is not followed through a proxy", r->shown);
    else if (target == NULL)
        (void)fail_status(r, status_of(r), e);
    else
        url = strdup(target);
    if (url != NULL) {
        leave(f, r);
        r->redirected = true;
        rc = send_to(f, r, url, e);
        if (rc < 0)
            writ_error_context(e, "redirected");
    } else if (e->fault == WRIT_FAULT_NONE) {
        (void)writ_fail_memory(e);
    }
    free(url);
    return rc;
}

static int finish(struct field *f, struct runner *r, CURLcode code, struct writ_error *e)
{
    struct writ_error found = {0};

    if (leads_elsewhere(r, code)) {
        if (follow(f, r, &found) == 0)
            return 0;
    } else {
        (void)!judge(r, code, &found);
    }
    return tell(f, r, &found, e);
}

/* --------------------------------------------------------------------------------------- going */

/* Those that libcurl is done with. */
static int take_done(struct field *f, struct writ_error *e)
{
    CURLMsg *message;
    int waiting;

    while ((message = curl_multi_info_read(f->multi, &waiting)) != NULL) {
        CURLcode code = message->data.result;
        struct runner *r = NULL;

        if (message->msg != CURLMSG_DONE)
            continue;
        (void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&r);
        if (r != NULL && finish(f, r, code, e) < 0)
            return -1;
    }
    return 0;
}

static bool is_any_running(const struct field *f)
{
    for (size_t i = 0; i < f->what->count; i++) {
        if (f->runner[i].easy != NULL)
            return true;
    }
    return false;
}

static bool is_heard(const struct field *f)
{
    struct pollfd p = {.fd = f->fd};

    return poll(&p, 1, 0) <= 0 || (p.revents & (POLLERR | POLLNVAL)) == 0;
}

static int go(struct field *f, struct writ_error *e)
{
    struct curl_waitfd listener = {.fd = f->fd};
    int running;

    while (is_any_running(f) && deadline_left(f->deadline) > 0) {
        if (curl_multi_perform(f->multi, &running) != CURLM_OK)
            return writ_fail(e, WRIT_FAULT_UNEXPECTED, "libcurl does not go on");
        if (take_done(f, e) < 0)
            return -1;
        if (is_any_running(f) &&
            curl_multi_poll(f->multi, &listener, 1, deadline_left(f->deadline), NULL) != CURLM_OK)
            return writ_fail(e, WRIT_FAULT_UNEXPECTED, "libcurl does not go on");
        if (!is_heard(f))
            return writ_fail(e, WRIT_FAULT_IO, "nobody reads the answers");
    }
    return 0;
}

static int start_all(struct field *f, struct writ_error *e)
{
    for (size_t i = 0; i < f->what->count; i++) {
        struct runner *r = &f->runner[i];
        struct writ_error found = {0};

        *r = (struct runner){.what = f->what, .server = &f->what->server[i]};
        r->body.ceiling = RACE_BYTES_MAX;
        (void)file_shown(r->server->url, r->shown);
        if (send_to(f, r, r->server->url, &found) < 0 && tell(f, r, &found, e) < 0)
            return -1;
    }
    return 0;
}

/* Whoever is still running has not made it. */
static int end_all(struct field *f, struct writ_error *e)
{
    for (size_t i = 0; i < f->what->count; i++) {
        struct runner *r = &f->runner[i];
        struct writ_error found = {0};

        if (r->easy == NULL)
            continue;
        (void)writ_fail(&found, WRIT_FAULT_UNAVAILABLE,
                        "%s took longer than %" PRId64 " ms; %zu bytes had come", r->shown,
                        f->what->deadline_ms, r->received);
        if (tell(f, r, &found, e) < 0)
            return -1;
    }
    return 0;
}

int race_run(const struct race *what, int fd, struct writ_error *e)
{
    struct field f = {.what = what, .fd = fd, .begun = deadline_now()};
    int rc = -1;

    if (what->count == 0 || what->count > RACE_SERVERS_MAX)
        return writ_fail(e, WRIT_FAULT_USAGE, "%zu servers to ask; 1 to %d are wanted", what->count,
                         RACE_SERVERS_MAX);
    f.deadline = deadline_in(what->deadline_ms);
    if (fetch_start(e) < 0)
        return -1;
    f.multi = curl_multi_init();
    if (f.multi == NULL)
        return writ_fail_memory(e);
    if (start_all(&f, e) == 0 && go(&f, e) == 0)
        rc = end_all(&f, e);
    for (size_t i = 0; i < what->count; i++)
        leave(&f, &f.runner[i]);
    (void)curl_multi_cleanup(f.multi);
    return rc;
}
