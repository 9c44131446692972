/*
 * shared/processors.h - how many processors this process may use
 */
#ifndef WRIT_SHARED_PROCESSORS_H
#define WRIT_SHARED_PROCESSORS_H

/* At least 1. */
unsigned processors(void);

#endif
