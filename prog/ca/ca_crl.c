#include "ca/ca_crl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* ----------------------------------------------------------------------------- names and URLs */

int ca_crl_settings_read(struct ca *ca, struct ca_crl_settings *settings, struct writ_error *e)
{
    char value[CASTORE_TEXT_MAX + 1];

    if (castore_setting_get(ca->store, CA_SETTING_CRL_URL, settings->url, e) < 0 ||
        castore_setting_get(ca->store, CA_SETTING_PARTITIONS, value, e) < 0)
        return -1;
    settings->partitions = (size_t)strtoul(value, NULL, 10);
    if (settings->partitions > WRIT_PARTITIONS_MAX)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "the store says %zu partitions",
                         settings->partitions);
    if (castore_setting_get(ca->store, CA_SETTING_DELTAS, value, e) < 0)
        return -1;
    settings->deltas = strcmp(value, "yes") == 0;
    return 0;
}

void ca_crl_file_name(const char *issuer, int partition, bool delta, char name[CA_CRL_NAME])
{
    char slug[CA_SLUG_MAX], part[16] = "";

    writ_text_slug(slug, sizeof slug, issuer);
    if (partition >= 0)
        (void)snprintf(part, sizeof part, "-%d", partition);
    (void)snprintf(name, CA_CRL_NAME, "%s%s%s.crl", slug, part, delta ? "-delta" : "");
}

static void add_url(const struct ca_crl_settings *settings, const char *issuer, int partition,
                    bool delta, struct writ_buffer *url)
{
    char name[CA_CRL_NAME];

    ca_crl_file_name(issuer, partition, delta, name);
    writ_buffer_format(url, "%s/%s", settings->url, name);
}

int ca_crl_url(const struct ca_crl_settings *settings, const char *issuer, struct writ_span serial,
               struct writ_buffer *url, struct writ_error *e)
{
    size_t partition = 0;

    if (settings->url[0] == '\0')
        return 0;
    if (settings->partitions > 0 &&
        writ_crl_partition(serial, settings->partitions, &partition, e) < 0)
        return -1;
    add_url(settings, issuer, settings->partitions > 0 ? (int)partition : -1, false, url);
    return writ_buffer_check(url, e);
}

/* ---------------------------------------------------------------------------------- issuers */

static int open_key(struct ca_crl_job *job, struct ca_crl_issuer *it, struct writ_error *e)
{
    const struct castore_certificate *c = it->self.at[0];
    struct castore_key *stored = NULL;
    bool here;

    if (castore_key_find(job->ca->store,
                         c->role == CASTORE_ROOT ? CASTORE_KEY_ROOT : CASTORE_KEY_INTERMEDIATE,
                         c->spki_hash, &stored, e) < 0)
        return -1;
    here = stored != NULL;
    castore_key_free(stored);
    if (!here)
        return 0;
    it->key = ca_issuer_key(job->ca, c, e);
    return it->key == NULL ? -1 : 0;
}

static int add_issuer(struct ca_crl_job *job, int64_t id, struct writ_error *e)
{
    struct ca_crl_issuer *it = &job->issuer[job->count];

    if (job->count == CA_ISSUERS_MAX)
        return writ_fail(e, WRIT_FAULT_CONFIGURATION, "more than %d issuers", CA_ISSUERS_MAX);
    job->count++;
    if (castore_find_id(job->ca->store, id, &it->self, e) < 0 ||
        writ_cert_parse(it->self.at[0]->der, &it->cert, e) < 0)
        return -1;
    return open_key(job, it, e);
}

static int add_role(struct ca_crl_job *job, enum castore_role role, struct writ_error *e)
{
    struct castore_matches m = {0};
    int rc = castore_find_role(job->ca->store, role, &m, e);

    for (size_t i = 0; rc == 0 && i < m.n; i++)
        rc = add_issuer(job, m.at[i]->id, e);
    castore_matches_free(&m);
    return rc;
}

int ca_crl_issuers(struct ca_crl_job *job, struct writ_error *e)
{
    return add_role(job, CASTORE_ROOT, e) < 0 ? -1 : add_role(job, CASTORE_INTERMEDIATE, e);
}

void ca_crl_free(struct ca_crl_job *job)
{
    for (size_t i = 0; i < job->count; i++) {
        castore_matches_free(&job->issuer[i].self);
        writ_key_free(job->issuer[i].key);
        free(job->issuer[i].lines);
        free(job->issuer[i].changed);
    }
    job->count = 0;
}

/* ------------------------------------------------------------------------------------ lines */

static struct ca_crl_issuer *issuer_of(struct ca_crl_job *job, int64_t id)
{
    for (size_t i = 0; i < job->count; i++) {
        if (job->issuer[i].self.at[0]->id == id)
            return &job->issuer[i];
    }
    return NULL;
}

/* `since` is the invalidity date, unless nobody knows it: of a certificate that came without its
 * bytes it may be the beginning of time. */
static void fill_line(const struct castore_certificate *c, struct writ_crl_line *line)
{
    const struct writ_revocation *r = &c->revocation;

    *line = (struct writ_crl_line){
        .serial_n = (uint8_t)c->serial_n,
        .removed = !c->revoked,
        .reason = r->reason,
        .revoked_at = r->revoked_at,
        .has_invalidity = c->revoked && r->since != r->revoked_at && r->since > 0,
        .invalidity = r->since,
    };
    memcpy(line->serial, c->serial, c->serial_n);
}

static int add_line(struct writ_crl_line **lines, size_t *count, size_t *room,
                    const struct castore_certificate *c, int64_t now, struct writ_error *e)
{
    if (*count == *room) {
        size_t wanted = *room == 0 ? 64 : *room * 2;
        struct writ_crl_line *larger = reallocarray(*lines, wanted, sizeof *larger);

        if (larger == NULL)
            return writ_fail_memory(e);
        *lines = larger;
        *room = wanted;
    }
    fill_line(c, &(*lines)[*count]);
    if (!c->revoked)
        (*lines)[*count].revoked_at = now;
    ++*count;
    return 0;
}

/* RFC 5280 section 3.3: one that has ended stays until it was on one CRL after its end. */
static int has_left(struct ca_crl_job *job, const struct castore_certificate *c, bool *left,
                    struct writ_error *e)
{
    struct castore_crl crl;

    *left = false;
    if (!job->drop_expired || c->not_after >= job->now)
        return 0;
    if (castore_crl(job->ca->store, c->issuer, "", &crl, e) < 0)
        return -1;
    *left = (crl.has_base ? crl.base_update : crl.this_update) > c->not_after;
    return 0;
}

static int visit_revoked(void *arg, const struct castore_certificate *c, struct writ_error *e)
{
    struct ca_crl_job *job = arg;
    struct ca_crl_issuer *it = c->revoked ? issuer_of(job, c->issuer) : NULL;
    bool left;

    if (it == NULL)
        return 0;
    if (has_left(job, c, &left, e) < 0)
        return -1;
    return left ? 0 : add_line(&it->lines, &it->count, &it->room, c, job->now, e);
}

int ca_crl_gather(struct ca_crl_job *job, struct writ_error *e)
{
    return castore_certificate_each(job->ca->store, visit_revoked, job, e);
}

/* The walk over what has changed, for one issuer. */
struct changes {
    struct ca_crl_job *job;
    struct ca_crl_issuer *it;
};

static int visit_changed(void *arg, const struct castore_certificate *c, struct writ_error *e)
{
    struct changes *w = arg;
    struct ca_crl_issuer *it = w->it;

    if (c->issuer != it->self.at[0]->id)
        return 0;
    return add_line(&it->changed, &it->changed_count, &it->changed_room, c, w->job->now, e);
}

/* ----------------------------------------------------------------------------------- making */

/* The lines of a partition (all of them when it is < 0), copied: the writer sorts them. */
static int choose(const struct ca_crl_job *job, const struct writ_crl_line *from, size_t n,
                  int partition, struct writ_crl_form *form, struct writ_error *e)
{
    form->lines = calloc(n + 1, sizeof *form->lines);
    if (form->lines == NULL)
        return writ_fail_memory(e);
    for (size_t i = 0; i < n; i++) {
        size_t part = 0;

        if (partition >= 0 && writ_crl_partition(WRIT_SPAN(from[i].serial, from[i].serial_n),
                                                 job->settings.partitions, &part, e) < 0)
            return -1;
        if (partition < 0 || part == (size_t)partition)
            form->lines[form->line_count++] = from[i];
    }
    return 0;
}

static int choose_lines(struct ca_crl_job *job, struct ca_crl_issuer *it, int partition,
                        const struct castore_crl *standing, struct writ_crl_form *form,
                        struct writ_error *e)
{
    struct changes walk = {.job = job, .it = it};

    if (!form->is_delta)
        return choose(job, it->lines, it->count, partition, form, e);
    it->changed_count = 0;
    if (castore_change_each(job->ca->store, standing->base_change, visit_changed, &walk, e) < 0)
        return -1;
    return choose(job, it->changed, it->changed_count, partition, form, e);
}

static void fill_form(const struct ca_crl_job *job, const struct ca_crl_issuer *it, int partition,
                      const struct castore_crl *standing, struct writ_buffer *url,
                      struct writ_buffer *delta_url, struct writ_crl_form *form)
{
    const char *name = it->self.at[0]->name;

    form->issuer = &it->cert;
    form->key = it->key;
    form->this_update = job->now;
    form->next_update = job->now + job->life;
    form->base = standing->base_number;
    form->keeps_expired = !job->drop_expired;
    form->expired_since = it->cert.not_before;
    if (partition >= 0) {
        add_url(&job->settings, name, partition, false, url);
        form->partition_url = writ_buffer_string(url);
    }
    if (job->settings.deltas) {
        add_url(&job->settings, name, partition, true, delta_url);
        form->delta_url = writ_buffer_string(delta_url);
    }
}

void ca_crl_scope(const struct ca_crl_job *job, int partition, char scope[CASTORE_SCOPE_MAX + 1])
{
    scope[0] = '\0';
    if (partition >= 0)
        (void)snprintf(scope, CASTORE_SCOPE_MAX + 1, "%d/%zu", partition, job->settings.partitions);
}

int ca_crl_base(struct ca_crl_job *job, const struct ca_crl_issuer *it, int partition, bool *has,
                uint64_t *number, struct writ_error *e)
{
    char scope[CASTORE_SCOPE_MAX + 1];
    struct castore_crl standing;

    ca_crl_scope(job, partition, scope);
    if (castore_crl(job->ca->store, it->self.at[0]->id, scope, &standing, e) < 0)
        return -1;
    *has = standing.has_base;
    *number = standing.base_number;
    return 0;
}

int ca_crl_make(struct ca_crl_job *job, struct ca_crl_issuer *it, int partition, bool delta,
                struct writ_buffer *der, bool *made, struct writ_error *e)
{
    struct writ_crl_form form = {.is_delta = delta};
    struct writ_buffer url = {0}, delta_url = {0};
    char scope[CASTORE_SCOPE_MAX + 1];
    struct castore_crl standing;
    int64_t id = it->self.at[0]->id;
    int rc = -1;

    ca_crl_scope(job, partition, scope);
    *made = false;
    if (castore_crl(job->ca->store, id, scope, &standing, e) < 0)
        return -1;
    if (delta && !standing.has_base)
        return 0;
    if (choose_lines(job, it, partition, &standing, &form, e) < 0 ||
        castore_crl_take(job->ca->store, id, scope, job->now, !delta && job->published,
                         &form.number, e) < 0)
        goto out;
    fill_form(job, it, partition, &standing, &url, &delta_url, &form);
    rc = writ_issue_crl(&form, der, e);
    *made = rc == 0;
out:
    free(form.lines);
    writ_buffer_free(&url);
    writ_buffer_free(&delta_url);
    return rc;
}
