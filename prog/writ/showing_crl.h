/*
 * writ/showing_crl.h - what a CRL claims, as a walk; no judgement
 */
#ifndef WRIT_SHOWING_CRL_H
#define WRIT_SHOWING_CRL_H

#include "base/emit.h"
#include "object/crl.h"

/* Members about a CRL that `writ show` and `writ crl check` have in common: issuer, numbers, times,
 * how many entries, what it speaks about. */
void showing_crl_emit(struct writ_emit *m, const struct writ_crl *crl);

/* What a CRL (DER) claims, its first 50 entries one by one.  Runs in a jail.  -1 with
 * WRIT_FAULT_BAD_INPUT when it is malformed. */
int showing_crl_walk(struct writ_span der, struct writ_emit *m,
                     struct writ_error *e) WRIT_MUST_CHECK;

#endif
