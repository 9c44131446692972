#include "serve/page.h"

#include <inttypes.h>
#include <string.h>

#include "base/emit.h"
#include "base/text.h"

/* One figure.  A counter only grows; a gauge says how it is now. */
struct figure {
    const char *name; /* in JSON; the metric is writ_serve_<name>, counters with _total */
    const char *help;
    bool is_counter;
    bool is_time; /* an instant; 0: none */
    int64_t value;
};

#define FIGURES 34

#define COUNTER(n, h, v)                                                                           \
    (struct figure)                                                                                \
    {                                                                                              \
        .name = n, .help = h, .is_counter = true, .value = (int64_t)(v)                            \
    }
#define GAUGE(n, h, v)                                                                             \
    (struct figure)                                                                                \
    {                                                                                              \
        .name = n, .help = h, .value = (int64_t)(v)                                                \
    }
#define INSTANT(n, h, v)                                                                           \
    (struct figure)                                                                                \
    {                                                                                              \
        .name = n, .help = h, .is_time = true, .value = (v)                                        \
    }

static size_t figures_of_answers(const struct page_facts *p, struct figure *f)
{
    const struct answers_counts *a = &p->answers;
    size_t n = 0;

    f[n++] = GAUGE("issuers", "issuers that are answered for", a->issuers);
    f[n++] = GAUGE("issuers_unserved", "issuers of the stores without a signer", a->unserved);
    f[n++] = GAUGE("certificates", "certificates that are known", a->certificates);
    f[n++] = GAUGE("certificates_revoked", "of these, revoked or on hold", a->revoked);
    f[n++] = GAUGE("answers_signed", "answers in memory", a->signed_answers);
    f[n++] = GAUGE("answers_to_sign", "answers not signed yet, or due again", a->to_sign);
    f[n++] = INSTANT("oldest_next_update", "when the first answer in memory ends", a->oldest_next);
    f[n++] = INSTANT("signer_ends", "when the first signer's certificate ends", a->signer_ends);
    f[n++] = INSTANT("followed_at", "when stores and CRLs were last looked at", a->followed_at);
    f[n++] = GAUGE("follow_lag_ms", "from seeing the last change to its answers", a->lag_ms);
    f[n++] = GAUGE("signer_alive", "1 while the signing process answers", a->signer_is_alive);
    f[n++] = COUNTER("changes", "changes of certificates taken over", a->changes);
    f[n++] = COUNTER("signatures", "signatures made", a->signatures);
    f[n++] = COUNTER("signatures_on_demand", "of these, while a client waited", a->on_demand);
    f[n++] = COUNTER("over_budget", "requests that got no signature of their own", a->over_budget);
    return n;
}

static size_t figures_of_http(const struct page_facts *p, struct figure *f)
{
    const struct page_http *h = &p->http;
    size_t n = 0;

    f[n++] = COUNTER("requests_get", "OCSP requests by GET", h->get);
    f[n++] = COUNTER("requests_post", "OCSP requests by POST", h->post);
    f[n++] = COUNTER("successful", "answers that were signed", h->successful);
    f[n++] = COUNTER("nonced", "of these, with the request's nonce", h->nonced);
    f[n++] = COUNTER("malformed", "answers malformedRequest", h->malformed);
    f[n++] = COUNTER("unauthorized", "answers unauthorized", h->unauthorized);
    f[n++] = COUNTER("internal_errors", "answers internalError", h->internal);
    f[n++] = COUNTER("try_later", "answers tryLater", h->try_later);
    f[n++] = COUNTER("shed", "of these, turned away from a full line", h->shed);
    f[n++] = COUNTER("gone", "requests whose client left before its answer", h->gone);
    f[n++] = COUNTER("not_modified", "answers 304", h->not_modified);
    f[n++] = COUNTER("refused", "requests that HTTP refuses", h->refused);
    f[n++] = COUNTER("files", "files of the feed", h->files);
    f[n++] = GAUGE("waiting", "requests in line", h->waiting);
    return n;
}

static size_t figures_of_clients(const struct page_facts *p, struct figure *f)
{
    const struct clients_counts *c = &p->clients;
    size_t n = 0;

    f[n++] = GAUGE("connections", "connections now", c->now);
    f[n++] = GAUGE("busy", "requests being answered", c->busy);
    f[n++] = COUNTER("accepted", "connections accepted", c->accepted);
    f[n++] = COUNTER("too_slow", "connections ended for being too slow", c->too_slow);
    f[n++] = COUNTER("crowded", "connections ended to make room", c->crowded);
    return n;
}

static size_t figures(const struct page_facts *p, struct figure f[FIGURES])
{
    size_t n = figures_of_answers(p, f);

    n += figures_of_http(p, f + n);
    return n + figures_of_clients(p, f + n);
}

/* ------------------------------------------------------------------------------------ metrics */

static void write_metric(const struct figure *f, struct writ_buffer *out)
{
    const char *end = f->is_counter ? "_total" : f->is_time ? "_seconds" : "";

    writ_buffer_format(out, "# HELP writ_serve_%s%s %s\n# TYPE writ_serve_%s%s %s\n", f->name, end,
                       f->help, f->name, end, f->is_counter ? "counter" : "gauge");
    writ_buffer_format(out, "writ_serve_%s%s %" PRId64 "\n", f->name, end, f->value);
}

static void write_metrics(const struct page_facts *p, struct writ_buffer *out)
{
    struct figure f[FIGURES];
    size_t n = figures(p, f);

    for (size_t i = 0; i < n; i++)
        write_metric(&f[i], out);
    write_metric(&INSTANT("started", "when this process began to serve", p->started_at), out);
    write_metric(&INSTANT("reloaded", "when it last reloaded", p->reloaded_at), out);
    write_metric(
        &GAUGE("healthy", "0 while /status shows a problem", p->answers.problem[0] == '\0'), out);
}

/* --------------------------------------------------------------------------------------- JSON */

static void write_json(const struct page_facts *p, struct writ_buffer *out)
{
    struct figure f[FIGURES];
    size_t n = figures(p, f);
    struct writ_emit m;

    writ_emit_start(&m, WRIT_EMIT_JSON, out);
    writ_emit_object(&m, NULL);
    writ_emit_number(&m, "schema", 1);
    writ_emit_time(&m, "now", p->now);
    writ_emit_time(&m, "started_at", p->started_at);
    if (p->reloaded_at != 0)
        writ_emit_time(&m, "reloaded_at", p->reloaded_at);
    if (p->answers.problem[0] != '\0')
        writ_emit_string(&m, "problem", p->answers.problem);
    for (size_t i = 0; i < n; i++) {
        if (!f[i].is_time)
            writ_emit_number(&m, f[i].name, f[i].value);
        else if (f[i].value != 0)
            writ_emit_time(&m, f[i].name, f[i].value);
    }
    writ_emit_end(&m);
    writ_emit_finish(&m);
}

/* --------------------------------------------------------------------------------------- HTML */

/* A sentence that may hold names of files. */
static void write_text(struct writ_buffer *out, const char *text)
{
    char safe[512];

    writ_text_copy_safe(safe, sizeof safe, writ_span_text(text));
    for (const char *c = safe; *c != '\0'; c++) {
        if (*c == '<' || *c == '>' || *c == '&' || *c == '"')
            writ_buffer_format(out, "&#%d;", *c);
        else
            writ_buffer_byte(out, (uint8_t)*c);
    }
}

static void write_row(const struct figure *f, int64_t now, struct writ_buffer *out)
{
    char instant[WRIT_TIME_TEXT], length[WRIT_DURATION_MAX];

    writ_buffer_format(out, "<tr><th>%s<td>", f->help);
    if (!f->is_time) {
        writ_buffer_format(out, "%" PRId64 "\n", f->value);
        return;
    }
    writ_time_format(f->value, instant);
    writ_duration_format(f->value - now, length);
    if (f->value == 0)
        writ_buffer_text(out, "none yet\n");
    else if (f->value > now)
        writ_buffer_format(out, "%s, in %s\n", instant, length);
    else
        writ_buffer_format(out, "%s, %s ago\n", instant, length);
}

static const char head[] =
    "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>writ serve</title>\n"
    "<meta name=\"viewport\" content=\"width=device-width\">\n"
    "<style>body{font:16px/1.5 sans-serif;margin:2em auto;max-width:44em;padding:0 1em}"
    "table{border-collapse:collapse;width:100%}th{text-align:left;font-weight:normal}"
    "td{text-align:right;font-variant-numeric:tabular-nums}"
    "tr{border-bottom:1px solid #ddd}.bad{color:#a00}</style>\n";

static void write_html(const struct page_facts *p, struct writ_buffer *out)
{
    struct figure f[FIGURES];
    size_t n = figures(p, f);

    writ_buffer_text(out, head);
    if (p->answers.problem[0] == '\0') {
        writ_buffer_text(out, "<h1>All is well</h1>\n");
    } else {
        writ_buffer_text(out, "<h1 class=\"bad\">Something is wrong</h1>\n<p class=\"bad\">");
        write_text(out, p->answers.problem);
        writ_buffer_text(out, "\n");
    }
    writ_buffer_text(out, "<table>\n");
    write_row(&INSTANT("", "serving since", p->started_at), p->now, out);
    if (p->reloaded_at != 0)
        write_row(&INSTANT("", "reloaded", p->reloaded_at), p->now, out);
    for (size_t i = 0; i < n; i++)
        write_row(&f[i], p->now, out);
    writ_buffer_text(out, "</table>\n<p>The same for programs: <a href=\"/status.json\">JSON</a>, "
                          "<a href=\"/metrics\">Prometheus</a>.\n");
}

void page_write(const struct page_facts *f, enum page_form form, struct writ_buffer *out)
{
    if (form == PAGE_METRICS)
        write_metrics(f, out);
    else if (form == PAGE_JSON)
        write_json(f, out);
    else
        write_html(f, out);
}

const char *page_type(enum page_form form)
{
    return form == PAGE_METRICS ? "text/plain; version=0.0.4; charset=utf-8"
           : form == PAGE_JSON  ? "application/json"
                                : "text/html; charset=utf-8";
}
