#include "writ/tlsstate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "shared/file.h"
#include "shared/hooks.h"
#include "writ/opensslconf.h"

static void set_reason(struct tlsstate_part *part, const struct writ_error *e)
{
    (void)snprintf(part->reason, sizeof part->reason, "%s", e->text);
}

static bool works(const struct tlsstate_part *part)
{
    return part->reason[0] == '\0';
}

static void read_hooks(struct tlsstate *s)
{
    struct writ_error e = {0}, of_gnutls = {0};

    if (hooks_find(&s->hooks, &e) < 0) {
        set_reason(&s->openssl, &e);
        set_reason(&s->gnutls, &e);
        return;
    }
    if (hooks_try_module(&s->hooks, &e) < 0)
        set_reason(&s->openssl, &e);
    if (hooks_try_preload(&s->hooks, &of_gnutls) < 0)
        set_reason(&s->gnutls, &of_gnutls);
}

bool tlsstate_try_conf(const char *path, struct tlsstate_part *part)
{
    struct writ_buffer conf = {0};
    struct writ_error e = {0};

    *part = (struct tlsstate_part){0};
    opensslconf_include(writ_span_text(path), &conf);
    if (access(path, R_OK) < 0)
        (void)snprintf(part->reason, sizeof part->reason, "%s is not there, or cannot be read",
                       path);
    else if (writ_buffer_check(&conf, &e) < 0 || hooks_try_openssl(writ_buffer_span(&conf), &e) < 0)
        set_reason(part, &e);
    writ_buffer_free(&conf);
    return works(part);
}

static void read_system(struct tlsstate *s)
{
    struct opensslconf_block block = {0};
    struct writ_buffer text = {0};
    struct writ_error e = {0};

    if (file_read(s->conf, OPENSSLCONF_MAX, &text, &e) == 0 &&
        opensslconf_find(writ_buffer_span(&text), &block, &e) < 0) {
        s->in_system = true;
        set_reason(&s->system, &e);
    } else if (block.present) {
        s->in_system = true;
        s->policy = block.policy;
        (void)tlsstate_try_conf(s->conf, &s->system);
    }
    writ_buffer_free(&text);
}

static void try_unit(struct tlsstate_unit *unit, const char *root, struct writ_span text)
{
    char conf[TLSSTATE_PATH_MAX], preload[TLSSTATE_PATH_MAX];
    struct writ_buffer path = {0};

    unit_value(text, "OPENSSL_CONF", conf, sizeof conf);
    unit_value(text, "LD_PRELOAD", preload, sizeof preload);
    unit_value(text, HOOKS_POLICY_VARIABLE, unit->policy, sizeof unit->policy);
    writ_buffer_format(&path, "%s%s", root, conf);
    if (tlsstate_try_conf(writ_buffer_string(&path), &unit->part) && access(preload, R_OK) < 0)
        (void)snprintf(unit->part.reason, sizeof unit->part.reason,
                       "%.300s is not there, or cannot be read", preload);
    writ_buffer_free(&path);
}

static int add_unit(void *context, const struct unit *unit, struct writ_span text,
                    struct writ_error *e)
{
    struct tlsstate *s = context;
    struct tlsstate_unit *at = &s->units[s->unit_count];

    if (s->unit_count == TLSSTATE_UNITS_MAX)
        return writ_fail(e, WRIT_FAULT_CONFIGURATION, "it is enabled for more than %d services",
                         TLSSTATE_UNITS_MAX);
    (void)snprintf(at->name, sizeof at->name, "%s", unit->name);
    try_unit(at, unit->root, text);
    s->unit_count++;
    return 0;
}

int tlsstate_read(struct tlsstate *s, const char *root, struct writ_error *e)
{
    *s = (struct tlsstate){0};
    (void)snprintf(s->conf, sizeof s->conf, "%s" OPENSSLCONF_SYSTEM, root);
    read_hooks(s);
    read_system(s);
    return unit_each(root, add_unit, s, e);
}

void tlsstate_free(struct tlsstate *s)
{
    hooks_free(&s->hooks);
}

bool tlsstate_is_enabled(const struct tlsstate *s)
{
    return s->in_system || s->unit_count > 0;
}

bool tlsstate_works(const struct tlsstate *s)
{
    bool all = works(&s->openssl) && works(&s->gnutls) && works(&s->system);

    for (size_t i = 0; i < s->unit_count; i++)
        all = all && works(&s->units[i].part);
    return all;
}
