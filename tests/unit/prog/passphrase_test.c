#include "shared/passphrase.h"

#include <fcntl.h>

#include "crypto/key.h"
#include "scratch.h"
#include "terminal.h"

/* ---- from a descriptor ---- */

/* A pipe that holds these bytes and is closed behind them. */
static int pipe_of(const char *bytes, size_t n)
{
    int ends[2];

    if (pipe(ends) < 0 || write(ends[1], bytes, n) != (ssize_t)n)
        fail_msg("cannot fill a pipe");
    (void)close(ends[1]);
    return ends[0];
}

static void need_from(const char *bytes, size_t n, struct passphrase *p, struct writ_error *e,
                      int *rc)
{
    int fd = pipe_of(bytes, n);

    *e = (struct writ_error){0};
    passphrase_start(p, fd);
    *rc = passphrase_need(p, PASSPHRASE_NEW, "the key", e);
    (void)close(fd);
}

/* The passphrase that these bytes give. */
static void gives(const char *bytes, const char *wanted)
{
    struct passphrase p;
    struct writ_error e;
    int rc;

    need_from(bytes, strlen(bytes), &p, &e, &rc);
    assert_ok(rc);
    assert_text(passphrase_bytes(&p), wanted);
    passphrase_forget(&p);
}

static void refuses(const char *bytes, size_t n, const char *sentence)
{
    struct passphrase p;
    struct writ_error e;
    int rc;

    need_from(bytes, n, &p, &e, &rc);
    assert_int_equal(rc, -1);
    assert_int_equal(e.fault, WRIT_FAULT_USAGE);
    assert_string_equal(e.text, sentence);
    assert_false(p.known);
    assert_int_equal(p.text.n, 0);
    passphrase_forget(&p);
}

static void a_descriptor_gives_its_first_line(void **state)
{
    (void)state;
    gives("correct horse\n", "correct horse");
    gives("correct horse", "correct horse");
    gives("one\ntwo\n", "one");
    gives(" kept \t\r\n", " kept \t\r");
    gives("\xc3\xa9\xff\n", "\xc3\xa9\xff");
}

static void no_more_than_the_line_is_taken(void **state)
{
    struct passphrase p;
    struct writ_error e = {0};
    int fd = pipe_of("one\ntwo", 7);
    char rest[8] = "";

    (void)state;
    passphrase_start(&p, fd);
    assert_ok(passphrase_need(&p, PASSPHRASE_OPEN, "the key", &e));
    assert_int_equal(read(fd, rest, sizeof rest), 3);
    assert_string_equal(rest, "two");
    passphrase_forget(&p);
    (void)close(fd);
}

static void an_empty_line_is_refused(void **state)
{
    (void)state;
    refuses("", 0, "--passphrase-fd: the passphrase is empty");
    refuses("\nnext", 5, "--passphrase-fd: the passphrase is empty");
}

static void a_nul_is_refused(void **state)
{
    (void)state;
    refuses("a\0b\n", 4, "--passphrase-fd: the passphrase holds a NUL byte");
}

static void the_longest_is_taken_and_one_byte_more_refused(void **state)
{
    char line[WRIT_PASSPHRASE_MAX + 3];

    (void)state;
    memset(line, 'x', sizeof line);
    line[WRIT_PASSPHRASE_MAX] = '\0';
    gives(line, line);
    line[WRIT_PASSPHRASE_MAX] = 'x';
    line[WRIT_PASSPHRASE_MAX + 1] = '\n';
    refuses(line, WRIT_PASSPHRASE_MAX + 2,
            "--passphrase-fd: the passphrase is longer than the 1024 bytes allowed");
}

static void a_line_far_too_long_is_refused_without_being_kept(void **state)
{
    static char line[60000];

    (void)state;
    memset(line, 'x', sizeof line);
    refuses(line, sizeof line,
            "--passphrase-fd: the passphrase is longer than the 1024 bytes allowed");
}

static void a_descriptor_that_cannot_be_read_is_a_fault(void **state)
{
    struct passphrase p;
    struct writ_error e = {0};
    int fd = open("/", O_RDONLY | O_DIRECTORY);

    (void)state;
    passphrase_start(&p, fd);
    assert_fault(passphrase_need(&p, PASSPHRASE_OPEN, "the key", &e), WRIT_FAULT_USAGE,
                 "Is a directory");
    (void)close(fd);
    passphrase_forget(&p);
}

static void a_descriptor_that_never_waits_is_waited_for(void **state)
{
    struct passphrase p;
    struct writ_error e = {0};
    int ends[2];
    pid_t pid;

    (void)state;
    assert_int_equal(pipe2(ends, O_NONBLOCK), 0);
    pid = fork();
    if (pid == 0)
        _exit(write(ends[1], "late\n", 5) == 5 ? 0 : 1);
    passphrase_start(&p, ends[0]);
    assert_ok(passphrase_need(&p, PASSPHRASE_OPEN, "the key", &e));
    assert_text(passphrase_bytes(&p), "late");
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    passphrase_forget(&p);
    (void)close(ends[0]);
    (void)close(ends[1]);
}

/* ---- from the environment ---- */

static void the_environment_gives_it_once_and_is_wiped(void **state)
{
    struct passphrase p;
    struct writ_error e = {0};
    char *value;

    (void)state;
    assert_int_equal(setenv("WRIT_PASSPHRASE", "battery staple", 1), 0);
    value = getenv("WRIT_PASSPHRASE");
    passphrase_start(&p, -1);
    assert_ok(passphrase_need(&p, PASSPHRASE_OPEN, "the key", &e));
    assert_text(passphrase_bytes(&p), "battery staple");
    assert_null(getenv("WRIT_PASSPHRASE"));
    assert_memory_equal(value, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 14);
    passphrase_forget(&p);
}

static void a_descriptor_comes_before_the_environment(void **state)
{
    (void)state;
    assert_int_equal(setenv("WRIT_PASSPHRASE", "battery staple", 1), 0);
    gives("from the descriptor\n", "from the descriptor");
    assert_string_equal(getenv("WRIT_PASSPHRASE"), "battery staple");
    assert_int_equal(unsetenv("WRIT_PASSPHRASE"), 0);
}

static void an_empty_variable_is_refused_rather_than_passed_over(void **state)
{
    struct passphrase p;
    struct writ_error e = {0};

    (void)state;
    assert_int_equal(setenv("WRIT_PASSPHRASE", "", 1), 0);
    passphrase_start(&p, -1);
    assert_fault(passphrase_need(&p, PASSPHRASE_OPEN, "the key", &e), WRIT_FAULT_USAGE,
                 "WRIT_PASSPHRASE: the passphrase is empty");
    passphrase_forget(&p);
}

static void it_is_asked_for_once(void **state)
{
    struct passphrase p;
    struct writ_error e = {0};
    int fd = pipe_of("one\ntwo\n", 8);

    (void)state;
    passphrase_start(&p, fd);
    assert_ok(passphrase_need(&p, PASSPHRASE_OPEN, "the CA", &e));
    assert_ok(passphrase_need(&p, PASSPHRASE_NEW, "alice", &e));
    assert_text(passphrase_bytes(&p), "one");
    passphrase_forget(&p);
    assert_false(p.known);
    (void)close(fd);
}

/* ---- from a terminal ---- */

/* In the child: asks, and ends with 0 when it was `wanted`, else with the fault's exit code. */
static void ask_and_exit(enum passphrase_use use, const char *wanted)
{
    struct passphrase p;
    struct writ_error e = {0};
    bool same;

    passphrase_start(&p, -1);
    if (passphrase_need(&p, use, "the CA \033[1mAcme", &e) < 0) {
        (void)printf("fault: %s\n", e.text);
        (void)fflush(stdout);
        _exit((int)e.fault);
    }
    same = writ_span_equal(passphrase_bytes(&p), writ_span_text(wanted));
    passphrase_forget(&p);
    _exit(same ? 0 : 99);
}

static void start_asking(struct terminal *t, enum passphrase_use use, const char *wanted)
{
    if (terminal_fork(t))
        ask_and_exit(use, wanted);
}

static void ends_with(struct terminal *t, int code)
{
    int status = terminal_end(t);

    if (!WIFEXITED(status) || WEXITSTATUS(status) != code)
        fail_msg("wanted exit code %d, found status %d after \"%s\"", code, status, t->seen);
}

static void the_terminal_is_asked_once_without_echo(void **state)
{
    struct terminal t;

    (void)state;
    start_asking(&t, PASSPHRASE_OPEN, "hush hush");
    terminal_await(&t, "Passphrase for the CA \\x1b[1mAcme: ");
    assert_false(terminal_echoes(&t));
    terminal_type(&t, "hush hush\n");
    ends_with(&t, 0);
    assert_null(strstr(t.seen, "hush"));
}

static void the_terminal_is_as_it_was_afterwards(void **state)
{
    struct terminal t;
    struct termios before, after;

    (void)state;
    if (terminal_fork(&t)) {
        struct passphrase p;
        struct writ_error e = {0};

        (void)tcgetattr(0, &before);
        passphrase_start(&p, -1);
        if (passphrase_need(&p, PASSPHRASE_OPEN, "x", &e) < 0)
            _exit(1);
        (void)tcgetattr(0, &after);
        _exit(before.c_lflag == after.c_lflag && before.c_iflag == after.c_iflag ? 0 : 2);
    }
    terminal_await(&t, ": ");
    terminal_type(&t, "x\n");
    ends_with(&t, 0);
}

static void what_was_typed_ahead_is_not_taken(void **state)
{
    struct terminal t;

    (void)state;
    if (terminal_fork(&t)) {
        char go;

        /* The first line is typed ahead; only its first byte is needed to go on. */
        if (read(0, &go, 1) != 1)
            _exit(1);
        ask_and_exit(PASSPHRASE_OPEN, "meant");
    }
    terminal_type(&t, "g not meant\n");
    terminal_await(&t, "Passphrase for ");
    terminal_await(&t, ": ");
    terminal_type(&t, "meant\n");
    ends_with(&t, 0);
}

static void a_new_one_is_asked_for_twice(void **state)
{
    struct terminal t;

    (void)state;
    start_asking(&t, PASSPHRASE_NEW, "long enough");
    terminal_await(&t, "New passphrase for the CA");
    terminal_await(&t, ": ");
    terminal_type(&t, "long enough\n");
    terminal_await(&t, "The same again: ");
    assert_false(terminal_echoes(&t));
    terminal_type(&t, "long enough\n");
    ends_with(&t, 0);
    assert_null(strstr(t.seen, "short"));
}

static void a_new_one_that_is_short_is_taken_with_a_warning(void **state)
{
    struct terminal t;

    (void)state;
    start_asking(&t, PASSPHRASE_NEW, "1234567");
    terminal_await(&t, ": ");
    terminal_type(&t, "1234567\n");
    terminal_await(&t, "That is short");
    terminal_await(&t, "again: ");
    terminal_type(&t, "1234567\n");
    ends_with(&t, 0);
}

static void an_old_one_that_is_short_is_no_news(void **state)
{
    struct terminal t;

    (void)state;
    start_asking(&t, PASSPHRASE_OPEN, "x");
    terminal_await(&t, ": ");
    terminal_type(&t, "x\n");
    ends_with(&t, 0);
    assert_null(strstr(t.seen, "short"));
}

static void a_new_one_that_was_mistyped_is_asked_for_again(void **state)
{
    struct terminal t;

    (void)state;
    start_asking(&t, PASSPHRASE_NEW, "second try");
    terminal_await(&t, ": ");
    terminal_type(&t, "first trial\n");
    terminal_await(&t, "again: ");
    terminal_type(&t, "first trail\n");
    terminal_await(&t, "not the same");
    terminal_await(&t, ": ");
    terminal_type(&t, "second try\n");
    terminal_await(&t, "again: ");
    terminal_type(&t, "second try\n");
    ends_with(&t, 0);
}

static void after_three_mistypings_it_is_a_fault(void **state)
{
    struct terminal t;

    (void)state;
    start_asking(&t, PASSPHRASE_NEW, "");
    for (int i = 0; i < PASSPHRASE_TRIES; i++) {
        terminal_await(&t, "New passphrase");
        terminal_await(&t, ": ");
        terminal_type(&t, "one thing or\n");
        terminal_await(&t, "again: ");
        terminal_type(&t, "another thing\n");
    }
    ends_with(&t, WRIT_FAULT_USAGE);
    assert_non_null(strstr(t.seen, "fault: the new passphrase was mistyped 3 times"));
}

static void an_empty_line_and_the_end_of_input_are_refused(void **state)
{
    struct terminal t;

    (void)state;
    start_asking(&t, PASSPHRASE_OPEN, "");
    terminal_await(&t, ": ");
    terminal_type(&t, "\n");
    ends_with(&t, WRIT_FAULT_USAGE);
    assert_non_null(strstr(t.seen, "fault: /dev/tty: the passphrase is empty"));
    start_asking(&t, PASSPHRASE_NEW, "");
    terminal_await(&t, ": ");
    terminal_type(&t, "\004");
    ends_with(&t, WRIT_FAULT_USAGE);
}

/* ---- signals ---- */

static void a_signal_ends_the_program_with_echo_back_on(void **state)
{
    static const struct {
        const char *keys; /* typed, or NULL: sent */
        int signal;
    } ways[] = {{"\003", SIGINT}, {"\034", SIGQUIT}, {NULL, SIGTERM}, {NULL, SIGHUP}};
    struct terminal t;

    (void)state;
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        int held = -1;
        int status;

        start_asking(&t, PASSPHRASE_OPEN, "");
        held = open(ptsname(t.fd), O_RDWR | O_NOCTTY); /* keeps the terminal when the child ends */
        assert_true(held >= 0);
        terminal_await(&t, ": ");
        assert_false(terminal_echoes(&t));
        terminal_type(&t, "half");
        if (ways[i].keys != NULL)
            terminal_type(&t, ways[i].keys);
        else
            assert_int_equal(kill(t.pid, ways[i].signal), 0);
        assert_int_equal(waitpid(t.pid, &status, 0), t.pid);
        assert_true(WIFSIGNALED(status));
        assert_int_equal(WTERMSIG(status), ways[i].signal);
        assert_true(terminal_echoes(&t));
        (void)close(held);
        (void)close(t.fd);
    }
}

/* What a shell does: the child asks in a process group of its own in the foreground, and is woken
 * up once when it was stopped.  Ends with the child's exit code. */
static void ask_under_a_shell(void)
{
    struct termios now;
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        (void)signal(SIGTTOU, SIG_IGN);
        if (setpgid(0, 0) < 0 || tcsetpgrp(0, getpid()) < 0)
            _exit(90);
        (void)signal(SIGTTOU, SIG_DFL);
        ask_and_exit(PASSPHRASE_OPEN, "whole");
    }
    if (waitpid(pid, &status, WUNTRACED) != pid || !WIFSTOPPED(status))
        _exit(91);
    if (tcgetattr(0, &now) < 0 || (now.c_lflag & ECHO) == 0)
        _exit(92);
    if (kill(pid, SIGCONT) < 0 || waitpid(pid, &status, 0) != pid)
        _exit(93);
    _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 94);
}

static void a_stop_gives_the_terminal_back_and_going_on_asks_again(void **state)
{
    struct terminal t;

    (void)state;
    if (terminal_fork(&t))
        ask_under_a_shell();
    terminal_await(&t, ": ");
    terminal_type(&t, "half\032");
    terminal_await(&t, "\n");
    terminal_await(&t, ": ");
    terminal_type(&t, "whole\n");
    ends_with(&t, 0);
}

static void a_signal_that_is_ignored_only_repeats_the_question(void **state)
{
    struct terminal t;

    (void)state;
    if (terminal_fork(&t)) {
        (void)signal(SIGHUP, SIG_IGN);
        ask_and_exit(PASSPHRASE_OPEN, "whole");
    }
    terminal_await(&t, ": ");
    assert_int_equal(kill(t.pid, SIGHUP), 0);
    terminal_await(&t, ": ");
    terminal_type(&t, "whole\n");
    ends_with(&t, 0);
}

/* ---- from nowhere ---- */

static void without_any_of_them_the_sentence_names_all_three(void **state)
{
    int status;
    pid_t pid;

    (void)state;
    pid = fork();
    if (pid == 0) {
        struct passphrase p;
        struct writ_error e = {0};

        (void)setsid(); /* no terminal any more */
        passphrase_start(&p, -1);
        if (passphrase_need(&p, PASSPHRASE_OPEN, "the CA Acme", &e) == 0)
            _exit(1);
        if (e.fault != WRIT_FAULT_USAGE)
            _exit(2);
        _exit(strcmp(e.text, "no passphrase for the CA Acme: give it with --passphrase-fd N, in "
                             "the environment as WRIT_PASSPHRASE, or on a terminal") == 0
                  ? 0
                  : 3);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

static int clear_environment(void **state)
{
    (void)state;
    return unsetenv("WRIT_PASSPHRASE");
}

static const struct CMUnitTest claims[] = {
    CLAIM(a_descriptor_gives_its_first_line),
    CLAIM(no_more_than_the_line_is_taken),
    CLAIM(an_empty_line_is_refused),
    CLAIM(a_nul_is_refused),
    CLAIM(the_longest_is_taken_and_one_byte_more_refused),
    CLAIM(a_line_far_too_long_is_refused_without_being_kept),
    CLAIM(a_descriptor_that_cannot_be_read_is_a_fault),
    CLAIM(a_descriptor_that_never_waits_is_waited_for),
    CLAIM(the_environment_gives_it_once_and_is_wiped),
    CLAIM(a_descriptor_comes_before_the_environment),
    CLAIM(an_empty_variable_is_refused_rather_than_passed_over),
    CLAIM(it_is_asked_for_once),
    CLAIM(the_terminal_is_asked_once_without_echo),
    CLAIM(the_terminal_is_as_it_was_afterwards),
    CLAIM(what_was_typed_ahead_is_not_taken),
    CLAIM(a_new_one_is_asked_for_twice),
    CLAIM(a_new_one_that_is_short_is_taken_with_a_warning),
    CLAIM(an_old_one_that_is_short_is_no_news),
    CLAIM(a_new_one_that_was_mistyped_is_asked_for_again),
    CLAIM(after_three_mistypings_it_is_a_fault),
    CLAIM(an_empty_line_and_the_end_of_input_are_refused),
    CLAIM(a_signal_ends_the_program_with_echo_back_on),
    CLAIM(a_stop_gives_the_terminal_back_and_going_on_asks_again),
    CLAIM(a_signal_that_is_ignored_only_repeats_the_question),
    CLAIM(without_any_of_them_the_sentence_names_all_three),
};

int main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name(__FILE__, claims, clear_environment, NULL);
}
