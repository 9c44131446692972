/* Goal of this test: every case of tests/spec comes to the verdict it says.  The cases are data,
 * and tests/spec/README.md says how they are read; a line of TAP for each, its name the claim. */
#include <dirent.h>
#include <sys/stat.h>

#include "scratch.h"
#include "test.h"
#include "world/world.h"

#define FOLDER    "tests/spec"
#define CASES_MAX 1024

/* What must come out. */
struct expected {
    char outcome[WORLD_NAME];
    char why[WORLD_NAME];
    int exit;
    char stamp[WORLD_NAME];  /* "counts" …, or "" */
    char source[WORLD_NAME]; /* "open" …, or "" */
    char says[WORLD_TEXT];   /* in the reason; or "" */
    int pull;                /* 0, 1; -1: not said */
    int entry;               /* which entry; -1: not said */
    bool holds_said, holds;
    int64_t holds_until;
    bool now_said;
    int64_t now; /* the instant that counted as now */
};

struct scenario {
    char claim[160];
    char place[WORLD_NAME]; /* file and line */
    bool has_because;
    char world[4096]; /* statements, one a line */
    struct expected expected;
};

/* ---- Reading ---- */

static void add_line(char *lines, size_t room, const char *line)
{
    if (strlen(lines) + strlen(line) + 2 > room)
        fail_msg("too many lines in one case");
    strcat(lines, line);
    strcat(lines, "\n");
}

static void expect_holds(struct expected *x, const char *word)
{
    x->holds_said = true;
    x->holds = strcmp(word, "unsaid") != 0;
    if (x->holds)
        x->holds_until = world_time(word);
}

/* Lines about what must come out; false when it is about the world. */
static bool take_expected(struct scenario *s, const struct world_words *words)
{
    struct expected *x = &s->expected;
    const char *key = words->word[0], *value = words->word[1];

    if (strcmp(key, "verdict") == 0) {
        assert_int_equal(words->count, 5);
        assert_string_equal(words->word[3], "exit");
        world_copy(x->outcome, sizeof x->outcome, value);
        world_copy(x->why, sizeof x->why, words->word[2]);
        x->exit = atoi(words->word[4]);
    } else if (strcmp(key, "stamp-is") == 0) {
        world_copy(x->stamp, sizeof x->stamp, value);
    } else if (strcmp(key, "source-is") == 0) {
        world_copy(x->source, sizeof x->source, value);
    } else if (strcmp(key, "says") == 0) {
        world_copy(x->says, sizeof x->says, value);
    } else if (strcmp(key, "pull") == 0) {
        x->pull = strcmp(value, "wanted") == 0;
    } else if (strcmp(key, "entry-is") == 0) {
        x->entry = atoi(value);
    } else if (strcmp(key, "holds-until") == 0) {
        expect_holds(x, value);
    } else if (strcmp(key, "counts-as-now") == 0) {
        x->now_said = true;
        x->now = world_time(value);
    } else {
        return false;
    }
    return true;
}

static const struct expected nothing_said = {.pull = -1, .entry = -1};

/* A paragraph of rows: for each reason and kind of `since`, what becomes of a seal that is not
 * stamped, stamped a second before `since`, at it, and a second after. */
struct rows {
    char who[WORLD_NAME];
    bool has_because;
    char world[2048];
};

static const struct column {
    const char *name, *stamp;
} columns[] = {
    {"not_stamped", NULL},
    {"stamped_before", "stamp since-1"},
    {"stamped_at", "stamp since"},
    {"stamped_after", "stamp since+1"},
};

static const struct cell {
    const char *word, *outcome, *why;
    int exit;
} cells[] = {
    {"revoked", "revoked", "certificate-revoked", 2},
    {"allowed", "allowed", "sound", 0},
    {"dates", "untrusted", "dates", 3},
    {"timestamp", "untrusted", "timestamp", 3},
};

static const struct cell *cell_named(const char *word)
{
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++) {
        if (strcmp(cells[i].word, word) == 0)
            return &cells[i];
    }
    fail_msg("%s: no such cell", word);
    return NULL;
}

/* REASON default|given CELL CELL CELL CELL */
static void take_row(const struct rows *rows, const struct world_words *words, size_t column,
                     struct scenario *s)
{
    const struct cell *cell = cell_named(words->word[2 + column]);
    const char *since = words->word[1];
    char line[WORLD_TEXT];

    s->expected = nothing_said;
    s->expected.exit = cell->exit;
    s->has_because = rows->has_because;
    world_copy(s->expected.outcome, WORLD_NAME, cell->outcome);
    world_copy(s->expected.why, WORLD_NAME, cell->why);
    (void)snprintf(s->claim, sizeof s->claim, "%.20s_revoked_%.20s_since_%.10s_and_%s_is_%s",
                   rows->who, words->word[0], since, columns[column].name, cell->word);
    memcpy(s->world, rows->world, sizeof rows->world);
    (void)snprintf(line, sizeof line, "revoked %.32s %.32s%s",
                   strcmp(rows->who, "ca") == 0 ? "mid" : rows->who, words->word[0],
                   strcmp(since, "given") == 0 ? " since=2026-10-01" : "");
    add_line(s->world, sizeof s->world, line);
    if (columns[column].stamp != NULL)
        add_line(s->world, sizeof s->world, columns[column].stamp);
}

struct reading {
    struct scenario *list;
    size_t count;
    struct rows rows;
    bool in_rows;
    const char *file;
    unsigned line;
};

static struct scenario *new_scenario(struct reading *r)
{
    struct scenario *s = &r->list[r->count++];

    assert_true(r->count <= CASES_MAX);
    s->expected = nothing_said;
    (void)snprintf(s->place, sizeof s->place, "%.40s:%u", r->file, r->line);
    return s;
}

static void take_row_line(struct reading *r, const struct world_words *words, const char *line)
{
    enum writ_reason reason;

    if (writ_reason_parse(words->word[0], &reason) < 0) {
        add_line(r->rows.world, sizeof r->rows.world, line);
        return;
    }
    assert_int_equal(words->count, 6);
    for (size_t column = 0; column < 4; column++)
        take_row(&r->rows, words, column, new_scenario(r));
}

/* A sentence for the reader: why it must be so. */
static bool take_because(struct reading *r, const char *line)
{
    if (strncmp(line, "because ", strlen("because ")) != 0)
        return false;
    if (!r->in_rows && r->count > 0)
        r->list[r->count - 1].has_because = true;
    r->rows.has_because = true;
    return true;
}

static void take_line(struct reading *r, struct writ_span span)
{
    struct world_words words;
    char line[WORLD_TEXT];

    (void)snprintf(line, sizeof line, "%.*s", (int)span.n, (const char *)span.p);
    assert_true(strlen(line) == span.n);
    if (line[0] == '#' || take_because(r, line))
        return;
    world_words_read(&words, span);
    if (words.count == 0)
        return;
    if (strcmp(words.word[0], "rows") == 0) {
        r->in_rows = true;
        r->rows = (struct rows){0};
        world_copy(r->rows.who, sizeof r->rows.who, words.word[1]);
    } else if (strcmp(words.word[0], "claim") == 0) {
        r->in_rows = false;
        world_copy(new_scenario(r)->claim, sizeof r->list->claim, words.word[1]);
    } else if (r->in_rows) {
        take_row_line(r, &words, line);
    } else {
        assert_true(r->count > 0);
        if (!take_expected(&r->list[r->count - 1], &words))
            add_line(r->list[r->count - 1].world, sizeof r->list->world, line);
    }
}

static void read_file(struct reading *r, const char *name)
{
    char path[512];
    struct writ_buffer text;
    struct writ_cursor c;

    (void)snprintf(path, sizeof path, FOLDER "/%s", name);
    text = source_read(path);
    c = writ_cursor_over(writ_buffer_span(&text), NULL);
    r->file = name;
    r->in_rows = false;
    for (r->line = 1; c.left > 0; r->line++)
        take_line(r, writ_cursor_field(&c, '\n'));
    writ_buffer_free(&text);
}

static int is_text(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');

    return dot != NULL && strcmp(dot, ".txt") == 0;
}

/* Where reading stands, for the message when a case cannot be read: that stops the program before
 * cmocka says anything. */
static struct reading reading;

static void tell_where(void)
{
    if (reading.file != NULL)
        (void)fprintf(stderr, "%s:%u: cannot read this case\n", reading.file, reading.line);
}

static size_t read_all(struct scenario *list)
{
    struct dirent **names;
    int n = scandir(WRIT_TEST_SOURCE "/" FOLDER, &names, is_text, alphasort);

    if (n <= 0)
        fail_msg("no cases in " FOLDER);
    reading.list = list;
    for (int i = 0; i < n; i++) {
        read_file(&reading, names[i]->d_name);
        free(names[i]);
    }
    free(names);
    reading.file = NULL;
    return reading.count;
}

/* ---- Judging ---- */

static const char *stamp_name(enum writ_stamp_state state)
{
    static const char *const names[] = {[WRIT_STAMP_ABSENT] = "absent",
                                        [WRIT_STAMP_COUNTS] = "counts",
                                        [WRIT_STAMP_NOT_COUNTED] = "not-counted",
                                        [WRIT_STAMP_REFUSED] = "refused"};

    return names[state];
}

static const char *source_name(enum writ_source_state state)
{
    static const char *const names[] = {[WRIT_SOURCE_NOT_ASKED] = "not-asked",
                                        [WRIT_SOURCE_ABSENT] = "never-pulled",
                                        [WRIT_SOURCE_OPEN] = "open",
                                        [WRIT_SOURCE_DAMAGED] = "damaged"};

    return names[state];
}

static void check_evidence(const struct scenario *s, const struct world *w)
{
    const struct expected *x = &s->expected;

    if (x->stamp[0] != '\0')
        assert_string_equal(stamp_name(w->evidence->seal[0].entry[0].stamp.state), x->stamp);
    if (x->source[0] != '\0')
        assert_string_equal(source_name(w->evidence->source[0].state), x->source);
    if (x->now_said)
        assert_int_equal(w->evidence->now, x->now);
}

static void check_verdict(const struct scenario *s, const struct world *w)
{
    const struct expected *x = &s->expected;
    const struct writ_verdict *v = &w->verdict;

    if (strcmp(writ_outcome_name(v->outcome), x->outcome) != 0 ||
        strcmp(writ_why_name(v->why), x->why) != 0 || writ_verdict_exit(v) != x->exit)
        fail_msg("%s: wanted %s, %s, exit %d; found %s, %s, exit %d: %s", s->place, x->outcome,
                 x->why, x->exit, writ_outcome_name(v->outcome), writ_why_name(v->why),
                 writ_verdict_exit(v), v->reason);
    if (strstr(v->reason, x->says) == NULL)
        fail_msg("%s: wanted \"%s\" in \"%s\"", s->place, x->says, v->reason);
    if (x->pull >= 0)
        assert_int_equal(v->pull_wanted, x->pull);
    if (x->entry >= 0)
        assert_int_equal(v->entry, x->entry);
    if (x->holds_said)
        assert_int_equal(v->has_holds_until, x->holds);
    if (x->holds)
        assert_int_equal(v->holds_until, x->holds_until);
}

/* What is true of every verdict. */
static void check_always(const struct writ_verdict *v)
{
    assert_true(v->reason[0] != '\0' && v->reason[strlen(v->reason) - 1] != '.');
    assert_int_equal(writ_verdict_exit(v) == 0, v->outcome == WRIT_ALLOWED);
    assert_int_equal(v->remedy[0] == '\0', v->outcome == WRIT_ALLOWED);
    assert_true(v->outcome == WRIT_ALLOWED || !v->has_holds_until);
}

static void check_scenario(void **state)
{
    const struct scenario *s = *state;
    static struct world w;

    if (!s->has_because || s->expected.outcome[0] == '\0')
        fail_msg("%s: a case needs a `because` and a `verdict`", s->place);
    world_of(&w, s->world);
    check_verdict(s, &w);
    check_evidence(s, &w);
    check_always(&w.verdict);
    world_free(&w);
}

static void no_two_claims_are_the_same(const struct scenario *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < i; j++) {
            if (strcmp(list[i].claim, list[j].claim) == 0)
                fail_msg("%s and %s claim the same", list[j].place, list[i].place);
        }
    }
}

int main(void)
{
    static struct scenario scenarios[CASES_MAX];
    static struct CMUnitTest claims[CASES_MAX];
    size_t n;

    (void)atexit(tell_where);
    n = read_all(scenarios);
    no_two_claims_are_the_same(scenarios, n);
    for (size_t i = 0; i < n; i++)
        claims[i] = (struct CMUnitTest){.name = scenarios[i].claim,
                                        .test_func = check_scenario,
                                        .initial_state = &scenarios[i]};
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return _cmocka_run_group_tests(__FILE__, claims, n, NULL, NULL);
}
