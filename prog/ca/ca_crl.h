/*
 * ca/ca_crl.h - the CRLs of a CA, from its store
 */
#ifndef WRIT_CA_CA_CRL_H
#define WRIT_CA_CA_CRL_H

#include "ca/ca.h"
#include "issue/crl.h"

#define CA_ISSUERS_MAX 64
#define CA_SLUG_MAX    65
#define CA_CRL_NAME    128 /* room for the name of a CRL's file */

/* Settings that certificates depend on once they are issued. */
#define CA_SETTING_CRL_URL    "crl_url"        /* where the CRLs are: the folder's URL, no slash */
#define CA_SETTING_PARTITIONS "crl_partitions" /* how many; absent: none */
#define CA_SETTING_DELTAS     "crl_deltas"     /* "yes": complete ones name a delta */

struct ca_crl_settings {
    char url[CASTORE_TEXT_MAX + 1]; /* or "" */
    size_t partitions;              /* 0: none */
    bool deltas;
};
int ca_crl_settings_read(struct ca *ca, struct ca_crl_settings *settings,
                         struct writ_error *e) WRIT_MUST_CHECK;

/* The name of an issuer's CRL file: "example-corp-root-ca.crl"; of a partition "…-3.crl"
 * (partition < 0: the complete one), of a delta "…-delta.crl". */
void ca_crl_file_name(const char *issuer, int partition, bool delta, char name[CA_CRL_NAME]);

/* Appends the URL that a new certificate of this issuer with this serial number is to name; nothing
 * when the settings name none. */
int ca_crl_url(const struct ca_crl_settings *settings, const char *issuer, struct writ_span serial,
               struct writ_buffer *url, struct writ_error *e) WRIT_MUST_CHECK;

/* An issuer, and what its CRLs list. */
struct ca_crl_issuer {
    struct castore_matches self; /* owned */
    struct writ_cert cert;
    struct writ_key *key;        /* owned; NULL when it is not here */
    struct writ_crl_line *lines; /* owned; all that is revoked */
    size_t count, room;
    struct writ_crl_line *changed; /* owned; what has changed since the base */
    size_t changed_count, changed_room;
};

struct ca_crl_job {
    struct ca *ca;
    struct ca_crl_settings settings;
    int64_t now;
    int64_t life;      /* between thisUpdate and nextUpdate */
    bool drop_expired; /* else certificates stay on it after they have ended */
    bool published;    /* a complete one goes where deltas go, which can then build on it */
    size_t count;
    struct ca_crl_issuer issuer[CA_ISSUERS_MAX];
};

/* Finds the issuers and opens the keys of them that are here. */
int ca_crl_issuers(struct ca_crl_job *job, struct writ_error *e) WRIT_MUST_CHECK;

/* In the open transaction: gathers what is revoked. */
int ca_crl_gather(struct ca_crl_job *job, struct writ_error *e) WRIT_MUST_CHECK;

/* In the open transaction: takes the next number of the scope and appends the CRL.  partition < 0:
 * the complete one of all.  A delta wants a base: *made is false, and nothing was done, without. */
int ca_crl_make(struct ca_crl_job *job, struct ca_crl_issuer *it, int partition, bool delta,
                struct writ_buffer *der, bool *made, struct writ_error *e) WRIT_MUST_CHECK;

/* In the open transaction: the number of the complete CRL that the next delta of this scope builds
 * on; *has is false when there is none. */
int ca_crl_base(struct ca_crl_job *job, const struct ca_crl_issuer *it, int partition, bool *has,
                uint64_t *number, struct writ_error *e) WRIT_MUST_CHECK;

/* What the store calls a partition (< 0: the complete CRL). */
void ca_crl_scope(const struct ca_crl_job *job, int partition, char scope[CASTORE_SCOPE_MAX + 1]);

/* In the open transaction, with settings, now and issuers there: whatever CRLs of these issuers the
 * file holds (DER, or PEM with one or several), ours get greater numbers from then on.  Their
 * signatures are not looked at: a number only ever rises.  WRIT_FAULT_BAD_INPUT for what is no CRL,
 * one of another issuer, one from after now, or a number above half of CASTORE_NUMBER_MAX. */
int ca_crl_follow(struct ca_crl_job *job, const char *path, struct writ_error *e) WRIT_MUST_CHECK;

void ca_crl_free(struct ca_crl_job *job);

#endif
