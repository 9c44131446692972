#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <openssl/x509v3.h>

#include "crypto/key.h"
#include "crypto/merkle.h"
#include "crypto/path.h"
#include "crypto/verify.h"
#include "shared/deadline.h"
#include "shared/jail.h"
#include "shared/jail_frame.h"

#define ANSWER_FD 1 /* where the child's answer goes */

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

/* Everything is volatile or goes through this, so that no compiler can leave it out. */
static volatile int sink;

static int run(jail_work *work, void *argument, struct writ_error *e)
{
    struct jail limits = {.deadline_ms = 20000};
    struct writ_buffer answer = {0};
    int rc = jail_run(&limits, work, argument, &answer, e);

    writ_buffer_free(&answer);
    return rc;
}

/* ---- answers and faults ---- */

static int say_hello(void *argument, struct writ_buffer *answer, struct writ_error *e)
{
    (void)e;
    writ_buffer_format(answer, "hello %s", (const char *)argument);
    return 0;
}

static void the_answer_is_appended_to_what_the_buffer_holds(void **state)
{
    char name[] = "world";
    struct writ_buffer answer = {0};
    struct writ_error e = {0};

    (void)state;
    writ_buffer_text(&answer, "> ");
    assert_ok(jail_run(&(struct jail){0}, say_hello, name, &answer, &e));
    assert_string_equal(writ_buffer_string(&answer), "> hello world");
    writ_buffer_free(&answer);
}

static int say_nothing(void *argument, struct writ_buffer *answer, struct writ_error *e)
{
    (void)argument, (void)answer, (void)e;
    return 0;
}

static void an_empty_answer_is_an_answer(void **state)
{
    struct writ_error e = {0};

    (void)state;
    assert_ok(run(say_nothing, NULL, &e));
}

static int say_much(void *argument, struct writ_buffer *answer, struct writ_error *e)
{
    (void)argument, (void)e;
    for (uint32_t i = 0; i < 1u << 20; i++)
        writ_buffer_add(answer, WRIT_SPAN(&i, sizeof i));
    return 0;
}

static void an_answer_of_four_megabytes_arrives_whole(void **state)
{
    struct writ_buffer answer = {0};
    struct writ_error e = {0};
    uint32_t last;

    (void)state;
    assert_ok(jail_run(&(struct jail){0}, say_much, NULL, &answer, &e));
    assert_int_equal(answer.n, 4u << 20);
    memcpy(&last, answer.p + answer.n - sizeof last, sizeof last);
    assert_int_equal(last, (1u << 20) - 1);
    writ_buffer_free(&answer);
}

static int refuse(void *argument, struct writ_buffer *answer, struct writ_error *e)
{
    (void)argument;
    writ_buffer_text(answer, "half an answer");
    return writ_fail_at(e, 4711, "serialNumber: wanted INTEGER, found \x1b[31m");
}

static void the_works_fault_keeps_class_and_offset_and_its_sentence_is_safe(void **state)
{
    struct writ_buffer answer = {0};
    struct writ_error e = {0};

    (void)state;
    writ_buffer_text(&answer, "before");
    assert_fault(jail_run(&(struct jail){0}, refuse, NULL, &answer, &e), WRIT_FAULT_BAD_INPUT,
                 "serialNumber: wanted INTEGER, found \\x1b[31m");
    assert_int_equal(e.offset, 4711);
    assert_string_equal(writ_buffer_string(&answer), "before");
    writ_buffer_free(&answer);
}

static int fail_silently(void *argument, struct writ_buffer *answer, struct writ_error *e)
{
    (void)argument, (void)answer, (void)e;
    return -1;
}

static void a_fault_that_the_work_left_empty_is_still_a_fault(void **state)
{
    struct writ_error e = {0};

    (void)state;
    assert_fault(run(fail_silently, NULL, &e), WRIT_FAULT_UNEXPECTED, "without saying why");
}

static int change_memory(void *argument, struct writ_buffer *answer, struct writ_error *e)
{
    (void)answer, (void)e;
    *(int *)argument = 2;
    return 0;
}

static void what_the_child_changes_in_memory_stays_there(void **state)
{
    struct writ_error e = {0};
    int value = 1;

    (void)state;
    assert_ok(run(change_memory, &value, &e));
    assert_int_equal(value, 1);
}

/* ---- what it may use ---- */

static int read_kept(void *argument, struct writ_buffer *answer, struct writ_error *e)
{
    int fd = *(int *)argument;
    uint8_t *p = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
    char part[5];

    if (p == MAP_FAILED || pread(fd, part, sizeof part, 7) != 5)
        return writ_fail_errno(e, WRIT_FAULT_IO, errno, "cannot read what was kept");
    writ_buffer_add(answer, WRIT_SPAN(p, 5));
    writ_buffer_add(answer, WRIT_SPAN(part, 5));
    writ_buffer_format(answer, " %lld", (long long)lseek(fd, 0, SEEK_END));
    return 0;
}

static int temp_file(const char *content)
{
    char path[] = "/tmp/writ-test.XXXXXX";
    int fd = mkstemp(path);

    if (fd < 0 || unlink(path) < 0 || write(fd, content, strlen(content)) != (int)strlen(content))
        fail_msg("cannot make a file in /tmp");
    return fd;
}

static void a_kept_descriptor_can_be_read_mapped_and_measured(void **state)
{
    int fd = temp_file("hello, world");
    struct jail limits = {.keep = {fd}, .keep_count = 1};
    struct writ_buffer answer = {0};
    struct writ_error e = {0};

    (void)state;
    assert_ok(jail_run(&limits, read_kept, &fd, &answer, &e));
    assert_string_equal(writ_buffer_string(&answer), "helloworld 12");
    writ_buffer_free(&answer);
    (void)close(fd);
}

static void standard_input_can_be_kept(void **state)
{
    int fd = temp_file("hello, world");
    int saved = dup(0);
    int zero = 0;
    struct jail limits = {.keep = {0}, .keep_count = 1};
    struct writ_buffer answer = {0};
    struct writ_error e = {0};
    int rc;

    (void)state;
    assert_int_equal(dup2(fd, 0), 0);
    rc = jail_run(&limits, read_kept, &zero, &answer, &e);
    assert_int_equal(dup2(saved, 0), 0);
    assert_ok(rc);
    writ_buffer_free(&answer);
    (void)close(fd);
    (void)close(saved);
}

/* Appends the numbers of all descriptors below 300 that are open. */
static int list_open(void *argument, struct writ_buffer *answer, struct writ_error *e)
{
    (void)argument, (void)e;
    for (int fd = 0; fd < 300; fd++) {
        if (lseek(fd, 0, SEEK_CUR) >= 0 || errno != EBADF)
            writ_buffer_format(answer, "%d ", fd);
    }
    return 0;
}

static void every_other_descriptor_is_closed(void **state)
{
    int low = open("/dev/null", O_RDWR);
    int kept = fcntl(low, F_DUPFD, 100);
    int above = fcntl(low, F_DUPFD, 200);
    struct jail limits = {.keep = {kept}, .keep_count = 1};
    struct writ_buffer answer = {0};
    struct writ_error e = {0};
    char wanted[32];

    (void)state;
    assert_ok(jail_run(&limits, list_open, NULL, &answer, &e));
    (void)snprintf(wanted, sizeof wanted, SANITIZED ? "1 2 %d " : "1 %d ", kept);
    assert_string_equal(writ_buffer_string(&answer), wanted);
    writ_buffer_free(&answer);
    (void)close(low);
    (void)close(kept);
    (void)close(above);
}

static void descriptors_that_make_no_sense_are_refused(void **state)
{
    struct jail out = {.keep = {1}, .keep_count = 1};
    struct jail errors = {.keep = {2}, .keep_count = 1};
    struct jail none = {.keep = {-1}, .keep_count = 1};
    struct jail many = {.keep_count = JAIL_KEEP_MAX + 1};
    struct writ_buffer answer = {0};
    struct writ_error e = {0};

    (void)state;
    assert_fault(jail_run(&out, say_nothing, NULL, &answer, &e), WRIT_FAULT_USAGE, "descriptor 1");
    assert_fault(jail_run(&errors, say_nothing, NULL, &answer, &e), WRIT_FAULT_USAGE,
                 "descriptor 2");
    assert_fault(jail_run(&none, say_nothing, NULL, &answer, &e), WRIT_FAULT_USAGE,
                 "descriptor -1");
    assert_fault(jail_run(&many, say_nothing, NULL, &answer, &e), WRIT_FAULT_USAGE, "out of range");
}

/* ---- what it may not do ---- */

/* Does something through a system call and answers with the errno it got ("0" when it worked). */
#define ATTEMPT(name, call)                                                                        \
    static int name(void *argument, struct writ_buffer *answer, struct writ_error *e)              \
    {                                                                                              \
        long rc_;                                                                                  \
                                                                                                   \
        (void)argument, (void)e;                                                                   \
        errno = 0;                                                                                 \
        rc_ = (long)(call);                                                                        \
        writ_buffer_format(answer, "%d", rc_ == -1 ? errno : 0);                                   \
        return 0;                                                                                  \
    }

static pid_t parent_pid;

ATTEMPT(open_a_file, syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY))
ATTEMPT(create_a_file, syscall(SYS_openat, AT_FDCWD, "/tmp/writ-jail-was-here", O_CREAT, 0600))
ATTEMPT(stat_a_file, syscall(SYS_newfstatat, AT_FDCWD, "/etc/passwd", &sink, 0))
ATTEMPT(ask_the_terminal, syscall(SYS_ioctl, 0, 0x5401, &sink))
ATTEMPT(raise_limits, syscall(SYS_prlimit64, 0, RLIMIT_FSIZE, NULL, &sink))
ATTEMPT(clone_a_thread_the_new_way, syscall(SYS_clone3, NULL, 0))
ATTEMPT(signal_by_thread, syscall(SYS_tgkill, parent_pid, parent_pid, SIGTERM))

ATTEMPT(open_a_socket, socket(AF_INET, SOCK_STREAM, 0))
ATTEMPT(open_a_unix_socket, socket(AF_UNIX, SOCK_STREAM, 0))
ATTEMPT(make_a_socket_pair, socketpair(AF_UNIX, SOCK_STREAM, 0, (int[2]){0, 0}))
ATTEMPT(execute, execl("/bin/true", "true", (char *)NULL))
ATTEMPT(fork_a_child, fork())
ATTEMPT(clone_a_process, syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, 0))
ATTEMPT(clone_a_namespace, syscall(SYS_clone, CLONE_THREAD | CLONE_NEWUSER, NULL, NULL, NULL, 0))
ATTEMPT(unshare_a_namespace, unshare(CLONE_NEWUSER))
ATTEMPT(kill_the_parent, kill(parent_pid, SIGKILL))
ATTEMPT(trace_the_parent, ptrace(PTRACE_ATTACH, parent_pid, NULL, NULL))
ATTEMPT(trace_itself, ptrace(PTRACE_TRACEME, 0, NULL, NULL))
ATTEMPT(write_into_the_parent, syscall(SYS_process_vm_writev, parent_pid, NULL, 0, NULL, 0, 0))
ATTEMPT(open_its_pidfd, syscall(SYS_pidfd_open, parent_pid, 0))
ATTEMPT(use_io_uring, syscall(SYS_io_uring_setup, 1, NULL))
ATTEMPT(load_bpf, syscall(SYS_bpf, 0, NULL, 0))
ATTEMPT(add_a_key, syscall(SYS_add_key, "user", "x", "y", 1, -2))
ATTEMPT(duplicate_a_descriptor, dup(ANSWER_FD))
ATTEMPT(make_a_pipe, pipe((int[2]){0, 0}))
ATTEMPT(make_a_memfd, syscall(SYS_memfd_create, "x", 0))
ATTEMPT(truncate_a_file, ftruncate(ANSWER_FD, 0))
ATTEMPT(remove_a_file, unlink("/tmp/writ-jail-was-here"))
ATTEMPT(change_directory, chdir("/"))
ATTEMPT(change_user, syscall(SYS_setuid, 0))
ATTEMPT(sleep_a_while, syscall(SYS_nanosleep, &(struct timespec){0, 1}, NULL))
ATTEMPT(wait_for_a_descriptor, syscall(SYS_poll, NULL, 0, 0))
ATTEMPT(change_the_filter, syscall(SYS_seccomp, 0, 0, NULL))
ATTEMPT(map_code,
        mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED)
ATTEMPT(map_shared, mmap(NULL, 4096, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0) == MAP_FAILED)
ATTEMPT(map_growing, mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN, -1,
                          0) == MAP_FAILED)
ATTEMPT(requeue_a_futex, syscall(SYS_futex, &sink, 3, 0, NULL, &sink, 0))
ATTEMPT(lock_a_pi_futex, syscall(SYS_futex, &sink, 6, 0, NULL, NULL, 0))
ATTEMPT(call_what_does_not_exist, syscall(1999))
#ifdef __x86_64__
ATTEMPT(call_by_the_x32_numbers, syscall(0x40000000 + 39))
#endif

static uint8_t some_page[8192] __attribute__((aligned(4096)));
ATTEMPT(make_memory_code, mprotect(some_page, 4096, PROT_READ | PROT_EXEC))

static void what_libraries_try_is_declined_and_they_carry_on(void **state)
{
    static const struct {
        jail_work *work;
        int error;
    } tries[] = {{open_a_file, EACCES},    {create_a_file, EACCES},
                 {stat_a_file, EACCES},    {ask_the_terminal, ENOTTY},
                 {raise_limits, EPERM},    {clone_a_thread_the_new_way, ENOSYS},
                 {signal_by_thread, EPERM}};

    (void)state;
    for (size_t i = 0; i < sizeof tries / sizeof tries[0]; i++) {
        struct writ_buffer answer = {0};
        struct writ_error e = {0};

        assert_ok(jail_run(&(struct jail){0}, tries[i].work, NULL, &answer, &e));
        assert_int_equal(atoi(writ_buffer_string(&answer)), tries[i].error);
        writ_buffer_free(&answer);
    }
    assert_int_equal(access("/tmp/writ-jail-was-here", F_OK), -1);
}

/* The test programs of AddressSanitizer allow some more; what must never work is in here. */
static void everything_else_ends_the_child(void **state)
{
#define TRY(name)                                                                                  \
    {                                                                                              \
        name, #name                                                                                \
    }
    static const struct {
        jail_work *work;
        const char *name;
    } tries[] = {
        TRY(open_a_socket),
        TRY(open_a_unix_socket),
        TRY(make_a_socket_pair),
        TRY(execute),
        TRY(fork_a_child),
        TRY(clone_a_process),
        TRY(clone_a_namespace),
        TRY(unshare_a_namespace),
        TRY(kill_the_parent),
        TRY(trace_the_parent),
        TRY(trace_itself),
        TRY(write_into_the_parent),
        TRY(open_its_pidfd),
        TRY(use_io_uring),
        TRY(load_bpf),
        TRY(add_a_key),
        TRY(duplicate_a_descriptor),
        TRY(make_a_pipe),
        TRY(make_a_memfd),
        TRY(truncate_a_file),
        TRY(remove_a_file),
        TRY(change_directory),
        TRY(change_user),
        TRY(sleep_a_while),
        TRY(wait_for_a_descriptor),
        TRY(change_the_filter),
        TRY(map_code),
        TRY(map_shared),
        TRY(map_growing),
        TRY(make_memory_code),
        TRY(requeue_a_futex),
        TRY(lock_a_pi_futex),
        TRY(call_what_does_not_exist),
#ifdef __x86_64__
        TRY(call_by_the_x32_numbers),
#endif
    };

    (void)state;
    parent_pid = getpid();
    for (size_t i = 0; i < sizeof tries / sizeof tries[0]; i++) {
        struct writ_error e = {0};

        if (run(tries[i].work, NULL, &e) == 0)
            fail_msg("%s was possible", tries[i].name);
        assert_sentence(WRIT_FAULT_UNEXPECTED, "forbidden system call");
    }
}

#ifdef __x86_64__
static void *call_by_another_abi(void *argument)
{
    sink = (int)syscall(0x40000000 + 39);
    return argument;
}
#else
static void *call_by_another_abi(void *argument)
{
    sink = (int)syscall(1999);
    return argument;
}
#endif

static int misbehave_in_a_thread(void *argument, struct writ_buffer *answer, struct writ_error *e)
{
    pthread_t thread;

    (void)answer;
    if (pthread_create(&thread, NULL, call_by_another_abi, argument) != 0)
        return writ_fail(e, WRIT_FAULT_UNEXPECTED, "no thread");
    (void)pthread_join(thread, NULL);
    return 0;
}

static void a_thread_that_misbehaves_ends_the_whole_child(void **state)
{
    struct writ_error e = {0};

    (void)state;
    assert_fault(run(misbehave_in_a_thread, NULL, &e), WRIT_FAULT_UNEXPECTED,
                 "forbidden system call");
}

static int write_to(void *argument, struct writ_buffer *answer, struct writ_error *e)
{
    (void)answer, (void)e;
    return write(*(int *)argument, "x", 1) == 1 ? 0 : -1;
}

static void writing_to_a_kept_descriptor_ends_the_child(void **state)
{
    int fd = temp_file("untouched");
    struct jail limits = {.keep = {fd}, .keep_count = 1};
    struct writ_buffer answer = {0};
    struct writ_error e = {0};
    struct stat st;

    (void)state;
    assert_fault(jail_run(&limits, write_to, &fd, &answer, &e), WRIT_FAULT_UNEXPECTED,
                 "forbidden system call");
    assert_int_equal(fstat(fd, &st), 0);
    assert_int_equal(st.st_size, 9);
    (void)close(fd);
}

/* ---- answers of a child that was taken over ---- */

static int send_garbage(void *argument, struct writ_buffer *answer, struct writ_error *e)
{
    (void)argument, (void)answer, (void)e;
    sink = (int)write(ANSWER_FD, "garbage", 7);
    return 0;
}

static void a_bad_frame_is_a_fault(void **state)
{
    struct writ_error e = {0};

    (void)state;
    assert_fault(run(send_garbage, NULL, &e), WRIT_FAULT_UNEXPECTED, "not well formed");
}

static int answer_twice(void *argument, struct writ_buffer *answer, struct writ_error *e)
{
    uint8_t header[JAIL_FRAME_HEADER];

    (void)argument, (void)answer, (void)e;
    jail_frame_answer(header, 0);
    sink = (int)write(ANSWER_FD, header, sizeof header);
    return 0;
}

static void a_second_answer_is_a_fault(void **state)
{
    struct writ_error e = {0};

    (void)state;
    assert_fault(run(answer_twice, NULL, &e), WRIT_FAULT_UNEXPECTED, "not well formed");
}

static int answer_without_end(void *argument, struct writ_buffer *answer, struct writ_error *e)
{
    static const uint8_t zeros[65536];

    (void)argument, (void)answer, (void)e;
    do {
        sink = (int)write(ANSWER_FD, zeros, sizeof zeros);
    } while (sink > 0);
    return -1;
}

static void an_endless_answer_is_cut_off_at_the_ceiling(void **state)
{
    struct jail limits = {.answer_bytes = 100000, .deadline_ms = 20000};
    struct writ_buffer answer = {0};
    struct writ_error e = {0};
    int64_t begun = deadline_now();

    (void)state;
    assert_fault(jail_run(&limits, answer_without_end, NULL, &answer, &e), WRIT_FAULT_UNEXPECTED,
                 "more than the 100000 bytes");
    assert_true(deadline_now() - begun < 10000);
    assert_int_equal(answer.n, 0);
}

static void an_honest_answer_over_the_ceiling_is_a_fault(void **state)
{
    struct jail limits = {.answer_bytes = (4u << 20) - 1};
    struct writ_buffer answer = {0};
    struct writ_error e = {0};

    (void)state;
    assert_fault(jail_run(&limits, say_much, NULL, &answer, &e), WRIT_FAULT_UNEXPECTED, "ceiling");
    limits.answer_bytes++;
    writ_error_clear(&e);
    assert_ok(jail_run(&limits, say_much, NULL, &answer, &e));
    writ_buffer_free(&answer);
}

static int leave(void *argument, struct writ_buffer *answer, struct writ_error *e)
{
    (void)answer, (void)e;
    _exit(*(int *)argument);
}

static void a_child_that_leaves_without_an_answer_is_a_fault(void **state)
{
    struct writ_error e = {0};
    int code = 3;

    (void)state;
    assert_fault(run(leave, &code, &e), WRIT_FAULT_UNEXPECTED, "without an answer");
    code = 0;
    assert_fault(run(leave, &code, &e), WRIT_FAULT_UNEXPECTED, "not well formed");
}

static int answer_then_fail(void *argument, struct writ_buffer *answer, struct writ_error *e)
{
    uint8_t header[JAIL_FRAME_HEADER];

    (void)argument, (void)answer, (void)e;
    jail_frame_answer(header, 0);
    sink = (int)write(ANSWER_FD, header, sizeof header);
    _exit(9);
}

static void an_answer_of_a_child_that_failed_afterwards_does_not_count(void **state)
{
    struct writ_error e = {0};

    (void)state;
    assert_fault(run(answer_then_fail, NULL, &e), WRIT_FAULT_UNEXPECTED, "status");
}

/* ---- time and memory ---- */

static int wait_for_ever(void *argument, struct writ_buffer *answer, struct writ_error *e)
{
    char byte;

    (void)answer, (void)e;
    sink = (int)read(*(int *)argument, &byte, 1);
    return 0;
}

static void a_child_that_waits_for_ever_is_ended_at_the_deadline(void **state)
{
    int ends[2];
    struct jail limits = {.keep_count = 1, .deadline_ms = 100};
    struct writ_buffer answer = {0};
    struct writ_error e = {0};
    int64_t begun = deadline_now();

    (void)state;
    assert_int_equal(pipe(ends), 0);
    limits.keep[0] = ends[0];
    assert_fault(jail_run(&limits, wait_for_ever, &ends[0], &answer, &e), WRIT_FAULT_UNAVAILABLE,
                 "did not finish within 100 ms");
    assert_true(deadline_now() - begun >= 100);
    assert_true(deadline_now() - begun < 10000);
    (void)close(ends[0]);
    (void)close(ends[1]);
}

static int answer_and_stay(void *argument, struct writ_buffer *answer, struct writ_error *e)
{
    uint8_t header[JAIL_FRAME_HEADER];

    (void)answer, (void)e;
    jail_frame_answer(header, 0);
    sink = (int)write(ANSWER_FD, header, sizeof header);
    (void)close(ANSWER_FD);
    return wait_for_ever(argument, answer, e);
}

static void a_child_that_answers_and_stays_is_ended_at_the_deadline(void **state)
{
    int ends[2];
    struct jail limits = {.keep_count = 1, .deadline_ms = 100};
    struct writ_buffer answer = {0};
    struct writ_error e = {0};

    (void)state;
    assert_int_equal(pipe(ends), 0);
    limits.keep[0] = ends[0];
    assert_fault(jail_run(&limits, answer_and_stay, &ends[0], &answer, &e), WRIT_FAULT_UNAVAILABLE,
                 "did not finish within 100 ms");
    (void)close(ends[0]);
    (void)close(ends[1]);
}

static int spin(void *argument, struct writ_buffer *answer, struct writ_error *e)
{
    (void)argument, (void)answer, (void)e;
    sink = 0;
    do {
        sink ^= 1;
    } while (sink < 2);
    return -1;
}

static void a_child_that_computes_for_ever_is_ended_by_its_processor_time(void **state)
{
    struct jail limits = {.cpu_seconds = 1, .deadline_ms = 30000};
    struct writ_buffer answer = {0};
    struct writ_error e = {0};

    (void)state;
    assert_fault(jail_run(&limits, spin, NULL, &answer, &e), WRIT_FAULT_UNAVAILABLE,
                 "more than 1 s of processor time");
}

static int allocate_for_ever(void *argument, struct writ_buffer *answer, struct writ_error *e)
{
    size_t total = 0;

    (void)argument, (void)answer;
    for (uint8_t *p; (p = malloc(1 << 20)) != NULL; total++)
        memset(p, 1, 1 << 20);
    return writ_fail(e, WRIT_FAULT_UNEXPECTED, "out of memory after %s",
                     total < 64 ? "64" : "more");
}

static int map_for_ever(void *argument, struct writ_buffer *answer, struct writ_error *e)
{
    (void)argument, (void)answer;
    while (mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
           MAP_FAILED)
        ;
    return writ_fail(e, WRIT_FAULT_UNEXPECTED, "no more maps: %s", strerror(errno));
}

static int protect_for_ever(void *argument, struct writ_buffer *answer, struct writ_error *e)
{
    void *p = mmap(NULL, (size_t)1 << 32, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    (void)argument, (void)answer;
    if (p != MAP_FAILED && mprotect(p, (size_t)1 << 32, PROT_READ | PROT_WRITE) == 0)
        return 0;
    return writ_fail(e, WRIT_FAULT_UNEXPECTED, "no more of it: %s", strerror(errno));
}

static void memory_ends_at_its_ceiling(void **state)
{
    struct jail limits = {.memory_bytes = 64u << 20, .deadline_ms = 20000};
    struct writ_buffer answer = {0};
    struct writ_error e = {0};

    (void)state;
    if (SANITIZED)
        return; /* AddressSanitizer's own memory is beyond any ceiling, so there is none */
    assert_fault(jail_run(&limits, allocate_for_ever, NULL, &answer, &e), WRIT_FAULT_UNEXPECTED,
                 "out of memory after 64");
    assert_fault(jail_run(&limits, map_for_ever, NULL, &answer, &e), WRIT_FAULT_UNEXPECTED,
                 "Cannot allocate memory");
    assert_fault(jail_run(&limits, protect_for_ever, NULL, &answer, &e), WRIT_FAULT_UNEXPECTED,
                 "Cannot allocate memory");
}

static int map_whole(void *argument, struct writ_buffer *answer, struct writ_error *e)
{
    int fd = *(int *)argument;
    size_t n = (size_t)lseek(fd, 0, SEEK_END);
    const uint8_t *p = mmap(NULL, n, PROT_READ, MAP_PRIVATE, fd, 0);

    if (p == MAP_FAILED)
        return writ_fail_errno(e, WRIT_FAULT_IO, errno, "cannot map");
    writ_buffer_format(answer, "%zu %d", n, p[n - 1]);
    return 0;
}

static void a_mapped_file_does_not_count_as_memory(void **state)
{
    int fd = temp_file("");
    struct jail limits = {.keep = {fd}, .keep_count = 1, .memory_bytes = 64u << 20};
    struct writ_buffer answer = {0};
    struct writ_error e = {0};

    (void)state;
    assert_int_equal(ftruncate(fd, 1 << 30), 0);
    assert_ok(jail_run(&limits, map_whole, &fd, &answer, &e));
    assert_string_equal(writ_buffer_string(&answer), "1073741824 0");
    writ_buffer_free(&answer);
    (void)close(fd);
}

/* ---- ends ---- */

static int crash(void *argument, struct writ_buffer *answer, struct writ_error *e)
{
    (void)answer, (void)e;
    *(volatile int *)argument = 1;
    return 0;
}

static int run_out_of_stack(void *argument, struct writ_buffer *answer, struct writ_error *e)
{
    volatile char room[65536];

    room[0] = (char)sink;
    room[65535] = 1;
    return sink < 2 ? run_out_of_stack(argument, answer, e) + room[0] : 0;
}

static int abandon(void *argument, struct writ_buffer *answer, struct writ_error *e)
{
    (void)argument, (void)answer, (void)e;
    abort();
}

static int smash_the_stack(void *argument, struct writ_buffer *answer, struct writ_error *e)
{
    volatile char room[16];
    volatile char *p = room;

    (void)argument, (void)answer, (void)e;
    for (int i = 0; i < 64; i++)
        p[i] = 'x';
    return room[3] - 'x';
}

static void a_crash_is_a_fault_and_the_parent_survives(void **state)
{
    void *nowhere = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    struct writ_error e = {0};

    (void)state;
    assert_fault(run(crash, nowhere, &e), WRIT_FAULT_UNEXPECTED, "crashed (Segmentation fault)");
    assert_fault(run(run_out_of_stack, NULL, &e), WRIT_FAULT_UNEXPECTED, "crashed");
    assert_fault(run(abandon, NULL, &e), WRIT_FAULT_UNEXPECTED, "crashed");
    if (!SANITIZED) /* which would see it first */
        assert_fault(run(smash_the_stack, NULL, &e), WRIT_FAULT_UNEXPECTED, "crashed");
}

static int read_first_byte(void *argument, struct writ_buffer *answer, struct writ_error *e)
{
    (void)answer, (void)e;
    sink = *(volatile uint8_t *)argument;
    return 0;
}

static void a_file_cut_short_under_its_mapping_is_said_to_have_changed(void **state)
{
    int fd = temp_file("soon gone");
    void *map = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
    struct writ_error e = {0};

    (void)state;
    assert_int_equal(ftruncate(fd, 0), 0);
    assert_fault(run(read_first_byte, map, &e), WRIT_FAULT_IO, "changed while it was read");
    (void)munmap(map, 4096);
    (void)close(fd);
}

/* A look from outside at the jailed child of this program, by a thread that uses neither malloc
 * nor OpenSSL: reads its /proc/PID/status and limits, then does to it what is asked. */
struct onlooker {
    char status[4096]; /* what it has read */
    char limits[4096];
    int release; /* a descriptor to write to, or -1 */
    int signal;  /* a signal to send, or 0 */
    atomic_bool started;
    atomic_bool done;
};

static size_t slurp(const char *path, char *out, size_t room)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? 0 : read(fd, out, room - 1);

    if (fd >= 0)
        (void)close(fd);
    out[n < 0 ? 0 : n] = '\0';
    return n < 0 ? 0 : (size_t)n;
}

static void *look_on(void *shared)
{
    struct onlooker *o = shared;
    char path[64], children[256];
    int child = 0;

    atomic_store(&o->started, true);
    while (!atomic_load(&o->done) && (child == 0 || strstr(o->status, "Seccomp:\t2") == NULL)) {
        (void)snprintf(path, sizeof path, "/proc/self/task/%d/children", getpid());
        child = slurp(path, children, sizeof children) == 0 ? 0 : atoi(children);
        (void)snprintf(path, sizeof path, "/proc/%d/status", child);
        if (child != 0)
            (void)slurp(path, o->status, sizeof o->status);
        (void)sched_yield();
    }
    (void)snprintf(path, sizeof path, "/proc/%d/limits", child);
    (void)slurp(path, o->limits, sizeof o->limits);
    if (o->signal != 0 && child != 0)
        (void)kill(child, o->signal);
    if (o->release >= 0)
        sink = (int)write(o->release, "x", 1);
    return NULL;
}

/* Runs a child that waits for a byte while the onlooker looks on. */
static int run_watched(struct onlooker *o, int signal_number, bool release, struct writ_error *e)
{
    int ends[2];
    struct jail limits = {.keep_count = 1, .deadline_ms = 20000};
    struct writ_buffer answer = {0};
    pthread_t thread;
    int rc;

    if (pipe(ends) != 0)
        fail_msg("no pipe");
    limits.keep[0] = ends[0];
    *o = (struct onlooker){.release = release ? ends[1] : -1, .signal = signal_number};
    if (pthread_create(&thread, NULL, look_on, o) != 0)
        fail_msg("no thread");
    /* A thread that is being made holds locks of a sanitizer, which the child would inherit. */
    while (!atomic_load(&o->started))
        (void)sched_yield();
    rc = jail_run(&limits, wait_for_ever, &ends[0], &answer, e);
    atomic_store(&o->done, true);
    (void)pthread_join(thread, NULL);
    (void)close(ends[0]);
    (void)close(ends[1]);
    return rc;
}

static void the_kernel_says_that_the_child_is_locked_up(void **state)
{
    struct onlooker o;
    struct writ_error e = {0};

    (void)state;
    assert_ok(run_watched(&o, 0, true, &e));
    assert_non_null(strstr(o.status, "Name:\twrit-jail\n"));
    assert_non_null(strstr(o.status, "NoNewPrivs:\t1\n"));
    assert_non_null(strstr(o.status, "Seccomp:\t2\n"));
    assert_non_null(strstr(o.status, "CapPrm:\t0000000000000000\n"));
    assert_non_null(strstr(o.status, "CapEff:\t0000000000000000\n"));
    assert_non_null(strstr(o.status, "SigBlk:\t0000000000000000\n"));
}

/* A line of /proc/PID/limits. */
static void expect_limit(const struct onlooker *o, const char *name, long soft, long hard)
{
    const char *line = strstr(o->limits, name);
    long found[2] = {-1, -1};

    if (line == NULL || sscanf(line + strlen(name), "%ld %ld", &found[0], &found[1]) != 2)
        fail_msg("no %s", name);
    assert_int_equal(found[0], soft);
    assert_int_equal(found[1], hard);
}

static void the_kernel_says_that_the_child_is_limited(void **state)
{
    struct onlooker o;
    struct writ_error e = {0};

    (void)state;
    assert_ok(run_watched(&o, 0, true, &e));
    expect_limit(&o, "Max core file size", 0, 0);
    expect_limit(&o, "Max file size", 0, 0);
    expect_limit(&o, "Max open files", 0, 0);
    expect_limit(&o, "Max cpu time", JAIL_CPU_SECONDS, JAIL_CPU_SECONDS + 1);
    if (!SANITIZED)
        expect_limit(&o, "Max data size", JAIL_MEMORY_BYTES, JAIL_MEMORY_BYTES);
}

static void a_child_ended_from_outside_is_a_fault(void **state)
{
    struct onlooker o;
    struct writ_error e = {0};

    (void)state;
    assert_fault(run_watched(&o, SIGKILL, false, &e), WRIT_FAULT_UNAVAILABLE,
                 "ended from outside (Killed)");
    assert_fault(run_watched(&o, SIGTERM, false, &e), WRIT_FAULT_UNAVAILABLE,
                 "ended from outside (Terminated)");
}

static void nothing(int number)
{
    (void)number;
}

static void handlers_and_blocked_signals_of_the_parent_do_not_reach_the_child(void **state)
{
    struct onlooker o;
    struct writ_error e = {0};
    sigset_t term;

    (void)state;
    (void)sigemptyset(&term);
    (void)sigaddset(&term, SIGTERM);
    (void)signal(SIGTERM, nothing);
    (void)sigprocmask(SIG_BLOCK, &term, NULL);
    assert_fault(run_watched(&o, SIGTERM, false, &e), WRIT_FAULT_UNAVAILABLE, "Terminated");
    (void)sigprocmask(SIG_UNBLOCK, &term, NULL);
    (void)signal(SIGTERM, SIG_DFL);
}

static void no_child_and_no_descriptor_is_left_behind(void **state)
{
    struct writ_error e = {0};
    int before = dup(0), after;

    (void)state;
    for (int i = 0; i < 20; i++) {
        int code = i % 2;

        writ_error_clear(&e);
        (void)!run(i % 4 < 2 ? leave : say_nothing, &code, &e);
    }
    after = dup(0);
    assert_int_equal(after, before + 1);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
    (void)close(before);
    (void)close(after);
}

static void a_program_started_with_sigchld_ignored_can_still_use_jails(void **state)
{
    struct sigaction forgetful = {.sa_handler = SIG_DFL, .sa_flags = SA_NOCLDWAIT};
    struct writ_error e = {0};

    (void)state;
    (void)signal(SIGCHLD, SIG_IGN);
    assert_fault(run(say_nothing, NULL, &e), WRIT_FAULT_USAGE, "SIGCHLD is ignored");
    (void)sigaction(SIGCHLD, &forgetful, NULL);
    assert_fault(run(say_nothing, NULL, &e), WRIT_FAULT_USAGE, "SIGCHLD is ignored");
    writ_error_clear(&e);
    assert_ok(jail_prepare(&e));
    assert_ok(run(say_nothing, NULL, &e));
}

static void jails_can_be_prepared_again(void **state)
{
    struct sigaction action;
    struct writ_error e = {0};

    (void)state;
    (void)signal(SIGCHLD, nothing);
    assert_ok(jail_prepare(&e));
    assert_int_equal(sigaction(SIGCHLD, NULL, &action), 0);
    assert_true(action.sa_handler == nothing);
    assert_ok(run(say_nothing, NULL, &e));
    (void)signal(SIGCHLD, SIG_DFL);
}

static void the_first_fault_wins(void **state)
{
    struct writ_error e = {WRIT_FAULT_USAGE, 1, "earlier"};

    (void)state;
    assert_int_equal(run(refuse, NULL, &e), -1);
    assert_string_equal(e.text, "earlier");
    assert_int_equal(e.offset, 1);
}

static void this_kernel_offers_seccomp(void **state)
{
    struct jail_strength strength = jail_strength();

    (void)state;
    assert_true(strength.seccomp);
    assert_true(strength.landlock >= 0);
}

/* ---- the library at work inside ---- */

struct content {
    struct writ_span bytes;
    unsigned threads;
};

static int hash(void *argument, struct writ_buffer *answer, struct writ_error *e)
{
    const struct content *c = argument;
    uint8_t *root = writ_buffer_extend(answer, WRIT_SHA256_BYTES);

    return root == NULL ? writ_fail_memory(e) : writ_merkle_root(c->bytes, c->threads, root, e);
}

static void a_merkle_root_is_hashed_by_several_threads(void **state)
{
    static uint8_t bytes[5 << 20];
    struct content c = {WRIT_SPAN_OF(bytes), 2};
    struct writ_buffer answer = {0};
    struct writ_error e = {0};
    uint8_t root[WRIT_SHA256_BYTES];

    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 31 >> 3);
    assert_ok(writ_merkle_root(c.bytes, 1, root, &e));
    for (c.threads = 1; c.threads <= 16; c.threads *= 2) {
        assert_ok(jail_run(&(struct jail){0}, hash, &c, &answer, &e));
        assert_spans_equal(writ_buffer_span(&answer), WRIT_SPAN_OF(root));
        writ_buffer_free(&answer);
    }
}

struct signed_message {
    enum writ_oid algorithm;
    struct writ_buffer spki;
    struct writ_buffer signature;
    struct writ_span message;
};

static int verify(void *argument, struct writ_buffer *answer, struct writ_error *e)
{
    struct signed_message *m = argument;
    enum writ_signature_state good, bad;

    if (writ_verify_signature(writ_buffer_span(&m->spki), m->algorithm, m->message,
                              writ_buffer_span(&m->signature), &good, e) < 0)
        return -1;
    m->signature.p[m->signature.n - 1] ^= 1;
    if (writ_verify_signature(writ_buffer_span(&m->spki), m->algorithm, m->message,
                              writ_buffer_span(&m->signature), &bad, e) < 0)
        return -1;
    writ_buffer_format(answer, "%d %d", good == WRIT_SIGNATURE_GOOD, bad == WRIT_SIGNATURE_GOOD);
    return 0;
}

static void signatures_are_verified_inside(void **state)
{
    static const enum writ_key_kind kinds[] = {WRIT_KEY_P256, WRIT_KEY_ED25519};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct signed_message m = {.message = writ_span_text("attack at dawn")};
        struct writ_buffer answer = {0};
        struct writ_error e = {0};
        struct writ_key *key = writ_key_generate(kinds[i], &e);

        assert_non_null(key);
        m.algorithm = writ_key_algorithm(key);
        assert_ok(writ_key_public(key, &m.spki, &e));
        assert_ok(writ_key_sign(key, m.message, &m.signature, &e));
        assert_ok(jail_run(&(struct jail){0}, verify, &m, &answer, &e));
        assert_string_equal(writ_buffer_string(&answer), "1 0");
        writ_buffer_free(&m.spki);
        writ_buffer_free(&m.signature);
        writ_buffer_free(&answer);
        writ_key_free(key);
    }
}

/* A certificate for a new key, signed by issuer_key under issuer_name; DER in the buffer. */
static EVP_PKEY *certify(const char *name, bool ca, EVP_PKEY *issuer_key, const char *issuer_name,
                         struct writ_buffer *der)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *cert = X509_new();
    X509_EXTENSION *basic = X509V3_EXT_conf_nid(NULL, NULL, NID_basic_constraints,
                                                ca ? "critical,CA:TRUE" : "CA:FALSE");
    unsigned char *p = NULL;
    int n;

    (void)X509_set_version(cert, X509_VERSION_3);
    (void)ASN1_INTEGER_set(X509_get_serialNumber(cert), 7);
    (void)ASN1_TIME_set(X509_getm_notBefore(cert), 1700000000);
    (void)ASN1_TIME_set(X509_getm_notAfter(cert), 1800000000);
    (void)X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN", MBSTRING_UTF8,
                                     (const unsigned char *)name, -1, -1, 0);
    (void)X509_NAME_add_entry_by_txt(X509_get_issuer_name(cert), "CN", MBSTRING_UTF8,
                                     (const unsigned char *)issuer_name, -1, -1, 0);
    (void)X509_set_pubkey(cert, key);
    (void)X509_add_ext(cert, basic, -1);
    (void)X509_sign(cert, issuer_key == NULL ? key : issuer_key, EVP_sha256());
    n = i2d_X509(cert, &p);
    if (n <= 0)
        fail_msg("no certificate");
    writ_buffer_add(der, WRIT_SPAN(p, (size_t)n));
    OPENSSL_free(p);
    X509_EXTENSION_free(basic);
    X509_free(cert);
    return key;
}

struct chain {
    struct writ_buffer root;
    struct writ_buffer leaf;
};

static int build_path(void *argument, struct writ_buffer *answer, struct writ_error *e)
{
    struct chain *c = argument;
    struct writ_span anchor = writ_buffer_span(&c->root);
    struct writ_path path = {0};

    if (writ_path_build(writ_buffer_span(&c->leaf), NULL, 0, &anchor, 1, 1750000000, false, &path,
                        e) < 0)
        return -1;
    writ_buffer_format(answer, "%d certificates, state %d", (int)path.count, (int)path.state);
    writ_path_free(&path);
    return 0;
}

static void a_certification_path_is_built_inside(void **state)
{
    struct chain c = {{0}, {0}};
    struct writ_buffer answer = {0};
    struct writ_error e = {0};
    EVP_PKEY *root = certify("Root", true, NULL, "Root", &c.root);
    EVP_PKEY *leaf = certify("Leaf", false, root, "Root", &c.leaf);

    (void)state;
    assert_ok(jail_run(&(struct jail){0}, build_path, &c, &answer, &e));
    assert_string_equal(writ_buffer_string(&answer), "2 certificates, state 0");
    writ_buffer_free(&answer);
    writ_buffer_free(&c.root);
    writ_buffer_free(&c.leaf);
    EVP_PKEY_free(root);
    EVP_PKEY_free(leaf);
}

static int sort_numbers(const void *a, const void *b)
{
    int x = *(const int *)a, y = *(const int *)b;

    return (x > y) - (x < y);
}

static int use_libc(void *argument, struct writ_buffer *answer, struct writ_error *e)
{
    int *numbers = calloc(100000, sizeof *numbers);

    (void)argument;
    if (numbers == NULL)
        return writ_fail_memory(e);
    for (int i = 0; i < 100000; i++)
        numbers[i] = (int)((unsigned)i * 2654435761u >> 8);
    qsort(numbers, 100000, sizeof *numbers, sort_numbers);
    for (int i = 1; i < 100000; i++) {
        if (numbers[i - 1] > numbers[i])
            return writ_fail(e, WRIT_FAULT_UNEXPECTED, "not sorted");
    }
    numbers = realloc(numbers, 8u << 20);
    writ_buffer_format(answer, "%s %.2f", strerror(ENOENT), numbers == NULL ? 0.0 : 1.5);
    free(numbers);
    return 0;
}

static void what_the_c_library_does_by_itself_works_inside(void **state)
{
    struct writ_buffer answer = {0};
    struct writ_error e = {0};

    (void)state;
    assert_ok(jail_run(&(struct jail){0}, use_libc, NULL, &answer, &e));
    assert_string_equal(writ_buffer_string(&answer), "No such file or directory 1.50");
    writ_buffer_free(&answer);
}

static const struct CMUnitTest claims[] = {
    CLAIM(this_kernel_offers_seccomp),
    CLAIM(the_answer_is_appended_to_what_the_buffer_holds),
    CLAIM(an_empty_answer_is_an_answer),
    CLAIM(an_answer_of_four_megabytes_arrives_whole),
    CLAIM(the_works_fault_keeps_class_and_offset_and_its_sentence_is_safe),
    CLAIM(a_fault_that_the_work_left_empty_is_still_a_fault),
    CLAIM(the_first_fault_wins),
    CLAIM(what_the_child_changes_in_memory_stays_there),
    CLAIM(a_kept_descriptor_can_be_read_mapped_and_measured),
    CLAIM(standard_input_can_be_kept),
    CLAIM(every_other_descriptor_is_closed),
    CLAIM(descriptors_that_make_no_sense_are_refused),
    CLAIM(what_libraries_try_is_declined_and_they_carry_on),
    CLAIM(everything_else_ends_the_child),
    CLAIM(a_thread_that_misbehaves_ends_the_whole_child),
    CLAIM(writing_to_a_kept_descriptor_ends_the_child),
    CLAIM(a_bad_frame_is_a_fault),
    CLAIM(a_second_answer_is_a_fault),
    CLAIM(an_endless_answer_is_cut_off_at_the_ceiling),
    CLAIM(an_honest_answer_over_the_ceiling_is_a_fault),
    CLAIM(a_child_that_leaves_without_an_answer_is_a_fault),
    CLAIM(an_answer_of_a_child_that_failed_afterwards_does_not_count),
    CLAIM(a_child_that_waits_for_ever_is_ended_at_the_deadline),
    CLAIM(a_child_that_answers_and_stays_is_ended_at_the_deadline),
    CLAIM(a_child_that_computes_for_ever_is_ended_by_its_processor_time),
    CLAIM(memory_ends_at_its_ceiling),
    CLAIM(a_mapped_file_does_not_count_as_memory),
    CLAIM(a_crash_is_a_fault_and_the_parent_survives),
    CLAIM(a_file_cut_short_under_its_mapping_is_said_to_have_changed),
    CLAIM(the_kernel_says_that_the_child_is_locked_up),
    CLAIM(the_kernel_says_that_the_child_is_limited),
    CLAIM(a_child_ended_from_outside_is_a_fault),
    CLAIM(handlers_and_blocked_signals_of_the_parent_do_not_reach_the_child),
    CLAIM(no_child_and_no_descriptor_is_left_behind),
    CLAIM(a_program_started_with_sigchld_ignored_can_still_use_jails),
    CLAIM(jails_can_be_prepared_again),
    CLAIM(a_merkle_root_is_hashed_by_several_threads),
    CLAIM(signatures_are_verified_inside),
    CLAIM(a_certification_path_is_built_inside),
    CLAIM(what_the_c_library_does_by_itself_works_inside),
};

static int prepare(void **state)
{
    struct writ_error e = {0};

    (void)state;
    return jail_prepare(&e);
}

int main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name(__FILE__, claims, prepare, NULL);
}
