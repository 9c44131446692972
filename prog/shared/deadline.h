/*
 * shared/deadline.h - until when to wait
 *
 * A deadline is an instant of the monotonic clock in milliseconds: nobody can put it back by
 * setting the date.
 */
#ifndef WRIT_SHARED_DEADLINE_H
#define WRIT_SHARED_DEADLINE_H

#include <stdint.h>

/* The monotonic clock, in milliseconds. */
int64_t deadline_now(void);

/* The deadline that is ms milliseconds from now; what does not fit becomes the end of time. */
int64_t deadline_in(int64_t ms);

/* The milliseconds until then, 0 when it has passed; never more than INT_MAX, as poll(2) wants. */
int deadline_left(int64_t deadline);

/* Sleeps for ms milliseconds, or until the deadline if that is sooner, or until a signal. */
void deadline_nap(int64_t deadline, int64_t ms);

#endif
