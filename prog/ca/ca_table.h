/*
 * ca/ca_table.h - the table of a CA's revocations, from its store
 */
#ifndef WRIT_CA_CA_TABLE_H
#define WRIT_CA_CA_TABLE_H

#include "ca/ca.h"

/* Appends the table as the open transaction sees the store: a list block for the root and each
 * intermediate, and a contents block when contents are revoked. */
int ca_build_table(struct ca *ca, int64_t as_of, struct writ_buffer *table,
                   struct writ_error *e) WRIT_MUST_CHECK;

#endif
