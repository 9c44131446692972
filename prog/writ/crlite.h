/*
 * writ/crlite.h - Mozilla's filters and OneCRL, from a Remote Settings server
 *
 * Two collections of the bucket security-state are pulled together, or neither: cert-revocations,
 * whose attachments are the filters, and onecrl.  Both are signed; what must not go back is the
 * timestamp of each, by the root that vouches for the signer.
 */
#ifndef WRIT_CRLITE_H
#define WRIT_CRLITE_H

#include "writ/filterpull.h"

#define CRLITE_LOCATION "https://firefox.settings.services.mozilla.com/v1"
#define CRLITE_SIGNER   "onecrl.content-signature.mozilla.org"
#define CRLITE_CHANNEL  "default"

/* SHA-256 of Mozilla's root for content signatures. */
#define CRLITE_ROOT "c8a80e9afaef4e219b6fb5d7a71d0f101223bac5001ac28f9b0d43dc59a106db"

/* Pulls once; called by filterpull_run. */
int crlite_pull(struct filterwork *w, struct writ_error *e) WRIT_MUST_CHECK;

#endif
