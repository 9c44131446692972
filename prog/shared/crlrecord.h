/*
 * shared/crlrecord.h - what a pull leaves beside the table of a CRL
 *
 * The file crls/NAME/pulled says what the CRL was that the table was made of, and which file the
 * table is.  man/writ-crls.5 is the specification.
 */
#ifndef WRIT_SHARED_CRLRECORD_H
#define WRIT_SHARED_CRLRECORD_H

#include "base/buffer.h"
#include "shared/filterrecord.h"

#define CRLRECORD_CRLS       "crls" /* in a state: a directory for each source */
#define CRLRECORD_NAME       "pulled"
#define CRLRECORD_PINNED     "issuers"       /* the pinned certificates, in DER */
#define CRLRECORD_MAX        ((size_t)65536) /* bytes of the file */
#define CRLRECORD_IDP_MAX    8192            /* bytes of an issuing distribution point */
#define CRLRECORD_NUMBER_MAX 20
#define CRLRECORD_ETAG_MAX   256
#define CRLRECORD_TABLE_MAX  80 /* room for the name of the table's file */

struct crlrecord {
    int64_t this_update;
    bool has_next_update;
    int64_t next_update;
    uint8_t number[CRLRECORD_NUMBER_MAX]; /* content octets of the CRL number */
    size_t number_n;                      /* 0: it has none */
    bool keeps_expired;
    int64_t expired_since;
    uint8_t signer[FILTERRECORD_HASH]; /* SHA-256 of the SubjectPublicKeyInfo that verified it */
    uint64_t entries;                  /* revocations in the table */
    uint64_t others;                   /* entries about issuers that are not pinned */
    uint8_t crl[FILTERRECORD_HASH];    /* SHA-256 of the CRL's DER */
    uint64_t crl_size;
    struct filterrecord_file table; /* its name is that of its hash */
    char etag[CRLRECORD_ETAG_MAX];  /* of what came, or "" */
    bool has_idp;
    struct writ_span idp; /* content of the IssuingDistributionPoint; in the memory of the parse */
    struct writ_buffer idp_bytes; /* owned */
};

/* Reads a record.  WRIT_FAULT_BAD_INPUT.  Call crlrecord_free in any case. */
int crlrecord_parse(struct writ_span text, struct crlrecord *record,
                    struct writ_error *e) WRIT_MUST_CHECK;
void crlrecord_free(struct crlrecord *record);

/* Appends the text of a record.  crlrecord_add_claims stops before the table and the ETag, which
 * the child that reads the CRL does not know. */
void crlrecord_add(struct writ_buffer *out, const struct crlrecord *record);
void crlrecord_add_claims(struct writ_buffer *out, const struct crlrecord *record);

/* Reads what crlrecord_add_claims wrote, and leaves the cursor behind it. */
int crlrecord_take_claims(struct writ_cursor *c, struct crlrecord *record) WRIT_MUST_CHECK;

/* The name of a table's file: its hash, and ".table". */
void crlrecord_table_name(const struct crlrecord *record, char name[CRLRECORD_TABLE_MAX]);

#endif
