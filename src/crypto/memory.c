#include "crypto/memory.h"

#include <openssl/err.h>

void writ_crypto_forget(void)
{
    ERR_clear_error();
}

int writ_crypto_had_memory(struct writ_error *e)
{
    unsigned long code;
    int rc = 0;

    while ((code = ERR_get_error()) != 0) {
        if (ERR_GET_REASON(code) == ERR_R_MALLOC_FAILURE ||
            ERR_GET_REASON(code) == ERR_R_INTERNAL_ERROR)
            rc = writ_fail_memory(e);
    }
    return rc;
}
