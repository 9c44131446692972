#include "shared/places.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shared/file.h"

#define PASSWD_BYTES 16384 /* one entry of the user database */

static bool is_set(const char *text)
{
    return text != NULL && text[0] != '\0';
}

void places_caller_read(struct places_caller *who, const char *root)
{
    *who = (struct places_caller){
        .uid = geteuid(),
        .root = root != NULL ? root : secure_getenv("WRIT_ROOT"),
        .xdg_data_home = secure_getenv("XDG_DATA_HOME"),
        .home = secure_getenv("HOME"),
    };
}

static char *joined(const char *a, const char *b, struct writ_error *e)
{
    char *path = NULL;
    size_t n = strlen(a);

    while (n > 0 && a[n - 1] == '/')
        n--;
    if (asprintf(&path, "%.*s/%s", (int)n, a, b) >= 0)
        return path;
    (void)writ_fail_memory(e);
    return NULL;
}

static char *copied(const char *text, struct writ_error *e)
{
    char *copy = strdup(text);

    if (copy == NULL)
        (void)writ_fail_memory(e);
    return copy;
}

/* The home directory of the user database. */
static char *database_home(uid_t uid, struct writ_error *e)
{
    struct passwd entry, *found = NULL;
    char *room = malloc(PASSWD_BYTES);
    char *home = NULL;

    if (room == NULL) {
        (void)writ_fail_memory(e);
        return NULL;
    }
    (void)getpwuid_r(uid, &entry, room, PASSWD_BYTES, &found);
    if (found == NULL || !is_set(found->pw_dir))
        (void)writ_fail(e, WRIT_FAULT_CONFIGURATION,
                        "HOME is not set, and the user database has no home for user %u",
                        (unsigned)uid);
    else
        home = copied(found->pw_dir, e);
    free(room);
    return home;
}

/* The caller's own state.  The XDG base directory specification has relative paths ignored. */
static char *own_state(const struct places_caller *who, struct writ_error *e)
{
    char *home, *state;

    if (is_set(who->xdg_data_home) && who->xdg_data_home[0] == '/')
        return joined(who->xdg_data_home, "writ", e);
    home = is_set(who->home) ? copied(who->home, e) : database_home(who->uid, e);
    if (home == NULL)
        return NULL;
    state = joined(home, ".local/share/writ", e);
    if (home[0] != '/') {
        (void)writ_fail(e, WRIT_FAULT_CONFIGURATION, "HOME is \"%s\", wanted an absolute path",
                        home);
        free(state);
        state = NULL;
    }
    free(home);
    return state;
}

/* The one state below a root, which must be there: a typing error must not start an empty world. */
static char *rooted_state(const char *root, struct writ_error *e)
{
    struct stat st;
    char *state;

    if (stat(root, &st) < 0)
        (void)writ_fail_errno(e, WRIT_FAULT_NO_INPUT, errno, "root directory %s", root);
    else if (!S_ISDIR(st.st_mode))
        (void)writ_fail(e, WRIT_FAULT_NO_INPUT, "root directory %s: not a directory", root);
    else if ((state = joined(root, &PLACES_SYSTEM[1], e)) != NULL)
        return state;
    return NULL;
}

static char *written_state(const struct places_caller *who, struct writ_error *e)
{
    if (is_set(who->root))
        return rooted_state(who->root, e);
    return who->uid == 0 ? copied(PLACES_SYSTEM, e) : own_state(who, e);
}

int places_decide(struct places *p, const struct places_caller *who, struct writ_error *e)
{
    *p = (struct places){.write = written_state(who, e)};
    if (p->write == NULL)
        return -1;
    p->read[p->reads++] = copied(p->write, e);
    if (!is_set(who->root) && who->uid != 0)
        p->read[p->reads++] = copied(PLACES_SYSTEM, e);
    return p->read[0] == NULL || p->read[p->reads - 1] == NULL ? -1 : 0;
}

int places_find(struct places *p, const char *root, struct writ_error *e)
{
    struct places_caller who;

    places_caller_read(&who, root);
    return places_decide(p, &who, e);
}

void places_free(struct places *p)
{
    free(p->write);
    for (size_t i = 0; i < PLACES_READ_MAX; i++)
        free(p->read[i]);
    *p = (struct places){0};
}

void places_path(struct writ_buffer *b, const char *state, const char *name)
{
    writ_buffer_format(b, "%s/%s", state, name);
}

int places_look(const struct places *p, const char *name, struct writ_buffer *path, bool *found,
                struct writ_error *e)
{
    struct stat st;
    int rc = 0;

    *found = false;
    for (size_t i = 0; i < p->reads && !*found && rc == 0; i++) {
        struct writ_buffer candidate = {0};

        places_path(&candidate, p->read[i], name);
        *found = stat(writ_buffer_string(&candidate), &st) == 0;
        if (*found)
            writ_buffer_add(path, writ_buffer_span(&candidate));
        else if (errno != ENOENT && errno != ENOTDIR)
            rc = writ_fail_errno(e, WRIT_FAULT_IO, errno, "%s", writ_buffer_string(&candidate));
        writ_buffer_free(&candidate);
    }
    return rc < 0 ? -1 : writ_buffer_check(path, e);
}

static bool is_private(const char *name)
{
    static const char *const rooms[] = {"ca", "identities"};

    for (size_t i = 0; i < sizeof rooms / sizeof rooms[0]; i++) {
        size_t n = strlen(rooms[i]);

        if (strncmp(name, rooms[i], n) == 0 && (name[n] == '\0' || name[n] == '/'))
            return true;
    }
    return false;
}

/* Makes one directory, whose parent is there; one that is there already is left as it is. */
static int make_directory(const char *path, bool private, struct writ_error *e)
{
    struct stat st;

    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        return 0;
    if (file_make_dirs(path, private ? 0700 : 0755, e) < 0)
        return -1;
    /* Trust and feeds are for every user of the machine, whatever root's umask. */
    if (!private && chmod(path, 0755) < 0)
        return writ_fail_errno(e, WRIT_FAULT_CANNOT_CREATE, errno, "%s", path);
    return 0;
}

/* Makes every directory on the way; state is how many bytes of path are the state's own. */
static int make_way(char *path, size_t state, struct writ_error *e)
{
    size_t n = strlen(path);

    for (size_t i = 1; i <= n; i++) {
        bool private = i > state && is_private(path + state + 1);
        char kept = path[i];
        int rc;

        if (kept != '/' && kept != '\0')
            continue;
        path[i] = '\0';
        rc = make_directory(path, private, e);
        path[i] = kept;
        if (rc < 0)
            return -1;
    }
    return 0;
}

int places_make(const struct places *p, const char *name, struct writ_buffer *path,
                struct writ_error *e)
{
    char *whole = name[0] == '\0' ? copied(p->write, e) : joined(p->write, name, e);
    int rc = -1;

    if (whole == NULL)
        return -1;
    if (make_way(whole, strlen(p->write), e) == 0) {
        writ_buffer_text(path, whole);
        rc = writ_buffer_check(path, e);
    }
    free(whole);
    return rc;
}
