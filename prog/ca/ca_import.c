#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/hex.h"
#include "base/text.h"
#include "base/time.h"
#include "ca/ca_adopt.h"
#include "ca/ca_commands.h"
#include "ca/linefile.h"
#include "shared/certfile.h"
#include "shared/file.h"
#include "shared/importrow.h"

#define SHOWN_MAX  20 /* refused rows that are shown */
#define PATH_BYTES 4096
#define ROUNDS_MAX 8 /* of a folder: intermediates below intermediates */
#define NOTE_TEXT  "imported"

/* One import: everything happens in one transaction. */
struct import {
    const struct args *a;
    struct out *o;
    struct ca ca;
    int64_t now;
    int64_t issuer; /* of a list's rows */
    size_t rows, added, completed, revoked, unchanged, stays, refused;
    uint64_t line; /* of a list */
    uint8_t *seen; /* owned; by the store's id: this import has had a row for it */
    size_t seen_n;
};

/* ------------------------------------------------------------------------------- refused rows */

/* Says that a row is refused, and goes on; -1 for what is no row's fault. */
static int refuse(struct import *im, const char *where, const struct writ_error *why,
                  struct writ_error *e)
{
    if (why->fault != WRIT_FAULT_BAD_INPUT && why->fault != WRIT_FAULT_USAGE)
        return writ_fail(e, why->fault, "%s", why->text);
    im->refused++;
    if (im->refused <= SHOWN_MAX)
        out_note(im->o, "%s: %s", where, why->text);
    else if (im->refused == SHOWN_MAX + 1)
        out_note(im->o, "further refused rows are counted only");
    return 0;
}

static int see_once(struct import *im, int64_t id, struct writ_error *e)
{
    size_t at = (size_t)id;

    if (at >= im->seen_n) {
        size_t wanted = 2 * at + 1024;
        uint8_t *larger = realloc(im->seen, wanted);

        if (larger == NULL)
            return writ_fail_memory(e);
        memset(larger + im->seen_n, 0, wanted - im->seen_n);
        im->seen = larger;
        im->seen_n = wanted;
    }
    if (im->seen[at] != 0)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "this serial number stands in it before");
    im->seen[at] = 1;
    return 0;
}

/* -------------------------------------------------------------------------------------- one row */

/* What the row's revocation would be; checked before anything is written. */
static int plan(const struct import *im, const struct importrow *row, int64_t not_before,
                struct writ_revocation *r, struct writ_error *e)
{
    struct writ_revocation_request request = {.reason = row->reason,
                                              .since_given = row->since_given,
                                              .since = row->since,
                                              .note = NOTE_TEXT};

    if (!row->revoked)
        return 0;
    if (row->revoked_at > im->now)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "revoked in the future");
    if (not_before != 0 && row->revoked_at < not_before)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "revoked before it was valid");
    return writ_revocation_begin(&request, not_before, row->revoked_at, r, e);
}

static int fill_record(const struct import *im, const struct importrow *row,
                       struct castore_certificate *record, struct writ_error *e)
{
    *record = (struct castore_certificate){.issuer = im->issuer,
                                           .role = CASTORE_IMPORTED,
                                           .serial_n = row->serial_n,
                                           .not_before = row->not_before,
                                           .not_after = row->not_after,
                                           .issued_at = im->now};
    memcpy(record->serial, row->serial, row->serial_n);
    (void)snprintf(record->name, sizeof record->name, "%s", row->name);
    if (row->not_before > row->not_after)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "it ends before it begins");
    return 0;
}

static int add_row(struct import *im, const struct importrow *row, struct writ_error *e)
{
    struct castore_certificate record;
    struct writ_revocation r;
    int64_t id;

    if (fill_record(im, row, &record, e) < 0 || plan(im, row, row->not_before, &r, e) < 0 ||
        castore_certificate_add(im->ca.store, &record, &id, e) < 0 || see_once(im, id, e) < 0)
        return -1;
    im->added++;
    im->revoked += row->revoked;
    return row->revoked ? castore_revoke(im->ca.store, id, &r, e) : 0;
}

static int compare_dates(const struct importrow *row, const struct castore_certificate *c,
                         struct writ_error *e)
{
    char here[WRIT_TIME_TEXT], there[WRIT_TIME_TEXT];

    if (row->not_before != 0 && c->not_before != 0 && row->not_before != c->not_before)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "it begins at another instant than in the store");
    if (row->not_after == WRIT_TIME_MAX || row->not_after == c->not_after)
        return 0;
    writ_time_format(row->not_after, here);
    writ_time_format(c->not_after, there);
    return writ_fail(e, WRIT_FAULT_BAD_INPUT, "it ends %s, and %s in the store", here, there);
}

/* A `since` that nobody named depends on what was known of the certificate, and is no difference.
 */
static bool says_the_same(const struct importrow *row, const struct writ_revocation *r,
                          const struct writ_revocation *standing)
{
    return r->reason == standing->reason && r->revoked_at == standing->revoked_at &&
           (!row->since_given || r->since == standing->since);
}

/* A list lifts no revocation. */
static int keep_revoked(struct import *im, const struct castore_certificate *c)
{
    im->stays++;
    if (im->stays <= SHOWN_MAX)
        out_note(im->o, "row %llu: it is not revoked here, and stays revoked in the store (%s)",
                 (unsigned long long)im->line, writ_reason_name(c->revocation.reason));
    else if (im->stays == SHOWN_MAX + 1)
        out_note(im->o, "further rows that stay revoked are counted only");
    return 0;
}

/* The store has it; the row may say that it is revoked now, and must not contradict. */
static int update_row(struct import *im, const struct importrow *row,
                      const struct castore_certificate *c, struct writ_error *e)
{
    struct writ_revocation r = {0};

    if (see_once(im, c->id, e) < 0 || compare_dates(row, c, e) < 0 ||
        plan(im, row, c->not_before, &r, e) < 0)
        return -1;
    if (c->revoked && !row->revoked)
        return keep_revoked(im, c);
    if (!row->revoked || (c->revoked && says_the_same(row, &r, &c->revocation))) {
        im->unchanged++;
        return 0;
    }
    if (castore_revoke(im->ca.store, c->id, &r, e) < 0)
        return -1;
    im->revoked++;
    return 0;
}

static int take_row(struct import *im, const struct importrow *row, struct writ_error *e)
{
    struct castore_matches m = {0};
    int rc =
        castore_find_serial(im->ca.store, im->issuer, WRIT_SPAN(row->serial, row->serial_n), &m, e);

    if (rc == 0)
        rc = m.n == 0 ? add_row(im, row, e) : update_row(im, row, m.at[0], e);
    castore_matches_free(&m);
    return rc;
}

/* ------------------------------------------------------------------------------- index and CSV */

static enum importrow_base base_of(const struct args *a)
{
    switch (args_choice(a, "serials", -1)) {
    case 0:
        return IMPORTROW_HEX;
    case 1:
        return IMPORTROW_DECIMAL;
    default:
        return IMPORTROW_UNSAID;
    }
}

static bool is_blank(struct writ_span line)
{
    return line.n == 0 || (line.n == 1 && line.p[0] == '\r');
}

static int read_lines(struct import *im, struct linefile *f, bool csv, struct writ_error *e)
{
    struct importrow_header header;
    struct writ_span line;
    bool is_line = true, has_header = !csv;

    while (linefile_next(f, &line, &is_line, e) == 0 && is_line) {
        struct writ_error why = {0};
        struct importrow row;
        char where[32];
        int rc;

        if (is_blank(line))
            continue;
        if (!has_header) {
            if (importrow_csv_header(line, base_of(im->a), &header, e) < 0)
                return linefile_blame(f, e);
            has_header = true;
            continue;
        }
        im->rows++;
        im->line = f->line;
        rc = csv ? importrow_csv(&header, line, &row, &why) : importrow_index(line, &row, &why);
        if (rc == 0)
            rc = take_row(im, &row, &why);
        (void)snprintf(where, sizeof where, "row %llu", (unsigned long long)f->line);
        if (rc < 0 && refuse(im, where, &why, e) < 0)
            return -1;
    }
    return is_line ? -1 : 0;
}

/* index.txt begins with a status and a tab; a CSV with the names of its columns. */
static int guess(struct import *im, const char *path, bool *csv, struct writ_error *e)
{
    int choice = args_choice(im->a, "format", -1);
    struct linefile f;
    struct writ_span line;
    bool is_line = false;
    int rc = linefile_open(path, &f, e);

    if (rc == 0)
        rc = linefile_next(&f, &line, &is_line, e);
    if (rc == 0 && choice >= 0)
        *csv = choice == 1;
    else if (rc == 0 && is_line)
        *csv = line.n < 2 || line.p[1] != '\t';
    linefile_close(&f);
    return rc;
}

static int find_issuer(struct import *im, struct writ_error *e)
{
    static const enum castore_role roles[] = {CASTORE_ROOT, CASTORE_INTERMEDIATE};
    const char *word = args_value(im->a, "issuer");
    struct castore_matches m = {0};
    struct writ_cert cert;
    size_t issuers = 0;
    int rc = 0;

    if (word != NULL) {
        rc = ca_issuer(&im->ca, word, &m, &cert, e);
        im->issuer = rc == 0 ? m.at[0]->id : 0;
        castore_matches_free(&m);
        return rc;
    }
    for (size_t i = 0; rc == 0 && i < 2; i++) {
        rc = castore_find_role(im->ca.store, roles[i], &m, e);
        issuers += m.n;
        im->issuer = rc == 0 && m.n > 0 ? m.at[0]->id : im->issuer;
        castore_matches_free(&m);
    }
    if (rc == 0 && issuers != 1)
        return args_fail(im->a, e, "%zu issuers are here; say with --issuer whose list it is",
                         issuers);
    return rc;
}

static int check_adopted(struct import *im, struct writ_error *e)
{
    struct castore_adoption adoption;

    if (castore_adoption(im->ca.store, im->issuer, &adoption, e) < 0)
        return -1;
    if (adoption.adopted)
        return 0;
    return writ_fail(e, WRIT_FAULT_USAGE,
                     "this issuer is writ's own, and knows what it issued; certificates of others "
                     "belong to an adopted one (writ ca adopt)");
}

static int import_list(struct import *im, const char *path, struct writ_error *e)
{
    struct linefile f = LINEFILE_NONE;
    bool csv = false;
    int rc = -1;

    if (find_issuer(im, e) < 0 || check_adopted(im, e) < 0 || guess(im, path, &csv, e) < 0 ||
        linefile_open(path, &f, e) < 0)
        goto out;
    rc = read_lines(im, &f, csv, e);
    if (rc == 0)
        rc = castore_looked(im->ca.store, im->issuer, im->now, e);
out:
    linefile_close(&f);
    return rc;
}

/* --------------------------------------------------------------------------------------- folder */

/* The store's row of this serial number came without its bytes: here they are. */
static int complete(struct import *im, const struct castore_certificate *standing,
                    const struct castore_certificate *record, struct writ_error *e)
{
    if (standing->der.n > 0)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT,
                         "the store has another certificate of this issuer and serial number");
    if (standing->not_after != WRIT_TIME_MAX && standing->not_after != record->not_after)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "it ends at another instant than in the store");
    if (castore_certificate_complete(im->ca.store, standing->id, record, e) < 0)
        return -1;
    im->completed++;
    return 0;
}

static int add_certificate(struct import *im, const struct writ_cert *cert, int64_t issuer,
                           struct writ_error *e)
{
    struct castore_certificate record;
    struct castore_matches m = {0};
    int64_t id;
    int rc = ca_foreign_record(cert, issuer, CASTORE_IMPORTED, im->now, &record, e);

    if (rc == 0)
        rc = castore_find_serial(im->ca.store, issuer, cert->serial, &m, e);
    if (rc == 0 && m.n > 0)
        rc = complete(im, m.at[0], &record, e);
    else if (rc == 0)
        rc = castore_certificate_add(im->ca.store, &record, &id, e);
    im->added += rc == 0 && m.n == 0;
    castore_matches_free(&m);
    return rc;
}

/* *waits: its issuer is not here, or not yet. */
static int take_certificate(struct import *im, struct writ_span der, bool *waits,
                            struct writ_error *e)
{
    struct castore_matches m = {0};
    struct writ_cert cert;
    int64_t issuer = 0;
    bool known;
    int rc = writ_cert_parse(der, &cert, e);

    *waits = false;
    if (rc < 0 || castore_find_der(im->ca.store, der, &m, e) < 0)
        return -1;
    known = m.n > 0;
    castore_matches_free(&m);
    if (known) {
        im->unchanged++;
        return 0;
    }
    if (ca_issuer_of(&im->ca, &cert, &issuer, e) < 0)
        return -1;
    *waits = issuer == 0;
    if (issuer == 0)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "none of the store's issuers has issued it");
    im->issuer = issuer;
    if (check_adopted(im, e) < 0)
        return -1;
    if (!ca_is_issuer(&cert))
        return add_certificate(im, &cert, issuer, e);
    if (ca_adopt_issuer(&im->ca, &cert, issuer, im->now, e) < 0)
        return -1;
    im->added++;
    return 0;
}

/* The files of a folder, and which still wait for their issuer. */
struct folder {
    struct dirent **entries; /* owned, like each */
    int n;
    bool *done; /* owned */
};

/* A file is done when all of it was taken, or refused for good; in the last round all are. */
static int take_file(struct import *im, const char *dir, const char *name, bool last, bool *done,
                     struct writ_error *e)
{
    char path[PATH_BYTES], where[300];
    struct certfile f = {0};
    struct writ_error why = {0};
    struct stat st;
    int rc = 0;

    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    *done = true;
    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
        return 0;
    writ_text_copy_safe(where, 256, writ_span_text(name));
    if (certfile_read(path, &f, &why) < 0) {
        im->rows++;
        rc = refuse(im, where, &why, e);
    }
    for (size_t i = 0; rc == 0 && i < f.count; i++) {
        size_t before = im->unchanged;
        bool waits = false;

        why = (struct writ_error){0};
        if (take_certificate(im, f.cert[i], &waits, &why) == 0) {
            im->rows += im->unchanged == before;
            continue;
        }
        *done = *done && (last || !waits);
        if (last || !waits) {
            im->rows++;
            rc = refuse(im, where, &why, e);
        }
    }
    certfile_free(&f);
    return rc;
}

static int is_named(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static int read_folder(const char *path, struct folder *d, struct writ_error *e)
{
    d->n = scandir(path, &d->entries, is_named, alphasort);
    if (d->n < 0)
        return writ_fail_errno(e, WRIT_FAULT_NO_INPUT, errno, "%s", path);
    d->done = calloc((size_t)d->n + 1, sizeof *d->done);
    return d->done == NULL ? writ_fail_memory(e) : 0;
}

static void folder_free(struct folder *d)
{
    for (int i = 0; i < d->n; i++)
        free(d->entries[i]);
    free(d->entries);
    free(d->done);
}

/* Again and again, as long as something new was taken that may have issued what waits. */
static int take_folder(struct import *im, const char *path, const struct folder *d,
                       struct writ_error *e)
{
    bool last = false;

    for (int round = 0; round <= ROUNDS_MAX; round++) {
        size_t before = im->added;

        for (int i = 0; i < d->n; i++) {
            if (!d->done[i] && take_file(im, path, d->entries[i]->d_name, last, &d->done[i], e) < 0)
                return -1;
        }
        if (last)
            break;
        last = im->added == before || round + 1 == ROUNDS_MAX;
    }
    return 0;
}

static int import_folder(struct import *im, const char *path, struct writ_error *e)
{
    struct folder d = {0};
    int rc = read_folder(path, &d, e);

    if (rc == 0)
        rc = take_folder(im, path, &d, e);
    folder_free(&d);
    return rc;
}

/* -------------------------------------------------------------------------------------- command */

static int finish(struct import *im, struct writ_error *e)
{
    char subject[96];

    if (im->refused > 0 && !args_flag(im->a, "skip-refused"))
        return writ_fail(e, WRIT_FAULT_BAD_INPUT,
                         "%zu of %zu rows are refused, and nothing was imported; correct them, or "
                         "leave them out with --skip-refused",
                         im->refused, im->rows);
    (void)snprintf(subject, sizeof subject, "%zu certificates, %zu revocations, %zu refused",
                   im->added, im->revoked, im->refused);
    if (ca_audit(&im->ca, im->now, "import", subject, args_value(im->a, "note"), NULL, e) < 0)
        return -1;
    return ca_finish(im->a, &im->ca, e);
}

static int import(struct import *im, struct writ_error *e)
{
    const char *path = args_operand(im->a, 0);
    struct stat st;
    bool folder;

    if (stat(path, &st) < 0)
        return writ_fail_errno(e, WRIT_FAULT_NO_INPUT, errno, "%s", path);
    folder = S_ISDIR(st.st_mode);
    if (folder != (args_choice(im->a, "format", folder ? 2 : 0) == 2))
        return args_fail(im->a, e, "--format certificates is for a folder, and a folder for it");
    if (ca_open_write(im->a, &im->ca, e) < 0 || castore_begin(im->ca.store, e) < 0)
        return -1;
    im->now = ca_now(im->a);
    if ((folder ? import_folder(im, path, e) : import_list(im, path, e)) < 0)
        return -1;
    return finish(im, e);
}

static void tell(const struct import *im)
{
    bool dry = im->a->dry_run;

    if (im->a->json) {
        struct writ_emit *m = out_emit(im->o);

        writ_emit_unsigned(m, "rows", im->rows);
        writ_emit_unsigned(m, "added", im->added);
        writ_emit_unsigned(m, "completed", im->completed);
        writ_emit_unsigned(m, "revoked", im->revoked);
        writ_emit_unsigned(m, "unchanged", im->unchanged);
        writ_emit_unsigned(m, "stays_revoked", im->stays);
        writ_emit_unsigned(m, "refused", im->refused);
        writ_emit_flag(m, "dry_run", dry);
        return;
    }
    out_say(im->o,
            "%s %zu certificates (%zu revocations), completed %zu; %zu stood already, %zu "
            "stay revoked, %zu refused",
            dry ? "would import" : "imported", im->added, im->revoked, im->completed, im->unchanged,
            im->stays, im->refused);
}

int ca_import(const struct args *a, struct out *o)
{
    struct import im = {.a = a, .o = o};
    struct writ_error e = {0};
    int status = 0;

    if (import(&im, &e) < 0)
        status = out_fault(o, &e);
    else
        tell(&im);
    free(im.seen);
    ca_close(&im.ca);
    return status;
}
