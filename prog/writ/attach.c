#include "writ/attach.h"

#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hex.h"
#include "object/seal.h"
#include "shared/file.h"
#include "shared/judge.h"

#define DIRECTORY_MAX 64

const char *attach_form_name(enum attach_form form)
{
    switch (form) {
    case ATTACH_AUTO:
        return "auto";
    case ATTACH_TAIL:
        return "tail";
    case ATTACH_DETACHED:
        return "detached";
    case ATTACH_INDEX:
        return "index";
    }
    return "unknown";
}

/* Why this file cannot have a tail, or NULL. */
static const char *against_tail(const struct content_id *id, bool hard_linked)
{
    if (id->elf_broken)
        return "its ELF headers do not hold together";
    if (id->form == WRIT_CONTENT_SCRIPT)
        return "a script's interpreter reads to the end";
    if (id->form != WRIT_CONTENT_ELF_PROGRAM && id->form != WRIT_CONTENT_ELF_LIBRARY)
        return "only ELF programs and libraries can have a tail";
    if (id->elf_end != id->length)
        return "something follows the end of the ELF file, and may be looked for there";
    if (hard_linked)
        return "it has other names (hard links), which a new file would leave behind";
    return NULL;
}

int attach_choose(const char *path, enum attach_form wanted, const struct content_id *id,
                  bool hard_linked, struct attach_choice *choice, struct writ_error *e)
{
    const char *against = against_tail(id, hard_linked);

    choice->form = wanted;
    choice->why = "asked for";
    if (wanted == ATTACH_TAIL && against != NULL)
        return writ_fail(e, WRIT_FAULT_USAGE, "%s cannot have a tail: %s; use detached", path,
                         against);
    if (wanted != ATTACH_AUTO)
        return 0;
    choice->form = against == NULL ? ATTACH_TAIL : ATTACH_DETACHED;
    choice->why = against == NULL ? "ELF that ends where its headers say" : against;
    return 0;
}

/* The directory of an index that has the seals for this length. */
static void name_directory(const struct content_id *id, char name[DIRECTORY_MAX])
{
    (void)snprintf(name, DIRECTORY_MAX, "%s/%llu", JUDGE_SEALS_DIR, (unsigned long long)id->length);
}

static void add_name(struct writ_buffer *to, const struct content_id *id)
{
    writ_buffer_byte(to, '/');
    writ_hex_add(to, WRIT_SPAN_OF(id->root));
    writ_buffer_text(to, ".writ");
}

int attach_path(const char *path, enum attach_form form, const struct content_id *id,
                const struct places *places, struct writ_buffer *to, struct writ_error *e)
{
    char name[DIRECTORY_MAX];

    if (form == ATTACH_DETACHED) {
        writ_buffer_format(to, "%s.writ", path);
        return writ_buffer_check(to, e);
    }
    name_directory(id, name);
    if (places_make(places, name, to, e) < 0)
        return -1;
    add_name(to, id);
    return writ_buffer_check(to, e);
}

int attach_check_free(const char *path, enum attach_form form, const struct content_id *id,
                      const struct places *places, struct writ_error *e)
{
    struct writ_buffer at = {0};
    char name[DIRECTORY_MAX];
    int rc;

    if (form == ATTACH_TAIL)
        return id->has_tail ? writ_fail(e, WRIT_FAULT_CANNOT_CREATE,
                                        "%s has a tail already; --replace replaces it", path)
                            : 0;
    if (form == ATTACH_DETACHED) {
        writ_buffer_format(&at, "%s.writ", path);
    } else {
        name_directory(id, name);
        places_path(&at, places->write, name);
        add_name(&at, id);
    }
    rc = writ_buffer_check(&at, e);
    if (rc == 0 && access(writ_buffer_string(&at), F_OK) == 0)
        rc = writ_fail(e, WRIT_FAULT_CANNOT_CREATE, "%s is there already; --replace replaces it",
                       writ_buffer_string(&at));
    writ_buffer_free(&at);
    return rc;
}

/* What killed commands have left beside the file goes; that it cannot go is no reason to fail. */
static void sweep_beside(const char *path)
{
    struct writ_error ignored = {0};
    char *copy = strdup(path);

    if (copy != NULL)
        (void)!file_sweep_temps(dirname(copy), &ignored);
    free(copy);
}

static int fill(const struct attach_file *file, struct writ_span tail, struct file_replace *r,
                struct writ_error *e)
{
    if (file_copy(file->fd, 0, file->id->length, r->fd, file->path, e) < 0)
        return -1;
    return file_write(r->fd, file->path, tail, e);
}

/* Whoever may write in the directory may put another file, or a link to one, under the name while a
 * passphrase is typed; what was read must not be written over that. */
static int write_content(const struct attach_file *file, struct writ_span tail,
                         struct writ_error *e)
{
    struct file_replace r = FILE_REPLACE_NONE;

    sweep_beside(file->path);
    if (file_replace_begin(file->path, &r, e) < 0)
        return -1;
    if (fill(file, tail, &r, e) == 0 && file_replace_check_same(&r, file->seen, e) == 0)
        return file_replace_commit_like(&r, file->fd, e);
    file_replace_abort(&r);
    return -1;
}

static int write_tail(const struct attach_file *file, struct writ_span seal, struct writ_error *e)
{
    struct writ_buffer tail = {0};
    int rc = writ_seal_build_tail(file->id->length, seal, &tail, e);

    if (rc == 0)
        rc = write_content(file, writ_buffer_span(&tail), e);
    writ_buffer_free(&tail);
    return rc;
}

int attach_strip_tail(const struct attach_file *file, struct writ_error *e)
{
    return write_content(file, WRIT_SPAN_NONE, e);
}

int attach_write(const struct attach_file *file, const struct attach_choice *choice,
                 const struct places *places, struct writ_span seal, struct writ_error *e)
{
    struct writ_buffer to = {0};
    int rc;

    if (choice->form == ATTACH_TAIL)
        return write_tail(file, seal, e);
    rc = attach_path(file->path, choice->form, file->id, places, &to, e);
    if (rc == 0)
        rc = file_replace_bytes_nofollow(writ_buffer_string(&to), 0644, seal, e);
    writ_buffer_free(&to);
    return rc;
}
