/*
 * writ/queryline.h - a line of `filter query`
 *
 *   issuer-spki-sha256 TAB serial [TAB log-id:milliseconds,...]
 *
 * Issuer, serial and log ids in hexadecimal of either case.  The third column lists a certificate's
 * timestamps; when it is there and empty, the certificate has none, which is not the same as not
 * asking.
 */
#ifndef WRIT_QUERYLINE_H
#define WRIT_QUERYLINE_H

#include "writ/filterfile.h"

#define QUERYLINE_MAX 8192 /* bytes of a line without its newline */

/* A line as it was read.  The question borrows from the arrays below it, not from the line, so the
 * structure must not be copied or moved. */
struct queryline {
    struct filterfile_question question;
    uint8_t serial[WRIT_CLUBCARD_SERIAL_MAX];
    uint8_t log_id[WRIT_SCTS_MAX][WRIT_SCT_LOG_ID];
};

/* Reads one line, without its newline.  -1 with WRIT_FAULT_BAD_INPUT, saying which column is wrong
 * and what was wanted. */
int queryline_parse(struct writ_span line, struct queryline *q,
                    struct writ_error *e) WRIT_MUST_CHECK;

#endif
