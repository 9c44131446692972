#include "verdict/explain.h"

#include "base/hex.h"
#include "base/time.h"
#include "verdict/answer.h"

/* --------------------------------------------------------------------------------- one line */

static const struct writ_entry_facts *entry_of(const struct writ_verdict *verdict,
                                               const struct writ_evidence *evidence)
{
    if (verdict->entry == WRIT_NO_ENTRY)
        return NULL;
    return &evidence->seal[verdict->seal].entry[verdict->entry];
}

/* The feed that the verdict rests on; NULL when it rests on none. */
static const struct writ_source_facts *source_of(const struct writ_verdict *verdict,
                                                 const struct writ_evidence *evidence)
{
    const struct writ_entry_facts *entry = entry_of(verdict, evidence);

    if (entry != NULL && entry->path.count > 0)
        return &evidence->source[entry->path.bundle];
    for (size_t i = 0; i < evidence->source_count; i++) {
        if (evidence->source[i].content_revoked)
            return &evidence->source[i];
    }
    return NULL;
}

static void add_age(struct writ_buffer *out, const struct writ_source_facts *source, int64_t now)
{
    char age[WRIT_DURATION_MAX], as_of[WRIT_TIME_TEXT];

    if (source == NULL || source->state != WRIT_SOURCE_OPEN)
        return;
    writ_duration_format(now - source->as_of, age);
    writ_time_format(source->as_of, as_of);
    if (source->as_of > now) /* --at asks about a time before it */
        writ_buffer_format(out, "; feed %llu of %s", (unsigned long long)source->version, as_of);
    else
        writ_buffer_format(out, "; feed %llu, %s old", (unsigned long long)source->version, age);
}

static void add_signer(struct writ_buffer *out, const struct writ_verdict *verdict,
                       const struct writ_evidence *evidence)
{
    const struct writ_entry_facts *entry = entry_of(verdict, evidence);

    if (entry != NULL && entry->path.count > 0)
        writ_buffer_text(out, entry->path.link[0].subject);
}

void writ_explain_line(const struct writ_verdict *verdict, const struct writ_evidence *evidence,
                       struct writ_buffer *out)
{
    switch (verdict->outcome) {
    case WRIT_ALLOWED:
        writ_buffer_text(out, "allowed: ");
        add_signer(out, verdict, evidence);
        if (verdict->why != WRIT_WHY_SOUND)
            writ_buffer_format(out, " (%s)", verdict->reason);
        break;
    case WRIT_REVOKED:
        writ_buffer_format(out, "refused: %s", verdict->reason);
        break;
    case WRIT_FAULT:
        writ_buffer_format(out, "could not look: %s", verdict->reason);
        break;
    case WRIT_UNSIGNED:
        writ_buffer_format(out, "unsigned: %s", verdict->reason);
        break;
    case WRIT_UNTRUSTED:
    case WRIT_MODIFIED:
    case WRIT_MALFORMED:
    case WRIT_NOT_COVERED:
    case WRIT_STALE:
        writ_buffer_format(out, "refused: %s: %s", writ_outcome_name(verdict->outcome),
                           verdict->reason);
        break;
    }
    add_age(out, source_of(verdict, evidence), evidence->now);
    writ_buffer_text(out, "; network: none");
}

/* -------------------------------------------------------------------------------- the whole */

static void emit_fact(struct writ_emit *m, const char *name, const struct writ_fact *fact)
{
    if (fact->state == WRIT_CHECK_NOT_MADE)
        return;
    writ_emit_object(m, NULL);
    writ_emit_string(m, "check", name);
    writ_emit_flag(m, "passed", fact->state == WRIT_CHECK_PASSED);
    if (fact->state == WRIT_CHECK_FAILED)
        writ_emit_string(m, "reason", fact->reason);
    writ_emit_end(m);
}

static const char *status_name(enum writ_status status)
{
    switch (status) {
    case WRIT_STATUS_NOT_ASKED:
        return "not-asked";
    case WRIT_STATUS_GOOD:
        return "good";
    case WRIT_STATUS_REVOKED:
        return "revoked";
    case WRIT_STATUS_NEWER:
        return "newer-than-feed";
    case WRIT_STATUS_NOT_COVERED:
        return "not-covered";
    case WRIT_STATUS_BURNED:
        return "burned-number";
    case WRIT_STATUS_UNNUMBERED:
        return "unnumbered";
    case WRIT_STATUS_STALE:
        return "stale";
    }
    return "unknown";
}

static void emit_revocation(struct writ_emit *m, const struct writ_revocation_fact *revocation)
{
    writ_emit_object(m, "revocation");
    writ_emit_string(m, "reason", writ_reason_name(revocation->reason));
    writ_emit_time(m, "since", revocation->since);
    writ_emit_time(m, "revoked_at", revocation->revoked_at);
    writ_emit_end(m);
}

static void emit_link(struct writ_emit *m, const struct writ_link *link, bool is_root)
{
    writ_emit_object(m, NULL);
    writ_emit_string(m, "subject", link->subject);
    writ_emit_string(m, "serial", link->serial);
    if (link->is_numbered)
        writ_emit_unsigned(m, "number", link->number);
    writ_emit_string(m, "key", link->key);
    writ_emit_time(m, "not_before", link->not_before);
    writ_emit_time(m, "not_after", link->not_after);
    writ_emit_hex(m, "fingerprint", WRIT_SPAN_OF(link->fingerprint));
    writ_emit_string(m, "status", is_root ? "pinned-root" : status_name(link->status));
    if (link->status == WRIT_STATUS_REVOKED)
        emit_revocation(m, &link->revocation);
    if (link->covered_below > 0)
        writ_emit_unsigned(m, "covered_below", link->covered_below);
    if (!is_root)
        writ_explain_answers(link->answer, link->answer_count, m);
    writ_emit_end(m);
}

static void emit_path(struct writ_emit *m, const struct writ_path_facts *path)
{
    if (path->count == 0)
        return;
    writ_emit_time(m, "valid_at", path->instant);
    writ_emit_list(m, "path");
    for (size_t i = 0; i < path->count; i++)
        emit_link(m, &path->link[i], i + 1 == path->count);
    writ_emit_end(m);
}

static const char *stamp_name(enum writ_stamp_state state)
{
    switch (state) {
    case WRIT_STAMP_ABSENT:
        return "absent";
    case WRIT_STAMP_COUNTS:
        return "counts";
    case WRIT_STAMP_NOT_COUNTED:
        return "not-counted";
    case WRIT_STAMP_REFUSED:
        return "refused";
    }
    return "unknown";
}

static void emit_stamp(struct writ_emit *m, const struct writ_stamp_facts *stamp)
{
    writ_emit_object(m, "timestamp");
    writ_emit_string(m, "state", stamp_name(stamp->state));
    if (stamp->state != WRIT_STAMP_ABSENT) {
        if (stamp->reason[0] != '\0')
            writ_emit_string(m, "reason", stamp->reason);
        if (stamp->time != 0) {
            writ_emit_time(m, "time", stamp->time);
            writ_emit_number(m, "accuracy_seconds", stamp->accuracy);
            writ_emit_time(m, "instant", stamp->instant);
        }
        emit_path(m, &stamp->path);
    }
    writ_emit_end(m);
}

static void emit_entry(struct writ_emit *m, const struct writ_entry_facts *entry)
{
    writ_emit_object(m, NULL);
    if (entry->kind != NULL) {
        writ_emit_string(m, "kind", entry->kind);
        writ_emit_string(m, "identifier", entry->identifier);
        writ_emit_string(m, "team", entry->team);
        writ_emit_unsigned(m, "content_length", entry->content_length);
        writ_emit_hex(m, "content_root", WRIT_SPAN_OF(entry->root));
    }
    if (entry->has_signing_time)
        writ_emit_time(m, "signing_time_claimed", entry->signing_time);
    writ_emit_list(m, "checks");
    emit_fact(m, "readable", &entry->readable);
    emit_fact(m, "critical-flags", &entry->flags);
    emit_fact(m, "signature", &entry->signature);
    emit_fact(m, "content", &entry->content);
    emit_fact(m, "path", &entry->path.built);
    emit_fact(m, "dates", &entry->path.dated);
    emit_fact(m, "strength", &entry->path.strong);
    emit_fact(m, "purpose", &entry->purpose);
    emit_fact(m, "team", &entry->team_fits);
    emit_fact(m, "kind", &entry->form);
    writ_emit_end(m);
    emit_path(m, &entry->path);
    emit_stamp(m, &entry->stamp);
    writ_emit_end(m);
}

static const char *place_name(enum writ_seal_place place)
{
    switch (place) {
    case WRIT_PLACE_TAIL:
        return "tail";
    case WRIT_PLACE_BESIDE:
        return "beside";
    case WRIT_PLACE_INDEX:
        return "index";
    }
    return "unknown";
}

static void emit_seals(struct writ_emit *m, const struct writ_evidence *evidence)
{
    writ_emit_list(m, "seals");
    for (size_t i = 0; i < evidence->seal_count; i++) {
        const struct writ_seal_facts *seal = &evidence->seal[i];

        writ_emit_object(m, NULL);
        writ_emit_string(m, "place", place_name(seal->place));
        if (seal->readable.state == WRIT_CHECK_FAILED)
            writ_emit_string(m, "malformed", seal->readable.reason);
        writ_emit_list(m, "entries");
        for (size_t j = 0; j < seal->count; j++)
            emit_entry(m, &seal->entry[j]);
        writ_emit_end(m);
        writ_emit_end(m);
    }
    writ_emit_end(m);
}

static const char *source_state_name(enum writ_source_state state)
{
    switch (state) {
    case WRIT_SOURCE_NOT_ASKED:
        return "not-asked";
    case WRIT_SOURCE_ABSENT:
        return "never-pulled";
    case WRIT_SOURCE_OPEN:
        return "open";
    case WRIT_SOURCE_DAMAGED:
        return "damaged";
    }
    return "unknown";
}

static void emit_open_source(struct writ_emit *m, const struct writ_source_facts *source,
                             int64_t now)
{
    writ_emit_unsigned(m, "version", source->version);
    writ_emit_time(m, "as_of", source->as_of);
    writ_emit_time(m, "expires", source->expires);
    writ_emit_number(m, "age_seconds", now - source->as_of);
    writ_emit_flag(m, "fresh", now <= source->expires);
    writ_emit_hex(m, "table", WRIT_SPAN_OF(source->table_hash));
}

static void emit_sources(struct writ_emit *m, const struct writ_evidence *evidence)
{
    writ_emit_list(m, "sources");
    for (size_t i = 0; i < evidence->source_count; i++) {
        const struct writ_source_facts *source = &evidence->source[i];

        if (source->state == WRIT_SOURCE_NOT_ASKED)
            continue;
        writ_emit_object(m, NULL);
        writ_emit_string(m, "origin", source->origin);
        writ_emit_string(m, "root", source->root_name);
        writ_emit_hex(m, "root_fingerprint", WRIT_SPAN_OF(source->root_fingerprint));
        writ_emit_string(m, "state", source_state_name(source->state));
        if (source->state == WRIT_SOURCE_DAMAGED)
            writ_emit_string(m, "reason", source->reason);
        if (source->state == WRIT_SOURCE_OPEN)
            emit_open_source(m, source, evidence->now);
        if (source->content_revoked)
            emit_revocation(m, &source->content_revocation);
        writ_emit_end(m);
    }
    writ_emit_end(m);
}

static void emit_content(struct writ_emit *m, const struct writ_evidence *evidence)
{
    writ_emit_object(m, "content");
    writ_emit_string(m, "form", evidence->form);
    writ_emit_unsigned(m, "length", evidence->length);
    if (evidence->has_root)
        writ_emit_hex(m, "root", WRIT_SPAN_OF(evidence->root));
    writ_emit_end(m);
}

static void emit_verdict(struct writ_emit *m, const struct writ_verdict *verdict)
{
    writ_emit_string(m, "outcome", writ_outcome_name(verdict->outcome));
    writ_emit_string(m, "why", writ_why_name(verdict->why));
    writ_emit_number(m, "exit", writ_verdict_exit(verdict));
    writ_emit_string(m, "reason", verdict->reason);
    if (verdict->remedy[0] != '\0')
        writ_emit_string(m, "what_to_do", verdict->remedy);
    if (verdict->has_holds_until)
        writ_emit_time(m, "holds_until", verdict->holds_until);
    writ_emit_flag(m, "pull_wanted", verdict->pull_wanted);
}

void writ_explain(const struct writ_verdict *verdict, const struct writ_evidence *evidence,
                  struct writ_emit *m)
{
    emit_verdict(m, verdict);
    writ_emit_time(m, "judged_at", evidence->now);
    if (evidence->clock != evidence->now)
        writ_emit_time(m, "clock_behind_the_data", evidence->clock);
    writ_emit_string(m, "network", "none");
    emit_content(m, evidence);
    emit_seals(m, evidence);
    emit_sources(m, evidence);
}
