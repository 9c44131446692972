#include "api/usage.h"

bool writ_is_missing(const void *p, size_t n)
{
    return p == NULL && n > 0;
}

int writ_fail_null(struct writ_error *e, const char *function)
{
    return writ_fail(e, WRIT_FAULT_USAGE, "%s: NULL where something is wanted", function);
}
