/*
 * writ/ocspasking.h - the certificates and responders that a command line names
 */
#ifndef WRIT_OCSPASKING_H
#define WRIT_OCSPASKING_H

#include "object/cert.h"
#include "shared/args.h"
#include "shared/certfile.h"
#include "shared/ocspclient.h"
#include "shared/out.h"

/* What is asked, with all it is made of.  Begin with zeros. */
struct ocspasking {
    struct places places;
    struct certfile chain, issuers;
    struct writ_cert cert, issuer;
    struct ocspclient_question question; /* certificates, responders and now are filled in */
};

/* Reads the first operand (a certificate, or a chain of which the first is asked about), --issuer
 * and --url.  Unless nobody_is_asked there must be a responder: one that is given, or one that the
 * certificate names.  WRIT_FAULT_NO_INPUT when there is no issuer or no responder,
 * WRIT_FAULT_BAD_INPUT and _USAGE for what makes no sense.  Call ocspasking_end in any case. */
int ocspasking_start(struct ocspasking *q, const struct args *a, bool nobody_is_asked,
                     struct writ_error *e) WRIT_MUST_CHECK;
void ocspasking_end(struct ocspasking *q);

/* With -v: what became of each responder. */
void ocspasking_tell(struct out *o, const struct ocspclient_question *question,
                     const struct ocspclient_result *result);

#endif
