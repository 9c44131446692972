#include "issue/revocation.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/time.h"

static bool defaults_to_now(enum writ_reason reason)
{
    switch (reason) {
    case WRIT_REASON_CESSATION_OF_OPERATION:
    case WRIT_REASON_SUPERSEDED:
    case WRIT_REASON_AFFILIATION_CHANGED:
    case WRIT_REASON_CERTIFICATE_HOLD:
        return true;
    case WRIT_REASON_UNSPECIFIED:
    case WRIT_REASON_KEY_COMPROMISE:
    case WRIT_REASON_CA_COMPROMISE:
    case WRIT_REASON_PRIVILEGE_WITHDRAWN:
        break;
    }
    return false;
}

/* A `since` that a person names keeps earlier stamped seals good.  Where the key may have been in
 * other hands, that needs a cause on record. */
static bool since_needs_note(enum writ_reason reason)
{
    return reason == WRIT_REASON_KEY_COMPROMISE || reason == WRIT_REASON_UNSPECIFIED;
}

static int check_note(const char *note, struct writ_error *e)
{
    size_t n = strlen(note);

    if (n > WRIT_REVOCATION_NOTE_MAX)
        return writ_fail(e, WRIT_FAULT_USAGE, "a note has at most %d bytes, this one has %zu",
                         WRIT_REVOCATION_NOTE_MAX, n);
    if (n > 0 && !writ_text_is_printable(WRIT_SPAN(note, n)))
        return writ_fail(e, WRIT_FAULT_USAGE,
                         "a note is one line of printable UTF-8 text; this one holds something "
                         "else");
    return 0;
}

static int check_bounds(int64_t since, int64_t not_before, int64_t latest, struct writ_error *e)
{
    char wanted[WRIT_TIME_TEXT], first[WRIT_TIME_TEXT], last[WRIT_TIME_TEXT];

    if (since >= not_before && since <= latest)
        return 0;
    writ_time_format(since, wanted);
    writ_time_format(not_before, first);
    writ_time_format(latest, last);
    return writ_fail(e, WRIT_FAULT_USAGE,
                     "--since %s lies outside what can be revoked: from %s (the certificate's "
                     "notBefore) to %s (now)",
                     wanted, first, last);
}

static int check_request(const struct writ_revocation_request *q, const char *note,
                         int64_t not_before, int64_t latest, struct writ_error *e)
{
    if (!writ_reason_is_known((unsigned)q->reason))
        return writ_fail(e, WRIT_FAULT_USAGE, "reason %d is not one that writ revokes for",
                         (int)q->reason);
    if (check_note(note, e) < 0)
        return -1;
    if (!q->since_given)
        return 0;
    if (q->reason == WRIT_REASON_CERTIFICATE_HOLD)
        return writ_fail(e, WRIT_FAULT_USAGE, "a hold begins now; --since is for a revocation");
    if (since_needs_note(q->reason) && note[0] == '\0')
        return writ_fail(e, WRIT_FAULT_USAGE,
                         "--since with %s keeps seals stamped before it good: say why with --note",
                         writ_reason_name(q->reason));
    return check_bounds(q->since, not_before, latest, e);
}

static int64_t later_of(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

int writ_revocation_begin(const struct writ_revocation_request *request, int64_t not_before,
                          int64_t now, struct writ_revocation *r, struct writ_error *e)
{
    const char *note = request->note == NULL ? "" : request->note;
    int64_t latest = later_of(now, not_before);

    if (check_request(request, note, not_before, latest, e) < 0)
        return -1;
    *r = (struct writ_revocation){
        .reason = request->reason,
        .since = not_before,
        .revoked_at = now,
        .since_given = request->since_given,
    };
    if (request->since_given)
        r->since = request->since;
    else if (defaults_to_now(request->reason))
        r->since = latest;
    memcpy(r->note, note, strlen(note) + 1);
    return 0;
}

/* What stands, for a sentence: "revoked (keyCompromise) since 2026-11-25T07:00:00Z". */
static void describe(const struct writ_revocation *r, char *text, size_t room)
{
    char since[WRIT_TIME_TEXT];

    writ_time_format(r->since, since);
    if (r->reason == WRIT_REASON_CERTIFICATE_HOLD)
        (void)snprintf(text, room, "held since %s", since);
    else
        (void)snprintf(text, room, "revoked (%s) since %s", writ_reason_name(r->reason), since);
}

static int refuse_softer(const struct writ_revocation *standing, const char *stands,
                         enum writ_reason reason, struct writ_error *e)
{
    if (reason != WRIT_REASON_CERTIFICATE_HOLD)
        return writ_fail(e, WRIT_FAULT_USAGE,
                         "already %s, and %s is less grave; revoking again only widens", stands,
                         writ_reason_name(reason));
    if (standing->reason == WRIT_REASON_CERTIFICATE_HOLD)
        return writ_fail(e, WRIT_FAULT_USAGE, "already %s; nothing to do", stands);
    return writ_fail(e, WRIT_FAULT_USAGE, "already %s; a hold would be softer than that", stands);
}

static int refuse_later(const char *stands, int64_t since, struct writ_error *e)
{
    char later[WRIT_TIME_TEXT];

    writ_time_format(since, later);
    return writ_fail(e, WRIT_FAULT_USAGE,
                     "already %s, and --since %s is later; revoking again only widens (to undo a "
                     "mistake, reinstate first)",
                     stands, later);
}

/* Neither graver nor earlier. */
static int refuse_same(const struct writ_revocation *standing, const char *stands,
                       enum writ_reason reason, struct writ_error *e)
{
    if (reason == standing->reason)
        return writ_fail(e, WRIT_FAULT_USAGE, "already %s; nothing to do", stands);
    return writ_fail(e, WRIT_FAULT_USAGE,
                     "already %s, and %s is as grave as that; revoking again only widens", stands,
                     writ_reason_name(reason));
}

int writ_revocation_widen(const struct writ_revocation *standing, struct writ_revocation *wider,
                          struct writ_error *e)
{
    unsigned before = writ_reason_gravity(standing->reason);
    unsigned after = writ_reason_gravity(wider->reason);
    char stands[96];

    describe(standing, stands, sizeof stands);
    if (wider->reason == WRIT_REASON_CERTIFICATE_HOLD || after < before)
        return refuse_softer(standing, stands, wider->reason, e);
    if (!wider->since_given && wider->since > standing->since)
        wider->since = standing->since;
    if (wider->since > standing->since)
        return refuse_later(stands, wider->since, e);
    if (after == before && wider->since == standing->since)
        return refuse_same(standing, stands, wider->reason, e);
    return 0;
}

static bool representable(int64_t t)
{
    return t >= WRIT_TIME_MIN && t <= WRIT_TIME_MAX;
}

int writ_revocation_check(const struct writ_revocation *r, struct writ_error *e)
{
    struct writ_error note_fault = {0};

    if (!writ_reason_is_known((unsigned)r->reason))
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "revocation with an unknown reason %d",
                         (int)r->reason);
    if (!representable(r->since) || !representable(r->revoked_at))
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "revocation with a time out of range");
    if (check_note(r->note, &note_fault) < 0)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "revocation with a bad note");
    if (r->since_given && r->reason == WRIT_REASON_CERTIFICATE_HOLD)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "hold with a `since` of its own");
    if (r->since_given && since_needs_note(r->reason) && r->note[0] == '\0')
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "%s with a `since` but without a note",
                         writ_reason_name(r->reason));
    return 0;
}
