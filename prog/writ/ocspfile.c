#include "writ/ocspfile.h"

#include <string.h>

#include "base/time.h"
#include "bytes/pem.h"
#include "shared/args.h"

int ocspfile_decode(struct writ_span bytes, const char *label, struct writ_buffer *der,
                    struct writ_error *e)
{
    struct writ_cursor c = writ_cursor_over(bytes, e);
    struct writ_pem pem = {0};
    bool found = true, done = false;

    if (!writ_pem_looks_like(bytes)) {
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
