/*
 * writ/doctor.h - what is wrong on this machine, and what to do about it
 *
 * Each check looks at one thing and adds what it finds.  Nothing is changed.
 */
#ifndef WRIT_DOCTOR_H
#define WRIT_DOCTOR_H

#include "shared/places.h"

#define DOCTOR_TEXT_MAX 640

enum doctor_level {
    DOCTOR_WELL, /* looked at, and as it should be */
    DOCTOR_NOTE, /* works, and could be better */
    DOCTOR_WRONG /* does not do what it is there for */
};

struct doctor_finding {
    enum doctor_level level;
    const char *check;            /* what was looked at: "data", "clock" …; static */
    char text[DOCTOR_TEXT_MAX];   /* one sentence, without a full stop */
    char remedy[DOCTOR_TEXT_MAX]; /* what to do about it; "" when there is nothing to do */
};

struct doctor {
    const struct places *places;
    const char *root; /* where the system is; "" for this machine */
    int64_t now;
    struct doctor_finding *at; /* owned */
    size_t count;
    bool failed; /* there was no memory for a finding */
};

/* Adds a finding.  remedy may be NULL. */
void doctor_add(struct doctor *d, enum doctor_level level, const char *check, const char *remedy,
                const char *fmt, ...) WRIT_FORMAT(5, 6);
void doctor_free(struct doctor *d);

/* The filters, their sources, and the clock.  Says whether there is any filter to ask. */
bool doctor_check_filters(struct doctor *d);

/* The hooks, for whom they are enabled, and whether they can be reached. */
void doctor_check_tls(struct doctor *d, bool has_filters);

/* The CAs that are trusted for programs, and their feeds. */
void doctor_check_feeds(struct doctor *d);

/* What this kernel gives the jail. */
void doctor_check_jail(struct doctor *d);

#endif
