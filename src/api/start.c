#include "writ/start.h"

#include "crypto/start.h"

const char *writ_version(void)
{
    return WRIT_VERSION;
}

int writ_start(struct writ_error *e)
{
    return writ_crypto_start(e);
}
