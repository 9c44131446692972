#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "base/time.h"
#include "issue/sign.h"
#include "object/cms.h"
#include "shared/file.h"
#include "shared/identity.h"
#include "shared/judge.h"
#include "shared/keyfile.h"
#include "writ/attach.h"
#include "writ/commands.h"
#include "writ/stamping.h"

/* One file on its way to a seal. */
struct subject {
    const char *path;
    int fd;
    struct stat st;
    struct writ_span map;
    struct content_id id;
    struct attach_choice choice;
    enum writ_seal_kind kind;
    char identifier[WRIT_IDENTIFIER_MAX + 1];
    char *beside;    /* FILE.writ */
    bool has_beside; /* that is there already */
    struct writ_buffer directory, cms, token, seal;
};

/* One command: who signs, and what. */
struct signing {
    const struct args *a;
    struct out *o;
    struct judge judge;
    struct identity_paths paths;
    struct certfile chain;
    struct writ_cert leaf;
    size_t count;
    struct subject *subject;
};

static void subject_free(struct subject *s)
{
    file_unmap(&s->map);
    if (s->fd >= 0)
        close(s->fd);
    free(s->beside);
    writ_buffer_free(&s->directory);
    writ_buffer_free(&s->cms);
    writ_buffer_free(&s->token);
    writ_buffer_free(&s->seal);
}

static void signing_free(struct signing *s)
{
    for (size_t i = 0; i < s->count; i++)
        subject_free(&s->subject[i]);
    free(s->subject);
    certfile_free(&s->chain);
    identity_paths_free(&s->paths);
    judge_end(&s->judge);
}

/* ------------------------------------------------------------------------------ who signs */

static int check_leaf(const struct signing *s, struct writ_error *e)
{
    char when[WRIT_TIME_TEXT];

    writ_time_format(s->leaf.not_after, when);
    if (s->a->now > s->leaf.not_after)
        return writ_fail(e, WRIT_FAULT_USAGE, "the certificate ended at %s; ask for a new one",
                         when);
    writ_time_format(s->leaf.not_before, when);
    if (s->a->now < s->leaf.not_before)
        return writ_fail(e, WRIT_FAULT_USAGE, "the certificate begins at %s; is the clock right?",
                         when);
    if (!writ_cert_has_purpose(&s->leaf, WRIT_OID_CODE_SIGNING))
        return writ_fail(e, WRIT_FAULT_USAGE, "the certificate is not for signing code");
    if (s->leaf.subject.unit_count != 1 || s->leaf.subject.unit.n > WRIT_TEAM_MAX)
        return writ_fail(e, WRIT_FAULT_USAGE, "the certificate names no single team");
    return 0;
}

static int read_signer(struct signing *s, struct writ_error *e)
{
    if (identity_find(&s->judge.places, args_value(s->a, "key"), args_value(s->a, "cert"),
                      &s->paths, e) < 0 ||
        certfile_read(writ_buffer_string(&s->paths.cert), &s->chain, e) < 0 ||
        writ_cert_parse(s->chain.cert[0], &s->leaf, e) < 0)
        return -1;
    return check_leaf(s, e);
}

/* ------------------------------------------------------------------------- what is signed */

static enum writ_seal_kind natural_kind(const struct content_id *id)
{
    switch (id->form) {
    case WRIT_CONTENT_ELF_PROGRAM:
        return WRIT_SEAL_PROGRAM;
    case WRIT_CONTENT_ELF_LIBRARY:
        return WRIT_SEAL_LIBRARY;
    case WRIT_CONTENT_SCRIPT:
        return WRIT_SEAL_SCRIPT;
    case WRIT_CONTENT_ELF_OTHER:
    case WRIT_CONTENT_OTHER:
        break;
    }
    return WRIT_SEAL_DATA;
}

/* A kind that does not fit would be refused wherever the file is judged. */
static int choose_kind(const struct args *a, struct subject *s, struct writ_error *e)
{
    const char *given = args_value(a, "kind");
    enum writ_seal_kind natural = natural_kind(&s->id);
    bool fits;

    s->kind = natural;
    if (given == NULL)
        return 0;
    if (writ_seal_kind_parse(given, &s->kind) < 0)
        return writ_fail(e, WRIT_FAULT_UNEXPECTED, "unknown kind %s", given);
    fits = s->kind == natural || (s->kind == WRIT_SEAL_LIBRARY && s->id.is_shared) ||
           (s->kind == WRIT_SEAL_MANIFEST && natural == WRIT_SEAL_DATA);
    if (fits)
        return 0;
    return writ_fail(e, WRIT_FAULT_USAGE, "%s: --kind %s does not fit: the file is %s", s->path,
                     given, writ_content_form_name(s->id.form));
}

static int choose_identifier(const struct args *a, struct subject *s, struct writ_error *e)
{
    const char *given = args_value(a, "identifier");
    const char *slash = strrchr(s->path, '/');
    const char *name = given != NULL ? given : slash != NULL ? slash + 1 : s->path;

    if (strlen(name) == 0 || strlen(name) > WRIT_IDENTIFIER_MAX ||
        !writ_text_is_printable(writ_span_text(name)))
        return writ_fail(e, WRIT_FAULT_USAGE,
                         "an identifier has 1 to %d bytes of printable UTF-8; give one with "
                         "--identifier",
                         WRIT_IDENTIFIER_MAX);
    (void)snprintf(s->identifier, sizeof s->identifier, "%s", name);
    return 0;
}

static int check_unsealed(const struct args *a, struct subject *s, struct writ_error *e)
{
    if (asprintf(&s->beside, "%s.writ", s->path) < 0) {
        s->beside = NULL;
        return writ_fail_memory(e);
    }
    s->has_beside = access(s->beside, F_OK) == 0;
    if (args_flag(a, "replace") || (!s->id.has_tail && !s->has_beside))
        return 0;
    return writ_fail(e, WRIT_FAULT_CANNOT_CREATE,
                     "%s is sealed already (%s); --replace makes a new "
                     "seal",
                     s->path, s->id.has_tail ? "a tail" : s->beside);
}

static int wanted_form(const struct args *a)
{
    return args_choice(a, "attach", ATTACH_AUTO);
}

static int open_subject(const struct signing *signing, struct subject *s, struct writ_error *e)
{
    const struct args *a = signing->a;

    s->fd = file_open_regular(s->path, &s->st, e);
    if (s->fd < 0 || file_map(s->fd, (size_t)s->st.st_size, &s->map, e) < 0 ||
        content_identify_bytes(s->map, s->path, &s->id, e) < 0)
        return -1;
    if (s->id.elf_broken)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "%s: %s", s->path, s->id.elf_reason);
    if (check_unsealed(a, s, e) < 0 || choose_kind(a, s, e) < 0 || choose_identifier(a, s, e) < 0)
        return -1;
    if (attach_choose(s->path, (enum attach_form)wanted_form(a), &s->id,
                      file_is_hard_linked(&s->st), &s->choice, e) < 0)
        return -1;
    if (s->choice.form != ATTACH_INDEX || args_flag(a, "replace"))
        return 0;
    return attach_check_free(s->path, ATTACH_INDEX, &s->id, &signing->judge.places, e);
}

static int open_subjects(struct signing *s, struct writ_error *e)
{
    s->subject = calloc(s->a->operand_count, sizeof *s->subject);
    if (s->subject == NULL)
        return writ_fail_memory(e);
    for (size_t i = 0; i < s->a->operand_count; i++) {
        s->subject[i].fd = -1;
        s->subject[i].path = args_operand(s->a, i);
        s->count = i + 1;
        if (open_subject(s, &s->subject[i], e) < 0)
            return -1;
    }
    return 0;
}

/* -------------------------------------------------------------------------------- signing */

static int sign_one(struct signing *s, struct subject *one, const struct writ_key *key,
                    struct writ_error *e)
{
    struct writ_code_directory directory = {
        .kind = one->kind,
        .content_length = one->id.length,
        .root = WRIT_SPAN_OF(one->id.root),
        .identifier = writ_span_text(one->identifier),
        .team = s->leaf.subject.unit,
    };
    struct writ_signer signer = {
        .key = key,
        .certificate = s->chain.cert[0],
        .chain = s->chain.cert + 1,
        .chain_count = s->chain.count - 1,
    };

    return writ_sign_entry(&directory, &signer, s->a->now, &one->directory, &one->cms, e);
}

/* The key is in memory for this only: no stranger's bytes are read meanwhile, and no child made. */
static int sign_all(struct signing *s, struct writ_error *e)
{
    struct passphrase passphrase;
    struct writ_key *key;
    int rc = 0;

    passphrase_start(&passphrase, s->a->passphrase_fd);
    key = keyfile_read(writ_buffer_string(&s->paths.key), &passphrase, e);
    passphrase_forget(&passphrase);
    if (key == NULL)
        return -1;
    for (size_t i = 0; rc == 0 && i < s->count; i++)
        rc = sign_one(s, &s->subject[i], key, e);
    writ_key_free(key);
    return rc;
}

static int build_seal(struct subject *one, struct writ_error *e)
{
    struct writ_seal seal = {.count = 1};

    seal.entry[0].directory.der = writ_buffer_span(&one->directory);
    seal.entry[0].cms = writ_buffer_span(&one->cms);
    seal.entry[0].timestamp = writ_buffer_span(&one->token);
    return writ_seal_build(&seal, &one->seal, e);
}

static int stamp_one(struct signing *s, struct subject *one, struct writ_error *e)
{
    const char *url = args_value(s->a, "tsa");
    struct writ_cms cms;

    if (url != NULL) {
        if (writ_cms_parse(writ_buffer_span(&one->cms), &cms, e) < 0 ||
            stamping_get(url, cms.signature, &one->token, e) < 0)
            return -1;
    }
    return build_seal(one, e);
}

/* The new seal is judged before it is written: a revoked certificate, or a timestamp that devices
 * would refuse, is better found here.  That this machine does not trust the CA does not matter. */
static int judge_one(struct signing *s, const struct subject *one, struct writ_error *e)
{
    struct judge_form form = {.form = WRIT_EMIT_TEXT, .depth = 1};
    struct judge_subject what = {.seal = writ_buffer_span(&one->seal)};
    struct judge_answer answer = {0};
    int rc;

    if (writ_span_part(one->map, 0, one->id.length, &what.file) < 0)
        return writ_fail(e, WRIT_FAULT_UNEXPECTED, "%s: content beyond the file", one->path);
    rc = judge_bytes(&s->judge, &what, &form, &answer, e);
    if (rc == 0 && answer.outcome != WRIT_ALLOWED && answer.why != WRIT_WHY_NO_PATH &&
        answer.outcome != WRIT_NOT_COVERED && answer.outcome != WRIT_STALE)
        rc = writ_fail(e, WRIT_FAULT_USAGE, "%s: this seal would not be accepted: %.*s", one->path,
                       (int)answer.line.n, (const char *)answer.line.p);
    judge_answer_free(&answer);
    return rc;
}

static int write_one(struct signing *s, const struct subject *one, struct writ_error *e)
{
    struct attach_file file = {.path = one->path, .fd = one->fd, .seen = &one->st, .id = &one->id};

    if (s->a->dry_run)
        return 0;
    if (attach_write(&file, &one->choice, &s->judge.places, writ_buffer_span(&one->seal), e) < 0)
        return -1;
    /* An older seal in another place would have to be sound too, and is not this one. */
    if (one->has_beside && one->choice.form != ATTACH_DETACHED && unlink(one->beside) < 0)
        return writ_fail(e, WRIT_FAULT_IO, "sealed, but the old %s cannot be removed", one->beside);
    if (one->id.has_tail && one->choice.form != ATTACH_TAIL)
        return attach_strip_tail(&file, e);
    return 0;
}

static void tell_one(const struct signing *s, const struct subject *one)
{
    struct writ_buffer who = {0};

    writ_name_add_text(&who, &s->leaf.subject);
    if (s->a->json) {
        struct writ_emit *m = out_emit(s->o);

        writ_emit_object(m, NULL);
        writ_emit_string(m, "file", one->path);
        writ_emit_string(m, "kind", writ_seal_kind_name(one->kind));
        writ_emit_string(m, "attach", attach_form_name(one->choice.form));
        writ_emit_string(m, "because", one->choice.why);
        writ_emit_string(m, "identifier", one->identifier);
        writ_emit_span(m, "signer", writ_buffer_span(&who));
        writ_emit_flag(m, "timestamp", one->token.n > 0);
        writ_emit_unsigned(m, "seal_bytes", one->seal.n);
        writ_emit_flag(m, "dry_run", s->a->dry_run);
        writ_emit_end(m);
    }
    out_say(s->o, "%s %s as %s by %s%s; %s%s: %s", s->a->dry_run ? "would seal" : "sealed",
            one->path, writ_seal_kind_name(one->kind), writ_buffer_string(&who),
            one->token.n > 0 ? ", stamped" : "",
            one->choice.form == ATTACH_DETACHED ? one->beside : attach_form_name(one->choice.form),
            one->choice.form == ATTACH_DETACHED ? " (detached)" : "", one->choice.why);
    writ_buffer_free(&who);
}

static int sign_files(struct signing *s, struct writ_error *e)
{
    if (judge_start(&s->judge, s->a->root, s->a->now, s->a->now_was_given, e) < 0 ||
        read_signer(s, e) < 0 || open_subjects(s, e) < 0 || sign_all(s, e) < 0)
        return -1;
    for (size_t i = 0; i < s->count; i++) {
        if (stamp_one(s, &s->subject[i], e) < 0 || judge_one(s, &s->subject[i], e) < 0)
            return -1;
    }
    if (s->a->json)
        writ_emit_list(out_emit(s->o), "sealed");
    for (size_t i = 0; i < s->count; i++) {
        if (write_one(s, &s->subject[i], e) < 0)
            return -1;
        tell_one(s, &s->subject[i]);
    }
    if (s->a->json)
        writ_emit_end(out_emit(s->o));
    return 0;
}

static int run(const struct args *a, struct out *o)
{
    struct signing s = {.a = a, .o = o};
    struct writ_error e = {0};
    int rc;

    if (args_value(a, "identifier") != NULL && a->operand_count > 1)
        rc = args_fail(a, &e, "--identifier goes with one file");
    else
        rc = sign_files(&s, &e);
    signing_free(&s);
    return rc < 0 ? out_fault(o, &e) : 0;
}

static const char *const forms[] = {"auto", "tail", "detached", "index", NULL};
static const char *const kinds[] = {"program", "library", "script", "manifest", "data", NULL};

const struct command command_sign = {
    .words = "sign",
    .group = "sign",
    .summary = "seal programs and files with a developer's key",
    .description = "REF is PREFIX for PREFIX.key and PREFIX.pem, or an imported identity.\n",
    .operands =
        (const struct operand_spec[]){{.name = "FILE", .hint = COMMAND_HINT_FILE, .many = true},
                                      {0}},
    .options =
        (const struct option_spec[]){
            {.name = "key",
             .value = "REF",
             .help = "whose key",
             .hint = COMMAND_HINT_FILE,
             .required = true},
            {.name = "cert",
             .value = "CHAIN",
             .help = "its certificates, if not beside it",
             .hint = COMMAND_HINT_FILE},
            {.name = "tsa", .value = "URL", .help = "have it stamped by this RFC 3161 authority"},
            {.name = "attach",
             .value = "FORM",
             .help = "auto, tail, detached, index; default auto",
             .choices = forms},
            {.name = "kind",
             .value = "KIND",
             .help = "program, library, script, manifest, data",
             .choices = kinds},
            {.name = "identifier",
             .value = "NAME",
             .help = "the program's own name; default: the file's"},
            {.name = "replace", .help = "replace a seal that is there"},
            {0}},
    .network = "with --tsa",
    .mutates = true,
    .needs_passphrase = true,
    .examples = (const char *const[]){"writ sign app --key alice",
                                      "writ sign script.sh --key alice --attach detached", NULL},
    .run = run,
};
