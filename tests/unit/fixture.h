/*
 * tests/unit/fixture.h - the files of tests/fixtures, and those of other projects
 */
#ifndef WRIT_TEST_FIXTURE_H
#define WRIT_TEST_FIXTURE_H

#include "bytes/cursor.h"
#include "scratch.h"

/* A file of tests/fixtures; the caller frees it. */
static inline struct writ_buffer fixture(const char *name)
{
    char path[1024];

    (void)snprintf(path, sizeof path, "%s/tests/fixtures/%s", WRIT_TEST_SOURCE, name);
    return file_read(path);
}

/* A file of the folder that WRIT_DATA names. */
static inline struct writ_buffer foreign(const char *name)
{
    char path[1024];

    (void)snprintf(path, sizeof path, "%s/%s", getenv("WRIT_DATA"), name);
    return file_read(path);
}

/* Why a file of that folder cannot be had, or NULL. */
static inline const char *foreign_missing(const char *name)
{
    static char why[1024];
    char path[1024];

    if (getenv("WRIT_DATA") == NULL)
        return "WRIT_DATA is not set";
    (void)snprintf(path, sizeof path, "%s/%s", getenv("WRIT_DATA"), name);
    (void)snprintf(why, sizeof why, "no %s in WRIT_DATA", name);
    return access(path, R_OK) == 0 ? NULL : why;
}

#define TSV_FIELDS 8

/* Takes a line of tab-separated fields off the cursor; those that are not there are empty.  False
 * at the end. */
static inline bool tsv_line(struct writ_cursor *c, struct writ_span field[TSV_FIELDS])
{
    struct writ_span line;
    struct writ_cursor in;

    if (c->left == 0 || writ_cursor_line(c, &line, "line") < 0)
        return false;
    in = writ_cursor_over(line, NULL);
    for (size_t i = 0; i < TSV_FIELDS; i++)
        field[i] = writ_cursor_field(&in, '\t');
    return true;
}

/* A field as a C string, in one of eight static arrays. */
static inline const char *tsv_text(struct writ_span field)
{
    static char text[8][1024];
    static unsigned turn;
    char *out = text[turn++ % 8];

    if (field.n >= sizeof text[0])
        fail_msg("a field of %zu bytes", field.n);
    memcpy(out, field.n == 0 ? (const uint8_t *)"" : field.p, field.n);
    out[field.n] = '\0';
    return out;
}

/* A field of hexadecimal digits as bytes (see bytes_of). */
static inline struct writ_span tsv_bytes(struct writ_span field)
{
    return bytes_of(tsv_text(field));
}

#endif
