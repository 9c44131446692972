/*
 * upki/config.h - where the data is, found as upki finds it
 */
#ifndef WRIT_UPKI_CONFIG_H
#define WRIT_UPKI_CONFIG_H

#include <upki.h>

#include "bytes/cursor.h"

#define CONFIG_MAX ((size_t)64 * 1024) /* bytes of a configuration file */

struct upki_config {
    char *cache; /* upki's cache directory; NULL: there is none.  Owned */
    bool named;  /* a configuration file names it: then nothing else is asked */
};

/* Takes the value of `cache-dir` out of a configuration file (TOML).  That key stands before the
 * first table, so that nothing behind is read; before, there may only be it, comments, and keys of
 * `revocation`, as upki refuses whatever else.  The value is a string in one line, with \\ and \"
 * as its only escapes.  *dir is the caller's to free. UPKI_OK, UPKI_ERR_CONFIG_DECODE or
 * UPKI_ERR_PANICKED. */
enum upki_result config_cache_dir(struct writ_span toml, char **dir);

/* Fills in c for upki_config_new(path). */
enum upki_result config_find(const char *path, struct upki_config *c);

#endif
