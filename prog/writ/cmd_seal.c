#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "shared/file.h"
#include "shared/jail.h"
#include "shared/sealfile.h"
#include "writ/attach.h"
#include "writ/commands.h"

/* ---------------------------------------------------------------------------------- attach */

/* A file that a seal is attached to, or taken from. */
struct sealed {
    const char *path;
    int fd;
    struct stat st;
    struct content_id id;
};

static int open_sealed(struct sealed *s, const char *path, struct writ_error *e)
{
    struct writ_span file = WRIT_SPAN_NONE;
    int rc = -1;

    s->path = path;
    s->fd = file_open_regular(path, &s->st, e);
    if (s->fd >= 0 && file_map(s->fd, (size_t)s->st.st_size, &file, e) == 0)
        rc = content_identify_bytes(file, path, &s->id, e);
    file_unmap(&file);
    return rc;
}

static struct attach_file as_file(const struct sealed *s)
{
    return (struct attach_file){.path = s->path, .fd = s->fd, .seen = &s->st, .id = &s->id};
}

static void close_sealed(struct sealed *s)
{
    if (s->fd >= 0)
        close(s->fd);
}

/* Every entry must be about this very content: a seal on another file's content is no use. */
static int check_fits(const struct sealed *s, const struct writ_seal *seal, struct writ_error *e)
{
    for (size_t i = 0; i < seal->count; i++) {
        const struct writ_code_directory *d = &seal->entry[i].directory;

        if (d->content_length != s->id.length ||
            !writ_span_equal(d->root, WRIT_SPAN_OF(s->id.root)))
            return writ_fail(e, WRIT_FAULT_BAD_INPUT, "the seal is of another content than %s",
                             s->path);
    }
    return 0;
}

static int attach_seal(const struct args *a, struct out *o, struct sealed *s,
                       const struct sealfile *seal, const struct places *places,
                       struct writ_error *e)
{
    struct attach_file file = as_file(s);
    struct attach_choice choice;

    if (check_fits(s, &seal->seal, e) < 0 ||
        attach_choose(s->path, (enum attach_form)args_choice(a, "to", ATTACH_AUTO), &s->id,
                      file_is_hard_linked(&s->st), &choice, e) < 0 ||
        (!args_flag(a, "replace") &&
         attach_check_free(s->path, choice.form, &s->id, places, e) < 0))
        return -1;
    if (!a->dry_run && attach_write(&file, &choice, places, writ_buffer_span(&seal->bytes), e) < 0)
        return -1;
    out_say(o, "%s to %s: %s (%s)", a->dry_run ? "would attach" : "attached", s->path,
            attach_form_name(choice.form), choice.why);
    if (a->json) {
        writ_emit_string(out_emit(o), "file", s->path);
        writ_emit_string(out_emit(o), "attach", attach_form_name(choice.form));
        writ_emit_flag(out_emit(o), "dry_run", a->dry_run);
    }
    return 0;
}

static int attach(const struct args *a, struct out *o)
{
    struct sealed s = {.fd = -1};
    struct sealfile seal = {0};
    struct places places = {0};
    struct writ_error e = {0};
    int rc = -1;

    if (places_find(&places, a->root, &e) == 0 &&
        sealfile_read(args_operand(a, 1), &seal, &e) == 0 &&
        open_sealed(&s, args_operand(a, 0), &e) == 0)
        rc = attach_seal(a, o, &s, &seal, &places, &e);
    sealfile_free(&seal);
    close_sealed(&s);
    places_free(&places);
    return rc < 0 ? out_fault(o, &e) : 0;
}

static const char *const forms[] = {"auto", "tail", "detached", "index", NULL};

const struct command command_seal_attach = {
    .words = "seal attach",
    .group = "sign",
    .summary = "attach a detached seal to its file",
    .operands = (const struct operand_spec[]){{.name = "FILE", .hint = COMMAND_HINT_FILE},
                                              {.name = "SEAL", .hint = COMMAND_HINT_FILE},
                                              {0}},
    .options =
        (const struct option_spec[]){{.name = "to",
                                      .value = "FORM",
                                      .help = "auto, tail, detached, index",
                                      .choices = forms},
                                     {.name = "replace", .help = "replace a seal that is there"},
                                     {0}},
    .mutates = true,
    .examples = (const char *const[]){"writ seal attach app app-seal/seal.der --to detached", NULL},
    .run = attach,
};

/* --------------------------------------------------------------------------------- extract */

/* The parts of a seal, as openssl wants them. */
/* The files of a seal in parts. */
struct part {
    const char *name;
    struct writ_span bytes; /* WRIT_SPAN_NONE: there is none */
};

#define PARTS 5

static void name_parts(const struct sealfile *s, size_t entry, struct part parts[PARTS])
{
    const struct writ_seal_entry *it = &s->seal.entry[entry];

    parts[0] = (struct part){"seal.der", writ_buffer_span(&s->bytes)};
    parts[1] = (struct part){"codedirectory", it->directory.der};
    parts[2] = (struct part){"sig.der", it->cms};
    parts[3] = (struct part){"timestamp.der", it->timestamp};
    parts[4] = (struct part){"staple.der", it->staple};
}

enum parts_step { PARTS_CHECK, PARTS_CREATE, PARTS_REPLACE };

static int write_part(const char *dir, const struct part *part, enum parts_step step,
                      struct writ_error *e)
{
    char *path = NULL;
    int rc = 0;

    if (asprintf(&path, "%s/%s", dir, part->name) < 0)
        return writ_fail_memory(e);
    if (step == PARTS_CHECK && access(path, F_OK) == 0)
        rc = writ_fail(e, WRIT_FAULT_CANNOT_CREATE, "%s exists already; --force replaces it", path);
    else if (step == PARTS_CREATE)
        rc = file_create_bytes(path, 0644, part->bytes, e);
    else if (step == PARTS_REPLACE)
        rc = file_replace_bytes(path, 0644, part->bytes, e);
    free(path);
    return rc;
}

static int write_parts(const char *dir, const struct part parts[PARTS], enum parts_step step,
                       struct writ_error *e)
{
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < PARTS; i++) {
        if (parts[i].bytes.n > 0)
            rc = write_part(dir, &parts[i], step, e);
    }
    return rc;
}

static int extract_parts(const struct args *a, struct out *o, const struct sealfile *s,
                         struct writ_error *e)
{
    const char *dir = args_value(a, "out") != NULL ? args_value(a, "out") : ".";
    bool force = args_flag(a, "force");
    struct part parts[PARTS];
    int64_t entry;

    if (args_number(a, "entry", 1, WRIT_SEAL_ENTRIES_MAX, 1, &entry, e) < 0)
        return -1;
    if ((size_t)entry > s->seal.count)
        return writ_fail(e, WRIT_FAULT_USAGE, "--entry %lld: the seal has %zu", (long long)entry,
                         s->seal.count);
    name_parts(s, (size_t)entry - 1, parts);
    if ((!force && write_parts(dir, parts, PARTS_CHECK, e) < 0) ||
        file_make_dirs(dir, 0755, e) < 0 ||
        write_parts(dir, parts, force ? PARTS_REPLACE : PARTS_CREATE, e) < 0)
        return -1;
    out_say(o, "extracted to %s: seal.der, codedirectory, sig.der%s%s", dir,
            s->seal.entry[entry - 1].timestamp.n > 0 ? ", timestamp.der" : "",
            s->seal.entry[entry - 1].staple.n > 0 ? ", staple.der" : "");
    if (a->json) {
        writ_emit_string(out_emit(o), "directory", dir);
        writ_emit_string(out_emit(o), "place", s->was_tail ? "tail" : "beside");
        writ_emit_unsigned(out_emit(o), "entries", s->seal.count);
        writ_emit_flag(out_emit(o), "timestamp", s->seal.entry[entry - 1].timestamp.n > 0);
        writ_emit_flag(out_emit(o), "staple", s->seal.entry[entry - 1].staple.n > 0);
    }
    return 0;
}

static int extract(const struct args *a, struct out *o)
{
    struct sealfile s = {0};
    struct writ_error e = {0};
    int rc = sealfile_of(args_operand(a, 0), &s, &e);

    if (rc == 0)
        rc = extract_parts(a, o, &s, &e);
    sealfile_free(&s);
    return rc < 0 ? out_fault(o, &e) : 0;
}

const struct command command_seal_extract = {
    .words = "seal extract",
    .group = "sign",
    .summary = "take a seal apart, for openssl to check",
    .description = "Writes seal.der, codedirectory, sig.der and, if stamped, timestamp.der.\n",
    .operands = (const struct operand_spec[]){{.name = "FILE", .hint = COMMAND_HINT_FILE}, {0}},
    .options =
        (const struct option_spec[]){
            {.name = "out",
             .value = "DIR",
             .help = "where to write; default: here",
             .hint = COMMAND_HINT_DIRECTORY},
            {.name = "entry", .value = "N", .help = "which entry of the seal; default 1"},
            {.name = "force", .help = "replace files that are there"},
            {0}},
    .examples = (const char *const[]){"writ seal extract app --out parts", NULL},
    .run = extract,
};

/* ----------------------------------------------------------------------------------- strip */

static int strip_beside(const struct args *a, const char *path, bool *removed, struct writ_error *e)
{
    char *beside = NULL;
    int rc = 0;

    if (asprintf(&beside, "%s.writ", path) < 0)
        return writ_fail_memory(e);
    *removed = access(beside, F_OK) == 0;
    if (*removed && !a->dry_run && unlink(beside) < 0)
        rc = writ_fail_errno(e, WRIT_FAULT_IO, errno, "cannot remove %s", beside);
    free(beside);
    return rc;
}

static int strip_seals(const struct args *a, struct out *o, struct sealed *s, struct writ_error *e)
{
    struct attach_file file = as_file(s);
    bool beside = false;

    if (s->id.has_tail && !a->dry_run && attach_strip_tail(&file, e) < 0)
        return -1;
    if (strip_beside(a, s->path, &beside, e) < 0)
        return -1;
    if (!s->id.has_tail && !beside)
        return writ_fail(e, WRIT_FAULT_NO_INPUT, "%s has no seal", s->path);
    out_say(o, "%s %s%s%s from %s", a->dry_run ? "would remove" : "removed",
            s->id.has_tail ? "the tail" : "", s->id.has_tail && beside ? " and " : "",
            beside ? "the detached seal" : "", s->path);
    if (a->json) {
        writ_emit_string(out_emit(o), "file", s->path);
        writ_emit_flag(out_emit(o), "tail", s->id.has_tail != 0);
        writ_emit_flag(out_emit(o), "detached", beside);
        writ_emit_flag(out_emit(o), "dry_run", a->dry_run);
    }
    return 0;
}

static int strip(const struct args *a, struct out *o)
{
    struct sealed s = {.fd = -1};
    struct writ_error e = {0};
    int rc = open_sealed(&s, args_operand(a, 0), &e);

    if (rc == 0)
        rc = strip_seals(a, o, &s, &e);
    close_sealed(&s);
    return rc < 0 ? out_fault(o, &e) : 0;
}

const struct command command_seal_strip = {
    .words = "seal strip",
    .group = "sign",
    .summary = "remove a file's seal",
    .operands = (const struct operand_spec[]){{.name = "FILE", .hint = COMMAND_HINT_FILE}, {0}},
    .mutates = true,
    .examples = (const char *const[]){"writ seal strip app --dry-run", NULL},
    .run = strip,
};
