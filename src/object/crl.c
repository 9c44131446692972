#include "object/crl.h"

#include "base/time.h"
#include "object/crl_entry.h"

#define YEAR_1950 ((int64_t)-631152000) /* before it UTCTime has no years, and X.509 no CRLs */

/* --------------------------------------------------------------------------- pieces */

static int take_instant(struct writ_cursor *c, int64_t *instant, const char *what)
{
    struct writ_cursor start = *c;

    if (writ_der_time(c, instant, what) < 0)
        return -1;
    if (*instant < YEAR_1950)
        return writ_cursor_fail(&start, "%s: a time before 1950", what);
    return 0;
}

static int take_serial(struct writ_cursor *c, struct writ_span *serial)
{
    if (writ_der_integer(c, serial, "userCertificate") < 0)
        return -1;
    if (serial->n > WRIT_CRL_SERIAL_MAX - (serial->p[0] != 0))
        return writ_cursor_fail(c, "userCertificate: %zu octets, RFC 5280 allows %d", serial->n,
                                WRIT_CRL_SERIAL_MAX - 1);
    return 0;
}

/* RFC 5280 5.2.3: up to 20 octets, and never below 0. */
static int take_number(struct writ_cursor *c, struct writ_span *number, const char *what)
{
    if (writ_der_integer(c, number, what) < 0)
        return -1;
    if (number->n > WRIT_CRL_NUMBER_MAX)
        return writ_cursor_fail(c, "%s: %zu octets, RFC 5280 allows %d", what, number->n,
                                WRIT_CRL_NUMBER_MAX);
    if (number->p[0] >= 0x80)
        return writ_cursor_fail(c, "%s: negative", what);
    return 0;
}

/* GeneralizedTime alone, as expiredCertsOnCRL is. */
static int take_generalized_time(struct writ_cursor *c, int64_t *instant, const char *what)
{
    if (!writ_der_next_is(c, WRIT_DER_GENERALIZED_TIME))
        return writ_cursor_fail(c, "%s: wanted GeneralizedTime", what);
    return writ_der_time(c, instant, what);
}

/* One Extension: which one, whether it is critical, and a cursor over its value, which whoever
 * asked must read to its end. */
struct extension {
    enum writ_oid oid;
    struct writ_span id;
    bool is_critical;
    struct writ_cursor value;
};

static int take_extension(struct writ_cursor *c, struct extension *x)
{
    struct writ_cursor inner;

    if (writ_der_enter(c, WRIT_DER_SEQUENCE, &inner, "Extension") < 0 ||
        writ_der_oid(&inner, &x->id, &x->oid, "extnID") < 0 ||
        writ_der_boolean_default_false(&inner, &x->is_critical, "critical") < 0 ||
        writ_der_enter(&inner, WRIT_DER_OCTET_STRING, &x->value, "extnValue") < 0)
        return -1;
    return writ_der_end(&inner, "Extension");
}

/* Takes one extension into what the walk over them is for: 1, 0 when it is of no interest, -1. */
typedef int take_value(struct extension *x, void *into);

/* All extensions that are left: none twice, none empty; *unknown gets the first critical one that
 * nobody wanted. */
static int take_extensions(struct writ_cursor *c, take_value *take, void *into,
                           struct writ_span *unknown)
{
    struct writ_span seen[WRIT_CRL_EXTENSIONS_MAX];
    struct extension x;
    int wanted;

    for (size_t count = 0; c->left > 0; count++) {
        if (count == WRIT_CRL_EXTENSIONS_MAX)
            return writ_cursor_fail(c, "more than %d extensions", WRIT_CRL_EXTENSIONS_MAX);
        if (take_extension(c, &x) < 0)
            return -1;
        for (size_t i = 0; i < count; i++) {
            if (writ_span_equal(seen[i], x.id))
                return writ_cursor_fail(c, "the same extension stands twice");
        }
        seen[count] = x.id;
        wanted = take(&x, into);
        if (wanted < 0 || (wanted > 0 && writ_der_end(&x.value, "extnValue") < 0))
            return -1;
        if (wanted == 0 && x.is_critical && unknown->n == 0)
            *unknown = x.id;
    }
    return 0;
}

/* ------------------------------------------------------------- entries (RFC 5280 5.3) */

static int take_reason(struct writ_cursor *c, struct writ_crl_entry *entry)
{
    struct writ_cursor start = *c;
    uint64_t code;

    if (writ_der_unsigned(c, WRIT_DER_ENUMERATED, UINT8_MAX, &code, "reasonCode") < 0)
        return -1;
    if (!writ_crl_reason_exists(code))
        return writ_cursor_fail(&start, "reasonCode: %u is no reason of RFC 5280 5.3.1",
                                (unsigned)code);
    entry->has_reason = true;
    entry->reason = (unsigned)code;
    return 0;
}

static int take_cert_issuer(struct writ_cursor *c, struct writ_crl_entry *entry)
{
    if (writ_general_names_take(c, &entry->cert_issuer, "certificateIssuer") < 0)
        return -1;
    if (writ_general_names_directory(entry->cert_issuer).n == 0)
        return writ_cursor_fail(c, "certificateIssuer: no directoryName (RFC 5280 5.3.3)");
    return 0;
}

static int take_entry_value(struct extension *x, void *into)
{
    struct writ_crl_entry *entry = into;

    switch (x->oid) {
    case WRIT_OID_REASON_CODE:
        return take_reason(&x->value, entry) < 0 ? -1 : 1;
    case WRIT_OID_INVALIDITY_DATE:
        entry->has_invalidity = true;
        /* 5.3.2 wants GeneralizedTime; Boulder's tests have UTCTime, and nothing hangs on it. */
        return writ_der_time(&x->value, &entry->invalidity_date, "invalidityDate") < 0 ? -1 : 1;
    case WRIT_OID_CERTIFICATE_ISSUER:
        return take_cert_issuer(&x->value, entry) < 0 ? -1 : 1;
    default:
        return 0;
    }
}

int writ_crl_take_entry(struct writ_cursor *c, struct writ_crl_entry *entry,
                        struct writ_crl_entry_notes *notes)
{
    struct writ_cursor inner, extensions;

    *entry = (struct writ_crl_entry){0};
    *notes = (struct writ_crl_entry_notes){0};
    if (writ_der_enter(c, WRIT_DER_SEQUENCE, &inner, "revokedCertificate") < 0 ||
        take_serial(&inner, &entry->serial) < 0 ||
        take_instant(&inner, &entry->revocation_date, "revocationDate") < 0 ||
        writ_der_enter_optional(&inner, WRIT_DER_SEQUENCE, &extensions, &notes->has_extensions,
                                "crlEntryExtensions") < 0)
        return -1;
    notes->has_empty_extensions = notes->has_extensions && extensions.left == 0;
    if (notes->has_extensions &&
        take_extensions(&extensions, take_entry_value, entry, &notes->unknown_critical) < 0)
        return -1;
    return writ_der_end(&inner, "revokedCertificate");
}

/* ----------------------------------------------------- the list of them (RFC 5280 5.1.2.6) */

/* By length, then by octets: the order of positive numbers.  Nearly always the first eight tell. */
static bool stands_before(struct writ_span a, struct writ_span b)
{
    uint64_t from_a = writ_span_u64_be(a, 0), from_b = writ_span_u64_be(b, 0);

    if (a.n != b.n)
        return a.n < b.n;
    return a.n >= sizeof from_a && from_a != from_b ? from_a < from_b : memcmp(a.p, b.p, a.n) < 0;
}

/* What the walk has seen of the order so far. */
struct sight {
    struct writ_span first, last; /* serials: of the first entry, and of the one before */
    bool is_uneven;               /* entries or serials are of other sizes than the first */
    bool is_unsorted;
    bool is_indirect;
    bool has_extensions;
};

static void look_at(struct sight *sight, struct writ_crl *crl, struct writ_span serial, size_t size)
{
    if (crl->entry_count++ == 0) {
        crl->entry_size = size;
        crl->serial_size = serial.n;
        sight->first = serial;
    } else if (stands_before(serial, sight->last)) {
        sight->is_unsorted = true;
    }
    sight->is_uneven |= size != crl->entry_size || serial.n != crl->serial_size;
    sight->last = serial;
}

/* An entry in neither of the two common shapes, which may have everything. */
static int take_odd_entry(struct writ_cursor *c, struct writ_span *serial, struct writ_crl *crl,
                          struct sight *sight)
{
    struct writ_crl_entry_notes notes;
    struct writ_crl_entry entry;

    if (writ_crl_take_entry(c, &entry, &notes) < 0)
        return -1;
    *serial = entry.serial;
    sight->is_indirect |= entry.cert_issuer.n > 0;
    sight->has_extensions |= notes.has_extensions;
    crl->has_removals |= entry.reason == WRIT_CRL_REMOVE;
    crl->has_empty_extensions |= notes.has_empty_extensions;
    if (crl->unknown_critical.n == 0)
        crl->unknown_critical = notes.unknown_critical;
    return 0;
}

/* One entry; its serial. */
static int take_entry(struct writ_cursor *c, struct writ_span *serial, struct writ_crl *crl,
                      struct sight *sight)
{
    struct writ_crl_entry entry;

    if (!writ_crl_quick_entry(c, &entry))
        return take_odd_entry(c, serial, crl, sight);
    *serial = entry.serial;
    sight->has_extensions |= entry.has_reason;
    crl->has_removals |= entry.reason == WRIT_CRL_REMOVE;
    return 0;
}

static void keep_order(struct writ_crl *crl, const struct sight *sight)
{
    if (sight->is_indirect)
        crl->order = WRIT_CRL_INDIRECT;
    else if (sight->is_unsorted)
        crl->order = WRIT_CRL_UNSORTED;
    else if (sight->is_uneven || crl->entry_size > WRIT_CRL_EVEN_MAX)
        crl->order = WRIT_CRL_UNEVEN;
    if (crl->order != WRIT_CRL_SORTED) {
        crl->entry_size = crl->serial_size = 0;
        return;
    }
    crl->common_octets = writ_crl_common_octets(sight->first, sight->last);
    crl->first_place = writ_crl_place(sight->first, crl->common_octets);
    crl->last_place = writ_crl_place(sight->last, crl->common_octets);
}

static int take_entries(struct writ_cursor *tbs, struct writ_crl *crl)
{
    struct sight sight = {.is_uneven = false};
    struct writ_cursor entries;
    struct writ_span serial;
    bool present;

    if (writ_der_enter_optional(tbs, WRIT_DER_SEQUENCE, &entries, &present, "revokedCertificates") <
        0)
        return -1;
    if (!present)
        return 0;
    if (entries.left == 0)
        return writ_cursor_fail(&entries, "revokedCertificates: an empty list, which must be "
                                          "absent (RFC 5280 5.1.2.6)");
    crl->entries = WRIT_SPAN(entries.at, entries.left);
    while (entries.left > 0) {
        size_t before = entries.left;

        if (take_entry(&entries, &serial, crl, &sight) < 0)
            return -1;
        look_at(&sight, crl, serial, before - entries.left);
    }
    if (crl->version == 1 && sight.has_extensions)
        return writ_cursor_fail(&entries, "extensions of an entry in a v1 CRL (RFC 5280 5.3)");
    keep_order(crl, &sight);
    return 0;
}

/* -------------------------------------------------- extensions of the CRL (RFC 5280 5.2) */

static int take_authority(struct writ_cursor *c, struct writ_crl *crl)
{
    struct writ_cursor sequence, issuer;
    bool has_issuer;

    if (writ_der_enter(c, WRIT_DER_SEQUENCE, &sequence, "authorityKeyIdentifier") < 0)
        return -1;
    if (writ_der_next_is(&sequence, WRIT_DER_CONTEXT(0)) &&
        writ_der_contents(&sequence, WRIT_DER_CONTEXT(0), &crl->authority_key_id, "keyIdentifier") <
            0)
        return -1;
    if (writ_der_enter_optional(&sequence, WRIT_DER_CONTEXT_CONSTRUCTED(1), &issuer, &has_issuer,
                                "authorityCertIssuer") < 0)
        return -1;
    crl->authority_issuer = WRIT_SPAN(issuer.at, issuer.left);
    if (writ_der_next_is(&sequence, WRIT_DER_CONTEXT(2)) &&
        writ_der_contents(&sequence, WRIT_DER_CONTEXT(2), &crl->authority_serial,
                          "authorityCertSerialNumber") < 0)
        return -1;
    return writ_der_end(&sequence, "authorityKeyIdentifier");
}

static int take_crl_value(struct extension *x, void *into)
{
    struct writ_crl *crl = into;
    int rc = 0;

    switch (x->oid) {
    case WRIT_OID_AUTHORITY_KEY_ID:
        rc = take_authority(&x->value, crl);
        break;
    case WRIT_OID_CRL_NUMBER:
        rc = take_number(&x->value, &crl->number, "cRLNumber");
        break;
    case WRIT_OID_DELTA_CRL_INDICATOR:
        crl->is_delta = true;
        rc = take_number(&x->value, &crl->base_number, "BaseCRLNumber");
        break;
    case WRIT_OID_ISSUING_DISTRIBUTION_POINT:
        crl->has_idp = true;
        rc = writ_idp_take(&x->value, &crl->idp);
        break;
    case WRIT_OID_FRESHEST_CRL:
        rc = writ_points_take(&x->value, &crl->freshest, "freshestCRL");
        break;
    case WRIT_OID_EXPIRED_CERTS_ON_CRL:
        crl->has_expired_certs = true;
        rc = take_generalized_time(&x->value, &crl->expired_certs, "expiredCertsOnCRL");
        break;
    default:
        return 0;
    }
    return rc < 0 ? -1 : 1;
}

static int take_crl_extensions(struct writ_cursor *tbs, struct writ_crl *crl)
{
    struct writ_cursor tagged, extensions;
    struct writ_span unknown = WRIT_SPAN_NONE;
    bool present;

    if (writ_der_enter_optional(tbs, WRIT_DER_CONTEXT_CONSTRUCTED(0), &tagged, &present,
                                "crlExtensions") < 0)
        return -1;
    if (!present)
        return 0;
    if (crl->version == 1)
        return writ_cursor_fail(&tagged, "crlExtensions in a v1 CRL (RFC 5280 5.1.2.7)");
    if (writ_der_enter(&tagged, WRIT_DER_SEQUENCE, &extensions, "crlExtensions") < 0 ||
        writ_der_end(&tagged, "crlExtensions") < 0)
        return -1;
    if (extensions.left == 0)
        return writ_cursor_fail(&extensions, "crlExtensions: an empty list, which must be absent");
    if (take_extensions(&extensions, take_crl_value, crl, &unknown) < 0)
        return -1;
    if (unknown.n > 0)
        crl->unknown_critical = unknown;
    return 0;
}

/* ------------------------------------------------------------------ the CRL (RFC 5280 5.1) */

static int take_version(struct writ_cursor *tbs, struct writ_crl *crl)
{
    struct writ_cursor start = *tbs;
    uint64_t version;

    crl->version = 1;
    if (!writ_der_next_is(tbs, WRIT_DER_INTEGER))
        return 0;
    if (writ_der_unsigned(tbs, WRIT_DER_INTEGER, UINT8_MAX, &version, "version") < 0)
        return -1;
    if (version != 1)
        return writ_cursor_fail(&start, "version: wanted 1 (v2) or none, found %u",
                                (unsigned)version);
    crl->version = 2;
    return 0;
}

static int take_next_update(struct writ_cursor *tbs, struct writ_crl *crl)
{
    crl->has_next_update = writ_der_next_is(tbs, WRIT_DER_UTC_TIME) ||
                           writ_der_next_is(tbs, WRIT_DER_GENERALIZED_TIME);
    return crl->has_next_update ? take_instant(tbs, &crl->next_update, "nextUpdate") : 0;
}

static int take_tbs(struct writ_cursor *c, struct writ_crl *crl, struct writ_span *algorithm)
{
    struct writ_cursor start = *c;
    struct writ_cursor tbs;

    if (writ_der_whole(&start, WRIT_DER_SEQUENCE, &crl->tbs, "TBSCertList") < 0 ||
        writ_der_enter(c, WRIT_DER_SEQUENCE, &tbs, "TBSCertList") < 0 ||
        take_version(&tbs, crl) < 0 ||
        writ_algorithm_parse(&tbs, &crl->signature_algorithm, algorithm, "signature") < 0 ||
        writ_name_parse(&tbs, &crl->issuer, "issuer") < 0 ||
        take_instant(&tbs, &crl->this_update, "thisUpdate") < 0 ||
        take_next_update(&tbs, crl) < 0 || take_entries(&tbs, crl) < 0 ||
        take_crl_extensions(&tbs, crl) < 0)
        return -1;
    crl->has_unknown_critical = crl->unknown_critical.n > 0;
    if (crl->has_removals && !crl->is_delta)
        return writ_cursor_fail(&tbs, "reasonCode: removeFromCRL in a CRL that is no delta "
                                      "(RFC 5280 5.3.1)");
    return writ_der_end(&tbs, "TBSCertList");
}

int writ_crl_parse(struct writ_span der, struct writ_crl *crl, struct writ_error *e)
{
    struct writ_cursor c = writ_cursor_over(der, e);
    struct writ_cursor whole;
    struct writ_span inner;
    enum writ_oid outer;
    unsigned unused;

    *crl = (struct writ_crl){.der = der, .idp.reasons = WRIT_FLAG_ALL};
    if (der.n > WRIT_CRL_MAX)
        return writ_cursor_fail(&c, "CRL of %zu bytes, the ceiling is %zu", der.n, WRIT_CRL_MAX);
    if (writ_der_enter(&c, WRIT_DER_SEQUENCE, &whole, "CertificateList") < 0 ||
        writ_der_end(&c, "CertificateList") < 0 || take_tbs(&whole, crl, &inner) < 0 ||
        writ_algorithm_parse(&whole, &outer, &crl->algorithm, "signatureAlgorithm") < 0 ||
        writ_der_bit_string(&whole, &crl->signature, &unused, "signatureValue") < 0 ||
        writ_der_end(&whole, "CertificateList") < 0)
        return -1;
    if (!writ_span_equal(inner, crl->algorithm))
        return writ_cursor_fail(&c, "signature and signatureAlgorithm differ (RFC 5280 5.1.1.2)");
    if (unused != 0)
        return writ_cursor_fail(&c, "signatureValue: %u unused bits", unused);
    return 0;
}
