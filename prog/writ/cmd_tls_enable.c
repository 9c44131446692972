#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "shared/file.h"
#include "shared/hooks.h"
#include "shared/places.h"
#include "writ/commands.h"
#include "writ/hooks.h"
#include "writ/opensslconf.h"
#include "writ/tlsconf.h"
#include "writ/unit.h"

/* What enabling and disabling have in common. */
struct turning {
    const struct args *a;
    struct out *o;
    const char *root; /* where the system is: --root, WRIT_ROOT or "" */
    struct writ_buffer system_conf;
};

static int turn_start(struct turning *t, const struct args *a, struct out *o, struct writ_error *e)
{
    struct places_caller who;

    places_caller_read(&who, a->root);
    *t = (struct turning){.a = a, .o = o, .root = who.root == NULL ? "" : who.root};
    writ_buffer_format(&t->system_conf, "%s" OPENSSLCONF_SYSTEM, t->root);
    return writ_buffer_check(&t->system_conf, e);
}

/* What was done, or would be, to a file. */
static void tell(const struct turning *t, const char *action, const char *path, const char *unit)
{
    if (t->a->json) {
        struct writ_emit *m = out_emit(t->o);

        writ_emit_object(m, NULL);
        writ_emit_string(m, "action", action);
        writ_emit_string(m, "path", path);
        if (unit != NULL)
            writ_emit_string(m, "unit", unit);
        writ_emit_flag(m, "dry_run", t->a->dry_run);
        writ_emit_end(m);
        return;
    }
    out_say(t->o, "%s: %s%s", path, t->a->dry_run ? "would be " : "", action);
}

/* ---- the system's openssl.cnf ---- */

/* The new content is what the old one was, with owner, mode and attributes. */
static int replace_like(const char *path, struct writ_span text, struct writ_error *e)
{
    struct file_replace r = FILE_REPLACE_NONE;
    struct stat st;
    int fd = file_open_regular(path, &st, e);
    int rc = -1;

    if (fd < 0)
        return -1;
    if (file_replace_begin(path, &r, e) == 0 && file_write(r.fd, path, text, e) == 0)
        rc = file_replace_commit_like(&r, fd, e);
    file_replace_abort(&r);
    close(fd);
    return rc;
}

/* What was read may not be what stands there any more: who has changed it must not lose that. */
static int check_unchanged(const char *path, struct writ_span before, struct writ_error *e)
{
    struct writ_buffer now = {0};
    int rc = file_read(path, OPENSSLCONF_MAX, &now, e);

    if (rc == 0 && !writ_span_equal(writ_buffer_span(&now), before))
        rc = writ_fail(e, WRIT_FAULT_UNAVAILABLE, "somebody has just changed it; try again");
    writ_buffer_free(&now);
    return rc;
}

/* Puts the new text in its place, once a child has read it as programs will: so that at no time,
 * whatever ends this process, a text stands there that does not work. */
static int put_system(struct turning *t, struct writ_span before, struct writ_span after,
                      struct writ_error *e)
{
    const char *path = writ_buffer_string(&t->system_conf);

    if (hooks_try_openssl(after, e) == 0 && check_unchanged(path, before, e) == 0)
        return replace_like(path, after, e);
    writ_error_context(e, "%s is as it was before", path);
    return -1;
}

/* The text without our block, and with a new one. */
static int compose(const struct hooks *hooks, struct writ_span standing, size_t policy,
                   struct writ_buffer *after, struct writ_error *e)
{
    struct writ_buffer before = {0}, section = {0};
    struct opensslconf_block block;
    int rc = opensslconf_find(standing, &block, e);

    if (rc == 0) {
        opensslconf_remove(standing, &block, &before);
        rc = writ_buffer_check(&before, e);
    }
    if (rc == 0)
        rc = opensslconf_section(writ_buffer_span(&before), &section, e);
    if (rc == 0) {
        opensslconf_add(writ_buffer_span(&before), writ_buffer_span(&section),
                        writ_buffer_span(&hooks->module_conf), policy, after);
        rc = writ_buffer_check(after, e);
    }
    writ_buffer_free(&section);
    writ_buffer_free(&before);
    return rc;
}

static int enable_system(struct turning *t, const struct hooks *hooks, size_t policy,
                         struct writ_error *e)
{
    struct writ_buffer standing = {0}, after = {0};
    const char *path = writ_buffer_string(&t->system_conf);
    bool changes = false;
    int rc = file_read(path, OPENSSLCONF_MAX, &standing, e);

    if (rc == 0) {
        rc = compose(hooks, writ_buffer_span(&standing), policy, &after, e);
        if (rc < 0)
            writ_error_context(e, "%s", path);
    }
    if (rc == 0) {
        changes = !writ_span_equal(writ_buffer_span(&standing), writ_buffer_span(&after));
        if (changes && !t->a->dry_run)
            rc = put_system(t, writ_buffer_span(&standing), writ_buffer_span(&after), e);
    }
    if (rc == 0)
        tell(t, changes ? "enabled" : "kept", path, NULL);
    writ_buffer_free(&after);
    writ_buffer_free(&standing);
    return rc;
}

/* Where it is not enabled there is nothing to do, and that is said only to who asked for it. */
static int disable_system(struct turning *t, bool asked_for, struct writ_error *e)
{
    struct writ_buffer standing = {0}, after = {0};
    struct opensslconf_block block = {0};
    const char *path = writ_buffer_string(&t->system_conf);
    int rc = file_read(path, OPENSSLCONF_MAX, &standing, e);

    if (rc == 0 && (rc = opensslconf_find(writ_buffer_span(&standing), &block, e)) < 0)
        writ_error_context(e, "%s", path);
    if (rc == 0 && block.present) {
        opensslconf_remove(writ_buffer_span(&standing), &block, &after);
        rc = writ_buffer_check(&after, e);
        if (rc == 0 && !t->a->dry_run)
            rc = replace_like(path, writ_buffer_span(&after), e);
    }
    if (rc == 0 && (block.present || asked_for))
        tell(t, block.present ? "disabled" : "kept", path, NULL);
    writ_buffer_free(&after);
    writ_buffer_free(&standing);
    return rc;
}

/* ---- services ---- */

static const char *const variables[] = {"OPENSSL_CONF", "LD_PRELOAD", NULL};

/* A path below the root, as it is seen from inside. */
static const char *inside(const struct turning *t, const char *path)
{
    size_t n = strlen(t->root);

    return strncmp(path, t->root, n) == 0 ? path + n : path;
}

static int save_unit(const struct turning *t, const struct unit *unit, struct hooks *hooks,
                     const char *conf, size_t policy, struct writ_error *e)
{
    const struct unit_variable sets[] = {{"OPENSSL_CONF", inside(t, conf)},
                                         {"LD_PRELOAD", writ_buffer_string(&hooks->preload)},
                                         {HOOKS_POLICY_VARIABLE, hooks_policies[policy]},
                                         {NULL, NULL}};
    struct writ_buffer text = {0};
    int rc;

    unit_format(sets, &text);
    rc = writ_buffer_check(&text, e);
    if (rc == 0 && !t->a->dry_run)
        rc = unit_save(unit, writ_buffer_span(&text), e);
    writ_buffer_free(&text);
    return rc;
}

static void tell_unit(const struct turning *t, const char *action, const struct unit *unit)
{
    struct writ_buffer path = {0};

    unit_path(unit, &path);
    tell(t, action, writ_buffer_string(&path), unit->name);
    if (!t->a->dry_run)
        out_note(t->o, "to make it so: systemctl daemon-reload && systemctl restart %s",
                 unit->name);
    writ_buffer_free(&path);
}

static int enable_service(struct turning *t, struct hooks *hooks, const char *name, size_t policy,
                          struct writ_error *e)
{
    struct tlsconf conf = {.base = OPENSSLCONF_SYSTEM, .root = t->root, .dry_run = t->a->dry_run};
    struct places places = {0};
    struct writ_buffer path = {0};
    struct unit unit;
    int rc = -1;

    if (unit_find(name, t->root, &unit, e) == 0 && unit_check_free(&unit, variables, e) == 0 &&
        places_find(&places, t->a->root, e) == 0 &&
        tlsconf_make(&conf, &places, hooks, &path, e) == 0)
        rc = save_unit(t, &unit, hooks, writ_buffer_string(&path), policy, e);
    if (rc == 0)
        tell_unit(t, "enabled", &unit);
    writ_buffer_free(&path);
    places_free(&places);
    return rc;
}

static int disable_unit(struct turning *t, const struct unit *unit, struct writ_error *e)
{
    if (unit_remove(unit, t->a->dry_run, e) < 0)
        return -1;
    tell_unit(t, "disabled", unit);
    return 0;
}

static int disable_service(struct turning *t, const char *name, struct writ_error *e)
{
    struct unit unit;

    if (unit_name(name, t->root, &unit, e) < 0)
        return -1;
    return disable_unit(t, &unit, e);
}

static int disable_each(void *context, const struct unit *unit, struct writ_span text,
                        struct writ_error *e)
{
    (void)text;
    return disable_unit(context, unit, e);
}

/* ---- the commands ---- */

static int turn_end(struct turning *t, int rc, struct writ_error *e)
{
    writ_buffer_free(&t->system_conf);
    return rc < 0 ? out_fault(t->o, e) : 0;
}

static int check_choice(const struct args *a, struct writ_error *e)
{
    if (args_flag(a, "system") && args_value(a, "service") != NULL)
        return args_fail(a, e, "--system and --service do not go together");
    return 0;
}

static int enable(const struct args *a, struct out *o)
{
    size_t policy = (size_t)args_choice(a, "policy", 0);
    const char *service = args_value(a, "service");
    struct hooks hooks = {0};
    struct turning t = {0};
    struct writ_error e = {0};
    int rc = turn_start(&t, a, o, &e);

    if (rc == 0)
        rc = check_choice(a, &e);
    if (rc == 0 && !args_flag(a, "system") && service == NULL)
        rc = args_fail(a, &e, "say for whom: --system, or --service UNIT");
    if (rc == 0)
        rc = hooks_find(&hooks, &e);
    if (rc == 0)
        rc = hooks_try_module(&hooks, &e);
    if (a->json)
        writ_emit_list(out_emit(o), "changes");
    if (rc == 0 && service != NULL)
        rc = enable_service(&t, &hooks, service, policy, &e);
    else if (rc == 0)
        rc = enable_system(&t, &hooks, policy, &e);
    if (a->json)
        writ_emit_end(out_emit(o));
    hooks_free(&hooks);
    return turn_end(&t, rc, &e);
}

static int disable(const struct args *a, struct out *o)
{
    const char *service = args_value(a, "service");
    bool system = args_flag(a, "system");
    struct turning t = {0};
    struct writ_error e = {0};
    int rc = turn_start(&t, a, o, &e);

    if (rc == 0)
        rc = check_choice(a, &e);
    if (a->json)
        writ_emit_list(out_emit(o), "changes");
    if (rc == 0 && service != NULL)
        rc = disable_service(&t, service, &e);
    else if (rc == 0)
        rc = disable_system(&t, system, &e);
    if (rc == 0 && service == NULL && !system)
        rc = unit_each(t.root, disable_each, &t, &e);
    if (a->json)
        writ_emit_end(out_emit(o));
    return turn_end(&t, rc, &e);
}

#define SYSTEM_OPTION                                                                              \
    {                                                                                              \
        .name = "system", .help = "every program that reads " OPENSSLCONF_SYSTEM                   \
    }
#define SERVICE_OPTION                                                                             \
    {                                                                                              \
        .name = "service", .value = "UNIT", .help = "one service of systemd"                       \
    }

const struct command command_tls_enable = {
    .words = "tls enable",
    .group = "tls",
    .summary = "have programs refuse revoked TLS certificates from now on",
    .description = "With --system a marked block is put at the end of " OPENSSLCONF_SYSTEM ",\n"
                   "for OpenSSL; with --service a drop-in file sets the service's environment,\n"
                   "for OpenSSL and GnuTLS.\n",
    .options = (const struct option_spec[]){SYSTEM_OPTION,
                                            SERVICE_OPTION,
                                            {.name = "policy",
                                             .value = "POLICY",
                                             .help = "what becomes of certificates that no fresh "
                                                     "source covers",
                                             .choices = hooks_policies},
                                            {0}},
    .mutates = true,
    .examples = (const char *const[]){"writ tls enable --system --dry-run",
                                      "writ tls enable --service nginx", NULL},
    .run = enable,
};

const struct command command_tls_disable = {
    .words = "tls disable",
    .group = "tls",
    .summary = "take away what writ tls enable has put there",
    .description = "Without an option everything it has put anywhere.  Files are again what they\n"
                   "were, byte for byte.\n",
    .options = (const struct option_spec[]){SYSTEM_OPTION, SERVICE_OPTION, {0}},
    .mutates = true,
    .examples = (const char *const[]){"writ tls disable --service nginx", "writ tls disable", NULL},
    .run = disable,
};
