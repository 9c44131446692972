#include "shared/help.h"

#include "table.h"

#define MANY 12

static void screen_is(struct writ_buffer *b, const char *wanted)
{
    assert_text(writ_buffer_span(b), wanted);
    writ_buffer_free(b);
}

/* No line of the screen is wider than the terminal. */
static void assert_fits(struct writ_buffer *b)
{
    size_t column = 0;

    for (size_t i = 0; i < b->n; i++) {
        column = b->p[i] == '\n' ? 0 : column + 1;
        if (column > HELP_COLUMNS)
            fail_msg("too wide: %s", writ_buffer_string(b));
    }
}

static void a_synopsis_shows_what_is_required_and_what_is_not(void **state)
{
    struct writ_buffer b = {0};

    (void)state;
    help_add_synopsis_line(&b, &table, &table_sign);
    screen_is(&b,
              "app sign FILE... --key REF [--attach auto|tail|detached] [--tsa URL]... [--force] "
              "[--out DIR]");
    help_add_synopsis_line(&b, &table, &table_source_add);
    screen_is(&b, "app source add feed|crl URL|DIR");
    help_add_synopsis_line(&b, &table, &table_help);
    screen_is(&b, "app help [COMMAND...]");
    help_add_synopsis_line(&b, &table, &table_version);
    screen_is(&b, "app version");
}

static void a_synopsis_puts_options_before_a_program(void **state)
{
    struct writ_buffer b = {0};

    (void)state;
    help_add_synopsis_line(&b, &table, &table_run);
    screen_is(&b, "app run [--allow-uncovered] [--] FILE [ARG...]");
}

static void a_synopsis_that_is_too_wide_goes_on_under_its_operands(void **state)
{
    struct writ_buffer b = {0};

    (void)state;
    help_add_synopsis(&b, &table, &table_sign, 7);
    screen_is(&b, "app sign FILE... --key REF [--attach auto|tail|detached] [--tsa URL]...\n"
                  "                [--force] [--out DIR]");
}

static void the_screen_of_a_command_is_made_of_its_table(void **state)
{
    struct writ_buffer b = {0};

    (void)state;
    help_add_command(&b, &table, &table_sign);
    screen_is(&b, "app sign - seal programs\n"
                  "\n"
                  "Usage: app sign FILE... --key REF [--attach auto|tail|detached] [--tsa URL]...\n"
                  "                [--force] [--out DIR]\n"
                  "\n"
                  "Writes a seal.\n"
                  "\n"
                  "Options:\n"
                  "  --key REF       the key to sign with\n"
                  "  --attach WHERE  where the seal goes\n"
                  "  --tsa URL       ask for a timestamp\n"
                  "  -f, --force     seal what is sealed\n"
                  "  -o, --out DIR   write there\n"
                  "  --json --at TIME --dry-run --root DIR --passphrase-fd N -q -v -h\n"
                  "  (app help options)\n"
                  "\n"
                  "Examples:\n"
                  "  app sign a --key k\n"
                  "  app sign b    # exits 64\n"
                  "\n"
                  "Exits: 0 sealed.\n"
                  "\n"
                  "Network: with --tsa.\n");
}

static void the_screen_of_a_bare_command_leaves_out_what_is_not_there(void **state)
{
    struct writ_buffer b = {0};

    (void)state;
    help_add_command(&b, &table, &table_source_list);
    screen_is(&b, "app source list - list the sources\n"
                  "\n"
                  "Usage: app source list\n"
                  "\n"
                  "Options:\n"
                  "  --json --at TIME --root DIR -q -v -h (app help options)\n"
                  "\n"
                  "Network: never.\n");
}

static void the_screen_of_a_group_lists_its_commands(void **state)
{
    struct writ_buffer b = {0};

    (void)state;
    help_add_group(&b, &table, "source");
    screen_is(&b, "Usage: app source COMMAND\n"
                  "\n"
                  "  source add   add a source\n"
                  "  source list  list the sources\n"
                  "\n"
                  "\"app source COMMAND --help\" says more about one.\n");
}

static void the_screen_of_the_program_lists_all_but_the_hidden(void **state)
{
    struct writ_buffer b = {0};

    (void)state;
    help_add_program(&b, &table);
    screen_is(&b, "app - for tests\n"
                  "\n"
                  "Usage: app COMMAND [OPTION]... [OPERAND]...\n"
                  "\n"
                  "sign      sign      seal programs\n"
                  "judge     run       judge, then execute\n"
                  "          why       explain\n"
                  "sources   source    add list\n"
                  "the CA    ca        revoke\n"
                  "more      help version\n"
                  "\n"
                  "\"app help COMMAND\" says more, \"app help options\" what all of them take.\n");
}

/* A group whose second words need more than one line. */
static void words_of_a_group_that_are_too_many_wrap(void **state)
{
    static char words[MANY][COMMAND_WORDS_MAX];
    static struct command made[MANY];
    static const struct command *list[MANY + 1];
    const struct program p = {.name = "app", .summary = "x", .commands = list};
    struct writ_buffer b = {0};

    (void)state;
    for (size_t i = 0; i < MANY; i++) {
        (void)snprintf(words[i], sizeof words[i], "ca subcommand%zu", i);
        made[i] =
            (struct command){.words = words[i], .group = "ca", .summary = "x", .run = run_nothing};
        list[i] = &made[i];
    }
    help_add_program(&b, &p);
    assert_non_null(strstr(writ_buffer_string(&b), "\n                    subcommand5 "));
    assert_fits(&b);
    writ_buffer_free(&b);
}

static void the_screen_of_options_explains_each_global_one(void **state)
{
    struct writ_buffer b = {0};

    (void)state;
    help_add_options(&b, &table);
    for (const struct option_spec *o = command_globals; o->name != NULL; o++) {
        assert_non_null(o->help);
        assert_non_null(strstr(writ_buffer_string(&b), o->name));
        assert_non_null(strstr(writ_buffer_string(&b), o->help));
    }
    assert_fits(&b);
    writ_buffer_free(&b);
}

static void every_screen_of_the_table_fits(void **state)
{
    (void)state;
    for (size_t i = 0; table_commands[i] != NULL; i++) {
        struct writ_buffer b = {0};

        help_add_command(&b, &table, table_commands[i]);
        assert_fits(&b);
        writ_buffer_free(&b);
    }
}

static const struct CMUnitTest claims[] = {
    CLAIM(a_synopsis_shows_what_is_required_and_what_is_not),
    CLAIM(a_synopsis_puts_options_before_a_program),
    CLAIM(a_synopsis_that_is_too_wide_goes_on_under_its_operands),
    CLAIM(the_screen_of_a_command_is_made_of_its_table),
    CLAIM(the_screen_of_a_bare_command_leaves_out_what_is_not_there),
    CLAIM(the_screen_of_a_group_lists_its_commands),
    CLAIM(the_screen_of_the_program_lists_all_but_the_hidden),
    CLAIM(words_of_a_group_that_are_too_many_wrap),
    CLAIM(the_screen_of_options_explains_each_global_one),
    CLAIM(every_screen_of_the_table_fits),
};

RUN_CLAIMS(claims)
