#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static int record(struct writ_error *e, enum writ_fault f, size_t offset, const char *fmt,
                  va_list args) WRIT_FORMAT(4, 0);

/* The first fault is the cause, later ones are echoes. */
static int record(struct writ_error *e, enum writ_fault f, size_t offset, const char *fmt,
                  va_list args)
{
    if (e == NULL || e->fault != WRIT_FAULT_NONE)
        return -1;
    e->fault = f;
    e->offset = offset;
    (void)vsnprintf(e->text, sizeof e->text, fmt, args);
    return -1;
}

int writ_fail(struct writ_error *e, enum writ_fault f, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    (void)record(e, f, SIZE_MAX, fmt, args);
    va_end(args);
    return -1;
}

int writ_fail_at(struct writ_error *e, size_t offset, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    (void)record(e, WRIT_FAULT_BAD_INPUT, offset, fmt, args);
    va_end(args);
    return -1;
}

static enum writ_fault fault_of_errno(int errno_value, enum writ_fault otherwise)
{
    switch (errno_value) {
    case ENOENT:
    case ENOTDIR:
    case ELOOP:
    case ENAMETOOLONG:
        return otherwise == WRIT_FAULT_CANNOT_CREATE ? otherwise : WRIT_FAULT_NO_INPUT;
    case EACCES:
    case EPERM:
        return WRIT_FAULT_PERMISSION;
    default:
        return otherwise;
    }
}

int writ_fail_errno(struct writ_error *e, enum writ_fault otherwise, int errno_value,
                    const char *fmt, ...)
{
    va_list args;
    size_t used;

    if (e == NULL || e->fault != WRIT_FAULT_NONE)
        return -1;
    va_start(args, fmt);
    (void)record(e, fault_of_errno(errno_value, otherwise), SIZE_MAX, fmt, args);
    va_end(args);
    used = strlen(e->text);
    (void)snprintf(e->text + used, sizeof e->text - used, ": %s", strerror(errno_value));
    return -1;
}

int writ_fail_memory(struct writ_error *e)
{
    return writ_fail(e, WRIT_FAULT_UNEXPECTED, "out of memory");
}

void writ_error_context(struct writ_error *e, const char *fmt, ...)
{
    char context[WRIT_ERROR_TEXT_MAX / 2];
    char whole[WRIT_ERROR_TEXT_MAX + WRIT_ERROR_TEXT_MAX / 2 + 3];
    va_list args;

    if (e == NULL || e->fault == WRIT_FAULT_NONE)
        return;
    va_start(args, fmt);
    (void)vsnprintf(context, sizeof context, fmt, args);
    va_end(args);
    (void)snprintf(whole, sizeof whole, "%s: %s", context, e->text);
    (void)snprintf(e->text, sizeof e->text, "%.*s", (int)sizeof e->text - 1, whole);
}

void writ_error_clear(struct writ_error *e)
{
    e->fault = WRIT_FAULT_NONE;
    e->offset = SIZE_MAX;
    e->text[0] = '\0';
}

bool writ_is_fault(uint32_t class)
{
    switch ((enum writ_fault) class) {
    case WRIT_FAULT_UNEXPECTED:
    case WRIT_FAULT_USAGE:
    case WRIT_FAULT_BAD_INPUT:
    case WRIT_FAULT_NO_INPUT:
    case WRIT_FAULT_UNAVAILABLE:
    case WRIT_FAULT_CANNOT_CREATE:
    case WRIT_FAULT_IO:
    case WRIT_FAULT_PERMISSION:
    case WRIT_FAULT_CONFIGURATION:
        return true;
    case WRIT_FAULT_NONE:
        break;
    }
    return false;
}

const char *writ_fault_name(enum writ_fault f)
{
    switch (f) {
    case WRIT_FAULT_NONE:
        return "none";
    case WRIT_FAULT_UNEXPECTED:
        return "unexpected";
    case WRIT_FAULT_USAGE:
        return "usage";
    case WRIT_FAULT_BAD_INPUT:
        return "bad-input";
    case WRIT_FAULT_NO_INPUT:
        return "no-input";
    case WRIT_FAULT_UNAVAILABLE:
        return "unavailable";
    case WRIT_FAULT_CANNOT_CREATE:
        return "cannot-create";
    case WRIT_FAULT_IO:
        return "io";
    case WRIT_FAULT_PERMISSION:
        return "permission";
    case WRIT_FAULT_CONFIGURATION:
        return "configuration";
    }
    return "unexpected";
}
