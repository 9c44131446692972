#include "shared/deadline.h"

#include <limits.h>
#include <time.h>

int64_t deadline_now(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t deadline_in(int64_t ms)
{
    int64_t now = deadline_now();

    return ms > INT64_MAX - now ? INT64_MAX : now + ms;
}

int deadline_left(int64_t deadline)
{
    int64_t left = deadline - deadline_now();

    if (left <= 0)
        return 0;
    return left > INT_MAX ? INT_MAX : (int)left;
}

void deadline_nap(int64_t deadline, int64_t ms)
{
    int left = deadline_left(deadline);
    struct timespec t;

    if (ms > left)
        ms = left;
    t = (struct timespec){.tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000) * 1000000};
    (void)nanosleep(&t, NULL);
}
