/*
 * The filters of a device, opened: whole sources can be asked, damaged ones are said, and neither
 * keeps the other from anything.
 */
#include "shared/filters.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crypto/digest.h"
#include "scratch.h"
#include "shared/filterrecord.h"

#define LOG   "a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1"
#define AS_OF ((int64_t)1774137600)

static struct scratch s;
static struct places places;
static char state[128], second[128];
static struct filters f;
static struct writ_error e;

static int begin(void **unused)
{
    (void)unused;
    s = scratch_make();
    (void)snprintf(state, sizeof state, "%s/state", s.path);
    (void)snprintf(second, sizeof second, "%s/second", s.path);
    places = (struct places){.write = state, .read = {state, second}, .reads = 2};
    e = (struct writ_error){0};
    return 0;
}

static int end(void **unused)
{
    (void)unused;
    filters_close(&f);
    scratch_remove(&s);
    return 0;
}

/* A clubcard of no issuers that covers LOG up to this time (milliseconds). */
static void put_card(const char *path, uint64_t latest)
{
    char hex[512];

    (void)snprintf(hex, sizeof hex,
                   "0400 0001 " LOG " 0000000000000000 %016llx 00000000 00 00000000",
                   (unsigned long long)latest);
    scratch_put(&s, path, bytes_of(hex));
}

static struct filterrecord_file note(const char *path)
{
    struct filterrecord_file file = {0};
    struct writ_buffer bytes = scratch_get(&s, path);
    char full[256];
    struct stat st;

    (void)snprintf(full, sizeof full, "%s/%s", s.path, path);
    assert_int_equal(stat(full, &st), 0);
    filterrecord_note(&file, &st);
    assert_ok(writ_sha256(writ_buffer_span(&bytes), file.hash, &e));
    writ_buffer_free(&bytes);
    return file;
}

/* The index of two files in a directory. */
static void put_index(const char *dir, const char *a, const char *b)
{
    struct writ_buffer card[2] = {{0}, {0}}, out = {0};
    struct writ_clubcard opened[2];
    const char *names[2] = {a, b};
    struct writ_filter_index_input input[2];
    char path[160];

    for (int i = 0; i < 2; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", dir, names[i]);
        card[i] = scratch_get(&s, path);
        assert_ok(writ_clubcard_open(writ_buffer_span(&card[i]), &opened[i], &e));
        input[i] = (struct writ_filter_index_input){writ_span_text(names[i]), &opened[i]};
    }
    assert_ok(writ_filter_index_build(input, 2, &out, &e));
    (void)snprintf(path, sizeof path, "%s/index.bin", dir);
    scratch_put(&s, path, writ_buffer_span(&out));
    for (int i = 0; i < 2; i++) {
        writ_clubcard_close(&opened[i]);
        writ_buffer_free(&card[i]);
    }
    writ_buffer_free(&out);
}

/* A source of two filters as a pull leaves it, with an empty OneCRL. */
static void put_source(const char *state_name, const char *name, bool with_onecrl)
{
    struct filterrecord_file files[2];
    struct filterrecord record = {.directory = FILTERRECORD_FILES,
                                  .as_of = AS_OF,
                                  .files = files,
                                  .count = 2,
                                  .has_onecrl = with_onecrl};
    struct writ_buffer text = {0}, onecrl = {0};
    char dir[96], path[160], command[256];

    (void)snprintf(dir, sizeof dir, "%s/filters/%s/revocation", state_name, name);
    (void)snprintf(command, sizeof command, "mkdir -p %s", dir);
    scratch_run(&s, command);
    (void)snprintf(path, sizeof path, "%s/full.filter", dir);
    put_card(path, 1774000000000);
    files[0] = note(path);
    (void)snprintf(files[0].name, sizeof files[0].name, "full.filter");
    (void)snprintf(path, sizeof path, "%s/1.delta", dir);
    put_card(path, 1774100000000);
    files[1] = note(path);
    (void)snprintf(files[1].name, sizeof files[1].name, "1.delta");
    put_index(dir, "full.filter", "1.delta");
    if (with_onecrl) {
        (void)snprintf(path, sizeof path, "%s/filters/%s/onecrl", state_name, name);
        assert_ok(writ_onecrl_build(NULL, 0, &onecrl, &e));
        scratch_put(&s, path, writ_buffer_span(&onecrl));
        record.onecrl = note(path);
    }
    filterrecord_add(&text, &record);
    (void)snprintf(path, sizeof path, "%s/filters/%s/pulled", state_name, name);
    scratch_put(&s, path, writ_buffer_span(&text));
    writ_buffer_free(&text);
    writ_buffer_free(&onecrl);
}

static void open_all(void)
{
    filters_close(&f);
    assert_ok(filters_open(&f, &places, &e));
}

static const struct writ_filter_set *set_of(const char *name)
{
    for (size_t i = 0; i < f.set_count; i++) {
        if (strcmp(f.sets[i].source, name) == 0)
            return &f.sets[i];
    }
    return NULL;
}

/* The one problem, which has these words. */
static void assert_problem(const char *words)
{
    assert_int_equal(f.problem_count, 1);
    if (strstr(f.problems[0], words) == NULL)
        fail_msg("wanted \"%s\" in \"%s\"", words, f.problems[0]);
}

static void a_device_without_sources_has_no_sets_and_no_problems(void **unused)
{
    (void)unused;
    open_all();
    assert_int_equal(f.set_count, 0);
    assert_int_equal(f.problem_count, 0);
    assert_true(filters_are_current(&f));
    scratch_run(&s, "mkdir -p state/filters/.hidden state/filters/UPPER state/filters/new");
    scratch_run(&s, "touch state/filters/file");
    open_all();
    assert_int_equal(f.set_count, 0);
}

static void a_source_that_was_pulled_can_be_asked(void **unused)
{
    const struct writ_filter_set *set;

    (void)unused;
    put_source("state", "moz", true);
    open_all();
    assert_int_equal(f.problem_count, 0);
    assert_int_equal(f.set_count, 1);
    set = set_of("moz");
    assert_non_null(set);
    assert_true(set->as_of == AS_OF);
    assert_int_equal(set->file_count, 2);
    assert_text(set->files[0].name, "full.filter");
    assert_text(set->files[1].name, "1.delta");
    assert_int_equal(set->index->files, 2);
    assert_non_null(set->onecrl);
    assert_true(writ_clubcard_covers(&set->files[1].card, bytes_of(LOG).p, 1774100000000));
}

static void every_state_that_is_read_counts(void **unused)
{
    (void)unused;
    put_source("state", "mine", false);
    put_source("second", "the-machines", false);
    put_source("second", "mine", false);
    open_all();
    assert_int_equal(f.set_count, 3);
    assert_non_null(set_of("the-machines"));
    assert_null(set_of("mine")->onecrl);
}

static void what_is_damaged_takes_its_own_set_away(void **unused)
{
    static const char *const damages[][2] = {
        {"rm revocation/1.delta", "1.delta: No such file"},
        {"rm revocation/index.bin", "index.bin: No such file"},
        {"rm -r revocation", "revocation: No such file"},
        {"truncate -s 100 revocation/full.filter", "full.filter is not the file that was pulled"},
        {"truncate -s 0 revocation/full.filter", "full.filter has 0 bytes"},
        {"printf x >>revocation/full.filter", "full.filter is not the file that was pulled"},
        {"cp revocation/1.delta revocation/full.filter", "full.filter is not the file"},
        {"rm revocation/1.delta; mkfifo revocation/1.delta", "1.delta is not a regular file"},
        {"rm revocation/1.delta; mkdir revocation/1.delta", "1.delta is not a regular file"},
        {"truncate -s 10 revocation/index.bin", "index.bin: "},
        {"echo >revocation/index.bin", "index.bin: "},
        {"rm revocation/index.bin; mkfifo revocation/index.bin", "index.bin is not a regular file"},
        {"echo >pulled", "pulled: "},
        {"truncate -s 40 pulled", "pulled: "},
        {"truncate -s 300000 pulled", "pulled has 300000 bytes, wanted 1 to 262144"},
        {"rm pulled; mkfifo pulled", "pulled is not a regular file"},
        {"sed -i s/crlite/other/ pulled", "pulled: "},
    };

    (void)unused;
    put_source("state", "whole", false);
    for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++) {
        char command[512];

        scratch_run(&s, "rm -rf state/filters/moz");
        put_source("state", "moz", false);
        (void)snprintf(command, sizeof command, "cd state/filters/moz && %s", damages[i][0]);
        scratch_run(&s, command);
        open_all();
        assert_non_null(set_of("whole"));
        assert_null(set_of("moz"));
        assert_problem(damages[i][1]);
        assert_memory_equal(f.problems[0], "moz: ", 5);
    }
}

static void a_source_without_a_record_was_never_pulled(void **unused)
{
    (void)unused;
    put_source("state", "moz", false);
    scratch_run(&s, "rm state/filters/moz/pulled");
    open_all();
    assert_int_equal(f.set_count, 0);
    assert_int_equal(f.problem_count, 0);
}

/* A restored backup: other inodes and times, the same bytes. */
static void a_copy_of_what_was_pulled_is_known_by_its_hash(void **unused)
{
    (void)unused;
    put_source("state", "moz", true);
    scratch_run(&s, "cp -r state/filters/moz copy && rm -r state/filters/moz && "
                    "mv copy state/filters/moz && touch state/filters/moz/revocation/*");
    open_all();
    assert_int_equal(f.problem_count, 0);
    assert_non_null(set_of("moz"));
    assert_non_null(set_of("moz")->onecrl);
}

static void a_damaged_onecrl_leaves_the_filters(void **unused)
{
    static const char *const damages[] = {"rm onecrl", "echo >>onecrl", "truncate -s 4 onecrl",
                                          "truncate -s 0 onecrl"};

    (void)unused;
    for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++) {
        char command[256];

        scratch_run(&s, "rm -rf state/filters/moz");
        put_source("state", "moz", true);
        (void)snprintf(command, sizeof command, "cd state/filters/moz && %s", damages[i]);
        scratch_run(&s, command);
        open_all();
        assert_non_null(set_of("moz"));
        assert_null(set_of("moz")->onecrl);
        assert_problem("moz: onecrl");
    }
}

/* upki replaces files and index of a directory that both share, and knows nothing of the record. */
static void what_upki_has_brought_is_as_old_as_its_coverage(void **unused)
{
    (void)unused;
    put_source("state", "moz", false);
    put_card("state/filters/moz/revocation/2.delta", 1774200000000);
    put_index("state/filters/moz/revocation", "full.filter", "2.delta");
    open_all();
    assert_int_equal(f.problem_count, 0);
    assert_text(set_of("moz")->files[1].name, "2.delta");
    assert_true(set_of("moz")->as_of == 1774200000);
}

static void coverage_in_the_future_is_as_old_as_the_index(void **unused)
{
    struct stat st;
    char path[256];

    (void)unused;
    put_source("state", "moz", false);
    put_card("state/filters/moz/revocation/2.delta", 9000000000000);
    put_index("state/filters/moz/revocation", "full.filter", "2.delta");
    (void)snprintf(path, sizeof path, "%s/state/filters/moz/revocation/index.bin", s.path);
    assert_int_equal(stat(path, &st), 0);
    open_all();
    assert_true(set_of("moz")->as_of == st.st_mtim.tv_sec);
}

static void filters_may_lie_elsewhere(void **unused)
{
    char command[512];

    (void)unused;
    put_source("state", "moz", false);
    (void)snprintf(command, sizeof command,
                   "mv state/filters/moz/revocation cache && "
                   "sed -i 's|^directory .*|directory %s/cache|' state/filters/moz/pulled",
                   s.path);
    scratch_run(&s, command);
    open_all();
    assert_non_null(set_of("moz"));
    scratch_run(&s, "rm -r cache");
    open_all();
    assert_null(set_of("moz"));
    assert_problem("/cache: No such file");
}

static void whoever_runs_for_long_sees_that_something_changed(void **unused)
{
    static const char *const changes[] = {
        "cp state/filters/moz/pulled x && mv x state/filters/moz/pulled",
        "cp state/filters/moz/revocation/index.bin x && mv x "
        "state/filters/moz/revocation/index.bin",
        "rm state/filters/moz/pulled",
        "mkdir state/filters/other",
        "mkdir -p second/filters",
        "rm -r state/filters",
    };

    (void)unused;
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        scratch_run(&s, "rm -rf state second");
        put_source("state", "moz", false);
        open_all();
        assert_true(filters_are_current(&f));
        scratch_run(&s, changes[i]);
        assert_false(filters_are_current(&f));
    }
}

static void a_first_pull_is_seen_too(void **unused)
{
    (void)unused;
    put_source("state", "moz", false);
    scratch_run(&s, "mv state/filters/moz/pulled kept");
    open_all();
    assert_true(filters_are_current(&f));
    scratch_run(&s, "mv kept state/filters/moz/pulled");
    assert_false(filters_are_current(&f));
}

static void one_source_too_many_is_said(void **unused)
{
    char name[32];

    (void)unused;
    for (int i = 0; i <= FILTERS_SOURCES_MAX; i++) {
        (void)snprintf(name, sizeof name, "source-%d", i);
        put_source("state", name, false);
    }
    open_all();
    assert_int_equal(f.set_count, FILTERS_SOURCES_MAX);
    assert_problem("one source of filters too many");
}

static size_t count_descriptors(void)
{
    DIR *d = opendir("/proc/self/fd");
    size_t n = 0;

    assert_non_null(d);
    while (readdir(d) != NULL)
        n++;
    closedir(d);
    return n;
}

static void no_descriptor_is_left_open(void **unused)
{
    size_t before = count_descriptors();

    (void)unused;
    put_source("state", "moz", true);
    put_source("state", "broken", true);
    scratch_run(&s, "rm state/filters/broken/revocation/1.delta");
    open_all();
    assert_int_equal(count_descriptors(), before);
}

/* ------------------------------------------------------------- while somebody holds them open */

static void what_is_open_stays_as_it_was_when_it_is_replaced(void **unused)
{
    const struct writ_filter_set *set;
    uint8_t before[64], after[64];

    (void)unused;
    put_source("state", "moz", false);
    open_all();
    set = set_of("moz");
    memcpy(before, set->files[1].card.bytes.p, sizeof before);
    put_card("new", 1);
    scratch_run(&s, "mv new state/filters/moz/revocation/1.delta; "
                    "rm state/filters/moz/revocation/full.filter");
    memcpy(after, set->files[1].card.bytes.p, sizeof after);
    assert_memory_equal(before, after, sizeof before);
    assert_true(writ_clubcard_covers(&set->files[0].card, bytes_of(LOG).p, 1774000000000));
}

/* writ and upki never do this.  Whoever does it to a program that runs, be it to a filter or to one
 * of its libraries, kills it. */
static void a_file_that_is_cut_short_kills_its_reader(void **unused)
{
    pid_t child;
    int status;

    (void)unused;
    put_source("state", "moz", false);
    open_all();
    scratch_run(&s, "truncate -s 0 state/filters/moz/revocation/full.filter");
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        volatile uint8_t byte;

        (void)signal(SIGBUS, SIG_DFL);
        byte = set_of("moz")->files[0].card.bytes.p[0];
        (void)byte;
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGBUS);
    open_all();
    assert_null(set_of("moz"));
    assert_problem("full.filter has 0 bytes");
}

/* ---------------------------------------------------------------------------------- the record */

static void a_record_reads_as_it_was_written(void **unused)
{
    struct filterrecord_file files[2] = {{.name = "full.filter",
                                          .size = 6126299,
                                          .inode = 17,
                                          .changed = 5,
                                          .nanoseconds = 999999999},
                                         {.name = "1.delta", .size = 1}};
    struct filterrecord record = {.kind = FILTERRECORD_UPKI,
                                  .directory = "/var/cache/upki/x y",
                                  .as_of = 7,
                                  .generated = 9,
                                  .files = files,
                                  .count = 2};
    struct filterrecord again;
    struct writ_buffer text = {0}, second_text = {0};

    (void)unused;
    files[0].hash[0] = 0xab;
    filterrecord_add(&text, &record);
    assert_ok(filterrecord_parse(writ_buffer_span(&text), &again, &e));
    assert_int_equal(again.kind, FILTERRECORD_UPKI);
    assert_string_equal(again.directory, "/var/cache/upki/x y");
    assert_true(again.as_of == 7 && again.generated == 9 && !again.has_onecrl);
    assert_int_equal(again.count, 2);
    assert_memory_equal(&again.files[0], &files[0], sizeof files[0]);
    filterrecord_add(&second_text, &again);
    assert_spans_equal(writ_buffer_span(&second_text), writ_buffer_span(&text));
    filterrecord_free(&again);
    writ_buffer_free(&text);
    writ_buffer_free(&second_text);
}

#define HEAD "writ-filters 1\nkind crlite\ndirectory x\nas_of 1\ngenerated 0\n"
#define HASH "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

static void a_record_that_is_none_is_refused(void **unused)
{
    static const char *const texts[][2] = {
        {"", "version"},
        {"writ-filters 2\n", "wanted writ-filters 1"},
        {"writ-filters 1\n", "kind"},
        {"writ-filters 1\nkind feed\n", "unknown kind"},
        {"writ-filters 1\nkind upki\ndirectory \n", "not the name of a directory"},
        {"writ-filters 1\nkind upki\ndirectory \x1b\n", "not the name of a directory"},
        {"writ-filters 1\nkind upki\ndirectory x\nas_of -1\n", "as_of is not a time"},
        {"writ-filters 1\nkind upki\ndirectory x\nas_of 1\ngenerated x\n", "generated is not"},
        {HEAD "file " HASH " 1 2 3 4\n", "not the name of a filter"},
        {HEAD "file " HASH " 1 2 3 4 ../x\n", "not the name of a filter"},
        {HEAD "file " HASH " 1 2 3 1000000000 x\n", "wanted HASH SIZE INODE"},
        {HEAD "file 00 1 2 3 4 x\n", "wanted HASH SIZE INODE"},
        {HEAD "file " HASH " 1 2 3 4 x", "file"},
        {HEAD "onecrl " HASH " 1 2 3 4 x\n", "not the name of a filter"},
        {HEAD "onecrl " HASH " 1 2 3\n", "wanted HASH SIZE INODE"},
        {HEAD "other\n", "wanted a line that begins with file"},
        {HEAD "file " HASH " 1 2 3 4 x\nonecrl " HASH " 1 2 3 4\n", "begins with file"},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct filterrecord record;

        assert_fault(filterrecord_parse(writ_span_text(texts[i][0]), &record, &e),
                     WRIT_FAULT_BAD_INPUT, texts[i][1]);
        filterrecord_free(&record);
    }
}

static void a_record_of_too_many_files_is_refused(void **unused)
{
    struct writ_buffer text = {0};
    struct filterrecord record;

    (void)unused;
    writ_buffer_text(&text, HEAD);
    for (int i = 0; i <= WRIT_FILTER_INDEX_FILES_MAX; i++)
        writ_buffer_format(&text, "file " HASH " 1 2 3 4 f%d\n", i);
    assert_fault(filterrecord_parse(writ_buffer_span(&text), &record, &e), WRIT_FAULT_BAD_INPUT,
                 "more than 512 files");
    filterrecord_free(&record);
    writ_buffer_free(&text);
}

#define SCENE(function) cmocka_unit_test_setup_teardown(function, begin, end)

static const struct CMUnitTest claims[] = {
    SCENE(a_device_without_sources_has_no_sets_and_no_problems),
    SCENE(a_source_that_was_pulled_can_be_asked),
    SCENE(every_state_that_is_read_counts),
    SCENE(what_is_damaged_takes_its_own_set_away),
    SCENE(a_source_without_a_record_was_never_pulled),
    SCENE(a_copy_of_what_was_pulled_is_known_by_its_hash),
    SCENE(a_damaged_onecrl_leaves_the_filters),
    SCENE(what_upki_has_brought_is_as_old_as_its_coverage),
    SCENE(coverage_in_the_future_is_as_old_as_the_index),
    SCENE(filters_may_lie_elsewhere),
    SCENE(whoever_runs_for_long_sees_that_something_changed),
    SCENE(a_first_pull_is_seen_too),
    SCENE(one_source_too_many_is_said),
    SCENE(no_descriptor_is_left_open),
    SCENE(what_is_open_stays_as_it_was_when_it_is_replaced),
    SCENE(a_file_that_is_cut_short_kills_its_reader),
    SCENE(a_record_reads_as_it_was_written),
    SCENE(a_record_that_is_none_is_refused),
    SCENE(a_record_of_too_many_files_is_refused),
};

RUN_CLAIMS(claims)
