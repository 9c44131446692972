#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "shared/deadline.h"
#include "shared/file.h"

/* Every test runs in a new directory, which is then the working directory. */
static char scratch[] = "/tmp/writ-test.XXXXXX";

static int enter_scratch(void **state)
{
    (void)state;
    (void)strcpy(scratch + strlen(scratch) - 6, "XXXXXX");
    return mkdtemp(scratch) == NULL ? -1 : chdir(scratch);
}

static int leave_scratch(void **state)
{
    char line[64];

    (void)state;
    (void)snprintf(line, sizeof line, "rm -rf %s", scratch);
    return chdir("/") == 0 && system(line) == 0 ? 0 : -1;
}

#define IN_SCRATCH(function) cmocka_unit_test_setup_teardown(function, enter_scratch, leave_scratch)

static void put(const char *path, const char *content)
{
    FILE *f = fopen(path, "w");

    if (f == NULL || fputs(content, f) < 0 || fclose(f) != 0)
        fail_msg("cannot make %s", path);
}

/* Becomes an ordinary user until become_self; false when the test is one already. */
static bool become_nobody(void)
{
    return geteuid() == 0 && setegid(65534) == 0 && seteuid(65534) == 0;
}

static void become_self(void)
{
    if (seteuid(getuid()) != 0 || setegid(getgid()) != 0)
        fail_msg("cannot go back");
}

static void expect_fault(const char *path, enum writ_fault class, const char *words)
{
    struct writ_buffer out = {0};
    struct writ_error e = {0};

    writ_buffer_text(&out, "before");
    assert_fault(file_read(path, 1000, &out, &e), class, words);
    assert_string_equal(writ_buffer_string(&out), "before");
    writ_buffer_free(&out);
}

/* ---- reading ---- */

static void a_file_is_read_whole_and_appended(void **state)
{
    struct writ_buffer out = {0};
    struct writ_error e = {0};

    (void)state;
    put("f", "hello");
    put("empty", "");
    writ_buffer_text(&out, "> ");
    assert_ok(file_read("f", 1000, &out, &e));
    assert_ok(file_read("empty", 1000, &out, &e));
    assert_ok(file_read("empty", 0, &out, &e));
    assert_string_equal(writ_buffer_string(&out), "> hello");
    writ_buffer_free(&out);
}

static void a_large_file_arrives_in_order(void **state)
{
    enum { NUMBERS = 300000 };
    struct writ_buffer out = {0};
    struct writ_error e = {0};
    FILE *f = fopen("f", "w");

    (void)state;
    for (uint32_t i = 0; i < NUMBERS; i++)
        (void)fwrite(&i, sizeof i, 1, f);
    (void)fclose(f);
    assert_ok(file_read("f", 4 * NUMBERS, &out, &e));
    assert_int_equal(out.n, 4 * NUMBERS);
    for (uint32_t i = 0; i < NUMBERS; i += 997)
        assert_memory_equal(out.p + 4 * i, &i, 4);
    writ_buffer_free(&out);
}

static void the_ceiling_is_the_last_size_that_is_read(void **state)
{
    struct writ_buffer out = {0};
    struct writ_error e = {0};

    (void)state;
    put("f", "12345");
    assert_ok(file_read("f", 5, &out, &e));
    assert_int_equal(out.n, 5);
    assert_fault(file_read("f", 4, &out, &e), WRIT_FAULT_BAD_INPUT,
                 "f has 5 bytes, more than the 4 that are read at most");
    assert_int_equal(out.n, 5);
    writ_buffer_free(&out);
}

static void a_file_that_says_it_is_empty_is_read_all_the_same(void **state)
{
    struct writ_buffer out = {0};
    struct writ_error e = {0};

    (void)state;
    assert_ok(file_read("/proc/version", 10000, &out, &e));
    assert_true(out.n > 5);
    assert_fault(file_read("/proc/version", 4, &out, &e), WRIT_FAULT_BAD_INPUT,
                 "more than the 4 bytes");
    writ_buffer_free(&out);
}

static void a_symbolic_link_is_followed(void **state)
{
    struct writ_buffer out = {0};
    struct writ_error e = {0};

    (void)state;
    put("f", "hello");
    assert_int_equal(symlink("f", "link"), 0);
    assert_ok(file_read("link", 1000, &out, &e));
    assert_string_equal(writ_buffer_string(&out), "hello");
    writ_buffer_free(&out);
}

static void a_name_of_a_single_dash_is_a_name(void **state)
{
    struct writ_buffer out = {0};
    struct writ_error e = {0};

    (void)state;
    put("-", "dash");
    assert_ok(file_read("-", 1000, &out, &e));
    assert_string_equal(writ_buffer_string(&out), "dash");
    writ_buffer_free(&out);
}

static void what_is_not_a_regular_file_is_said_to_be_what_it_is(void **state)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "socket"};
    int s = socket(AF_UNIX, SOCK_STREAM, 0);

    (void)state;
    assert_int_equal(mkdir("dir", 0700), 0);
    assert_int_equal(mkfifo("fifo", 0600), 0);
    assert_int_equal(bind(s, (struct sockaddr *)&address, sizeof address), 0);
    expect_fault("dir", WRIT_FAULT_NO_INPUT, "dir is a directory; a regular file was wanted");
    expect_fault("fifo", WRIT_FAULT_NO_INPUT, "fifo is a FIFO; a regular file was wanted");
    expect_fault("socket", WRIT_FAULT_NO_INPUT, "socket is a socket; a regular file was wanted");
    expect_fault("/dev/null", WRIT_FAULT_NO_INPUT, "/dev/null is a character device");
    (void)close(s);
}

static void what_takes_the_place_of_a_file_meanwhile_is_not_read(void **state)
{
    struct writ_error e = {0};
    struct stat st;
    pid_t own = getpid();
    pid_t swapper;

    (void)state;
    put("file", "x");
    assert_int_equal(mkfifo("fifo", 0600), 0);
    assert_int_equal(link("file", "f"), 0);
    swapper = fork();
    while (swapper == 0) {
        if (getppid() != own || link("fifo", "new") != 0 || rename("new", "f") != 0 ||
            link("file", "new") != 0 || rename("new", "f") != 0)
            _exit(0);
    }
    for (int i = 0; i < 30000; i++) {
        int fd = file_open_regular("f", &st, &e);

        if (fd < 0) {
            assert_sentence(WRIT_FAULT_NO_INPUT, "f is a FIFO");
        } else {
            struct stat opened;

            assert_int_equal(fstat(fd, &opened), 0);
            assert_true(S_ISREG(opened.st_mode));
            assert_int_equal(st.st_ino, opened.st_ino);
            (void)close(fd);
        }
        writ_error_clear(&e);
    }
    (void)kill(swapper, SIGKILL);
    (void)waitpid(swapper, NULL, 0);
}

static void kinds_have_names(void **state)
{
    (void)state;
    assert_string_equal(file_kind(S_IFBLK), "a block device");
    assert_string_equal(file_kind(S_IFLNK | 0777), "a symbolic link");
    assert_string_equal(file_kind(S_IFREG | 0644), "a regular file");
    assert_string_equal(file_kind(0), "a file of an unknown kind");
}

static void what_is_not_there_is_no_input(void **state)
{
    char longest[NAME_MAX + 2];

    (void)state;
    put("f", "");
    assert_int_equal(symlink("nowhere", "dangling"), 0);
    assert_int_equal(symlink("loop2", "loop1"), 0);
    assert_int_equal(symlink("loop1", "loop2"), 0);
    memset(longest, 'a', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    expect_fault("missing", WRIT_FAULT_NO_INPUT, "cannot read missing: No such file");
    expect_fault("", WRIT_FAULT_NO_INPUT, "No such file");
    expect_fault("dangling", WRIT_FAULT_NO_INPUT, "No such file");
    expect_fault("loop1", WRIT_FAULT_NO_INPUT, "Too many levels of symbolic links");
    expect_fault("f/f", WRIT_FAULT_NO_INPUT, "Not a directory");
    expect_fault(longest, WRIT_FAULT_NO_INPUT, "File name too long");
}

static void what_must_not_be_read_is_a_question_of_permission(void **state)
{
    (void)state;
    put("f", "secret");
    assert_int_equal(chmod("f", 0), 0);
    assert_int_equal(chmod(".", 0755), 0);
    (void)become_nobody();
    expect_fault("f", WRIT_FAULT_PERMISSION, "cannot read f: Permission denied");
    become_self();
}

static void a_leased_file_is_unavailable_and_nobody_waits(void **state)
{
    int fd;

    (void)state;
    put("f", "leased");
    fd = open("f", O_RDWR);
    (void)signal(SIGIO, SIG_IGN);
    assert_int_equal(fcntl(fd, F_SETLEASE, F_WRLCK), 0);
    expect_fault("f", WRIT_FAULT_UNAVAILABLE, "another process holds a lease");
    (void)close(fd);
}

static void a_name_that_could_move_the_cursor_is_shown_safely(void **state)
{
    (void)state;
    expect_fault("\x1b[2Jx\n", WRIT_FAULT_NO_INPUT, "cannot read \\x1b[2Jx\\x0a: No such file");
}

static void a_path_too_long_to_show_leaves_room_for_the_reason(void **state)
{
    char path[3000];

    (void)state;
    for (size_t i = 0; i < sizeof path; i++)
        path[i] = i % 2 == 0 ? 'd' : '/';
    path[sizeof path - 1] = '\0';
    expect_fault(path, WRIT_FAULT_NO_INPUT, "...: No such file");
}

static void an_open_file_can_be_measured_and_mapped(void **state)
{
    struct writ_span map;
    struct writ_error e = {0};
    struct stat st;
    int fd;

    (void)state;
    put("f", "mapped");
    fd = file_open_regular("f", &st, &e);
    assert_true(fd >= 0);
    assert_int_equal(st.st_size, 6);
    assert_int_equal(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
    assert_ok(file_map(fd, (size_t)st.st_size, &map, &e));
    assert_spans_equal(map, writ_span_text("mapped"));
    file_unmap(&map);
    assert_int_equal(map.n, 0);
    file_unmap(&map);
    (void)close(fd);
}

static void nothing_can_be_mapped_and_unmapped(void **state)
{
    struct writ_span map;
    struct writ_error e = {0};

    (void)state;
    assert_ok(file_map(-1, 0, &map, &e));
    assert_int_equal(map.n, 0);
    file_unmap(&map);
}

static void what_cannot_be_mapped_is_a_fault(void **state)
{
    struct writ_span map;
    struct writ_error e = {0};
    int ends[2];

    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_fault(file_map(ends[0], 100, &map, &e), WRIT_FAULT_IO, "cannot map 100 bytes");
    assert_int_equal(map.n, 0);
    (void)close(ends[0]);
    (void)close(ends[1]);
}

/* Forks a writer into a pipe that writes text in two parts; returns the reading end. */
static int pipe_from_child(const char *first, const char *second, int flags)
{
    int ends[2];

    if (pipe2(ends, flags) != 0)
        fail_msg("no pipe");
    if (fork() == 0) {
        (void)close(ends[0]);
        (void)fcntl(ends[1], F_SETFL, 0);
        if (write(ends[1], first, strlen(first)) < 0 || write(ends[1], second, strlen(second)) < 0)
            _exit(1);
        _exit(0);
    }
    (void)close(ends[1]);
    return ends[0];
}

static void a_pipe_is_read_to_its_end(void **state)
{
    static const int flags[] = {0, O_NONBLOCK};
    struct writ_error e = {0};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct writ_buffer out = {0};
        int fd = pipe_from_child("hello, ", "world", flags[i]);

        assert_ok(file_read_fd(fd, "standard input", 12, &out, &e));
        assert_string_equal(writ_buffer_string(&out), "hello, world");
        (void)close(fd);
        (void)wait(NULL);
        writ_buffer_free(&out);
    }
}

static void a_pipe_over_the_ceiling_is_refused(void **state)
{
    struct writ_buffer out = {0};
    struct writ_error e = {0};
    int fd = pipe_from_child("hello, ", "world", 0);

    (void)state;
    assert_fault(file_read_fd(fd, "standard input", 11, &out, &e), WRIT_FAULT_BAD_INPUT,
                 "standard input has more than the 11 bytes that are read at most");
    assert_int_equal(out.n, 0);
    (void)close(fd);
    (void)wait(NULL);
    writ_buffer_free(&out);
}

static void a_buffer_with_a_lower_ceiling_is_a_fault_too(void **state)
{
    struct writ_buffer out = {.ceiling = 4};
    struct writ_error e = {0};

    (void)state;
    put("f", "hello");
    assert_fault(file_read("f", 1000, &out, &e), WRIT_FAULT_UNEXPECTED, "ceiling of 4");
    assert_int_equal(out.n, 0);
}

static void a_descriptor_that_cannot_be_read_is_a_fault(void **state)
{
    struct writ_buffer out = {0};
    struct writ_error e = {0};
    int fd = open(".", O_RDONLY);

    (void)state;
    assert_fault(file_read_fd(fd, "this", 10, &out, &e), WRIT_FAULT_IO,
                 "cannot read this: Is a directory");
    assert_fault(file_read_fd(-1, "that", 10, &out, &e), WRIT_FAULT_IO, "Bad file descriptor");
    (void)close(fd);
    writ_buffer_free(&out);
}

static void a_file_with_two_names_is_hard_linked(void **state)
{
    struct stat st;

    (void)state;
    put("f", "");
    assert_int_equal(stat("f", &st), 0);
    assert_false(file_is_hard_linked(&st));
    assert_int_equal(link("f", "g"), 0);
    assert_int_equal(stat("f", &st), 0);
    assert_true(file_is_hard_linked(&st));
}

/* ---- writing and copying ---- */

static void expect_content(const char *path, const char *wanted)
{
    struct writ_buffer out = {0};
    struct writ_error e = {0};

    assert_ok(file_read(path, 1 << 20, &out, &e));
    assert_string_equal(writ_buffer_string(&out), wanted);
    writ_buffer_free(&out);
}

static void a_full_device_is_said_to_be_full(void **state)
{
    struct writ_error e = {0};
    int fd = open("/dev/full", O_WRONLY);

    (void)state;
    assert_fault(file_write(fd, "the answer", writ_span_text("x"), &e), WRIT_FAULT_IO,
                 "cannot write the answer: No space left on device");
    writ_error_clear(&e);
    assert_ok(file_write(fd, "nothing", WRIT_SPAN_NONE, &e));
    (void)close(fd);
}

static void a_reader_that_went_away_is_a_fault(void **state)
{
    struct writ_error e = {0};
    int ends[2];

    (void)state;
    assert_int_equal(pipe(ends), 0);
    (void)close(ends[0]);
    (void)signal(SIGPIPE, SIG_IGN);
    assert_fault(file_write(ends[1], "x", writ_span_text("x"), &e), WRIT_FAULT_IO, "Broken pipe");
    (void)signal(SIGPIPE, SIG_DFL);
    (void)close(ends[1]);
}

static void a_part_of_a_file_is_copied_to_where_the_other_stands(void **state)
{
    struct writ_error e = {0};
    int from, to;

    (void)state;
    put("from", "0123456789");
    from = open("from", O_RDONLY);
    to = open("to", O_RDWR | O_CREAT, 0600);
    assert_ok(file_write(to, "to", writ_span_text("<"), &e));
    assert_ok(file_copy(from, 2, 5, to, "from", &e));
    assert_ok(file_copy(from, 0, 0, to, "from", &e));
    assert_ok(file_write(to, "to", writ_span_text(">"), &e));
    expect_content("to", "<23456>");
    assert_int_equal(lseek(from, 0, SEEK_CUR), 0);
    (void)close(from);
    (void)close(to);
}

static void a_copy_of_more_than_there_is_says_how_much_is_missing(void **state)
{
    struct writ_error e = {0};
    int from, to;

    (void)state;
    put("from", "0123456789");
    from = open("from", O_RDONLY);
    to = open("to", O_RDWR | O_CREAT, 0600);
    assert_fault(file_copy(from, 2, 11, to, "from", &e), WRIT_FAULT_IO,
                 "from ended 3 bytes early while it was copied");
    assert_fault(file_copy(from, 2, UINT64_MAX - 1, to, "from", &e), WRIT_FAULT_USAGE, "no file");
    assert_fault(file_copy(from, UINT64_MAX, 1, to, "from", &e), WRIT_FAULT_USAGE, "no file");
    (void)close(from);
    (void)close(to);
}

static void what_the_kernel_cannot_copy_by_itself_is_copied_all_the_same(void **state)
{
    struct writ_buffer version = {0};
    struct writ_error e = {0};
    int from = open("/proc/version", O_RDONLY), to = open("to", O_RDWR | O_CREAT, 0600);
    int from2, ends[2];
    char piece[3];

    (void)state;
    assert_ok(file_read("/proc/version", 10000, &version, &e));
    assert_ok(file_copy(from, 0, version.n, to, "version", &e));
    expect_content("to", writ_buffer_string(&version));
    put("from", "abc");
    from2 = open("from", O_RDONLY);
    assert_int_equal(pipe(ends), 0);
    assert_ok(file_copy(from2, 0, 3, ends[1], "from", &e));
    assert_int_equal(read(ends[0], piece, 3), 3);
    assert_memory_equal(piece, "abc", 3);
    (void)close(from);
    (void)close(from2);
    (void)close(to);
    (void)close(ends[0]);
    (void)close(ends[1]);
    writ_buffer_free(&version);
}

static void a_copy_onto_a_full_device_is_a_fault(void **state)
{
    struct writ_error e = {0};
    int from, to = open("/dev/full", O_WRONLY);

    (void)state;
    put("from", "abc");
    from = open("from", O_RDONLY);
    assert_fault(file_copy(from, 0, 3, to, "from", &e), WRIT_FAULT_IO, "No space left on device");
    (void)close(from);
    (void)close(to);
}

/* ---- directories ---- */

static mode_t mode_of(const char *path)
{
    struct stat st;

    if (lstat(path, &st) != 0)
        fail_msg("%s is missing", path);
    return st.st_mode & 07777;
}

static void missing_directories_are_made_with_their_mode(void **state)
{
    struct writ_error e = {0};
    mode_t old = umask(0022);

    (void)state;
    assert_ok(file_make_dirs("a/b//c/", 0700, &e));
    assert_int_equal(mode_of("a"), 0700);
    assert_int_equal(mode_of("a/b/c"), 0700);
    assert_ok(file_make_dirs("a/d", 0777, &e));
    assert_int_equal(mode_of("a/d"), 0755);
    assert_int_equal(mode_of("a"), 0700);
    assert_ok(file_make_dirs("./a/../x", 0750, &e));
    assert_int_equal(mode_of("x"), 0750);
    (void)umask(old);
}

static void existing_directories_are_left_alone(void **state)
{
    struct writ_error e = {0};

    (void)state;
    assert_int_equal(mkdir("real", 0711), 0);
    assert_int_equal(symlink("real", "link"), 0);
    assert_ok(file_make_dirs("link/sub", 0700, &e));
    assert_int_equal(mode_of("real"), 0711);
    assert_int_equal(mode_of("real/sub"), 0700);
    assert_ok(file_make_dirs("real", 0700, &e));
    assert_ok(file_make_dirs("/", 0700, &e));
    assert_ok(file_make_dirs(".", 0700, &e));
    assert_int_equal(mode_of("real"), 0711);
}

static void a_directory_that_cannot_be_made_is_a_fault(void **state)
{
    char longest[PATH_MAX + 10];
    struct writ_error e = {0};

    (void)state;
    put("f", "");
    assert_int_equal(symlink("nowhere", "dangling"), 0);
    assert_fault(file_make_dirs("f", 0700, &e), WRIT_FAULT_CANNOT_CREATE,
                 "f is a regular file; a directory was wanted");
    assert_fault(file_make_dirs("f/g", 0700, &e), WRIT_FAULT_CANNOT_CREATE, "Not a directory");
    assert_fault(file_make_dirs("dangling/x", 0700, &e), WRIT_FAULT_CANNOT_CREATE, "dangling");
    assert_fault(file_make_dirs("", 0700, &e), WRIT_FAULT_CANNOT_CREATE, "No such file");
    memset(longest, 'a', sizeof longest - 1);
    for (size_t i = 0; i < sizeof longest; i += 100)
        longest[i] = '/';
    longest[sizeof longest - 1] = '\0';
    assert_fault(file_make_dirs(longest + 1, 0700, &e), WRIT_FAULT_CANNOT_CREATE, "too long");
    assert_int_equal(chmod(".", 0555), 0);
    (void)become_nobody();
    assert_fault(file_make_dirs("new", 0700, &e), WRIT_FAULT_PERMISSION, "cannot make new");
    become_self();
    assert_int_equal(chmod(".", 0755), 0);
}

/* ---- locks ---- */

static void a_lock_is_held_by_one_at_a_time(void **state)
{
    struct writ_error e = {0};
    int first, second;

    (void)state;
    first = file_lock("lock", 0, &e);
    assert_true(first >= 0);
    assert_int_equal(mode_of("lock"), 0600);
    second = file_lock("lock", 0, &e);
    assert_int_equal(second, -1);
    assert_sentence(WRIT_FAULT_UNAVAILABLE,
                    "another writ is at work and holds the lock lock; waited 0 s");
    file_unlock(first);
    writ_error_clear(&e);
    second = file_lock("lock", 0, &e);
    assert_true(second >= 0);
    file_unlock(second);
    file_unlock(-1);
    assert_int_equal(access("lock", F_OK), 0);
}

static void waiting_for_a_lock_has_an_end(void **state)
{
    struct writ_error e = {0};
    int64_t begun = deadline_now();
    int first = file_lock("lock", 0, &e);

    (void)state;
    assert_int_equal(file_lock("lock", 1, &e), -1);
    assert_sentence(WRIT_FAULT_UNAVAILABLE, "waited 1 s");
    assert_true(deadline_now() - begun >= 1000);
    assert_true(deadline_now() - begun < 10000);
    file_unlock(first);
}

/* A child that holds the lock until it is told to go, by closing the pipe. */
static pid_t lock_in_child(int *go, bool unlock)
{
    struct writ_error e = {0};
    int ready[2], ends[2];
    char byte;
    pid_t pid;

    if (pipe(ready) != 0 || pipe(ends) != 0)
        fail_msg("no pipe");
    pid = fork();
    if (pid == 0) {
        int fd = file_lock("lock", 0, &e);

        (void)close(ends[1]);
        if (fd < 0 || write(ready[1], "x", 1) != 1 || read(ends[0], &byte, 1) != 0)
            _exit(1);
        if (unlock)
            file_unlock(fd);
        _exit(0);
    }
    (void)close(ready[1]);
    (void)close(ends[0]);
    if (read(ready[0], &byte, 1) != 1)
        fail_msg("the child did not get the lock");
    (void)close(ready[0]);
    *go = ends[1];
    return pid;
}

static void a_lock_is_taken_as_soon_as_its_holder_lets_go_or_dies(void **state)
{
    struct writ_error e = {0};

    (void)state;
    for (int unlock = 0; unlock < 2; unlock++) {
        int go, fd;
        pid_t pid = lock_in_child(&go, unlock != 0);

        assert_int_equal(file_lock("lock", 0, &e), -1);
        writ_error_clear(&e);
        (void)close(go);
        fd = file_lock("lock", 30, &e);
        assert_true(fd >= 0);
        file_unlock(fd);
        (void)waitpid(pid, NULL, 0);
    }
}

static void unlocking_is_at_once_even_if_a_child_has_the_descriptor_too(void **state)
{
    struct writ_error e = {0};
    int ends[2], fd;
    char byte;
    pid_t pid;

    (void)state;
    assert_int_equal(pipe(ends), 0);
    fd = file_lock("lock", 0, &e);
    assert_true(fd >= 0);
    pid = fork();
    if (pid == 0) {
        (void)close(ends[1]);
        _exit(read(ends[0], &byte, 1) == 0 ? 0 : 1);
    }
    file_unlock(fd);
    fd = file_lock("lock", 0, &e);
    assert_true(fd >= 0);
    file_unlock(fd);
    (void)close(ends[0]);
    (void)close(ends[1]);
    (void)waitpid(pid, NULL, 0);
}

static void a_killed_holder_leaves_no_lock(void **state)
{
    struct writ_error e = {0};
    int go, fd;
    pid_t pid = lock_in_child(&go, false);

    (void)state;
    (void)kill(pid, SIGKILL);
    (void)waitpid(pid, NULL, 0);
    fd = file_lock("lock", 0, &e);
    assert_true(fd >= 0);
    file_unlock(fd);
    (void)close(go);
}

static void what_cannot_be_a_lock_is_a_fault(void **state)
{
    struct writ_error e = {0};

    (void)state;
    assert_int_equal(mkdir("dir", 0700), 0);
    assert_int_equal(mkfifo("fifo", 0600), 0);
    assert_int_equal(symlink("elsewhere", "link"), 0);
    assert_int_equal(file_lock("dir", 0, &e), -1);
    assert_sentence(WRIT_FAULT_CANNOT_CREATE, "cannot open the lock dir: Is a directory");
    writ_error_clear(&e);
    assert_int_equal(file_lock("fifo", 0, &e), -1);
    assert_sentence(WRIT_FAULT_CANNOT_CREATE, "not a regular file");
    writ_error_clear(&e);
    assert_int_equal(file_lock("link", 0, &e), -1);
    assert_sentence(WRIT_FAULT_CANNOT_CREATE, "cannot open the lock link");
    assert_int_equal(access("elsewhere", F_OK), -1);
    writ_error_clear(&e);
    assert_int_equal(file_lock("missing/lock", 0, &e), -1);
    assert_sentence(WRIT_FAULT_CANNOT_CREATE, "No such file");
}

static const struct CMUnitTest claims[] = {
    IN_SCRATCH(a_file_is_read_whole_and_appended),
    IN_SCRATCH(a_large_file_arrives_in_order),
    IN_SCRATCH(the_ceiling_is_the_last_size_that_is_read),
    IN_SCRATCH(a_file_that_says_it_is_empty_is_read_all_the_same),
    IN_SCRATCH(a_symbolic_link_is_followed),
    IN_SCRATCH(a_name_of_a_single_dash_is_a_name),
    IN_SCRATCH(what_is_not_a_regular_file_is_said_to_be_what_it_is),
    IN_SCRATCH(what_takes_the_place_of_a_file_meanwhile_is_not_read),
    IN_SCRATCH(kinds_have_names),
    IN_SCRATCH(what_is_not_there_is_no_input),
    IN_SCRATCH(what_must_not_be_read_is_a_question_of_permission),
    IN_SCRATCH(a_leased_file_is_unavailable_and_nobody_waits),
    IN_SCRATCH(a_name_that_could_move_the_cursor_is_shown_safely),
    IN_SCRATCH(a_path_too_long_to_show_leaves_room_for_the_reason),
    IN_SCRATCH(an_open_file_can_be_measured_and_mapped),
    IN_SCRATCH(nothing_can_be_mapped_and_unmapped),
    IN_SCRATCH(what_cannot_be_mapped_is_a_fault),
    IN_SCRATCH(a_pipe_is_read_to_its_end),
    IN_SCRATCH(a_pipe_over_the_ceiling_is_refused),
    IN_SCRATCH(a_buffer_with_a_lower_ceiling_is_a_fault_too),
    IN_SCRATCH(a_descriptor_that_cannot_be_read_is_a_fault),
    IN_SCRATCH(a_file_with_two_names_is_hard_linked),
    IN_SCRATCH(a_full_device_is_said_to_be_full),
    IN_SCRATCH(a_reader_that_went_away_is_a_fault),
    IN_SCRATCH(a_part_of_a_file_is_copied_to_where_the_other_stands),
    IN_SCRATCH(a_copy_of_more_than_there_is_says_how_much_is_missing),
    IN_SCRATCH(what_the_kernel_cannot_copy_by_itself_is_copied_all_the_same),
    IN_SCRATCH(a_copy_onto_a_full_device_is_a_fault),
    IN_SCRATCH(missing_directories_are_made_with_their_mode),
    IN_SCRATCH(existing_directories_are_left_alone),
    IN_SCRATCH(a_directory_that_cannot_be_made_is_a_fault),
    IN_SCRATCH(a_lock_is_held_by_one_at_a_time),
    IN_SCRATCH(waiting_for_a_lock_has_an_end),
    IN_SCRATCH(a_lock_is_taken_as_soon_as_its_holder_lets_go_or_dies),
    IN_SCRATCH(unlocking_is_at_once_even_if_a_child_has_the_descriptor_too),
    IN_SCRATCH(a_killed_holder_leaves_no_lock),
    IN_SCRATCH(what_cannot_be_a_lock_is_a_fault),
};

RUN_CLAIMS(claims)
