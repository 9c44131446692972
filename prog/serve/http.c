#include "serve/http.h"

#include <errno.h>
#include <inttypes.h>
#include <microhttpd.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "base/hex.h"
#include "serve/clients.h"
#include "serve/feed.h"
#include "serve/httpdate.h"
#include "serve/page.h"
#include "serve/uri.h"
#include "serve/waiting.h"

#define BODY_FIRST 1024 /* bytes that nearly every request fits in */
#define ETAG_BYTES 16   /* of the answer's tag */

/* What has been counted, by many threads. */
struct tally {
    atomic_ullong get, post, nonced, not_modified, refused, files;
    atomic_ullong by_status[WRIT_OCSP_UNAUTHORIZED + 1];
};

struct http {
    struct http_settings settings;
    struct MHD_Daemon *daemon[HTTP_LISTENERS_MAX];
    int daemons;
    struct clients clients;
    struct waiting waiting;
    struct tally tally;
    pthread_rwlock_t feed_lock;
    atomic_llong reloaded_at;
    atomic_bool drains;
};

enum wanted { WANT_OCSP, WANT_METRICS, WANT_HTML, WANT_JSON };

/* A request that takes more than one call: a POST, or one that must wait. */
struct request {
    struct waiting_one one; /* first: serve/waiting.h gives it back */
    struct http *http;
    struct MHD_Connection *connection;
    enum wanted wanted;
    bool has_ended; /* it has waited; the answer is there */
    size_t n, room;
    uint8_t *body;
    struct writ_buffer page;
    struct answer answer;
};

static int64_t wall_clock(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_REALTIME_COARSE, &t);
    return t.tv_sec;
}

static void count(atomic_ullong *counter)
{
    atomic_fetch_add_explicit(counter, 1, memory_order_relaxed);
}

static struct client *client_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

    return info == NULL ? NULL : info->socket_context;
}

/* ---------------------------------------------------------------------------------- responses */

static void add(struct MHD_Response *r, const char *name, const char *value)
{
    (void)MHD_add_response_header(r, name, value);
}

/* Sends r, which ends here. */
static enum MHD_Result reply(struct http *h, struct MHD_Connection *connection, unsigned status,
                             struct MHD_Response *r)
{
    enum MHD_Result rc;

    if (r == NULL)
        return MHD_NO;
    if (atomic_load_explicit(&h->drains, memory_order_relaxed))
        add(r, "Connection", "close");
    clients_begin(&h->clients, client_of(connection));
    rc = MHD_queue_response(connection, status, r);
    MHD_destroy_response(r);
    return rc;
}

static struct MHD_Response *copied(struct writ_span bytes)
{
    /* The library does not write to it. */
    return MHD_create_response_from_buffer(bytes.n, (void *)(uintptr_t)bytes.p,
                                           MHD_RESPMEM_MUST_COPY);
}

/* An error of HTTP, with a sentence for a person. */
static enum MHD_Result refuse(struct http *h, struct MHD_Connection *connection, unsigned status,
                              const char *sentence)
{
    struct MHD_Response *r = copied(writ_span_text(sentence));

    count(&h->tally.refused);
    if (r != NULL) {
        add(r, "Content-Type", "text/plain; charset=utf-8");
        add(r, "Cache-Control", "no-store");
        if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
            add(r, "Allow", "GET, HEAD, POST");
    }
    return reply(h, connection, status, r);
}

/* True when the client names this tag as one it has; a list, or "*" (RFC 9110 section 13.1.2). */
static bool has_already(struct MHD_Connection *connection, const char *etag)
{
    const char *known = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "If-None-Match");

    return known != NULL && (strcmp(known, "*") == 0 || strstr(known, etag) != NULL);
}

/* RFC 5019 section 6: what caches on the way may do with it. */
static void add_lifetime(struct http *h, struct MHD_Response *r, const struct answer *a,
                         const char *etag, int64_t now)
{
    int64_t left = a->next_update > now ? a->next_update - now : 0;
    char text[96], date[HTTPDATE_TEXT];

    left = left < h->settings.max_age ? left : h->settings.max_age;
    httpdate_format(a->this_update, date);
    add(r, "Last-Modified", date);
    httpdate_format(a->next_update, date);
    add(r, "Expires", date);
    add(r, "ETag", etag);
    (void)snprintf(text, sizeof text, "max-age=%" PRId64 ", public, no-transform, must-revalidate",
                   left);
    add(r, "Cache-Control", text);
}

static void tag(const struct answer *a, char etag[2 * ETAG_BYTES + 3])
{
    static const char digits[] = "0123456789abcdef";

    etag[0] = '"';
    for (size_t i = 0; i < ETAG_BYTES; i++) {
        etag[1 + 2 * i] = digits[a->etag[i] >> 4];
        etag[2 + 2 * i] = digits[a->etag[i] & 15];
    }
    etag[2 * ETAG_BYTES + 1] = '"';
    etag[2 * ETAG_BYTES + 2] = '\0';
}

/* Gives an answer, which is released. */
static enum MHD_Result give(struct http *h, struct MHD_Connection *connection, bool is_post,
                            struct answer *a, int64_t now)
{
    char etag[2 * ETAG_BYTES + 3] = "";
    unsigned status = MHD_HTTP_OK;
    struct MHD_Response *r;

    if (a->is_cacheable)
        tag(a, etag);
    if (!is_post && a->is_cacheable && has_already(connection, etag))
        status = MHD_HTTP_NOT_MODIFIED;
    r = copied(status == MHD_HTTP_OK ? a->der : WRIT_SPAN("", 0));
    count(&h->tally.by_status[a->status]);
    if (a->is_nonced)
        count(&h->tally.nonced);
    if (status != MHD_HTTP_OK)
        count(&h->tally.not_modified);
    if (r != NULL) {
        add(r, "Content-Type", "application/ocsp-response");
        if (a->is_cacheable)
            add_lifetime(h, r, a, etag, now);
        else
            add(r, "Cache-Control", "no-store");
        if (a->status == WRIT_OCSP_TRY_LATER) {
            (void)snprintf(etag, sizeof etag, "%d", HTTP_RETRY_SECONDS);
            add(r, "Retry-After", etag);
        }
    }
    answer_release(a);
    return reply(h, connection, status, r);
}

/* ------------------------------------------------------------------------------------- waiting */

static struct request *request_new(struct http *h, struct MHD_Connection *connection,
                                   enum wanted wanted, size_t room)
{
    struct request *r = malloc(sizeof *r); /* the answer's room is not worth clearing */

    if (r == NULL)
        return NULL;
    r->http = h;
    r->connection = connection;
    r->wanted = wanted;
    r->has_ended = false;
    r->n = 0;
    r->room = room;
    r->page = (struct writ_buffer){0};
    r->answer.more = NULL;
    r->body = malloc(room);
    if (r->body != NULL)
        return r;
    free(r);
    return NULL;
}

static void request_free(struct request *r)
{
    if (r == NULL)
        return;
    answer_release(&r->answer);
    writ_buffer_free(&r->page);
    free(r->body);
    free(r);
}

static enum MHD_Result wait_in_line(struct request *r)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(r->connection, MHD_CONNECTION_INFO_CONNECTION_FD);

    r->one.fd = info->connect_fd;
    r->one.since = clients_clock();
    clients_begin(&r->http->clients, client_of(r->connection));
    MHD_suspend_connection(r->connection);
    waiting_add(&r->http->waiting, &r->one);
    return MHD_YES;
}

static void fill_page(struct request *r)
{
    struct http *h = r->http;
    struct tally *t = &h->tally;
    struct page_facts f = {
        .now = wall_clock(),
        .started_at = h->settings.started_at,
        .reloaded_at = atomic_load(&h->reloaded_at),
        .http = {.get = t->get,
                 .post = t->post,
                 .successful = t->by_status[WRIT_OCSP_SUCCESSFUL],
                 .malformed = t->by_status[WRIT_OCSP_MALFORMED_REQUEST],
                 .internal = t->by_status[WRIT_OCSP_INTERNAL_ERROR],
                 .try_later = t->by_status[WRIT_OCSP_TRY_LATER],
                 .unauthorized = t->by_status[WRIT_OCSP_UNAUTHORIZED],
                 .nonced = t->nonced,
                 .not_modified = t->not_modified,
                 .refused = t->refused,
                 .files = t->files},
    };

    answers_counts(h->settings.answers, &f.answers);
    clients_count(&h->clients, &f.clients);
    waiting_count(&h->waiting, &f.http.waiting, &f.http.shed, &f.http.gone);
    page_write(&f, (enum page_form)(r->wanted - WANT_METRICS), &r->page);
}

static void serve_one(struct waiting_one *one)
{
    struct request *r = (struct request *)one;

    if (r->wanted == WANT_OCSP)
        answers_respond(r->http->settings.answers, WRIT_SPAN(r->body, r->n), wall_clock(),
                        &r->answer);
    else
        fill_page(r);
}

/* The connection goes on in its own thread, which calls answer_waited. */
static void end_one(struct waiting_one *one)
{
    struct request *r = (struct request *)one;

    if (one->end != WAITING_SERVED)
        answer_of_status(WRIT_OCSP_TRY_LATER, &r->answer);
    r->has_ended = true;
    MHD_resume_connection(r->connection);
}

static enum MHD_Result answer_waited(struct request *r, bool is_post)
{
    struct MHD_Response *response;

    if (r->wanted == WANT_OCSP)
        return r->one.end == WAITING_GONE
                   ? MHD_NO
                   : give(r->http, r->connection, is_post, &r->answer, wall_clock());
    if (r->one.end != WAITING_SERVED || r->page.failed)
        return refuse(r->http, r->connection, MHD_HTTP_SERVICE_UNAVAILABLE, "busy; try later\n");
    response = copied(writ_buffer_span(&r->page));
    if (response != NULL) {
        add(response, "Content-Type", page_type((enum page_form)(r->wanted - WANT_METRICS)));
        add(response, "Cache-Control", "no-store");
    }
    return reply(r->http, r->connection, MHD_HTTP_OK, response);
}

/* ----------------------------------------------------------------------------------------- GET */

static enum MHD_Result get_file(struct http *h, struct MHD_Connection *connection, const char *name)
{
    struct feed_file file;
    struct MHD_Response *r;
    char date[HTTPDATE_TEXT];
    bool found, known;

    (void)pthread_rwlock_rdlock(&h->feed_lock);
    found = h->settings.feed >= 0 && feed_file_open(h->settings.feed, name, &file);
    (void)pthread_rwlock_unlock(&h->feed_lock);
    if (!found)
        return refuse(h, connection, MHD_HTTP_NOT_FOUND, "no such file\n");
    count(&h->tally.files);
    known = has_already(connection, file.etag);
    if (known)
        (void)close(file.fd);
    r = known ? copied(WRIT_SPAN("", 0)) : MHD_create_response_from_fd64(file.size, file.fd);
    if (r != NULL) {
        httpdate_format(file.changed_at, date);
        add(r, "Content-Type", "application/octet-stream");
        add(r, "Last-Modified", date);
        add(r, "ETag", file.etag);
        add(r, "Cache-Control", "no-cache"); /* ask again, by the tag */
    } else if (!known) {
        (void)close(file.fd);
    }
    clients_allow(client_of(connection), known ? 0 : file.size);
    return reply(h, connection, known ? MHD_HTTP_NOT_MODIFIED : MHD_HTTP_OK, r);
}

static enum MHD_Result get_later(struct http *h, struct MHD_Connection *connection,
                                 enum wanted wanted, struct writ_span bytes, void **slot)
{
    struct request *r = request_new(h, connection, wanted, bytes.n + 1);

    if (r == NULL)
        return MHD_NO;
    *slot = r;
    if (bytes.n > 0)
        memcpy(r->body, bytes.p, bytes.n);
    r->n = bytes.n;
    return wait_in_line(r);
}

static enum MHD_Result get_ocsp(struct http *h, struct MHD_Connection *connection, const char *path,
                                void **slot)
{
    uint8_t room[URI_TEXT_MAX];
    struct writ_span request;
    const char *rest;
    struct answer a;
    int64_t now = wall_clock();

    if (!uri_below(path, h->settings.base, &rest))
        return refuse(h, connection, MHD_HTTP_NOT_FOUND, "no OCSP responder at this path\n");
    count(&h->tally.get);
    if (!uri_request(rest, room, sizeof room, &request)) {
        answer_of_status(WRIT_OCSP_MALFORMED_REQUEST, &a);
        return give(h, connection, false, &a, now);
    }
    if (answers_respond_at_once(h->settings.answers, request, now, &a))
        return give(h, connection, false, &a, now);
    return get_later(h, connection, WANT_OCSP, request, slot);
}

static enum MHD_Result get(struct http *h, struct MHD_Connection *connection, const char *path,
                           void **slot)
{
    static const struct {
        const char *path;
        enum wanted wanted;
    } pages[] = {{"/metrics", WANT_METRICS}, {"/status", WANT_HTML}, {"/status.json", WANT_JSON}};

    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
        if (strcmp(path, pages[i].path) == 0)
            return get_later(h, connection, pages[i].wanted, WRIT_SPAN_NONE, slot);
    }
    if (strncmp(path, "/feed/", 6) == 0)
        return get_file(h, connection, path + 6);
    return get_ocsp(h, connection, path, slot);
}

/* ---------------------------------------------------------------------------------------- POST */

static enum MHD_Result post_begin(struct http *h, struct MHD_Connection *connection,
                                  const char *path, void **slot)
{
    const char *type = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Content-Type");
    const char *length = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Content-Length");
    const char *rest;

    if (!uri_below(path, h->settings.base, &rest))
        return refuse(h, connection, MHD_HTTP_NOT_FOUND, "no OCSP responder at this path\n");
    if (type != NULL && strncasecmp(type, "application/ocsp-request", 24) != 0)
        return refuse(h, connection, MHD_HTTP_UNSUPPORTED_MEDIA_TYPE,
                      "wanted application/ocsp-request\n");
    if (length != NULL && strtoull(length, NULL, 10) > WRIT_OCSP_REQUEST_MAX)
        return refuse(h, connection, MHD_HTTP_CONTENT_TOO_LARGE,
                      "larger than an OCSP request may be\n");
    *slot = request_new(h, connection, WANT_OCSP, BODY_FIRST);
    return *slot == NULL ? MHD_NO : MHD_YES;
}

/* False when it does not fit: the connection ends. */
static bool post_add(struct request *r, const char *bytes, size_t n)
{
    if (n > WRIT_OCSP_REQUEST_MAX - r->n)
        return false;
    if (n > r->room - r->n) {
        uint8_t *more = realloc(r->body, WRIT_OCSP_REQUEST_MAX);

        if (more == NULL)
            return false;
        r->body = more;
        r->room = WRIT_OCSP_REQUEST_MAX;
    }
    memcpy(r->body + r->n, bytes, n);
    r->n += n;
    return true;
}

static enum MHD_Result post_end(struct request *r)
{
    struct http *h = r->http;
    int64_t now = wall_clock();

    count(&h->tally.post);
    if (answers_respond_at_once(h->settings.answers, WRIT_SPAN(r->body, r->n), now, &r->answer))
        return give(h, r->connection, true, &r->answer, now);
    return wait_in_line(r);
}

/* ------------------------------------------------------------------------------ the library's
 * calls
 */

/* Stands in the slot of a GET whose headers are read: an answer given before the library has looked
 * for a body ends the connection. */
static char is_headed;

static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *path,
                                  const char *method, const char *version, const char *upload,
                                  size_t *upload_n, void **slot)
{
    struct request *r = *slot;
    bool is_post = strcmp(method, "POST") == 0;

    (void)version;
    if (r == NULL && is_post)
        return post_begin(cls, connection, path, slot);
    if (r == NULL && strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0)
        return refuse(cls, connection, MHD_HTTP_METHOD_NOT_ALLOWED, "GET, HEAD or POST\n");
    if (r == NULL) {
        *slot = &is_headed;
        return MHD_YES;
    }
    if (*slot == &is_headed)
        return *upload_n > 0 ? MHD_NO : get(cls, connection, path, slot);
    if (r->has_ended)
        return answer_waited(r, is_post);
    if (*upload_n == 0)
        return post_end(r);
    if (!post_add(r, upload, *upload_n))
        return MHD_NO;
    *upload_n = 0;
    return MHD_YES;
}

static void on_completed(void *cls, struct MHD_Connection *connection, void **slot,
                         enum MHD_RequestTerminationCode how)
{
    struct http *h = cls;

    (void)how;
    if (*slot != &is_headed)
        request_free(*slot);
    *slot = NULL;
    clients_done(&h->clients, client_of(connection));
}

static void on_connection(void *cls, struct MHD_Connection *connection, void **context,
                          enum MHD_ConnectionNotificationCode what)
{
    struct http *h = cls;

    if (what == MHD_CONNECTION_NOTIFY_STARTED)
        *context = clients_enter(
            &h->clients,
            MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd);
    else
        clients_leave(&h->clients, *context);
}

static enum MHD_Result on_accept(void *cls, const struct sockaddr *from, socklen_t n)
{
    struct http *h = cls;

    (void)from;
    (void)n;
    return clients_admit(&h->clients) ? MHD_YES : MHD_NO;
}

/* Paths are read as they came. */
static size_t leave_escaped(void *cls, struct MHD_Connection *connection, char *text)
{
    (void)cls;
    (void)connection;
    return strlen(text);
}

/* What libmicrohttpd says about single connections helps nobody. */
static void stay_silent(void *cls, const char *fmt, va_list args)
{
    (void)cls;
    (void)fmt;
    (void)args;
}

/* ------------------------------------------------------------------------------ start and stop */

static int start_daemon(struct http *h, int listener, struct writ_error *e)
{
    const struct http_settings *s = &h->settings;
    /* The limit is shared out among the threads, but clients are not: each may have all. */
    unsigned limit = (s->connections + s->connections / CLIENTS_ROOM) * s->threads;
    struct MHD_OptionItem threads[] = {{MHD_OPTION_THREAD_POOL_SIZE, (intptr_t)s->threads, NULL},
                                       {MHD_OPTION_END, 0, NULL}};
    struct MHD_Daemon *d = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_TURBO |
            MHD_USE_ERROR_LOG,
        0, on_accept, h, on_request, h, MHD_OPTION_EXTERNAL_LOGGER, stay_silent, NULL,
        MHD_OPTION_LISTEN_SOCKET, listener, MHD_OPTION_NOTIFY_COMPLETED, on_completed, h,
        MHD_OPTION_NOTIFY_CONNECTION, on_connection, h, MHD_OPTION_UNESCAPE_CALLBACK, leave_escaped,
        h, MHD_OPTION_CONNECTION_MEMORY_LIMIT, HTTP_MEMORY, MHD_OPTION_CONNECTION_LIMIT, limit,
        MHD_OPTION_CONNECTION_TIMEOUT, 0U, MHD_OPTION_ARRAY, s->threads > 1 ? threads : threads + 1,
        MHD_OPTION_END);

    if (d == NULL)
        return writ_fail(e, WRIT_FAULT_UNEXPECTED, "libmicrohttpd cannot serve: %s",
                         strerror(errno));
    h->daemon[h->daemons++] = d;
    return 0;
}

int http_start(const struct http_settings *settings, const int *listeners, int count,
               struct http **http, struct writ_error *e)
{
    struct http *h = calloc(1, sizeof *h);

    *http = NULL;
    if (h == NULL)
        return writ_fail_memory(e);
    h->settings = *settings;
    (void)pthread_rwlock_init(&h->feed_lock, NULL);
    if (clients_start(&h->clients, settings->connections, settings->patience * 1000, e) < 0)
        goto err0;
    if (waiting_start(&h->waiting, settings->queue, HTTP_WAIT_MS, serve_one, end_one, e) < 0)
        goto err1;
    for (int i = 0; i < count; i++) {
        if (start_daemon(h, listeners[i], e) < 0)
            goto err2;
    }
    *http = h;
    return 0;

err2:
    http_stop(h, 0);
    return -1;
err1:
    clients_stop(&h->clients);
err0:
    free(h);
    return -1;
}

void http_reloaded(struct http *h, int feed, int64_t now)
{
    int old;

    (void)pthread_rwlock_wrlock(&h->feed_lock);
    old = h->settings.feed;
    h->settings.feed = feed;
    (void)pthread_rwlock_unlock(&h->feed_lock);
    atomic_store(&h->reloaded_at, now);
    if (old >= 0)
        (void)close(old);
}

void http_stop(struct http *h, int64_t wait_ms)
{
    int listener[HTTP_LISTENERS_MAX];

    if (h == NULL)
        return;
    atomic_store(&h->drains, true);
    for (int i = 0; i < h->daemons; i++)
        listener[i] = MHD_quiesce_daemon(h->daemon[i]);
    clients_drain(&h->clients, wait_ms);
    waiting_stop(&h->waiting);
    for (int i = 0; i < h->daemons; i++) {
        MHD_stop_daemon(h->daemon[i]);
        if (listener[i] >= 0)
            (void)close(listener[i]);
    }
    clients_stop(&h->clients);
    if (h->settings.feed >= 0)
        (void)close(h->settings.feed);
    free(h);
}

uint64_t http_answered(struct http *h)
{
    uint64_t n = 0;

    for (size_t i = 0; i <= WRIT_OCSP_UNAUTHORIZED; i++)
        n += atomic_load(&h->tally.by_status[i]);
    return n;
}
