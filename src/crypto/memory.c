#include "crypto/memory.h"

#include <stdbool.h>
#include <stdlib.h>

#include <openssl/err.h>

#define PROBE 4096 /* where not even this can be had, nothing can be believed */

void writ_crypto_forget(void)
{
    ERR_clear_error();
}

/* Where memory is gone for good OpenSSL may not even be able to say so. */
static bool is_there_any(void)
{
    void *volatile probe = malloc(PROBE);

    free(probe);
    return probe != NULL;
}

int writ_crypto_had_memory(struct writ_error *e)
{
    unsigned long code;
    bool enough = is_there_any();

    while ((code = ERR_get_error()) != 0) {
        if (ERR_GET_REASON(code) == ERR_R_MALLOC_FAILURE ||
            ERR_GET_REASON(code) == ERR_R_INTERNAL_ERROR)
            enough = false;
    }
    return enough ? 0 : writ_fail_memory(e);
}
