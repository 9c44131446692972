/*
 * writ/sources.h - where revocation comes from
 *
 * A source is a small file in a state: sources/NAME.conf, of lines (writ-source(5)):
 *
 *   kind = feed
 *   location = https://example.com/feed      (or the absolute path of a folder)
 *   bundle = FINGERPRINT                     (of the root whose bundle is trusted)
 *
 *   kind = crlite
 *   location = https://example.com/v1        (of a Remote Settings server)
 *   channel = default                        (or compat)
 *   root = FINGERPRINT                       (of the root whose signers are believed)
 *
 *   kind = upki
 *   location = https://example.com/filters   (of a mirror, or the absolute path of a folder)
 *   mirror = https://example.org/filters     (asked when that one fails; as often as wanted)
 *   cache = /var/cache/upki                  (upki's cache directory)
 *
 *   kind = crl
 *   location = http://example.com/ca.crl     (or the absolute path of a file)
 *   issuers = SHA256                         (of the pinned certificates, as they are kept)
 */
#ifndef WRIT_SOURCES_H
#define WRIT_SOURCES_H

#include "shared/places.h"
#include "shared/trust.h"

#define SOURCES_MAX         64
#define SOURCE_NAME_MAX     64
#define SOURCE_LOCATION_MAX 2048
#define SOURCE_CONF_MAX     ((size_t)8192)
#define SOURCE_CHANNEL_MAX  16
#define SOURCE_CACHE_MAX    1024
#define SOURCE_MIRRORS_MAX  4 /* beside the location */
#define SOURCE_MIRROR_MAX   1024

enum source_kind {
    SOURCE_FEED,   /* what a CA of writ's publishes */
    SOURCE_CRLITE, /* Mozilla's filters, signed */
    SOURCE_UPKI,   /* the same filters from a mirror that signs nothing, shared with upki */
    SOURCE_CRL,    /* a CRL of a CA's */
};

struct source {
    enum source_kind kind;
    char name[SOURCE_NAME_MAX + 1];
    char location[SOURCE_LOCATION_MAX + 1];
    char fingerprint[TRUST_FINGERPRINT_TEXT]; /* of its bundle's root, of the signers' root, of
                                                 the pinned certificates; "" for upki */
    char channel[SOURCE_CHANNEL_MAX + 1];
    char cache[SOURCE_CACHE_MAX + 1];
    char mirror[SOURCE_MIRRORS_MAX][SOURCE_MIRROR_MAX + 1];
    size_t mirrors;
    const char *state; /* which state it is kept in; borrowed from places */
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

/* "feed", "crlite", "upki", "crl". */
const char *source_kind_name(enum source_kind kind);

/* Checks that a location is one that this kind of source can have: WRIT_FAULT_USAGE.  A mirror
 * signs nothing, so that it wants https, or to be on this machine. */
int source_check_location(enum source_kind kind, const char *location,
                          struct writ_error *e) WRIT_MUST_CHECK;

/* Sets where a source is: a URL as it is, anything else by its absolute path, so that it is found
 * from anywhere.  what is the kind of thing that is wanted there ("a folder").  WRIT_FAULT_NO_INPUT
 * when it is not there, WRIT_FAULT_USAGE for what a source's file could not say. */
int source_locate(struct source *s, const char *given, const char *what,
                  struct writ_error *e) WRIT_MUST_CHECK;

/* WRIT_FAULT_CANNOT_CREATE when there is a source with this name already. */
int sources_check_new(const struct places *places, const char *name,
                      struct writ_error *e) WRIT_MUST_CHECK;

/* True for a name a source may have: lower-case letters, digits, hyphens and dots, no dot first. */
bool source_is_name(const char *name);

/* Writes a source into the state to write, or removes it from there. */
int source_save(const struct places *places, const struct source *s,
                struct writ_error *e) WRIT_MUST_CHECK;
int source_delete(const struct places *places, const char *name,
                  struct writ_error *e) WRIT_MUST_CHECK;

#endif
