/*
 * writ/sources.h - where revocation comes from
 *
 * A source is a small file in a state: sources/NAME.conf, of lines (writ-source(5)):
 *
 *   kind = feed
 *   location = https://example.com/feed      (or the absolute path of a folder)
 *   bundle = FINGERPRINT                     (of the root whose bundle is trusted)
 */
#ifndef WRIT_SOURCES_H
#define WRIT_SOURCES_H

#include "shared/places.h"
#include "shared/trust.h"

#define SOURCES_MAX         64
#define SOURCE_NAME_MAX     64
#define SOURCE_LOCATION_MAX 2048
#define SOURCE_CONF_MAX     ((size_t)8192)

struct source {
    char name[SOURCE_NAME_MAX + 1];
    char location[SOURCE_LOCATION_MAX + 1];
    char fingerprint[TRUST_FINGERPRINT_TEXT]; /* of its bundle's root */
    const char *state;                        /* which state it is kept in; borrowed from places */
};

struct sources {
    struct source *at; /* owned, in the order of names */
    size_t count;
};

/* Reads the sources of all states, the caller's own before the system's; one name counts once.
 * Call sources_free in any case.  WRIT_FAULT_CONFIGURATION names file, line and what was wanted. */
int sources_load(const struct places *places, struct sources *sources,
                 struct writ_error *e) WRIT_MUST_CHECK;
void sources_free(struct sources *sources);

/* The source with this name, or NULL. */
const struct source *sources_find(const struct sources *sources, const char *name);

/* True for a name a source may have: lower-case letters, digits, hyphens and dots, no dot first. */
bool source_is_name(const char *name);

/* Writes a source into the state to write, or removes it from there. */
int source_save(const struct places *places, const struct source *s,
                struct writ_error *e) WRIT_MUST_CHECK;
int source_delete(const struct places *places, const char *name,
                  struct writ_error *e) WRIT_MUST_CHECK;

#endif
