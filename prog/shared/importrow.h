/*
 * shared/importrow.h - what other CAs' lists say of their certificates, a row at a time
 *
 * Two kinds of list: the index.txt of `openssl ca`, and CSV (RFC 4180, a row a line) whose first
 * line names its columns.  A row is read whole or refused with a sentence; what it leaves open is
 * never guessed.
 *
 * A serial number comes out as the content octets of its INTEGER (X.690 section 8.3), exactly as
 * they stand in the certificate: 128 is 00 80, and -128 is 80.  Lists write it as a number, in
 * hexadecimal or in decimal; digits alone are neither, until somebody says which.
 */
#ifndef WRIT_SHARED_IMPORTROW_H
#define WRIT_SHARED_IMPORTROW_H

#include "base/error.h"
#include "base/reason.h"
#include "base/span.h"

#define IMPORTROW_SERIAL_MAX 20 /* octets (RFC 5280 section 4.1.2.2) */
#define IMPORTROW_NAME_MAX   256
#define IMPORTROW_FIELDS_MAX 32
#define IMPORTROW_LINE_MAX   4096

struct importrow {
    uint8_t serial[IMPORTROW_SERIAL_MAX];
    size_t serial_n;
    char name[IMPORTROW_NAME_MAX + 1]; /* safe to show; "unnamed" when it has none */
    int64_t not_before;                /* 0 when the list does not say */
    int64_t not_after;                 /* WRIT_TIME_MAX likewise */
    bool revoked;
    enum writ_reason reason;
    int64_t revoked_at;
    bool since_given; /* the list names the instant the key was lost */
    int64_t since;
};

enum importrow_base { IMPORTROW_UNSAID, IMPORTROW_HEX, IMPORTROW_DECIMAL };

/* Reads a serial number, which may have a minus before it: hexadecimal digits of either case, with
 * 0x before them or colons between pairs, or decimal ones.  With IMPORTROW_UNSAID only what cannot
 * be mistaken is read: 0x, colons, or a letter a to f.  -1 with WRIT_FAULT_BAD_INPUT. */
int importrow_serial(struct writ_span text, enum importrow_base base, struct importrow *row,
                     struct writ_error *e) WRIT_MUST_CHECK;

/* Reads a line of index.txt: status V, R or E, expiry, revocation (a time, a reason, a time),
 * serial number in hexadecimal, file name and subject, with tabs between them.  -1 with
 * WRIT_FAULT_BAD_INPUT, also where status and revocation contradict each other. */
int importrow_index(struct writ_span line, struct importrow *row,
                    struct writ_error *e) WRIT_MUST_CHECK;

/* The columns of a CSV. */
enum importrow_column {
    IMPORTROW_SERIAL_NUMBER,
    IMPORTROW_SERIAL_NUMBER_HEX,
    IMPORTROW_SERIAL_NUMBER_DECIMAL,
    IMPORTROW_STATUS,
    IMPORTROW_NAME,
    IMPORTROW_NOT_BEFORE,
    IMPORTROW_NOT_AFTER,
    IMPORTROW_REVOKED_AT,
    IMPORTROW_REASON,
    IMPORTROW_SINCE,
    IMPORTROW_COLUMNS
};
struct importrow_header {
    int at[IMPORTROW_COLUMNS]; /* which field, from 0; -1: none */
    size_t fields;
    enum importrow_base base; /* of a column that is only called "serial" */
};

/* Reads the first line: serial (or serial_hex, or serial_decimal), and any of status, name,
 * not_before, not_after, revoked_at, reason, since.  -1 with WRIT_FAULT_BAD_INPUT for another
 * column, one twice, none or several for the serial number. */
int importrow_csv_header(struct writ_span line, enum importrow_base base,
                         struct importrow_header *header, struct writ_error *e) WRIT_MUST_CHECK;

/* Reads a further line.  Instants are RFC 3339 or "@" and seconds.  -1 with WRIT_FAULT_BAD_INPUT.
 */
int importrow_csv(const struct importrow_header *header, struct writ_span line,
                  struct importrow *row, struct writ_error *e) WRIT_MUST_CHECK;

#endif
