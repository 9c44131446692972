/*
 * hook/settings.h - what a hook has been told to do
 *
 * From the environment, and for OpenSSL from the module's section of openssl.cnf before that.  Read
 * once, when the hook is started: nginx, for one, empties the environment of its workers.
 */
#ifndef WRIT_HOOK_SETTINGS_H
#define WRIT_HOOK_SETTINGS_H

#include "shared/hooks.h"
#include "shared/places.h"

#define HOOK_LOOK_SECONDS 1 /* how often a process looks whether there is newer data */

/* What becomes of a certificate that no source on this device covers, or only a stale one.  What is
 * known to be revoked is refused either way.  In the order of hooks_policies. */
enum hook_policy {
    HOOK_PASS,  /* it passes, as it does without writ */
    HOOK_REFUSE /* it is refused */
};

struct hook_settings {
    enum hook_policy policy;
    unsigned look_seconds; /* 0: look at every verification */
    struct places places;  /* where the data may be; owned, for the life of the process */
};

/* The defaults, then what the environment says.  A program that runs with more rights than its
 * caller ignores the environment.  Never fails: without memory there are no places, and so no data.
 */
void hook_settings_start(struct hook_settings *s);

/* Takes over one line of configuration: "policy" ("pass", "refuse") or "look" (seconds, at most
 * 3600).  False when name or value is unknown; nothing is changed then. */
bool hook_settings_set(struct hook_settings *s, const char *name, const char *value);

/* Takes over what only the environment may say: it comes last. */
void hook_settings_environment(struct hook_settings *s);

#endif
