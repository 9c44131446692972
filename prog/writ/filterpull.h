/*
 * writ/filterpull.h - fetching filters, checking all of them, and taking them over
 *
 * Nothing that is asked on this device changes until everything that came was checked: by size and
 * hash, and by the reader that will ask it.  Then files, index, manifest and record are put in
 * place, each by a rename and in this order, and files that neither the list before nor this one
 * names are removed: whoever reads at any moment, or after a kill at any moment, finds an index and
 * the files that it names.
 */
#ifndef WRIT_FILTERPULL_H
#define WRIT_FILTERPULL_H

#include "writ/filterdir.h"
#include "writ/filterfetch.h"

struct filterpull {
    const struct places *places;
    const struct source *source;
    const char *location; /* where to fetch from this time; the source's, or --from */
    bool elsewhere;       /* that is --from: mirrors are not asked */
    int64_t now;
    bool dry_run;
    void (*note)(void *own, const char *text); /* what a person should know; may be NULL */
    void *own;
};

/* What came of it. */
struct filterpull_result {
    bool changed;        /* something was taken over */
    int64_t as_of;       /* when the newest filter was built */
    size_t files;        /* filters there are */
    uint64_t bytes;      /* their size */
    uint64_t fetched;    /* bytes of filters that came */
    bool stale;          /* older than WRIT_FILTER_LIFE */
    bool has_onecrl;     /* revoked CA certificates are there, too */
    bool signed_by_root; /* somebody signs this */
};

/* Pulls once, from a source of the kinds crlite and upki. */
int filterpull_run(const struct filterpull *p, struct filterpull_result *result,
                   struct writ_error *e) WRIT_MUST_CHECK;

/* ---- for the kinds (writ/crlite.h, writ/upki.h) ---- */

/* A pull that is going on. */
struct filterwork {
    const struct filterpull *p;
    struct filterpull_result *result;
    const char *location; /* of the server that is being asked; borrowed */
    bool alerted;         /* a server had something to say */
    struct filterdir dir;
    struct filterplan plan;
    int *fds;               /* owned; of the files of the plan, those that came; else -1 */
    struct writ_span *maps; /* owned; of all of them */
    struct writ_buffer index;
    struct writ_buffer onecrl; /* the file to be; empty: there is none */
};

/* Fetches the files of the plan that are not there, from base with their location appended, and
 * checks all of them together; the index is then made. */
int filterwork_bring(struct filterwork *w, const char *base, struct writ_error *e) WRIT_MUST_CHECK;

/* True when every file of the plan is here, whole. */
bool filterwork_is_complete(const struct filterwork *w);

/* Gives back what was brought, and forgets the plan, so that another one can be tried. */
void filterwork_drop(struct filterwork *w);

/* Takes over: files, index, the manifest given, OneCRL, record.  Removes what is not needed any
 * more.  Nothing with dry_run. */
int filterwork_commit(struct filterwork *w, struct writ_span manifest,
                      struct writ_error *e) WRIT_MUST_CHECK;

/* Asks the server for a URL; remembers what it wishes, and tells a person what it has to say.  etag
 * "" for none. */
int filterwork_ask(struct filterwork *w, const char *url, uint64_t ceiling, const char *etag,
                   struct writ_buffer *out, struct fetcher_answer *answer,
                   struct writ_error *e) WRIT_MUST_CHECK;

/* Tells a person. */
void filterwork_note(const struct filterwork *w, const char *text);

#endif
