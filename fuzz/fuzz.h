/*
 * fuzz/fuzz.h - what every fuzz target begins with
 *
 * A target feeds one parser with whatever it is given.  Nothing may crash; where there is a writer
 * too, what was read is written and read again, and HOLDS says that nothing changed on the way.
 */
#ifndef WRIT_FUZZ_H
#define WRIT_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/span.h"

/* libFuzzer calls this with every input; replay.c calls it with every file of the corpus. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A property that no input may break.  Not assert(): it must hold in release builds too. */
#define HOLDS(property)                                                                            \
    do {                                                                                           \
        if (!(property)) {                                                                         \
            (void)fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #property);    \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

#endif
