/*
 * tests/unit/object/seals.h - seals and code directories in pieces
 */
#ifndef WRIT_TEST_SEALS_H
#define WRIT_TEST_SEALS_H

#include "der.h"
#include "object/seal.h"

#define SEAL_OID      "06{ 6981eb8091b8c3cca2b5d7ab9f9292b2e9f08c5001 }"
#define DIRECTORY_OID "06{ 6981eb8091b8c3cca2b5d7ab9f9292b2e9f08c5002 }"
#define ROOT          "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

/* The pieces, in the order they stand in; NULL is the sound one, "" leaves it out. */
struct seal_pieces {
    const char *oid, *version;
    /* the code directory */
    const char *directory_oid, *directory_version, *kind, *length, *root, *identifier, *team,
        *flags, *in_directory;
    /* the entry, or all entries in its place */
    const char *cms, *extras, *in_entry, *entries;
    const char *in_seal, *after;
};

#define PIECE(text, sound) ((text) != NULL ? (text) : (sound))

static inline const char *directory_text(const struct seal_pieces *p)
{
    return piece("30{ %s %s %s %s %s %s %s %s %s }", PIECE(p->directory_oid, DIRECTORY_OID),
                 PIECE(p->directory_version, "02{ 01 }"), PIECE(p->kind, "0a{ 01 }"),
                 PIECE(p->length, "02{ 1000 }"), PIECE(p->root, "04{ " ROOT " }"),
                 PIECE(p->identifier, "0c{'app'}"), PIECE(p->team, "0c{'team'}"),
                 PIECE(p->flags, "02{ 00 }"), PIECE(p->in_directory, ""));
}

static inline const char *entry_text(const struct seal_pieces *p)
{
    return piece("30{ %s %s %s %s }", directory_text(p), PIECE(p->cms, "30{ 05{} }"),
                 PIECE(p->extras, ""), PIECE(p->in_entry, ""));
}

static inline const char *seal_text(const struct seal_pieces *p)
{
    return piece("30{ %s %s 30{ %s } %s } %s", PIECE(p->oid, SEAL_OID),
                 PIECE(p->version, "02{ 01 }"), PIECE(p->entries, entry_text(p)),
                 PIECE(p->in_seal, ""), PIECE(p->after, ""));
}

#define ENTRY(...)     entry_text(&(struct seal_pieces){__VA_ARGS__})
#define SEAL(...)      der(seal_text(&(struct seal_pieces){__VA_ARGS__}))
#define DIRECTORY(...) der(directory_text(&(struct seal_pieces){__VA_ARGS__}))

#define STAMP(value) "a0{ 30{ 02{ 01 } 04{ " value " } } }"

#endif
