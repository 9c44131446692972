/*
 * writ/tlsstate.h - the hooks on this machine: whether they work, and for whom they are enabled
 */
#ifndef WRIT_TLSSTATE_H
#define WRIT_TLSSTATE_H

#include "writ/hooks.h"
#include "writ/unit.h"

#define TLSSTATE_UNITS_MAX  64
#define TLSSTATE_REASON_MAX 512
#define TLSSTATE_PATH_MAX   1024

/* Something that works when reason is "". */
struct tlsstate_part {
    char reason[TLSSTATE_REASON_MAX];
};

/* A service that it is enabled for. */
struct tlsstate_unit {
    char name[UNIT_NAME_MAX + 1];
    char policy[16];
    struct tlsstate_part part;
};

struct tlsstate {
    struct hooks hooks;
    struct tlsstate_part openssl; /* the module, and where it is */
    struct tlsstate_part gnutls;
    char conf[TLSSTATE_PATH_MAX]; /* the system's openssl.cnf */
    bool in_system;               /* it has our block */
    size_t policy;                /* the block's, by its number in hooks_policies */
    struct tlsstate_part system;  /* how programs fare with it */
    struct tlsstate_unit units[TLSSTATE_UNITS_MAX];
    size_t unit_count;
};

/* Looks, and tries everything out in child processes.  root is where the system is, "" for this
 * machine.  -1 only without memory.  Call tlsstate_free in any case. */
int tlsstate_read(struct tlsstate *s, const char *root, struct writ_error *e) WRIT_MUST_CHECK;
void tlsstate_free(struct tlsstate *s);

/* True when programs ask without `writ tls run`. */
bool tlsstate_is_enabled(const struct tlsstate *s);

/* True when the hooks work, for all that they are enabled for. */
bool tlsstate_works(const struct tlsstate *s);

/* True when a program that reads this openssl.cnf asks writ; otherwise the part says why not. */
bool tlsstate_try_conf(const char *path, struct tlsstate_part *part);

#endif
