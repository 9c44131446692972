#include "evidence/evidence.h"

#include <stdarg.h>
#include <stdio.h>

void writ_fact_pass(struct writ_fact *fact)
{
    if (fact->state == WRIT_CHECK_NOT_MADE)
        fact->state = WRIT_CHECK_PASSED;
}

void writ_fact_fail(struct writ_fact *fact, const char *fmt, ...)
{
    va_list args;

    if (fact->state == WRIT_CHECK_FAILED)
        return;
    fact->state = WRIT_CHECK_FAILED;
    va_start(args, fmt);
    (void)vsnprintf(fact->reason, sizeof fact->reason, fmt, args);
    va_end(args);
}

bool writ_fact_holds(const struct writ_fact *fact)
{
    return fact->state == WRIT_CHECK_PASSED;
}
