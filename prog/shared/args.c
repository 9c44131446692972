#include "shared/args.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/text.h"
#include "base/time.h"

#define SHOWN_MAX 80 /* bytes of a stranger's word in a sentence */

/* The words still to be read. */
struct line {
    struct args *a;
    char *const *next;
    size_t left;
    bool ended; /* "--" was seen, or a program follows */
    struct writ_error *e;
};

static void show(char shown[SHOWN_MAX], const char *word)
{
    writ_text_copy_safe(shown, SHOWN_MAX, writ_span_text(word));
}

/* "writ", "writ ca" or "writ ca issue": how far the line was understood. */
static void add_understood(struct writ_buffer *b, const struct args *a)
{
    const char *words = a->command != NULL ? a->command->words : a->group;

    writ_buffer_format(b, "%s%s%s", a->program->name, words[0] == '\0' ? "" : " ", words);
}

int args_fail(const struct args *a, struct writ_error *e, const char *fmt, ...)
{
    char sentence[WRIT_ERROR_TEXT_MAX];
    struct writ_buffer asked = {0};
    va_list args;

    va_start(args, fmt);
    (void)vsnprintf(sentence, sizeof sentence, fmt, args);
    va_end(args);
    add_understood(&asked, a);
    (void)writ_fail(e, WRIT_FAULT_USAGE, "%s; try %s --help", sentence, writ_buffer_string(&asked));
    writ_buffer_free(&asked);
    return -1;
}

static int fail_unknown_option(struct line *l, const char *dashes, const char *name,
                               const char *nearest)
{
    struct writ_buffer asked = {0};
    char shown[SHOWN_MAX];

    show(shown, name);
    add_understood(&asked, l->a);
    if (nearest != NULL)
        (void)writ_fail(l->e, WRIT_FAULT_USAGE,
                        "unknown option %s%s for \"%s\"; did you mean --%s?", dashes, shown,
                        writ_buffer_string(&asked), nearest);
    else
        (void)args_fail(l->a, l->e, "unknown option %s%s for \"%s\"", dashes, shown,
                        writ_buffer_string(&asked));
    writ_buffer_free(&asked);
    return -1;
}

static int fail_unknown_command(struct line *l, const char *word)
{
    char found[COMMAND_WORDS_MAX];
    const char *program = l->a->program->name;
    const char *group = l->a->group;
    const char *nearest = command_nearest(l->a->program, group, word, found);
    char shown[SHOWN_MAX];

    show(shown, word);
    if (nearest == NULL)
        return args_fail(l->a, l->e, "unknown command \"%s%s%s %s\"", program,
                         group[0] == '\0' ? "" : " ", group, shown);
    return writ_fail(l->e, WRIT_FAULT_USAGE,
                     "unknown command \"%s%s%s %s\"; did you mean \"%s %s\"?", program,
                     group[0] == '\0' ? "" : " ", group, shown, program, nearest);
}

/* A number, and nothing but a number, in least..most. */
static int parse_number(const char *text, int64_t least, int64_t most, int64_t *value)
{
    char *end;
    long long number;

    if (text[0] != '-' && (text[0] < '0' || text[0] > '9'))
        return -1;
    errno = 0;
    number = strtoll(text, &end, 10);
    if (errno != 0 || *end != '\0' || end == text || number < least || number > most)
        return -1;
    *value = number;
    return 0;
}

static int take_passphrase_fd(struct line *l, const char *value)
{
    int64_t fd;
    char shown[SHOWN_MAX];

    show(shown, value);
    if (parse_number(value, 0, INT32_MAX, &fd) < 0)
        return args_fail(l->a, l->e,
                         "--passphrase-fd wants the number of an open descriptor, found \"%s\"",
                         shown);
    /* Asked now, before the program opens anything that could have the same number. */
    if (fcntl((int)fd, F_GETFD) < 0)
        return writ_fail(l->e, WRIT_FAULT_USAGE, "--passphrase-fd %s: no such descriptor is open",
                         shown);
    l->a->passphrase_fd = (int)fd;
    return 0;
}

static int take_at(struct line *l, const char *value)
{
    l->a->now_was_given = true;
    if (writ_time_parse(value, &l->a->now, l->e) == 0)
        return 0;
    writ_error_context(l->e, "--at");
    return -1;
}

/* What a global option means for the fields of args. */
static int take_global(struct line *l, const char *name, const char *value)
{
    struct args *a = l->a;

    if (strcmp(name, "at") == 0)
        return take_at(l, value);
    if (strcmp(name, "passphrase-fd") == 0)
        return take_passphrase_fd(l, value);
    if (strcmp(name, "root") == 0)
        a->root = value;
    a->json |= strcmp(name, "json") == 0;
    a->dry_run |= strcmp(name, "dry-run") == 0;
    a->quiet |= strcmp(name, "quiet") == 0;
    a->verbose += strcmp(name, "verbose") == 0;
    a->help |= strcmp(name, "help") == 0;
    a->version |= strcmp(name, "version") == 0;
    return 0;
}

/* The table's own spelling of a choice; NULL when the word is none. */
static const char *find_choice(const char *const *choices, const char *word)
{
    for (; *choices != NULL; choices++) {
        if (strcasecmp(*choices, word) == 0)
            return *choices;
    }
    return NULL;
}

/* "auto, tail or detached" */
static void list_choices(char *out, size_t room, const char *const *choices)
{
    size_t used = 0;

    out[0] = '\0';
    for (size_t i = 0; choices[i] != NULL && used < room; i++) {
        const char *before = i == 0 ? "" : choices[i + 1] == NULL ? " or " : ", ";

        used += (size_t)snprintf(out + used, room - used, "%s%s", before, choices[i]);
    }
}

/* Replaces *word by the table's spelling.  what is "--attach" or "writ source add". */
static int take_choice(struct line *l, const char *what, const char *const *choices,
                       const char **word)
{
    const char *choice = find_choice(choices, *word);
    const char *nearest;
    char shown[SHOWN_MAX];
    char list[256];

    if (choice != NULL) {
        *word = choice;
        return 0;
    }
    show(shown, *word);
    list_choices(list, sizeof list, choices);
    nearest = command_nearest_choice(choices, *word);
    if (nearest == NULL)
        return args_fail(l->a, l->e, "%s wants %s, found \"%s\"", what, list, shown);
    return writ_fail(l->e, WRIT_FAULT_USAGE, "%s wants %s, found \"%s\"; did you mean %s?", what,
                     list, shown, nearest);
}

static bool was_given(const struct args *a, const struct option_spec *spec)
{
    for (size_t i = 0; i < a->option_count; i++) {
        if (a->options[i].spec == spec)
            return true;
    }
    return false;
}

/* Records one option.  Flags may come twice without harm, values only where the table says so. */
static int take_option(struct line *l, const struct option_spec *spec, const char *value)
{
    char what[COMMAND_WORDS_MAX];

    (void)snprintf(what, sizeof what, "--%s", spec->name);
    if (value != NULL && !spec->repeatable && was_given(l->a, spec))
        return args_fail(l->a, l->e, "%s may be given only once", what);
    if (spec->choices != NULL && take_choice(l, what, spec->choices, &value) < 0)
        return -1;
    if (command_is_global(spec) && take_global(l, spec->name, value) < 0)
        return -1;
    l->a->options[l->a->option_count++] = (struct args_option){spec, value};
    return 0;
}

/* The value of an option: what follows its "=", or the next word. */
static int take_value(struct line *l, const struct option_spec *spec, const char *attached,
                      const char **value)
{
    const char *next = l->left > 0 ? *l->next : NULL;
    char shown[SHOWN_MAX];

    *value = attached != NULL ? attached : next;
    if (*value == NULL || **value == '\0')
        return args_fail(l->a, l->e, "--%s wants a value: %s", spec->name, spec->value);
    if (attached != NULL)
        return 0;
    if (next[0] == '-' && next[1] != '\0') {
        show(shown, next);
        return args_fail(l->a, l->e,
                         "--%s wants a value: %s, found \"%s\" (a value that begins with a dash "
                         "is written --%s=VALUE)",
                         spec->name, spec->value, shown, spec->name);
    }
    l->next++;
    l->left--;
    return 0;
}

/* A global option is known here but useless: say that, rather than "unknown". */
static int fail_not_offered(struct line *l, const struct option_spec *global)
{
    const char *why =
        strcmp(global->name, "dry-run") == 0 ? "it changes nothing" : "it needs no passphrase";

    return args_fail(l->a, l->e, "--%s has no meaning for \"%s %s\": %s", global->name,
                     l->a->program->name, l->a->command->words, why);
}

static int take_long(struct line *l, const char *word)
{
    size_t n = strcspn(word, "=");
    const char *attached = word[n] == '=' ? word + n + 1 : NULL;
    const char *value = NULL;
    char name[2 * SHOWN_MAX]; /* longer than any, and than is shown */
    const struct option_spec *spec;

    (void)snprintf(name, sizeof name, "%.*s", (int)(n < sizeof name ? n : sizeof name), word);
    spec = command_option(l->a->command, name);
    if (spec == NULL && command_option(NULL, name) != NULL)
        return fail_not_offered(l, command_option(NULL, name));
    if (spec == NULL)
        return fail_unknown_option(l, "--", name, command_nearest_option(l->a->command, name));
    if (spec->value == NULL && attached != NULL)
        return args_fail(l->a, l->e, "--%s takes no value", spec->name);
    if (spec->value != NULL && take_value(l, spec, attached, &value) < 0)
        return -1;
    return take_option(l, spec, value);
}

/* "-q", "-vv", "-qv": letters, of which the last may take a value. */
static int take_letters(struct line *l, const char *letters)
{
    for (const char *word = letters; *word != '\0'; word++) {
        const struct option_spec *spec = command_option_lettered(l->a->command, *word);
        const char *attached = word[1] == '\0' ? NULL : word + 1;
        const char *value = NULL;

        if (spec == NULL)
            return fail_unknown_option(l, "-", letters,
                                       command_nearest_option(l->a->command, letters));
        if (spec->value == NULL) {
            if (take_option(l, spec, NULL) < 0)
                return -1;
            continue;
        }
        if (take_value(l, spec, attached, &value) < 0)
            return -1;
        return take_option(l, spec, value);
    }
    return 0;
}

/* A word of the command itself: "ca", then "issue". */
static int take_command_word(struct line *l, const char *word)
{
    struct args *a = l->a;
    char words[COMMAND_WORDS_MAX];

    (void)snprintf(words, sizeof words, "%s%s%s", a->group, a->group[0] == '\0' ? "" : " ", word);
    a->command = strchr(word, ' ') == NULL ? command_find(a->program, words) : NULL;
    if (a->command != NULL) {
        a->group = "";
        return 0;
    }
    if (a->group[0] == '\0' && command_is_group(a->program, word)) {
        a->group = word;
        return 0;
    }
    return fail_unknown_command(l, word);
}

static int take_operand(struct line *l, const char *word)
{
    struct args *a = l->a;
    const struct operand_spec *spec = command_operand(a->command, a->operand_count);
    char what[COMMAND_WORDS_MAX];

    (void)snprintf(what, sizeof what, "\"%s %s\"", a->program->name, a->command->words);
    l->ended |= a->command->program_follows;
    if (spec != NULL && spec->choices != NULL && take_choice(l, what, spec->choices, &word) < 0)
        return -1;
    a->operands[a->operand_count++] = word;
    return 0;
}

static int take_word(struct line *l)
{
    const char *word = *l->next++;

    l->left--;
    if (!l->ended && strcmp(word, "--") == 0) {
        l->ended = true;
        return 0;
    }
    if (!l->ended && word[0] == '-' && word[1] == '-')
        return take_long(l, word + 2);
    if (!l->ended && word[0] == '-' && word[1] != '\0')
        return take_letters(l, word + 1);
    if (l->a->command == NULL)
        return take_command_word(l, word);
    return take_operand(l, word);
}

/* Global options may have come before the command was known. */
static int check_offered(struct line *l)
{
    for (size_t i = 0; i < l->a->option_count; i++) {
        const struct option_spec *spec = l->a->options[i].spec;

        if (command_option(l->a->command, spec->name) == NULL)
            return fail_not_offered(l, spec);
    }
    return 0;
}

static int check_operands(struct line *l)
{
    const struct args *a = l->a;
    const struct operand_spec *missing = command_operand(a->command, a->operand_count);
    char shown[SHOWN_MAX];
    size_t least, most;

    command_operands(a->command, &least, &most);
    if (a->operand_count > most) {
        show(shown, a->operands[most]);
        return args_fail(a, l->e, "\"%s %s\" takes %s operands, found \"%s\"", a->program->name,
                         a->command->words, most == 0 ? "no" : "no more", shown);
    }
    if (a->operand_count < least)
        return args_fail(a, l->e, "\"%s %s\" wants %s", a->program->name, a->command->words,
                         missing->name);
    return 0;
}

static int check_required(struct line *l)
{
    const struct args *a = l->a;
    const struct option_spec *o = a->command->options;

    for (; o != NULL && o->name != NULL; o++) {
        if (o->required && !was_given(a, o))
            return args_fail(a, l->e, "\"%s %s\" wants --%s %s", a->program->name,
                             a->command->words, o->name, o->value);
    }
    return 0;
}

static int check_line(struct line *l)
{
    struct args *a = l->a;

    if (a->quiet && a->verbose > 0)
        return args_fail(a, l->e, "-q and -v contradict each other");
    if (a->command == NULL)
        return 0;
    if (check_offered(l) < 0)
        return -1;
    if (a->help || a->version)
        return 0;
    return check_operands(l) < 0 ? -1 : check_required(l);
}

static bool holds_json(size_t n, char *const *words)
{
    for (; n > 0 && strcmp(*words, "--") != 0; words++, n--) {
        if (strcmp(*words, "--json") == 0)
            return true;
    }
    return false;
}

/* Letters in one word are an option each, so their number bounds the array. */
static size_t count_options(size_t n, char *const *words)
{
    size_t count = 1;

    for (; n > 0; words++, n--)
        count += strlen(*words) + 1;
    return count;
}

int args_parse(struct args *a, const struct program *p, int argc, char *const *argv,
               struct writ_error *e)
{
    size_t words = argc > 1 ? (size_t)argc - 1 : 0;
    struct line l = {.a = a, .next = argv + 1, .left = words, .e = e};

    *a = (struct args){
        .program = p, .argv = argv, .group = "", .passphrase_fd = -1, .now = time(NULL)};
    a->options = calloc(count_options(words, argv + 1), sizeof a->options[0]);
    a->operands = calloc(words + 1, sizeof a->operands[0]);
    if (a->options == NULL || a->operands == NULL)
        return writ_fail_memory(e);
    while (l.left > 0) {
        if (take_word(&l) < 0)
            goto fault;
    }
    if (check_line(&l) == 0)
        return 0;
fault:
    a->json |= holds_json(words, argv + 1);
    return -1;
}

void args_free(struct args *a)
{
    free(a->options);
    free(a->operands);
    a->options = NULL;
    a->operands = NULL;
}

/* The options of this name; that the table has it is the programmer's business. */
static const struct args_option *find_given(const struct args *a, const char *name, size_t index)
{
    const struct option_spec *spec = command_option(a->command, name);

    assert(spec != NULL);
    for (size_t i = 0; i < a->option_count; i++) {
        if (a->options[i].spec == spec && index-- == 0)
            return &a->options[i];
    }
    return NULL;
}

bool args_flag(const struct args *a, const char *name)
{
    return find_given(a, name, 0) != NULL;
}

const char *args_value_at(const struct args *a, const char *name, size_t index)
{
    const struct args_option *given = find_given(a, name, index);

    return given == NULL ? NULL : given->value;
}

const char *args_value(const struct args *a, const char *name)
{
    return args_value_at(a, name, 0);
}

int args_choice(const struct args *a, const char *name, int otherwise)
{
    const struct args_option *given = find_given(a, name, 0);

    for (int i = 0; given != NULL; i++) {
        if (given->spec->choices[i] == given->value)
            return i;
    }
    return otherwise;
}

const char *args_operand(const struct args *a, size_t index)
{
    return index < a->operand_count ? a->operands[index] : NULL;
}

int args_number(const struct args *a, const char *name, int64_t least, int64_t most,
                int64_t otherwise, int64_t *value, struct writ_error *e)
{
    const char *text = args_value(a, name);
    char shown[SHOWN_MAX];

    *value = otherwise;
    if (text == NULL || parse_number(text, least, most, value) == 0)
        return 0;
    show(shown, text);
    return args_fail(a, e, "--%s wants a number from %lld to %lld, found \"%s\"", name,
                     (long long)least, (long long)most, shown);
}

int args_time(const struct args *a, const char *name, int64_t otherwise, int64_t *value,
              struct writ_error *e)
{
    const char *text = args_value(a, name);

    *value = otherwise;
    if (text == NULL || writ_time_parse(text, value, e) == 0)
        return 0;
    writ_error_context(e, "--%s", name);
    return -1;
}

int args_duration(const struct args *a, const char *name, int64_t otherwise, int64_t *value,
                  struct writ_error *e)
{
    const char *text = args_value(a, name);

    *value = otherwise;
    if (text == NULL || writ_duration_parse(text, value, e) == 0)
        return 0;
    writ_error_context(e, "--%s", name);
    return -1;
}
