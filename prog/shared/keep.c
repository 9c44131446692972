#include "shared/keep.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "shared/file.h"

#define ACCESS_LIST "system.posix_acl_access"

/* Room for what the kernel lists and for two values. */
struct scratch {
    char names[FILE_ATTRIBUTES_MAX];
    char wanted[FILE_ATTRIBUTES_MAX];
    char found[FILE_ATTRIBUTES_MAX];
};

static int keep_owner(const struct stat *like, int to, const char *shown, struct writ_error *e)
{
    struct stat own;

    if (fstat(to, &own) < 0)
        return writ_fail_errno(e, WRIT_FAULT_IO, errno, "cannot look at the new %s", shown);
    if (own.st_uid == like->st_uid && own.st_gid == like->st_gid)
        return 0;
    if (fchown(to, like->st_uid, like->st_gid) == 0)
        return 0;
    return writ_fail_errno(e, WRIT_FAULT_IO, errno, "cannot keep the owner %u and group %u of %s",
                           (unsigned)like->st_uid, (unsigned)like->st_gid, shown);
}

/* Sets one attribute, unless the new file has it already: SELinux labels often come from the
 * directory, and setting them again may be forbidden. */
static int keep_one(int from, int to, const char *name, struct scratch *s)
{
    ssize_t n = fgetxattr(from, name, s->wanted, sizeof s->wanted);
    ssize_t had;

    if (n < 0)
        return errno == ENODATA ? 0 : -1;
    had = fgetxattr(to, name, s->found, sizeof s->found);
    if (had == n && memcmp(s->wanted, s->found, (size_t)n) == 0)
        return 0;
    return fsetxattr(to, name, s->wanted, (size_t)n, 0);
}

/* Hashes and signatures over the old bytes; the kernel or their owner makes them anew. */
static bool speaks_about_content(const char *name)
{
    return strcmp(name, "security.ima") == 0 || strcmp(name, "security.evm") == 0;
}

static int keep_listed(int from, int to, const char *shown, struct scratch *s, struct writ_error *e)
{
    ssize_t n = flistxattr(from, s->names, sizeof s->names);
    char room[FILE_SHOWN_MAX];
    bool listed = false;

    if (n < 0 && errno == ENOTSUP)
        n = 0;
    if (n < 0)
        return writ_fail_errno(e, WRIT_FAULT_IO, errno, "cannot list the attributes of %s", shown);
    for (ssize_t i = 0; i < n; i += (ssize_t)strlen(s->names + i) + 1) {
        const char *name = s->names + i;

        listed = listed || strcmp(name, ACCESS_LIST) == 0;
        if (!speaks_about_content(name) && keep_one(from, to, name, s) < 0)
            return writ_fail_errno(e, WRIT_FAULT_IO, errno, "cannot keep the attribute %s of %s",
                                   file_shown(name, room), shown);
    }
    if (!listed && fremovexattr(to, ACCESS_LIST) < 0 && errno != ENODATA && errno != ENOTSUP)
        return writ_fail_errno(e, WRIT_FAULT_IO, errno,
                               "cannot take the directory's access control list off %s", shown);
    return 0;
}

int keep_attributes(int from, int to, const char *shown, struct writ_error *e)
{
    struct scratch *s = malloc(sizeof *s);
    struct stat like;
    int rc = -1;

    if (s == NULL)
        (void)writ_fail_memory(e);
    else if (fstat(from, &like) < 0)
        (void)writ_fail_errno(e, WRIT_FAULT_IO, errno, "cannot look at %s", shown);
    else if (keep_owner(&like, to, shown, e) == 0 && keep_listed(from, to, shown, s, e) == 0)
        rc = fchmod(to, like.st_mode & 07777);
    if (rc < 0)
        (void)writ_fail_errno(e, WRIT_FAULT_IO, errno, "cannot keep the mode of %s", shown);
    free(s);
    return rc;
}
