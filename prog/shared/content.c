#include "shared/content.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "crypto/merkle.h"
#include "object/seal.h"
#include "shared/file.h"
#include "shared/jail.h"
#include "shared/processors.h"

struct task {
    struct writ_span file;
    unsigned threads;
};

/* The child's answer is the structure itself: numbers and fixed arrays, checked by the parent. */
static int work(void *argument, struct writ_buffer *answer, struct writ_error *e)
{
    const struct task *t = argument;
    struct content_id id = {0};
    struct writ_seal_tail tail;
    struct writ_elf elf;
    struct writ_error found = {0};

    if (writ_seal_find_tail(t->file, &tail, e) < 0)
        return -1;
    id.length = tail.content.n;
    id.has_tail = tail.present;
    if (writ_merkle_root(tail.content, t->threads, id.root, e) < 0)
        return -1;
    id.elf_broken = writ_elf_parse(tail.content, &elf, &found) < 0;
    (void)snprintf(id.elf_reason, sizeof id.elf_reason, "%.255s", found.text);
    id.form = elf.form;
    id.is_shared = elf.is_shared;
    id.elf_end = elf.end;
    writ_buffer_add(answer, WRIT_SPAN(&id, sizeof id));
    return writ_buffer_check(answer, e);
}

static int read_answer(struct writ_span answer, struct writ_span file, struct content_id *id,
                       struct writ_error *e)
{
    if (answer.n != sizeof *id)
        return writ_fail(e, WRIT_FAULT_UNEXPECTED, "an answer of the wrong size");
    memcpy(id, answer.p, sizeof *id);
    id->elf_reason[sizeof id->elf_reason - 1] = '\0';
    if (id->length > file.n || (int)id->form < 0 || id->form > WRIT_CONTENT_SCRIPT)
        return writ_fail(e, WRIT_FAULT_UNEXPECTED, "an answer that cannot be");
    return 0;
}

int content_identify_bytes(struct writ_span file, const char *path, struct content_id *id,
                           struct writ_error *e)
{
    struct task t = {.file = file, .threads = processors()};
    struct jail limits = {0};
    struct writ_buffer answer = {0};
    char shown[FILE_SHOWN_MAX];
    int rc = -1;

    if (jail_prepare(e) == 0 && jail_run(&limits, work, &t, &answer, e) == 0)
        rc = read_answer(writ_buffer_span(&answer), file, id, e);
    if (rc < 0)
        writ_error_context(e, "%s", file_shown(path, shown));
    writ_buffer_free(&answer);
    return rc;
}

int content_identify(const char *path, struct content_id *id, struct writ_error *e)
{
    struct writ_span file = WRIT_SPAN_NONE;
    struct stat st;
    int fd = file_open_regular(path, &st, e);
    int rc = -1;

    if (fd < 0)
        return -1;
    if (file_map(fd, (size_t)st.st_size, &file, e) == 0)
        rc = content_identify_bytes(file, path, id, e);
    file_unmap(&file);
    close(fd);
    return rc;
}
