#include "shared/out.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <signal.h>

#include "scratch.h"
#include "terminal.h"

/* What a child wrote, and how it ended. */
struct said {
    struct writ_buffer out;
    struct writ_buffer err;
    int code;
};

typedef int speaker(struct out *o);

static void redirect(const struct scratch *s, const char *name, int fd)
{
    char path[128];
    int file;

    (void)snprintf(path, sizeof path, "%s/%s", s->path, name);
    file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (file < 0 || dup2(file, fd) != fd)
        _exit(98);
}

/* Speaks in a child whose standard output and error are files. */
static struct said speak(speaker *what, bool json, bool quiet, unsigned verbose)
{
    struct scratch s = scratch_make();
    struct said said = {0};
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        struct out o;

        redirect(&s, "out", STDOUT_FILENO);
        redirect(&s, "err", STDERR_FILENO);
        out_start(&o, "app");
        o.json = json;
        o.quiet = quiet;
        o.verbose = verbose;
        _exit(out_finish(&o, what(&o)));
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    said.code = WEXITSTATUS(status);
    said.out = scratch_get(&s, "out");
    said.err = scratch_get(&s, "err");
    scratch_remove(&s);
    return said;
}

static void said_is(struct said *said, int code, const char *out, const char *err)
{
    assert_text(writ_buffer_span(&said->out), out);
    assert_text(writ_buffer_span(&said->err), err);
    assert_int_equal(said->code, code);
    writ_buffer_free(&said->out);
    writ_buffer_free(&said->err);
}

static json_t *document(struct said *said)
{
    json_error_t error;
    json_t *root = json_loadb((const char *)said->out.p, said->out.n, 0, &error);

    if (root == NULL)
        fail_msg("not one JSON document: %s: %s", error.text, writ_buffer_string(&said->out));
    assert_int_equal(json_integer_value(json_object_get(root, "schema")), OUT_JSON_SCHEMA);
    return root;
}

static void free_said(struct said *said, json_t *root)
{
    json_decref(root);
    writ_buffer_free(&said->out);
    writ_buffer_free(&said->err);
}

/* ---- results ---- */

static int say_all(struct out *o)
{
    out_say(o, "hello %s", "world");
    writ_emit_string(out_emit(o), "name", "alice");
    writ_emit_number(out_emit(o), "not_before", 7);
    out_say(o, "bye");
    out_note(o, "note %d", 1);
    out_detail(o, 1, "detail");
    out_detail(o, 2, "more detail");
    return 5;
}

static void results_are_text_for_people(void **state)
{
    struct said said = speak(say_all, false, false, 0);

    (void)state;
    said_is(&said, 5, "hello world\nname: alice\nnot before: 7\nbye\n", "app: note 1\n");
}

static void results_are_one_json_document_for_programs(void **state)
{
    struct said said = speak(say_all, true, false, 0);
    json_t *root = document(&said);

    (void)state;
    assert_int_equal(json_object_size(root), 3);
    assert_string_equal(json_string_value(json_object_get(root, "name")), "alice");
    assert_int_equal(json_integer_value(json_object_get(root, "not_before")), 7);
    assert_text(writ_buffer_span(&said.err), "app: note 1\n");
    free_said(&said, root);
}

static void quiet_keeps_results_and_notes_back(void **state)
{
    struct said said = speak(say_all, false, true, 0);

    (void)state;
    said_is(&said, 5, "", "");
}

static void quiet_does_not_keep_json_back(void **state)
{
    struct said said = speak(say_all, true, true, 0);
    json_t *root = document(&said);

    (void)state;
    assert_int_equal(json_object_size(root), 3);
    assert_int_equal(said.err.n, 0);
    free_said(&said, root);
}

static void details_are_said_when_asked_for(void **state)
{
    struct said said = speak(say_all, false, false, 1);

    (void)state;
    said_is(&said, 5, "hello world\nname: alice\nnot before: 7\nbye\n",
            "app: note 1\napp: detail\n");
    said = speak(say_all, false, false, 2);
    said_is(&said, 5, "hello world\nname: alice\nnot before: 7\nbye\n",
            "app: note 1\napp: detail\napp: more detail\n");
}

static int say_nothing(struct out *o)
{
    (void)o;
    return 0;
}

static void nothing_said_is_nothing_written(void **state)
{
    struct said said = speak(say_nothing, false, false, 0);

    (void)state;
    said_is(&said, 0, "", "");
}

static int say_data(struct out *o)
{
    out_data(o, WRIT_SPAN("\0\033\xff\n", 4));
    return 0;
}

static void data_is_written_byte_for_byte_even_when_quiet(void **state)
{
    struct said said = speak(say_data, false, true, 0);

    (void)state;
    assert_int_equal(said.out.n, 4);
    assert_memory_equal(said.out.p, "\0\033\xff\n", 4);
    writ_buffer_free(&said.out);
    writ_buffer_free(&said.err);
}

static int say_a_lot(struct out *o)
{
    for (int i = 0; i < 100000; i++)
        out_say(o, "line %d", i);
    return 0;
}

static void much_is_written_whole(void **state)
{
    struct said said = speak(say_a_lot, false, false, 0);

    (void)state;
    assert_int_equal(said.out.n, 10 * 7 + 90 * 8 + 900 * 9 + 9000 * 10 + 90000 * 11);
    writ_buffer_free(&said.out);
    writ_buffer_free(&said.err);
}

/* ---- notes ---- */

/* Standard error goes where standard output goes, as on a terminal. */
static int say_and_note(struct out *o)
{
    if (dup2(STDOUT_FILENO, STDERR_FILENO) < 0)
        return 98;
    out_note(o, "before");
    out_say(o, "done");
    out_note(o, "do this next");
    out_note(o, "and that");
    return 0;
}

static void notes_follow_the_results_they_are_about(void **state)
{
    struct said said = speak(say_and_note, false, false, 0);

    (void)state;
    said_is(&said, 0, "app: before\ndone\napp: do this next\napp: and that\n", "");
}

static int note_and_fail(struct out *o)
{
    struct writ_error e = {0};

    (void)say_and_note(o);
    (void)writ_fail(&e, WRIT_FAULT_NO_INPUT, "no more");
    return out_fault_line(o, &e);
}

static void other_lines_do_not_overtake_notes(void **state)
{
    struct said said = speak(note_and_fail, false, false, 0);

    (void)state;
    said_is(&said, WRIT_FAULT_NO_INPUT,
            "app: before\napp: do this next\napp: and that\napp: no more\ndone\n", "");
}

/* ---- strangers' words ---- */

static int say_strange_things(struct out *o)
{
    struct writ_error e = {0};

    out_say(o, "name: %s", "\033[2Jalice\nrefused");
    out_note(o, "%s", "note\r\xe2\x80\xae");
    writ_emit_string(out_emit(o), "name", "\033[2J");
    (void)writ_fail(&e, WRIT_FAULT_NO_INPUT, "%s", "\a\nwrit: allowed");
    return out_fault(o, &e);
}

static void words_of_strangers_are_made_safe_everywhere(void **state)
{
    struct said said = speak(say_strange_things, false, false, 0);

    (void)state;
    said_is(&said, 66, "name: \\x1b[2Jalice\\x0arefused\nname: \\x1b[2J\n",
            "app: note\\x0d\\u{202e}\napp: \\x07\\x0awrit: allowed\n");
}

/* ---- faults ---- */

static int fault_after_results(struct out *o)
{
    struct writ_error e = {0};

    writ_emit_string(out_emit(o), "name", "alice");
    writ_emit_list(out_emit(o), "chain");
    (void)writ_fail(&e, WRIT_FAULT_NO_INPUT, "%s: not there", "file");
    return out_fault(o, &e);
}

static void a_fault_is_a_line_and_its_exit_code(void **state)
{
    struct said said = speak(fault_after_results, false, false, 0);

    (void)state;
    said_is(&said, 66, "name: alice\nchain: none\n", "app: file: not there\n");
}

static void a_fault_is_said_even_when_quiet(void **state)
{
    struct said said = speak(fault_after_results, false, true, 0);

    (void)state;
    said_is(&said, 66, "", "app: file: not there\n");
}

static void a_fault_is_the_json_document_in_place_of_the_results(void **state)
{
    struct said said = speak(fault_after_results, true, false, 0);
    json_t *root = document(&said);
    json_t *fault = json_object_get(root, "fault");

    (void)state;
    assert_int_equal(json_object_size(root), 2);
    assert_int_equal(json_object_size(fault), 3);
    assert_string_equal(json_string_value(json_object_get(fault, "class")), "no-input");
    assert_int_equal(json_integer_value(json_object_get(fault, "exit")), 66);
    assert_string_equal(json_string_value(json_object_get(fault, "message")), "file: not there");
    assert_int_equal(said.code, 66);
    assert_text(writ_buffer_span(&said.err), "app: file: not there\n");
    free_said(&said, root);
}

static int fault_twice_and_go_on(struct out *o)
{
    struct writ_error e = {0};
    int first;

    (void)writ_fail_at(&e, 17, "first \"quoted\"");
    first = out_fault(o, &e);
    writ_error_clear(&e);
    (void)writ_fail(&e, WRIT_FAULT_IO, "second");
    assert_int_equal(out_fault(o, &e), 74);
    writ_emit_string(out_emit(o), "name", "too late");
    return first;
}

static void the_first_fault_is_the_document_and_results_after_it_are_dropped(void **state)
{
    struct said said = speak(fault_twice_and_go_on, true, false, 0);
    json_t *root = document(&said);
    json_t *fault = json_object_get(root, "fault");

    (void)state;
    assert_int_equal(json_object_size(root), 2);
    assert_string_equal(json_string_value(json_object_get(fault, "message")), "first \"quoted\"");
    assert_int_equal(json_integer_value(json_object_get(fault, "offset")), 17);
    assert_int_equal(said.code, 65);
    assert_text(writ_buffer_span(&said.err), "app: first \"quoted\"\napp: second\n");
    free_said(&said, root);
}

static int fault_about_one_of_two(struct out *o)
{
    struct writ_emit *m = out_emit(o);
    struct writ_error e = {0};
    int code;

    (void)writ_fail(&e, WRIT_FAULT_PERMISSION, "b: not allowed");
    writ_emit_list(m, "subjects");
    writ_emit_object(m, NULL);
    writ_emit_string(m, "file", "a");
    writ_emit_end(m);
    writ_emit_object(m, NULL);
    writ_emit_string(m, "file", "b");
    out_emit_fault(m, &e);
    writ_emit_end(m);
    code = out_fault_line(o, &e);
    return code;
}

static void a_fault_about_one_of_several_stands_among_the_results(void **state)
{
    struct said said = speak(fault_about_one_of_two, true, false, 0);
    json_t *root = document(&said);
    json_t *second = json_array_get(json_object_get(root, "subjects"), 1);

    (void)state;
    assert_string_equal(json_string_value(json_object_get(second, "file")), "b");
    assert_string_equal(
        json_string_value(json_object_get(json_object_get(second, "fault"), "class")),
        "permission");
    assert_text(writ_buffer_span(&said.err), "app: b: not allowed\n");
    assert_int_equal(said.code, 77);
    free_said(&said, root);
}

/* ---- where it cannot be written ---- */

/* Speaks with standard output on this path (NULL: closed), and tells how it ended. */
static int finish_on(const char *path, int status, char *line, size_t room)
{
    int ends[2];
    int code;
    ssize_t n;
    pid_t pid;

    assert_int_equal(pipe(ends), 0);
    pid = fork();
    if (pid == 0) {
        int file = path == NULL ? -1 : open(path, O_WRONLY);
        struct out o;

        (void)dup2(ends[1], STDERR_FILENO);
        (void)close(STDOUT_FILENO);
        if (file >= 0)
            (void)dup2(file, STDOUT_FILENO);
        out_start(&o, "app");
        out_say(&o, "result");
        _exit(out_finish(&o, status));
    }
    (void)close(ends[1]);
    n = read(ends[0], line, room - 1);
    line[n < 0 ? 0 : n] = '\0';
    (void)close(ends[0]);
    assert_int_equal(waitpid(pid, &code, 0), pid);
    assert_true(WIFEXITED(code));
    return WEXITSTATUS(code);
}

static void a_full_standard_output_is_a_fault(void **state)
{
    char line[256];

    (void)state;
    assert_int_equal(finish_on("/dev/full", 0, line, sizeof line), 74);
    assert_string_equal(line, "app: standard output: No space left on device\n");
}

static void a_closed_standard_output_is_a_fault(void **state)
{
    char line[256];

    (void)state;
    assert_int_equal(finish_on(NULL, 0, line, sizeof line), 74);
    assert_string_equal(line, "app: standard output: Bad file descriptor\n");
}

static void a_refusal_stays_one_when_it_cannot_be_written(void **state)
{
    static const int codes[][2] = {{0, 74}, {2, 2}, {3, 3}, {4, 74}, {5, 74}, {6, 6}, {66, 74}};
    char line[256];

    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        assert_int_equal(finish_on("/dev/full", codes[i][0], line, sizeof line), codes[i][1]);
        assert_int_not_equal(line[0], '\0');
    }
}

static void descriptors_that_were_closed_are_not_given_to_files(void **state)
{
    int status;
    pid_t pid = fork();

    (void)state;
    if (pid == 0) {
        struct out o;
        char byte;

        (void)close(0);
        (void)close(1);
        (void)close(2);
        out_start(&o, "app");
        if (open("/dev/null", O_RDONLY) != 3)
            _exit(1);
        if (read(0, &byte, 1) != -1 || write(1, "x", 1) != -1 || write(2, "x", 1) != -1)
            _exit(2);
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

static void a_pipe_nobody_empties_at_once_gets_everything(void **state)
{
    static char part[65536];
    size_t total = 0;
    int ends[2];
    int status;
    ssize_t n;
    pid_t pid;

    (void)state;
    assert_int_equal(pipe2(ends, 0), 0);
    assert_int_equal(fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
    pid = fork();
    if (pid == 0) {
        struct out o;

        (void)dup2(ends[1], STDOUT_FILENO);
        (void)close(ends[0]);
        (void)close(ends[1]);
        out_start(&o, "app");
        _exit(out_finish(&o, say_a_lot(&o)));
    }
    (void)close(ends[1]);
    while ((n = read(ends[0], part, sizeof part)) > 0)
        total += (size_t)n;
    (void)close(ends[0]);
    assert_int_equal(total, 10 * 7 + 90 * 8 + 900 * 9 + 9000 * 10 + 90000 * 11);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

static int flush_between(struct out *o)
{
    struct writ_error e = {0};

    out_say(o, "before");
    if (out_flush(o, &e) < 0)
        return out_fault(o, &e);
    if (write(STDOUT_FILENO, "child\n", 6) != 6)
        return 1;
    out_say(o, "after");
    return 0;
}

static void what_is_flushed_stands_before_what_others_write(void **state)
{
    struct said said = speak(flush_between, false, false, 0);

    (void)state;
    said_is(&said, 0, "before\nchild\nafter\n", "");
}

static int overflow(struct out *o)
{
    o->text.ceiling = 4096;
    return say_a_lot(o);
}

static void results_over_the_ceiling_are_a_fault_and_not_cut(void **state)
{
    struct said said = speak(overflow, false, false, 0);

    (void)state;
    assert_int_equal(said.code, WRIT_FAULT_UNEXPECTED);
    assert_int_equal(said.out.n, 0);
    writ_buffer_free(&said.out);
    writ_buffer_free(&said.err);
}

/* ---- progress ---- */

static int make_progress(struct out *o)
{
    out_progress(o, "1 of 2");
    out_progress(o, "2 of 2 %s", "\033[1m");
    out_note(o, "done");
    out_progress(o, "3 of 2");
    return 0;
}

static void progress_is_not_for_files(void **state)
{
    struct said said = speak(make_progress, false, false, 0);

    (void)state;
    said_is(&said, 0, "", "app: done\n");
}

static void start_on_terminal(struct terminal *t, const char *kind, bool quiet)
{
    if (terminal_fork(t)) {
        struct out o;

        (void)setenv("TERM", kind, 1);
        out_start(&o, "app");
        o.quiet = quiet;
        _exit(out_finish(&o, make_progress(&o)));
    }
    assert_int_equal(terminal_end(t), 0);
}

static void progress_on_a_terminal_is_one_line_that_goes_away(void **state)
{
    struct terminal t;

    (void)state;
    start_on_terminal(&t, "xterm", false);
    assert_string_equal(t.seen, "1 of 2\r\033[K2 of 2 \\x1b[1m\r\033[Kapp: done\r\n"
                                "3 of 2\r\033[K");
}

static void progress_is_kept_back_when_quiet_or_on_a_dumb_terminal(void **state)
{
    struct terminal t;

    (void)state;
    start_on_terminal(&t, "xterm", true);
    assert_string_equal(t.seen, "");
    start_on_terminal(&t, "dumb", false);
    assert_string_equal(t.seen, "app: done\r\n");
}

static int show_screen(struct out *o)
{
    out_screen(o, writ_span_text("Usage:\n  app\n"));
    return 64;
}

static void a_screen_goes_to_standard_error_unless_quiet(void **state)
{
    struct said said = speak(show_screen, false, false, 0);

    (void)state;
    said_is(&said, 64, "", "Usage:\n  app\n");
    said = speak(show_screen, false, true, 0);
    said_is(&said, 64, "", "");
}

static const struct CMUnitTest claims[] = {
    CLAIM(results_are_text_for_people),
    CLAIM(results_are_one_json_document_for_programs),
    CLAIM(quiet_keeps_results_and_notes_back),
    CLAIM(quiet_does_not_keep_json_back),
    CLAIM(details_are_said_when_asked_for),
    CLAIM(nothing_said_is_nothing_written),
    CLAIM(data_is_written_byte_for_byte_even_when_quiet),
    CLAIM(much_is_written_whole),
    CLAIM(notes_follow_the_results_they_are_about),
    CLAIM(other_lines_do_not_overtake_notes),
    CLAIM(words_of_strangers_are_made_safe_everywhere),
    CLAIM(a_fault_is_a_line_and_its_exit_code),
    CLAIM(a_fault_is_said_even_when_quiet),
    CLAIM(a_fault_is_the_json_document_in_place_of_the_results),
    CLAIM(the_first_fault_is_the_document_and_results_after_it_are_dropped),
    CLAIM(a_fault_about_one_of_several_stands_among_the_results),
    CLAIM(a_full_standard_output_is_a_fault),
    CLAIM(a_closed_standard_output_is_a_fault),
    CLAIM(a_refusal_stays_one_when_it_cannot_be_written),
    CLAIM(descriptors_that_were_closed_are_not_given_to_files),
    CLAIM(a_pipe_nobody_empties_at_once_gets_everything),
    CLAIM(what_is_flushed_stands_before_what_others_write),
    CLAIM(results_over_the_ceiling_are_a_fault_and_not_cut),
    CLAIM(progress_is_not_for_files),
    CLAIM(progress_on_a_terminal_is_one_line_that_goes_away),
    CLAIM(progress_is_kept_back_when_quiet_or_on_a_dumb_terminal),
    CLAIM(a_screen_goes_to_standard_error_unless_quiet),
};

RUN_CLAIMS(claims)
