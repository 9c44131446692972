#include "writ/certificates.h"

#include "bytes/der.h"
#include "bytes/pem.h"

static int add(struct certificates *c, struct writ_span der, struct writ_error *e)
{
    if (c->count == CERTIFICATES_MAX)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "more than %d certificates", CERTIFICATES_MAX);
    c->at[c->count++] = der;
    return 0;
}

static bool is_certificate(const char *label)
{
    return strcmp(label, "CERTIFICATE") == 0 || strcmp(label, "X509 CERTIFICATE") == 0;
}

/* Keeps what a block decoded to. */
static int keep(struct certificates *c, struct writ_pem *pem, struct writ_error *e)
{
    struct writ_span der = writ_buffer_span(&pem->der);

    if (add(c, der, e) < 0)
        return -1;
    c->decoded[c->decoded_count++] = pem->der;
    *pem = (struct writ_pem){0};
    return 0;
}

static int add_pem(struct certificates *c, struct writ_span bytes, struct writ_error *e)
{
    struct writ_cursor cursor = writ_cursor_over(bytes, e);
    struct writ_pem pem = {0};
    bool found = true;
    int rc = 0;

    while (rc == 0 && found) {
        rc = writ_pem_next(&cursor, &pem, &found);
        if (rc == 0 && found && is_certificate(pem.label))
            rc = keep(c, &pem, e);
        writ_pem_free(&pem);
    }
    return rc;
}

static int add_der(struct certificates *c, struct writ_span bytes, struct writ_error *e)
{
    struct writ_cursor cursor = writ_cursor_over(bytes, e);
    struct writ_span der;

    while (cursor.left > 0) {
        if (writ_der_whole(&cursor, WRIT_DER_SEQUENCE, &der, "Certificate") < 0 ||
            add(c, der, e) < 0)
            return -1;
    }
    return 0;
}

int certificates_add(struct certificates *c, struct writ_span bytes, struct writ_error *e)
{
    return writ_pem_looks_like(bytes) ? add_pem(c, bytes, e) : add_der(c, bytes, e);
}

void certificates_free(struct certificates *c)
{
    for (size_t i = 0; i < c->decoded_count; i++)
        writ_buffer_free(&c->decoded[i]);
    c->decoded_count = 0;
    c->count = 0;
}
