#include "writ/unit.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bytes/cursor.h"
#include "shared/file.h"

#define SUFFIX   ".service"
#define MARK     "# made by writ tls enable --service, taken away by writ tls disable --service"
#define OURS     "/etc/systemd/system" /* where an administrator's drop-ins stand */
#define TEXT_MAX ((size_t)64 * 1024)   /* bytes of a unit file that is looked at */

/* Where systemd looks for units. */
static const char *const places[] = {OURS,
                                     "/run/systemd/system",
                                     "/usr/local/lib/systemd/system",
                                     "/usr/lib/systemd/system",
                                     "/lib/systemd/system",
                                     NULL};

/* ---- names ---- */

static bool is_name(const char *name)
{
    size_t n = strlen(name);

    if (n == 0 || n > UNIT_NAME_MAX || name[0] == '.')
        return false;
    for (size_t i = 0; i < n; i++) {
        if (!isalnum((unsigned char)name[i]) && strchr(":_.\\@-", name[i]) == NULL)
            return false;
    }
    return true;
}

static bool ends_in(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);

    return n > m && strcmp(text + n - m, end) == 0;
}

/* "foo@bar.service" is made from "foo@.service". */
static void template_of(const char *name, char room[UNIT_NAME_MAX + 1])
{
    const char *at = strchr(name, '@');

    if (at == NULL)
        (void)snprintf(room, UNIT_NAME_MAX + 1, "%s", name);
    else
        (void)snprintf(room, UNIT_NAME_MAX + 1, "%.*s" SUFFIX, (int)(at - name + 1), name);
}

static bool is_there(const char *root, const char *place, const char *name)
{
    struct writ_buffer path = {0};
    bool there;

    writ_buffer_format(&path, "%s%s/%s", root, place, name);
    there = access(writ_buffer_string(&path), F_OK) == 0;
    writ_buffer_free(&path);
    return there;
}

int unit_name(const char *name, const char *root, struct unit *unit, struct writ_error *e)
{
    *unit = (struct unit){.root = root};
    if (!is_name(name) || strlen(name) + strlen(SUFFIX) > UNIT_NAME_MAX)
        return writ_fail(e, WRIT_FAULT_USAGE, "\"%.64s\" is not the name of a service", name);
    (void)snprintf(unit->name, sizeof unit->name, "%s%s", name,
                   ends_in(name, SUFFIX) ? "" : SUFFIX);
    return 0;
}

int unit_find(const char *name, const char *root, struct unit *unit, struct writ_error *e)
{
    char template[UNIT_NAME_MAX + 1];

    if (unit_name(name, root, unit, e) < 0)
        return -1;
    template_of(unit->name, template);
    for (size_t i = 0; places[i] != NULL; i++) {
        if (is_there(root, places[i], unit->name) || is_there(root, places[i], template))
            return 0;
    }
    return writ_fail(e, WRIT_FAULT_NO_INPUT, "there is no unit %s in %s%s and the like", unit->name,
                     root, OURS);
}

/* ---- what a unit sets by itself ---- */

/* True when a line of a unit file sets the variable: Environment=A=1 "VARIABLE=2". */
static bool sets(struct writ_span line, const char *variable)
{
    static const char key[] = "Environment=";
    char wanted[64];

    (void)snprintf(wanted, sizeof wanted, "%s=", variable);
    return line.n > sizeof key && memcmp(line.p, key, sizeof key - 1) == 0 &&
           memmem(line.p, line.n, wanted, strlen(wanted)) != NULL;
}

static int check_text(struct writ_span text, const char *path, const char *const *variables,
                      struct writ_error *e)
{
    struct writ_cursor c = writ_cursor_over(text, e);

    while (c.left > 0) {
        struct writ_span line = writ_cursor_field(&c, '\n');

        for (size_t i = 0; variables[i] != NULL; i++) {
            if (sets(line, variables[i]))
                return writ_fail(e, WRIT_FAULT_CONFIGURATION,
                                 "%s sets %s by itself; add writ's there by hand", path,
                                 variables[i]);
        }
    }
    return 0;
}

static int check_file(const char *path, const char *const *variables, struct writ_error *e)
{
    struct writ_buffer text = {0};
    struct writ_error unread = {0};
    int rc = 0;

    if (file_read(path, TEXT_MAX, &text, &unread) == 0)
        rc = check_text(writ_buffer_span(&text), path, variables, e);
    writ_buffer_free(&text);
    return rc;
}

static int check_drop_ins(const char *folder, const char *const *variables, struct writ_error *e)
{
    DIR *d = opendir(folder);
    struct dirent *entry;
    int rc = 0;

    while (d != NULL && rc == 0 && (entry = readdir(d)) != NULL) {
        struct writ_buffer path = {0};

        writ_buffer_format(&path, "%s/%s", folder, entry->d_name);
        if (ends_in(entry->d_name, ".conf") && strcmp(entry->d_name, UNIT_DROP_IN) != 0)
            rc = check_file(writ_buffer_string(&path), variables, e);
        writ_buffer_free(&path);
    }
    if (d != NULL)
        (void)closedir(d);
    return rc;
}

int unit_check_free(const struct unit *unit, const char *const *variables, struct writ_error *e)
{
    char template[UNIT_NAME_MAX + 1];
    int rc = 0;

    template_of(unit->name, template);
    for (size_t i = 0; rc == 0 && places[i] != NULL; i++) {
        const char *const names[] = {unit->name, template, NULL};

        for (size_t k = 0; rc == 0 && names[k] != NULL; k++) {
            struct writ_buffer path = {0};

            writ_buffer_format(&path, "%s%s/%s", unit->root, places[i], names[k]);
            rc = check_file(writ_buffer_string(&path), variables, e);
            writ_buffer_text(&path, ".d");
            if (rc == 0)
                rc = check_drop_ins(writ_buffer_string(&path), variables, e);
            writ_buffer_free(&path);
        }
    }
    return rc;
}

/* ---- the drop-in ---- */

/* A percent sign begins a specifier of systemd. */
static void add_value(struct writ_buffer *out, const char *value)
{
    for (const char *at = value; *at != '\0'; at++) {
        if (*at == '%')
            writ_buffer_byte(out, '%');
        if (*at == '"' || *at == '\\')
            writ_buffer_byte(out, '\\');
        writ_buffer_byte(out, (uint8_t)*at);
    }
}

void unit_format(const struct unit_variable *variables, struct writ_buffer *out)
{
    writ_buffer_text(out, MARK "\n[Service]\n");
    for (; variables->name != NULL; variables++) {
        writ_buffer_format(out, "Environment=\"%s=", variables->name);
        add_value(out, variables->value);
        writ_buffer_text(out, "\"\n");
    }
}

void unit_folder(const struct unit *unit, struct writ_buffer *path)
{
    writ_buffer_format(path, "%s" OURS "/%s.d", unit->root, unit->name);
}

void unit_path(const struct unit *unit, struct writ_buffer *path)
{
    unit_folder(unit, path);
    writ_buffer_text(path, "/" UNIT_DROP_IN);
}

int unit_save(const struct unit *unit, struct writ_span text, struct writ_error *e)
{
    struct writ_buffer folder = {0}, path = {0};
    int rc;

    unit_folder(unit, &folder);
    unit_path(unit, &path);
    rc = file_make_dirs(writ_buffer_string(&folder), 0755, e);
    if (rc == 0)
        rc = file_replace_bytes(writ_buffer_string(&path), 0644, text, e);
    writ_buffer_free(&path);
    writ_buffer_free(&folder);
    return rc;
}

static bool is_ours(struct writ_span text)
{
    return text.n > strlen(MARK) && memcmp(text.p, MARK, strlen(MARK)) == 0;
}

int unit_remove(const struct unit *unit, bool dry_run, struct writ_error *e)
{
    struct writ_buffer folder = {0}, path = {0}, text = {0};
    int rc;

    unit_folder(unit, &folder);
    unit_path(unit, &path);
    rc = file_read(writ_buffer_string(&path), TEXT_MAX, &text, e);
    if (rc == 0 && !is_ours(writ_buffer_span(&text)))
        rc = writ_fail(e, WRIT_FAULT_CONFIGURATION, "%s was not made by writ",
                       writ_buffer_string(&path));
    if (rc == 0 && !dry_run) {
        if (unlink(writ_buffer_string(&path)) < 0)
            rc = writ_fail_errno(e, WRIT_FAULT_IO, errno, "cannot remove %s",
                                 writ_buffer_string(&path));
        else
            (void)rmdir(writ_buffer_string(&folder));
    }
    writ_buffer_free(&text);
    writ_buffer_free(&path);
    writ_buffer_free(&folder);
    return rc;
}

/* ---- all of ours ---- */

static int visit_folder(const char *root, const char *name, unit_visit *visit, void *context,
                        struct writ_error *e)
{
    struct unit unit = {.root = root};
    struct writ_buffer path = {0}, text = {0};
    struct writ_error unread = {0};
    int rc = 0;

    (void)snprintf(unit.name, sizeof unit.name, "%.*s", (int)(strlen(name) - strlen(".d")), name);
    unit_path(&unit, &path);
    if (file_read(writ_buffer_string(&path), TEXT_MAX, &text, &unread) == 0 &&
        is_ours(writ_buffer_span(&text)))
        rc = visit(context, &unit, writ_buffer_span(&text), e);
    writ_buffer_free(&text);
    writ_buffer_free(&path);
    return rc;
}

int unit_each(const char *root, unit_visit *visit, void *context, struct writ_error *e)
{
    struct writ_buffer path = {0};
    struct dirent **names = NULL;
    int count, rc = 0;

    writ_buffer_format(&path, "%s" OURS, root);
    count = scandir(writ_buffer_string(&path), &names, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        if (rc == 0 && ends_in(names[i]->d_name, SUFFIX ".d"))
            rc = visit_folder(root, names[i]->d_name, visit, context, e);
        free(names[i]);
    }
    free(names);
    writ_buffer_free(&path);
    return rc;
}

void unit_value(struct writ_span text, const char *variable, char *room, size_t size)
{
    struct writ_error ignored = {0};
    struct writ_cursor c = writ_cursor_over(text, &ignored);
    char begin[96];

    room[0] = '\0';
    (void)snprintf(begin, sizeof begin, "Environment=\"%s=", variable);
    while (c.left > 0) {
        struct writ_span line = writ_cursor_field(&c, '\n');
        size_t n = strlen(begin);

        if (line.n > n && memcmp(line.p, begin, n) == 0)
            (void)snprintf(room, size, "%.*s", (int)(line.n - n - 1), (const char *)line.p + n);
    }
}
