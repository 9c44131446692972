#include "test.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "shared/file.h"
#include "shared/keep.h"

/* Every test runs in a new directory, which is then the working directory. */
static char scratch[] = "/tmp/writ-test.XXXXXX";

static int enter_scratch(void **state)
{
    (void)state;
    (void)strcpy(scratch + strlen(scratch) - 6, "XXXXXX");
    return mkdtemp(scratch) == NULL ? -1 : chdir(scratch);
}

static int leave_scratch(void **state)
{
    char line[64];

    (void)state;
    (void)snprintf(line, sizeof line, "rm -rf %s", scratch);
    return chdir("/") == 0 && system(line) == 0 ? 0 : -1;
}

#define IN_SCRATCH(function) cmocka_unit_test_setup_teardown(function, enter_scratch, leave_scratch)

static void put(const char *path, const char *content)
{
    FILE *f = fopen(path, "w");

    if (f == NULL || fputs(content, f) < 0 || fclose(f) != 0)
        fail_msg("cannot make %s", path);
}

static void expect_content(const char *path, const char *wanted)
{
    struct writ_buffer out = {0};
    struct writ_error e = {0};

    assert_ok(file_read(path, 1 << 20, &out, &e));
    assert_string_equal(writ_buffer_string(&out), wanted);
    writ_buffer_free(&out);
}

static struct stat look_at(const char *path)
{
    struct stat st;

    if (lstat(path, &st) != 0)
        fail_msg("%s is missing", path);
    return st;
}

/* How many entries the directory has, without . and .. */
static int count(const char *dir)
{
    DIR *d = opendir(dir);
    int n = 0;

    while (d != NULL && readdir(d) != NULL)
        n++;
    if (d == NULL || closedir(d) != 0)
        fail_msg("cannot list %s", dir);
    return n - 2;
}

static bool become_nobody(void)
{
    return geteuid() == 0 && setegid(65534) == 0 && seteuid(65534) == 0;
}

static void become_self(void)
{
    if (seteuid(getuid()) != 0 || setegid(getgid()) != 0)
        fail_msg("cannot go back");
}

static int replace(const char *path, const char *content, struct writ_error *e)
{
    return file_replace_bytes(path, 0640, writ_span_text(content), e);
}

/* ---- replacing ---- */

static void a_file_gets_the_new_content_and_exactly_the_mode(void **state)
{
    struct writ_error e = {0};
    mode_t old = umask(0077);

    (void)state;
    put("f", "old");
    assert_ok(file_replace_bytes("f", 0644, writ_span_text("new"), &e));
    expect_content("f", "new");
    assert_int_equal(look_at("f").st_mode & 07777, 0644);
    assert_ok(file_replace_bytes("new", 0755, WRIT_SPAN_NONE, &e));
    expect_content("new", "");
    assert_int_equal(look_at("new").st_mode & 07777, 0755);
    assert_int_equal(count("."), 2);
    (void)umask(old);
}

static void whoever_has_the_old_file_open_keeps_the_old_content(void **state)
{
    struct writ_error e = {0};
    char bytes[4] = "";
    int fd;

    (void)state;
    put("f", "old");
    fd = open("f", O_RDONLY);
    assert_ok(replace("f", "new", &e));
    assert_int_equal(read(fd, bytes, 3), 3);
    assert_string_equal(bytes, "old");
    (void)close(fd);
}

static void a_symbolic_link_stays_and_what_it_leads_to_is_replaced(void **state)
{
    struct writ_error e = {0};

    (void)state;
    assert_int_equal(mkdir("a", 0700), 0);
    assert_int_equal(mkdir("b", 0700), 0);
    put("b/f", "old");
    assert_int_equal(symlink("../b/f", "a/near"), 0);
    assert_int_equal(symlink("a/near", "far"), 0);
    assert_ok(replace("far", "new", &e));
    expect_content("b/f", "new");
    assert_true(S_ISLNK(look_at("far").st_mode));
    assert_true(S_ISLNK(look_at("a/near").st_mode));
    assert_int_equal(count("a"), 1);
    assert_int_equal(count("b"), 1);
}

static void a_link_that_leads_nowhere_yet_leads_somewhere_afterwards(void **state)
{
    struct writ_error e = {0};

    (void)state;
    assert_int_equal(mkdir("dir", 0700), 0);
    assert_int_equal(symlink("dir/later", "link"), 0);
    assert_ok(replace("link", "new", &e));
    expect_content("dir/later", "new");
    assert_true(S_ISLNK(look_at("link").st_mode));
}

static void a_loop_of_links_is_a_fault(void **state)
{
    struct writ_error e = {0};

    (void)state;
    assert_int_equal(symlink("two", "one"), 0);
    assert_int_equal(symlink("one", "two"), 0);
    assert_fault(replace("one", "new", &e), WRIT_FAULT_CANNOT_CREATE,
                 "Too many levels of symbolic links");
    assert_int_equal(count("."), 2);
}

/* A device that a broken test may ruin: one of our own for the superuser, the system's for those
 * who cannot. */
static const char *some_device(void)
{
    if (geteuid() != 0)
        return "/dev/null";
    return mknod("device", S_IFCHR | 0600, makedev(1, 3)) == 0 ? "device" : NULL;
}

static void links_are_followed_as_far_as_linux_does(void **state)
{
    struct writ_error e = {0};
    char from[16], to[16];

    (void)state;
    put("0", "old");
    for (int i = 1; i <= 41; i++) {
        (void)snprintf(from, sizeof from, "%d", i);
        (void)snprintf(to, sizeof to, "%d", i - 1);
        assert_int_equal(symlink(to, from), 0);
    }
    assert_ok(replace("40", "new", &e));
    expect_content("0", "new");
    assert_fault(replace("41", "newer", &e), WRIT_FAULT_CANNOT_CREATE, "Too many levels");
    expect_content("0", "new");
}

static void only_regular_files_are_replaced(void **state)
{
    const char *device = some_device();
    struct writ_error e = {0};

    (void)state;
    assert_int_equal(mkdir("dir", 0700), 0);
    assert_int_equal(mkfifo("fifo", 0600), 0);
    assert_fault(replace("dir", "x", &e), WRIT_FAULT_CANNOT_CREATE,
                 "dir is a directory; only a regular file is replaced");
    assert_fault(replace("fifo", "x", &e), WRIT_FAULT_CANNOT_CREATE, "fifo is a FIFO");
    assert_true(S_ISFIFO(look_at("fifo").st_mode));
    if (device == NULL)
        return; /* a container without devices */
    assert_int_equal(symlink(device, "hole"), 0);
    assert_fault(replace(device, "x", &e), WRIT_FAULT_CANNOT_CREATE, "is a character device");
    assert_fault(replace("hole", "x", &e), WRIT_FAULT_CANNOT_CREATE, "hole is a character device");
    assert_true(S_ISCHR(look_at(device).st_mode));
}

static void a_path_that_names_no_file_is_a_fault(void **state)
{
    static const char *const paths[] = {"", ".", "..", "/", "dir/", "dir/..", "missing/f"};
    struct writ_error e = {0};
    char longest[NAME_MAX + 2];

    (void)state;
    assert_int_equal(mkdir("dir", 0700), 0);
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        assert_fault(replace(paths[i], "x", &e), WRIT_FAULT_CANNOT_CREATE, "cannot write");
    put("f", "");
    assert_fault(replace("f/g", "x", &e), WRIT_FAULT_CANNOT_CREATE, "Not a directory");
    memset(longest, 'a', sizeof longest);
    longest[sizeof longest - 1] = '\0';
    assert_fault(replace(longest, "x", &e), WRIT_FAULT_CANNOT_CREATE, "File name too long");
    longest[NAME_MAX] = '\0';
    writ_error_clear(&e);
    assert_ok(replace(longest, "x", &e));
    assert_int_equal(count("."), 3);
}

static void a_directory_that_may_not_be_written_is_a_question_of_permission(void **state)
{
    struct writ_error e = {0};

    (void)state;
    put("f", "old");
    assert_int_equal(chmod(".", 0555), 0);
    (void)become_nobody();
    assert_fault(replace("f", "new", &e), WRIT_FAULT_PERMISSION,
                 "cannot make a temporary file beside f");
    become_self();
    assert_int_equal(chmod(".", 0755), 0);
    expect_content("f", "old");
    assert_int_equal(count("."), 1);
}

static void what_is_aborted_was_never_there(void **state)
{
    struct file_replace r, none = FILE_REPLACE_NONE;
    struct writ_error e = {0};

    (void)state;
    put("f", "old");
    assert_ok(file_replace_begin("f", &r, &e));
    assert_ok(file_write(r.fd, "f", writ_span_text("half"), &e));
    assert_int_equal(count("."), 2);
    file_replace_abort(&r);
    assert_int_equal(count("."), 1);
    expect_content("f", "old");
    file_replace_abort(&r);
    file_replace_abort(&none);
}

static void a_begin_that_failed_needs_no_abort_but_takes_one(void **state)
{
    struct file_replace r;
    struct writ_error e = {0};

    (void)state;
    assert_fault(file_replace_begin("missing/f", &r, &e), WRIT_FAULT_CANNOT_CREATE, "missing");
    assert_int_equal(r.fd, -1);
    assert_int_equal(r.dir, -1);
    file_replace_abort(&r);
}

static void where_others_may_write_no_link_is_followed(void **state)
{
    struct file_replace r;
    struct writ_error e = {0};

    (void)state;
    put("f", "old");
    assert_int_equal(symlink("f", "link"), 0);
    assert_int_equal(symlink("nowhere", "lost"), 0);
    assert_fault(file_replace_bytes_nofollow("link", 0644, writ_span_text("new"), &e),
                 WRIT_FAULT_CANNOT_CREATE, "link is a symbolic link");
    memset(&e, 0, sizeof e);
    assert_fault(file_replace_begin_nofollow("lost", &r, &e), WRIT_FAULT_CANNOT_CREATE,
                 "lost is a symbolic link");
    expect_content("f", "old");
    assert_int_equal(access("nowhere", F_OK), -1);
    memset(&e, 0, sizeof e);
    assert_ok(file_replace_bytes_nofollow("f", 0644, writ_span_text("new"), &e));
    assert_ok(file_replace_bytes_nofollow("g", 0644, writ_span_text("newer"), &e));
    expect_content("f", "new");
    expect_content("g", "newer");
    assert_int_equal(count("."), 4);
}

/* Begins to replace f, has it changed, and asks whether it is the same. */
static void expect_same(bool same, void (*change)(void))
{
    struct file_replace r;
    struct writ_error e = {0};
    struct stat seen;

    put("f", "old");
    assert_int_equal(stat("f", &seen), 0);
    assert_ok(file_replace_begin("f", &r, &e));
    if (change != NULL)
        change();
    if (same)
        assert_ok(file_replace_check_same(&r, &seen, &e));
    else
        assert_fault(file_replace_check_same(&r, &seen, &e), WRIT_FAULT_UNAVAILABLE, "f changed");
    file_replace_abort(&r);
    assert_int_equal(unlink("f") == 0 || errno == ENOENT, true);
}

static void remove_f(void)
{
    assert_int_equal(unlink("f"), 0);
}

static void put_another_file(void)
{
    put("other", "old");
    assert_int_equal(rename("other", "f"), 0);
}

static void put_a_link_to_it(void)
{
    assert_int_equal(rename("f", "kept"), 0);
    assert_int_equal(symlink("kept", "f"), 0);
}

/* The same length, and then the same time again. */
static void write_into_it(void)
{
    struct stat st;
    struct timespec times[2];

    assert_int_equal(stat("f", &st), 0);
    do {
        put("f", "new");
        times[0] = st.st_atim;
        times[1] = st.st_mtim;
        assert_int_equal(utimensat(AT_FDCWD, "f", times, 0), 0);
        assert_int_equal(stat("f", &st), 0);
    } while (st.st_ctim.tv_sec == times[1].tv_sec && st.st_ctim.tv_nsec == times[1].tv_nsec);
}

static void what_is_replaced_must_be_what_was_seen(void **state)
{
    (void)state;
    expect_same(true, NULL);
    expect_same(false, remove_f);
    expect_same(false, put_another_file);
    expect_same(false, put_a_link_to_it);
    expect_same(false, write_into_it);
}

static void content_written_in_parts_and_copied_arrives_in_order(void **state)
{
    struct file_replace r;
    struct writ_error e = {0};
    int from;

    (void)state;
    put("f", "0123456789");
    from = open("f", O_RDONLY);
    assert_ok(file_replace_begin("f", &r, &e));
    assert_ok(file_write(r.fd, "f", writ_span_text("<"), &e));
    assert_ok(file_copy(from, 0, 10, r.fd, "f", &e));
    assert_ok(file_write(r.fd, "f", writ_span_text(">"), &e));
    assert_ok(file_replace_commit(&r, 0600, &e));
    expect_content("f", "<0123456789>");
    assert_int_equal(r.fd, -1);
    (void)close(from);
}

static void a_renamed_directory_does_not_lead_a_replacer_astray(void **state)
{
    struct file_replace r;
    struct writ_error e = {0};

    (void)state;
    assert_int_equal(mkdir("dir", 0700), 0);
    put("dir/f", "old");
    assert_ok(file_replace_begin("dir/f", &r, &e));
    assert_int_equal(rename("dir", "moved"), 0);
    assert_int_equal(mkdir("dir", 0700), 0);
    assert_ok(file_replace_commit(&r, 0600, &e));
    expect_content("moved/f", "");
    assert_int_equal(count("dir"), 0);
}

static void a_temporary_file_that_vanished_is_a_fault(void **state)
{
    struct file_replace r;
    struct writ_error e = {0};

    (void)state;
    put("f", "old");
    assert_ok(file_replace_begin("f", &r, &e));
    assert_int_equal(unlink(r.temp), 0);
    assert_fault(file_replace_commit(&r, 0600, &e), WRIT_FAULT_CANNOT_CREATE, "cannot replace f");
    expect_content("f", "old");
}

/* ---- creating ---- */

static void a_new_file_is_created_whole(void **state)
{
    struct writ_error e = {0};

    (void)state;
    assert_ok(file_create_bytes("f", 0600, writ_span_text("new"), &e));
    expect_content("f", "new");
    assert_int_equal(look_at("f").st_mode & 07777, 0600);
    assert_int_equal(look_at("f").st_nlink, 1);
    assert_int_equal(count("."), 1);
}

static void what_exists_is_not_created_again(void **state)
{
    struct writ_error e = {0};

    (void)state;
    put("f", "old");
    assert_int_equal(mkdir("dir", 0700), 0);
    assert_int_equal(symlink("nowhere", "link"), 0);
    assert_fault(file_create_bytes("f", 0600, writ_span_text("new"), &e), WRIT_FAULT_CANNOT_CREATE,
                 "f exists already");
    assert_fault(file_create_bytes("dir", 0600, WRIT_SPAN_NONE, &e), WRIT_FAULT_CANNOT_CREATE,
                 "dir exists already");
    assert_fault(file_create_bytes("link", 0600, WRIT_SPAN_NONE, &e), WRIT_FAULT_CANNOT_CREATE,
                 "link exists already");
    expect_content("f", "old");
    assert_int_equal(access("nowhere", F_OK), -1);
    assert_int_equal(count("."), 3);
}

static void what_appeared_meanwhile_is_not_overwritten(void **state)
{
    struct file_replace r;
    struct writ_error e = {0};

    (void)state;
    assert_ok(file_create_begin("f", &r, &e));
    put("f", "somebody else's");
    assert_fault(file_replace_commit(&r, 0600, &e), WRIT_FAULT_CANNOT_CREATE, "f exists already");
    expect_content("f", "somebody else's");
    assert_int_equal(count("."), 1);
}

/* ---- keeping what the old file had ---- */

static int replace_like(const char *path, struct writ_error *e)
{
    struct file_replace r;
    int like = open(path, O_RDONLY);
    int rc;

    if (file_replace_begin(path, &r, e) < 0)
        return -1;
    if (file_write(r.fd, path, writ_span_text("new"), e) < 0)
        fail_msg("cannot write");
    rc = file_replace_commit_like(&r, like, e);
    (void)close(like);
    return rc;
}

static bool set_attribute(const char *path, const char *name, const void *value, size_t n)
{
    return setxattr(path, name, value, n, 0) == 0;
}

static void mode_bits_are_kept_set_user_id_included(void **state)
{
    static const mode_t modes[] = {0600, 0444, 0755, 04755, 02711, 01777, 0};
    struct writ_error e = {0};

    (void)state;
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        if (geteuid() != 0 && (modes[i] & 0400) == 0)
            continue;
        (void)unlink("f");
        put("f", "old");
        assert_int_equal(chmod("f", modes[i]), 0);
        assert_ok(replace_like("f", &e));
        assert_int_equal(look_at("f").st_mode & 07777, modes[i]);
        if ((modes[i] & 0400) != 0)
            expect_content("f", "new");
    }
}

static void owner_and_group_are_kept_with_the_set_user_id_bit(void **state)
{
    struct writ_error e = {0};

    (void)state;
    if (geteuid() != 0)
        return;
    put("f", "old");
    assert_int_equal(chown("f", 1234, 5678), 0);
    assert_int_equal(chmod("f", 06755), 0);
    assert_ok(replace_like("f", &e));
    assert_int_equal(look_at("f").st_uid, 1234);
    assert_int_equal(look_at("f").st_gid, 5678);
    assert_int_equal(look_at("f").st_mode & 07777, 06755);
}

static void an_owner_that_cannot_be_kept_is_a_fault(void **state)
{
    struct writ_error e = {0};

    (void)state;
    if (geteuid() != 0)
        return;
    put("f", "old");
    assert_int_equal(chmod(".", 0777), 0);
    (void)become_nobody();
    assert_fault(replace_like("f", &e), WRIT_FAULT_PERMISSION, "cannot keep the owner 0 and group");
    become_self();
    expect_content("f", "old");
    assert_int_equal(look_at("f").st_uid, 0);
    assert_int_equal(count("."), 1);
}

static void user_attributes_are_kept(void **state)
{
    struct writ_error e = {0};
    char long_value[1000];
    char found[2000];

    (void)state;
    put("f", "old");
    memset(long_value, 'v', sizeof long_value);
    if (!set_attribute("f", "user.empty", "", 0) ||
        !set_attribute("f", "user.origin", long_value, sizeof long_value))
        return; /* a file system without them */
    assert_ok(replace_like("f", &e));
    assert_int_equal(getxattr("f", "user.empty", found, sizeof found), 0);
    assert_int_equal(getxattr("f", "user.origin", found, sizeof found), sizeof long_value);
    assert_memory_equal(found, long_value, sizeof long_value);
}

/* struct vfs_cap_data of revision 2: CAP_NET_BIND_SERVICE, permitted and effective. */
static const uint8_t bind_capability[20] = {1, 0, 0, 2, 0, 4};

static void capabilities_are_kept(void **state)
{
    struct writ_error e = {0};
    uint8_t found[64];

    (void)state;
    put("f", "old");
    if (!set_attribute("f", "security.capability", bind_capability, sizeof bind_capability))
        return;                                  /* needs CAP_SETFCAP */
    assert_int_equal(chown("f", 1234, 5678), 0); /* takes it away */
    assert_true(set_attribute("f", "security.capability", bind_capability, 20));
    assert_ok(replace_like("f", &e));
    assert_int_equal(getxattr("f", "security.capability", found, sizeof found), 20);
    assert_memory_equal(found, bind_capability, 20);
    assert_int_equal(look_at("f").st_uid, 1234);
}

static void an_attribute_that_cannot_be_kept_is_a_fault_that_names_it(void **state)
{
    struct writ_error e = {0};

    (void)state;
    put("f", "old");
    if (geteuid() != 0)
        return;
    assert_int_equal(chmod(".", 0777), 0);
    assert_int_equal(chown("f", 65534, 65534), 0);
    assert_true(set_attribute("f", "security.capability", bind_capability, 20));
    (void)become_nobody();
    assert_fault(replace_like("f", &e), WRIT_FAULT_PERMISSION,
                 "cannot keep the attribute security.capability of f");
    become_self();
    expect_content("f", "old");
    assert_int_equal(count("."), 1);
}

static void an_attribute_that_is_there_already_is_not_set_again(void **state)
{
    struct writ_error e = {0};
    int from, to;

    (void)state;
    put("from", "");
    put("to", "");
    if (geteuid() != 0 || !set_attribute("from", "user.same", "x", 1) ||
        !set_attribute("to", "user.same", "x", 1))
        return;
    from = open("from", O_RDONLY);
    to = open("to", O_RDONLY);
    (void)become_nobody(); /* who may not set attributes of this file, nor its mode */
    assert_fault(keep_attributes(from, to, "to", &e), WRIT_FAULT_PERMISSION, "to");
    become_self();
    assert_null(strstr(e.text, "user.same"));
    (void)close(from);
    (void)close(to);
}

/* An access control list as Linux stores it (struct posix_acl_xattr_header, version 2): user::rwx,
 * user:1234:r-x, group::r-x, mask::r-x, other::---. */
static const uint8_t some_list[] = {
    2,    0, 0, 0,                         /* version */
    0x01, 0, 7, 0, 0xff, 0xff, 0xff, 0xff, /* USER_OBJ */
    0x02, 0, 5, 0, 0xd2, 0x04, 0,    0,    /* USER 1234 */
    0x04, 0, 5, 0, 0xff, 0xff, 0xff, 0xff, /* GROUP_OBJ */
    0x10, 0, 5, 0, 0xff, 0xff, 0xff, 0xff, /* MASK */
    0x20, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, /* OTHER */
};

static void an_access_control_list_is_kept(void **state)
{
    struct writ_error e = {0};
    uint8_t found[256];

    (void)state;
    put("f", "old");
    if (!set_attribute("f", "system.posix_acl_access", some_list, sizeof some_list))
        return; /* a file system without them */
    assert_int_equal(look_at("f").st_mode & 07777, 0750);
    assert_ok(replace_like("f", &e));
    assert_int_equal(getxattr("f", "system.posix_acl_access", found, sizeof found),
                     sizeof some_list);
    assert_memory_equal(found, some_list, sizeof some_list);
    assert_int_equal(look_at("f").st_mode & 07777, 0750);
}

static void a_list_that_the_directory_would_give_is_not_taken(void **state)
{
    struct writ_error e = {0};
    uint8_t found[256];

    (void)state;
    put("f", "old");
    assert_int_equal(chmod("f", 0755), 0);
    if (!set_attribute(".", "system.posix_acl_default", some_list, sizeof some_list))
        return; /* a file system without them */
    put("witness", "");
    assert_true(getxattr("witness", "system.posix_acl_access", found, sizeof found) > 0);
    assert_ok(replace_like("f", &e));
    assert_int_equal(getxattr("f", "system.posix_acl_access", found, sizeof found), -1);
    assert_int_equal(look_at("f").st_mode & 07777, 0755);
}

/* ---- what killed writers leave ---- */

/* A temporary file as a killed writer leaves it; its name in temp. */
static void leave_temp(char temp[FILE_TEMP_NAME_MAX])
{
    int ends[2];
    pid_t pid = -1;

    if (pipe(ends) != 0 || (pid = fork()) < 0)
        fail_msg("no child");
    if (pid == 0) {
        struct file_replace r;
        struct writ_error e = {0};

        if (file_replace_begin("f", &r, &e) < 0 || write(ends[1], r.temp, sizeof r.temp) < 0)
            _exit(1);
        _exit(0);
    }
    if (read(ends[0], temp, FILE_TEMP_NAME_MAX) != FILE_TEMP_NAME_MAX ||
        waitpid(pid, NULL, 0) != pid)
        fail_msg("the child failed");
    (void)close(ends[0]);
    (void)close(ends[1]);
}

static void a_sweep_removes_what_the_dead_left_and_not_what_the_living_use(void **state)
{
    char dead[FILE_TEMP_NAME_MAX];
    struct file_replace living;
    struct writ_error e = {0};

    (void)state;
    put("f", "old");
    leave_temp(dead);
    assert_int_equal(access(dead, F_OK), 0);
    assert_ok(file_replace_begin("f", &living, &e));
    assert_ok(file_sweep_temps(".", &e));
    assert_int_equal(access(dead, F_OK), -1);
    assert_int_equal(access(living.temp, F_OK), 0);
    assert_ok(file_replace_commit(&living, 0600, &e));
    assert_int_equal(count("."), 1);
}

static void a_sweep_leaves_everything_else_alone(void **state)
{
    static const char *const names[] = {
        ".writ-tmp-0123456789abcde",
        ".writ-tmp-0123456789abcdef0",
        ".writ-tmp-0123456789ABCDEF",
        "writ-tmp-0123456789abcdef",
        ".writ-tmp-",
        ".writ-tmp-0123456789abcdeg",
        "x.writ-tmp-0123456789abcdef",
    };
    struct writ_error e = {0};

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        put(names[i], "precious");
    assert_int_equal(mkdir(".writ-tmp-0000000000000000", 0700), 0);
    assert_int_equal(mkfifo(".writ-tmp-0000000000000001", 0600), 0);
    assert_int_equal(symlink("precious", ".writ-tmp-0000000000000002"), 0);
    assert_ok(file_sweep_temps(".", &e));
    assert_int_equal(count("."), sizeof names / sizeof names[0] + 3);
}

static void a_sweep_by_an_ordinary_user_leaves_other_peoples_files(void **state)
{
    struct writ_error e = {0};

    (void)state;
    if (geteuid() != 0)
        return;
    put(".writ-tmp-0123456789abcdef", "root's");
    assert_int_equal(chmod(".writ-tmp-0123456789abcdef", 0644), 0);
    assert_int_equal(chmod(".", 0777), 0);
    (void)become_nobody();
    assert_ok(file_sweep_temps(".", &e));
    become_self();
    assert_int_equal(count("."), 1);
    assert_int_equal(chown(".writ-tmp-0123456789abcdef", 1234, 1234), 0);
    assert_ok(file_sweep_temps(".", &e));
    assert_int_equal(count("."), 0);
}

static void a_directory_that_cannot_be_swept_is_a_fault(void **state)
{
    struct writ_error e = {0};

    (void)state;
    assert_fault(file_sweep_temps("missing", &e), WRIT_FAULT_NO_INPUT, "cannot list missing");
}

static void sweepers_and_writers_at_once_do_not_disturb_each_other(void **state)
{
    struct writ_error e = {0};
    pid_t own = getpid();
    pid_t sweeper = fork();

    (void)state;
    if (sweeper == 0) {
        while (getppid() == own) {
            if (file_sweep_temps(".", &e) < 0)
                _exit(1);
        }
        _exit(0);
    }
    for (int i = 0; i < 300; i++)
        assert_ok(replace("f", i % 2 == 0 ? "even" : "odd", &e));
    (void)kill(sweeper, SIGKILL);
    (void)waitpid(sweeper, NULL, 0);
    expect_content("f", "odd");
    assert_int_equal(count("."), 1);
}

static const struct CMUnitTest claims[] = {
    IN_SCRATCH(a_file_gets_the_new_content_and_exactly_the_mode),
    IN_SCRATCH(whoever_has_the_old_file_open_keeps_the_old_content),
    IN_SCRATCH(a_symbolic_link_stays_and_what_it_leads_to_is_replaced),
    IN_SCRATCH(a_link_that_leads_nowhere_yet_leads_somewhere_afterwards),
    IN_SCRATCH(a_loop_of_links_is_a_fault),
    IN_SCRATCH(links_are_followed_as_far_as_linux_does),
    IN_SCRATCH(only_regular_files_are_replaced),
    IN_SCRATCH(a_path_that_names_no_file_is_a_fault),
    IN_SCRATCH(a_directory_that_may_not_be_written_is_a_question_of_permission),
    IN_SCRATCH(what_is_aborted_was_never_there),
    IN_SCRATCH(a_begin_that_failed_needs_no_abort_but_takes_one),
    IN_SCRATCH(where_others_may_write_no_link_is_followed),
    IN_SCRATCH(what_is_replaced_must_be_what_was_seen),
    IN_SCRATCH(content_written_in_parts_and_copied_arrives_in_order),
    IN_SCRATCH(a_renamed_directory_does_not_lead_a_replacer_astray),
    IN_SCRATCH(a_temporary_file_that_vanished_is_a_fault),
    IN_SCRATCH(a_new_file_is_created_whole),
    IN_SCRATCH(what_exists_is_not_created_again),
    IN_SCRATCH(what_appeared_meanwhile_is_not_overwritten),
    IN_SCRATCH(mode_bits_are_kept_set_user_id_included),
    IN_SCRATCH(owner_and_group_are_kept_with_the_set_user_id_bit),
    IN_SCRATCH(an_owner_that_cannot_be_kept_is_a_fault),
    IN_SCRATCH(user_attributes_are_kept),
    IN_SCRATCH(capabilities_are_kept),
    IN_SCRATCH(an_attribute_that_cannot_be_kept_is_a_fault_that_names_it),
    IN_SCRATCH(an_attribute_that_is_there_already_is_not_set_again),
    IN_SCRATCH(an_access_control_list_is_kept),
    IN_SCRATCH(a_list_that_the_directory_would_give_is_not_taken),
    IN_SCRATCH(a_sweep_removes_what_the_dead_left_and_not_what_the_living_use),
    IN_SCRATCH(a_sweep_leaves_everything_else_alone),
    IN_SCRATCH(a_sweep_by_an_ordinary_user_leaves_other_peoples_files),
    IN_SCRATCH(a_directory_that_cannot_be_swept_is_a_fault),
    IN_SCRATCH(sweepers_and_writers_at_once_do_not_disturb_each_other),
};

RUN_CLAIMS(claims)
