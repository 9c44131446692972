/*
 * shared/content.h - which content a file holds, without its seal
 */
#ifndef WRIT_SHARED_CONTENT_H
#define WRIT_SHARED_CONTENT_H

#include "base/span.h"
#include "crypto/digest.h"
#include "object/elf.h"

struct content_id {
    uint64_t length;
    uint8_t root[WRIT_SHA256_BYTES]; /* Merkle root, crypto/merkle.h */
    enum writ_content_form form;
    uint64_t elf_end;     /* where its headers say that an ELF file ends; 0 for others */
    uint8_t is_shared;    /* not 0: ELF that can be loaded as a library */
    uint8_t has_tail;     /* not 0: a seal follows the content */
    uint8_t elf_broken;   /* not 0: begins as ELF and does not hold together, */
    char elf_reason[256]; /* and why */
};

/* Finds out about the file at path in a jail: where its content ends, what it is, and its root.
 * WRIT_FAULT_BAD_INPUT when it has a tail that does not hold together. */
int content_identify(const char *path, struct content_id *id, struct writ_error *e) WRIT_MUST_CHECK;

/* The same for a mapped file. */
int content_identify_bytes(struct writ_span file, const char *path, struct content_id *id,
                           struct writ_error *e) WRIT_MUST_CHECK;

#endif
