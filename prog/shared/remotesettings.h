/*
 * shared/remotesettings.h - the collections that Mozilla signs, as JSON
 *
 * A collection is a set of records.  A server answers with all of them, or with what has changed
 * since a time; either way the signature is over the whole set, in canonical form
 * (shared/canonical.h):
 *
 *   {"data":[records in the order of their ids],"last_modified":"TIMESTAMP"}
 *
 * This text is called the message here.  It is what is kept on the disk, and what the next answer
 * is applied to.  Who signed it is checked elsewhere (evidence/contentsignature.h).
 *
 * All functions but remotesettings_take read strangers' JSON, and are meant to run in a jail.  Call
 * json_object_seed(0) before going there: jansson reads a random number from a file when it makes
 * its first object.
 */
#ifndef WRIT_SHARED_REMOTESETTINGS_H
#define WRIT_SHARED_REMOTESETTINGS_H

#include "base/buffer.h"

#define REMOTESETTINGS_ANSWER_MAX    ((size_t)16 << 20) /* bytes of an answer, and of a message */
#define REMOTESETTINGS_ROOT_MAX      ((size_t)256 << 10)
#define REMOTESETTINGS_RECORDS_MAX   65536
#define REMOTESETTINGS_ID_MAX        256
#define REMOTESETTINGS_URL_MAX       1024
#define REMOTESETTINGS_SIGNATURE_MAX 256
#define REMOTESETTINGS_TIME_MAX      ((uint64_t)1 << 53) /* milliseconds; numbers of JSON end here */

/* Applies an answer of `.../changeset` to the message that stands ("" for none: then the answer is
 * the whole collection), and appends what remotesettings_take reads.  -1 with WRIT_FAULT_BAD_INPUT
 * when either is not what the protocol says. */
int remotesettings_merge(struct writ_span answer, struct writ_span message, struct writ_buffer *out,
                         struct writ_error *e) WRIT_MUST_CHECK;

/* A collection as it was sent, and what it is to be verified with. */
struct remotesettings_collection {
    uint64_t timestamp; /* milliseconds */
    char signature[REMOTESETTINGS_SIGNATURE_MAX + 1];
    char chain_url[REMOTESETTINGS_URL_MAX + 1]; /* of the certificates (x5u); https */
    struct writ_span message;                   /* borrowed from what was read */
};

/* Reads what remotesettings_merge wrote.  A chain_url that is not an https URL of printable ASCII
 * is refused. */
int remotesettings_take(struct writ_span merged, struct remotesettings_collection *collection,
                        struct writ_error *e) WRIT_MUST_CHECK;

/* Appends the plan (shared/filterplan.h) for one channel of cert-revocations: the one full filter,
 * and the deltas that follow each other from it.  -1 with WRIT_FAULT_BAD_INPUT when there is none,
 * or more than one full filter, two deltas follow one filter, or one follows a filter that is not
 * in this chain. */
int remotesettings_plan(struct writ_span message, const char *channel, struct writ_buffer *out,
                        struct writ_error *e) WRIT_MUST_CHECK;

/* Appends the URL, with a slash at its end, that attachments' locations are appended to: from the
 * answer of the server's root, `capabilities.attachments.base_url`. */
int remotesettings_base(struct writ_span answer, struct writ_buffer *out,
                        struct writ_error *e) WRIT_MUST_CHECK;

#endif
