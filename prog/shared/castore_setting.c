#include "shared/castore_sql.h"

int castore_setting_get(struct castore *s, const char *name, char *value, struct writ_error *e)
{
    struct sql q = castore_sql(s, "a setting", "SELECT value FROM settings WHERE name = ?");
    int rc;

    value[0] = '\0';
    castore_sql_put_name(&q, name);
    rc = castore_sql_step(&q, e);
    if (rc > 0) {
        castore_sql_get_text(&q, value, CASTORE_TEXT_MAX + 1);
        rc = castore_sql_row_check(&q, e);
    }
    castore_sql_end(&q);
    return rc;
}

int castore_setting_set(struct castore *s, const char *name, const char *value,
                        struct writ_error *e)
{
    struct sql q;

    if (castore_sql_may_change(s, e) < 0 ||
        castore_sql_check_text(value, CASTORE_TEXT_MAX, false, name, e) < 0)
        return -1;
    q = castore_sql(s, "a setting",
                    "INSERT INTO settings (name, value) VALUES (?, ?)"
                    " ON CONFLICT (name) DO UPDATE SET value = excluded.value");
    castore_sql_put_name(&q, name);
    castore_sql_put_name(&q, value);
    return castore_sql_run(&q, e);
}
