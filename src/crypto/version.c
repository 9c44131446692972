#include "crypto/version.h"

#include <openssl/crypto.h>

const char *writ_version_openssl(void)
{
    return OpenSSL_version(OPENSSL_FULL_VERSION_STRING);
}
