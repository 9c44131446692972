#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "table.h"

#define WORDS_MAX 32

/* A line, parsed: the words are cut at spaces, "_" stands for a word that is empty. */
struct parsed {
    struct args a;
    struct writ_error e;
    char line[512];
    char *argv[WORDS_MAX];
    int argc;
    int rc;
};

static void parse(struct parsed *p, const char *line)
{
    char *word;

    *p = (struct parsed){0};
    (void)snprintf(p->line, sizeof p->line, "app %s", line);
    for (word = strtok(p->line, " "); word != NULL; word = strtok(NULL, " ")) {
        assert_true(p->argc < WORDS_MAX);
        p->argv[p->argc++] = strcmp(word, "_") == 0 ? word + 1 : word;
    }
    p->rc = args_parse(&p->a, &table, p->argc, p->argv, &p->e);
}

/* The line parses; the caller calls args_free. */
static void accept_line(struct parsed *p, const char *line)
{
    parse(p, line);
    if (p->rc != 0)
        fail_msg("app %s: %s", line, p->e.text);
}

/* The line is refused with exactly this sentence. */
static void refuse(const char *line, const char *sentence)
{
    struct parsed p;

    parse(&p, line);
    if (p.rc == 0)
        fail_msg("app %s was accepted", line);
    args_free(&p.a);
    assert_int_equal(p.e.fault, WRIT_FAULT_USAGE);
    assert_string_equal(p.e.text, sentence);
}

/* ---- commands ---- */

static void a_command_of_one_word_is_found(void **state)
{
    struct parsed p;

    (void)state;
    accept_line(&p, "version");
    assert_ptr_equal(p.a.command, &table_version);
    assert_int_equal(p.a.operand_count, 0);
    args_free(&p.a);
}

static void a_command_of_two_words_is_found(void **state)
{
    struct parsed p;

    (void)state;
    accept_line(&p, "ca revoke alice");
    assert_ptr_equal(p.a.command, &table_ca_revoke);
    assert_string_equal(args_operand(&p.a, 0), "alice");
    assert_null(args_operand(&p.a, 1));
    args_free(&p.a);
}

static void a_line_without_a_command_is_no_fault(void **state)
{
    struct parsed p;

    (void)state;
    accept_line(&p, "");
    assert_null(p.a.command);
    assert_string_equal(p.a.group, "");
    args_free(&p.a);
    accept_line(&p, "-v --json");
    assert_null(p.a.command);
    args_free(&p.a);
}

static void a_group_alone_is_remembered(void **state)
{
    struct parsed p;

    (void)state;
    accept_line(&p, "source");
    assert_null(p.a.command);
    assert_string_equal(p.a.group, "source");
    args_free(&p.a);
}

static void an_unknown_command_is_refused_with_the_nearest_one(void **state)
{
    (void)state;
    refuse("sing", "unknown command \"app sing\"; did you mean \"app sign\"?");
    refuse("vers", "unknown command \"app vers\"; did you mean \"app version\"?");
    refuse("sourc add", "unknown command \"app sourc\"; did you mean \"app source\"?");
    refuse("ca revok x", "unknown command \"app ca revok\"; did you mean \"app ca revoke\"?");
    refuse("source lst", "unknown command \"app source lst\"; did you mean \"app source list\"?");
}

static void a_second_word_alone_finds_its_command(void **state)
{
    (void)state;
    refuse("revoke alice", "unknown command \"app revoke\"; did you mean \"app ca revoke\"?");
    refuse("source revoke",
           "unknown command \"app source revoke\"; did you mean \"app ca revoke\"?");
}

static void a_command_like_nothing_is_refused_without_a_guess(void **state)
{
    (void)state;
    refuse("frobnicate", "unknown command \"app frobnicate\"; try app --help");
    refuse("ca zzz", "unknown command \"app ca zzz\"; try app ca --help");
}

static void a_command_in_one_word_with_a_space_is_unknown(void **state)
{
    char *argv[] = {(char *)(uintptr_t) "app", (char *)(uintptr_t) "ca revoke", NULL};
    struct writ_error e = {0};
    struct args a;

    (void)state;
    assert_fault(args_parse(&a, &table, 2, argv, &e), WRIT_FAULT_USAGE, "unknown command");
    args_free(&a);
}

static void a_hidden_command_runs_but_is_never_suggested(void **state)
{
    struct parsed p;

    (void)state;
    accept_line(&p, "secrets");
    assert_ptr_equal(p.a.command, &table_secret);
    args_free(&p.a);
    refuse("secret", "unknown command \"app secret\"; try app --help");
}

static void words_of_strangers_are_made_safe_in_sentences(void **state)
{
    (void)state;
    refuse("\033[31m", "unknown command \"app \\x1b[31m\"; try app --help");
    refuse("version --\033x",
           "unknown option --\\x1bx for \"app version\"; try app version --help");
}

/* ---- options ---- */

static void an_option_takes_its_value_from_the_next_word_or_after_the_sign(void **state)
{
    struct parsed p;

    (void)state;
    accept_line(&p, "sign a --key k");
    assert_string_equal(args_value(&p.a, "key"), "k");
    args_free(&p.a);
    accept_line(&p, "sign --key=k a");
    assert_string_equal(args_value(&p.a, "key"), "k");
    args_free(&p.a);
    accept_line(&p, "sign a --key=k=l=");
    assert_string_equal(args_value(&p.a, "key"), "k=l=");
    args_free(&p.a);
}

static void an_option_that_was_not_given_has_no_value(void **state)
{
    struct parsed p;

    (void)state;
    accept_line(&p, "sign a --key k");
    assert_null(args_value(&p.a, "tsa"));
    assert_false(args_flag(&p.a, "force"));
    assert_int_equal(args_choice(&p.a, "attach", 7), 7);
    args_free(&p.a);
}

static void an_unknown_option_is_refused_with_the_nearest_one(void **state)
{
    (void)state;
    refuse("ca revoke a --reasn x",
           "unknown option --reasn for \"app ca revoke\"; did you mean --reason?");
    refuse("ca revoke a --reasn=x",
           "unknown option --reasn for \"app ca revoke\"; did you mean --reason?");
    refuse("ca revoke a --pass 3",
           "unknown option --pass for \"app ca revoke\"; did you mean --passphrase-fd?");
    refuse("ca revoke a -reason x",
           "unknown option -reason for \"app ca revoke\"; did you mean --reason?");
    refuse("version --jsno", "unknown option --jsno for \"app version\"; did you mean --json?");
    refuse("--jsno version", "unknown option --jsno for \"app\"; did you mean --json?");
}

static void an_option_like_nothing_is_refused_without_a_guess(void **state)
{
    (void)state;
    refuse("version --zzzzzz",
           "unknown option --zzzzzz for \"app version\"; try app version --help");
    refuse("version -z", "unknown option -z for \"app version\"; try app version --help");
    refuse("version --=x", "unknown option -- for \"app version\"; try app version --help");
}

static void an_option_is_never_abbreviated(void **state)
{
    (void)state;
    refuse("sign a --ke k", "unknown option --ke for \"app sign\"; did you mean --key?");
}

static void an_option_of_another_command_is_unknown(void **state)
{
    (void)state;
    refuse("sign a --key k --reason x",
           "unknown option --reason for \"app sign\"; try app sign --help");
    refuse("--key k sign a", "unknown option --key for \"app\"; try app --help");
}

static void an_option_name_longer_than_any_is_unknown_and_shown_cut(void **state)
{
    struct parsed p;
    char line[400];

    (void)state;
    memset(line, 'x', sizeof line);
    memcpy(line, "version --", 10);
    line[sizeof line - 1] = '\0';
    parse(&p, line);
    assert_int_equal(p.rc, -1);
    assert_non_null(strstr(p.e.text, "xxx... for \"app version\"; try app version --help"));
    args_free(&p.a);
}

static void a_value_that_is_missing_is_refused(void **state)
{
    (void)state;
    refuse("sign a --key", "--key wants a value: REF; try app sign --help");
    refuse("sign a --key=", "--key wants a value: REF; try app sign --help");
    refuse("sign a --key _", "--key wants a value: REF; try app sign --help");
}

static void a_forgotten_value_does_not_swallow_the_next_option(void **state)
{
    (void)state;
    refuse("ca revoke a --note --dry-run",
           "--note wants a value: TEXT, found \"--dry-run\" (a value that begins with a dash is "
           "written --note=VALUE); try app ca revoke --help");
    refuse("ca revoke a --note -q",
           "--note wants a value: TEXT, found \"-q\" (a value that begins with a dash is written "
           "--note=VALUE); try app ca revoke --help");
}

static void a_value_may_begin_with_a_dash_after_the_sign(void **state)
{
    struct parsed p;

    (void)state;
    accept_line(&p, "ca revoke a --note=--dry-run");
    assert_string_equal(args_value(&p.a, "note"), "--dry-run");
    assert_false(p.a.dry_run);
    args_free(&p.a);
}

static void a_dash_alone_is_a_value_and_an_operand(void **state)
{
    struct parsed p;

    (void)state;
    accept_line(&p, "sign - --key -");
    assert_string_equal(args_value(&p.a, "key"), "-");
    assert_string_equal(args_operand(&p.a, 0), "-");
    args_free(&p.a);
}

static void a_flag_takes_no_value(void **state)
{
    (void)state;
    refuse("sign a --key k --force=yes", "--force takes no value; try app sign --help");
    refuse("version --json=", "--json takes no value; try app version --help");
}

static void a_value_given_twice_is_refused_unless_repeatable(void **state)
{
    struct parsed p;

    (void)state;
    refuse("sign a --key k --key l", "--key may be given only once; try app sign --help");
    refuse("sign a --key k --root / --root /tmp",
           "--root may be given only once; try app sign --help");
    accept_line(&p, "sign a --key k --tsa one --force --tsa=two");
    assert_string_equal(args_value_at(&p.a, "tsa", 0), "one");
    assert_string_equal(args_value_at(&p.a, "tsa", 1), "two");
    assert_null(args_value_at(&p.a, "tsa", 2));
    args_free(&p.a);
}

static void a_flag_given_twice_is_harmless(void **state)
{
    struct parsed p;

    (void)state;
    accept_line(&p, "sign a --key k --force --force");
    assert_true(args_flag(&p.a, "force"));
    args_free(&p.a);
}

static void an_option_that_is_required_must_be_there(void **state)
{
    (void)state;
    refuse("sign a", "\"app sign\" wants --key REF; try app sign --help");
}

static void letters_may_stand_together_and_the_last_take_a_value(void **state)
{
    struct parsed p;

    (void)state;
    accept_line(&p, "sign a --key k -vfv -o there");
    assert_int_equal(p.a.verbose, 2);
    assert_true(args_flag(&p.a, "force"));
    assert_string_equal(args_value(&p.a, "out"), "there");
    args_free(&p.a);
    accept_line(&p, "sign a --key k -fothere");
    assert_string_equal(args_value(&p.a, "out"), "there");
    args_free(&p.a);
    refuse("sign a --key k -o", "--out wants a value: DIR; try app sign --help");
    refuse("sign a --key k -fx", "unknown option -fx for \"app sign\"; try app sign --help");
}

/* ---- choices ---- */

static void a_choice_is_taken_in_any_case_and_spelled_as_the_table_does(void **state)
{
    struct parsed p;

    (void)state;
    accept_line(&p, "ca revoke a --reason KEYcompromise");
    assert_string_equal(args_value(&p.a, "reason"), "keyCompromise");
    assert_int_equal(args_choice(&p.a, "reason", -1), 0);
    args_free(&p.a);
    accept_line(&p, "sign a --key k --attach=detached");
    assert_int_equal(args_choice(&p.a, "attach", -1), 2);
    args_free(&p.a);
}

static void a_word_that_is_no_choice_is_refused_with_all_of_them(void **state)
{
    (void)state;
    refuse("sign a --key k --attach tial",
           "--attach wants auto, tail or detached, found \"tial\"; did you mean tail?");
    refuse("sign a --key k --attach head",
           "--attach wants auto, tail or detached, found \"head\"; try app sign --help");
}

static void an_operand_may_have_choices_too(void **state)
{
    struct parsed p;

    (void)state;
    accept_line(&p, "source add FEED ./dir");
    assert_string_equal(args_operand(&p.a, 0), "feed");
    assert_string_equal(args_operand(&p.a, 1), "./dir");
    args_free(&p.a);
    refuse("source add fed ./dir",
           "\"app source add\" wants feed or crl, found \"fed\"; did you mean feed?");
}

/* ---- operands ---- */

static void operands_and_options_may_stand_in_any_order(void **state)
{
    struct parsed p;

    (void)state;
    accept_line(&p, "sign a --key k b -v c");
    assert_int_equal(p.a.operand_count, 3);
    assert_string_equal(args_operand(&p.a, 2), "c");
    args_free(&p.a);
}

static void too_few_operands_are_refused_naming_the_first_missing(void **state)
{
    (void)state;
    refuse("sign --key k", "\"app sign\" wants FILE; try app sign --help");
    refuse("source add", "\"app source add\" wants feed|crl; try app source add --help");
    refuse("source add feed", "\"app source add\" wants URL|DIR; try app source add --help");
    refuse("run", "\"app run\" wants FILE; try app run --help");
}

static void too_many_operands_are_refused_naming_the_first_extra(void **state)
{
    (void)state;
    refuse("version x", "\"app version\" takes no operands, found \"x\"; try app version --help");
    refuse("source add feed d x y",
           "\"app source add\" takes no more operands, found \"x\"; try app source add --help");
    refuse("why a b", "\"app why\" takes no more operands, found \"b\"; try app why --help");
}

static void an_optional_operand_may_be_left_out(void **state)
{
    struct parsed p;

    (void)state;
    accept_line(&p, "why");
    assert_int_equal(p.a.operand_count, 0);
    args_free(&p.a);
    accept_line(&p, "help");
    args_free(&p.a);
    accept_line(&p, "help ca revoke and more");
    assert_int_equal(p.a.operand_count, 4);
    args_free(&p.a);
}

static void two_dashes_end_the_options(void **state)
{
    struct parsed p;

    (void)state;
    accept_line(&p, "sign --key k -- --force -- -");
    assert_false(args_flag(&p.a, "force"));
    assert_int_equal(p.a.operand_count, 3);
    assert_string_equal(args_operand(&p.a, 0), "--force");
    assert_string_equal(args_operand(&p.a, 1), "--");
    assert_string_equal(args_operand(&p.a, 2), "-");
    args_free(&p.a);
}

static void an_empty_operand_is_an_operand(void **state)
{
    struct parsed p;

    (void)state;
    accept_line(&p, "why _");
    assert_int_equal(p.a.operand_count, 1);
    assert_string_equal(args_operand(&p.a, 0), "");
    args_free(&p.a);
}

static void what_follows_a_program_is_the_programs(void **state)
{
    struct parsed p;

    (void)state;
    accept_line(&p, "run -v ./app --json -- --help");
    assert_false(p.a.json);
    assert_false(p.a.help);
    assert_int_equal(p.a.verbose, 1);
    assert_int_equal(p.a.operand_count, 4);
    assert_string_equal(args_operand(&p.a, 1), "--json");
    assert_string_equal(args_operand(&p.a, 2), "--");
    args_free(&p.a);
    accept_line(&p, "run --allow-uncovered -- --odd-name -x");
    assert_true(args_flag(&p.a, "allow-uncovered"));
    assert_string_equal(args_operand(&p.a, 0), "--odd-name");
    assert_string_equal(args_operand(&p.a, 1), "-x");
    args_free(&p.a);
}

/* ---- global options ---- */

static void global_options_may_stand_before_between_and_after_the_command(void **state)
{
    static const char *const lines[] = {"--json ca revoke a -vv", "ca --json -v revoke -v a",
                                        "ca revoke a --json -v --verbose"};
    struct parsed p;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        accept_line(&p, lines[i]);
        assert_ptr_equal(p.a.command, &table_ca_revoke);
        assert_true(p.a.json);
        assert_int_equal(p.a.verbose, 2);
        args_free(&p.a);
    }
}

static void a_dry_run_is_only_for_what_changes_something(void **state)
{
    struct parsed p;

    (void)state;
    accept_line(&p, "--dry-run ca revoke a");
    assert_true(p.a.dry_run);
    args_free(&p.a);
    refuse("version --dry-run", "--dry-run has no meaning for \"app version\": it changes nothing; "
                                "try app version --help");
    refuse("--dry-run version", "--dry-run has no meaning for \"app version\": it changes nothing; "
                                "try app version --help");
}

static void a_passphrase_is_only_for_what_needs_one(void **state)
{
    (void)state;
    refuse("source list --passphrase-fd 0",
           "--passphrase-fd has no meaning for \"app source list\": it needs no passphrase; try "
           "app source list --help");
}

static void a_passphrase_descriptor_must_be_a_number_and_open(void **state)
{
    struct parsed p;
    char line[64];
    int fd = open("/dev/null", O_RDONLY);

    (void)state;
    assert_true(fd >= 0);
    (void)snprintf(line, sizeof line, "ca revoke a --passphrase-fd %d", fd);
    accept_line(&p, line);
    assert_int_equal(p.a.passphrase_fd, fd);
    args_free(&p.a);
    (void)close(fd);
    parse(&p, line);
    assert_int_equal(p.rc, -1);
    assert_non_null(strstr(p.e.text, "no such descriptor is open"));
    args_free(&p.a);
    refuse("ca revoke a --passphrase-fd three",
           "--passphrase-fd wants the number of an open descriptor, found \"three\"; try app ca "
           "revoke --help");
    refuse(
        "ca revoke a --passphrase-fd=-1",
        "--passphrase-fd wants the number of an open descriptor, found \"-1\"; try app ca revoke "
        "--help");
    refuse("ca revoke a --passphrase-fd 99999999999",
           "--passphrase-fd wants the number of an open descriptor, found \"99999999999\"; try app "
           "ca revoke --help");
}

static void without_a_passphrase_descriptor_there_is_none(void **state)
{
    struct parsed p;

    (void)state;
    accept_line(&p, "ca revoke a");
    assert_int_equal(p.a.passphrase_fd, -1);
    args_free(&p.a);
}

static void now_is_the_time_given_else_the_clock(void **state)
{
    struct parsed p;
    int64_t before = time(NULL);

    (void)state;
    accept_line(&p, "why --at 2026-11-25T07:00:00Z");
    assert_true(p.a.now_was_given);
    assert_int_equal(p.a.now, 1795590000);
    args_free(&p.a);
    accept_line(&p, "why");
    assert_false(p.a.now_was_given);
    assert_true(p.a.now >= before && p.a.now <= time(NULL));
    args_free(&p.a);
}

static void a_time_that_is_none_is_refused_naming_the_option(void **state)
{
    struct parsed p;

    (void)state;
    parse(&p, "why --at yesterday");
    assert_int_equal(p.rc, -1);
    assert_int_equal(p.e.fault, WRIT_FAULT_USAGE);
    assert_memory_equal(p.e.text, "--at: \"yesterday\"", 17);
    args_free(&p.a);
}

static void quiet_and_verbose_contradict_each_other(void **state)
{
    struct parsed p;

    (void)state;
    refuse("why -q -v", "-q and -v contradict each other; try app why --help");
    accept_line(&p, "why --quiet");
    assert_true(p.a.quiet);
    args_free(&p.a);
}

static void the_root_is_kept_as_given(void **state)
{
    struct parsed p;

    (void)state;
    accept_line(&p, "--root ./here why");
    assert_string_equal(p.a.root, "./here");
    args_free(&p.a);
    accept_line(&p, "why");
    assert_null(p.a.root);
    args_free(&p.a);
}

static void help_and_version_need_no_operands(void **state)
{
    struct parsed p;

    (void)state;
    accept_line(&p, "sign --help");
    assert_true(p.a.help);
    assert_ptr_equal(p.a.command, &table_sign);
    args_free(&p.a);
    accept_line(&p, "version x y -h");
    assert_true(p.a.help);
    args_free(&p.a);
    accept_line(&p, "source --help");
    assert_string_equal(p.a.group, "source");
    args_free(&p.a);
    accept_line(&p, "--version");
    assert_true(p.a.version);
    args_free(&p.a);
}

static void help_does_not_excuse_an_unknown_option(void **state)
{
    (void)state;
    refuse("sign --help --frobnicate",
           "unknown option --frobnicate for \"app sign\"; try app sign --help");
}

static void after_a_fault_json_is_known_wherever_it_stands(void **state)
{
    struct parsed p;

    (void)state;
    parse(&p, "sing --json");
    assert_int_equal(p.rc, -1);
    assert_true(p.a.json);
    args_free(&p.a);
    parse(&p, "sing -- --json");
    assert_int_equal(p.rc, -1);
    assert_false(p.a.json);
    args_free(&p.a);
}

/* ---- values that are numbers and times ---- */

static void a_number_is_read_within_its_bounds(void **state)
{
    static const char *const bad[] = {
        "0", "11", "-1", "x", "5x", "+5", "0x5", "5.0", "99999999999999999999"};
    struct parsed p;
    char line[64];
    int64_t n;

    (void)state;
    accept_line(&p, "why --limit 10");
    assert_int_equal(args_number(&p.a, "limit", 1, 10, 3, &n, &p.e), 0);
    assert_int_equal(n, 10);
    args_free(&p.a);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        (void)snprintf(line, sizeof line, "why --limit=%s", bad[i]);
        accept_line(&p, line);
        if (args_number(&p.a, "limit", 1, 10, 3, &n, &p.e) == 0)
            fail_msg("%s was accepted as %lld", bad[i], (long long)n);
        assert_int_equal(p.e.fault, WRIT_FAULT_USAGE);
        assert_non_null(strstr(p.e.text, "--limit wants a number from 1 to 10, found \""));
        args_free(&p.a);
    }
}

static void values_that_were_not_given_are_the_other_ones(void **state)
{
    struct parsed p;
    int64_t n;

    (void)state;
    accept_line(&p, "why");
    assert_int_equal(args_number(&p.a, "limit", 1, 10, 3, &n, &p.e), 0);
    assert_int_equal(n, 3);
    assert_int_equal(args_time(&p.a, "since", -7, &n, &p.e), 0);
    assert_int_equal(n, -7);
    assert_int_equal(args_duration(&p.a, "window", 60, &n, &p.e), 0);
    assert_int_equal(n, 60);
    args_free(&p.a);
}

static void times_and_durations_are_read(void **state)
{
    struct parsed p;
    int64_t n;

    (void)state;
    accept_line(&p, "why --since 2026-11-25 --window 36h");
    assert_int_equal(args_time(&p.a, "since", 0, &n, &p.e), 0);
    assert_int_equal(n, 1795564800);
    assert_int_equal(args_duration(&p.a, "window", 0, &n, &p.e), 0);
    assert_int_equal(n, 36 * 3600);
    args_free(&p.a);
}

static void times_and_durations_that_are_none_are_refused_naming_the_option(void **state)
{
    struct parsed p;
    int64_t n;

    (void)state;
    accept_line(&p, "why --since then --window long");
    assert_int_equal(args_time(&p.a, "since", 0, &n, &p.e), -1);
    assert_memory_equal(p.e.text, "--since: ", 9);
    assert_int_equal(p.e.fault, WRIT_FAULT_USAGE);
    writ_error_clear(&p.e);
    assert_int_equal(args_duration(&p.a, "window", 0, &n, &p.e), -1);
    assert_memory_equal(p.e.text, "--window: ", 10);
    args_free(&p.a);
}

static void a_command_may_refuse_a_line_itself(void **state)
{
    struct parsed p;

    (void)state;
    accept_line(&p, "ca revoke a");
    assert_int_equal(args_fail(&p.a, &p.e, "--chain needs %s", "--cert"), -1);
    assert_int_equal(p.e.fault, WRIT_FAULT_USAGE);
    assert_string_equal(p.e.text, "--chain needs --cert; try app ca revoke --help");
    args_free(&p.a);
}

static void no_words_at_all_are_no_command(void **state)
{
    char *argv[] = {NULL, NULL};
    struct writ_error e = {0};
    struct args a;

    (void)state;
    assert_ok(args_parse(&a, &table, 0, argv, &e));
    assert_null(a.command);
    args_free(&a);
}

static const struct CMUnitTest claims[] = {
    CLAIM(a_command_of_one_word_is_found),
    CLAIM(a_command_of_two_words_is_found),
    CLAIM(a_line_without_a_command_is_no_fault),
    CLAIM(a_group_alone_is_remembered),
    CLAIM(an_unknown_command_is_refused_with_the_nearest_one),
    CLAIM(a_second_word_alone_finds_its_command),
    CLAIM(a_command_like_nothing_is_refused_without_a_guess),
    CLAIM(a_command_in_one_word_with_a_space_is_unknown),
    CLAIM(a_hidden_command_runs_but_is_never_suggested),
    CLAIM(words_of_strangers_are_made_safe_in_sentences),
    CLAIM(an_option_takes_its_value_from_the_next_word_or_after_the_sign),
    CLAIM(an_option_that_was_not_given_has_no_value),
    CLAIM(an_unknown_option_is_refused_with_the_nearest_one),
    CLAIM(an_option_like_nothing_is_refused_without_a_guess),
    CLAIM(an_option_is_never_abbreviated),
    CLAIM(an_option_of_another_command_is_unknown),
    CLAIM(an_option_name_longer_than_any_is_unknown_and_shown_cut),
    CLAIM(a_value_that_is_missing_is_refused),
    CLAIM(a_forgotten_value_does_not_swallow_the_next_option),
    CLAIM(a_value_may_begin_with_a_dash_after_the_sign),
    CLAIM(a_dash_alone_is_a_value_and_an_operand),
    CLAIM(a_flag_takes_no_value),
    CLAIM(a_value_given_twice_is_refused_unless_repeatable),
    CLAIM(a_flag_given_twice_is_harmless),
    CLAIM(an_option_that_is_required_must_be_there),
    CLAIM(letters_may_stand_together_and_the_last_take_a_value),
    CLAIM(a_choice_is_taken_in_any_case_and_spelled_as_the_table_does),
    CLAIM(a_word_that_is_no_choice_is_refused_with_all_of_them),
    CLAIM(an_operand_may_have_choices_too),
    CLAIM(operands_and_options_may_stand_in_any_order),
    CLAIM(too_few_operands_are_refused_naming_the_first_missing),
    CLAIM(too_many_operands_are_refused_naming_the_first_extra),
    CLAIM(an_optional_operand_may_be_left_out),
    CLAIM(two_dashes_end_the_options),
    CLAIM(an_empty_operand_is_an_operand),
    CLAIM(what_follows_a_program_is_the_programs),
    CLAIM(global_options_may_stand_before_between_and_after_the_command),
    CLAIM(a_dry_run_is_only_for_what_changes_something),
    CLAIM(a_passphrase_is_only_for_what_needs_one),
    CLAIM(a_passphrase_descriptor_must_be_a_number_and_open),
    CLAIM(without_a_passphrase_descriptor_there_is_none),
    CLAIM(now_is_the_time_given_else_the_clock),
    CLAIM(a_time_that_is_none_is_refused_naming_the_option),
    CLAIM(quiet_and_verbose_contradict_each_other),
    CLAIM(the_root_is_kept_as_given),
    CLAIM(help_and_version_need_no_operands),
    CLAIM(help_does_not_excuse_an_unknown_option),
    CLAIM(after_a_fault_json_is_known_wherever_it_stands),
    CLAIM(a_number_is_read_within_its_bounds),
    CLAIM(values_that_were_not_given_are_the_other_ones),
    CLAIM(times_and_durations_are_read),
    CLAIM(times_and_durations_that_are_none_are_refused_naming_the_option),
    CLAIM(a_command_may_refuse_a_line_itself),
    CLAIM(no_words_at_all_are_no_command),
};

RUN_CLAIMS(claims)
