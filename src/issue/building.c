#include "issue/building.h"

void writ_build_open_extension(struct writ_build *b, enum writ_oid oid, bool critical)
{
    writ_build_open(b, WRIT_DER_SEQUENCE);
    writ_build_oid(b, oid);
    if (critical)
        writ_build_boolean(b, true);
    writ_build_open(b, WRIT_DER_OCTET_STRING);
}

void writ_build_close_extension(struct writ_build *b)
{
    writ_build_close(b);
    writ_build_close(b);
}

void writ_build_authority_key_id(struct writ_build *b, struct writ_span id)
{
    writ_build_open_extension(b, WRIT_OID_AUTHORITY_KEY_ID, false);
    writ_build_open(b, WRIT_DER_SEQUENCE);
    writ_build_element(b, WRIT_DER_CONTEXT(0), id);
    writ_build_close(b);
    writ_build_close_extension(b);
}

void writ_build_point_name(struct writ_build *b, const char *url)
{
    writ_build_open(b, WRIT_DER_CONTEXT_CONSTRUCTED(0));
    writ_build_open(b, WRIT_DER_CONTEXT_CONSTRUCTED(0));
    writ_build_element(b, WRIT_DER_CONTEXT(6), writ_span_text(url));
    writ_build_close(b);
    writ_build_close(b);
}

void writ_build_points(struct writ_build *b, enum writ_oid oid, const char *url)
{
    writ_build_open_extension(b, oid, false);
    writ_build_open(b, WRIT_DER_SEQUENCE);
    writ_build_open(b, WRIT_DER_SEQUENCE);
    writ_build_point_name(b, url);
    writ_build_close(b);
    writ_build_close(b);
    writ_build_close_extension(b);
}

int writ_issue_signed(const struct writ_key *key, struct writ_span tbs, struct writ_buffer *der,
                      struct writ_error *e)
{
    struct writ_buffer signature = {0};
    struct writ_build b = {0};
    int rc = writ_key_sign(key, tbs, &signature, e);

    if (rc == 0) {
        writ_build_open(&b, WRIT_DER_SEQUENCE);
        writ_build_raw(&b, tbs);
        writ_build_algorithm(&b, writ_key_algorithm(key));
        writ_build_bit_string(&b, writ_buffer_span(&signature), 0);
        writ_build_close(&b);
        rc = writ_build_finish_into(&b, der, e);
    }
    writ_buffer_free(&signature);
    return rc;
}
