#include "base/reason.h"

#include <stddef.h>
#include <strings.h>

struct meaning {
    enum writ_reason reason;
    const char *name;
    unsigned gravity;
    enum writ_reason_effect effect;
};

static const struct meaning meanings[] = {
    {WRIT_REASON_CERTIFICATE_HOLD, "certificateHold", 0, WRIT_REASON_REFUSES_ALL},
    {WRIT_REASON_AFFILIATION_CHANGED, "affiliationChanged", 1, WRIT_REASON_REFUSES_FROM_SINCE},
    {WRIT_REASON_SUPERSEDED, "superseded", 1, WRIT_REASON_REFUSES_FROM_SINCE},
    {WRIT_REASON_CESSATION_OF_OPERATION, "cessationOfOperation", 1, WRIT_REASON_REFUSES_FROM_SINCE},
    {WRIT_REASON_UNSPECIFIED, "unspecified", 2, WRIT_REASON_REFUSES_FROM_SINCE},
    {WRIT_REASON_KEY_COMPROMISE, "keyCompromise", 3, WRIT_REASON_REFUSES_FROM_SINCE},
    {WRIT_REASON_PRIVILEGE_WITHDRAWN, "privilegeWithdrawn", 4, WRIT_REASON_REFUSES_ALL},
    {WRIT_REASON_CA_COMPROMISE, "cACompromise", 5, WRIT_REASON_REFUSES_ALL},
};

static const struct meaning *meaning_of(unsigned code)
{
    for (size_t i = 0; i < sizeof meanings / sizeof meanings[0]; i++) {
        if ((unsigned)meanings[i].reason == code)
            return &meanings[i];
    }
    return NULL;
}

bool writ_reason_is_known(unsigned code)
{
    return meaning_of(code) != NULL;
}

const char *writ_reason_name(enum writ_reason reason)
{
    const struct meaning *m = meaning_of((unsigned)reason);

    return m == NULL ? "unknown" : m->name;
}

int writ_reason_parse(const char *name, enum writ_reason *reason)
{
    for (size_t i = 0; i < sizeof meanings / sizeof meanings[0]; i++) {
        if (strcasecmp(meanings[i].name, name) == 0) {
            *reason = meanings[i].reason;
            return 0;
        }
    }
    return -1;
}

/* A code nobody knows is as grave as can be. */
unsigned writ_reason_gravity(enum writ_reason reason)
{
    const struct meaning *m = meaning_of((unsigned)reason);

    return m == NULL ? 6 : m->gravity;
}

enum writ_reason_effect writ_reason_effect(enum writ_reason reason)
{
    const struct meaning *m = meaning_of((unsigned)reason);

    return m == NULL ? WRIT_REASON_REFUSES_ALL : m->effect;
}
