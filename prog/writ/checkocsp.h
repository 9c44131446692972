/*
 * writ/checkocsp.h - an OCSP answer for writ check
 */
#ifndef WRIT_CHECKOCSP_H
#define WRIT_CHECKOCSP_H

#include "base/span.h"
#include "shared/args.h"
#include "shared/out.h"

/* How OCSP is used where a person waits. */
enum checkocsp_policy {
    CHECKOCSP_NEVER,  /* nobody is asked, and nothing that is kept counts: the default */
    CHECKOCSP_CACHED, /* only what is kept on this device */
    CHECKOCSP_SOFT,   /* the responders are asked; without an answer the other sources decide */
    CHECKOCSP_HARD,   /* the same, and without a good answer nothing passes */
};

/* The policies' names, in that order, NULL at the end. */
extern const char *const checkocsp_policies[];

/* Asks about the first certificate of `bytes`, by --ocsp; its issuer is looked for in them and in
 * `chain`.  Appends the response that counts, whatever it says; nothing when there is none, which
 * is no fault: so it is with a subject that cannot be read, has no issuer or names no responder. -1
 * for faults of this device.  With -v it is said what became of each responder. */
int checkocsp_ask(const struct args *a, struct out *o, struct writ_span bytes,
                  struct writ_span chain, struct writ_buffer *response,
                  struct writ_error *e) WRIT_MUST_CHECK;

#endif
