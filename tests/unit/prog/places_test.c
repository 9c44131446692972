#include "shared/places.h"

#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <sys/stat.h>

#include "scratch.h"

#define SOMEBODY ((uid_t)4242424) /* in no user database */

static struct places decide(uid_t uid, const char *root, const char *xdg, const char *home)
{
    struct places_caller who = {.uid = uid, .root = root, .xdg_data_home = xdg, .home = home};
    struct writ_error e = {0};
    struct places p;

    assert_ok(places_decide(&p, &who, &e));
    return p;
}

static void refuse(uid_t uid, const char *root, const char *xdg, const char *home,
                   enum writ_fault fault, const char *words)
{
    struct places_caller who = {.uid = uid, .root = root, .xdg_data_home = xdg, .home = home};
    struct writ_error e = {0};
    struct places p;

    assert_fault(places_decide(&p, &who, &e), fault, words);
    places_free(&p);
}

/* ---- which state ---- */

static void root_writes_and_reads_the_state_of_the_system(void **state)
{
    struct places p = decide(0, NULL, "/x", "/root");

    (void)state;
    assert_string_equal(p.write, "/var/lib/writ");
    assert_int_equal(p.reads, 1);
    assert_string_equal(p.read[0], "/var/lib/writ");
    places_free(&p);
}

static void a_person_writes_their_own_and_reads_the_systems_after_it(void **state)
{
    struct places p = decide(SOMEBODY, NULL, NULL, "/home/somebody");

    (void)state;
    assert_string_equal(p.write, "/home/somebody/.local/share/writ");
    assert_int_equal(p.reads, 2);
    assert_string_equal(p.read[0], "/home/somebody/.local/share/writ");
    assert_string_equal(p.read[1], "/var/lib/writ");
    places_free(&p);
}

static void a_data_directory_of_ones_own_comes_before_home(void **state)
{
    struct places p = decide(SOMEBODY, "", "/data", NULL);

    (void)state;
    assert_string_equal(p.write, "/data/writ");
    places_free(&p);
}

static void a_data_directory_that_is_relative_or_empty_is_passed_over(void **state)
{
    struct places p = decide(SOMEBODY, NULL, "data", "/home/somebody");

    (void)state;
    assert_string_equal(p.write, "/home/somebody/.local/share/writ");
    places_free(&p);
    p = decide(SOMEBODY, NULL, "", "/home/somebody");
    assert_string_equal(p.write, "/home/somebody/.local/share/writ");
    places_free(&p);
}

static void a_home_that_is_relative_is_refused(void **state)
{
    (void)state;
    refuse(SOMEBODY, NULL, NULL, "home", WRIT_FAULT_CONFIGURATION,
           "HOME is \"home\", wanted an absolute path");
}

static void without_home_the_user_database_is_asked(void **state)
{
    const struct passwd *nobody = getpwnam("nobody");
    char wanted[512];
    struct places p;

    (void)state;
    assert_non_null(nobody);
    (void)snprintf(wanted, sizeof wanted, "%s/.local/share/writ", nobody->pw_dir);
    p = decide(nobody->pw_uid, NULL, NULL, NULL);
    assert_string_equal(p.write, wanted);
    places_free(&p);
    p = decide(nobody->pw_uid, NULL, NULL, "");
    assert_string_equal(p.write, wanted);
    places_free(&p);
}

static void a_person_without_any_home_is_refused(void **state)
{
    (void)state;
    refuse(SOMEBODY, NULL, NULL, NULL, WRIT_FAULT_CONFIGURATION, "no home for user 4242424");
}

static void a_root_directory_is_the_only_state_there_is(void **state)
{
    struct scratch s = scratch_make();
    char wanted[128];
    struct places p = decide(0, s.path, "/data", "/root");

    (void)state;
    (void)snprintf(wanted, sizeof wanted, "%s/var/lib/writ", s.path);
    assert_string_equal(p.write, wanted);
    assert_int_equal(p.reads, 1);
    assert_string_equal(p.read[0], wanted);
    places_free(&p);
    p = decide(SOMEBODY, s.path, "/data", "/home/somebody");
    assert_string_equal(p.write, wanted);
    assert_int_equal(p.reads, 1);
    places_free(&p);
    scratch_remove(&s);
}

static void slashes_at_the_end_of_a_root_are_not_doubled(void **state)
{
    struct places p = decide(0, "/", NULL, NULL);

    (void)state;
    assert_string_equal(p.write, "/var/lib/writ");
    places_free(&p);
    p = decide(0, "/tmp//", NULL, NULL);
    assert_string_equal(p.write, "/tmp/var/lib/writ");
    places_free(&p);
}

static void a_root_that_is_no_directory_is_refused(void **state)
{
    (void)state;
    refuse(0, "/nonexistent", NULL, NULL, WRIT_FAULT_NO_INPUT,
           "root directory /nonexistent: No such file or directory");
    refuse(0, "/dev/null", NULL, NULL, WRIT_FAULT_NO_INPUT,
           "root directory /dev/null: not a directory");
}

/* ---- the caller ---- */

static void the_caller_is_read_from_rights_and_environment(void **state)
{
    struct places_caller who;

    (void)state;
    assert_int_equal(setenv("WRIT_ROOT", "/somewhere", 1), 0);
    assert_int_equal(setenv("XDG_DATA_HOME", "/data", 1), 0);
    assert_int_equal(setenv("HOME", "/home/x", 1), 0);
    places_caller_read(&who, NULL);
    assert_int_equal(who.uid, geteuid());
    assert_string_equal(who.root, "/somewhere");
    assert_string_equal(who.xdg_data_home, "/data");
    assert_string_equal(who.home, "/home/x");
}

static void the_option_comes_before_the_environment(void **state)
{
    struct places_caller who;
    struct writ_error e = {0};
    struct places p;

    (void)state;
    assert_int_equal(setenv("WRIT_ROOT", "/nonexistent", 1), 0);
    places_caller_read(&who, "/tmp");
    assert_string_equal(who.root, "/tmp");
    assert_ok(places_find(&p, "/tmp", &e));
    assert_string_equal(p.write, "/tmp/var/lib/writ");
    places_free(&p);
    assert_fault(places_find(&p, NULL, &e), WRIT_FAULT_NO_INPUT, "/nonexistent");
    places_free(&p);
    assert_int_equal(unsetenv("WRIT_ROOT"), 0);
}

/* What this program says when it is started with --print-places by somebody whose real user is
 * not the effective one: the kernel then sets AT_SECURE, as it does for a set-user-ID program. */
static char self[PATH_MAX];

static void print_with_more_rights(int fd)
{
    if (setenv("WRIT_ROOT", "/tmp", 1) < 0 || setenv("XDG_DATA_HOME", "/data", 1) < 0 ||
        setenv("HOME", "/home/x", 1) < 0 || setresuid(65534, (uid_t)-1, (uid_t)-1) < 0 ||
        dup2(fd, STDOUT_FILENO) < 0)
        _exit(1);
    execl(self, self, "--print-places", (char *)NULL);
    _exit(127);
}

static void a_program_with_more_rights_ignores_the_environment(void **state)
{
    char said[128] = "";
    int ends[2];
    int status;
    pid_t pid;

    (void)state;
    if (geteuid() != 0)
        return; /* only root can have a real user that is somebody else */
    assert_int_equal(pipe(ends), 0);
    pid = fork();
    if (pid == 0)
        print_with_more_rights(ends[1]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    assert_true(read(ends[0], said, sizeof said - 1) > 0);
    assert_string_equal(said, "root=- xdg=- home=-\n");
    (void)close(ends[0]);
    (void)close(ends[1]);
}

static int print_places(void)
{
    struct places_caller who;

    places_caller_read(&who, NULL);
    (void)printf("root=%s xdg=%s home=%s\n", who.root == NULL ? "-" : who.root,
                 who.xdg_data_home == NULL ? "-" : who.xdg_data_home,
                 who.home == NULL ? "-" : who.home);
    return 0;
}

/* ---- paths ---- */

static void a_path_is_below_its_state(void **state)
{
    struct writ_buffer b = {0};

    (void)state;
    places_path(&b, "/var/lib/writ", "trust/acme");
    assert_text(writ_buffer_span(&b), "/var/lib/writ/trust/acme");
    writ_buffer_free(&b);
}

/* Two states in a scratch directory, as a person has them. */
static struct places two_states(const struct scratch *s)
{
    struct places p = {0};

    assert_true(asprintf(&p.write, "%s/own", s->path) > 0);
    assert_true(asprintf(&p.read[0], "%s/own", s->path) > 0);
    assert_true(asprintf(&p.read[1], "%s/system", s->path) > 0);
    p.reads = 2;
    return p;
}

static void looks_find(const struct places *p, const char *name, const char *wanted)
{
    struct writ_buffer path = {0};
    struct writ_error e = {0};
    bool found;

    assert_ok(places_look(p, name, &path, &found, &e));
    assert_int_equal(found, wanted != NULL);
    if (found)
        assert_non_null(strstr(writ_buffer_string(&path), wanted));
    else
        assert_int_equal(path.n, 0);
    writ_buffer_free(&path);
}

static void looking_finds_ones_own_first_and_then_the_systems(void **state)
{
    struct scratch s = scratch_make();
    struct places p = two_states(&s);

    (void)state;
    looks_find(&p, "trust/acme", NULL);
    scratch_run(&s, "mkdir -p system/trust && touch system/trust/acme");
    looks_find(&p, "trust/acme", "/system/trust/acme");
    scratch_run(&s, "mkdir -p own/trust && touch own/trust/acme");
    looks_find(&p, "trust/acme", "/own/trust/acme");
    looks_find(&p, "trust/other", NULL);
    looks_find(&p, "trust/acme/below", NULL);
    places_free(&p);
    scratch_remove(&s);
}

static void a_state_that_cannot_be_looked_into_is_a_fault(void **state)
{
    struct scratch s = scratch_make();
    struct places p = two_states(&s);
    int status;
    pid_t pid;

    (void)state;
    scratch_run(&s, "mkdir -p own/trust && chmod 700 own && chmod 755 .");
    pid = fork();
    if (pid == 0) {
        struct writ_buffer path = {0};
        struct writ_error e = {0};
        bool found;

        /* Root may look everywhere; somebody else may not, and the owner not without the bits. */
        if (geteuid() == 0 ? setgroups(0, NULL) < 0 || setuid(65534) < 0 : chmod(p.read[0], 0) < 0)
            _exit(1);
        if (places_look(&p, "trust", &path, &found, &e) == 0)
            _exit(3);
        _exit(e.fault == WRIT_FAULT_PERMISSION ? 0 : 4);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    scratch_run(&s, "chmod 700 own");
    places_free(&p);
    scratch_remove(&s);
}

/* ---- making directories ---- */

static void mode_is(const struct scratch *s, const char *name, mode_t wanted)
{
    struct stat st;
    char path[256];

    (void)snprintf(path, sizeof path, "%s/%s", s->path, name);
    if (stat(path, &st) < 0)
        fail_msg("%s was not made", path);
    if ((st.st_mode & 07777) != wanted)
        fail_msg("%s has mode %o, wanted %o", name, st.st_mode & 07777, wanted);
}

static void make(const struct scratch *s, const char *name, mode_t mask)
{
    struct places p = two_states(s);
    struct writ_buffer path = {0};
    struct writ_error e = {0};
    char wanted[256];
    mode_t before = umask(mask);

    assert_ok(places_make(&p, name, &path, &e));
    (void)umask(before);
    (void)snprintf(wanted, sizeof wanted, "%s/own%s%s", s->path, name[0] == '\0' ? "" : "/", name);
    assert_text(writ_buffer_span(&path), wanted);
    writ_buffer_free(&path);
    places_free(&p);
}

static void directories_are_made_on_the_way_and_open_to_all(void **state)
{
    struct scratch s = scratch_make();

    (void)state;
    make(&s, "sources/acme", 0077);
    mode_is(&s, "own", 0755);
    mode_is(&s, "own/sources", 0755);
    mode_is(&s, "own/sources/acme", 0755);
    scratch_remove(&s);
}

static void directories_with_keys_are_private_and_so_is_all_below(void **state)
{
    struct scratch s = scratch_make();

    (void)state;
    make(&s, "ca/example/backup", 0);
    make(&s, "identities", 0);
    make(&s, "casks", 0);
    mode_is(&s, "own", 0755);
    mode_is(&s, "own/ca", 0700);
    mode_is(&s, "own/ca/example", 0700);
    mode_is(&s, "own/ca/example/backup", 0700);
    mode_is(&s, "own/identities", 0700);
    mode_is(&s, "own/casks", 0755);
    scratch_remove(&s);
}

static void the_state_itself_can_be_made(void **state)
{
    struct scratch s = scratch_make();

    (void)state;
    make(&s, "", 0022);
    mode_is(&s, "own", 0755);
    scratch_remove(&s);
}

static void directories_that_are_there_are_left_as_they_are(void **state)
{
    struct scratch s = scratch_make();

    (void)state;
    scratch_run(&s, "mkdir -m 700 own && mkdir -m 711 own/trust && mkdir -m 750 own/ca");
    make(&s, "trust", 0);
    make(&s, "ca", 0);
    mode_is(&s, "own", 0700);
    mode_is(&s, "own/trust", 0711);
    mode_is(&s, "own/ca", 0750);
    scratch_remove(&s);
}

static void a_file_in_the_way_is_a_fault(void **state)
{
    struct scratch s = scratch_make();
    struct places p = two_states(&s);
    struct writ_buffer path = {0};
    struct writ_error e = {0};

    (void)state;
    scratch_run(&s, "mkdir own && touch own/trust");
    assert_fault(places_make(&p, "trust", &path, &e), WRIT_FAULT_CANNOT_CREATE, "own/trust");
    assert_fault(places_make(&p, "trust/acme", &path, &e), WRIT_FAULT_CANNOT_CREATE, "own/trust");
    assert_int_equal(path.n, 0);
    writ_buffer_free(&path);
    places_free(&p);
    scratch_remove(&s);
}

static const struct CMUnitTest claims[] = {
    CLAIM(root_writes_and_reads_the_state_of_the_system),
    CLAIM(a_person_writes_their_own_and_reads_the_systems_after_it),
    CLAIM(a_data_directory_of_ones_own_comes_before_home),
    CLAIM(a_data_directory_that_is_relative_or_empty_is_passed_over),
    CLAIM(a_home_that_is_relative_is_refused),
    CLAIM(without_home_the_user_database_is_asked),
    CLAIM(a_person_without_any_home_is_refused),
    CLAIM(a_root_directory_is_the_only_state_there_is),
    CLAIM(slashes_at_the_end_of_a_root_are_not_doubled),
    CLAIM(a_root_that_is_no_directory_is_refused),
    CLAIM(the_caller_is_read_from_rights_and_environment),
    CLAIM(the_option_comes_before_the_environment),
    CLAIM(a_program_with_more_rights_ignores_the_environment),
    CLAIM(a_path_is_below_its_state),
    CLAIM(looking_finds_ones_own_first_and_then_the_systems),
    CLAIM(a_state_that_cannot_be_looked_into_is_a_fault),
    CLAIM(directories_are_made_on_the_way_and_open_to_all),
    CLAIM(directories_with_keys_are_private_and_so_is_all_below),
    CLAIM(the_state_itself_can_be_made),
    CLAIM(directories_that_are_there_are_left_as_they_are),
    CLAIM(a_file_in_the_way_is_a_fault),
};

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--print-places") == 0)
        return print_places();
    if (realpath(argv[0], self) == NULL)
        return 1;
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name(__FILE__, claims, NULL, NULL);
}
