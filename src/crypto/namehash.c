#include "crypto/namehash.h"

#include <limits.h>
#include <openssl/x509.h>

int writ_name_hash(struct writ_span name, uint32_t *hash, struct writ_error *e)
{
    const unsigned char *p = name.p;
    X509_NAME *parsed = name.n > LONG_MAX ? NULL : d2i_X509_NAME(NULL, &p, (long)name.n);
    int ok = 0;

    if (parsed == NULL)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "OpenSSL does not read this name");
    *hash = (uint32_t)X509_NAME_hash_ex(parsed, NULL, NULL, &ok);
    X509_NAME_free(parsed);
    return ok ? 0 : writ_fail(e, WRIT_FAULT_UNEXPECTED, "OpenSSL has no hash for names");
}
