#include "verdict/judge.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/time.h"

/* ----------------------------------------------------------------------------------- names */

static const char *const outcome_names[] = {
    [WRIT_ALLOWED] = "allowed",     [WRIT_REVOKED] = "revoked",
    [WRIT_UNTRUSTED] = "untrusted", [WRIT_MODIFIED] = "modified",
    [WRIT_MALFORMED] = "malformed", [WRIT_NOT_COVERED] = "not-covered",
    [WRIT_STALE] = "stale",         [WRIT_UNSIGNED] = "unsigned",
    [WRIT_FAULT] = "fault",
};

/* Each reason in a word, and what the reader can do about it. */
struct meaning {
    const char *name;
    const char *remedy;
};

static const struct meaning meanings[WRIT_WHY_COUNT] = {
    [WRIT_WHY_SOUND] = {"sound", ""},
    [WRIT_WHY_NEWER] = {"newer-than-feed", ""},
    [WRIT_WHY_UNCOVERED_PASSES] = {"uncovered-passes", ""},
    [WRIT_WHY_CERTIFICATE_REVOKED] = {"certificate-revoked",
                                      "get a release signed with another certificate; a hold, or "
                                      "a revocation by mistake, its CA can lift (writ ca "
                                      "reinstate)"},
    [WRIT_WHY_CONTENT_REVOKED] =
        {"content-revoked", "get another release: its publisher or CA has withdrawn this one"},
    [WRIT_WHY_BAD_SIGNATURE] = {"bad-signature", "get the file again from its publisher"},
    [WRIT_WHY_NO_PATH] = {"no-path",
                          "if the path leads to no root of yours and you trust its CA, add that "
                          "CA's feed (writ source add); otherwise its CA must issue properly"},
    [WRIT_WHY_DATES] = {"dates",
                        "get a release with a timestamp or a newer certificate; check this "
                        "machine's clock"},
    [WRIT_WHY_WEAK] = {"weak", "its publisher must sign with P-256, P-384 or RSA of at least 2048 "
                               "bits, and SHA-256 or better"},
    [WRIT_WHY_PURPOSE] = {"purpose", "its publisher must sign with a code-signing certificate"},
    [WRIT_WHY_TEAM] = {"team", "its publisher must sign under the team of the certificate"},
    [WRIT_WHY_KIND] = {"kind", "its publisher must seal it as what it is"},
    [WRIT_WHY_TIMESTAMP] = {"timestamp", "its publisher must have it stamped again by an authority "
                                         "that the bundle names"},
    [WRIT_WHY_UNNUMBERED] = {"unnumbered", "its CA must issue the certificate again"},
    [WRIT_WHY_CONTENT_CHANGED] = {"content-changed", "get the file again from its publisher"},
    [WRIT_WHY_MALFORMED] = {"malformed", "get the file again from its publisher"},
    [WRIT_WHY_CRITICAL_FLAG] = {"critical-flag", "a newer writ may understand this seal"},
    [WRIT_WHY_ISSUER_UNKNOWN] = {"issuer-unknown",
                                 "pull (writ pull); or pass --allow-uncovered if you accept the "
                                 "risk"},
    [WRIT_WHY_NEVER_PULLED] = {"never-pulled",
                               "add the CA's feed (writ source add feed …) and pull"},
    [WRIT_WHY_BURNED_NUMBER] = {"burned-number",
                                "its CA was restored from a backup and must issue the certificate "
                                "again"},
    [WRIT_WHY_FEED_EXPIRED] = {"feed-expired", "pull (writ pull)"},
    [WRIT_WHY_CRL_EXPIRED] = {"crl-expired", "pull (writ pull)"},
    [WRIT_WHY_NO_SEAL] = {"no-seal", "ask its publisher for a sealed release, or seal it yourself "
                                     "(writ sign)"},
    [WRIT_WHY_DATA_DAMAGED] = {"data-damaged", "pull again (writ pull)"},
    [WRIT_WHY_UNDECIDED] = {"fault", "report it: a program asked for a verdict too early"},
};

const char *writ_outcome_name(enum writ_outcome outcome)
{
    return outcome <= WRIT_FAULT && (int)outcome >= 0 ? outcome_names[outcome] : "fault";
}

const char *writ_why_name(enum writ_why why)
{
    return why < WRIT_WHY_COUNT ? meanings[why].name : "unknown";
}

int writ_verdict_exit(const struct writ_verdict *verdict)
{
    switch (verdict->outcome) {
    case WRIT_ALLOWED:
        return 0;
    case WRIT_REVOKED:
        return 2;
    case WRIT_UNTRUSTED:
    case WRIT_MODIFIED:
    case WRIT_MALFORMED:
        return 3;
    case WRIT_NOT_COVERED:
        return 4;
    case WRIT_STALE:
        return 5;
    case WRIT_UNSIGNED:
        return 6;
    case WRIT_FAULT:
        break;
    }
    return verdict->fault == WRIT_FAULT_NONE ? WRIT_FAULT_UNEXPECTED : (int)verdict->fault;
}

static int rank_of_exit(int code)
{
    switch (code) {
    case 0:
        return 0;
    case 4:
        return 1;
    case 5:
        return 2;
    case 6:
        return 4;
    case 3:
        return 5;
    case 2:
        return 6;
    default: /* faults */
        return 3;
    }
}

int writ_worse_exit(int a, int b)
{
    return rank_of_exit(b) > rank_of_exit(a) ? b : a;
}

/* --------------------------------------------------------------------------------- findings */

/* What one entry, or a whole seal, comes to. */
struct finding {
    enum writ_outcome outcome;
    enum writ_why why;
    char reason[WRIT_VERDICT_TEXT];
    size_t entry;
};

static void find(struct finding *f, enum writ_outcome outcome, enum writ_why why, const char *fmt,
                 ...) WRIT_FORMAT(4, 5);

static void find(struct finding *f, enum writ_outcome outcome, enum writ_why why, const char *fmt,
                 ...)
{
    char text[WRIT_VERDICT_TEXT];
    va_list args;

    f->outcome = outcome;
    f->why = why;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    writ_text_copy_safe(f->reason, sizeof f->reason, writ_span_text(text));
}

/* True, and the finding set, when the fact did not hold. */
static bool fails(struct finding *f, const struct writ_fact *fact, enum writ_outcome outcome,
                  enum writ_why why)
{
    if (writ_fact_holds(fact))
        return false;
    find(f, outcome, why, "%s",
         fact->state == WRIT_CHECK_FAILED ? fact->reason : "a check was not made");
    return true;
}

/* ------------------------------------------------------------------------------- revocation */

/* Chapter 1 of the design: only a trusted timestamp from before `since` can outlive a revocation,
 * and not every one. */
static bool could_outlive(const struct writ_revocation_fact *revocation,
                          const struct writ_stamp_facts *stamp)
{
    return writ_reason_effect(revocation->reason) == WRIT_REASON_REFUSES_FROM_SINCE &&
           stamp->instant < revocation->since;
}

static bool outlives(const struct writ_revocation_fact *revocation,
                     const struct writ_stamp_facts *stamp)
{
    return stamp->state == WRIT_STAMP_COUNTS && could_outlive(revocation, stamp);
}

/* "24 days ago"; or the instant itself, when somebody asked about a time before it (--at). */
static void say_when(int64_t instant, int64_t now, char text[WRIT_DURATION_MAX])
{
    char part[WRIT_TIME_TEXT];

    if (instant > now) {
        writ_time_format(instant, part);
        (void)snprintf(text, WRIT_DURATION_MAX, "on %s", part);
        return;
    }
    writ_duration_format(now - instant, text);
    (void)snprintf(text + strlen(text), WRIT_DURATION_MAX - strlen(text), " ago");
}

static void say_revoked(struct finding *f, const struct writ_link *link,
                        const struct writ_entry_facts *entry, int64_t now)
{
    char when[WRIT_DURATION_MAX], since[WRIT_TIME_TEXT], stamped[WRIT_TIME_TEXT];

    say_when(link->revocation.revoked_at, now, when);
    writ_time_format(link->revocation.since, since);
    writ_time_format(entry->stamp.instant, stamped);
    if (entry->stamp.state == WRIT_STAMP_COUNTS)
        find(f, WRIT_REVOKED, WRIT_WHY_CERTIFICATE_REVOKED,
             "revoked %s (%s, since %s; stamped %s): %s, serial %s", when,
             writ_reason_name(link->revocation.reason), since, stamped, link->subject,
             link->serial);
    else
        find(f, WRIT_REVOKED, WRIT_WHY_CERTIFICATE_REVOKED,
             "revoked %s (%s, since %s): %s, serial %s", when,
             writ_reason_name(link->revocation.reason), since, link->subject, link->serial);
}

static bool is_revoked(struct finding *f, const struct writ_entry_facts *entry, int64_t now)
{
    for (size_t i = 0; i < entry->path.count; i++) {
        const struct writ_link *link = &entry->path.link[i];

        if (link->status == WRIT_STATUS_REVOKED && !outlives(&link->revocation, &entry->stamp)) {
            say_revoked(f, link, entry, now);
            return true;
        }
    }
    return false;
}

static bool content_is_revoked(struct finding *f, const struct writ_source_facts *source,
                               int64_t now)
{
    char when[WRIT_DURATION_MAX];

    if (!source->content_revoked)
        return false;
    say_when(source->content_revocation.revoked_at, now, when);
    find(f, WRIT_REVOKED, WRIT_WHY_CONTENT_REVOKED, "this very content was revoked %s (%s) by %s",
         when, writ_reason_name(source->content_revocation.reason), source->root_name);
    return true;
}

/* -------------------------------------------------------------------------------- coverage */

/* What covers a certificate does not change by its being listed: else an outlived revocation would
 * let pass what nobody knows. */
static const struct writ_link *first_with(const struct writ_path_facts *path,
                                          enum writ_status coverage)
{
    for (size_t i = 0; i + 1 < path->count; i++) {
        if (path->link[i].coverage == coverage)
            return &path->link[i];
    }
    return NULL;
}

/* Where a feed was never pulled, what is covered is covered by CRLs. */
static bool is_stale(struct finding *f, const struct writ_source_facts *source, bool newer,
                     int64_t now)
{
    char ago[WRIT_DURATION_MAX];

    if (now <= source->expires || source->state == WRIT_SOURCE_ABSENT)
        return false;
    writ_duration_format(now - source->expires, ago);
    find(f, WRIT_STALE, WRIT_WHY_FEED_EXPIRED, "feed %llu of %s expired %s ago%s",
         (unsigned long long)source->version, source->origin, ago,
         newer ? ", and the certificate is newer than it" : "");
    return true;
}

/* A certificate that only a CRL covers, and a stale one. */
static bool crl_is_stale(struct finding *f, const struct writ_path_facts *path)
{
    const struct writ_link *link = first_with(path, WRIT_STATUS_STALE);

    if (link == NULL)
        return false;
    find(f, WRIT_STALE, WRIT_WHY_CRL_EXPIRED, "the CRL that covers %s is too old", link->subject);
    return true;
}

/* The first certificate that no source knows, or that none was asked about. */
static const struct writ_link *first_unknown(const struct writ_path_facts *path)
{
    const struct writ_link *unasked = first_with(path, WRIT_STATUS_NOT_ASKED);

    return unasked != NULL ? unasked : first_with(path, WRIT_STATUS_NOT_COVERED);
}

/* What is not covered, in the words of its cause. */
static bool is_uncovered(struct finding *f, const struct writ_path_facts *path,
                         const struct writ_source_facts *source)
{
    const struct writ_link *burned = first_with(path, WRIT_STATUS_BURNED);
    const struct writ_link *unknown = first_unknown(path);

    if (source->state == WRIT_SOURCE_ABSENT && unknown != NULL) {
        find(f, WRIT_NOT_COVERED, WRIT_WHY_NEVER_PULLED,
             "no revocation data of %s is on this device", source->origin);
        return true;
    }
    if (burned != NULL) {
        find(f, WRIT_NOT_COVERED, WRIT_WHY_BURNED_NUMBER,
             "number %llu of %s was burned: the CA was restored from a backup and knows nothing of "
             "it",
             (unsigned long long)burned->number, burned->subject);
        return true;
    }
    if (unknown != NULL) {
        find(f, WRIT_NOT_COVERED, WRIT_WHY_ISSUER_UNKNOWN,
             "feed %llu of %s knows nothing of the issuer of %s",
             (unsigned long long)source->version, source->origin, unknown->subject);
        return true;
    }
    return false;
}

/* Letting pass what is not covered makes nothing fresh that is covered. */
static bool covered_part_is_stale(struct finding *f, const struct writ_path_facts *path,
                                  const struct writ_source_facts *source, int64_t now)
{
    const struct writ_link *newer = first_with(path, WRIT_STATUS_NEWER);

    if (crl_is_stale(f, path))
        return true;
    if (newer == NULL && first_with(path, WRIT_STATUS_GOOD) == NULL)
        return false;
    return is_stale(f, source, newer != NULL, now);
}

static void judge_uncovered(const struct writ_policy *policy, const struct writ_evidence *evidence,
                            const struct writ_entry_facts *entry, struct finding *f)
{
    const struct writ_source_facts *source = &evidence->source[entry->path.bundle];

    if (!policy->allow_uncovered || covered_part_is_stale(f, &entry->path, source, evidence->now))
        return;
    f->outcome = WRIT_ALLOWED;
    f->why = WRIT_WHY_UNCOVERED_PASSES;
}

static void judge_coverage(const struct writ_policy *policy, const struct writ_evidence *evidence,
                           const struct writ_entry_facts *entry, struct finding *f)
{
    const struct writ_source_facts *source = &evidence->source[entry->path.bundle];
    const struct writ_link *newer = first_with(&entry->path, WRIT_STATUS_NEWER);

    if (is_uncovered(f, &entry->path, source))
        judge_uncovered(policy, evidence, entry, f);
    else if (crl_is_stale(f, &entry->path) || is_stale(f, source, newer != NULL, evidence->now))
        return;
    else if (newer == &entry->path.link[0])
        find(f, WRIT_ALLOWED, WRIT_WHY_NEWER, "newer than feed %llu, which is fresh",
             (unsigned long long)source->version);
    else if (newer != NULL)
        find(f, WRIT_ALLOWED, WRIT_WHY_NEWER, "%s is newer than feed %llu, which is fresh",
             newer->subject, (unsigned long long)source->version);
    else
        find(f, WRIT_ALLOWED, WRIT_WHY_SOUND, "everything holds");
}

/* ---------------------------------------------------------------------------------- entries */

/* No path for want of strength is told as that: another bundle would not help. */
static bool path_fails(const struct writ_path_facts *path, struct finding *f)
{
    if (path->count == 0 && path->strong.state == WRIT_CHECK_FAILED)
        return fails(f, &path->strong, WRIT_UNTRUSTED, WRIT_WHY_WEAK);
    if (fails(f, &path->built, WRIT_UNTRUSTED, WRIT_WHY_NO_PATH))
        return true;
    if (path->count > 0)
        return false;
    find(f, WRIT_UNTRUSTED, WRIT_WHY_NO_PATH, "a path of no certificates");
    return true;
}

/* Is the seal what it claims, over this content? */
static bool structure_fails(const struct writ_entry_facts *entry, struct finding *f)
{
    return fails(f, &entry->readable, WRIT_MALFORMED, WRIT_WHY_MALFORMED) ||
           fails(f, &entry->flags, WRIT_MALFORMED, WRIT_WHY_CRITICAL_FLAG) ||
           fails(f, &entry->signature, WRIT_UNTRUSTED, WRIT_WHY_BAD_SIGNATURE) ||
           fails(f, &entry->content, WRIT_MODIFIED, WRIT_WHY_CONTENT_CHANGED) ||
           path_fails(&entry->path, f);
}

/* A stamp that is not counted for want of data might have made the dates good: the reader must
 * know, and where that data is damaged nobody could look, which is told below. */
static bool dates_fail(const struct writ_entry_facts *entry, const struct writ_source_facts *source,
                       struct finding *f)
{
    if (entry->stamp.state != WRIT_STAMP_NOT_COUNTED ||
        entry->path.dated.state != WRIT_CHECK_FAILED)
        return fails(f, &entry->path.dated, WRIT_UNTRUSTED, WRIT_WHY_DATES);
    if (source->state == WRIT_SOURCE_DAMAGED)
        return false;
    find(f, WRIT_UNTRUSTED, WRIT_WHY_DATES, "%s; its timestamp does not count: %s",
         entry->path.dated.reason, entry->stamp.reason);
    return true;
}

/* Was the signer allowed to say so, then? */
static bool authority_fails(const struct writ_entry_facts *entry,
                            const struct writ_source_facts *source, struct finding *f)
{
    if (entry->stamp.state == WRIT_STAMP_REFUSED) {
        find(f, WRIT_UNTRUSTED, WRIT_WHY_TIMESTAMP, "%s", entry->stamp.reason);
        return true;
    }
    return dates_fail(entry, source, f) ||
           fails(f, &entry->path.strong, WRIT_UNTRUSTED, WRIT_WHY_WEAK) ||
           fails(f, &entry->purpose, WRIT_UNTRUSTED, WRIT_WHY_PURPOSE) ||
           fails(f, &entry->team_fits, WRIT_UNTRUSTED, WRIT_WHY_TEAM) ||
           fails(f, &entry->form, WRIT_UNTRUSTED, WRIT_WHY_KIND);
}

static bool number_is_missing(const struct writ_entry_facts *entry, struct finding *f)
{
    const struct writ_link *link = first_with(&entry->path, WRIT_STATUS_UNNUMBERED);

    if (link == NULL)
        return false;
    find(f, WRIT_UNTRUSTED, WRIT_WHY_UNNUMBERED,
         "the certificate of %s has no issuance number, and its issuer numbers", link->subject);
    return true;
}

static void judge_entry(const struct writ_policy *policy, const struct writ_evidence *evidence,
                        const struct writ_entry_facts *entry, struct finding *f)
{
    const struct writ_source_facts *source;

    if (structure_fails(entry, f))
        return;
    source = &evidence->source[entry->path.bundle];
    if (content_is_revoked(f, source, evidence->now) || is_revoked(f, entry, evidence->now) ||
        authority_fails(entry, source, f))
        return;
    if (source->state == WRIT_SOURCE_DAMAGED) {
        find(f, WRIT_FAULT, WRIT_WHY_DATA_DAMAGED, "the revocation data of %s is damaged: %s",
             source->origin, source->reason);
        return;
    }
    if (number_is_missing(entry, f))
        return;
    judge_coverage(policy, evidence, entry, f);
}

/* ------------------------------------------------------------------------------------ seals */

static int exit_of(enum writ_outcome outcome)
{
    struct writ_verdict v = {.outcome = outcome, .fault = WRIT_FAULT_IO};

    return writ_verdict_exit(&v);
}

static bool is_worse(const struct finding *a, const struct finding *b)
{
    return rank_of_exit(exit_of(a->outcome)) > rank_of_exit(exit_of(b->outcome));
}

/* Entries stand alone: one that passes whole is enough.  When none does, the worst is told. */
static void judge_seal(const struct writ_policy *policy, const struct writ_evidence *evidence,
                       const struct writ_seal_facts *seal, struct finding *f)
{
    find(f, WRIT_MALFORMED, WRIT_WHY_MALFORMED, "a seal without an entry");
    f->entry = WRIT_NO_ENTRY;
    if (fails(f, &seal->readable, WRIT_MALFORMED, WRIT_WHY_MALFORMED))
        return;
    for (size_t i = 0; i < seal->count; i++) {
        struct finding one = {.entry = i};

        judge_entry(policy, evidence, &seal->entry[i], &one);
        if (one.outcome == WRIT_ALLOWED) {
            *f = one;
            return;
        }
        if (i == 0 || is_worse(&one, f))
            *f = one;
    }
}

/* ---------------------------------------------------------------------------------- verdict */

static void conclude(struct writ_verdict *v, const struct finding *f, size_t seal)
{
    v->outcome = f->outcome;
    v->why = f->why;
    v->fault = f->outcome == WRIT_FAULT ? WRIT_FAULT_IO : WRIT_FAULT_NONE;
    v->remedy = meanings[f->why].remedy;
    v->seal = seal;
    v->entry = f->entry;
    (void)snprintf(v->reason, sizeof v->reason, "%s", f->reason);
}

static void earlier(struct writ_verdict *v, int64_t instant)
{
    if (!v->has_holds_until || instant < v->holds_until)
        v->holds_until = instant;
    v->has_holds_until = true;
}

/* An allowed verdict ends with the feed, and with the certificates where no timestamp outlives
 * them. */
static void limit_in_time(const struct writ_evidence *evidence,
                          const struct writ_entry_facts *entry, struct writ_verdict *v)
{
    const struct writ_source_facts *source = &evidence->source[entry->path.bundle];

    if (source->state == WRIT_SOURCE_OPEN)
        earlier(v, source->expires);
    for (size_t i = 0; i < entry->path.count; i++) {
        if (entry->path.link[i].by_crl)
            earlier(v, entry->path.link[i].crl_until);
    }
    for (size_t i = 0; entry->stamp.state != WRIT_STAMP_COUNTS && i < entry->path.count; i++)
        earlier(v, entry->path.link[i].not_after);
}

/* A stamp that this device's data does not cover yet might save what was revoked or has ended. */
static bool stamp_might_help(const struct writ_entry_facts *entry)
{
    const struct writ_path_facts *path = &entry->path;

    for (size_t i = 0; i < path->count; i++) {
        if (path->link[i].status == WRIT_STATUS_REVOKED &&
            !could_outlive(&path->link[i].revocation, &entry->stamp))
            return false;
    }
    return entry->stamp.state == WRIT_STAMP_NOT_COUNTED;
}

/* Whether newer data might change what was found; entry is NULL where it rests on none. */
static bool wants_pull(const struct finding *f, const struct writ_entry_facts *entry)
{
    switch (f->why) {
    case WRIT_WHY_NEWER:
    case WRIT_WHY_UNCOVERED_PASSES:
    case WRIT_WHY_ISSUER_UNKNOWN:
    case WRIT_WHY_NEVER_PULLED:
    case WRIT_WHY_FEED_EXPIRED:
    case WRIT_WHY_CRL_EXPIRED:
    case WRIT_WHY_DATA_DAMAGED:
        return true;
    case WRIT_WHY_CERTIFICATE_REVOKED:
    case WRIT_WHY_DATES:
        return entry != NULL && stamp_might_help(entry);
    default:
        return false;
    }
}

static void judge_unsigned(const struct writ_evidence *evidence, struct writ_verdict *v)
{
    struct finding f = {.entry = WRIT_NO_ENTRY};
    bool revoked = false;

    for (size_t i = 0; i < evidence->source_count && !revoked; i++)
        revoked = content_is_revoked(&f, &evidence->source[i], evidence->now);
    if (!revoked)
        find(&f, WRIT_UNSIGNED, WRIT_WHY_NO_SEAL, "no seal");
    conclude(v, &f, WRIT_NO_ENTRY);
}

static const struct writ_entry_facts *entry_of(const struct writ_evidence *evidence, size_t seal,
                                               const struct finding *f)
{
    return f->entry == WRIT_NO_ENTRY ? NULL : &evidence->seal[seal].entry[f->entry];
}

/* The verdict on all seals must not outlive what was found of any. */
static void allow(const struct writ_evidence *evidence, const struct finding *found,
                  struct writ_verdict *v)
{
    for (size_t i = 0; i < evidence->seal_count; i++) {
        const struct writ_entry_facts *entry = entry_of(evidence, i, &found[i]);

        limit_in_time(evidence, entry, v);
        v->pull_wanted |= wants_pull(&found[i], entry);
    }
}

/* With a tail and a detached seal, both must be sound; the tail's word is the verdict's. */
static void judge_sealed(const struct writ_policy *policy, const struct writ_evidence *evidence,
                         struct writ_verdict *v)
{
    struct finding found[WRIT_FACTS_SEALS] = {0};
    size_t worst = 0;

    for (size_t i = 0; i < evidence->seal_count; i++) {
        judge_seal(policy, evidence, &evidence->seal[i], &found[i]);
        if (is_worse(&found[i], &found[worst]))
            worst = i;
    }
    conclude(v, &found[worst], worst);
    if (v->outcome == WRIT_ALLOWED)
        allow(evidence, found, v);
    else
        v->pull_wanted = wants_pull(&found[worst], entry_of(evidence, worst, &found[worst]));
}

void writ_judge_nothing(struct writ_verdict *verdict)
{
    struct finding f = {.entry = WRIT_NO_ENTRY};

    *verdict = (struct writ_verdict){0};
    find(&f, WRIT_FAULT, WRIT_WHY_UNDECIDED, "nothing is decided yet");
    conclude(verdict, &f, WRIT_NO_ENTRY);
    verdict->fault = WRIT_FAULT_USAGE;
}

void writ_judge(const struct writ_policy *policy, const struct writ_evidence *evidence,
                struct writ_verdict *verdict)
{
    *verdict = (struct writ_verdict){.entry = WRIT_NO_ENTRY};
    if (evidence->seal_count == 0)
        judge_unsigned(evidence, verdict);
    else
        judge_sealed(policy, evidence, verdict);
}
