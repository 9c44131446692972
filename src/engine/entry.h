/*
 * engine/entry.h - one entry of a seal: what is looked at before any feed, and what is asked after
 */
#ifndef WRIT_ENGINE_ENTRY_H
#define WRIT_ENGINE_ENTRY_H

#include "evidence/fresh.h"
#include "evidence/revoked.h"
#include "evidence/timestamp.h"
#include "object/elf.h"
#include "object/seal.h"

/* What the engine knows about the file and the world. */
struct writ_entry_context {
    const struct writ_source *sources;
    size_t source_count;
    const struct writ_elf *elf;
    const struct writ_error *elf_error;
    const struct writ_evidence *evidence; /* length and root of the content; now, when asking */
    int64_t clock;
};

/* An entry that is being checked: the paths that were verified are kept for the questions. */
struct writ_entry_check;

/* The entry is borrowed. */
struct writ_entry_check *writ_entry_check_new(const struct writ_seal_entry *entry,
                                              struct writ_error *e) WRIT_MUST_CHECK;
void writ_entry_check_free(struct writ_entry_check *check);

/* Signature, content, form and path: everything that needs no revocation data.  When a path was
 * found, facts->path.bundle tells whose feed is needed.  -1 only without memory. */
int writ_entry_look(struct writ_entry_check *check, const struct writ_entry_context *context,
                    struct writ_entry_facts *facts, struct writ_error *e) WRIT_MUST_CHECK;

/* Timestamp, revocation and dates, now that the feed is here or known to be missing. */
int writ_entry_ask(struct writ_entry_check *check, const struct writ_entry_context *context,
                   struct writ_entry_facts *facts, struct writ_error *e) WRIT_MUST_CHECK;

#endif
