#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "shared/hooks.h"
#include "writ/doctor.h"
#include "writ/opensslconf.h"
#include "writ/tlsstate.h"

static void check_part(struct doctor *d, const struct tlsstate_part *part, const char *what,
                       const char *remedy)
{
    if (part->reason[0] == '\0')
        doctor_add(d, DOCTOR_WELL, "tls", NULL, "%s works", what);
    else
        doctor_add(d, DOCTOR_WRONG, "tls", remedy, "%s does not work: %s", what, part->reason);
}

static void check_units(struct doctor *d, const struct tlsstate *s)
{
    char remedy[UNIT_NAME_MAX + 64];

    for (size_t i = 0; i < s->unit_count; i++) {
        (void)snprintf(remedy, sizeof remedy, "writ tls enable --service %s", s->units[i].name);
        check_part(d, &s->units[i].part, s->units[i].name, remedy);
    }
}

/* The first thing on the way that other users are not let through, or "": path is cut short there.
 * The file must be readable, and each folder above it passable. */
static const char *find_barrier(char *path)
{
    mode_t wanted = S_IROTH;
    struct stat st;

    while (path[0] != '\0') {
        if (stat(path, &st) < 0 || (st.st_mode & wanted) == 0)
            return path;
        wanted = S_IXOTH;
        *strrchr(path, '/') = '\0';
    }
    return "";
}

static void check_rights(struct doctor *d, const struct tlsstate *s)
{
    char path[PATH_MAX];
    struct writ_span at = writ_buffer_span(&s->hooks.preload);
    const char *barrier;

    if (!tlsstate_is_enabled(s) || at.n == 0)
        return;
    (void)snprintf(path, sizeof path, "%.*s", (int)at.n, (const char *)at.p);
    barrier = find_barrier(path);
    if (barrier[0] != '\0')
        doctor_add(d, DOCTOR_WRONG, "rights", "chmod o+rX, there and below",
                   "other users' programs cannot load the hooks: %s is not for them", barrier);
}

/* A variable in this environment leads OpenSSL past the system's file. */
static void check_environment(struct doctor *d, const struct tlsstate *s)
{
    const char *own = getenv("OPENSSL_CONF");
    struct tlsstate_part part;

    if (own == NULL || own[0] == '\0')
        return;
    if (tlsstate_try_conf(own, &part))
        doctor_add(d, DOCTOR_WELL, "environment", NULL, "OPENSSL_CONF=%s asks writ", own);
    else
        doctor_add(d, s->in_system ? DOCTOR_WRONG : DOCTOR_NOTE, "environment",
                   "unset OPENSSL_CONF, or start programs with writ tls run",
                   "OPENSSL_CONF=%s keeps programs from asking writ: %s", own, part.reason);
}

static void check_policy(struct doctor *d)
{
    const char *policy = getenv(HOOKS_POLICY_VARIABLE);

    for (size_t i = 0; policy != NULL && hooks_policies[i] != NULL; i++) {
        if (strcmp(policy, hooks_policies[i]) == 0)
            return;
    }
    if (policy != NULL)
        doctor_add(d, DOCTOR_WRONG, "environment", "unset it, or say pass or refuse",
                   HOOKS_POLICY_VARIABLE "=%s is no policy, and nobody heeds it", policy);
}

static void check_use(struct doctor *d, const struct tlsstate *s, bool has_filters)
{
    if (tlsstate_is_enabled(s) && !has_filters)
        doctor_add(d, DOCTOR_WRONG, "tls", "writ source add crlite URL, then writ pull",
                   "programs ask, and there is no filter that knows anything");
    if (!tlsstate_is_enabled(s) && has_filters)
        doctor_add(d, DOCTOR_NOTE, "tls", "writ tls enable --system, or writ tls run PROGRAM",
                   "there are filters, and no program asks them by itself");
}

void doctor_check_tls(struct doctor *d, bool has_filters)
{
    struct tlsstate *s = calloc(1, sizeof *s);
    struct writ_error e = {0};

    if (s == NULL) {
        d->failed = true;
        return;
    }
    if (tlsstate_read(s, d->root, &e) < 0)
        doctor_add(d, DOCTOR_WRONG, "tls", NULL, "%s", e.text);
    check_part(d, &s->openssl, "the module for OpenSSL", "install writ again, whole");
    check_part(d, &s->gnutls, "the preload for GnuTLS", "install writ again, whole");
    if (s->in_system)
        check_part(d, &s->system, s->conf,
                   "writ tls enable --system; or take the block out by hand");
    check_units(d, s);
    check_rights(d, s);
    check_environment(d, s);
    check_policy(d);
    check_use(d, s, has_filters);
    tlsstate_free(s);
    free(s);
}
