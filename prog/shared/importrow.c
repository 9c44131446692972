#include "shared/importrow.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "base/time.h"
#include "bytes/cursor.h"

#define NUMBER_BYTES (IMPORTROW_SERIAL_MAX + 2) /* room to see that one is too large */

static int refuse(struct writ_error *e, const char *what, struct writ_span found)
{
    char shown[64];

    writ_text_copy_safe(shown, sizeof shown, found);
    return writ_fail(e, WRIT_FAULT_BAD_INPUT, "%s, have \"%s\"", what, shown);
}

/* ----------------------------------------------------------------------------- serial numbers */

/* A magnitude, the last octet least significant: times base, plus digit. */
static int multiply_add(uint8_t number[NUMBER_BYTES], unsigned base, unsigned digit)
{
    unsigned carry = digit;

    for (size_t i = NUMBER_BYTES; i > 0; i--) {
        carry += number[i - 1] * base;
        number[i - 1] = (uint8_t)carry;
        carry >>= 8;
    }
    return carry == 0 && number[0] == 0 ? 0 : -1;
}

static int digit_of(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

static void negate(uint8_t number[NUMBER_BYTES])
{
    unsigned carry = 1;

    for (size_t i = NUMBER_BYTES; i > 0; i--) {
        carry += (uint8_t)~number[i - 1];
        number[i - 1] = (uint8_t)carry;
        carry >>= 8;
    }
}

/* As few octets as two's complement needs (X.690 section 8.3.2). */
static int shorten(const uint8_t number[NUMBER_BYTES], struct importrow *row)
{
    size_t from = 0;

    while (from + 1 < NUMBER_BYTES && ((number[from] == 0 && number[from + 1] < 0x80) ||
                                       (number[from] == 0xff && number[from + 1] >= 0x80)))
        from++;
    row->serial_n = NUMBER_BYTES - from;
    if (row->serial_n > IMPORTROW_SERIAL_MAX)
        return -1;
    memcpy(row->serial, number + from, row->serial_n);
    return 0;
}

/* True when no reader could take it for decimal. */
static bool is_plainly_hex(struct writ_span text)
{
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == ':' || text.p[i] == 'x' || digit_of(text.p[i]) > 9)
            return true;
    }
    return false;
}

static struct writ_span without(struct writ_span text, size_t n)
{
    struct writ_span rest = WRIT_SPAN_NONE;

    return writ_span_part(text, n, text.n - n, &rest) < 0 ? WRIT_SPAN_NONE : rest;
}

static int read_digits(struct writ_span text, unsigned base, uint8_t number[NUMBER_BYTES])
{
    size_t digits = 0;

    for (size_t i = 0; i < text.n; i++) {
        int digit = digit_of(text.p[i]);

        if (base == 16 && text.p[i] == ':' && digits > 0 && i + 1 < text.n)
            continue;
        if (digit < 0 || (unsigned)digit >= base || multiply_add(number, base, (unsigned)digit) < 0)
            return -1;
        digits++;
    }
    return digits > 0 ? 0 : -1;
}

int importrow_serial(struct writ_span text, enum importrow_base base, struct importrow *row,
                     struct writ_error *e)
{
    uint8_t number[NUMBER_BYTES] = {0};
    bool negative = text.n > 0 && text.p[0] == '-';
    struct writ_span digits = negative ? without(text, 1) : text;
    bool hex = base == IMPORTROW_HEX;

    if (base == IMPORTROW_UNSAID && !is_plainly_hex(digits))
        return refuse(e,
                      "serial number: hexadecimal or decimal? wanted a column serial_hex or "
                      "serial_decimal, or --serials",
                      text);
    if (base == IMPORTROW_UNSAID)
        hex = true;
    if (hex && digits.n > 2 && digits.p[0] == '0' && (digits.p[1] == 'x' || digits.p[1] == 'X'))
        digits = without(digits, 2);
    if (read_digits(digits, hex ? 16 : 10, number) < 0)
        return refuse(e,
                      hex ? "serial number: wanted at most 20 octets in hexadecimal"
                          : "serial number: wanted at most 20 octets in decimal",
                      text);
    if (negative)
        negate(number);
    return shorten(number, row) == 0
               ? 0
               : refuse(e, "RFC 5280 section 4.1.2.2: serial number: wanted at most 20 octets",
                        text);
}

/* ---------------------------------------------------------------------------------- index.txt */

/* The next field, up to a separator or the end; *more is false when it was the last. */
static struct writ_span take_field(struct writ_span *rest, char separator, bool *more)
{
    struct writ_span field = *rest;
    size_t n = 0;

    while (n < rest->n && rest->p[n] != (uint8_t)separator)
        n++;
    field.n = n;
    *more = n < rest->n;
    *rest = *more ? without(*rest, n + 1) : WRIT_SPAN_NONE;
    return field;
}

static int two_digits(struct writ_span text, size_t at)
{
    int high = digit_of(text.p[at]), low = digit_of(text.p[at + 1]);

    return high < 0 || high > 9 || low < 0 || low > 9 ? -1 : 10 * high + low;
}

/* UTCTime or GeneralizedTime, as openssl ca writes them (RFC 5280 section 4.1.2.5). */
static int index_time(struct writ_span text, int64_t *t, const char *what, struct writ_error *e)
{
    size_t at = text.n == 15 ? 2 : 0;
    struct writ_civil c;
    int century, part[6];

    if ((text.n != 13 && text.n != 15) || text.p[text.n - 1] != 'Z')
        return refuse(e, what, text);
    for (size_t i = 0; i < 6; i++) {
        part[i] = two_digits(text, at + 2 * i);
        if (part[i] < 0)
            return refuse(e, what, text);
    }
    century = at == 2 ? two_digits(text, 0) : part[0] >= 50 ? 19 : 20;
    c = (struct writ_civil){.year = 100 * century + part[0],
                            .month = part[1],
                            .day = part[2],
                            .hour = part[3],
                            .minute = part[4],
                            .second = part[5]};
    return century >= 0 && writ_time_from_civil(&c, t) == 0 ? 0 : refuse(e, what, text);
}

static bool is_word(struct writ_span text, const char *word)
{
    return text.n == strlen(word) && strncasecmp((const char *)text.p, word, text.n) == 0;
}

/* The words of openssl ca: those of RFC 5280, and three that carry more. */
static int index_reason(struct writ_span word, struct writ_span more, struct importrow *row,
                        struct writ_error *e)
{
    char name[32];

    row->reason = WRIT_REASON_UNSPECIFIED;
    if (word.n == 0)
        return 0;
    if (is_word(word, "holdInstruction")) {
        row->reason = WRIT_REASON_CERTIFICATE_HOLD;
        return 0;
    }
    if (is_word(word, "keyTime") || is_word(word, "CAkeyTime")) {
        row->reason =
            is_word(word, "keyTime") ? WRIT_REASON_KEY_COMPROMISE : WRIT_REASON_CA_COMPROMISE;
        row->since_given = true;
        return index_time(more, &row->since, "invalidity: wanted YYYYMMDDHHMMSSZ", e);
    }
    writ_text_copy_safe(name, sizeof name, word);
    if (word.n < sizeof name && writ_reason_parse(name, &row->reason) == 0)
        return 0;
    return refuse(e, "reason: wanted one that writ revokes for", word);
}

static int index_revocation(struct writ_span text, struct importrow *row, struct writ_error *e)
{
    bool more;
    struct writ_span when = take_field(&text, ',', &more);
    struct writ_span word = take_field(&text, ',', &more);

    row->revoked = true;
    if (index_time(when, &row->revoked_at, "revocation: wanted YYMMDDHHMMSSZ", e) < 0)
        return -1;
    return index_reason(word, text, row, e);
}

/* The last CN of "/C=DE/O=Example/CN=Alice", else all of it. */
static void index_name(struct writ_span subject, char name[IMPORTROW_NAME_MAX + 1])
{
    struct writ_span found = subject;

    for (size_t i = 0; i + 4 <= subject.n; i++) {
        struct writ_span rest = without(subject, i);
        bool more;

        if (memcmp(rest.p, "/CN=", 4) != 0)
            continue;
        rest = without(rest, 4);
        found = take_field(&rest, '/', &more);
    }
    if (found.n == 0)
        found = writ_span_text("unnamed");
    writ_text_copy_safe(name, IMPORTROW_NAME_MAX + 1, found);
}

static int index_status(struct writ_span status, struct writ_span revocation, struct importrow *row,
                        struct writ_error *e)
{
    if (status.n != 1 || strchr("VRE", status.p[0]) == NULL)
        return refuse(e, "status: wanted V, R or E", status);
    if (status.p[0] == 'R' && revocation.n == 0)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "status R (revoked), and no revocation");
    if (status.p[0] != 'R' && revocation.n > 0)
        return refuse(e, "status V or E (not revoked), and a revocation", revocation);
    return revocation.n == 0 ? 0 : index_revocation(revocation, row, e);
}

int importrow_index(struct writ_span line, struct importrow *row, struct writ_error *e)
{
    struct writ_span field[6];
    size_t n = 0;
    bool more = true;

    *row = (struct importrow){0};
    while (more && n < 6)
        field[n++] = take_field(&line, '\t', &more);
    if (n < 6 || more)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "wanted six fields with tabs between them");
    if (index_status(field[0], field[2], row, e) < 0 ||
        index_time(field[1], &row->not_after, "expiry: wanted YYMMDDHHMMSSZ", e) < 0 ||
        importrow_serial(field[3], IMPORTROW_HEX, row, e) < 0)
        return -1;
    index_name(field[5], row->name);
    return 0;
}

/* ---------------------------------------------------------------------------------------- CSV */

static const char *const column_names[IMPORTROW_COLUMNS] = {
    "serial",     "serial_hex", "serial_decimal", "status", "name",
    "not_before", "not_after",  "revoked_at",     "reason", "since",
};

struct fields {
    char text[IMPORTROW_LINE_MAX + 1]; /* the values, one after the other, each with its NUL */
    const char *at[IMPORTROW_FIELDS_MAX];
    size_t n;
};

/* RFC 4180: a field in quotes may hold commas, and a quote that stands twice. */
static int split(struct writ_span line, struct fields *f, struct writ_error *e)
{
    bool quoted = false;
    size_t used = 0;

    if (line.n > 0 && line.p[line.n - 1] == '\r')
        line.n--;
    if (line.n >= IMPORTROW_LINE_MAX)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "a row of %zu bytes", line.n);
    f->at[0] = f->text;
    f->n = 1;
    for (size_t i = 0; i < line.n; i++) {
        char c = (char)line.p[i];
        bool twice = quoted && c == '"' && i + 1 < line.n && line.p[i + 1] == '"';

        if (c == '"' && !twice) {
            quoted = !quoted;
        } else if (c == ',' && !quoted) {
            if (f->n == IMPORTROW_FIELDS_MAX)
                return writ_fail(e, WRIT_FAULT_BAD_INPUT, "more than %d fields",
                                 IMPORTROW_FIELDS_MAX);
            f->text[used++] = '\0';
            f->at[f->n++] = f->text + used;
        } else {
            f->text[used++] = c == '\0' ? ' ' : c;
        }
        i += twice ? 1 : 0;
    }
    f->text[used] = '\0';
    return quoted ? writ_fail(e, WRIT_FAULT_BAD_INPUT, "a quote that does not end on its line") : 0;
}

static int find_column(const char *name)
{
    for (int i = 0; i < IMPORTROW_COLUMNS; i++) {
        if (strcasecmp(name, column_names[i]) == 0)
            return i;
    }
    return -1;
}

static int add_column(struct importrow_header *h, const char *name, size_t field,
                      struct writ_error *e)
{
    int column = find_column(name);

    if (column < 0)
        return refuse(e,
                      "column: wanted serial, serial_hex or serial_decimal, status, name, "
                      "not_before, not_after, revoked_at, reason or since",
                      writ_span_text(name));
    if (h->at[column] >= 0)
        return refuse(e, "a column stands twice", writ_span_text(name));
    h->at[column] = (int)field;
    return 0;
}

int importrow_csv_header(struct writ_span line, enum importrow_base base,
                         struct importrow_header *header, struct writ_error *e)
{
    struct fields f;
    int serials = 0;

    if (split(line, &f, e) < 0)
        return -1;
    header->base = base;
    header->fields = f.n;
    for (int i = 0; i < IMPORTROW_COLUMNS; i++)
        header->at[i] = -1;
    for (size_t i = 0; i < f.n; i++) {
        if (add_column(header, f.at[i], i, e) < 0)
            return -1;
    }
    for (int i = IMPORTROW_SERIAL_NUMBER; i <= IMPORTROW_SERIAL_NUMBER_DECIMAL; i++)
        serials += header->at[i] >= 0;
    if (serials != 1)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "wanted one column of serial numbers, have %d",
                         serials);
    return 0;
}

/* The value of a column; "" when the list has no such column. */
static const char *value(const struct importrow_header *h, const struct fields *f,
                         enum importrow_column column)
{
    return h->at[column] < 0 ? "" : f->at[h->at[column]];
}

/* 20261125 is no instant: it could be a day, or seconds since 1970. */
static int csv_time(const char *text, int64_t absent, int64_t *t, const char *what,
                    struct writ_error *e)
{
    *t = absent;
    if (text[0] == '\0')
        return 0;
    if ((strchr(text, '-') != NULL || text[0] == '@') && writ_time_parse(text, t, NULL) == 0)
        return 0;
    return refuse(e, what, writ_span_text(text));
}

static int csv_serial(const struct importrow_header *h, const struct fields *f,
                      struct importrow *row, struct writ_error *e)
{
    if (h->at[IMPORTROW_SERIAL_NUMBER_HEX] >= 0)
        return importrow_serial(writ_span_text(value(h, f, IMPORTROW_SERIAL_NUMBER_HEX)),
                                IMPORTROW_HEX, row, e);
    if (h->at[IMPORTROW_SERIAL_NUMBER_DECIMAL] >= 0)
        return importrow_serial(writ_span_text(value(h, f, IMPORTROW_SERIAL_NUMBER_DECIMAL)),
                                IMPORTROW_DECIMAL, row, e);
    return importrow_serial(writ_span_text(value(h, f, IMPORTROW_SERIAL_NUMBER)), h->base, row, e);
}

/* What the status says, where there is one: 1 revoked, 0 not, -1 nothing. */
static int csv_status(const char *text, int *says, struct writ_error *e)
{
    static const char *const words[] = {"valid", "v", "good", "expired", "e", "revoked", "r", NULL};

    *says = -1;
    if (text[0] == '\0')
        return 0;
    for (int i = 0; words[i] != NULL; i++) {
        if (strcasecmp(text, words[i]) == 0)
            *says = i >= 5;
    }
    return *says >= 0 ? 0
                      : refuse(e, "status: wanted valid, expired or revoked", writ_span_text(text));
}

static int csv_revocation(const struct importrow_header *h, const struct fields *f,
                          struct importrow *row, struct writ_error *e)
{
    const char *when = value(h, f, IMPORTROW_REVOKED_AT);
    const char *reason = value(h, f, IMPORTROW_REASON), *since = value(h, f, IMPORTROW_SINCE);
    int says;

    if (csv_status(value(h, f, IMPORTROW_STATUS), &says, e) < 0 ||
        csv_time(when, 0, &row->revoked_at, "revoked_at: wanted RFC 3339, or @ and seconds", e) <
            0 ||
        csv_time(since, 0, &row->since, "since: wanted RFC 3339, or @ and seconds", e) < 0)
        return -1;
    row->revoked = when[0] != '\0';
    row->since_given = since[0] != '\0';
    if (says == 1 && !row->revoked)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "status revoked, and no revoked_at");
    if (says == 0 && row->revoked)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "status not revoked, and a revoked_at");
    if (!row->revoked && (reason[0] != '\0' || row->since_given))
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "a reason or since, and no revoked_at");
    if (reason[0] != '\0' && writ_reason_parse(reason, &row->reason) < 0)
        return refuse(e, "reason: wanted one that writ revokes for", writ_span_text(reason));
    return 0;
}

int importrow_csv(const struct importrow_header *header, struct writ_span line,
                  struct importrow *row, struct writ_error *e)
{
    struct fields f;
    const char *name;

    *row = (struct importrow){0};
    if (split(line, &f, e) < 0)
        return -1;
    if (f.n != header->fields)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "wanted %zu fields, have %zu", header->fields,
                         f.n);
    if (csv_serial(header, &f, row, e) < 0 || csv_revocation(header, &f, row, e) < 0 ||
        csv_time(value(header, &f, IMPORTROW_NOT_BEFORE), 0, &row->not_before,
                 "not_before: wanted RFC 3339, or @ and seconds", e) < 0 ||
        csv_time(value(header, &f, IMPORTROW_NOT_AFTER), WRIT_TIME_MAX, &row->not_after,
                 "not_after: wanted RFC 3339, or @ and seconds", e) < 0)
        return -1;
    name = value(header, &f, IMPORTROW_NAME);
    writ_text_copy_safe(row->name, sizeof row->name,
                        writ_span_text(name[0] == '\0' ? "unnamed" : name));
    return 0;
}
