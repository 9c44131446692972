#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ca.h"

/* --- a store is born --- */

static size_t files_in(const struct scratch *dir)
{
    DIR *d = opendir(dir->path);
    size_t n = 0;

    assert_non_null(d);
    for (const struct dirent *entry; (entry = readdir(d)) != NULL;)
        n += entry->d_name[0] != '.' || strlen(entry->d_name) > 2;
    (void)closedir(d);
    return n;
}

static struct castore *conceive(const struct scratch *dir)
{
    char path[128];
    struct castore *s;

    (void)snprintf(path, sizeof path, "%s/ca", dir->path);
    writ_error_clear(&e);
    s = castore_create(path, "Example Corp", "example.org/feed", T0, &e);
    if (s == NULL)
        fail_msg("%s", e.text);
    return s;
}

static void a_new_store_appears_at_its_first_commit_and_only_for_its_owner(void **state)
{
    struct ca ca = {.dir = scratch_make()};
    struct stat st;

    (void)state;
    (void)umask(0);
    ca.s = conceive(&ca.dir);
    assert_int_equal(stat(ca_path(&ca, "ca"), &st), -1);
    ca_commit(&ca);
    assert_int_equal(stat(ca_path(&ca, "ca"), &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(files_in(&ca.dir), 1);
    ca_remove(&ca);
}

static void a_store_that_is_not_committed_leaves_nothing(void **state)
{
    struct scratch dir = scratch_make();

    (void)state;
    castore_close(conceive(&dir));
    assert_int_equal(files_in(&dir), 0);
    scratch_remove(&dir);
}

static void a_store_is_not_born_without_an_audit_record(void **state)
{
    struct scratch dir = scratch_make();
    struct castore *s = conceive(&dir);

    (void)state;
    assert_fault(castore_commit(s, &e), WRIT_FAULT_UNEXPECTED, "without an audit record");
    castore_close(s);
    assert_int_equal(files_in(&dir), 0);
    scratch_remove(&dir);
}

static void what_stands_at_the_path_is_never_replaced(void **state)
{
    struct ca ca = ca_new();
    struct castore *late;

    (void)state;
    assert_fault_null(castore_create(ca.path, "Other", "o", T0, &e), WRIT_FAULT_CANNOT_CREATE,
                      "exists already");
    ca_close(&ca);
    assert_int_equal(rename(ca.path, ca_path(&ca, "away")), 0);
    late = conceive(&ca.dir);
    assert_int_equal(rename(ca_path(&ca, "away"), ca.path), 0);
    ca.s = late;
    ca_audit(&ca, "");
    assert_fault(castore_commit(late, &e), WRIT_FAULT_CANNOT_CREATE, "exists already");
    ca_close(&ca);
    ca_open(&ca, "ca", T0);
    assert_int_equal(ca_get(&ca, ca.root).role, CASTORE_ROOT);
    ca_remove(&ca);
}

static void after_its_birth_a_store_is_opened_anew(void **state)
{
    struct scratch dir = scratch_make();
    struct ca ca = {.dir = dir, .s = conceive(&dir)};
    struct castore_info info;
    char value[CASTORE_TEXT_MAX + 1];

    (void)state;
    ca_commit(&ca);
    assert_fault(castore_begin(ca.s, &e), WRIT_FAULT_UNEXPECTED, "where none can begin");
    assert_fault(castore_info(ca.s, &info, &e), WRIT_FAULT_UNEXPECTED, "open it to use it");
    assert_fault(castore_setting_get(ca.s, "x", value, &e), WRIT_FAULT_UNEXPECTED, "open it");
    assert_fault(castore_backup(ca.s, ca_path(&ca, "copy"), T0, &e), WRIT_FAULT_UNEXPECTED,
                 "backup");
    ca_remove(&ca);
}

static void a_CA_has_a_name_and_an_origin_that_can_be_printed(void **state)
{
    static char name[CASTORE_NAME_MAX + 2];
    struct scratch dir = scratch_make();
    struct ca ca = {.dir = dir};
    const char *path = ca_path(&ca, "ca");

    (void)state;
    memset(name, 'n', CASTORE_NAME_MAX + 1);
    assert_fault_null(castore_create(path, "", "o", T0, &e), WRIT_FAULT_USAGE, "name of a CA");
    assert_fault_null(castore_create(path, "n", "", T0, &e), WRIT_FAULT_USAGE, "origin");
    assert_fault_null(castore_create(path, "a\nb", "o", T0, &e), WRIT_FAULT_USAGE, "printable");
    assert_fault_null(castore_create(path, name, "o", T0, &e), WRIT_FAULT_USAGE, "at most 256");
    assert_int_equal(files_in(&dir), 0);
    scratch_remove(&dir);
}

static void a_CA_knows_who_it_is(void **state)
{
    struct ca ca = ca_new(), other = ca_new();
    struct castore_info info, others;

    (void)state;
    assert_ok(castore_info(ca.s, &info, &e));
    assert_string_equal(info.name, "Example Corp");
    assert_string_equal(info.origin, "example.org/feed");
    assert_int_equal(info.created, T0);
    assert_int_equal(info.restored, 0);
    assert_false(info.is_backup);
    assert_true(info.writable);
    assert_ok(castore_info(other.s, &others, &e));
    assert_memory_not_equal(info.id, others.id, sizeof info.id);
    ca_remove(&ca);
    ca_remove(&other);
}

static void a_path_is_always_the_name_of_a_file(void **state)
{
    static const char *const names[] = {":memory:", "file:x?mode=memory", "a b%20c?d#e&f",
                                        "\xc3\xbc'\"\\"};
    struct scratch dir = scratch_make();
    struct castore *s;
    char here[4096];

    (void)state;
    assert_non_null(getcwd(here, sizeof here));
    assert_int_equal(chdir(dir.path), 0);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct ca ca = {.s = castore_create(names[i], "n", "o", T0, &e)};

        assert_non_null(ca.s);
        ca_commit(&ca);
        ca_close(&ca);
        assert_int_equal(access(names[i], F_OK), 0);
        s = castore_open_write(names[i], WHO, T0, &e);
        assert_non_null(s);
        castore_close(s);
    }
    assert_int_equal(chdir(here), 0);
    scratch_remove(&dir);
}

/* --- opening --- */

static void assert_not_opened(const char *path, enum writ_fault fault, const char *words)
{
    assert_fault_null(castore_open_read(path, &e), fault, words);
    assert_fault_null(castore_open_write(path, WHO, T0, &e), fault, words);
}

static void what_is_no_regular_file_is_not_opened(void **state)
{
    struct ca ca = {.dir = scratch_make()};

    (void)state;
    assert_not_opened(ca_path(&ca, "missing"), WRIT_FAULT_NO_INPUT, "No such file");
    assert_not_opened(ca.dir.path, WRIT_FAULT_NO_INPUT, "a directory");
    assert_int_equal(mkfifo(ca_path(&ca, "fifo"), 0600), 0);
    assert_not_opened(ca_path(&ca, "fifo"), WRIT_FAULT_NO_INPUT, "a FIFO");
    assert_int_equal(symlink("loop", ca_path(&ca, "loop")), 0);
    assert_not_opened(ca_path(&ca, "loop"), WRIT_FAULT_NO_INPUT, "symbolic links");
    assert_not_opened("/dev/null", WRIT_FAULT_NO_INPUT, "a character device");
    scratch_remove(&ca.dir);
}

static void what_is_no_store_is_not_opened_and_not_touched(void **state)
{
    static uint8_t garbage[8192];
    struct ca ca = {.dir = scratch_make()};
    struct writ_buffer after;

    (void)state;
    memset(garbage, 0xa5, sizeof garbage);
    scratch_put(&ca.dir, "empty", WRIT_SPAN("", 0));
    assert_not_opened(ca_path(&ca, "empty"), WRIT_FAULT_BAD_INPUT, "is empty, not a writ CA store");
    scratch_put(&ca.dir, "one", WRIT_SPAN(garbage, 1));
    assert_not_opened(ca_path(&ca, "one"), WRIT_FAULT_BAD_INPUT, "is not a writ CA store");
    scratch_put(&ca.dir, "garbage", WRIT_SPAN_OF(garbage));
    assert_not_opened(ca_path(&ca, "garbage"), WRIT_FAULT_BAD_INPUT, "is not a writ CA store");
    after = scratch_get(&ca.dir, "garbage");
    assert_spans_equal(writ_buffer_span(&after), WRIT_SPAN_OF(garbage));
    writ_buffer_free(&after);
    assert_int_equal(files_in(&ca.dir), 3);
    scratch_remove(&ca.dir);
}

static void the_file_of_another_program_is_not_opened_and_not_touched(void **state)
{
    struct ca ca = {.dir = scratch_make()};

    (void)state;
    scratch_put(&ca.dir, "other", WRIT_SPAN("", 0));
    assert_int_equal(ca_tamper(ca_path(&ca, "other"), true,
                               "PRAGMA application_id = 7; CREATE TABLE ca (one);"
                               "PRAGMA journal_mode = WAL"),
                     SQLITE_OK);
    assert_not_opened(ca_path(&ca, "other"), WRIT_FAULT_BAD_INPUT, "is not a writ CA store");
    assert_int_equal(files_in(&ca.dir), 1); /* no journals beside it */
    scratch_remove(&ca.dir);
}

static void a_store_of_a_newer_writ_is_not_opened(void **state)
{
    struct ca ca = ca_new();

    (void)state;
    ca_close(&ca);
    assert_int_equal(ca_tamper(ca.path, true, "PRAGMA user_version = 3"), SQLITE_OK);
    assert_not_opened(ca.path, WRIT_FAULT_CONFIGURATION, "made by a newer writ: it has schema 3");
    assert_int_equal(ca_tamper(ca.path, true, "PRAGMA user_version = 0"), SQLITE_OK);
    assert_not_opened(ca.path, WRIT_FAULT_BAD_INPUT, "is damaged: it has schema 0");
    ca_remove(&ca);
}

static void a_store_with_other_tables_or_triggers_is_not_opened(void **state)
{
    static const char *const changes[] = {
        "DROP TRIGGER audit_no_delete",
        "DROP TRIGGER certificates_dense",
        "CREATE TABLE more (x)",
        "CREATE TRIGGER evil AFTER INSERT ON audit BEGIN DELETE FROM revocations; END",
        "ALTER TABLE revocations RENAME TO was; CREATE VIEW revocations AS SELECT * FROM was",
    };

    (void)state;
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        struct ca ca = ca_new();

        ca_close(&ca);
        assert_int_equal(ca_tamper(ca.path, true, changes[i]), SQLITE_OK);
        assert_not_opened(ca.path, WRIT_FAULT_BAD_INPUT, "tables and triggers");
        ca_remove(&ca);
    }
}

static void statistics_for_the_planner_do_no_harm(void **state)
{
    struct ca ca = ca_new();

    (void)state;
    ca_close(&ca);
    assert_int_equal(ca_tamper(ca.path, true, "ANALYZE"), SQLITE_OK);
    ca_open(&ca, "ca", T0);
    ca_remove(&ca);
}

/* --- what comes back is checked again --- */

static int ignore_certificate(void *arg, const struct castore_certificate *c,
                              struct writ_error *err)
{
    (void)arg;
    (void)c;
    (void)err;
    return 0;
}

static int ignore_content(void *arg, const struct castore_content *c, struct writ_error *err)
{
    (void)arg;
    (void)c;
    (void)err;
    return 0;
}

static int ignore_audit(void *arg, const struct castore_audit *a, struct writ_error *err)
{
    (void)arg;
    (void)a;
    (void)err;
    return 0;
}

static int ignore_gap(void *arg, const struct castore_gap *g, struct writ_error *err)
{
    (void)arg;
    (void)g;
    (void)err;
    return 0;
}

/* Everything that can be read. */
static int read_all(struct castore *s)
{
    struct castore_publication *p = NULL;
    struct castore_key *k = NULL;
    struct castore_info info;
    char value[CASTORE_TEXT_MAX + 1];
    uint64_t number;
    int rc = -1;

    writ_error_clear(&e);
    if (castore_info(s, &info, &e) == 0 &&
        castore_certificate_each(s, ignore_certificate, NULL, &e) == 0 &&
        castore_content_each(s, ignore_content, NULL, &e) == 0 &&
        castore_audit_each(s, ignore_audit, NULL, &e) == 0 &&
        castore_gap_each(s, ignore_gap, NULL, &e) == 0 &&
        castore_number_next(s, 2, &number, &e) == 0 &&
        castore_setting_get(s, "place", value, &e) == 0 &&
        castore_publication_last(s, &p, &e) == 0 &&
        castore_key_find(s, CASTORE_KEY_FEED, NULL, &k, &e) == 0)
        rc = 0;
    castore_publication_free(p);
    castore_key_free(k);
    return rc;
}

/* A store with one of everything, closed. */
static struct ca full_store(void)
{
    struct ca ca = ca_new();
    struct castore_key k = {.purpose = CASTORE_KEY_FEED, .algorithm = "Ed25519", .created = T0};
    struct castore_content c = {.length = 5, .revoked_at = T0, .name = "app", .note = "bad"};
    struct castore_publication p = {.as_of = T0, .expires = T0 + 1, .note = writ_span_text("note")};
    int64_t id = ca_issue(&ca, 3, "Alice");

    ca_revoke(&ca, id, WRIT_REASON_KEY_COMPROMISE);
    k.pkcs8 = writ_span_text("key");
    ca_begin(&ca);
    assert_ok(castore_key_add(ca.s, &k, &id, &e));
    assert_ok(castore_content_revoke(ca.s, &c, &e));
    assert_ok(castore_publication_reserve(ca.s, T0, &p.version, &e));
    assert_ok(castore_publication_record(ca.s, &p, &e));
    assert_ok(castore_setting_set(ca.s, "place", "here", &e));
    ca_commit(&ca);
    assert_ok(castore_backup(ca.s, ca_path(&ca, "copy"), T0, &e));
    ca_close(&ca);
    assert_int_equal(rename(ca_path(&ca, "copy"), ca.path), 0);
    ca_open(&ca, "ca", T0); /* burns a gap */
    ca_close(&ca);
    return ca;
}

/* Each makes a row that no writ writes. */
static const char *const impossible_rows[] = {
    "UPDATE ca SET name = ''",
    "UPDATE ca SET origin = char(10)",
    "UPDATE ca SET id = zeroblob(15)",
    "UPDATE ca SET created = 1 << 60",
    "UPDATE ca SET restored = -1",
    "UPDATE ca SET copied_at = 1 << 60",
    "UPDATE certificates SET serial = zeroblob(21) WHERE id = 3",
    "UPDATE certificates SET serial = x'' WHERE id = 3",
    "UPDATE certificates SET number = -1 WHERE id = 3",
    "UPDATE certificates SET number = 0 WHERE id = 3",
    "UPDATE certificates SET number = (1 << 62) + 1 WHERE id = 3",
    "UPDATE certificates SET number = 1 WHERE id = 1",
    "UPDATE certificates SET issuer = NULL WHERE id = 3",
    "UPDATE certificates SET issuer = 0 WHERE id = 3",
    "UPDATE certificates SET role = 7 WHERE id = 3",
    "UPDATE certificates SET role = 1 WHERE id = 3",
    "UPDATE certificates SET role = -1 WHERE id = 3",
    "UPDATE certificates SET name = '' WHERE id = 3",
    "UPDATE certificates SET name = 'a' || char(27) WHERE id = 3",
    "UPDATE certificates SET name = 'a' || char(0) || 'b' WHERE id = 3",
    "UPDATE certificates SET name = CAST(x'c3' AS TEXT) WHERE id = 3",
    "UPDATE certificates SET name = printf('%257s', 'x') WHERE id = 3",
    "UPDATE certificates SET team = printf('%257s', 'x') WHERE id = 3",
    "UPDATE certificates SET not_before = 253402300800 WHERE id = 3",
    "UPDATE certificates SET not_after = not_before - 1 WHERE id = 3",
    "UPDATE certificates SET issued_at = -(1 << 60) WHERE id = 3",
    "UPDATE certificates SET spki_hash = zeroblob(31) WHERE id = 3",
    "UPDATE certificates SET fingerprint = zeroblob(33) WHERE id = 3",
    "UPDATE certificates SET fingerprint = zeroblob(32) WHERE id = 3",
    "UPDATE certificates SET der = x'00' WHERE id = 3",
    "UPDATE certificates SET der = x'' WHERE id = 3",
    "UPDATE certificates SET der = NULL WHERE id = 3",
    "UPDATE certificates SET spki_hash = NULL WHERE id = 3",
    "UPDATE certificates SET der = zeroblob(65537) WHERE id = 3",
    "UPDATE issuers SET next_number = 0 WHERE certificate = 2",
    "UPDATE issuers SET next_number = -5 WHERE certificate = 2",
    "UPDATE gaps SET next = first",
    "UPDATE gaps SET first = 0",
    "UPDATE gaps SET burned_at = 1 << 60",
    "UPDATE revocations SET reason = 77",
    "UPDATE revocations SET reason = 7",
    "UPDATE revocations SET reason = -1",
    "UPDATE revocations SET since = 1 << 60",
    "UPDATE revocations SET since_given = 2",
    "UPDATE revocations SET since_given = 1, note = NULL",
    "UPDATE revocations SET revoked_at = -(1 << 60)",
    "UPDATE revocations SET note = char(10)",
    "UPDATE revocations SET note = printf('%1025s', 'x')",
    "UPDATE contents SET length = -1",
    "UPDATE contents SET root = zeroblob(31)",
    "UPDATE contents SET reason = 8",
    "UPDATE contents SET revoked_at = 1 << 60",
    "UPDATE contents SET name = printf('%1025s', 'x')",
    "UPDATE contents SET note = char(7)",
    "UPDATE publications SET as_of = 1 << 60",
    "UPDATE publications SET expires = as_of - 1",
    "UPDATE publications SET table_hash = zeroblob(1)",
    "UPDATE publications SET note = x''",
    "UPDATE publications SET note = zeroblob(65537)",
    "UPDATE settings SET value = char(10)",
    "UPDATE settings SET value = printf('%1025s', 'x')",
    "UPDATE keys SET pkcs8 = x''",
    "UPDATE keys SET pkcs8 = zeroblob(65537)",
    "UPDATE keys SET algorithm = ''",
    "UPDATE keys SET algorithm = printf('%33s', 'x')",
    "UPDATE keys SET encrypted = 2",
    "UPDATE keys SET spki_hash = zeroblob(31)",
    "UPDATE keys SET created = 1 << 60",
    "UPDATE audit SET who = ''",
    "UPDATE audit SET action = ''",
    "UPDATE audit SET at = 1 << 60",
    "UPDATE audit SET why = char(8238)",
    "UPDATE audit SET subject = printf('%1025s', 'x')",
    "UPDATE audit SET details = printf('%65537s', 'x')",
    "UPDATE audit SET id = -1 WHERE id = 1",
};

static void a_row_that_nobody_can_have_written_is_damage(void **state)
{
    struct ca ca = full_store();
    const char *copy = ca_path(&ca, "tampered");
    struct castore *s;

    (void)state;
    for (size_t i = 0; i < sizeof impossible_rows / sizeof impossible_rows[0]; i++) {
        scratch_run(&ca.dir, "cp ca tampered");
        assert_int_equal(ca_tamper(copy, false, impossible_rows[i]), SQLITE_OK);
        writ_error_clear(&e);
        s = castore_open_read(copy, &e);
        if (s != NULL && read_all(s) == 0)
            fail_msg("not noticed: %s", impossible_rows[i]);
        assert_sentence(WRIT_FAULT_BAD_INPUT, "is damaged");
        castore_close(s);
    }
    ca_remove(&ca);
}

static void a_store_with_one_of_everything_is_read_without_complaint(void **state)
{
    struct ca ca = full_store();
    struct castore *s = castore_open_read(ca.path, &e);

    (void)state;
    assert_non_null(s);
    assert_ok(read_all(s));
    castore_close(s);
    ca_remove(&ca);
}

/* Whatever a file holds: opening, reading and issuing end in a fault or well. */
static void use(struct ca *ca, const char *name)
{
    struct castore *s = castore_open_read(ca_path(ca, name), &e);

    if (s != NULL)
        (void)(read_all(s) < 0);
    castore_close(s);
    writ_error_clear(&e);
    ca->s = castore_open_write(ca_path(ca, name), WHO, T0, &e);
    if (ca->s != NULL && castore_begin(ca->s, &e) == 0) {
        struct castore_certificate c = ca_certificate(CASTORE_DEVELOPER, 2, 99, "Next");
        struct castore_audit a = {.at = T0, .who = WHO, .action = "issue"};
        int64_t id;

        if (castore_number_next(ca->s, 2, &c.number, &e) == 0 &&
            castore_certificate_add(ca->s, &c, &id, &e) == 0 &&
            castore_audit_add(ca->s, &a, &e) == 0)
            (void)(castore_commit(ca->s, &e) < 0);
    }
    if (e.fault == WRIT_FAULT_UNEXPECTED && strstr(e.text, "never") == NULL &&
        strstr(e.text, "constraint") == NULL)
        fail_msg("%s", e.text);
    ca_close(ca);
    (void)unlink(ca_path(ca, "flipped-wal"));
    (void)unlink(ca_path(ca, "flipped-shm"));
    (void)unlink(ca_path(ca, "flipped-journal"));
    writ_error_clear(&e);
}

static void flipped_bits_end_in_a_fault_or_do_no_harm(void **state)
{
    struct ca ca = full_store();
    struct writ_buffer file = scratch_get(&ca.dir, "ca");

    (void)state;
    /* The header of the file densely, then the headers of its pages, then here and there. */
    for (size_t i = 0; i < file.n; i += i < 100 ? 1 : i % 4096 < 48 ? 5 : 1009) {
        file.p[i] ^= (uint8_t)(1u << (i % 8));
        scratch_put(&ca.dir, "flipped", writ_buffer_span(&file));
        use(&ca, "flipped");
        file.p[i] ^= (uint8_t)(1u << (i % 8));
    }
    writ_buffer_free(&file);
    ca_remove(&ca);
}

static void a_store_cut_short_is_damaged(void **state)
{
    struct ca ca = full_store();
    struct writ_buffer file = scratch_get(&ca.dir, "ca");
    struct castore *s;

    (void)state;
    for (size_t n = 1; n < file.n; n += n < 512 ? 37 : 1013) {
        scratch_put(&ca.dir, "short", WRIT_SPAN(file.p, n));
        writ_error_clear(&e);
        s = castore_open_read(ca_path(&ca, "short"), &e);
        if (s != NULL && read_all(s) == 0)
            fail_msg("nobody noticed that only %zu of %zu bytes are left", n, file.n);
        assert_int_equal(e.fault, WRIT_FAULT_BAD_INPUT);
        castore_close(s);
    }
    writ_buffer_free(&file);
    ca_remove(&ca);
}

static void damage_is_found_before_anything_is_written(void **state)
{
    struct ca ca = full_store();

    (void)state;
    assert_int_equal(ca_tamper(ca.path, false, "UPDATE audit SET who = '' WHERE id = 1"),
                     SQLITE_OK);
    assert_fault_null(castore_open_write(ca.path, WHO, T0, &e), WRIT_FAULT_BAD_INPUT, "is damaged");
    ca_remove(&ca);
}

/* --- what was recorded stays --- */

static void what_was_recorded_cannot_be_changed_or_deleted(void **state)
{
    static const char *const attempts[] = {
        "UPDATE audit SET who = 'mallory'",
        "DELETE FROM audit",
        "INSERT OR REPLACE INTO audit (id, at, who, action) VALUES (1, 0, 'mallory', 'nothing')",
        "UPDATE certificates SET name = 'mallory'",
        "DELETE FROM certificates",
        "INSERT OR REPLACE INTO certificates SELECT id, issuer, role, serial, number, 'mallory',"
        " team, not_before, not_after, issued_at, spki_hash, fingerprint, der FROM certificates",
        "INSERT OR REPLACE INTO certificates SELECT NULL, issuer, role, serial,"
        " (SELECT next_number FROM issuers WHERE certificate = issuer), 'mallory', team,"
        " not_before, not_after, issued_at, spki_hash, zeroblob(32), der FROM certificates"
        " WHERE id = 3",
        "UPDATE issuers SET next_number = 1",
        "DELETE FROM issuers",
        "INSERT OR REPLACE INTO issuers (certificate) VALUES (2)",
        "UPDATE gaps SET next = next - 1",
        "DELETE FROM gaps",
        "INSERT OR REPLACE INTO gaps SELECT issuer, first, first + 1, 0 FROM gaps",
        "UPDATE ca SET name = 'mallory'",
        "UPDATE ca SET next_version = 1",
        "DELETE FROM ca",
        "INSERT OR REPLACE INTO ca (one, id, name, origin, created)"
        " VALUES (1, zeroblob(16), 'mallory', 'o', 0)",
        "UPDATE publications SET table_hash = zeroblob(32)",
        "DELETE FROM publications",
        "INSERT OR REPLACE INTO publications (version, reserved_at) VALUES (1, 0)",
        "INSERT INTO certificates SELECT NULL, issuer, role, zeroblob(16), 77, name, team,"
        " not_before, not_after, issued_at, spki_hash, zeroblob(32), der FROM certificates"
        " WHERE id = 2",
    };
    struct ca ca = full_store();

    (void)state;
    for (size_t i = 0; i < sizeof attempts / sizeof attempts[0]; i++) {
        if (ca_tamper(ca.path, true, attempts[i]) != SQLITE_CONSTRAINT)
            fail_msg("not refused: %s", attempts[i]);
    }
    ca_remove(&ca);
}

/* --- backups --- */

static void a_backup_shows_that_it_is_one_and_reading_it_burns_nothing(void **state)
{
    struct ca ca = ca_new();
    struct castore *copy;
    struct castore_info info;
    struct stat st;
    uint64_t number;

    (void)state;
    (void)ca_issue(&ca, 3, "Alice");
    assert_ok(castore_backup(ca.s, ca_path(&ca, "copy"), T0 + 60, &e));
    assert_int_equal(stat(ca_path(&ca, "copy"), &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    for (int i = 0; i < 2; i++) {
        copy = castore_open_read(ca_path(&ca, "copy"), &e);
        assert_non_null(copy);
        assert_ok(castore_info(copy, &info, &e));
        assert_true(info.is_backup);
        assert_int_equal(info.copied_at, T0 + 60);
        assert_false(info.writable);
        assert_ok(castore_number_next(copy, ca.intermediate, &number, &e));
        assert_int_equal(number, 2);
        castore_close(copy);
    }
    assert_ok(castore_info(ca.s, &info, &e));
    assert_false(info.is_backup); /* the original is none */
    ca_remove(&ca);
}

static int64_t newest_audit;

static int note_restore(void *arg, const struct castore_audit *a, struct writ_error *error)
{
    bool *seen = (bool *)arg;

    (void)error;
    newest_audit = a->id;
    if (strcmp(a->action, "restore") != 0)
        return 0;
    *seen = true;
    assert_string_equal(a->who, WHO);
    assert_string_equal(a->subject, "Example Corp");
    assert_string_equal(a->details, "{\"copied_at\":1800000060,\"numbers_burned\":1007000,"
                                    "\"feed_versions_burned\":1007000,"
                                    "\"serials\":\"random, no gap needed\"}");
    return 0;
}

struct gaps {
    struct castore_gap at[4];
    size_t n;
};

static int note_gap(void *arg, const struct castore_gap *g, struct writ_error *error)
{
    struct gaps *all = (struct gaps *)arg;

    (void)error;
    all->at[all->n++] = *g;
    return 0;
}

static void a_backup_taken_into_use_burns_numbers_and_versions_once(void **state)
{
    const uint64_t gap = CASTORE_GAP + 7 * CASTORE_GAP_PER_SECOND;
    struct ca ca = ca_new();
    struct gaps gaps = {.n = 0};
    struct castore_info info;
    uint64_t number, version;
    bool seen = false;

    (void)state;
    (void)ca_issue(&ca, 3, "Alice");
    assert_ok(castore_backup(ca.s, ca_path(&ca, "copy"), T0 + 60, &e));
    ca_close(&ca);
    for (int i = 0; i < 2; i++) { /* the second time it is a store like any other */
        ca_open(&ca, "copy", T0 + 67 + i);
        assert_ok(castore_number_next(ca.s, ca.intermediate, &number, &e));
        assert_true(number == 2 + gap);
        assert_ok(castore_number_next(ca.s, ca.root, &number, &e));
        assert_true(number == 2 + gap);
        assert_ok(castore_info(ca.s, &info, &e));
        assert_false(info.is_backup);
        assert_int_equal(info.restored, 1);
        ca_close(&ca);
    }
    ca_open(&ca, "copy", T0 + 99);
    assert_ok(castore_audit_each(ca.s, note_restore, &seen, &e));
    assert_true(seen);
    assert_int_equal(newest_audit, 3); /* init, issue, restore */
    assert_ok(castore_gap_each(ca.s, note_gap, &gaps, &e));
    assert_int_equal(gaps.n, 2);
    assert_int_equal(gaps.at[1].issuer, ca.intermediate);
    assert_true(gaps.at[1].first == 2 && gaps.at[1].next == 2 + gap);
    assert_int_equal(gaps.at[1].burned_at, T0 + 67);
    ca_begin(&ca);
    assert_ok(castore_publication_reserve(ca.s, T0 + 99, &version, &e));
    assert_true(version == 1 + gap);
    castore_rollback(ca.s);
    assert_true(ca_get(&ca, ca_issue(&ca, 4, "Bob")).number == 2 + gap);
    ca_remove(&ca);
}

static void a_backup_restored_twice_does_not_use_a_number_twice(void **state)
{
    struct ca ca = ca_new();
    uint64_t first, second;

    (void)state;
    assert_ok(castore_backup(ca.s, ca_path(&ca, "one"), T0, &e));
    ca_close(&ca);
    scratch_run(&ca.dir, "cp one two");
    ca_open(&ca, "one", T0 + 10);
    first = ca_get(&ca, ca_issue(&ca, 3, "Alice")).number;
    ca_close(&ca);
    ca_open(&ca, "two", T0 + 11);
    second = ca_get(&ca, ca_issue(&ca, 4, "Bob")).number;
    assert_true(second >= first + CASTORE_GAP_PER_SECOND);
    ca_remove(&ca);
}

static void a_clock_before_the_backup_is_refused(void **state)
{
    struct ca ca = ca_new();
    struct castore *copy;
    struct castore_info info;

    (void)state;
    assert_ok(castore_backup(ca.s, ca_path(&ca, "copy"), T0, &e));
    assert_fault_null(castore_open_write(ca_path(&ca, "copy"), WHO, T0 - 1, &e),
                      WRIT_FAULT_CONFIGURATION, "the clock stands before");
    copy = castore_open_read(ca_path(&ca, "copy"), &e);
    assert_ok(castore_info(copy, &info, &e));
    assert_true(info.is_backup);
    castore_close(copy);
    ca_remove(&ca);
}

static void the_journal_of_the_lost_store_is_not_played_into_the_backup(void **state)
{
    struct ca ca = ca_new();
    struct writ_buffer before, after;

    (void)state;
    assert_ok(castore_backup(ca.s, ca_path(&ca, "copy"), T0, &e));
    (void)ca_issue(&ca, 3, "Alice");
    scratch_run(&ca.dir, "mkdir lost && cp ca ca-wal lost && cp copy lost/ca"); /* a restoration */
    before = scratch_get(&ca.dir, "lost/ca");
    assert_not_opened(ca_path(&ca, "lost/ca"), WRIT_FAULT_CONFIGURATION,
                      "lies the journal of another store");
    after = scratch_get(&ca.dir, "lost/ca");
    assert_spans_equal(writ_buffer_span(&after), writ_buffer_span(&before));
    scratch_run(&ca.dir, "rm lost/ca-wal");
    ca_close(&ca);
    ca_open(&ca, "lost/ca", T0);
    writ_buffer_free(&before);
    writ_buffer_free(&after);
    ca_remove(&ca);
}

static void a_backup_replaces_nothing_and_needs_a_quiet_handle(void **state)
{
    struct ca ca = ca_new();

    (void)state;
    scratch_put(&ca.dir, "copy", writ_span_text("precious"));
    assert_fault(castore_backup(ca.s, ca_path(&ca, "copy"), T0, &e), WRIT_FAULT_CANNOT_CREATE,
                 "exists already");
    assert_fault(castore_backup(ca.s, ca_path(&ca, "no/where"), T0, &e), WRIT_FAULT_CANNOT_CREATE,
                 "No such file");
    ca_begin(&ca);
    assert_fault(castore_backup(ca.s, ca_path(&ca, "other"), T0, &e), WRIT_FAULT_UNEXPECTED,
                 "in a transaction");
    castore_rollback(ca.s);
    ca_close(&ca);
    assert_int_equal(files_in(&ca.dir), 2); /* the store and what was there */
    ca_remove(&ca);
}

static void a_backup_holds_what_was_committed_while_another_writes(void **state)
{
    struct ca ca = ca_new();
    struct castore *reader = castore_open_read(ca.path, &e), *copy;
    uint64_t number;

    (void)state;
    (void)ca_issue(&ca, 3, "Alice");
    ca_begin(&ca);
    (void)ca_add(&ca, ca_certificate(CASTORE_DEVELOPER, ca.intermediate, 4, "Bob"));
    assert_ok(castore_backup(reader, ca_path(&ca, "copy"), T0, &e));
    castore_rollback(ca.s);
    copy = castore_open_read(ca_path(&ca, "copy"), &e);
    assert_ok(castore_number_next(copy, ca.intermediate, &number, &e));
    assert_int_equal(number, 2);
    castore_close(copy);
    castore_close(reader);
    ca_remove(&ca);
}

static void a_backup_of_a_backup_is_marked_anew(void **state)
{
    struct ca ca = ca_new();
    struct castore *copy, *again;
    struct castore_info info;

    (void)state;
    assert_ok(castore_backup(ca.s, ca_path(&ca, "copy"), T0, &e));
    copy = castore_open_read(ca_path(&ca, "copy"), &e);
    assert_ok(castore_backup(copy, ca_path(&ca, "again"), T0 + 9, &e));
    again = castore_open_read(ca_path(&ca, "again"), &e);
    assert_ok(castore_info(again, &info, &e));
    assert_true(info.is_backup);
    assert_int_equal(info.copied_at, T0 + 9);
    castore_close(again);
    castore_close(copy);
    ca_remove(&ca);
}

static void a_damaged_store_gives_no_backup(void **state)
{
    struct ca ca = full_store();
    struct castore *s;

    (void)state;
    assert_int_equal(ca_tamper(ca.path, false, "UPDATE audit SET who = '' WHERE id = 1"),
                     SQLITE_OK);
    s = castore_open_read(ca.path, &e);
    assert_non_null(s);
    assert_fault(castore_backup(s, ca_path(&ca, "copy"), T0, &e), WRIT_FAULT_BAD_INPUT, "damaged");
    castore_close(s);
    assert_int_equal(access(ca_path(&ca, "copy"), F_OK), -1);
    ca_remove(&ca);
}

static const struct CMUnitTest claims[] = {
    CLAIM(a_new_store_appears_at_its_first_commit_and_only_for_its_owner),
    CLAIM(a_store_that_is_not_committed_leaves_nothing),
    CLAIM(a_store_is_not_born_without_an_audit_record),
    CLAIM(what_stands_at_the_path_is_never_replaced),
    CLAIM(after_its_birth_a_store_is_opened_anew),
    CLAIM(a_CA_has_a_name_and_an_origin_that_can_be_printed),
    CLAIM(a_CA_knows_who_it_is),
    CLAIM(a_path_is_always_the_name_of_a_file),
    CLAIM(what_is_no_regular_file_is_not_opened),
    CLAIM(what_is_no_store_is_not_opened_and_not_touched),
    CLAIM(the_file_of_another_program_is_not_opened_and_not_touched),
    CLAIM(a_store_of_a_newer_writ_is_not_opened),
    CLAIM(a_store_with_other_tables_or_triggers_is_not_opened),
    CLAIM(statistics_for_the_planner_do_no_harm),
    CLAIM(what_was_recorded_cannot_be_changed_or_deleted),
    CLAIM(a_row_that_nobody_can_have_written_is_damage),
    CLAIM(a_store_with_one_of_everything_is_read_without_complaint),
    CLAIM(flipped_bits_end_in_a_fault_or_do_no_harm),
    CLAIM(a_store_cut_short_is_damaged),
    CLAIM(damage_is_found_before_anything_is_written),
    CLAIM(a_backup_shows_that_it_is_one_and_reading_it_burns_nothing),
    CLAIM(a_backup_taken_into_use_burns_numbers_and_versions_once),
    CLAIM(a_backup_restored_twice_does_not_use_a_number_twice),
    CLAIM(a_clock_before_the_backup_is_refused),
    CLAIM(the_journal_of_the_lost_store_is_not_played_into_the_backup),
    CLAIM(a_backup_replaces_nothing_and_needs_a_quiet_handle),
    CLAIM(a_backup_holds_what_was_committed_while_another_writes),
    CLAIM(a_backup_of_a_backup_is_marked_anew),
    CLAIM(a_damaged_store_gives_no_backup),
};

RUN_CLAIMS(claims)
