/*
 * writ/showing.h - what an object claims, as a walk; no judgement
 */
#ifndef WRIT_SHOWING_H
#define WRIT_SHOWING_H

#include "base/emit.h"

/* Finds out what the bytes are (a seal or a file with one, a certificate, request, bundle, table,
 * feed, CMS, timestamp, OCSP request or response; PEM or DER) and walks what they claim.  Runs in a
 * jail.  -1 with WRIT_FAULT_BAD_INPUT when they are nothing writ knows, or malformed. */
int showing_walk(struct writ_span bytes, struct writ_emit *m, struct writ_error *e) WRIT_MUST_CHECK;

#endif
