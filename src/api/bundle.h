/*
 * api/bundle.h - bundles as people have them: DER or PEM
 */
#ifndef WRIT_API_BUNDLE_H
#define WRIT_API_BUNDLE_H

#include "base/buffer.h"

/* Appends the DER of a bundle.  -1 with WRIT_FAULT_BAD_INPUT for PEM that is malformed or does not
 * hold exactly one bundle, and for more bytes than a bundle may have.  Nothing of it is checked
 * otherwise. */
int writ_bundle_add_der(struct writ_buffer *der, struct writ_span bytes,
                        struct writ_error *e) WRIT_MUST_CHECK;

#endif
