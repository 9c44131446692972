#include "shared/castore_sql.h"

/* A root counts as its own issuer.  Only columns of the index that keeps serial numbers unique:
 * SQLite then reads that, and not the pages with the certificates' bytes. */
#define WHERE_IT_STANDS "SELECT c.id, coalesce(c.issuer, c.id), c.serial"
#define HOW_IT_STANDS   WHERE_IT_STANDS ", r.reason, r.revoked_at "

static int read_status(struct sql *q, bool how, struct castore_status *status, struct writ_error *e)
{
    *status = (struct castore_status){0};
    status->id = castore_sql_get(q, 1, INT64_MAX);
    status->issuer = castore_sql_get(q, 1, INT64_MAX);
    status->serial_n = castore_sql_get_bytes(q, status->serial, 1, CASTORE_SERIAL_MAX);
    if (how && !castore_sql_is_null(q)) {
        status->revoked = true;
        status->reason = (enum writ_reason)castore_sql_get(q, 0, 10);
        status->revoked_at = castore_sql_get_time(q);
        castore_sql_doubt(q, !writ_reason_is_known((unsigned)status->reason));
    }
    return castore_sql_row_check(q, e);
}

static int visit_all(struct sql *q, bool how, castore_status_visit *visit, void *arg,
                     struct writ_error *e)
{
    struct castore_status status;
    int rc;

    while ((rc = castore_sql_step(q, e)) > 0) {
        if (read_status(q, how, &status, e) < 0 || visit(arg, &status, e) < 0) {
            rc = -1;
            break;
        }
    }
    castore_sql_end(q);
    return rc;
}

int castore_status_each(struct castore *s, int64_t after, castore_status_visit *visit, void *arg,
                        struct writ_error *e)
{
    struct sql q = castore_sql(s, "a certificate",
                               after == 0 ? WHERE_IT_STANDS " FROM certificates AS c"
                                          : WHERE_IT_STANDS
                                   " FROM certificates AS c WHERE c.id > ? ORDER BY c.id");

    if (after != 0)
        castore_sql_put(&q, after);
    return visit_all(&q, false, visit, arg, e);
}

/* CROSS JOIN: begins with the revocations, which are few, and not with the certificates. */
int castore_status_revoked(struct castore *s, castore_status_visit *visit, void *arg,
                           struct writ_error *e)
{
    struct sql q = castore_sql(s, "a revocation",
                               HOW_IT_STANDS "FROM revocations AS r CROSS JOIN certificates AS c"
                                             " ON c.id = r.certificate");

    return visit_all(&q, true, visit, arg, e);
}

int castore_status_changed(struct castore *s, uint64_t after, castore_status_visit *visit,
                           void *arg, struct writ_error *e)
{
    struct sql q = castore_sql(s, "a change",
                               HOW_IT_STANDS
                               "FROM (SELECT DISTINCT certificate FROM changes WHERE seq > ?) AS x"
                               " JOIN certificates AS c ON c.id = x.certificate"
                               " LEFT JOIN revocations AS r ON r.certificate = c.id");

    castore_sql_put(&q, (int64_t)after);
    return visit_all(&q, true, visit, arg, e);
}

int castore_data_version(struct castore *s, int64_t *version, struct writ_error *e)
{
    return castore_sql_number(s, "PRAGMA data_version", version, e);
}
