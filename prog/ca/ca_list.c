#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libsmartcols/libsmartcols.h>

#include "base/time.h"
#include "ca/ca.h"
#include "ca/ca_commands.h"

/* What a certificate is, in a word or two. */
static void state_of(const struct castore_certificate *c, int64_t now, char state[64])
{
    if (c->revoked && c->revocation.reason == WRIT_REASON_CERTIFICATE_HOLD)
        (void)snprintf(state, 64, "held");
    else if (c->revoked)
        (void)snprintf(state, 64, "revoked (%s)", writ_reason_name(c->revocation.reason));
    else if (now > c->not_after)
        (void)snprintf(state, 64, "expired");
    else
        (void)snprintf(state, 64, "good");
}

/* The walk over the store, for either form. */
struct listing {
    const struct args *a;
    struct out *o;
    struct libscols_table *table;
    int64_t now;
    size_t count;
};

static bool is_wanted(const struct args *a, const struct castore_certificate *c)
{
    const char *team = args_value(a, "team");

    if (args_flag(a, "revoked") && !c->revoked)
        return false;
    return team == NULL || strcmp(team, c->team) == 0;
}

static void list_json(struct listing *l, const struct castore_certificate *c, const char *serial,
                      const char *state)
{
    struct writ_emit *m = out_emit(l->o);

    writ_emit_object(m, NULL);
    writ_emit_string(m, "serial", serial);
    writ_emit_string(m, "role", castore_role_name(c->role));
    if (c->number > 0)
        writ_emit_unsigned(m, "number", c->number);
    writ_emit_string(m, "name", c->name);
    if (c->team[0] != '\0')
        writ_emit_string(m, "team", c->team);
    if (c->not_before != 0)
        writ_emit_time(m, "not_before", c->not_before);
    writ_emit_time(m, "not_after", c->not_after);
    writ_emit_string(m, "state", state);
    if (c->revoked) {
        writ_emit_string(m, "reason", writ_reason_name(c->revocation.reason));
        writ_emit_time(m, "since", c->revocation.since);
        writ_emit_time(m, "revoked_at", c->revocation.revoked_at);
        if (c->revocation.note[0] != '\0')
            writ_emit_string(m, "note", c->revocation.note);
    }
    writ_emit_end(m);
}

static int list_row(struct listing *l, const struct castore_certificate *c, const char *serial,
                    const char *state, struct writ_error *e)
{
    struct libscols_line *line = scols_table_new_line(l->table, NULL);
    char number[24] = "", end[WRIT_TIME_TEXT];

    if (c->number > 0)
        (void)snprintf(number, sizeof number, "%llu", (unsigned long long)c->number);
    writ_time_format(c->not_after, end);
    end[10] = '\0'; /* the day is enough here */
    if (line == NULL || scols_line_set_data(line, 0, serial) < 0 ||
        scols_line_set_data(line, 1, number) < 0 || scols_line_set_data(line, 2, c->name) < 0 ||
        scols_line_set_data(line, 3, c->team) < 0 ||
        scols_line_set_data(line, 4, castore_role_name(c->role)) < 0 ||
        scols_line_set_data(line, 5, end) < 0 || scols_line_set_data(line, 6, state) < 0)
        return writ_fail_memory(e);
    return 0;
}

static int visit(void *arg, const struct castore_certificate *c, struct writ_error *e)
{
    struct listing *l = arg;
    char serial[2 * CASTORE_SERIAL_MAX + 1], state[64];

    if (!is_wanted(l->a, c))
        return 0;
    l->count++;
    ca_serial_text(c, serial);
    state_of(c, l->now, state);
    if (l->a->json) {
        list_json(l, c, serial, state);
        return 0;
    }
    return list_row(l, c, serial, state, e);
}

static struct libscols_table *new_table(struct writ_error *e)
{
    static const char *const columns[] = {"SERIAL", "NUMBER", "NAME", "TEAM",
                                          "ROLE",   "UNTIL",  "STATE"};
    struct libscols_table *table = scols_new_table();

    for (size_t i = 0; table != NULL && i < sizeof columns / sizeof columns[0]; i++) {
        if (scols_table_new_column(table, columns[i], 0, 0) == NULL) {
            scols_unref_table(table);
            table = NULL;
        }
    }
    if (table == NULL)
        (void)writ_fail_memory(e);
    else
        scols_table_enable_maxout(table, 0);
    return table;
}

static int print_table(struct listing *l, struct writ_error *e)
{
    char *text = NULL;

    if (l->count == 0) {
        out_note(l->o, "no certificate fits");
        return 0;
    }
    if (scols_print_table_to_string(l->table, &text) < 0)
        return writ_fail_memory(e);
    out_data(l->o, writ_span_text(text));
    if (text[0] != '\0' && text[strlen(text) - 1] != '\n')
        out_data(l->o, writ_span_text("\n"));
    free(text);
    return 0;
}

int ca_list(const struct args *a, struct out *o)
{
    struct listing l = {.a = a, .o = o, .now = ca_now(a)};
    struct ca ca;
    struct writ_error e = {0};
    int rc = -1;

    if (ca_open_read(a, &ca, &e) < 0 || (l.table = new_table(&e)) == NULL)
        goto out;
    if (a->json)
        writ_emit_list(out_emit(o), "certificates");
    if (castore_certificate_each(ca.store, visit, &l, &e) < 0)
        goto out;
    if (a->json)
        writ_emit_end(out_emit(o));
    rc = a->json ? 0 : print_table(&l, &e);
out:
    scols_unref_table(l.table);
    ca_close(&ca);
    return rc < 0 ? out_fault(o, &e) : 0;
}
