/*
 * base/murmur3.h - MurmurHash3, the 32-bit form for x86
 *
 * Mozilla's first revocation filters spread their keys with it (object/cascade.h).  It is no
 * cryptographic hash: whoever chooses the bytes chooses the number.
 */
#ifndef WRIT_BASE_MURMUR3_H
#define WRIT_BASE_MURMUR3_H

#include "base/span.h"

uint32_t writ_murmur3(struct writ_span bytes, uint32_t seed);

#endif
