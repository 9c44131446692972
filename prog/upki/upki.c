/*
 * upki/upki - upki's functions for C (include/writ-upki/upki.h)
 */
#include <upki.h>

#include <stdlib.h>
#include <time.h>

#include "shared/filters.h"
#include "upki/cache.h"
#include "upki/chain.h"
#include "upki/config.h"

/* What is there to be asked. */
struct data {
    struct filters device; /* the sources of writ */
    struct cache cache;    /* upki's */
    struct writ_filter_set sets[FILTERS_SOURCES_MAX + 1];
    size_t count;
    enum upki_result trouble; /* why not everything can be asked; UPKI_OK: it can */
};

enum upki_result upki_config_new(const char *path, struct upki_config **out)
{
    struct upki_config *config;
    enum upki_result result;

    if (out == NULL)
        return UPKI_ERR_NULL_POINTER;
    config = calloc(1, sizeof *config);
    if (config == NULL)
        return UPKI_ERR_PANICKED;
    result = config_find(path, config);
    if (result == UPKI_OK)
        *out = config;
    else
        upki_config_free(config);
    return result;
}

void upki_config_free(struct upki_config *config)
{
    if (config == NULL)
        return;
    free(config->cache);
    free(config);
}

/* ------------------------------------------------------------------------------------- the data */

static void add_cache(struct data *d, const char *dir, const struct chain *chain)
{
    enum upki_result result = cache_open(&d->cache, dir, chain->scts, chain->sct_count);

    if (result == UPKI_OK)
        d->sets[d->count++] = d->cache.set;
    else
        d->trouble = result;
}

static void add_sources(struct data *d)
{
    struct places_caller who;
    struct places places = {0};
    struct writ_error e = {0};

    places_caller_read(&who, NULL);
    if (who.home == NULL && who.xdg_data_home == NULL)
        who.uid = 0; /* nobody's state but the system's */
    if (places_decide(&places, &who, &e) < 0)
        d->trouble = UPKI_ERR_REVOCATION_FILE_READ;
    else if (filters_open(&d->device, &places, &e) < 0)
        d->trouble = UPKI_ERR_PANICKED;
    else if (d->device.problem_count > 0)
        d->trouble = UPKI_ERR_REVOCATION_FILE_DECODE;
    for (size_t i = 0; i < d->device.set_count; i++)
        d->sets[d->count++] = d->device.sets[i];
    places_free(&places);
}

static void data_open(struct data *d, const struct upki_config *config, const struct chain *chain)
{
    *d = (struct data){.trouble = UPKI_OK};
    if (!config->named)
        add_sources(d);
    if (config->cache != NULL && (config->named || cache_is_there(config->cache)))
        add_cache(d, config->cache, chain);
    if (d->count == 0 && d->trouble == UPKI_OK)
        d->trouble = UPKI_ERR_REVOCATION_FILE_READ;
}

static void data_close(struct data *d)
{
    cache_close(&d->cache);
    filters_close(&d->device);
}

/* ---------------------------------------------------------------------------------- the question
 */

/* What cannot be asked may be what knows that the certificate is revoked: it matters unless that is
 * known already, or somebody else knows that it is not. */
static enum upki_result answer_of(const struct writ_filter_fact *fact, enum upki_result trouble)
{
    if (fact->answer == WRIT_FILTER_REVOKED)
        return UPKI_REVOCATION_REVOKED;
    if (fact->answer == WRIT_FILTER_GOOD && !fact->stale)
        return UPKI_REVOCATION_NOT_REVOKED;
    return trouble != UPKI_OK ? trouble : UPKI_REVOCATION_NOT_COVERED;
}

static enum upki_result check_pointers(const struct upki_config *config,
                                       const struct upki_certificate_der *certificates,
                                       uintptr_t count)
{
    if (config == NULL || certificates == NULL)
        return UPKI_ERR_NULL_POINTER;
    if (count < 2)
        return UPKI_ERR_REVOCATION_TOO_FEW_CERTS;
    if (count > CHAIN_CERTIFICATES_MAX)
        return UPKI_ERR_UNKNOWN;
    for (uintptr_t i = 0; i < count; i++) {
        if (certificates[i].data == NULL)
            return UPKI_ERR_NULL_POINTER;
    }
    return UPKI_OK;
}

enum upki_result upki_check_revocation(const struct upki_config *config,
                                       const struct upki_certificate_der *certificates,
                                       uintptr_t certificates_len)
{
    enum upki_result result = check_pointers(config, certificates, certificates_len);
    struct writ_error e = {0};
    struct writ_filter_fact fact;
    struct chain chain;
    struct data data;

    if (result == UPKI_OK)
        result = chain_find(certificates, certificates_len, &chain);
    if (result != UPKI_OK)
        return result;
    data_open(&data, config, &chain);
    if (chain_ask(&chain, data.sets, data.count, (int64_t)time(NULL), &fact, &e) == 0)
        result = answer_of(&fact, data.trouble);
    else
        result = UPKI_ERR_UNKNOWN;
    data_close(&data);
    return result;
}
