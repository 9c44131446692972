#include "writ/crlite.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "crypto/digest.h"
#include "evidence/contentsignature.h"
#include "object/onecrl.h"
#include "shared/file.h"
#include "shared/jail.h"
#include "shared/manifest.h"
#include "shared/onecrl_json.h"
#include "shared/remotesettings.h"

#define URL_ROOM (SOURCE_LOCATION_MAX + 256)
#define META_MAX ((size_t)8192) /* bytes of what is noted beside a message */

/* Where a message came from, with which ETag. */
struct origin {
    char url[URL_ROOM];
    char etag[FETCHER_ETAG_MAX];
};

/* A collection: what stands here, and what is to stand. */
struct collection {
    const char *name;
    struct writ_buffer kept; /* the message that was verified last; or empty */
    uint64_t kept_timestamp;
    struct origin kept_origin;
    struct writ_buffer message; /* verified */
    uint64_t timestamp;
    struct origin origin;
    bool missing; /* the server has no such collection */
};

/* What both collections have in common. */
struct pull {
    struct filterwork *w;
    char location[SOURCE_LOCATION_MAX + 1]; /* without slashes at its end */
    uint8_t root[WRIT_HASH_BYTES];
    struct writ_buffer chain; /* the URL of a chain, a newline, and the chain in PEM; or empty */
    struct collection filters, revoked;
};

/* -------------------------------------------------------------------------------- in the jail */

/* What a reader is given. */
struct reading {
    struct writ_span a, b;
    const char *text;
    const struct writ_content_signature *how;
};

static int merge_in_jail(void *argument, struct writ_buffer *answer, struct writ_error *e)
{
    const struct reading *r = argument;

    return remotesettings_merge(r->a, r->b, answer, e);
}

static int plan_in_jail(void *argument, struct writ_buffer *answer, struct writ_error *e)
{
    const struct reading *r = argument;

    return remotesettings_plan(r->a, r->text, answer, e);
}

static int base_in_jail(void *argument, struct writ_buffer *answer, struct writ_error *e)
{
    const struct reading *r = argument;

    return remotesettings_base(r->a, answer, e);
}

static int onecrl_in_jail(void *argument, struct writ_buffer *answer, struct writ_error *e)
{
    const struct reading *r = argument;

    return onecrl_json_convert(r->a, answer, e);
}

static int check(const struct reading *r, struct writ_error *e)
{
    struct writ_fact fact;

    if (writ_check_content_signature(r->how, r->a, &fact, e) < 0)
        return -1;
    return writ_fact_holds(&fact) ? 0 : writ_fail(e, WRIT_FAULT_BAD_INPUT, "%s", fact.reason);
}

static int check_in_jail(void *argument, struct writ_buffer *answer, struct writ_error *e)
{
    (void)answer;
    return check(argument, e);
}

static int in_jail(jail_work *work, struct reading *r, struct writ_buffer *out,
                   struct writ_error *e)
{
    struct jail limits = {.answer_bytes = REMOTESETTINGS_ANSWER_MAX + META_MAX};

    return jail_run(&limits, work, r, out, e);
}

/* ------------------------------------------------------------------------------ what is kept */

/* "TIMESTAMP SHA256\nURL\nETAG": the message belongs to it when it has this hash. */
static bool take_meta(struct writ_span meta, struct collection *c, uint8_t hash[WRIT_SHA256_BYTES])
{
    struct writ_cursor lines = writ_cursor_over(meta, NULL);
    struct writ_cursor first = writ_cursor_over(writ_cursor_field(&lines, '\n'), NULL);
    struct writ_span timestamp = writ_cursor_field(&first, ' ');
    struct writ_span url = writ_cursor_field(&lines, '\n');

    if (writ_span_decimal(timestamp, REMOTESETTINGS_TIME_MAX, &c->kept_timestamp) < 0 ||
        writ_hex_parse_strict(WRIT_SPAN(first.at, first.left), hash, WRIT_SHA256_BYTES) < 0 ||
        url.n >= sizeof c->kept_origin.url || lines.left >= sizeof c->kept_origin.etag)
        return false;
    (void)snprintf(c->kept_origin.url, sizeof c->kept_origin.url, "%.*s", (int)url.n,
                   (const char *)url.p);
    (void)snprintf(c->kept_origin.etag, sizeof c->kept_origin.etag, "%.*s", (int)lines.left,
                   (const char *)lines.at);
    return true;
}

/* "NAME.json", "NAME.meta". */
static void name_of(const struct collection *c, const char *suffix, char name[64])
{
    (void)snprintf(name, 64, "%s.%s", c->name, suffix);
}

/* What is damaged is as good as not there: the whole collection is asked for. */
static int read_kept(const struct pull *p, struct collection *c, struct writ_error *e)
{
    struct writ_buffer meta = {0};
    struct writ_error ignored = {0};
    uint8_t noted[WRIT_SHA256_BYTES], hash[WRIT_SHA256_BYTES];
    char name[64];
    bool good;

    name_of(c, "meta", name);
    good = filterdir_read(&p->w->dir, name, META_MAX, &meta, &ignored) == 0 &&
           take_meta(writ_buffer_span(&meta), c, noted);
    name_of(c, "json", name);
    good = good &&
           filterdir_read(&p->w->dir, name, REMOTESETTINGS_ANSWER_MAX, &c->kept, &ignored) == 0;
    writ_buffer_free(&meta);
    if (good && writ_sha256(writ_buffer_span(&c->kept), hash, e) < 0)
        return -1;
    if (!good || memcmp(hash, noted, sizeof hash) != 0) {
        writ_buffer_free(&c->kept);
        c->kept_timestamp = 0;
        c->kept_origin = (struct origin){0};
    }
    return 0;
}

static int keep(const struct pull *p, const struct collection *c, struct writ_error *e)
{
    struct writ_buffer meta = {0};
    uint8_t hash[WRIT_SHA256_BYTES];
    char name[64];
    int rc;

    if (c->missing)
        return 0;
    rc = writ_sha256(writ_buffer_span(&c->message), hash, e);
    writ_buffer_format(&meta, "%" PRIu64 " ", c->timestamp);
    writ_hex_add(&meta, WRIT_SPAN_OF(hash));
    writ_buffer_format(&meta, "\n%s\n%s", c->origin.url, c->origin.etag);
    if (rc == 0)
        rc = writ_buffer_check(&meta, e);
    name_of(c, "json", name);
    if (rc == 0)
        rc = filterdir_put(p->w->dir.path, name, writ_buffer_span(&c->message), NULL, e);
    name_of(c, "meta", name);
    if (rc == 0)
        rc = filterdir_put(p->w->dir.path, name, writ_buffer_span(&meta), NULL, e);
    writ_buffer_free(&meta);
    return rc;
}

/* ---------------------------------------------------------------------------------- verifying */

/* The chain that is at hand, if it is the one at this URL. */
static struct writ_span chain_from(const struct pull *p, const char *url)
{
    struct writ_cursor c = writ_cursor_over(writ_buffer_span(&p->chain), NULL);

    if (!writ_span_equal(writ_cursor_field(&c, '\n'), writ_span_text(url)))
        return WRIT_SPAN_NONE;
    return WRIT_SPAN(c.at, c.left);
}

static int check_with(const struct pull *p, const struct remotesettings_collection *came,
                      struct writ_span chain, struct writ_error *e)
{
    struct writ_content_signature how = {.signature = writ_span_text(came->signature),
                                         .chain = chain,
                                         .signer = CRLITE_SIGNER,
                                         .root = p->root,
                                         .now = p->w->p->now};
    struct reading r = {.a = came->message, .how = &how};
    struct writ_buffer nothing = {0};
    int rc = in_jail(check_in_jail, &r, &nothing, e);

    writ_buffer_free(&nothing);
    /* Outside as well, because everything later rests on it: what comes from the jail is only that
     * nothing was wrong. */
    return rc < 0 ? -1 : check(&r, e);
}

static int fetch_chain(struct pull *p, const char *url, struct writ_error *e)
{
    struct writ_buffer chain = {0};
    struct fetcher_answer answer;
    int rc;

    writ_buffer_format(&chain, "%s\n", url);
    rc = filterwork_ask(p->w, url, WRIT_CONTENT_CHAIN_MAX, "", &chain, &answer, e);
    if (rc == 0)
        rc = writ_buffer_check(&chain, e);
    if (rc < 0) {
        writ_buffer_free(&chain);
        return -1;
    }
    writ_buffer_free(&p->chain);
    p->chain = chain;
    return 0;
}

/* The chain that served last time does again, unless it has ended or been replaced. */
static int verify(struct pull *p, const struct remotesettings_collection *came,
                  struct writ_error *e)
{
    struct writ_span chain = chain_from(p, came->chain_url);
    struct writ_error why = {0};

    if (chain.n > 0 && check_with(p, came, chain, &why) == 0)
        return 0;
    if (why.fault != WRIT_FAULT_NONE && why.fault != WRIT_FAULT_BAD_INPUT)
        return writ_fail(e, why.fault, "%s", why.text);
    if (fetch_chain(p, came->chain_url, e) < 0)
        return -1;
    return check_with(p, came, chain_from(p, came->chain_url), e);
}

/* --------------------------------------------------------------------------------- collections */

static void url_of(const struct pull *p, const struct collection *c, bool since, char *url)
{
    int n =
        snprintf(url, URL_ROOM, "%s/buckets/security-state/collections/%s/changeset?_expected=0",
                 p->w->location, c->name);

    if (since && n > 0 && n < URL_ROOM)
        (void)snprintf(url + n, URL_ROOM - (size_t)n, "&_since=%%22%" PRIu64 "%%22",
                       c->kept_timestamp);
}

/* What stands is what the server has. */
static void stand(struct collection *c)
{
    writ_buffer_free(&c->message);
    writ_buffer_add(&c->message, writ_buffer_span(&c->kept));
    c->timestamp = c->kept_timestamp;
    c->origin = c->kept_origin;
}

static int accept(struct pull *p, struct collection *c, struct writ_span answer, bool since,
                  struct writ_error *e)
{
    struct reading r = {.a = answer, .b = since ? writ_buffer_span(&c->kept) : WRIT_SPAN_NONE};
    struct remotesettings_collection *came = calloc(1, sizeof *came);
    struct writ_buffer merged = {0};
    int rc = came == NULL ? writ_fail_memory(e) : in_jail(merge_in_jail, &r, &merged, e);

    if (rc == 0 && remotesettings_take(writ_buffer_span(&merged), came, e) == 0 &&
        verify(p, came, e) == 0) {
        writ_buffer_free(&c->message);
        writ_buffer_add(&c->message, came->message);
        c->timestamp = came->timestamp;
        rc = writ_buffer_check(&c->message, e);
    } else {
        rc = -1;
    }
    writ_buffer_free(&merged);
    free(came);
    return rc;
}

static int ask(struct pull *p, struct collection *c, bool since, struct writ_error *e)
{
    struct writ_buffer bytes = {0};
    struct fetcher_answer answer;
    const char *etag;
    int rc;

    url_of(p, c, since, c->origin.url);
    etag = since && strcmp(c->origin.url, c->kept_origin.url) == 0 ? c->kept_origin.etag : "";
    rc = filterwork_ask(p->w, c->origin.url, REMOTESETTINGS_ANSWER_MAX, etag, &bytes, &answer, e);
    if (rc == 0)
        (void)snprintf(c->origin.etag, sizeof c->origin.etag, "%s", answer.etag);
    if (rc == 0 && answer.not_modified)
        stand(c);
    else if (rc == 0)
        rc = accept(p, c, writ_buffer_span(&bytes), since, e);
    writ_buffer_free(&bytes);
    return rc;
}

/* Changes that do not make a signed whole of what is here are no reason to do without: then the
 * whole is asked for, as Firefox does. */
static int get(struct pull *p, struct collection *c, struct writ_error *e)
{
    struct writ_error why = {0};
    uint64_t floor;

    if (read_kept(p, c, e) < 0)
        return -1;
    if (c->kept.n == 0 || ask(p, c, true, &why) < 0) {
        if (why.fault != WRIT_FAULT_NONE && why.fault != WRIT_FAULT_BAD_INPUT)
            return writ_fail(e, why.fault, "%s: %s", c->name, why.text);
        if (ask(p, c, false, e) < 0) {
            writ_error_context(e, "%s", c->name);
            return -1;
        }
    }
    if (filterdir_floor(p->w->p->places, p->w->p->source->fingerprint, c->name, &floor, e) < 0)
        return -1;
    if (c->timestamp >= floor)
        return 0;
    return writ_fail(e, WRIT_FAULT_BAD_INPUT,
                     "%s: timestamp %" PRIu64 " is older than %" PRIu64
                     ", which this device has accepted",
                     c->name, c->timestamp, floor);
}

/* A private server may do without OneCRL; one that had it may not lose it. */
static int get_revoked(struct pull *p, struct writ_error *e)
{
    struct writ_error why = {0};

    if (get(p, &p->revoked, &why) == 0)
        return 0;
    if (why.fault != WRIT_FAULT_NO_INPUT || p->revoked.kept.n > 0 || p->w->dir.here.has_onecrl)
        return writ_fail(e, why.fault, "%s", why.text);
    p->revoked.missing = true;
    filterwork_note(p->w, "the server has no OneCRL: nothing is known of revoked CA certificates");
    return 0;
}

/* ----------------------------------------------------------------------------------- what for */

static int make_plan(struct pull *p, struct writ_error *e)
{
    struct reading r = {.a = writ_buffer_span(&p->filters.message),
                        .text = p->w->p->source->channel};
    struct writ_buffer text = {0};
    int rc = in_jail(plan_in_jail, &r, &text, e);

    if (rc == 0)
        rc = filterplan_take(writ_buffer_span(&text), &p->w->plan, e);
    writ_buffer_free(&text);
    if (rc < 0)
        writ_error_context(e, "%s", p->filters.name);
    return rc;
}

static int make_onecrl(struct pull *p, struct writ_error *e)
{
    struct reading r = {.a = writ_buffer_span(&p->revoked.message)};
    struct writ_onecrl onecrl;
    int rc;

    if (p->revoked.missing)
        return 0;
    rc = in_jail(onecrl_in_jail, &r, &p->w->onecrl, e);
    if (rc == 0)
        rc = writ_onecrl_open(writ_buffer_span(&p->w->onecrl), &onecrl, e);
    if (rc < 0)
        writ_error_context(e, "%s", p->revoked.name);
    return rc;
}

/* Where attachments are, as the server says: only asked for when there is one to fetch. */
static int find_base(struct pull *p, struct writ_buffer *base, struct writ_error *e)
{
    struct writ_buffer answer = {0};
    struct fetcher_answer ignored;
    struct reading r;
    char url[URL_ROOM];
    int rc;

    (void)snprintf(url, sizeof url, "%s/", p->w->location);
    rc = filterwork_ask(p->w, url, REMOTESETTINGS_ROOT_MAX, "", &answer, &ignored, e);
    r = (struct reading){.a = writ_buffer_span(&answer)};
    if (rc == 0)
        rc = in_jail(base_in_jail, &r, base, e);
    if (rc == 0 && !fetcher_is_url(writ_buffer_string(base)))
        rc = writ_fail(e, WRIT_FAULT_BAD_INPUT,
                       "attachments are said to be at no http or https URL");
    writ_buffer_free(&answer);
    return rc;
}

static int bring(struct pull *p, struct writ_error *e)
{
    struct writ_buffer base = {0};
    int rc = filterwork_is_complete(p->w) ? 0 : find_base(p, &base, e);

    if (rc == 0)
        rc = filterwork_bring(p->w, writ_buffer_string(&base), e);
    writ_buffer_free(&base);
    return rc;
}

/* The floors first: what was accepted once must not be forgotten, whatever happens to the rest. The
 * messages before the filters: from them the next pull goes on. */
static int commit(struct pull *p, struct writ_error *e)
{
    const struct filterpull *what = p->w->p;
    struct filterplan listed = p->w->plan;
    struct writ_buffer manifest = {0};
    int rc;

    if (!what->dry_run &&
        (filterdir_raise_floor(what->places, what->source->fingerprint, p->filters.name,
                               p->filters.timestamp, e) < 0 ||
         filterdir_raise_floor(what->places, what->source->fingerprint, p->revoked.name,
                               p->revoked.timestamp, e) < 0 ||
         keep(p, &p->filters, e) < 0 || keep(p, &p->revoked, e) < 0 ||
         filterdir_put(p->w->dir.path, "chain", writ_buffer_span(&p->chain), NULL, e) < 0))
        return -1;
    listed.generated = p->w->result->as_of;
    manifest_add(&manifest, &listed, "Mozilla's filters, as writ has pulled them");
    rc = writ_buffer_check(&manifest, e);
    if (rc == 0)
        rc = filterwork_commit(p->w, writ_buffer_span(&manifest), e);
    writ_buffer_free(&manifest);
    return rc;
}

static void collection_free(struct collection *c)
{
    writ_buffer_free(&c->kept);
    writ_buffer_free(&c->message);
}

static void set_location(struct pull *p)
{
    size_t n;

    (void)snprintf(p->location, sizeof p->location, "%s", p->w->location);
    for (n = strlen(p->location); n > 0 && p->location[n - 1] == '/'; n--)
        p->location[n - 1] = '\0';
    p->w->location = p->location;
}

static int run(struct pull *p, struct writ_error *e)
{
    struct writ_error ignored = {0};

    set_location(p);

    if (filterdir_check_wait(&p->w->dir, p->w->location, p->w->p->now, e) < 0)
        return -1;
    if (filterdir_read(&p->w->dir, "chain", WRIT_CONTENT_CHAIN_MAX + URL_ROOM, &p->chain,
                       &ignored) < 0)
        writ_buffer_free(&p->chain);
    if (get(p, &p->filters, e) < 0 || get_revoked(p, e) < 0 || make_plan(p, e) < 0 ||
        make_onecrl(p, e) < 0 || bring(p, e) < 0)
        return -1;
    p->w->result->signed_by_root = true;
    return commit(p, e);
}

int crlite_pull(struct filterwork *w, struct writ_error *e)
{
    struct pull *p = calloc(1, sizeof *p);
    int rc = -1;

    if (p == NULL)
        return writ_fail_memory(e);
    p->w = w;
    p->filters.name = "cert-revocations";
    p->revoked.name = "onecrl";
    if (!fetcher_is_url(w->location))
        (void)writ_fail(e, WRIT_FAULT_USAGE,
                        "%.200s: a source of the kind crlite is pulled from a URL", w->location);
    else if (writ_hex_parse(writ_span_text(w->p->source->fingerprint), p->root, sizeof p->root) < 0)
        (void)writ_fail(e, WRIT_FAULT_CONFIGURATION, "%s: no fingerprint", w->p->source->name);
    else
        rc = run(p, e);
    collection_free(&p->filters);
    collection_free(&p->revoked);
    writ_buffer_free(&p->chain);
    free(p);
    return rc;
}
