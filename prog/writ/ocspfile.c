#include "writ/ocspfile.h"

#include <string.h>

#include "base/base64.h"
#include "base/time.h"
#include "bytes/pem.h"
#include "shared/args.h"

/* Appends what base64 in lines, and nothing else, stands for: what haproxy's "set ssl
 * ocsp-response" takes.  False, and nothing appended, for anything else. */
static bool add_base64(struct writ_span bytes, struct writ_buffer *der)
{
    struct writ_cursor c = writ_cursor_over(bytes, NULL);
    struct writ_buffer text = {0};
    bool is_base64;

    while (c.left > 0)
        writ_buffer_add(&text, writ_cursor_field(&c, '\n'));
    is_base64 = text.n > 0 && writ_base64_parse(writ_buffer_span(&text), der) == 0;
    writ_buffer_free(&text);
    return is_base64;
}

int ocspfile_decode(struct writ_span bytes, const char *label, struct writ_buffer *der,
                    struct writ_error *e)
{
    struct writ_cursor c = writ_cursor_over(bytes, e);
    struct writ_pem pem = {0};
    bool found = true, done = false;

    if (!writ_pem_looks_like(bytes)) {
        if (!add_base64(bytes, der))
            writ_buffer_add(der, bytes);
        return writ_buffer_check(der, e);
    }
    while (found && !done) {
        if (writ_pem_next(&c, &pem, &found) < 0)
            return -1;
        done = found && strcmp(pem.label, label) == 0;
        if (done)
            writ_buffer_add(der, writ_buffer_span(&pem.der));
        writ_pem_free(&pem);
    }
    if (!done)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "no PEM block \"%s\" in it", label);
    return writ_buffer_check(der, e);
}

int ocspfile_seconds(const struct args *a, const char *option, int64_t *seconds,
                     struct writ_error *e)
{
    const char *value = args_value(a, option);
    uint64_t number;

    *seconds = 0;
    if (value == NULL)
        return 0;
    if (writ_span_decimal(WRIT_SPAN((const uint8_t *)value, strlen(value)), INT32_MAX, &number) ==
        0) {
        *seconds = (int64_t)number;
        return 0;
    }
    return args_duration(a, option, 0, seconds, e);
}
