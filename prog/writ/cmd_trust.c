#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hex.h"
#include "base/time.h"
#include "bytes/pem.h"
#include "object/bundle.h"
#include "shared/certfile.h"
#include "shared/file.h"
#include "writ/adding.h"
#include "writ/commands.h"
#include "writ/pull.h"
#include "writ/sources.h"

static void emit_bundle(struct writ_emit *m, const struct certfile_bundle *b)
{
    writ_emit_hex(m, "fingerprint", WRIT_SPAN_OF(b->fingerprint));
    writ_emit_string(m, "root", b->root_name);
    writ_emit_string(m, "origin", b->origin);
    writ_emit_string(m, "profile", writ_profile_name((enum writ_profile)b->profile));
    writ_emit_string(m, "purpose", b->purpose);
    writ_emit_unsigned(m, "serial", b->serial);
    writ_emit_time(m, "made", b->made);
    writ_emit_unsigned(m, "feed_keys", b->key_count);
    writ_emit_unsigned(m, "tsa_anchors", b->anchors);
}

/* ------------------------------------------------------------------------------------- add */

/* A newer bundle says anew which keys sign the feed: those that notes named do not count any more,
 * because the one that named them may have been in other hands. */
static int keep(const struct places *places, const struct certfile_bundle *b, bool dry_run,
                struct writ_error *e)
{
    char fingerprint[TRUST_FINGERPRINT_TEXT];
    bool newer;

    writ_hex_format(WRIT_SPAN_OF(b->fingerprint), fingerprint);
    if (adding_check_newer(places, b, &newer, e) < 0 ||
        (newer && !dry_run && pull_forget_keys(places, fingerprint, e) < 0))
        return -1;
    return adding_trust(places, b, dry_run, e);
}

static int add(const struct args *a, struct out *o)
{
    struct certfile_bundle b = {0};
    struct writ_buffer bytes = {0};
    struct places places = {0};
    struct writ_error e = {0};
    const char *path = args_operand(a, 0);
    int rc = -1;

    if (places_find(&places, a->root, &e) == 0 &&
        file_read(path, 2 * WRIT_BUNDLE_MAX, &bytes, &e) == 0 &&
        certfile_read_bundle(writ_buffer_span(&bytes), path, &b, &e) == 0 &&
        adding_check_fingerprint(args_value(a, "fingerprint"), &b, &e) == 0)
        rc = keep(&places, &b, a->dry_run, &e);
    if (rc == 0 && a->json)
        emit_bundle(out_emit(o), &b);
    else if (rc == 0)
        out_say(o, "%s %s (%s)", a->dry_run ? "would trust" : "trusted", b.root_name, b.origin);
    certfile_bundle_free(&b);
    writ_buffer_free(&bytes);
    places_free(&places);
    return rc < 0 ? out_fault(o, &e) : 0;
}

const struct command command_trust_add = {
    .words = "trust add",
    .group = "trust",
    .summary = "trust a CA's bundle whose fingerprint you compared",
    .description = "The fingerprint is the SHA-256 of the root certificate in the bundle.\n",
    .operands = (const struct operand_spec[]){{.name = "BUNDLE", .hint = COMMAND_HINT_FILE}, {0}},
    .options = (const struct option_spec[]){{.name = "fingerprint",
                                             .value = "HEX",
                                             .help = "what the CA's owner told you",
                                             .required = true},
                                            {0}},
    .mutates = true,
    .examples =
        (const char *const[]){"writ trust add bundle.pem --fingerprint \"$FINGERPRINT\"", NULL},
    .run = add,
};

/* ------------------------------------------------------------------------------------ list */

static int each_bundle(struct trust *trust, struct out *o, const char *only,
                       int (*tell)(struct out *, const struct certfile_bundle *),
                       struct writ_error *e)
{
    size_t wanted = 0;

    if (only != NULL && trust_find(trust, only, &wanted, e) < 0)
        return -1;
    for (size_t i = 0; i < trust->count; i++) {
        struct certfile_bundle b = {0};
        int rc;

        if (only != NULL && i != wanted)
            continue;
        rc = certfile_read_bundle(writ_buffer_span(&trust->at[i].der), trust->at[i].path, &b, e);
        if (rc == 0)
            rc = tell(o, &b);
        certfile_bundle_free(&b);
        if (rc < 0)
            return -1;
    }
    return 0;
}

static int tell_line(struct out *o, const struct certfile_bundle *b)
{
    char fingerprint[TRUST_FINGERPRINT_TEXT];

    if (o->json) {
        writ_emit_object(out_emit(o), NULL);
        emit_bundle(out_emit(o), b);
        writ_emit_end(out_emit(o));
        return 0;
    }
    writ_hex_format(WRIT_SPAN_OF(b->fingerprint), fingerprint);
    out_say(o, "%.16s  %-4s  %s (%s)", fingerprint,
            writ_profile_name((enum writ_profile)b->profile), b->root_name, b->origin);
    return 0;
}

static int list(const struct args *a, struct out *o)
{
    struct places places = {0};
    struct trust trust = {0};
    struct writ_error e = {0};
    int rc = -1;

    if (places_find(&places, a->root, &e) == 0 && trust_load(&places, &trust, &e) == 0) {
        if (a->json)
            writ_emit_list(out_emit(o), "bundles");
        rc = each_bundle(&trust, o, NULL, tell_line, &e);
        if (a->json)
            writ_emit_end(out_emit(o));
        if (rc == 0 && trust.count == 0)
            out_note(o, "no CA is trusted yet; see writ trust add and writ source add");
    }
    trust_free(&trust);
    places_free(&places);
    return rc < 0 ? out_fault(o, &e) : 0;
}

const struct command command_trust_list = {
    .words = "trust list",
    .group = "trust",
    .summary = "list the CAs that are trusted",
    .examples = (const char *const[]){"writ trust list", NULL},
    .run = list,
};

/* ------------------------------------------------------------------------------------ show */

static int tell_all(struct out *o, const struct certfile_bundle *b)
{
    emit_bundle(out_emit(o), b);
    return 0;
}

static int tell_root(struct out *o, const struct certfile_bundle *b)
{
    struct writ_buffer pem = {0};

    writ_pem_build(&pem, "CERTIFICATE", writ_buffer_span(&b->root));
    out_data(o, writ_buffer_span(&pem));
    writ_buffer_free(&pem);
    return 0;
}

static int tell_bundle(struct out *o, const struct certfile_bundle *b)
{
    struct writ_buffer pem = {0};

    writ_pem_build(&pem, WRIT_BUNDLE_PEM_LABEL, writ_buffer_span(&b->der));
    out_data(o, writ_buffer_span(&pem));
    writ_buffer_free(&pem);
    return 0;
}

/* With one CA trusted there is no need to say which. */
static const char *only_one(const struct trust *trust)
{
    return trust->count == 1 ? trust->at[0].fingerprint_text : NULL;
}

static int show(const struct args *a, struct out *o)
{
    struct places places = {0};
    struct trust trust = {0};
    struct writ_error e = {0};
    const char *which = args_operand(a, 0);
    int rc = -1;

    if (places_find(&places, a->root, &e) == 0 && trust_load(&places, &trust, &e) == 0) {
        which = which != NULL ? which : only_one(&trust);
        if (which == NULL)
            (void)args_fail(a, &e, "%zu CAs are trusted; say which by its fingerprint",
                            trust.count);
        else
            rc = each_bundle(&trust, o, which,
                             args_flag(a, "pem")      ? tell_root
                             : args_flag(a, "bundle") ? tell_bundle
                                                      : tell_all,
                             &e);
    }
    trust_free(&trust);
    places_free(&places);
    return rc < 0 ? out_fault(o, &e) : 0;
}

const struct command command_trust_show = {
    .words = "trust show",
    .group = "trust",
    .summary = "show a trusted CA: root, feed, keys",
    .operands = (const struct operand_spec[]){{.name = "FINGERPRINT", .optional = true}, {0}},
    .options = (const struct option_spec[]){{.name = "pem", .help = "print the root certificate"},
                                            {.name = "bundle", .help = "print the bundle"},
                                            {0}},
    .examples = (const char *const[]){"writ trust show", "writ trust show --pem > root.pem", NULL},
    .run = show,
};

/* ---------------------------------------------------------------------------------- remove */

static int check_unused(const struct places *places, const char *fingerprint, struct writ_error *e)
{
    struct sources sources = {0};
    int rc = sources_load(places, &sources, e);

    for (size_t i = 0; rc == 0 && i < sources.count; i++) {
        if (strcmp(sources.at[i].fingerprint, fingerprint) == 0)
            rc = writ_fail(e, WRIT_FAULT_USAGE,
                           "the source %s needs it; remove that first (writ source remove %s)",
                           sources.at[i].name, sources.at[i].name);
    }
    sources_free(&sources);
    return rc;
}

static int remove_bundle(const struct places *places, const struct trust_bundle *b, bool dry_run,
                         struct writ_error *e)
{
    if (check_unused(places, b->fingerprint_text, e) < 0)
        return -1;
    if (strncmp(b->path, places->write, strlen(places->write)) != 0)
        return writ_fail(e, WRIT_FAULT_PERMISSION, "%s is not yours to remove", b->path);
    if (dry_run || unlink(b->path) == 0)
        return 0;
    return writ_fail_errno(e, WRIT_FAULT_IO, errno, "cannot remove %s", b->path);
}

static int remove_trust(const struct args *a, struct out *o)
{
    struct places places = {0};
    struct trust trust = {0};
    struct writ_error e = {0};
    size_t i = 0;
    int rc = -1;

    if (places_find(&places, a->root, &e) == 0 && trust_load(&places, &trust, &e) == 0 &&
        trust_find(&trust, args_operand(a, 0), &i, &e) == 0)
        rc = remove_bundle(&places, &trust.at[i], a->dry_run, &e);
    if (rc == 0)
        out_say(o, "%s %s", a->dry_run ? "would no longer trust" : "no longer trusted:",
                trust.at[i].fingerprint_text);
    if (rc == 0 && a->json)
        writ_emit_string(out_emit(o), "removed", trust.at[i].fingerprint_text);
    trust_free(&trust);
    places_free(&places);
    return rc < 0 ? out_fault(o, &e) : 0;
}

const struct command command_trust_remove = {
    .words = "trust remove",
    .group = "trust",
    .summary = "trust a CA no longer",
    .description = "What its feed must not go back behind is remembered.\n",
    .operands = (const struct operand_spec[]){{.name = "FINGERPRINT"}, {0}},
    .mutates = true,
    .examples = (const char *const[]){"writ trust remove \"$FINGERPRINT\"", NULL},
    .run = remove_trust,
};
