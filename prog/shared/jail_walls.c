#include "shared/jail_walls.h"

#include <errno.h>
#include <limits.h>
#include <linux/capability.h>
#include <linux/futex.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

/* ---- seccomp ---- */

/* Allowed whatever the arguments.  What is not here: stat (the size comes with the argument),
 * write elsewhere, signals to anybody, sockets, files, processes, and everything new. */
static const int allowed[] = {
    /* reading what is open */
    SCMP_SYS(read),
    SCMP_SYS(pread64),
    SCMP_SYS(lseek),
    SCMP_SYS(close),
    /* memory; mmap and mprotect below */
    SCMP_SYS(brk),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    /* threads of glibc; clone and futex below */
    SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sched_yield),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    /* randomness for OpenSSL's blinding, and the clock where it is not read without a call */
    SCMP_SYS(getrandom),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(time),
    /* who am I: tells nothing, and libraries ask */
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
#if SANITIZED
    /* AddressSanitizer's own threads and reports */
    SCMP_SYS(sigaltstack),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(prctl),
    SCMP_SYS(getrlimit),
#endif
};

/* What libraries try and can do without: they get an errno and carry on.  glibc looks for
 * /proc/sys/vm/overcommit_memory when it shrinks a heap and for the size of memory when it sorts;
 * stdio asks whether it writes to a terminal.  A process that aborts says so on stderr, signals
 * itself and changes its handlers; when all that fails it executes an instruction that ends it. */
static const struct {
    int call;
    int error;
} declined[] = {
    {SCMP_SYS(open), EACCES},        {SCMP_SYS(openat), EACCES},     {SCMP_SYS(access), EACCES},
    {SCMP_SYS(faccessat), EACCES},   {SCMP_SYS(stat), EACCES},       {SCMP_SYS(lstat), EACCES},
    {SCMP_SYS(statx), EACCES},       {SCMP_SYS(newfstatat), EACCES}, {SCMP_SYS(fstat), EACCES},
    {SCMP_SYS(readlink), EACCES},    {SCMP_SYS(readlinkat), EACCES}, {SCMP_SYS(ioctl), ENOTTY},
    {SCMP_SYS(sysinfo), EPERM},      {SCMP_SYS(prlimit64), EPERM},   {SCMP_SYS(tgkill), EPERM},
    {SCMP_SYS(writev), EBADF},
#if !SANITIZED
    {SCMP_SYS(rt_sigaction), EPERM},
#endif
    {SCMP_SYS(clone3), ENOSYS}, /* its flags cannot be looked at; glibc falls back to clone */
};

/* Ways to map that go around the memory limit (RLIMIT_DATA counts private writable memory only) or
 * change what others see. */
#define MAP_FORBIDDEN  (MAP_SHARED | MAP_GROWSDOWN | MAP_LOCKED | MAP_HUGETLB)
#define PROT_FORBIDDEN (PROT_EXEC | PROT_GROWSDOWN | PROT_GROWSUP)

/* A thread, and not a process, a tracee or a namespace. */
#define CLONE_FORBIDDEN                                                                            \
    (CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID |  \
     CLONE_NEWNET | CLONE_PTRACE | CLONE_UNTRACED | CLONE_VFORK | CLONE_PIDFD)
#define CLONE_LOOKED_AT ((scmp_datum_t)(unsigned)(CLONE_THREAD | CLONE_FORBIDDEN))

/* The plain operations, without priority inheritance and requeueing. */
static const int futexes[] = {FUTEX_WAIT, FUTEX_WAKE, FUTEX_WAIT_BITSET, FUTEX_WAKE_BITSET};
#define FUTEX_LOOKED_AT ((scmp_datum_t)(unsigned)~(FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME))

/* 0, or what libseccomp said.  A call that this machine does not have needs no rule. */
static int rule(int outcome)
{
    return outcome == -EDOM ? 0 : outcome;
}

static int add_plain(scmp_filter_ctx f)
{
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < sizeof allowed / sizeof allowed[0]; i++)
        rc = rule(seccomp_rule_add(f, SCMP_ACT_ALLOW, allowed[i], 0));
    for (size_t i = 0; rc == 0 && i < sizeof declined / sizeof declined[0]; i++)
        rc = rule(
            seccomp_rule_add(f, SCMP_ACT_ERRNO((unsigned)declined[i].error), declined[i].call, 0));
    return rc;
}

static int add_looking(scmp_filter_ctx f)
{
    int rc = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(write), 1,
                              SCMP_A0(SCMP_CMP_EQ, JAIL_WALLS_ANSWER_FD));

    if (rc == 0) /* for everybody else it is closed */
        rc = seccomp_rule_add(f, SANITIZED ? SCMP_ACT_ALLOW : SCMP_ACT_ERRNO(EBADF),
                              SCMP_SYS(write), 1, SCMP_A0(SCMP_CMP_EQ, STDERR_FILENO));
    if (rc == 0)
        rc = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2,
                              SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_FORBIDDEN, 0),
                              SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_FORBIDDEN, 0));
    if (rc == 0)
        rc = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
                              SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_FORBIDDEN, 0));
    if (rc == 0)
        rc = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
                              SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_LOOKED_AT, CLONE_THREAD));
    for (size_t i = 0; rc == 0 && i < sizeof futexes / sizeof futexes[0]; i++)
        rc = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(futex), 1,
                              SCMP_A1(SCMP_CMP_MASKED_EQ, FUTEX_LOOKED_AT, (unsigned)futexes[i]));
    return rc;
}

void *jail_walls_filter(struct writ_error *e)
{
    scmp_filter_ctx f = seccomp_init(SCMP_ACT_KILL_PROCESS);
    int rc = f == NULL ? -ENOMEM : 0;

    if (rc == 0)
        rc = seccomp_attr_set(f, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
    if (rc == 0)
        rc = add_plain(f);
    if (rc == 0)
        rc = add_looking(f);
    if (rc == 0)
        return f;
    (void)writ_fail(e, WRIT_FAULT_CONFIGURATION,
                    "libseccomp cannot make the jail's filter: error %d", -rc);
    seccomp_release(f);
    return NULL;
}

void jail_walls_filter_free(void *filter)
{
    if (filter != NULL)
        seccomp_release(filter);
}

static bool has_seccomp(void)
{
    uint32_t action = SECCOMP_RET_KILL_PROCESS;

    return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

/* ---- Landlock ---- */

/* Landlock has no wrappers in glibc, and Debian 12's headers know its first version only:
 * Documentation/userspace-api/landlock.rst. */
#define LANDLOCK_VERSION_FLAG 1u

struct landlock_rights {
    uint64_t files;
    uint64_t network;
    uint64_t scopes;
};

static int landlock_version(void)
{
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_VERSION_FLAG);

    return version < 0 ? 0 : (int)version;
}

/* Every right that a version knows of: files 13 at first, then refer, truncate, device ioctls;
 * TCP bind and connect since 4; abstract sockets and signals since 6.  *size is how much of the
 * structure that version reads. */
static struct landlock_rights all_rights(int version, size_t *size)
{
    unsigned files = version >= 5 ? 16 : version >= 3 ? 15 : version >= 2 ? 14 : 13;

    *size = version >= 6 ? 24 : version >= 4 ? 16 : 8;
    return (struct landlock_rights){.files = ((uint64_t)1 << files) - 1,
                                    .network = version >= 4 ? 3 : 0,
                                    .scopes = version >= 6 ? 3 : 0};
}

/* All rights are handled and no rule gives one back. */
static int enter_landlock(int version)
{
    size_t size;
    struct landlock_rights rights = all_rights(version, &size);
    int fd = (int)syscall(SYS_landlock_create_ruleset, &rights, size, 0);
    int rc;

    if (fd < 0)
        return -1;
    rc = (int)syscall(SYS_landlock_restrict_self, fd, 0);
    (void)close(fd);
    return rc;
}

struct jail_strength jail_strength(void)
{
    return (struct jail_strength){.seccomp = has_seccomp(), .landlock = landlock_version()};
}

/* ---- descriptors, limits, privileges ---- */

static bool is_kept(const struct jail *limits, unsigned fd)
{
    bool kept = fd == JAIL_WALLS_ANSWER_FD || (SANITIZED && fd == STDERR_FILENO);

    for (size_t i = 0; i < limits->keep_count; i++)
        kept = kept || limits->keep[i] == (int)fd;
    return kept;
}

static unsigned last_kept(const struct jail *limits)
{
    unsigned last = SANITIZED ? STDERR_FILENO : JAIL_WALLS_ANSWER_FD;

    for (size_t i = 0; i < limits->keep_count; i++)
        last = limits->keep[i] > (int)last ? (unsigned)limits->keep[i] : last;
    return last;
}

static int close_others(const struct jail *limits)
{
    unsigned last = last_kept(limits);

    for (unsigned fd = 0; fd < last; fd++) {
        if (!is_kept(limits, fd))
            (void)close((int)fd);
    }
    return close_range(last + 1, UINT_MAX, 0);
}

static int limit(__rlimit_resource_t resource, rlim_t soft, rlim_t hard)
{
    return setrlimit(resource, &(struct rlimit){soft, hard});
}

/* AddressSanitizer's shadow alone is larger than any limit on memory. */
static int set_limits(const struct jail *limits)
{
    rlim_t cpu = limits->cpu_seconds == 0 ? JAIL_CPU_SECONDS : limits->cpu_seconds;
    rlim_t memory = limits->memory_bytes == 0 ? JAIL_MEMORY_BYTES : limits->memory_bytes;

    if (limit(RLIMIT_CORE, 0, 0) < 0 || limit(RLIMIT_FSIZE, 0, 0) < 0 ||
        limit(RLIMIT_NOFILE, 0, 0) < 0 || limit(RLIMIT_CPU, cpu, cpu + 1) < 0)
        return -1;
    return SANITIZED ? 0 : limit(RLIMIT_DATA, memory, memory);
}

static int drop_capabilities(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {{0}};

    return (int)syscall(SYS_capset, &header, none);
}

/* The name is for ps(1). */
static int set_process(int parent)
{
    if (prctl(PR_SET_NAME, "writ-jail") < 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
        prctl(PR_SET_DUMPABLE, 0) < 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
        return -1;
    errno = ESRCH;
    return getppid() == parent ? 0 : -1; /* it may have died before it was asked about */
}

/* Handlers of the parent mean nothing here, and a child's death is to tell its cause. */
static int reset_signals(void)
{
    sigset_t none;

    for (int n = 1; n < SIGRTMIN; n++)
        (void)signal(n, SIG_DFL); /* refused for SIGKILL and SIGSTOP */
    (void)sigemptyset(&none);
    return sigprocmask(SIG_SETMASK, &none, NULL);
}

static int fail(const char *wall, int errno_value, struct writ_error *e)
{
    struct writ_error cause = {0};

    (void)writ_fail_errno(&cause, WRIT_FAULT_CONFIGURATION, errno_value,
                          "cannot set up the jail's %s", wall);
    return writ_fail(e, WRIT_FAULT_CONFIGURATION, "%s", cause.text);
}

int jail_walls_enter(const struct jail *limits, struct jail_strength strength, void *filter,
                     int parent, struct writ_error *e)
{
    int rc;

    if (reset_signals() < 0)
        return fail("signals", errno, e);
    if (close_others(limits) < 0)
        return fail("descriptors", errno, e);
    if (drop_capabilities() < 0)
        return fail("capabilities", errno, e);
    if (set_process(parent) < 0)
        return fail("process attributes", errno, e);
    if (strength.landlock > 0 && enter_landlock(strength.landlock) < 0)
        return fail("Landlock", errno, e);
    if (set_limits(limits) < 0)
        return fail("limits", errno, e);
    rc = strength.seccomp ? seccomp_load(filter) : 0;
    return rc < 0 ? fail("seccomp", -rc, e) : 0;
}
