/*
 * shared/jail.h - strangers' bytes, read where they can do no harm
 *
 * A function is run in a child that has given everything up: descriptors other than those it is to
 * read, files, network, other processes, new privileges, core dumps, time and memory without end.
 * What it finds comes back as one message over a pipe.  Should the bytes take the child over, they
 * have a process that can compute, read what it was given, and answer.
 *
 * What holds the child: closed descriptors and resource limits; no capabilities; Landlock with
 * every right of the running kernel handled and none given; and a seccomp filter that allows what
 * pure computing over open descriptors needs and kills at everything else.
 *
 * What this does not do: it does not make an answer true.  A child that was taken over can answer
 * anything, so an answer is parsed like other strangers' bytes, and decides about nothing but the
 * bytes that were given to that child.  The descriptors are shared with the child: it can move
 * their positions (use pread), and it can write to those that were opened for writing - open them
 * read-only.  The time a look at memory takes is not hidden from it.
 */
#ifndef WRIT_SHARED_JAIL_H
#define WRIT_SHARED_JAIL_H

#include "base/buffer.h"

#define JAIL_KEEP_MAX     16
#define JAIL_MEMORY_BYTES ((size_t)1 << 30)  /* default: data it may hold; mapped files are free */
#define JAIL_ANSWER_BYTES ((size_t)16 << 20) /* default: length of an answer */
#define JAIL_CPU_SECONDS  120                /* default: processor time of all its threads */
#define JAIL_DEADLINE_MS  120000             /* default: time on the clock */
#define JAIL_GRACE_MS     1000               /* how long a killed child may take to die */

/* What the child may use.  0 stands for the defaults above. */
struct jail {
    int keep[JAIL_KEEP_MAX];      /* open descriptors it may read; not 1 and 2 */
    size_t keep_count;            /* how many */
    size_t memory_bytes;          /* RLIMIT_DATA, with what the parent holds already */
    size_t answer_bytes;          /* a longer answer is a fault */
    unsigned cpu_seconds;         /* RLIMIT_CPU */
    int64_t deadline_ms;          /* until the answer must be there and the child gone */
    bool insecure_allow_unjailed; /* run even where the kernel has no seccomp */
};

/* What a jail is made of on this kernel.  Where there is no Landlock, seccomp alone forbids the
 * same things; where there is no seccomp, jail_run refuses. */
struct jail_strength {
    bool seccomp;
    int landlock; /* version of its interface; 0: none */
};

/* The work: reads what it was given, appends its answer.  Returns 0, or -1 with the fault in e,
 * which then becomes jail_run's.  Runs in the child: what it changes, nobody sees.  It may
 * allocate, map kept descriptors, start threads (they count against the user's limit of processes)
 * and use src/crypto.  It cannot stat, open or wait; sizes come with the argument or from lseek. */
typedef int jail_work(void *argument, struct writ_buffer *answer, struct writ_error *e);

/* Once at the start of a program that uses jails, before any other use of OpenSSL: starts OpenSSL
 * (crypto/start.h), and puts SIGCHLD back to its default when the program was started with it
 * ignored, since a child's end could not be told then. */
int jail_prepare(struct writ_error *e) WRIT_MUST_CHECK;

/* The second part alone, for who has started OpenSSL in another way. */
void jail_keep_children(void);

/* What the kernel offers, asked anew each time. */
struct jail_strength jail_strength(void);

/* Runs work(argument) in a jailed child and appends its answer.  Call it while no other thread of
 * the program is in malloc or OpenSSL: the child is a fork.  The child is gone when this returns.
 * -1 with
 *   the child's own fault: its class, offset and sentence, which was made safe to show;
 *   WRIT_FAULT_UNAVAILABLE: deadline or processor time used up, or killed from outside;
 *   WRIT_FAULT_IO: a mapped file was cut short while it was read;
 *   WRIT_FAULT_UNEXPECTED: it crashed, tried a forbidden system call, or sent no proper answer;
 *   WRIT_FAULT_CONFIGURATION: the kernel has no seccomp, or would not set the jail up;
 *   WRIT_FAULT_USAGE: limits that make no sense, or SIGCHLD ignored (see jail_prepare).
 * The answer then holds what it held before. */
int jail_run(const struct jail *limits, jail_work *work, void *argument, struct writ_buffer *answer,
             struct writ_error *e) WRIT_MUST_CHECK;

#endif
