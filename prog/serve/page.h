/*
 * serve/page.h - how a responder is doing, in three forms
 *
 * Prometheus' text format, a page for people, and JSON: writ-serve(1) names every figure.
 */
#ifndef WRIT_SERVE_PAGE_H
#define WRIT_SERVE_PAGE_H

#include "base/buffer.h"
#include "serve/answers.h"
#include "serve/clients.h"

/* What HTTP has seen since the start. */
struct page_http {
    uint64_t get, post;  /* OCSP requests */
    uint64_t successful; /* answers, by their status */
    uint64_t malformed, internal, try_later, unauthorized;
    uint64_t nonced;       /* successful ones with the nonce of the request */
    uint64_t not_modified; /* 304 */
    uint64_t refused;      /* other errors of HTTP: 4xx */
    uint64_t files;        /* of the feed */
    uint64_t waiting;      /* requests in line now */
    uint64_t shed;         /* turned away with tryLater */
    uint64_t gone;         /* whose client had left */
};

struct page_facts {
    int64_t now, started_at, reloaded_at; /* reloaded_at: 0 for never */
    struct answers_counts answers;
    struct clients_counts clients;
    struct page_http http;
};

enum page_form { PAGE_METRICS, PAGE_HTML, PAGE_JSON };

/* Appends the page. */
void page_write(const struct page_facts *f, enum page_form form, struct writ_buffer *out);

/* The type of its content. */
const char *page_type(enum page_form form);

#endif
