/*
 * writ/showing_ocsp.h - what OCSP requests and responses claim, as a walk
 */
#ifndef WRIT_SHOWING_OCSP_H
#define WRIT_SHOWING_OCSP_H

#include "base/emit.h"

/* Walk one request or response (DER).  -1 with WRIT_FAULT_BAD_INPUT when it is malformed. */
int showing_ocsp_request_walk(struct writ_span der, struct writ_emit *m,
                              struct writ_error *e) WRIT_MUST_CHECK;
int showing_ocsp_response_walk(struct writ_span der, struct writ_emit *m,
                               struct writ_error *e) WRIT_MUST_CHECK;

/* True for DER that begins like a request, or a response, and not like a certificate. */
bool showing_is_ocsp_request(struct writ_span der);
bool showing_is_ocsp_response(struct writ_span der);

#endif
