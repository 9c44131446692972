#include "hook/gnutls.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdint.h>

#define LIBRARY "libgnutls.so.30" /* of GnuTLS 3.6 and later, all that there is */

static struct hook_gnutls found;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* Where the program's own call would have gone; a library that was loaded later, for itself, is not
 * among those that RTLD_NEXT goes through. */
static void *behind_us(void *library, const char *name)
{
    void *function = dlsym(RTLD_NEXT, name);

    return function != NULL || library == NULL ? function : dlsym(library, name);
}

#define TAKE(name)                                                                                 \
    found.name = (__typeof__(found.name))(uintptr_t)dlsym(library, "gnutls_" #name);               \
    found.whole = found.whole && found.name != NULL;

#define TAKE_BEHIND(name)                                                                          \
    found.name = (__typeof__(found.name))(uintptr_t)behind_us(library, "gnutls_" #name)

static void find(void)
{
    void *library = dlopen(LIBRARY, RTLD_LAZY | RTLD_NOLOAD);

    TAKE_BEHIND(certificate_verify_peers);
    TAKE_BEHIND(certificate_verify_peers2);
    TAKE_BEHIND(certificate_verify_peers3);
    if (library == NULL)
        return;
    found.whole = true;
    HOOK_GNUTLS_FUNCTIONS(TAKE)
}

const struct hook_gnutls *hook_gnutls(void)
{
    (void)pthread_once(&once, find);
    return &found;
}
