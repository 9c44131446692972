#include "shared/libexec.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

/* The directory this program was started from. */
static int own_directory(char dir[PATH_MAX], struct writ_error *e)
{
    ssize_t n = readlink("/proc/self/exe", dir, PATH_MAX - 1);
    char *slash;

    if (n <= 0)
        return writ_fail_errno(e, WRIT_FAULT_CONFIGURATION, errno, "cannot read /proc/self/exe");
    dir[n] = '\0';
    slash = strrchr(dir, '/');
    if (slash == NULL)
        return writ_fail(e, WRIT_FAULT_CONFIGURATION, "/proc/self/exe makes no sense");
    *slash = '\0';
    return 0;
}

static int find(const char *name, int access_mode, struct writ_buffer *path, struct writ_error *e)
{
    char dir[PATH_MAX];

    if (own_directory(dir, e) < 0)
        return -1;
    if (strcmp(dir, WRIT_BINDIR) == 0)
        writ_buffer_format(path, "%s/%s", WRIT_LIBEXECDIR, name);
    else
        writ_buffer_format(path, "%s/%s", dir, name);
    if (access(writ_buffer_string(path), access_mode) == 0)
        return 0;
    return writ_fail(e, WRIT_FAULT_CONFIGURATION,
                     "%s is missing; is writ installed whole, and in %s as it was built for?",
                     writ_buffer_string(path), WRIT_BINDIR);
}

int libexec_path(const char *name, struct writ_buffer *path, struct writ_error *e)
{
    return find(name, X_OK, path, e);
}

int libexec_file(const char *name, struct writ_buffer *path, struct writ_error *e)
{
    return find(name, R_OK, path, e);
}

int libexec_become(const char *name, const struct args *a, struct out *o)
{
    struct writ_buffer path = {0};
    struct writ_error e = {0};

    if (libexec_path(name, &path, &e) == 0 && out_flush(o, &e) == 0) {
        (void)execv(writ_buffer_string(&path), a->argv);
        (void)writ_fail_errno(&e, WRIT_FAULT_CONFIGURATION, errno, "cannot start %s",
                              writ_buffer_string(&path));
    }
    writ_buffer_free(&path);
    return out_fault(o, &e);
}
