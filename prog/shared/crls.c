#include "shared/crls.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "crypto/digest.h"
#include "shared/crlrecord.h"
#include "shared/pulled.h"
#include "shared/watch.h"

#define WATCHED_MAX (PLACES_READ_MAX + CRLS_MAX)

struct opened {
    char name[PULLED_NAME_MAX + 1];
    struct crlrecord record;
    struct writ_span map; /* the table */
    struct writ_cert issuer;
};

/* Everything that struct crls points to, in one piece. */
struct crls_memory {
    struct opened opened[CRLS_MAX];
    struct writ_crl_source sources[CRLS_MAX];
    char problems[CRLS_MAX][CRLS_PROBLEM_MAX];
    struct watched watched[WATCHED_MAX];
    struct watch watch;
};

bool crls_are_current(const struct crls *c)
{
    return c->memory == NULL || watch_is_current(&c->memory->watch);
}

void crls_get_figures(const struct crls *c, const struct writ_crl_source *source,
                      struct crls_figures *figures)
{
    const struct crlrecord *r = &c->memory->opened[source - c->sources].record;

    *figures = (struct crls_figures){
        .entries = r->entries, .others = r->others, .number = WRIT_SPAN(r->number, r->number_n)};
}

static void add_problem(struct crls *c, const char *name, const char *why)
{
    if (c->problem_count == CRLS_MAX)
        return;
    (void)snprintf(c->problems[c->problem_count++], CRLS_PROBLEM_MAX, "%.100s: %.150s", name, why);
}

/* ----------------------------------------------------------------------------------- one CRL */

static int read_record(int dir, struct crlrecord *record, struct writ_error *e)
{
    struct writ_span map;
    struct stat st;
    int rc = pulled_map(dir, CRLRECORD_NAME, CRLRECORD_MAX, &map, &st, e);

    if (rc == 0)
        rc = crlrecord_parse(map, record, e);
    pulled_unmap(&map);
    return rc;
}

/* The file is the one that was made when it was pulled; after a backup was restored its hash tells.
 */
static int check_same(const struct opened *o, const struct stat *st, struct writ_error *e)
{
    uint8_t hash[WRIT_SHA256_BYTES];

    if (filterrecord_is_same(&o->record.table, st))
        return 0;
    if (writ_sha256(o->map, hash, e) < 0)
        return -1;
    if (memcmp(hash, o->record.table.hash, sizeof hash) == 0)
        return 0;
    return writ_fail(e, WRIT_FAULT_BAD_INPUT, "its table is not the one that was pulled");
}

/* The issuer is the pinned certificate whose key verified the CRL. */
static int find_issuer(struct opened *o, const struct writ_table *table, struct writ_error *e)
{
    struct writ_block block;
    struct writ_span der;

    if (!writ_table_find(table, WRIT_SPAN_OF(o->record.signer), WRIT_BLOCK_LIST, &block) ||
        writ_block_chain(&block, 0, &der) < 0)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "its table has no list of the CRL's issuer");
    return writ_cert_parse(der, &o->issuer, e);
}

static int read_idp(const struct crlrecord *record, struct writ_crl_source *source,
                    struct writ_error *e)
{
    struct writ_cursor c = writ_cursor_over(record->idp, e);

    source->has_idp = record->has_idp;
    source->idp = (struct writ_idp){.reasons = WRIT_FLAG_ALL};
    return record->has_idp ? writ_idp_take(&c, &source->idp) : 0;
}

static int open_whole(struct opened *o, int dir, struct writ_crl_source *source,
                      struct writ_error *e)
{
    char name[CRLRECORD_TABLE_MAX];
    struct stat st;

    if (read_record(dir, &o->record, e) < 0)
        return -1;
    crlrecord_table_name(&o->record, name);
    if (pulled_map(dir, name, WRIT_TABLE_MAX, &o->map, &st, e) < 0 || check_same(o, &st, e) < 0 ||
        writ_table_open(o->map, &source->table, e) < 0 || find_issuer(o, &source->table, e) < 0 ||
        read_idp(&o->record, source, e) < 0)
        return -1;
    source->name = o->name;
    source->issuer = o->issuer.subject.der;
    source->this_update = o->record.this_update;
    source->has_next_update = o->record.has_next_update;
    source->next_update = o->record.next_update;
    source->keeps_expired = o->record.keeps_expired;
    source->expired_since = o->record.expired_since;
    return 0;
}

static void close_one(struct opened *o)
{
    pulled_unmap(&o->map);
    crlrecord_free(&o->record);
}

/* One directory below crls/. */
static void open_one(struct crls *c, int dir, const char *name)
{
    struct opened *o = &c->memory->opened[c->count];
    struct writ_error why = {0};

    if (c->count == CRLS_MAX) {
        add_problem(c, name, "one CRL too many");
        return;
    }
    *o = (struct opened){0};
    (void)snprintf(o->name, sizeof o->name, "%s", name);
    if (open_whole(o, dir, &c->sources[c->count], &why) == 0) {
        c->count++;
        return;
    }
    close_one(o);
    add_problem(c, name, why.text);
}

/* ------------------------------------------------------------------------------------- states */

/* One that was never pulled has no record, and is no problem. */
static int look_at(void *who, const char *crls_dir, const char *name, struct writ_error *e)
{
    struct crls *c = who;
    char *path = NULL;
    int dir, rc;

    if (asprintf(&path, "%s/%s/" CRLRECORD_NAME, crls_dir, name) < 0)
        return writ_fail_memory(e);
    rc = watch_add(&c->memory->watch, path, e);
    *strrchr(path, '/') = '\0';
    dir = rc < 0 ? -1 : open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir >= 0 && faccessat(dir, CRLRECORD_NAME, F_OK, 0) == 0)
        open_one(c, dir, name);
    else if (rc == 0 && errno != ENOENT && errno != ENOTDIR)
        add_problem(c, name, "its directory cannot be read");
    if (dir >= 0)
        close(dir);
    free(path);
    return rc;
}

static int open_state(struct crls *c, const char *state, struct writ_error *e)
{
    struct writ_error why = {0};
    int rc = pulled_each(state, CRLRECORD_CRLS, &c->memory->watch, look_at, c, &why, e);

    if (why.fault != WRIT_FAULT_NONE)
        add_problem(c, CRLRECORD_CRLS, why.text);
    return rc;
}

int crls_open(struct crls *c, const struct places *places, struct writ_error *e)
{
    int rc = 0;

    *c = (struct crls){.memory = calloc(1, sizeof *c->memory)};
    if (c->memory == NULL)
        return writ_fail_memory(e);
    c->sources = c->memory->sources;
    c->problems = c->memory->problems;
    c->memory->watch = (struct watch){.at = c->memory->watched, .room = WATCHED_MAX};
    for (size_t i = 0; rc == 0 && i < places->reads; i++)
        rc = open_state(c, places->read[i], e);
    return rc;
}

void crls_close(struct crls *c)
{
    for (size_t i = 0; i < c->count; i++)
        close_one(&c->memory->opened[i]);
    if (c->memory != NULL)
        watch_clear(&c->memory->watch);
    free(c->memory);
    *c = (struct crls){0};
}
