#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hex.h"
#include "bytes/cursor.h"
#include "shared/fetcher.h"
#include "shared/file.h"
#include "shared/jail.h"
#include "verdict/answer.h"
#include "writ/commands.h"
#include "writ/crlchecking.h"
#include "writ/crlfile.h"

#define BYTES_DEFAULT ((int64_t)64 << 20)
#define SECONDS_MAX   WRIT_HOUR
#define LOCK_SECONDS  5    /* for another fetch into the same file */
#define TAG_MAX       4096 /* bytes of FILE.etag */
#define URLS_MAX      8    /* of one certificate that are tried */
#define URL_ROOM      2048

/* One fetch: what was asked for, what is there, what came. */
struct fetch {
    const struct args *a;
    struct out *o;
    const char *path;
    char url[URLS_MAX][URL_ROOM];
    size_t url_count, used; /* how many there are; which one answered */
    struct certfile issuer;
    struct writ_crlcheck check;
    int64_t ceiling, seconds;

    bool has_old; /* a CRL of this issuer is there */
    struct crlchecking_found old, new;
    char etag[FETCHER_ETAG_MAX]; /* of what is there; "" */
    struct fetcher_answer answer;
    const char *status; /* for JSON: fetched, unchanged, kept */
    char why[WRIT_FACT_TEXT];
};

/* -------------------------------------------------------------------------------- what to ask */

/* The http URLs among a certificate's distribution points. */
static int take_urls(struct fetch *f, const struct writ_cert *cert, struct writ_error *e)
{
    struct writ_span url;

    for (size_t i = 0; f->url_count < URLS_MAX; i++) {
        url = writ_points_url(cert->crl_points, i);
        if (url.n == 0)
            break;
        if (url.n < URL_ROOM && memchr(url.p, '\0', url.n) == NULL)
            (void)snprintf(f->url[f->url_count++], URL_ROOM, "%.*s", (int)url.n,
                           (const char *)url.p);
    }
    if (f->url_count == 0)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "the certificate names no CRL to be had by http");
    return 0;
}

static int find_urls(struct fetch *f, struct writ_error *e)
{
    const char *operand = args_operand(f->a, 0);
    struct certfile file = {0};
    struct writ_cert cert;
    int rc;

    if (fetcher_is_url(operand)) {
        if (strlen(operand) >= URL_ROOM)
            return args_fail(f->a, e, "a URL of more than %d characters", URL_ROOM - 1);
        (void)snprintf(f->url[f->url_count++], URL_ROOM, "%s", operand);
        return 0;
    }
    rc = certfile_read(operand, &file, e);
    if (rc == 0)
        rc = writ_cert_parse(file.cert[0], &cert, e) < 0 ? -1 : take_urls(f, &cert, e);
    certfile_free(&file);
    return rc;
}

static int start(struct fetch *f, struct writ_error *e)
{
    f->check.now = f->a->now;
    f->check.allow_sha1 = args_flag(f->a, "allow-sha1");
    if (args_number(f->a, "max-bytes", 1, (int64_t)WRIT_CRL_MAX, BYTES_DEFAULT, &f->ceiling, e) <
            0 ||
        args_duration(f->a, "deadline", WRIT_MINUTE, &f->seconds, e) < 0 || jail_prepare(e) < 0 ||
        certfile_read(args_value(f->a, "issuer"), &f->issuer, e) < 0)
        return -1;
    if (f->seconds < 1 || f->seconds > SECONDS_MAX)
        return args_fail(f->a, e, "--deadline: wanted 1s to 1h");
    return find_urls(f, e);
}

/* ------------------------------------------------------------------------------ what is there */

/* FILE.etag: the URL, its ETag, and the SHA-256 of the bytes that came with it, a line each.  It is
 * believed only about these bytes. */
static void recall_etag(struct fetch *f, const char *beside)
{
    struct writ_buffer text = {0};
    struct writ_cursor c;
    struct writ_span url, etag, digest;
    uint8_t hash[WRIT_SHA256_BYTES];

    if (file_read(beside, TAG_MAX, &text, NULL) == 0) {
        c = writ_cursor_over(writ_buffer_span(&text), NULL);
        if (writ_cursor_line(&c, &url, "URL") == 0 && writ_cursor_line(&c, &etag, "ETag") == 0 &&
            writ_cursor_line(&c, &digest, "SHA-256") == 0 &&
            writ_hex_parse_strict(digest, hash, sizeof hash) == 0 &&
            memcmp(hash, f->old.digest, sizeof hash) == 0 && etag.n < sizeof f->etag &&
            writ_span_equal(url, writ_span_text(f->url[f->used])))
            (void)snprintf(f->etag, sizeof f->etag, "%.*s", (int)etag.n, (const char *)etag.p);
    }
    writ_buffer_free(&text);
}

static int keep_etag(const struct fetch *f, const char *beside, struct writ_error *e)
{
    struct writ_buffer text = {0};
    int rc = 0;

    writ_buffer_format(&text, "%s\n%s\n", f->url[f->used], f->answer.etag);
    writ_hex_add(&text, WRIT_SPAN_OF(f->new.digest));
    writ_buffer_byte(&text, '\n');
    rc = writ_buffer_check(&text, e);
    if (rc == 0)
        rc = file_replace_bytes(beside, 0644, writ_buffer_span(&text), e);
    writ_buffer_free(&text);
    return rc;
}

/* Whether the file is there and holds a CRL of this issuer, old or not. */
static int look_at_old(struct fetch *f, struct writ_error *e)
{
    struct writ_crlcheck undated = f->check;
    struct crlfile file;
    int rc;

    if (access(f->path, F_OK) < 0)
        return 0;
    undated.ignores_dates = true;
    if (crlfile_open(f->path, &file, e) < 0) {
        crlfile_close(&file);
        return -1;
    }
    rc = crlchecking_look(file.bytes, &undated, &f->issuer, &f->old, e);
    f->has_old = rc == 0 && f->old.status == WRIT_ANSWER_GOOD;
    crlfile_close(&file);
    return rc;
}

/* ---------------------------------------------------------------------------------- what came */

static int look_at_new(struct fetch *f, int fd, struct writ_error *e)
{
    off_t size = lseek(fd, 0, SEEK_END);
    struct writ_span map = WRIT_SPAN_NONE;
    int rc;

    if (size < 0)
        return writ_fail(e, WRIT_FAULT_IO, "cannot tell how much was fetched");
    rc = file_map(fd, (size_t)size, &map, e);
    if (rc == 0)
        rc = crlchecking_look(map, &f->check, &f->issuer, &f->new, e);
    file_unmap(&map);
    return rc;
}

/* Whether what is there is good at this time. */
static int exit_of_old(const struct fetch *f)
{
    struct writ_error e = {0};
    struct crlchecking_found now;
    struct crlfile file;
    int status = 4;

    if (crlfile_open(f->path, &file, &e) == 0 &&
        crlchecking_look(file.bytes, &f->check, &f->issuer, &now, &e) == 0)
        status = writ_answer_exit(now.status);
    crlfile_close(&file);
    return status;
}

/* The new one is in the temporary file: puts it in its place, or says why not. */
static int decide(struct fetch *f, struct file_replace *r, const char *beside, int *status,
                  struct writ_error *e)
{
    f->status = "kept";
    if (f->answer.not_modified) {
        f->status = "unchanged";
        *status = exit_of_old(f);
        return 0;
    }
    if (look_at_new(f, r->fd, e) < 0)
        return -1;
    *status = writ_answer_exit(f->new.status);
    (void)snprintf(f->why, sizeof f->why, "%s", f->new.why);
    if (f->new.status == WRIT_ANSWER_NO_EVIDENCE)
        return 0;
    if (f->has_old && crlchecking_goes_back(&f->old, &f->new, f->why)) {
        *status = 4;
        return 0;
    }
    f->status = "fetched";
    if (f->a->dry_run)
        return 0;
    if (file_replace_commit(r, 0644, e) < 0)
        return -1;
    return f->answer.etag[0] != '\0' ? keep_etag(f, beside, e) : 0;
}

/* Each URL in turn, until one answers. */
static int ask(struct fetch *f, int fd, const char *beside, struct writ_error *e)
{
    for (f->used = 0;; f->used++) {
        struct fetcher_request request = {.url = f->url[f->used],
                                          .ceiling = (uint64_t)f->ceiling,
                                          .deadline_ms = f->seconds * 1000};
        bool is_last = f->used + 1 == f->url_count;

        if (f->has_old)
            recall_etag(f, beside);
        request.etag = f->etag;
        if (ftruncate(fd, 0) < 0 || lseek(fd, 0, SEEK_SET) < 0)
            return writ_fail(e, WRIT_FAULT_IO, "cannot write a temporary file");
        if (fetcher_ask(&request, fd, &f->answer, e) == 0)
            return 0;
        if (is_last)
            return -1;
        out_detail(f->o, 1, "%s: %s", f->url[f->used], e->text);
        writ_error_clear(e);
        f->etag[0] = '\0';
    }
}

static int fetch_into(struct fetch *f, const char *beside, int *status, struct writ_error *e)
{
    struct file_replace r = FILE_REPLACE_NONE;
    int rc = file_replace_begin(f->path, &r, e);

    if (rc == 0)
        rc = ask(f, r.fd, beside, e);
    if (rc == 0)
        rc = decide(f, &r, beside, status, e);
    file_replace_abort(&r);
    return rc;
}

/* One at a time for each file: else an older answer could arrive after a newer one. */
static int fetch_locked(struct fetch *f, int *status, struct writ_error *e)
{
    char *lock = NULL, *beside = NULL;
    int fd = -1;
    int rc = -1;

    if (asprintf(&lock, "%s.lock", f->path) < 0 || asprintf(&beside, "%s.etag", f->path) < 0) {
        (void)writ_fail_memory(e);
        goto out;
    }
    if (!f->a->dry_run)
        fd = file_lock(lock, LOCK_SECONDS + (unsigned)f->seconds, e);
    if ((fd < 0 && !f->a->dry_run) || look_at_old(f, e) < 0)
        goto out;
    rc = fetch_into(f, beside, status, e);
out:
    file_unlock(fd);
    free(lock);
    free(beside);
    return rc;
}

/* ------------------------------------------------------------------------------------ telling */

static void add_found(struct writ_buffer *b, const struct crlchecking_found *found)
{
    char at[WRIT_TIME_TEXT];

    writ_buffer_format(b, "CRL of %s, %llu entries", found->source,
                       (unsigned long long)found->entries);
    writ_time_format(found->as_of, at);
    writ_buffer_format(b, ", as of %s", at);
    if (found->until != 0) {
        writ_time_format(found->until, at);
        writ_buffer_format(b, " until %s", at);
    }
}

static void tell(const struct fetch *f, int status)
{
    bool is_new = strcmp(f->status, "fetched") == 0;
    const struct crlchecking_found *there = is_new ? &f->new : &f->old;
    struct writ_buffer text = {0};
    char shown[FILE_SHOWN_MAX];

    writ_buffer_format(&text, "%s: %s", file_shown(f->path, shown),
                       is_new || f->has_old ? f->status : "nothing fetched");
    if (f->why[0] != '\0')
        writ_buffer_format(&text, "; %s", f->why);
    if (is_new || f->has_old) {
        writ_buffer_text(&text, "; ");
        add_found(&text, there);
    }
    if (!is_new && status == 5)
        writ_buffer_text(&text, "; too old");
    out_say(f->o, "%s", writ_buffer_string(&text));
    writ_buffer_free(&text);
}

static void tell_json(const struct fetch *f, int status)
{
    bool is_new = strcmp(f->status, "fetched") == 0;
    const struct crlchecking_found *there = is_new ? &f->new : &f->old;
    struct writ_emit *m = out_emit(f->o);

    writ_emit_string(m, "file", f->path);
    writ_emit_string(m, "url", f->url[f->used]);
    writ_emit_string(m, "status", f->status);
    if (f->why[0] != '\0')
        writ_emit_string(m, "why", f->why);
    if (is_new || f->has_old) {
        writ_emit_string(m, "issuer", there->source);
        if (there->number_size > 0)
            writ_emit_hex(m, "number", WRIT_SPAN(there->number, there->number_size));
        writ_emit_time(m, "as_of", there->as_of);
        if (there->until != 0)
            writ_emit_time(m, "until", there->until);
        writ_emit_unsigned(m, "entries", there->entries);
    }
    writ_emit_flag(m, "dry_run", f->a->dry_run);
    writ_emit_unsigned(m, "exit", (uint64_t)status);
}

static int run(const struct args *a, struct out *o)
{
    struct fetch *f = calloc(1, sizeof *f);
    struct writ_error e = {0};
    int status = 0;

    if (f == NULL) {
        (void)writ_fail_memory(&e);
        return out_fault(o, &e);
    }
    f->a = a;
    f->o = o;
    f->path = args_value(a, "out");
    if (start(f, &e) < 0 || fetch_locked(f, &status, &e) < 0) {
        if (f->has_old)
            out_note(o, "%s stays as it is", f->path);
        status = out_fault(o, &e);
    } else if (a->json) {
        tell_json(f, status);
    } else {
        tell(f, status);
    }
    certfile_free(&f->issuer);
    free(f);
    return status;
}

const struct command command_crl_fetch = {
    .words = "crl fetch",
    .group = "more",
    .summary = "fetch a CRL, and keep the old one unless the new one is good",
    .description =
        "From a URL, or from where a certificate says that its CRL is. Asks only for what\n"
        "has changed. What is not signed by --issuer, or goes back, replaces nothing.\n",
    .operands = (const struct operand_spec[]){{.name = "URL|CERT", .hint = COMMAND_HINT_FILE}, {0}},
    .options =
        (const struct option_spec[]){
            {.name = "issuer",
             .value = "FILE",
             .help = "the certificate whose key must have signed it",
             .hint = COMMAND_HINT_FILE,
             .required = true},
            {.name = "out",
             .value = "FILE",
             .help = "where it is kept",
             .hint = COMMAND_HINT_FILE,
             .required = true},
            {.name = "max-bytes", .value = "N", .help = "how large it may be (64 MiB)"},
            {.name = "deadline", .value = "DURATION", .help = "how long it may take (60s)"},
            {.name = "allow-sha1", .help = "take signatures with SHA-1"},
            {0}},
    .network = "always",
    .mutates = true,
    .examples =
        (const char *const[]){"writ crl fetch alice.pem --issuer=ca.pem --out ca.crl", NULL},
    .exits = "0 it is there and good, 4 what came is no evidence, 5 it is too old\n",
    .run = run,
};
