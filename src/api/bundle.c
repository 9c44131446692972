#include "api/bundle.h"

#include <string.h>

#include "bytes/pem.h"
#include "object/bundle.h"

static int take_only_block(struct writ_span text, struct writ_buffer *der, struct writ_error *e)
{
    struct writ_cursor c = writ_cursor_over(text, e);
    struct writ_pem pem = {0};
    bool more = true;
    size_t count = 0;

    while (more) {
        if (writ_pem_next(&c, &pem, &more) < 0)
            return -1;
        if (more && strcmp(pem.label, WRIT_BUNDLE_PEM_LABEL) == 0 && count++ == 0)
            writ_buffer_add(der, writ_buffer_span(&pem.der));
        writ_pem_free(&pem);
    }
    if (count != 1)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "bundle: %zu PEM blocks %s, wanted one", count,
                         WRIT_BUNDLE_PEM_LABEL);
    return writ_buffer_check(der, e);
}

int writ_bundle_add_der(struct writ_buffer *der, struct writ_span bytes, struct writ_error *e)
{
    size_t most = 2 * WRIT_BUNDLE_MAX; /* PEM takes a third more than DER, and has text around it */

    if (bytes.n > most)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "bundle: %zu bytes, the ceiling is %zu", bytes.n,
                         most);
    if (writ_pem_looks_like(bytes))
        return take_only_block(bytes, der, e);
    writ_buffer_add(der, bytes);
    return writ_buffer_check(der, e);
}
