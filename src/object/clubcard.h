/*
 * object/clubcard.h - Mozilla's revocation filters of today, both forms
 *
 * A clubcard says of each certificate in its universe whether it is revoked, in a few bits for
 * each revocation: two ribbon filters over the pair (issuer, serial), the first approximate and
 * of several columns (X), the second exact and of one (Y).  Two encodings carry the same content,
 * version 3 (little-endian, what Firefox reads) and version 4 (big-endian, C2SP);
 * man/writ-clubcard.5 is the specification of both.
 *
 * What it cannot do: asked about a certificate outside its universe it answers by chance.  So the
 * caller asks first whether the file covers one of the certificate's SCTs (object/sct.h), and keeps
 * out what had expired when the file was built, and CA certificates.
 *
 * A clubcard is mapped and not copied: everything here borrows from it, except a small index of the
 * issuers that writ_clubcard_open makes.  writ_clubcard_open checks everything a look-up rests on;
 * it reads the list of issuers and of logs, and no column, because any bits are a valid column.
 * That costs microseconds, so it is done whenever a file is opened.  writ_clubcard_check, once when
 * a file arrives, adds what only a writer can have got wrong.  The look-ups are safe on a file that
 * was only opened, and cannot fail.
 */
#ifndef WRIT_OBJECT_CLUBCARD_H
#define WRIT_OBJECT_CLUBCARD_H

#include "bytes/cursor.h"

#define WRIT_CLUBCARD_MAX            ((size_t)256 * 1024 * 1024) /* bytes of a file */
#define WRIT_CLUBCARD_LOGS_MAX       1024
#define WRIT_CLUBCARD_ISSUERS_MAX    65536
#define WRIT_CLUBCARD_COLUMNS_MAX    64    /* of X; the greatest rank */
#define WRIT_CLUBCARD_EXCEPTIONS_MAX 65535 /* of one issuer */
#define WRIT_CLUBCARD_SERIAL_MAX     255   /* octets of an exception */
#define WRIT_CLUBCARD_ISSUER         32    /* SHA-256 of the issuer's SubjectPublicKeyInfo */
#define WRIT_CLUBCARD_LOG            32    /* log id, as in an SCT */
#define WRIT_CLUBCARD_KEY            32    /* SHA-256 of issuer, serial */
#define WRIT_CLUBCARD_WIDTH          256   /* bits of a row */
#define WRIT_CLUBCARD_TRIMMED_MAX    65536 /* rows behind a column's end: writers drop zero words */

/* What a filter says of a certificate.  In this order: of several files the greatest answer wins,
 * because a delta can only add revocations to what it does not list. */
enum writ_filter_answer {
    WRIT_FILTER_NOT_COVERED,  /* outside what the file can have seen: no SCT lies in its coverage */
    WRIT_FILTER_NOT_ENROLLED, /* the file has nothing of this issuer */
    WRIT_FILTER_GOOD,         /* in the universe, and not revoked */
    WRIT_FILTER_REVOKED,
};

/* "not-covered", "not-enrolled", "good", "revoked": the words of `filter query` and of JSON. */
const char *writ_filter_answer_name(enum writ_filter_answer answer);

/* Where each issuer stands in the file; private to clubcard.c. */
struct writ_clubcard_index;

/* An opened clubcard.  Columns are read through writ_clubcard_word. */
struct writ_clubcard {
    struct writ_span bytes; /* the file without what may trail behind version 3 */
    unsigned version;       /* 3 or 4 */
    size_t log_count;
    size_t issuer_count;
    size_t column_count; /* of X */
    struct writ_span x[WRIT_CLUBCARD_COLUMNS_MAX];
    struct writ_span y;
    size_t trailing; /* bytes behind the end; always 0 in version 4 */

    struct writ_span logs;             /* private: the list of logs */
    struct writ_clubcard_index *index; /* private, owned */
};

/* True when the first bytes are a clubcard's: version 3 or 4 and the reserved zero.  For telling
 * kinds of files apart, before open says what is wrong with one.  A stash (object/stash.h) has no
 * magic and can begin in the same way, with 3 or 4 serials of its first issuer; it is told apart by
 * its fifth byte, an issuer's length, which would be millions of logs or of issuers here. */
bool writ_clubcard_is(struct writ_span bytes);

/* Checks the file and makes the index.  bytes must stay until writ_clubcard_close, and must not
 * change.  -1 with WRIT_FAULT_BAD_INPUT, the offset and a sentence when
 *   - it is cut off, is no version 3 or 4, or is over one of the ceilings above;
 *   - a log stands twice (the order of logs is free);
 *   - issuers do not stand in ascending order, or one stands twice;
 *   - a rank is greater than the number of columns (Mozilla's library crashes on it when asked);
 *   - a block's rows end more than WRIT_CLUBCARD_TRIMMED_MAX behind the shortest column that it
 *     reads, or one of its numbers needs more than 32 bits (version 3);
 *   - `inverted` is neither 0 nor 1 (C2SP says malformed; Mozilla accepts it in version 4);
 *   - bytes are left over behind version 4.  Behind version 3 they are accepted, as Mozilla does,
 *     and counted;
 * or with WRIT_FAULT_UNEXPECTED when memory runs out.  Nothing is owned after a failure. */
int writ_clubcard_open(struct writ_span bytes, struct writ_clubcard *card,
                       struct writ_error *e) WRIT_MUST_CHECK;

/* Checks what no look-up needs: that no two blocks share rows of the same filter.  -1 with
 * WRIT_FAULT_BAD_INPUT, naming both, or WRIT_FAULT_UNEXPECTED when memory runs out.  For whoever
 * takes a file over, shows it or has built it. */
int writ_clubcard_check(const struct writ_clubcard *card, struct writ_error *e) WRIT_MUST_CHECK;

/* Gives the index back.  Does nothing on a zeroed or closed clubcard. */
void writ_clubcard_close(struct writ_clubcard *card);

/* True when the file says that it has seen what this log had at this instant (milliseconds, both
 * ends inclusive).  A certificate is covered when one of its SCTs is. */
bool writ_clubcard_covers(const struct writ_clubcard *card, const uint8_t log_id[WRIT_CLUBCARD_LOG],
                          uint64_t timestamp);

/* What the file says of a certificate that it covers: not-enrolled, good or revoked, and never
 * not-covered.  serial is the INTEGER's content octets exactly as they stand in the certificate,
 * hash the SHA-256 of issuer and serial, which the caller makes (evidence/filter.h).  No
 * allocation, and safe in several threads at once. */
enum writ_filter_answer writ_clubcard_ask(const struct writ_clubcard *card,
                                          const uint8_t issuer[WRIT_CLUBCARD_ISSUER],
                                          struct writ_span serial,
                                          const uint8_t hash[WRIT_CLUBCARD_KEY]);

/* The latest instant that any log is covered to, in milliseconds; 0 when there is no log. */
uint64_t writ_clubcard_latest(const struct writ_clubcard *card);

/* ------------------------------------------------------------------------ what is in the file */

struct writ_clubcard_log {
    struct writ_span id; /* WRIT_CLUBCARD_LOG bytes */
    uint64_t low;        /* first and last instant covered, milliseconds; none when low > high */
    uint64_t high;
};

/* One issuer's block.  Both filters of it are `m` start rows from bit `offset` of their columns on;
 * row s reads WRIT_CLUBCARD_WIDTH bits from there. */
struct writ_clubcard_issuer {
    struct writ_span id; /* WRIT_CLUBCARD_ISSUER bytes */
    uint32_t approx_m;   /* 0: every certificate has the same answer, `inverted` */
    uint32_t approx_offset;
    unsigned rank; /* columns of X that the block uses: the first `rank` */
    uint32_t exact_m;
    uint32_t exact_offset;
    bool inverted; /* what the filters hold is the good ones */
    size_t exception_count;
    struct writ_span exceptions; /* as they stand in the file; writ_clubcard_exception reads them */
    unsigned version;            /* of the file they stand in */
};

/* The i-th log and the i-th issuer, i < log_count and issuer_count; false beyond.  Logs stand as in
 * the file, issuers in ascending order. */
bool writ_clubcard_log(const struct writ_clubcard *card, size_t i, struct writ_clubcard_log *log);
bool writ_clubcard_issuer(const struct writ_clubcard *card, size_t i,
                          struct writ_clubcard_issuer *issuer);

/* The block of an issuer; false when it is not enrolled. */
bool writ_clubcard_find(const struct writ_clubcard *card,
                        const uint8_t issuer[WRIT_CLUBCARD_ISSUER],
                        struct writ_clubcard_issuer *block);

/* Takes the next of a block's exceptions (serials that are answered contrary to the filters) off
 * `block->exceptions` and counts exception_count down; false when there is none left. */
bool writ_clubcard_exception(struct writ_clubcard_issuer *block, struct writ_span *serial);

/* The number of words of a column (card->x[i] or card->y), and its i-th word in the machine's
 * order; 0 beyond the end, as the format has it.  Bit b of a column is bit b % 64 of word b / 64.
 */
size_t writ_clubcard_words(struct writ_span column);
uint64_t writ_clubcard_word(const struct writ_clubcard *card, struct writ_span column, size_t i);

#endif
