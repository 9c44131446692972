/*
 * shared/racing.h - one question to several servers at once, asked through writ-fetch
 *
 * What writ-fetch does and does not do for it: prog/fetch/race.h.  Answers are taken one by one, as
 * they come; whoever has the one that is believed ends the race.
 */
#ifndef WRIT_SHARED_RACING_H
#define WRIT_SHARED_RACING_H

#include <sys/types.h>

#include "shared/raceframe.h"

struct racing_server {
    const char *url;
    bool post;
};

struct racing_question {
    const struct racing_server *server;
    size_t count;          /* at most RACE_SERVERS_MAX */
    struct writ_span body; /* for those that get a POST */
    const char *type;      /* of it */
    const char *wanted;    /* the type of an answer */
    int64_t deadline_ms;   /* after which writ-fetch ends by itself */
};

struct racing {
    pid_t pid;               /* of writ-fetch; 0: nothing goes on */
    int fd;                  /* what it says */
    size_t servers;          /* that were asked */
    size_t told;             /* about so many it has told */
    struct writ_buffer said; /* what it said so far */
    size_t read;             /* so much of that has been taken */
};

#define RACING_NONE ((struct racing){.fd = -1})

/* Puts the question.  The child is silent on this process's descriptors, and ends by itself soon
 * after nobody reads what it says, so that it does not matter who dies first. */
int racing_start(struct racing *r, const struct racing_question *what,
                 struct writ_error *e) WRIT_MUST_CHECK;

/* The next frame, for which it waits until the deadline (shared/deadline.h).  1 and the frame,
 * whose body holds until the next call; 0 when the time is over, or all have been told about
 * (racing_is_over says which); -1 with WRIT_FAULT_UNEXPECTED when what it says makes no sense or
 * ends too early. */
int racing_next(struct racing *r, int64_t deadline, struct raceframe *f,
                struct writ_error *e) WRIT_MUST_CHECK;
bool racing_is_over(const struct racing *r);

/* Ends the child and frees what is held.  Nothing when nothing goes on. */
void racing_end(struct racing *r);

/* For a process that has taken the race over by fork: the child is not its own. */
void racing_adopt(struct racing *r);

#endif
