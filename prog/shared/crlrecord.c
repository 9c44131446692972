#include "shared/crlrecord.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "base/text.h"
#include "base/time.h"
#include "bytes/cursor.h"

#define FIRST_LINE "writ-crl 1"

/* ---------------------------------------------------------------------------------- writing */

static void add_time(struct writ_buffer *out, const char *word, bool has, int64_t time)
{
    if (has)
        writ_buffer_format(out, "%s %" PRId64 "\n", word, time);
    else
        writ_buffer_format(out, "%s -\n", word);
}

static void add_hex(struct writ_buffer *out, const char *word, struct writ_span bytes)
{
    writ_buffer_format(out, "%s ", word);
    if (bytes.n == 0)
        writ_buffer_byte(out, '-');
    writ_hex_add(out, bytes);
    writ_buffer_byte(out, '\n');
}

void crlrecord_add_claims(struct writ_buffer *out, const struct crlrecord *r)
{
    writ_buffer_text(out, FIRST_LINE "\n");
    add_time(out, "this_update", true, r->this_update);
    add_time(out, "next_update", r->has_next_update, r->next_update);
    add_time(out, "expired_since", r->keeps_expired, r->expired_since);
    add_hex(out, "number", WRIT_SPAN(r->number, r->number_n));
    add_hex(out, "idp", r->has_idp ? r->idp : WRIT_SPAN_NONE);
    add_hex(out, "signer", WRIT_SPAN_OF(r->signer));
    writ_buffer_format(out, "entries %" PRIu64 "\nothers %" PRIu64 "\n", r->entries, r->others);
    add_hex(out, "crl", WRIT_SPAN_OF(r->crl));
    writ_buffer_format(out, "size %" PRIu64 "\n", r->crl_size);
}

void crlrecord_add(struct writ_buffer *out, const struct crlrecord *r)
{
    crlrecord_add_claims(out, r);
    writ_buffer_text(out, "table ");
    writ_hex_add(out, WRIT_SPAN_OF(r->table.hash));
    writ_buffer_format(out, " %" PRIu64 " %" PRIu64 " %" PRId64 " %" PRIu32 "\n", r->table.size,
                       r->table.inode, r->table.changed, r->table.nanoseconds);
    writ_buffer_format(out, "etag %s\n", r->etag[0] == '\0' ? "-" : r->etag);
}

void crlrecord_table_name(const struct crlrecord *record, char name[CRLRECORD_TABLE_MAX])
{
    char digits[2 * FILTERRECORD_HASH + 1];

    writ_hex_format(WRIT_SPAN_OF(record->table.hash), digits);
    (void)snprintf(name, CRLRECORD_TABLE_MAX, "%s.table", digits);
}

/* ---------------------------------------------------------------------------------- reading */

static bool is_none(struct writ_span value)
{
    return value.n == 1 && value.p[0] == '-';
}

static int take_number(struct writ_cursor *c, const char *word, uint64_t max, uint64_t *number)
{
    struct writ_span value;

    if (filterrecord_take_line(c, word, &value) < 0)
        return -1;
    if (writ_span_decimal(value, max, number) < 0)
        return writ_cursor_fail(c, "%s is not a number", word);
    return 0;
}

static int take_time(struct writ_cursor *c, const char *word, bool *has, int64_t *time)
{
    struct writ_cursor before = *c;
    struct writ_span value;
    uint64_t number;

    if (filterrecord_take_line(c, word, &value) < 0)
        return -1;
    *has = !is_none(value);
    if (!*has)
        return 0;
    *c = before;
    if (take_number(c, word, (uint64_t)WRIT_TIME_MAX, &number) < 0)
        return -1;
    *time = (int64_t)number;
    return 0;
}

/* Up to room bytes; none for "-". */
static int take_hex(struct writ_cursor *c, const char *word, uint8_t *out, size_t room, size_t *n)
{
    struct writ_span value;

    if (filterrecord_take_line(c, word, &value) < 0)
        return -1;
    *n = is_none(value) ? 0 : value.n / 2;
    if (*n > room || (*n > 0 && writ_hex_parse_strict(value, out, *n) < 0))
        return writ_cursor_fail(c, "%s is not in hexadecimal digits", word);
    return 0;
}

static int take_hash(struct writ_cursor *c, const char *word, uint8_t out[FILTERRECORD_HASH])
{
    size_t n;

    if (take_hex(c, word, out, FILTERRECORD_HASH, &n) < 0)
        return -1;
    return n == FILTERRECORD_HASH ? 0 : writ_cursor_fail(c, "%s is not a hash", word);
}

static int take_idp(struct writ_cursor *c, struct crlrecord *r)
{
    uint8_t *room = writ_buffer_extend(&r->idp_bytes, CRLRECORD_IDP_MAX);
    size_t n;

    if (room == NULL)
        return writ_fail_memory(c->error);
    if (take_hex(c, "idp", room, CRLRECORD_IDP_MAX, &n) < 0)
        return -1;
    r->has_idp = n > 0;
    r->idp = WRIT_SPAN(room, n);
    return 0;
}

int crlrecord_take_claims(struct writ_cursor *c, struct crlrecord *r)
{
    struct writ_span line;
    bool always;

    *r = (struct crlrecord){0};
    if (writ_cursor_line(c, &line, "version") < 0)
        return -1;
    if (!writ_span_equal(line, writ_span_text(FIRST_LINE)))
        return writ_cursor_fail(c, "wanted " FIRST_LINE);
    if (take_time(c, "this_update", &always, &r->this_update) < 0 ||
        take_time(c, "next_update", &r->has_next_update, &r->next_update) < 0 ||
        take_time(c, "expired_since", &r->keeps_expired, &r->expired_since) < 0 ||
        take_hex(c, "number", r->number, sizeof r->number, &r->number_n) < 0 ||
        take_idp(c, r) < 0 || take_hash(c, "signer", r->signer) < 0 ||
        take_number(c, "entries", INT64_MAX, &r->entries) < 0 ||
        take_number(c, "others", INT64_MAX, &r->others) < 0 || take_hash(c, "crl", r->crl) < 0)
        return -1;
    if (!always)
        return writ_cursor_fail(c, "this_update is missing");
    return take_number(c, "size", INT64_MAX, &r->crl_size);
}

static int take_table(struct writ_cursor *c, struct filterrecord_file *file)
{
    struct writ_span value;
    struct writ_cursor fields;
    uint64_t changed, nanoseconds;

    if (filterrecord_take_line(c, "table", &value) < 0)
        return -1;
    fields = writ_cursor_over(value, NULL);
    if (writ_hex_parse_strict(writ_cursor_field(&fields, ' '), file->hash, sizeof file->hash) < 0 ||
        writ_span_decimal(writ_cursor_field(&fields, ' '), INT64_MAX, &file->size) < 0 ||
        writ_span_decimal(writ_cursor_field(&fields, ' '), INT64_MAX, &file->inode) < 0 ||
        writ_span_decimal(writ_cursor_field(&fields, ' '), INT64_MAX, &changed) < 0 ||
        writ_span_decimal(WRIT_SPAN(fields.at, fields.left), 999999999, &nanoseconds) < 0)
        return writ_cursor_fail(c, "wanted HASH SIZE INODE SECONDS NANOSECONDS");
    file->changed = (int64_t)changed;
    file->nanoseconds = (uint32_t)nanoseconds;
    return 0;
}

static int take_etag(struct writ_cursor *c, struct crlrecord *r)
{
    struct writ_span value;

    if (filterrecord_take_line(c, "etag", &value) < 0)
        return -1;
    if (is_none(value))
        return 0;
    if (value.n >= sizeof r->etag || !writ_text_is_printable(value))
        return writ_cursor_fail(c, "not an ETag");
    memcpy(r->etag, value.p, value.n);
    return 0;
}

int crlrecord_parse(struct writ_span text, struct crlrecord *record, struct writ_error *e)
{
    struct writ_cursor c = writ_cursor_over(text, e);

    if (crlrecord_take_claims(&c, record) < 0 || take_table(&c, &record->table) < 0 ||
        take_etag(&c, record) < 0)
        return -1;
    return writ_cursor_end(&c, "record");
}

void crlrecord_free(struct crlrecord *record)
{
    writ_buffer_free(&record->idp_bytes);
    *record = (struct crlrecord){0};
}
