/*
 * object/crl_entry.h - one entry of a CRL (RFC 5280 section 5.3)
 *
 * Inside object/crl only.  Nearly all entries in the world have one of two shapes: serial and
 * UTCTime, or these and a reason.  writ_crl_quick_entry reads them in a few nanoseconds, with the
 * same strictness; everything else is read by writ_crl_take_entry, element by element.
 */
#ifndef WRIT_OBJECT_CRL_ENTRY_H
#define WRIT_OBJECT_CRL_ENTRY_H

#include "base/time.h"
#include "object/crl.h"

#define WRIT_CRL_EVEN_MAX                                                                          \
    129 /* bytes of an entry whose length takes one octet: 30 n 02 m serial                        \
         */

/* What of an entry is only of interest to the walk that checks the CRL. */
struct writ_crl_entry_notes {
    bool has_extensions; /* even an empty list of them */
    bool has_empty_extensions;
    struct writ_span unknown_critical; /* identifier, or empty */
};

/* Takes the next entry whatever its shape.  cert_issuer of *entry is its own, or empty. */
int writ_crl_take_entry(struct writ_cursor *c, struct writ_crl_entry *entry,
                        struct writ_crl_entry_notes *notes) WRIT_MUST_CHECK;

static inline bool writ_crl_reason_exists(uint64_t code)
{
    return code <= WRIT_CRL_AA_COMPROMISE && code != 7; /* 7 is not used (section 5.3.1) */
}

/* X.690 8.3.2, for an INTEGER of one octet or more. */
static inline bool writ_crl_is_minimal(struct writ_span s)
{
    return s.n < 2 || !((s.p[0] == 0x00 && s.p[1] < 0x80) || (s.p[0] == 0xff && s.p[1] >= 0x80));
}

/* ---- where a serial lies among others of its length ---- */

/* How many octets two of them begin with alike. */
static inline size_t writ_crl_common_octets(struct writ_span a, struct writ_span b)
{
    size_t n = 0;

    while (n < a.n && a.p[n] == b.p[n])
        n++;
    return n;
}

/* The eight octets after `common`, as a number; shorter serials are filled up with zeros. */
static inline uint64_t writ_crl_place(struct writ_span serial, size_t common)
{
    uint64_t place = 0;

    if (serial.n >= common + sizeof place)
        return writ_span_u64_be(serial, common);
    for (size_t i = 0; i < sizeof place; i++)
        place = place << 8 | writ_span_u8(serial, common + i);
    return place;
}

/* ---- the two common shapes ---- */

#define WRIT_CRL_TIME_SIZE 15 /* 17 0d YYMMDDHHMMSSZ */
#define WRIT_CRL_REASON_SIZE                                                                       \
    14 /* extensions with a reasonCode alone; its value is the last octet */

/* UTCTime with its header (RFC 5280 section 5.1.2.4): true and the instant when that time exists.
 * Eight digits at a time, and the calendar of 1950 to 2049, in which every fourth year leaps. */
static inline bool writ_crl_quick_time(struct writ_span time, int64_t *instant)
{
    static const uint8_t days[] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 0, 0, 0};
    static const uint16_t before[] = {0,   0,   31,  59,  90,  120, 151, 181,
                                      212, 243, 273, 304, 334, 0,   0,   0};
    const uint64_t ones = UINT64_C(0x0101010101010101), low = UINT64_C(0x00ff00ff00ff00ff);
    uint64_t first = writ_span_u64_be(time, 2), last = writ_span_u64_be(time, 6);
    uint64_t wrong, year, month, day, hour, minute, second;

    wrong =
        ((first & ones * 0xf0) ^ ones * '0') | (((first + ones * 6) & ones * 0xf0) ^ ones * '0');
    wrong |= ((last & ones * 0xf0) ^ ones * '0') | (((last + ones * 6) & ones * 0xf0) ^ ones * '0');
    if (wrong != 0 || time.p[0] != WRIT_DER_UTC_TIME || time.p[1] != WRIT_CRL_TIME_SIZE - 2 ||
        time.p[WRIT_CRL_TIME_SIZE - 1] != 'Z')
        return false;
    first &= ones * 0x0f;
    last &= ones * 0x0f;
    first = ((first >> 8) & low) * 10 + (first & low); /* YY MM DD HH */
    last = ((last >> 8) & low) * 10 + (last & low);    /* DD HH MM SS */
    year = first >> 48;
    month = first >> 32 & 0xff;
    day = first >> 16 & 0xff;
    hour = first & 0xff;
    minute = last >> 16 & 0xff;
    second = last & 0xff;
    year += year < 50 ? 100 : 0; /* since 1900 */
    if (month > 12 || day == 0 || day > days[month] + (uint64_t)(month == 2 && year % 4 == 0) ||
        hour > 23 || minute > 59 || second > 59)
        return false;
    day += year * 365 + (year - 1) / 4 + before[month] + (month > 2 && year % 4 == 0) - 1;
    *instant = ((int64_t)day - 25567) * WRIT_DAY +
               (int64_t)(hour * 3600 + minute * 60 + second); /* 25567: 1900 to 1970 */
    return true;
}

/* Extensions of exactly a reasonCode, not critical: true and the code. */
static inline bool writ_crl_quick_reason(struct writ_span s, unsigned *reason)
{
    static const uint8_t head[] = {0x30, 0x0c, 0x30, 0x0a, 0x06, 0x03, 0x55,
                                   0x1d, 0x15, 0x04, 0x03, 0x0a, 0x01};

    if (s.n != WRIT_CRL_REASON_SIZE || memcmp(s.p, head, sizeof head) != 0)
        return false;
    *reason = s.p[WRIT_CRL_REASON_SIZE - 1];
    return writ_crl_reason_exists(*reason);
}

/* Takes the next entry when it has one of the two shapes and is right; false, and nothing taken,
 * when not. */
static inline bool writ_crl_quick_entry(struct writ_cursor *c, struct writ_crl_entry *entry)
{
    struct writ_span s = writ_cursor_peek(c, 4);
    struct writ_span time, extensions;
    size_t n;

    if (s.n == 0 || s.p[0] != WRIT_DER_SEQUENCE || s.p[1] >= 0x80 || s.p[2] != WRIT_DER_INTEGER)
        return false;
    n = s.p[3];
    s = writ_cursor_peek(c, 2 + (size_t)s.p[1]);
    if (n == 0 || n >= WRIT_CRL_SERIAL_MAX || writ_span_part(s, 4, n, &entry->serial) < 0 ||
        writ_span_part(s, 4 + n, WRIT_CRL_TIME_SIZE, &time) < 0 ||
        writ_span_part(s, 4 + n + WRIT_CRL_TIME_SIZE, s.n - (4 + n + WRIT_CRL_TIME_SIZE),
                       &extensions) < 0)
        return false;
    entry->reason = 0;
    entry->has_reason = extensions.n > 0;
    entry->has_invalidity = false;
    entry->invalidity_date = 0;
    entry->cert_issuer = WRIT_SPAN_NONE;
    if (!writ_crl_is_minimal(entry->serial) ||
        !writ_crl_quick_time(time, &entry->revocation_date) ||
        (entry->has_reason && !writ_crl_quick_reason(extensions, &entry->reason)))
        return false;
    return writ_cursor_take(c, s.n, &s, "entry") == 0;
}

/* The next entry of a CRL that was parsed.  False at the end. */
static inline bool writ_crl_next_entry(struct writ_cursor *c, struct writ_crl_entry *entry)
{
    struct writ_crl_entry_notes notes;

    return c->left > 0 &&
           (writ_crl_quick_entry(c, entry) || writ_crl_take_entry(c, entry, &notes) == 0);
}

#endif
