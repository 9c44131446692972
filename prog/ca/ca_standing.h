/*
 * ca/ca_standing.h - the feed that stands in a folder already
 *
 * Before publishing over it, two things are read from it: that it is an older feed of this very CA,
 * and, when this store was restored from a backup, what the lost store had revoked since.
 */
#ifndef WRIT_CA_CA_STANDING_H
#define WRIT_CA_CA_STANDING_H

#include "ca/ca.h"
#include "evidence/source.h"

struct ca_standing {
    bool exists;
    struct writ_feed feed;
    struct writ_buffer note, bundle, table; /* owned */
    struct writ_source source;              /* open when the table is there too */
};

/* Reads and checks what stands in the folder: signed by this CA's feed key, its table whole.  Must
 * be called while no key is in memory.  WRIT_FAULT_USAGE when it is the feed of another CA,
 * WRIT_FAULT_BAD_INPUT when it is no feed. */
int ca_standing_read(struct ca *ca, const char *dir, struct ca_standing *standing,
                     struct writ_error *e) WRIT_MUST_CHECK;
void ca_standing_free(struct ca_standing *standing);

/* In the open transaction: revokes what the standing feed lists and this store, which is older than
 * it, does not know.  *recovered counts them. */
int ca_standing_recover(struct ca *ca, const struct ca_standing *standing, int64_t now,
                        size_t *recovered, struct writ_error *e) WRIT_MUST_CHECK;

#endif
