#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <linux/magic.h>

#include "shared/file.h"
#include "shared/judge.h"
#include "writ/commands.h"

/* As env(1) and timeout(1) have it. */
#define EXIT_REFUSED   126
#define EXIT_NOT_FOUND 127

/* What is copied to memory at most: an address space is not a disk, and a sparse file costs its
 * maker nothing. */
#define COPY_MAX ((uint64_t)1 << 30)

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U /* Linux 6.3 */
#endif

extern char **environ;

/* A program on its way to being run: what is judged is what will be executed. */
struct launch {
    const char *path;
    int fd;      /* of the file, or of the copy in memory */
    bool leased; /* nobody can have changed the file since it was opened */
    struct writ_span map;
};

/* An interpreter opens a script again by a path, so that a script must be where nobody can change
 * it: in a copy that is sealed. */
static bool is_script(int fd)
{
    char start[2];

    return pread(fd, start, sizeof start, 0) == (ssize_t)sizeof start &&
           memcmp(start, "#!", 2) == 0;
}

/* File systems whose leases mean what they say: the content is here, and nobody else serves it.  On
 * an overlay a lease does not see writers of the layers below, and on FUSE or a network the server
 * can answer every read differently: there the copy in memory is what is judged and run. */
static bool leases_mean_something(int fd)
{
    struct statfs fs;

    if (fstatfs(fd, &fs) < 0)
        return false;
    switch ((unsigned long)fs.f_type) {
    case EXT4_SUPER_MAGIC: /* and ext2, ext3 */
    case XFS_SUPER_MAGIC:
    case BTRFS_SUPER_MAGIC:
    case F2FS_SUPER_MAGIC:
    case TMPFS_MAGIC:
        return true;
    default:
        return false;
    }
}

/* A read lease: granted only while nobody has the file open for writing, and a writer who comes
 * later waits until it is gone.  Allowed to the file's owner and to CAP_LEASE.  The signal that a
 * breaking lease sends would kill writ or the program that is started, so nobody gets it: the owner
 * that F_SETLEASE makes us is taken back, and what came in between is thrown away. */
static bool take_lease(int fd)
{
    sigset_t io, before;
    struct sigaction ignore = {.sa_handler = SIG_IGN}, standing;
    bool taken;

    sigemptyset(&io);
    sigaddset(&io, SIGIO);
    if (!leases_mean_something(fd) || sigprocmask(SIG_BLOCK, &io, &before) < 0)
        return false;
    taken = fcntl(fd, F_SETLEASE, F_RDLCK) == 0 && fcntl(fd, F_SETOWN, 0) == 0;
    if (sigaction(SIGIO, &ignore, &standing) == 0)
        taken = sigaction(SIGIO, &standing, NULL) == 0 && taken;
    return sigprocmask(SIG_SETMASK, &before, NULL) == 0 && taken;
}

static bool lease_stands(int fd)
{
    return fcntl(fd, F_GETLEASE) == F_RDLCK;
}

static int new_memory(const char *path, bool keep_open, struct writ_error *e)
{
    const char *slash = strrchr(path, '/');
    unsigned flags = MFD_ALLOW_SEALING | (keep_open ? 0 : MFD_CLOEXEC);
    char name[64];
    int fd;

    (void)snprintf(name, sizeof name, "%s", slash == NULL ? path : slash + 1);
    fd = memfd_create(name, flags | MFD_EXEC);
    if (fd < 0 && errno == EINVAL)
        fd = memfd_create(name, flags);
    if (fd < 0)
        return writ_fail_errno(e, WRIT_FAULT_UNEXPECTED, errno, "cannot make a copy in memory");
    return fd;
}

static int seal_memory(int fd, struct writ_error *e)
{
    int seals = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;

    if (fchmod(fd, 0500) == 0 && fcntl(fd, F_ADD_SEALS, seals) == 0)
        return 0;
    return writ_fail_errno(e, WRIT_FAULT_UNEXPECTED, errno, "cannot seal the copy in memory");
}

/* Replaces the file by a sealed copy: from here on nobody, not even we, can change it. */
static int copy_to_memory(struct launch *p, uint64_t size, bool keep_open, struct writ_error *e)
{
    int fd;

    if (size > COPY_MAX)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT,
                         "%s has %llu bytes; a script, or a file that cannot be leased, is copied "
                         "to memory to be run, up to %llu",
                         p->path, (unsigned long long)size, (unsigned long long)COPY_MAX);
    fd = new_memory(p->path, keep_open, e);
    if (fd < 0)
        return -1;
    if (file_copy(p->fd, 0, size, fd, p->path, e) < 0 || seal_memory(fd, e) < 0) {
        close(fd);
        return -1;
    }
    close(p->fd);
    p->fd = fd;
    return 0;
}

static int check_executable(const struct launch *p, struct writ_error *e)
{
    if (faccessat(p->fd, "", X_OK, AT_EMPTY_PATH | AT_EACCESS) == 0)
        return 0;
    return writ_fail_errno(e, WRIT_FAULT_PERMISSION, errno, "%s is not executable", p->path);
}

static int open_program(struct launch *p, struct writ_error *e)
{
    struct stat st;
    bool script;

    p->fd = file_open_regular(p->path, &st, e);
    if (p->fd < 0 || check_executable(p, e) < 0)
        return -1;
    script = is_script(p->fd);
    p->leased = !script && take_lease(p->fd);
    if (!p->leased && copy_to_memory(p, (uint64_t)st.st_size, script, e) < 0)
        return -1;
    if (fstat(p->fd, &st) < 0)
        return writ_fail_errno(e, WRIT_FAULT_IO, errno, "cannot look at %s", p->path);
    return file_map(p->fd, (size_t)st.st_size, &p->map, e);
}

static int judge_program(const struct args *a, const struct launch *p, struct judge_answer *answer,
                         struct writ_error *e)
{
    struct judge_form form = {.form = WRIT_EMIT_TEXT, .depth = 1};
    struct judge_subject what = {.file = p->map, .beside = p->path};
    struct judge j = {0};
    int rc = judge_start(&j, a->root, a->now, a->now_was_given, e);

    if (rc == 0) {
        j.policy.allow_uncovered = args_flag(a, "allow-uncovered");
        rc = judge_bytes(&j, &what, &form, answer, e);
    }
    judge_end(&j);
    return rc;
}

/* Becomes the program.  Returns only when that fails. */
static int execute(const struct args *a, struct out *o, const struct launch *p)
{
    struct writ_error e = {0};

    if (p->leased && !lease_stands(p->fd)) {
        (void)writ_fail(&e, WRIT_FAULT_UNAVAILABLE, "%s is being opened for writing", p->path);
        (void)out_fault(o, &e);
        return EXIT_REFUSED;
    }
    if (out_flush(o, &e) == 0) {
        (void)execveat(p->fd, "", (char *const *)(uintptr_t)a->operands, environ, AT_EMPTY_PATH);
        (void)writ_fail_errno(&e, WRIT_FAULT_PERMISSION, errno, "cannot execute %s", p->path);
    }
    (void)out_fault(o, &e);
    return EXIT_REFUSED;
}

/* Something the kernel would not execute by itself (binfmt_misc aside) was not sealed to be run. */
static int refuse(struct out *o, const struct launch *p, const struct judge_answer *answer)
{
    struct writ_error e = {0};

    (void)writ_fail(&e, WRIT_FAULT_PERMISSION, "%s: %.*s%s", p->path, (int)answer->line.n,
                    (const char *)answer->line.p,
                    answer->outcome == WRIT_ALLOWED ? "; but it is no program" : "");
    (void)out_fault(o, &e);
    return EXIT_REFUSED;
}

static void tell_dry_run(const struct args *a, struct out *o, const struct launch *p,
                         const struct judge_answer *answer)
{
    if (a->json) {
        writ_emit_string(out_emit(o), "program", p->path);
        writ_emit_span(out_emit(o), "line", writ_buffer_span(&answer->line));
        writ_emit_flag(out_emit(o), "dry_run", true);
    }
    out_say(o, "would run %s: %.*s", p->path, (int)answer->line.n, (const char *)answer->line.p);
}

static int judge_and_execute(const struct args *a, struct out *o, const struct launch *p)
{
    struct judge_answer answer = {0};
    struct writ_error e = {0};
    int status = 0;

    if (judge_program(a, p, &answer, &e) < 0) {
        (void)out_fault(o, &e);
        status = COMMAND_EXIT_FAILED;
    } else if (answer.outcome != WRIT_ALLOWED || !answer.executable) {
        status = refuse(o, p, &answer);
    } else if (a->dry_run) {
        tell_dry_run(a, o, p, &answer);
    } else {
        out_detail(o, 1, "%s: %.*s", p->path, (int)answer.line.n, (const char *)answer.line.p);
        status = execute(a, o, p);
    }
    judge_answer_free(&answer);
    return status;
}

static int run(const struct args *a, struct out *o)
{
    struct launch p = {.path = args_operand(a, 0), .fd = -1};
    struct writ_error e = {0};
    int status;

    if (open_program(&p, &e) < 0) {
        status = e.fault == WRIT_FAULT_NO_INPUT     ? EXIT_NOT_FOUND
                 : e.fault == WRIT_FAULT_PERMISSION ? EXIT_REFUSED
                                                    : COMMAND_EXIT_FAILED;
        (void)out_fault(o, &e);
    } else {
        status = judge_and_execute(a, o, &p);
    }
    file_unmap(&p.map);
    if (p.fd >= 0)
        close(p.fd);
    return status;
}

const struct command command_run = {
    .words = "run",
    .group = "judge",
    .summary = "judge a program, then execute exactly what was judged",
    .description = "FILE is a path; it is not looked for in PATH.\n",
    .operands = (const struct operand_spec[]){{.name = "FILE", .hint = COMMAND_HINT_FILE},
                                              {.name = "ARG", .optional = true, .many = true},
                                              {0}},
    .options =
        (const struct option_spec[]){
            {.name = "allow-uncovered", .help = "let pass what no source on this device covers"},
            {0}},
    .mutates = true,
    .program_follows = true,
    .examples =
        (const char *const[]){"writ run ./app --version", "writ run ./unsigned  # exits 126", NULL},
    .exits = "the program's own; 125 writ failed, 126 refused, 127 not found\n",
    .run = run,
};
