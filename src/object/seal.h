/*
 * object/seal.h - the seal: what a developer says about a file, and how it is attached
 *
 *   Seal  ::= SEQUENCE { id-writ-seal, version INTEGER (1), entries SEQUENCE SIZE (1..8) OF Entry }
 *   Entry ::= SEQUENCE { codeDirectory CodeDirectory, signature ContentInfo,
 *                        extras [0] IMPLICIT SEQUENCE SIZE (1..8) OF Extra OPTIONAL }
 *   Extra ::= SEQUENCE { type INTEGER, value OCTET STRING }
 *   CodeDirectory ::= SEQUENCE { id-writ-codeDirectory, version INTEGER (1), kind ENUMERATED,
 *                        contentLength INTEGER, root OCTET STRING (SIZE (32)),
 *                        identifier UTF8String, team UTF8String, criticalFlags INTEGER }
 *
 * Detached, the seal is a file of its own.  As a tail it follows the content:
 *
 *   content, zeros to a multiple of 8, seal, trailer of 32 bytes
 *   trailer: magic (16 bytes), length of the seal, length of the content (64 bits, big-endian)
 *
 * man/writ-seal.5 is the specification.  Everything here is a claim until evidence has checked it.
 */
#ifndef WRIT_OBJECT_SEAL_H
#define WRIT_OBJECT_SEAL_H

#include "bytes/der.h"

#define WRIT_SEAL_MAX            ((size_t)1024 * 1024) /* bytes of a seal */
#define WRIT_SEAL_ENTRIES_MAX    8
#define WRIT_SEAL_EXTRAS_MAX     8
#define WRIT_SEAL_EXTRA_MAX      ((size_t)64 * 1024)
#define WRIT_SEAL_TRAILER        32
#define WRIT_SEAL_ALIGN          8
#define WRIT_CODE_DIRECTORY_MAX  ((size_t)64 * 1024)
#define WRIT_IDENTIFIER_MAX      255 /* bytes */
#define WRIT_TEAM_MAX            64  /* bytes; ub-organizational-unit-name of RFC 5280 */
#define WRIT_CONTENT_ROOT        32  /* bytes of the Merkle root, crypto/merkle.h */
#define WRIT_CONTENT_MAX         INT64_MAX
#define WRIT_SEAL_CRITICAL_KNOWN 0 /* critical flags this version understands: none */

/* What a sealed file is for. */
enum writ_seal_kind {
    WRIT_SEAL_PROGRAM = 1,
    WRIT_SEAL_LIBRARY = 2,
    WRIT_SEAL_SCRIPT = 3,
    WRIT_SEAL_MANIFEST = 4,
    WRIT_SEAL_DATA = 5,
};

/* What the unsigned extras of an entry are. */
enum writ_seal_extra {
    WRIT_EXTRA_TIMESTAMP = 1, /* RFC 3161 TimeStampToken over the CMS signature value */
    WRIT_EXTRA_STAPLE = 2,    /* RFC 6960 OCSPResponse about the signer's certificate */
};

struct writ_code_directory {
    struct writ_span der; /* the whole, which is what the CMS signs */
    enum writ_seal_kind kind;
    uint64_t content_length;
    struct writ_span root; /* WRIT_CONTENT_ROOT bytes */
    struct writ_span identifier;
    struct writ_span team;
    uint64_t critical_flags;
};

struct writ_seal_entry {
    struct writ_code_directory directory;
    struct writ_span cms;       /* ContentInfo, detached, for object/cms.h */
    struct writ_span timestamp; /* TimeStampToken, or empty */
    struct writ_span staple;    /* OCSPResponse, or empty */
};

/* Spans borrow from the bytes that were parsed. */
struct writ_seal {
    size_t count; /* 1 to WRIT_SEAL_ENTRIES_MAX */
    struct writ_seal_entry entry[WRIT_SEAL_ENTRIES_MAX];
};

/* Where the parts of a sealed file lie. */
struct writ_seal_tail {
    bool present;
    uint64_t content_length;
    struct writ_span content; /* the file without its tail, or the whole file */
    struct writ_span seal;    /* empty when there is no tail */
};

/* "program", "library", "script", "manifest", "data". */
const char *writ_seal_kind_name(enum writ_seal_kind kind);
int writ_seal_kind_parse(const char *name, enum writ_seal_kind *kind) WRIT_MUST_CHECK;

/* Looks for a tail at the end of a file's bytes.  0 with tail->present telling; -1 when there is a
 * trailer that does not hold together: lengths that do not add up to the size of the file, a pad
 * that is not zero, a seal over its ceiling, a second trailer at the end of the content. */
int writ_seal_find_tail(struct writ_span file, struct writ_seal_tail *tail,
                        struct writ_error *e) WRIT_MUST_CHECK;

/* Reads a seal that fills der exactly. */
int writ_seal_parse(struct writ_span der, struct writ_seal *seal,
                    struct writ_error *e) WRIT_MUST_CHECK;

/* Reads a code directory that fills der exactly. */
int writ_code_directory_parse(struct writ_span der, struct writ_code_directory *directory,
                              struct writ_error *e) WRIT_MUST_CHECK;

/* Appends a code directory (its der field is not read). */
int writ_code_directory_build(const struct writ_code_directory *directory, struct writ_buffer *out,
                              struct writ_error *e) WRIT_MUST_CHECK;

/* Appends a seal of these entries; of each directory only der is read. */
int writ_seal_build(const struct writ_seal *seal, struct writ_buffer *out,
                    struct writ_error *e) WRIT_MUST_CHECK;

/* Appends what follows content of this length to make a tail of the seal: zeros, seal, trailer. */
int writ_seal_build_tail(uint64_t content_length, struct writ_span seal, struct writ_buffer *out,
                         struct writ_error *e) WRIT_MUST_CHECK;

#endif
