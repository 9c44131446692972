#include "shared/completion.h"

#include "scratch.h"
#include "table.h"
#include "terminal.h"

/* What bash completes, asked without a terminal: COMP_WORDS as bash would have split the line
 * (at "=" too), the last word under the cursor.  compopt, which only works on a terminal, says what
 * it was asked for instead. */
static const char harness[] = "compopt() { COMPREPLY+=(\"<$2>\"); }\n"
                              ". ./script\n"
                              "COMP_WORDS=(\"$@\")\n"
                              "COMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n"
                              "_app\n"
                              "printf '%s ' \"${COMPREPLY[@]}\"\n";

static struct scratch s;

static int write_script(void **state)
{
    struct writ_buffer script = {0};

    (void)state;
    s = scratch_make();
    completion_add_bash(&script, &table);
    scratch_put(&s, "script", writ_buffer_span(&script));
    scratch_put(&s, "harness", writ_span_text(harness));
    writ_buffer_free(&script);
    return 0;
}

static int remove_script(void **state)
{
    (void)state;
    scratch_remove(&s);
    return 0;
}

/* These words, the cursor at the end of the last, complete to this. */
static void completes(const char *words, const char *wanted)
{
    struct writ_buffer output;
    char line[512];

    (void)snprintf(line, sizeof line, "bash --norc -u harness app %s", words);
    scratch_run(&s, line);
    output = scratch_get(&s, "output");
    if (!writ_span_equal(writ_buffer_span(&output), writ_span_text(wanted)))
        fail_msg("app %s: found \"%s\", wanted \"%s\"", words, writ_buffer_string(&output), wanted);
    writ_buffer_free(&output);
}

static void commands_complete_without_the_hidden_ones(void **state)
{
    (void)state;
    completes("''", "sign run why source ca help version ");
    completes("s", "sign source ");
    completes("ver", "version ");
    completes("sec", " ");
    assert_int_equal(scratch_try(&s, "grep -e secrets -e --hidden-too script"), 1);
}

static void second_words_complete(void **state)
{
    (void)state;
    completes("source ''", "add list ");
    completes("ca r", "revoke ");
    completes("ca x", " ");
}

static void options_complete_with_the_global_ones_that_are_offered(void **state)
{
    (void)state;
    completes("sign -", "--key --attach --tsa --force --out --json --at --dry-run --root "
                        "--passphrase-fd --quiet --verbose --help --version ");
    completes("version --", "--json --at --root --quiet --verbose --help --version ");
    completes("ca revoke --rea", "--reason ");
    completes("--h", "--help ");
}

static void values_with_choices_complete(void **state)
{
    (void)state;
    completes("ca revoke --reason ''", "keyCompromise superseded unspecified ");
    completes("ca revoke alice --reason s", "superseded ");
    completes("sign a --attach d", "detached ");
}

static void values_complete_after_the_sign(void **state)
{
    (void)state;
    completes("ca revoke --reason =", "keyCompromise superseded unspecified ");
    completes("ca revoke --reason = k", "keyCompromise ");
    completes("sign --out =", "<dirnames> ");
}

static void values_and_operands_that_are_files_are_left_to_readline(void **state)
{
    (void)state;
    completes("sign --key x", "<default> ");
    completes("sign --out x", "<dirnames> ");
    completes("sign -o x", "<dirnames> ");
    completes("version --root x", "<dirnames> ");
    completes("--root x", "<dirnames> ");
    completes("sign x", "<default> ");
    completes("sign a b c", "<default> ");
}

static void values_that_can_be_anything_complete_to_nothing(void **state)
{
    (void)state;
    completes("ca revoke --note ''", " ");
    completes("why --at ''", " ");
}

static void a_value_is_no_operand(void **state)
{
    (void)state;
    completes("source --root feed add ''", "feed crl ");
    completes("source add --root here f", "feed ");
    completes("source add --root = here f", "feed ");
    completes("--root here so", "source ");
}

static void operands_complete_by_their_place(void **state)
{
    (void)state;
    completes("source add ''", "feed crl ");
    completes("source add feed x", "<dirnames> ");
    completes("source add feed x y", " ");
    completes("version ''", " ");
    completes("why ''", " ");
}

static void help_completes_commands(void **state)
{
    (void)state;
    completes("help v", "version ");
    completes("help ca ''", "revoke ");
    completes("help version ''", " ");
}

static void after_two_dashes_there_are_no_options(void **state)
{
    (void)state;
    completes("sign -- --k", "<default> ");
}

static void what_follows_a_program_is_not_ours(void **state)
{
    (void)state;
    completes("run --al", "--allow-uncovered ");
    completes("run ./app --al", "<default> ");
    completes("run --allow-uncovered -- ./app --json x", "<default> ");
}

static void an_unknown_command_completes_to_nothing(void **state)
{
    (void)state;
    completes("nonsense ''", " ");
    completes("nonsense --", "--help --version ");
}

static void sourcing_the_script_completes_the_program_and_sets_nothing(void **state)
{
    (void)state;
    scratch_run(&s, "bash --norc -c 'compgen -v | grep -v PIPESTATUS >a; . ./script; compgen -v | "
                    "grep -v PIPESTATUS >b; cmp a b && complete -p app'");
    scratch_run(&s, "bash --norc -c '. ./script; complete -p app' >c; grep -qx 'complete -F _app "
                    "app' c");
}

/* An interactive bash that has sourced the script, with nobody's settings. */
static void start_bash(struct terminal *t)
{
    if (terminal_fork(t)) {
        if (chdir(s.path) < 0 || setenv("PS1", "ready> ", 1) < 0 || setenv("TERM", "dumb", 1) < 0 ||
            setenv("INPUTRC", "/dev/null", 1) < 0 || setenv("HISTFILE", "", 1) < 0)
            _exit(1);
        execlp("bash", "bash", "--norc", "--noprofile", "-i", (char *)NULL);
        _exit(127);
    }
    terminal_await(t, "ready> ");
    terminal_type(t, ". ./script\n");
    terminal_await(t, "ready> ");
}

/* Typing these keys makes this appear; then the line is discarded, by a key of readline's: an
 * interrupt could come while it still completes, and be lost. */
static void typing_shows(struct terminal *t, const char *keys, const char *wanted)
{
    terminal_type(t, keys);
    terminal_await(t, wanted);
    terminal_type(t, "\025\n");
    terminal_await(t, "ready> ");
}

static void a_real_bash_completes_on_a_terminal(void **state)
{
    struct terminal t;
    int status;

    (void)state;
    scratch_run(&s, "mkdir -p 'my dir' && touch my-file");
    start_bash(&t);
    typing_shows(&t, "app ver\t", "app version ");
    typing_shows(&t, "app ca rev\t--rea\tk\t", "app ca revoke --reason keyCompromise ");
    typing_shows(&t, "app sign --attach=det\t", "--attach=detached ");
    typing_shows(&t, "app sign my\\ d\t", "app sign my\\ dir/");
    typing_shows(&t, "app --root my\t", "app --root my\\ dir/");
    typing_shows(&t, "app run ./my-f\t", "app run ./my-file ");
    terminal_type(&t, "exit\n");
    status = terminal_end(&t);
    assert_true(WIFEXITED(status));
}

static const struct CMUnitTest claims[] = {
    CLAIM(commands_complete_without_the_hidden_ones),
    CLAIM(second_words_complete),
    CLAIM(options_complete_with_the_global_ones_that_are_offered),
    CLAIM(values_with_choices_complete),
    CLAIM(values_complete_after_the_sign),
    CLAIM(values_and_operands_that_are_files_are_left_to_readline),
    CLAIM(values_that_can_be_anything_complete_to_nothing),
    CLAIM(a_value_is_no_operand),
    CLAIM(operands_complete_by_their_place),
    CLAIM(help_completes_commands),
    CLAIM(after_two_dashes_there_are_no_options),
    CLAIM(what_follows_a_program_is_not_ours),
    CLAIM(an_unknown_command_completes_to_nothing),
    CLAIM(a_real_bash_completes_on_a_terminal),
    CLAIM(sourcing_the_script_completes_the_program_and_sets_nothing),
};

int main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name(__FILE__, claims, write_script, remove_script);
}
