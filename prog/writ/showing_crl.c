#include "writ/showing_crl.h"

#include "base/reason.h"

#define LISTED_MAX 50 /* entries that are listed one by one */

static const struct {
    unsigned flag;
    const char *name;
} flags[] = {
    {WRIT_FLAG_KEY_COMPROMISE, "keyCompromise"},
    {WRIT_FLAG_CA_COMPROMISE, "cACompromise"},
    {WRIT_FLAG_AFFILIATION_CHANGED, "affiliationChanged"},
    {WRIT_FLAG_SUPERSEDED, "superseded"},
    {WRIT_FLAG_CESSATION_OF_OPERATION, "cessationOfOperation"},
    {WRIT_FLAG_CERTIFICATE_HOLD, "certificateHold"},
    {WRIT_FLAG_PRIVILEGE_WITHDRAWN, "privilegeWithdrawn"},
    {WRIT_FLAG_AA_COMPROMISE, "aACompromise"},
};

static void emit_urls(struct writ_emit *m, const char *name, struct writ_span names)
{
    struct writ_span url;

    writ_emit_list(m, name);
    for (size_t i = 0; url = writ_general_names_url(names, i), url.n > 0; i++)
        writ_emit_span(m, NULL, url);
    writ_emit_end(m);
}

static void emit_idp(struct writ_emit *m, const struct writ_idp *idp)
{
    writ_emit_object(m, "scope");
    if (idp->name.is_present && !idp->name.is_relative)
        emit_urls(m, "distribution_points", idp->name.names);
    if (idp->name.is_relative)
        writ_emit_hex(m, "relative_name", idp->name.names);
    writ_emit_flag(m, "only_user_certificates", idp->only_user_certs);
    writ_emit_flag(m, "only_ca_certificates", idp->only_ca_certs);
    writ_emit_flag(m, "only_attribute_certificates", idp->only_attribute_certs);
    writ_emit_flag(m, "indirect", idp->is_indirect);
    if (idp->has_reasons) {
        writ_emit_list(m, "only_reasons");
        for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
            if ((idp->reasons & flags[i].flag) != 0)
                writ_emit_string(m, NULL, flags[i].name);
        }
        writ_emit_end(m);
    }
    writ_emit_end(m);
}

static void emit_freshest(struct writ_emit *m, struct writ_span points)
{
    struct writ_span url;

    writ_emit_list(m, "freshest_crl");
    for (size_t i = 0; url = writ_points_url(points, i), url.n > 0; i++)
        writ_emit_span(m, NULL, url);
    writ_emit_end(m);
}

static void emit_extensions(struct writ_emit *m, const struct writ_crl *crl)
{
    struct writ_buffer text = {0};

    if (crl->authority_key_id.n > 0)
        writ_emit_hex(m, "authority_key_id", crl->authority_key_id);
    if (crl->has_idp)
        emit_idp(m, &crl->idp);
    if (crl->freshest.n > 0)
        emit_freshest(m, crl->freshest);
    if (crl->has_expired_certs)
        writ_emit_time(m, "keeps_expired_since", crl->expired_certs);
    if (crl->has_unknown_critical) {
        writ_oid_add_name(&text, crl->unknown_critical);
        writ_emit_span(m, "unknown_critical_extension", writ_buffer_span(&text));
        writ_buffer_free(&text);
    }
}

static const char *order_name(enum writ_crl_order order)
{
    switch (order) {
    case WRIT_CRL_SORTED:
        return "sorted";
    case WRIT_CRL_UNEVEN:
        return "sorted, uneven";
    case WRIT_CRL_UNSORTED:
        return "unsorted";
    case WRIT_CRL_INDIRECT:
        return "of several issuers";
    }
    return "unknown";
}

void showing_crl_emit(struct writ_emit *m, const struct writ_crl *crl)
{
    struct writ_buffer text = {0};

    writ_name_add_text(&text, &crl->issuer);
    writ_emit_span(m, "issuer", writ_buffer_span(&text));
    writ_buffer_free(&text);
    writ_emit_unsigned(m, "version", crl->version);
    if (crl->number.n > 0)
        writ_emit_hex(m, "number", crl->number);
    if (crl->is_delta)
        writ_emit_hex(m, "base_number", crl->base_number);
    writ_emit_time(m, "as_of", crl->this_update);
    if (crl->has_next_update)
        writ_emit_time(m, "until", crl->next_update);
    writ_emit_string(m, "signed_with", writ_oid_name(crl->signature_algorithm));
    writ_emit_unsigned(m, "entries", crl->entry_count);
    writ_emit_string(m, "order", order_name(crl->order));
    emit_extensions(m, crl);
}

static const char *reason_name(unsigned code)
{
    switch (code) {
    case WRIT_CRL_REMOVE:
        return "removeFromCRL";
    case WRIT_CRL_AA_COMPROMISE:
        return "aACompromise";
    default:
        return writ_reason_name((enum writ_reason)code);
    }
}

static void emit_cert_issuer(struct writ_emit *m, struct writ_span names)
{
    struct writ_span der = writ_general_names_directory(names);
    struct writ_cursor c = writ_cursor_over(der, NULL);
    struct writ_buffer text = {0};
    struct writ_name name;

    if (writ_name_parse(&c, &name, "certificateIssuer") == 0) {
        writ_name_add_text(&text, &name);
        writ_emit_span(m, "certificate_issuer", writ_buffer_span(&text));
    }
    writ_buffer_free(&text);
}

static void emit_entry(struct writ_emit *m, const struct writ_crl_entry *entry)
{
    writ_emit_object(m, NULL);
    writ_emit_hex(m, "serial", entry->serial);
    writ_emit_time(m, "revoked_at", entry->revocation_date);
    if (entry->has_reason)
        writ_emit_string(m, "reason", reason_name(entry->reason));
    if (entry->has_invalidity)
        writ_emit_time(m, "since", entry->invalidity_date);
    if (entry->cert_issuer.n > 0)
        emit_cert_issuer(m, entry->cert_issuer);
    writ_emit_end(m);
}

int showing_crl_walk(struct writ_span der, struct writ_emit *m, struct writ_error *e)
{
    struct writ_crl_walk walk;
    struct writ_crl_entry entry;
    struct writ_crl crl;

    if (writ_crl_parse(der, &crl, e) < 0)
        return -1;
    writ_emit_string(m, "object", "CRL");
    showing_crl_emit(m, &crl);
    walk = writ_crl_walk(&crl);
    writ_emit_list(m, "revoked_certificates");
    for (size_t i = 0; i < LISTED_MAX && writ_crl_next(&walk, &entry); i++)
        emit_entry(m, &entry);
    writ_emit_end(m);
    return 0;
}
