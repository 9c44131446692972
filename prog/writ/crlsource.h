/*
 * writ/crlsource.h - CRLs that are sources, as the commands add and show them
 */
#ifndef WRIT_WRIT_CRLSOURCE_H
#define WRIT_WRIT_CRLSOURCE_H

#include "shared/args.h"
#include "shared/crls.h"
#include "shared/out.h"
#include "writ/crlpull.h"

/* `source add crl`: pins the certificates of --issuer, or those of the CAs that are trusted, pulls
 * once, and keeps the source when that went well. */
int crlsource_add(const struct args *a, struct out *o, struct writ_error *e) WRIT_MUST_CHECK;

/* Pulls one, with notes to the person.  from is --from, or NULL. */
int crlsource_pull(const struct args *a, struct out *o, const struct places *places,
                   const struct source *source, const char *from, int64_t now,
                   struct crlpull_result *result, struct writ_error *e) WRIT_MUST_CHECK;

/* Says what came of a pull, as members of an open object or as a line. */
void crlsource_tell_pull(const struct args *a, struct out *o, const struct source *source,
                         const struct crlpull_result *result);

/* How a source stands on this device. */
enum crlsource_state {
    CRLSOURCE_FRESH,
    CRLSOURCE_STALE, /* nextUpdate has passed */
    CRLSOURCE_DAMAGED,
    CRLSOURCE_NEVER_PULLED
};

struct crlsource_facts {
    enum crlsource_state state;
    const struct writ_crl_source *crl; /* borrowed from crls; NULL when it cannot be asked */
    const char *problem;               /* likewise; NULL when there is none */
};

/* Looks for a source among the CRLs that were opened. */
void crlsource_look(const struct crls *crls, const struct source *source, int64_t now,
                    struct crlsource_facts *facts);

/* What there is to say of it: as members of an open object, and in a few words ("fresh until …").
 */
void crlsource_emit(struct writ_emit *m, const struct crls *crls,
                    const struct crlsource_facts *facts, int64_t now);
void crlsource_words(const struct crlsource_facts *facts, char words[160]);

/* What the CRL speaks for, in words: "all certificates of its issuer". */
void crlsource_add_scope(struct writ_buffer *out, const struct writ_crl_source *crl);

#endif
