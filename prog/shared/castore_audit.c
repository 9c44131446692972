#include "shared/castore_sql.h"

#include <stdlib.h>

static int check_audit(const struct castore_audit *a, struct writ_error *e)
{
    if (castore_sql_check_text(a->who, CASTORE_NAME_MAX, true, "who changes a CA", e) < 0 ||
        castore_sql_check_text(a->action, CASTORE_NAME_MAX, true, "an audit record's action", e) <
            0 ||
        castore_sql_check_text(a->subject, CASTORE_TEXT_MAX, false, "an audit record's subject",
                               e) < 0 ||
        castore_sql_check_text(a->why, CASTORE_TEXT_MAX, false, "a note", e) < 0)
        return -1;
    return castore_sql_check_text(a->details, CASTORE_DETAILS_MAX, false,
                                  "an audit record's details", e);
}

int castore_audit_add(struct castore *s, const struct castore_audit *a, struct writ_error *e)
{
    struct sql q;

    if (castore_sql_may_change(s, e) < 0 || check_audit(a, e) < 0)
        return -1;
    q = castore_sql(s, "an audit record",
                    "INSERT INTO audit (at, who, action, subject, why, details)"
                    " VALUES (?, ?, ?, ?, ?, ?)");
    castore_sql_put(&q, a->at);
    castore_sql_put_name(&q, a->who);
    castore_sql_put_name(&q, a->action);
    castore_sql_put_text(&q, a->subject);
    castore_sql_put_text(&q, a->why);
    castore_sql_put_text(&q, a->details);
    if (castore_sql_run(&q, e) < 0)
        return -1;
    s->audits++;
    s->has_why = s->has_why || (a->why != NULL && a->why[0] != '\0');
    return 0;
}

/* Room for the texts of one record. */
struct audit_texts {
    char who[CASTORE_NAME_MAX + 1];
    char action[CASTORE_NAME_MAX + 1];
    char subject[CASTORE_TEXT_MAX + 1];
    char why[CASTORE_TEXT_MAX + 1];
    char details[CASTORE_DETAILS_MAX + 1];
};

static int read_audit(struct sql *q, struct castore_audit *a, struct audit_texts *t,
                      struct writ_error *e)
{
    a->id = castore_sql_get(q, 1, INT64_MAX);
    a->at = castore_sql_get_time(q);
    castore_sql_get_text(q, t->who, sizeof t->who);
    castore_sql_get_text(q, t->action, sizeof t->action);
    castore_sql_get_text(q, t->subject, sizeof t->subject);
    castore_sql_get_text(q, t->why, sizeof t->why);
    castore_sql_get_text(q, t->details, sizeof t->details);
    castore_sql_doubt(q, t->who[0] == '\0' || t->action[0] == '\0');
    a->who = t->who;
    a->action = t->action;
    a->subject = t->subject;
    a->why = t->why;
    a->details = t->details;
    return castore_sql_row_check(q, e);
}

int castore_audit_each(struct castore *s, castore_audit_visit *visit, void *arg,
                       struct writ_error *e)
{
    struct sql q =
        castore_sql(s, "an audit record",
                    "SELECT id, at, who, action, subject, why, details FROM audit ORDER BY id");
    struct audit_texts *texts = malloc(sizeof *texts);
    struct castore_audit a;
    int rc = texts == NULL ? writ_fail_memory(e) : 0;

    while (rc == 0 && (rc = castore_sql_step(&q, e)) > 0) {
        rc = read_audit(&q, &a, texts, e);
        if (rc == 0)
            rc = visit(arg, &a, e) < 0 ? -1 : 0;
        if (rc < 0)
            break;
    }
    castore_sql_end(&q);
    free(texts);
    return rc;
}
