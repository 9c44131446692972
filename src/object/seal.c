#include "object/seal.h"

#include <string.h>
#include <strings.h>

#include "bytes/build.h"

#define SEAL_VERSION      1
#define DIRECTORY_VERSION 1

static const uint8_t magic[16] = {0x97, 'w', 'r', 'i', 't', '-',  't',  'a',
                                  'i',  'l', '/', 'v', '1', 0x0d, 0x0a, 0x1a};

static const char *const kind_names[] = {
    [WRIT_SEAL_PROGRAM] = "program", [WRIT_SEAL_LIBRARY] = "library",
    [WRIT_SEAL_SCRIPT] = "script",   [WRIT_SEAL_MANIFEST] = "manifest",
    [WRIT_SEAL_DATA] = "data",
};

const char *writ_seal_kind_name(enum writ_seal_kind kind)
{
    return kind >= WRIT_SEAL_PROGRAM && kind <= WRIT_SEAL_DATA ? kind_names[kind] : "unknown";
}

int writ_seal_kind_parse(const char *name, enum writ_seal_kind *kind)
{
    for (int i = WRIT_SEAL_PROGRAM; i <= WRIT_SEAL_DATA; i++) {
        if (strcasecmp(name, kind_names[i]) == 0) {
            *kind = (enum writ_seal_kind)i;
            return 0;
        }
    }
    return -1;
}

/* --------------------------------------------------------------------------------- the tail */

static bool ends_in_trailer(struct writ_span bytes)
{
    struct writ_span found;

    return bytes.n >= WRIT_SEAL_TRAILER &&
           writ_span_part(bytes, bytes.n - WRIT_SEAL_TRAILER, sizeof magic, &found) == 0 &&
           memcmp(found.p, magic, sizeof magic) == 0;
}

static uint64_t pad_after(uint64_t content_length)
{
    return (WRIT_SEAL_ALIGN - content_length % WRIT_SEAL_ALIGN) % WRIT_SEAL_ALIGN;
}

/* The lengths of the trailer must add up to the size of the file, without overflow on the way. */
static int check_lengths(struct writ_span file, uint64_t seal, uint64_t content,
                         struct writ_error *e)
{
    uint64_t rest = file.n - WRIT_SEAL_TRAILER;

    if (seal == 0 || seal > WRIT_SEAL_MAX)
        return writ_fail_at(e, rest, "trailer: a seal of %llu bytes, wanted 1 to %zu",
                            (unsigned long long)seal, WRIT_SEAL_MAX);
    if (content > rest || pad_after(content) > rest - content ||
        seal != rest - content - pad_after(content))
        return writ_fail_at(e, rest,
                            "trailer: content of %llu bytes, pad, seal of %llu and trailer do not "
                            "add up to the file's %zu bytes",
                            (unsigned long long)content, (unsigned long long)seal, file.n);
    return 0;
}

static int split(struct writ_span file, struct writ_seal_tail *tail, struct writ_error *e)
{
    size_t trailer = file.n - WRIT_SEAL_TRAILER;
    uint64_t seal = writ_span_u64_be(file, trailer + sizeof magic);
    uint64_t content = writ_span_u64_be(file, trailer + sizeof magic + 8);
    struct writ_cursor pad;
    struct writ_span pad_bytes;

    if (check_lengths(file, seal, content, e) < 0)
        return -1;
    if (writ_span_part(file, 0, content, &tail->content) < 0 ||
        writ_span_part(file, content, pad_after(content), &pad_bytes) < 0 ||
        writ_span_part(file, content + pad_after(content), seal, &tail->seal) < 0)
        return writ_fail_at(e, trailer, "trailer: lengths beyond the file");
    pad = writ_cursor_over(pad_bytes, e);
    pad.offset = (size_t)content;
    if (writ_cursor_zeros(&pad, pad.left, "pad before the seal") < 0)
        return -1;
    if (ends_in_trailer(tail->content))
        return writ_fail_at(e, (size_t)content - WRIT_SEAL_TRAILER,
                            "two trailers: the content ends in a seal as well");
    tail->content_length = content;
    tail->present = true;
    return 0;
}

int writ_seal_find_tail(struct writ_span file, struct writ_seal_tail *tail, struct writ_error *e)
{
    *tail = (struct writ_seal_tail){.content = file, .content_length = file.n};
    return ends_in_trailer(file) ? split(file, tail, e) : 0;
}

static void add_u64_be(struct writ_buffer *b, uint64_t value)
{
    for (int shift = 56; shift >= 0; shift -= 8)
        writ_buffer_byte(b, (uint8_t)(value >> shift));
}

int writ_seal_build_tail(uint64_t content_length, struct writ_span seal, struct writ_buffer *out,
                         struct writ_error *e)
{
    if (seal.n == 0 || seal.n > WRIT_SEAL_MAX)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "a seal of %zu bytes, wanted 1 to %zu", seal.n,
                         WRIT_SEAL_MAX);
    writ_buffer_zeros(out, (size_t)pad_after(content_length));
    writ_buffer_add(out, seal);
    writ_buffer_add(out, WRIT_SPAN_OF(magic));
    add_u64_be(out, seal.n);
    add_u64_be(out, content_length);
    return writ_buffer_check(out, e);
}

/* --------------------------------------------------------------------------- code directory */

static int take_directory_fields(struct writ_cursor *c, struct writ_code_directory *d)
{
    uint64_t version, kind;

    if (writ_der_oid_exactly(c, WRIT_OID_CODE_DIRECTORY, "code directory") < 0 ||
        writ_der_unsigned(c, WRIT_DER_INTEGER, UINT32_MAX, &version, "code directory version") < 0)
        return -1;
    if (version != DIRECTORY_VERSION)
        return writ_cursor_fail(c, "code directory: version %llu, this writ reads %d",
                                (unsigned long long)version, DIRECTORY_VERSION);
    if (writ_der_unsigned(c, WRIT_DER_ENUMERATED, UINT32_MAX, &kind, "kind") < 0)
        return -1;
    if (kind < WRIT_SEAL_PROGRAM || kind > WRIT_SEAL_DATA)
        return writ_cursor_fail(c, "code directory: unknown kind %llu", (unsigned long long)kind);
    d->kind = (enum writ_seal_kind)kind;
    if (writ_der_unsigned(c, WRIT_DER_INTEGER, WRIT_CONTENT_MAX, &d->content_length,
                          "contentLength") < 0 ||
        writ_der_octet_string(c, &d->root, "root") < 0 ||
        writ_der_utf8(c, 1, WRIT_IDENTIFIER_MAX, &d->identifier, "identifier") < 0 ||
        writ_der_utf8(c, 1, WRIT_TEAM_MAX, &d->team, "team") < 0)
        return -1;
    if (d->root.n != WRIT_CONTENT_ROOT)
        return writ_cursor_fail(c, "root: wanted %d bytes, found %zu", WRIT_CONTENT_ROOT,
                                d->root.n);
    return writ_der_unsigned(c, WRIT_DER_INTEGER, UINT32_MAX, &d->critical_flags, "criticalFlags");
}

/* At the cursor, so that offsets in messages are those of the seal around it. */
static int take_directory(struct writ_cursor *c, struct writ_code_directory *d)
{
    struct writ_cursor start = *c;
    struct writ_cursor fields;

    if (writ_der_whole(c, WRIT_DER_SEQUENCE, &d->der, "code directory") < 0)
        return -1;
    if (d->der.n > WRIT_CODE_DIRECTORY_MAX)
        return writ_cursor_fail(&start, "code directory of %zu bytes, the ceiling is %zu", d->der.n,
                                WRIT_CODE_DIRECTORY_MAX);
    if (writ_der_enter(&start, WRIT_DER_SEQUENCE, &fields, "code directory") < 0 ||
        take_directory_fields(&fields, d) < 0)
        return -1;
    return writ_der_end(&fields, "code directory");
}

int writ_code_directory_parse(struct writ_span der, struct writ_code_directory *directory,
                              struct writ_error *e)
{
    struct writ_cursor c = writ_cursor_over(der, e);

    *directory = (struct writ_code_directory){0};
    if (take_directory(&c, directory) < 0)
        return -1;
    return writ_der_end(&c, "code directory");
}

int writ_code_directory_build(const struct writ_code_directory *directory, struct writ_buffer *out,
                              struct writ_error *e)
{
    struct writ_build b = {0};

    writ_build_open(&b, WRIT_DER_SEQUENCE);
    writ_build_oid(&b, WRIT_OID_CODE_DIRECTORY);
    writ_build_unsigned(&b, WRIT_DER_INTEGER, DIRECTORY_VERSION);
    writ_build_unsigned(&b, WRIT_DER_ENUMERATED, (uint64_t)directory->kind);
    writ_build_unsigned(&b, WRIT_DER_INTEGER, directory->content_length);
    writ_build_octet_string(&b, directory->root);
    writ_build_utf8(&b, directory->identifier);
    writ_build_utf8(&b, directory->team);
    writ_build_unsigned(&b, WRIT_DER_INTEGER, directory->critical_flags);
    writ_build_close(&b);
    return writ_build_finish_into(&b, out, e);
}

/* --------------------------------------------------------------------------------- the seal */

/* Where an extra of this type goes; NULL when this writ does not know it. */
static struct writ_span *place_of(struct writ_seal_entry *entry, uint64_t type)
{
    switch (type) {
    case WRIT_EXTRA_TIMESTAMP:
        return &entry->timestamp;
    case WRIT_EXTRA_STAPLE:
        return &entry->staple;
    default:
        return NULL;
    }
}

static int take_extra(struct writ_cursor *extras, struct writ_seal_entry *entry)
{
    struct writ_cursor extra;
    struct writ_span value, *place;
    uint64_t type;

    if (writ_der_enter(extras, WRIT_DER_SEQUENCE, &extra, "Extra") < 0 ||
        writ_der_unsigned(&extra, WRIT_DER_INTEGER, UINT32_MAX, &type, "type of an extra") < 0 ||
        writ_der_octet_string(&extra, &value, "value of an extra") < 0 ||
        writ_der_end(&extra, "Extra") < 0)
        return -1;
    place = place_of(entry, type);
    if (place == NULL)
        return writ_cursor_fail(extras, "extra of type %llu, which this writ does not know",
                                (unsigned long long)type);
    if (place->n > 0)
        return writ_cursor_fail(extras, "two %s in one entry",
                                type == WRIT_EXTRA_STAPLE ? "staples" : "timestamps");
    if (value.n == 0 || value.n > WRIT_SEAL_EXTRA_MAX)
        return writ_cursor_fail(extras, "extra of %zu bytes, wanted 1 to %zu", value.n,
                                WRIT_SEAL_EXTRA_MAX);
    *place = value;
    return 0;
}

static int take_extras(struct writ_cursor *c, struct writ_seal_entry *entry)
{
    struct writ_cursor extras;
    size_t count = 0;
    bool present;

    if (writ_der_enter_optional(c, WRIT_DER_CONTEXT_CONSTRUCTED(0), &extras, &present, "extras") <
        0)
        return -1;
    if (present && extras.left == 0)
        return writ_cursor_fail(c, "extras: present and empty");
    while (extras.left > 0) {
        if (++count > WRIT_SEAL_EXTRAS_MAX)
            return writ_cursor_fail(&extras, "extras: more than %d", WRIT_SEAL_EXTRAS_MAX);
        if (take_extra(&extras, entry) < 0)
            return -1;
    }
    return 0;
}

static int take_entry(struct writ_cursor *entries, struct writ_seal_entry *entry)
{
    struct writ_cursor c;

    if (writ_der_enter(entries, WRIT_DER_SEQUENCE, &c, "Entry") < 0 ||
        take_directory(&c, &entry->directory) < 0 ||
        writ_der_whole(&c, WRIT_DER_SEQUENCE, &entry->cms, "signature") < 0 ||
        take_extras(&c, entry) < 0)
        return -1;
    return writ_der_end(&c, "Entry");
}

static int take_entries(struct writ_cursor *c, struct writ_seal *seal)
{
    struct writ_cursor entries;

    if (writ_der_enter(c, WRIT_DER_SEQUENCE, &entries, "entries") < 0)
        return -1;
    do {
        if (seal->count == WRIT_SEAL_ENTRIES_MAX)
            return writ_cursor_fail(&entries, "entries: more than %d", WRIT_SEAL_ENTRIES_MAX);
        if (take_entry(&entries, &seal->entry[seal->count]) < 0)
            return -1;
        seal->count++;
    } while (entries.left > 0);
    return 0;
}

static int take_seal(struct writ_cursor *c, struct writ_seal *seal)
{
    struct writ_cursor whole;
    uint64_t version;

    if (writ_der_enter(c, WRIT_DER_SEQUENCE, &whole, "seal") < 0 || writ_der_end(c, "seal") < 0 ||
        writ_der_oid_exactly(&whole, WRIT_OID_SEAL, "seal") < 0 ||
        writ_der_unsigned(&whole, WRIT_DER_INTEGER, UINT32_MAX, &version, "seal version") < 0)
        return -1;
    if (version != SEAL_VERSION)
        return writ_cursor_fail(&whole, "seal: version %llu, this writ reads %d",
                                (unsigned long long)version, SEAL_VERSION);
    if (take_entries(&whole, seal) < 0)
        return -1;
    return writ_der_end(&whole, "seal");
}

int writ_seal_parse(struct writ_span der, struct writ_seal *seal, struct writ_error *e)
{
    struct writ_cursor c = writ_cursor_over(der, e);

    *seal = (struct writ_seal){0};
    if (der.n > WRIT_SEAL_MAX)
        return writ_cursor_fail(&c, "seal of %zu bytes, the ceiling is %zu", der.n, WRIT_SEAL_MAX);
    return take_seal(&c, seal);
}

static void add_extra(struct writ_build *b, enum writ_seal_extra type, struct writ_span value)
{
    if (value.n == 0)
        return;
    writ_build_open(b, WRIT_DER_SEQUENCE);
    writ_build_unsigned(b, WRIT_DER_INTEGER, type);
    writ_build_octet_string(b, value);
    writ_build_close(b);
}

static void add_entry(struct writ_build *b, const struct writ_seal_entry *entry)
{
    writ_build_open(b, WRIT_DER_SEQUENCE);
    writ_build_raw(b, entry->directory.der);
    writ_build_raw(b, entry->cms);
    if (entry->timestamp.n > 0 || entry->staple.n > 0) {
        writ_build_open(b, WRIT_DER_CONTEXT_CONSTRUCTED(0));
        add_extra(b, WRIT_EXTRA_TIMESTAMP, entry->timestamp);
        add_extra(b, WRIT_EXTRA_STAPLE, entry->staple);
        writ_build_close(b);
    }
    writ_build_close(b);
}

int writ_seal_build(const struct writ_seal *seal, struct writ_buffer *out, struct writ_error *e)
{
    struct writ_build b = {0};

    writ_build_open(&b, WRIT_DER_SEQUENCE);
    writ_build_oid(&b, WRIT_OID_SEAL);
    writ_build_unsigned(&b, WRIT_DER_INTEGER, SEAL_VERSION);
    writ_build_open(&b, WRIT_DER_SEQUENCE);
    for (size_t i = 0; i < seal->count; i++)
        add_entry(&b, &seal->entry[i]);
    writ_build_close(&b);
    writ_build_close(&b);
    return writ_build_finish_into(&b, out, e);
}
