#include "shared/fetch.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <curl/curl.h>

#include "base/text.h"
#include "crypto/start.h"
#include "shared/deadline.h"
#include "shared/file.h"

#define STOP_LOOK_MS 100 /* how often the caller's flag is looked at between signs of life */

/* One transfer. */
struct transfer {
    const struct fetch *what;
    CURLM *multi;
    CURL *easy;
    struct curl_slist *headers; /* of the request */
    struct writ_buffer *out;    /* where the body goes; NULL: to fd */
    int fd;
    uint64_t received;          /* bytes of the body; those that were there count when resumed */
    bool begun;                 /* where the body goes is settled */
    bool resumed;               /* the server sends the rest only */
    size_t header_bytes;        /* of the answer */
    bool connected;             /* the request is on its way */
    int64_t deadline;           /* for the whole */
    int64_t silent_until;       /* for the next sign of life */
    char shown[FILE_SHOWN_MAX]; /* the URL, for sentences */
    char why[CURL_ERROR_SIZE];  /* libcurl's words */
    struct writ_error cause;    /* what was found while bytes came in */
};

static int64_t or_default(int64_t given, int64_t standard)
{
    return given > 0 ? given : standard;
}

static int64_t gap_of(const struct fetch *what)
{
    return or_default(what->gap_ms, FETCH_GAP_MS);
}

static int64_t whole_of(const struct fetch *what)
{
    return or_default(what->deadline_ms,
                      FETCH_BASE_MS + (int64_t)(what->ceiling / FETCH_BYTES_PER_MS));
}

static long status_of(const struct transfer *t)
{
    long status = 0;

    (void)curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
    return status;
}

/* A header of the final answer, or NULL. */
static const char *header_of(const struct transfer *t, const char *name)
{
    struct curl_header *h = NULL;

    return curl_easy_header(t->easy, name, 0, CURLH_HEADER, -1, &h) == CURLHE_OK ? h->value : NULL;
}

/* ---- while bytes come in ---- */

static void sign_of_life(struct transfer *t)
{
    t->silent_until = deadline_in(gap_of(t->what));
}

static int on_connected(void *own, char *to, char *from, int to_port, int from_port)
{
    struct transfer *t = own;

    (void)to, (void)from, (void)to_port, (void)from_port;
    t->connected = true;
    sign_of_life(t);
    return CURL_PREREQFUNC_OK;
}

static size_t on_header(char *p, size_t size, size_t n, void *own)
{
    struct transfer *t = own;

    (void)p;
    sign_of_life(t);
    t->header_bytes += size * n;
    if (t->header_bytes <= FETCH_HEADERS_MAX)
        return size * n;
    (void)writ_fail(&t->cause, WRIT_FAULT_BAD_INPUT, "%s sent more than %zu bytes of headers",
                    t->shown, FETCH_HEADERS_MAX);
    return 0;
}

static int check_coding(struct transfer *t)
{
    const char *coding = header_of(t, "Content-Encoding");
    char safe[32];

    if (coding == NULL || strcasecmp(coding, "identity") == 0)
        return 0;
    writ_text_copy_safe(safe, sizeof safe, writ_span_text(coding));
    return writ_fail(&t->cause, WRIT_FAULT_BAD_INPUT,
                     "%s sent its answer in the content coding %s, which was not asked for",
                     t->shown, safe);
}

/* RFC 9110 section 14.4: "bytes FIRST-LAST/LENGTH".  The part must begin where ours ends. */
static int check_part(struct transfer *t)
{
    const char *range = header_of(t, "Content-Range");
    uint64_t first = 0;

    if (range != NULL && sscanf(range, "bytes %" SCNu64 "-", &first) == 1 && first == t->what->from)
        return 0;
    return writ_fail(&t->cause, WRIT_FAULT_BAD_INPUT,
                     "%s sent another part than the one from byte %" PRIu64 " on", t->shown,
                     t->what->from);
}

/* The whole comes although the rest was asked for: what is there is of no use. */
static int start_over(struct transfer *t)
{
    if (ftruncate(t->fd, 0) == 0 && lseek(t->fd, 0, SEEK_SET) == 0)
        return 0;
    return writ_fail_errno(&t->cause, WRIT_FAULT_IO, errno, "cannot empty what was fetched before");
}

/* Before the first piece, once its status and headers are known. */
static int begin_body(struct transfer *t)
{
    if (t->begun)
        return 0;
    t->begun = true;
    t->resumed = status_of(t) == 206;
    if (t->resumed)
        t->received = t->what->from;
    if (t->what->from == 0)
        return 0;
    return t->resumed ? check_part(t) : start_over(t);
}

/* True for the statuses that bring what was asked for. */
static bool is_wanted(const struct transfer *t, long status)
{
    return status == 200 || (status == 206 && t->what->from > 0);
}

/* Takes a piece of the body.  The pages that come with other statuses are of no interest. */
static size_t on_body(char *p, size_t size, size_t n, void *own)
{
    struct transfer *t = own;
    size_t bytes = size * n;

    sign_of_life(t);
    if (!is_wanted(t, status_of(t)) || check_coding(t) < 0 || begin_body(t) < 0)
        return 0;
    if (bytes > t->what->ceiling - t->received) {
        (void)writ_fail(&t->cause, WRIT_FAULT_BAD_INPUT,
                        "%s sent more than the %llu bytes that are taken at most", t->shown,
                        (unsigned long long)t->what->ceiling);
        return 0;
    }
    if (t->out != NULL)
        writ_buffer_add(t->out, WRIT_SPAN(p, bytes));
    if (t->out != NULL ? writ_buffer_check(t->out, &t->cause) < 0
                       : file_write(t->fd, "what was fetched", WRIT_SPAN(p, bytes), &t->cause) < 0)
        return 0;
    t->received += bytes;
    return bytes;
}

/* ---- setting up ---- */

/* libcurl's own start.  OpenSSL comes first, so that libcurl does not make it read openssl.cnf. */
int fetch_start(struct writ_error *e)
{
    static bool started;

    if (started)
        return 0;
    if (writ_crypto_start(e) < 0)
        return -1;
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return writ_fail(e, WRIT_FAULT_UNEXPECTED, "libcurl does not start");
    started = true;
    return 0;
}

static bool url_has(CURLU *u, CURLUPart part)
{
    char *text = NULL;
    bool has = curl_url_get(u, part, &text, 0) == CURLUE_OK;

    curl_free(text);
    return has;
}

static bool scheme_is_web(CURLU *u)
{
    char *scheme = NULL;
    bool web = curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
               (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0);

    curl_free(scheme);
    return web;
}

int fetch_check_url(const char *url, const char *shown, struct writ_error *e)
{
    CURLU *u = curl_url();
    int rc = -1;

    if (u == NULL)
        (void)writ_fail_memory(e);
    else if (strlen(url) > FETCH_URL_MAX)
        (void)writ_fail(e, WRIT_FAULT_USAGE, "a URL has at most %d bytes", FETCH_URL_MAX);
    else if (curl_url_set(u, CURLUPART_URL, url, 0) != CURLUE_OK || !scheme_is_web(u))
        (void)writ_fail(e, WRIT_FAULT_USAGE, "%s is not an http or https URL", shown);
    else if (url_has(u, CURLUPART_USER) || url_has(u, CURLUPART_PASSWORD))
        (void)writ_fail(e, WRIT_FAULT_USAGE, "a URL with a user name or password is not used");
    else
        rc = 0;
    curl_url_cleanup(u);
    return rc;
}

static bool add_header(struct transfer *t, const char *name, const char *value)
{
    char line[FETCH_ETAG_MAX + 64];
    struct curl_slist *longer;

    (void)snprintf(line, sizeof line, "%s: %s", name, value);
    longer = curl_slist_append(t->headers, line);
    if (longer == NULL)
        return false;
    t->headers = longer;
    return true;
}

/* An ETag that can stand in a header line. */
static bool is_etag(const char *text)
{
    size_t n = strlen(text);

    for (size_t i = 0; i < n; i++) {
        if (text[i] < 0x20 || text[i] > 0x7e)
            return false;
    }
    return n > 0 && n < FETCH_ETAG_MAX;
}

static bool set_callbacks(struct transfer *t)
{
    CURL *c = t->easy;

    return curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_WRITEDATA, t) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_HEADERDATA, t) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_PREREQFUNCTION, on_connected) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_PREREQDATA, t) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_ERRORBUFFER, t->why) == CURLE_OK;
}

/* What is not set is off by default: redirects, cookies, .netrc, decoding, HTTP/0.9.  QUICK_EXIT
 * keeps a name look-up that is still going on from holding up the end of a transfer. */
static bool set_options(struct transfer *t)
{
    CURL *c = t->easy;
    const struct fetch *what = t->what;

    return curl_easy_setopt(c, CURLOPT_URL, what->url) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_USERAGENT, "writ/" WRIT_VERSION) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS,
                            (long)or_default(what->connect_ms, FETCH_CONNECT_MS)) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)what->ceiling) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_QUICK_EXIT, 1L) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_HTTPHEADER, t->headers) == CURLE_OK;
}

/* The certificates that vouch for servers, where they are not the system's: as curl(1) has it. */
static bool set_trust(struct transfer *t)
{
    const char *file = secure_getenv("SSL_CERT_FILE");

    return file == NULL || file[0] == '\0' ||
           curl_easy_setopt(t->easy, CURLOPT_CAINFO, file) == CURLE_OK;
}

static bool set_post(struct transfer *t, struct writ_span body)
{
    return curl_easy_setopt(t->easy, CURLOPT_POST, 1L) == CURLE_OK &&
           curl_easy_setopt(t->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.n) == CURLE_OK &&
           curl_easy_setopt(t->easy, CURLOPT_POSTFIELDS, (const char *)body.p) == CURLE_OK;
}

/* ---- going ---- */

static int64_t sooner(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Whether the transfer has to end here, and why. */
static bool is_over(struct transfer *t)
{
    const struct fetch *what = t->what;

    if (what->stop != NULL && *what->stop != 0)
        (void)writ_fail(&t->cause, WRIT_FAULT_UNAVAILABLE, "interrupted while fetching %s",
                        t->shown);
    else if (deadline_left(t->deadline) == 0)
        (void)writ_fail(&t->cause, WRIT_FAULT_UNAVAILABLE,
                        "%s took longer than %lld ms; %llu bytes had come", t->shown,
                        (long long)whole_of(what), (unsigned long long)t->received);
    else if (t->connected && deadline_left(t->silent_until) == 0)
        (void)writ_fail(&t->cause, WRIT_FAULT_UNAVAILABLE,
                        "%s made no progress for %lld ms; %llu bytes had come", t->shown,
                        (long long)gap_of(what), (unsigned long long)t->received);
    return t->cause.fault != WRIT_FAULT_NONE;
}

/* Lets libcurl work until the answer is there or there will be none; says which in its terms. */
static CURLcode go(struct transfer *t)
{
    int running = 1, waiting;
    CURLMsg *message;

    while (curl_multi_perform(t->multi, &running) == CURLM_OK && running > 0 && !is_over(t)) {
        int64_t until = t->connected ? sooner(t->deadline, t->silent_until) : t->deadline;
        int64_t nap = deadline_left(until);

        if (t->what->stop != NULL)
            nap = sooner(nap, STOP_LOOK_MS);
        if (curl_multi_poll(t->multi, NULL, 0, (int)nap, NULL) != CURLM_OK)
            break;
    }
    message = curl_multi_info_read(t->multi, &waiting);
    return message == NULL ? CURLE_ABORTED_BY_CALLBACK : message->data.result;
}

/* ---- what came of it ---- */

static int fail_redirect(const struct transfer *t, struct writ_error *e)
{
    char *resolved = NULL;
    const char *target = header_of(t, "Location");
    char safe[FILE_SHOWN_MAX];

    (void)curl_easy_getinfo(t->easy, CURLINFO_REDIRECT_URL, &resolved);
    if (resolved != NULL)
        target = resolved;
    writ_text_copy_safe(safe, sizeof safe, writ_span_text(target == NULL ? "nowhere" : target));
    return writ_fail(e, WRIT_FAULT_CONFIGURATION, "%s redirects to %s, which is not followed",
                     t->shown, safe);
}

static int fail_status(const struct transfer *t, long status, struct writ_error *e)
{
    const char *wait = header_of(t, "Retry-After");
    char safe[64];

    if (status >= 300 && status < 400 && status != 304)
        return fail_redirect(t, e);
    if (status == 404 || status == 410)
        return writ_fail(e, WRIT_FAULT_NO_INPUT, "%s is not there (status %ld)", t->shown, status);
    if (status == 416)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "%s has no byte %" PRIu64 " (status 416)",
                         t->shown, t->what->from);
    if (status == 401 || status == 403 || status == 407)
        return writ_fail(e, WRIT_FAULT_PERMISSION, "%s is not given to us (status %ld)", t->shown,
                         status);
    if (status < 400)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "%s answered with the unexpected status %ld",
                         t->shown, status);
    if (wait == NULL)
        return writ_fail(e, WRIT_FAULT_UNAVAILABLE, "%s answered with status %ld", t->shown,
                         status);
    writ_text_copy_safe(safe, sizeof safe, writ_span_text(wait));
    return writ_fail(e, WRIT_FAULT_UNAVAILABLE,
                     "%s answered with status %ld and asks to retry after %s", t->shown, status,
                     safe);
}

static int fail_curl(const struct transfer *t, CURLcode code, struct writ_error *e)
{
    const char *words = t->why[0] == '\0' ? curl_easy_strerror(code) : t->why;
    char why[CURL_ERROR_SIZE];

    writ_text_copy_safe(why, sizeof why, writ_span_text(words));
    switch (code) {
    case CURLE_OUT_OF_MEMORY:
        return writ_fail_memory(e);
    case CURLE_FILESIZE_EXCEEDED:
        return writ_fail(e, WRIT_FAULT_BAD_INPUT,
                         "%s announces more than the %llu bytes that are taken at most", t->shown,
                         (unsigned long long)t->what->ceiling);
    case CURLE_UNSUPPORTED_PROTOCOL: /* HTTP/0.9, that is, anything */
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_CONTENT_ENCODING:
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "%s did not answer in HTTP: %s", t->shown, why);
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
        return writ_fail(e, WRIT_FAULT_UNAVAILABLE,
                         "%s broke the connection off after %llu bytes: %s", t->shown,
                         (unsigned long long)t->received, why);
    default:
        return writ_fail(e, WRIT_FAULT_UNAVAILABLE, "%s cannot be reached: %s", t->shown, why);
    }
}

/* 0 when there is an answer to use.  What was found while bytes came in is the cause; after that a
 * status says more than libcurl's dislike of the page that came with it. */
static int judge(const struct transfer *t, CURLcode code, bool conditional, struct writ_error *e)
{
    long status = status_of(t);

    if (t->cause.fault != WRIT_FAULT_NONE)
        return writ_fail(e, t->cause.fault, "%s", t->cause.text);
    if (status >= 200 && !is_wanted(t, status) && !(status == 304 && conditional))
        return fail_status(t, status, e);
    return code == CURLE_OK ? 0 : fail_curl(t, code, e);
}

static int open_transfer(struct transfer *t, struct writ_error *e)
{
    (void)file_shown(t->what->url, t->shown);
    if (fetch_start(e) < 0 || fetch_check_url(t->what->url, t->shown, e) < 0)
        return -1;
    t->deadline = deadline_in(whole_of(t->what));
    t->multi = curl_multi_init();
    t->easy = curl_easy_init();
    return t->multi == NULL || t->easy == NULL ? writ_fail_memory(e) : 0;
}

/* Sends the request and takes the answer. */
static int run(struct transfer *t, bool conditional, struct writ_error *e)
{
    if (!set_options(t) || !set_trust(t) || !set_callbacks(t) ||
        curl_multi_add_handle(t->multi, t->easy) != CURLM_OK)
        return writ_fail(e, WRIT_FAULT_UNEXPECTED, "libcurl does not take the request for %s",
                         t->shown);
    return judge(t, go(t), conditional, e);
}

static void close_transfer(struct transfer *t)
{
    if (t->multi != NULL && t->easy != NULL)
        (void)curl_multi_remove_handle(t->multi, t->easy);
    curl_easy_cleanup(t->easy);
    if (t->multi != NULL)
        (void)curl_multi_cleanup(t->multi);
    curl_slist_free_all(t->headers);
}

/* Seconds from now, as a number in a header; 0 when there is none. */
static int64_t seconds_in(const char *header)
{
    char *end = NULL;
    long long seconds;

    if (header == NULL)
        return 0;
    errno = 0;
    seconds = strtoll(header, &end, 10);
    return errno != 0 || end == header || *end != '\0' || seconds < 0 ? 0 : seconds;
}

/* Backoff is what Kinto servers send, with any status; Retry-After may be a date, which libcurl
 * reads. */
static int64_t wait_of(const struct transfer *t)
{
    curl_off_t after = 0;
    int64_t wait = seconds_in(header_of(t, "Backoff"));

    (void)curl_easy_getinfo(t->easy, CURLINFO_RETRY_AFTER, &after);
    if (after > wait)
        wait = after;
    return wait > FETCH_WAIT_MAX ? FETCH_WAIT_MAX : wait;
}

static void note_answer(const struct transfer *t, struct fetch_answer *answer)
{
    const char *etag = header_of(t, "ETag");
    const char *alert = header_of(t, "Alert");

    answer->resumed = t->resumed;
    answer->bytes = t->received - (t->resumed ? t->what->from : 0);
    answer->status = status_of(t) == 304 ? FETCH_NOT_MODIFIED : FETCH_FRESH;
    answer->wait_seconds = wait_of(t);
    if (etag != NULL && is_etag(etag))
        (void)snprintf(answer->etag, sizeof answer->etag, "%s", etag);
    if (alert != NULL)
        writ_text_copy_safe(answer->alert, sizeof answer->alert, writ_span_text(alert));
}

/* What the server has told so far of what it has, asked with what is there.  A weak ETag says
 * nothing of single bytes (RFC 9110 section 13.1.5). */
static bool add_conditions(struct transfer *t, bool conditional)
{
    const struct fetch *what = t->what;
    char range[32];

    if (conditional && !add_header(t, "If-None-Match", what->etag))
        return false;
    if (what->from == 0)
        return true;
    (void)snprintf(range, sizeof range, "bytes=%" PRIu64 "-", what->from);
    if (what->if_range != NULL && what->if_range[0] == '"' && is_etag(what->if_range) &&
        !add_header(t, "If-Range", what->if_range))
        return false;
    return add_header(t, "Range", range);
}

static int get(struct transfer *t, struct fetch_answer *answer, struct writ_error *e)
{
    const char *etag = t->what->etag;
    bool conditional = etag != NULL && is_etag(etag);
    int rc = -1;

    *answer = (struct fetch_answer){0};
    if (open_transfer(t, e) < 0)
        goto out;
    if (!add_conditions(t, conditional)) {
        (void)writ_fail_memory(e);
        goto out;
    }
    rc = run(t, conditional, e);
    if (rc == 0 && is_wanted(t, status_of(t)) && begin_body(t) < 0) /* a body of no bytes */
        rc = writ_fail(e, t->cause.fault, "%s", t->cause.text);
    note_answer(t, answer);
out:
    close_transfer(t);
    return rc;
}

int fetch_get_fd(const struct fetch *what, int fd, struct fetch_answer *answer,
                 struct writ_error *e)
{
    struct transfer t = {.what = what, .fd = fd};

    return get(&t, answer, e);
}

int fetch_get_bytes(const struct fetch *what, struct writ_buffer *out, struct fetch_answer *answer,
                    struct writ_error *e)
{
    struct transfer t = {.what = what, .fd = -1, .out = out};
    size_t before = out->n;

    if (get(&t, answer, e) == 0)
        return 0;
    out->n = before;
    return -1;
}

static int check_type(const struct transfer *t, const char *wanted, struct writ_error *e)
{
    const char *type = header_of(t, "Content-Type");
    size_t n = type == NULL ? 0 : strcspn(type, "; \t");
    char safe[64];

    if (n == strlen(wanted) && strncasecmp(type, wanted, n) == 0)
        return 0;
    writ_text_copy_safe(safe, sizeof safe, writ_span_text(type == NULL ? "nothing" : type));
    return writ_fail(e, WRIT_FAULT_BAD_INPUT, "%s answered in the type %s; %s was wanted", t->shown,
                     safe, wanted);
}

int fetch_post(const struct fetch *what, const char *type, struct writ_span body,
               const char *wanted, struct writ_buffer *out, struct writ_error *e)
{
    struct transfer t = {.what = what, .fd = -1, .out = out};
    size_t before = out->n;
    int rc = -1;

    if (open_transfer(&t, e) < 0)
        goto out;
    if (!add_header(&t, "Content-Type", type) || !add_header(&t, "Accept", wanted) ||
        !set_post(&t, body)) {
        (void)writ_fail_memory(e);
        goto out;
    }
    rc = run(&t, false, e);
    if (rc == 0)
        rc = check_type(&t, wanted, e);
out:
    if (rc < 0)
        out->n = before;
    close_transfer(&t);
    return rc;
}
