#include "writ/showing_filter.h"

#include "base/time.h"
#include "object/onecrl.h"
#include "writ/filterfile.h"

#define LISTED_ISSUERS 1000 /* that are listed one by one; Mozilla's file has 795 */
#define LISTED_SERIALS 50   /* of one issuer */

/* The instant for people, where there is such a date, and the exact number. */
static void emit_milliseconds(struct writ_emit *m, const char *name, const char *exact,
                              uint64_t milliseconds)
{
    if (milliseconds / 1000 <= (uint64_t)WRIT_TIME_MAX)
        writ_emit_time(m, name, (int64_t)(milliseconds / 1000));
    writ_emit_unsigned(m, exact, milliseconds);
}

static void emit_logs(struct writ_emit *m, const struct writ_clubcard *card)
{
    struct writ_clubcard_log log;

    writ_emit_list(m, "logs");
    for (size_t i = 0; writ_clubcard_log(card, i, &log); i++) {
        writ_emit_object(m, NULL);
        writ_emit_hex(m, "log", log.id);
        emit_milliseconds(m, "from", "from_ms", log.low);
        emit_milliseconds(m, "until", "until_ms", log.high);
        writ_emit_end(m);
    }
    writ_emit_end(m);
}

static void emit_exceptions(struct writ_emit *m, struct writ_clubcard_issuer b)
{
    struct writ_span serial;

    if (b.exception_count == 0)
        return;
    writ_emit_unsigned(m, "exception_count", b.exception_count);
    writ_emit_list(m, "exceptions");
    for (size_t i = 0; i < LISTED_SERIALS && writ_clubcard_exception(&b, &serial); i++)
        writ_emit_hex(m, NULL, serial);
    writ_emit_end(m);
}

static void emit_issuers(struct writ_emit *m, const struct writ_clubcard *card)
{
    struct writ_clubcard_issuer b;

    writ_emit_unsigned(m, "issuer_count", card->issuer_count);
    writ_emit_list(m, "issuers");
    for (size_t i = 0; i < LISTED_ISSUERS && writ_clubcard_issuer(card, i, &b); i++) {
        writ_emit_object(m, NULL);
        writ_emit_hex(m, "issuer", b.id);
        writ_emit_flag(m, "inverted", b.inverted);
        writ_emit_unsigned(m, "rank", b.rank);
        writ_emit_unsigned(m, "approximate_m", b.approx_m);
        writ_emit_unsigned(m, "approximate_offset", b.approx_offset);
        writ_emit_unsigned(m, "exact_m", b.exact_m);
        writ_emit_unsigned(m, "exact_offset", b.exact_offset);
        emit_exceptions(m, b);
        writ_emit_end(m);
    }
    writ_emit_end(m);
}

static void emit_clubcard(struct writ_emit *m, const struct writ_clubcard *card)
{
    writ_emit_string(m, "object", "clubcard");
    writ_emit_unsigned(m, "version", card->version);
    writ_emit_unsigned(m, "bytes", card->bytes.n);
    if (card->trailing > 0)
        writ_emit_unsigned(m, "trailing_bytes", card->trailing);
    if (card->log_count > 0)
        emit_milliseconds(m, "covered_until", "covered_until_ms", writ_clubcard_latest(card));
    emit_logs(m, card);
    writ_emit_list(m, "approximate_words");
    for (size_t i = 0; i < card->column_count; i++)
        writ_emit_unsigned(m, NULL, writ_clubcard_words(card->x[i]));
    writ_emit_end(m);
    writ_emit_unsigned(m, "exact_words", writ_clubcard_words(card->y));
    emit_issuers(m, card);
}

static void emit_cascade(struct writ_emit *m, const struct writ_cascade *cascade)
{
    writ_emit_string(m, "object", "cascade");
    writ_emit_unsigned(m, "version", cascade->version);
    writ_emit_flag(m, "inverted", cascade->inverted);
    writ_emit_string(m, "hash", writ_cascade_hash_name(cascade->hash));
    if (cascade->salt.n > 0)
        writ_emit_hex(m, "salt", cascade->salt);
    writ_emit_list(m, "layers");
    for (size_t i = 0; i < cascade->layer_count; i++) {
        writ_emit_object(m, NULL);
        writ_emit_unsigned(m, "bits", cascade->layer[i].bits);
        writ_emit_unsigned(m, "k", cascade->layer[i].k);
        writ_emit_end(m);
    }
    writ_emit_end(m);
}

static void emit_serials(struct writ_emit *m, struct writ_stash_issuer *issuer)
{
    struct writ_span serial;

    writ_emit_unsigned(m, "serial_count", issuer->count);
    writ_emit_list(m, "serials");
    for (size_t i = 0; i < LISTED_SERIALS && writ_stash_serial(issuer, &serial); i++)
        writ_emit_hex(m, NULL, serial);
    writ_emit_end(m);
}

static void emit_stash(struct writ_emit *m, const struct writ_stash *stash)
{
    struct writ_stash_issuer issuer;
    size_t listed = 0;

    writ_emit_string(m, "object", "stash");
    writ_emit_unsigned(m, "issuer_count", stash->issuer_count);
    writ_emit_unsigned(m, "serial_count", stash->serial_count);
    writ_emit_list(m, "issuers");
    for (bool more = writ_stash_first(stash, &issuer); more && listed++ < LISTED_ISSUERS;
         more = writ_stash_next(&issuer)) {
        writ_emit_object(m, NULL);
        writ_emit_hex(m, "issuer", issuer.id);
        emit_serials(m, &issuer);
        writ_emit_end(m);
    }
    writ_emit_end(m);
}

static void emit_filter(struct writ_emit *m, const struct filterfile *f)
{
    switch (f->kind) {
    case FILTERFILE_CLUBCARD:
        emit_clubcard(m, &f->card);
        break;
    case FILTERFILE_CASCADE:
        emit_cascade(m, &f->cascade);
        break;
    case FILTERFILE_STASH:
        emit_stash(m, &f->stash);
        break;
    }
}

int showing_filter_walk(struct writ_span bytes, struct writ_emit *m, struct writ_error *e)
{
    struct filterfile f;
    int rc;

    if (filterfile_open(bytes, &f, e) < 0)
        return -1;
    rc = filterfile_check(&f, e);
    if (rc == 0)
        emit_filter(m, &f);
    filterfile_close(&f);
    return rc;
}

int showing_onecrl_walk(struct writ_span bytes, struct writ_emit *m, struct writ_error *e)
{
    struct writ_onecrl onecrl;

    if (writ_onecrl_open(bytes, &onecrl, e) < 0)
        return -1;
    writ_emit_string(m, "object", "OneCRL");
    writ_emit_unsigned(m, "key_count", onecrl.count);
    return 0;
}
