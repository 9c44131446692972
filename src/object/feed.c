#include "object/feed.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/hex.h"

#define FIRST_WORD "writ-feed/v1"

static bool is_word(struct writ_span field, const char *word)
{
    return writ_span_equal(field, writ_span_text(word));
}

/* Takes the next line and its first word, which must be this one. */
static int take_line(struct writ_cursor *c, const char *word, struct writ_cursor *fields)
{
    size_t offset = c->offset;
    struct writ_span line;

    if (writ_cursor_line(c, &line, word) < 0)
        return -1;
    *fields = writ_cursor_over(line, c->error);
    fields->offset = offset;
    if (!is_word(writ_cursor_field(fields, ' '), word))
        return writ_fail_at(c->error, offset, "byte %zu: feed: wanted a line that begins with %s",
                            offset, word);
    return 0;
}

static bool next_line_is(const struct writ_cursor *c, const char *word)
{
    struct writ_span start = writ_cursor_peek(c, strlen(word));

    return is_word(start, word);
}

static int take_identity(struct writ_cursor *c, struct writ_feed *feed)
{
    struct writ_cursor fields;
    struct writ_span origin, root;

    if (take_line(c, FIRST_WORD, &fields) < 0)
        return -1;
    origin = writ_cursor_field(&fields, ' ');
    root = WRIT_SPAN(fields.at, fields.left);
    if (!writ_note_is_key_name(origin))
        return writ_cursor_fail(&fields, "feed: not an origin");
    if (writ_hex_parse_strict(root, feed->root, sizeof feed->root) < 0)
        return writ_cursor_fail(&fields, "feed: wanted the root's key hash, 64 hexadecimal digits");
    memcpy(feed->origin, origin.p, origin.n);
    return 0;
}

static int take_instant(struct writ_cursor *c, const char *word, int64_t *instant)
{
    struct writ_cursor fields;

    if (take_line(c, word, &fields) < 0)
        return -1;
    if (writ_time_parse_strict(WRIT_SPAN(fields.at, fields.left), instant) < 0)
        return writ_cursor_fail(&fields, "feed: %s is not a time like 2026-11-25T07:00:00Z", word);
    return 0;
}

static int take_version(struct writ_cursor *c, struct writ_feed *feed)
{
    struct writ_cursor fields;

    if (take_line(c, "version", &fields) < 0)
        return -1;
    if (writ_span_decimal(WRIT_SPAN(fields.at, fields.left), WRIT_FEED_VERSION_MAX,
                          &feed->version) < 0)
        return writ_cursor_fail(&fields, "feed: version is not a number");
    return 0;
}

static bool is_kind(struct writ_span kind)
{
    if (kind.n == 0 || kind.n > WRIT_FEED_KIND_MAX)
        return false;
    for (size_t i = 0; i < kind.n; i++) {
        if ((kind.p[i] < 'a' || kind.p[i] > 'z') && (kind.p[i] < '0' || kind.p[i] > '9'))
            return false;
    }
    return true;
}

/* "targets/<hash>.<kind>", whose hash must be the one at the end of the line. */
static int take_name(struct writ_span name, struct writ_feed_file *file)
{
    char wanted[WRIT_FEED_NAME_MAX];
    struct writ_cursor c = writ_cursor_over(name, NULL);
    struct writ_span kind;

    (void)writ_cursor_field(&c, '.');
    kind = WRIT_SPAN(c.at, c.left);
    if (!is_kind(kind))
        return -1;
    memcpy(file->kind, kind.p, kind.n);
    writ_feed_file_name(file, wanted);
    return is_word(name, wanted) ? 0 : -1;
}

static int take_file(struct writ_cursor *c, struct writ_feed_file *file)
{
    struct writ_cursor fields;
    struct writ_span name, length, hash;

    if (take_line(c, "file", &fields) < 0)
        return -1;
    name = writ_cursor_field(&fields, ' ');
    length = writ_cursor_field(&fields, ' ');
    hash = WRIT_SPAN(fields.at, fields.left);
    if (writ_hex_parse_strict(hash, file->hash, sizeof file->hash) < 0 ||
        writ_span_decimal(length, INT64_MAX, &file->length) < 0 || take_name(name, file) < 0)
        return writ_cursor_fail(&fields, "feed: wanted \"file targets/HASH.KIND LENGTH HASH\"");
    return 0;
}

static int take_files(struct writ_cursor *c, struct writ_feed *feed)
{
    size_t tables = 0;

    while (next_line_is(c, "file ")) {
        if (feed->file_count == WRIT_FEED_FILES_MAX)
            return writ_cursor_fail(c, "feed: more than %d files", WRIT_FEED_FILES_MAX);
        if (take_file(c, &feed->file[feed->file_count]) < 0)
            return -1;
        tables += strcmp(feed->file[feed->file_count].kind, "table") == 0;
        feed->file_count++;
    }
    if (tables != 1)
        return writ_cursor_fail(c, "feed: %zu tables, exactly one was wanted", tables);
    return 0;
}

static int take_next_key(struct writ_cursor *c, struct writ_feed *feed)
{
    struct writ_cursor fields;

    feed->has_next_key = next_line_is(c, "next-key ");
    if (!feed->has_next_key)
        return 0;
    if (take_line(c, "next-key", &fields) < 0)
        return -1;
    return writ_note_key_parse(WRIT_SPAN(fields.at, fields.left), &feed->next_key, c->error);
}

static int check_life(const struct writ_feed *feed, struct writ_error *e)
{
    char life[WRIT_DURATION_MAX];

    if (feed->expires <= feed->as_of)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "feed: expires is not after as_of");
    writ_duration_format(feed->expires - feed->as_of, life);
    if (feed->expires - feed->as_of > WRIT_FEED_LIFE_MAX)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT,
                         "feed: expires %s after as_of, at most 30 days are allowed", life);
    return 0;
}

int writ_feed_parse(struct writ_span text, struct writ_feed *feed, struct writ_error *e)
{
    struct writ_cursor c = writ_cursor_over(text, e);

    *feed = (struct writ_feed){0};
    if (take_identity(&c, feed) < 0 || take_version(&c, feed) < 0 ||
        take_instant(&c, "as_of", &feed->as_of) < 0 ||
        take_instant(&c, "expires", &feed->expires) < 0 || take_files(&c, feed) < 0 ||
        take_next_key(&c, feed) < 0 || writ_cursor_end(&c, "the feed") < 0)
        return -1;
    return check_life(feed, e);
}

const struct writ_feed_file *writ_feed_table(const struct writ_feed *feed)
{
    for (size_t i = 0; i < feed->file_count; i++) {
        if (strcmp(feed->file[i].kind, "table") == 0)
            return &feed->file[i];
    }
    return NULL;
}

void writ_feed_file_name(const struct writ_feed_file *file, char name[WRIT_FEED_NAME_MAX])
{
    char hex[2 * WRIT_FEED_HASH + 1];

    writ_hex_format(WRIT_SPAN_OF(file->hash), hex);
    (void)snprintf(name, WRIT_FEED_NAME_MAX, "targets/%s.%s", hex, file->kind);
}

static void add_lines(const struct writ_feed *feed, struct writ_buffer *text)
{
    char as_of[WRIT_TIME_TEXT], expires[WRIT_TIME_TEXT];

    writ_time_format(feed->as_of, as_of);
    writ_time_format(feed->expires, expires);
    writ_buffer_format(text, FIRST_WORD " %s ", feed->origin);
    writ_hex_add(text, WRIT_SPAN_OF(feed->root));
    writ_buffer_format(text, "\nversion %" PRIu64 "\nas_of %s\nexpires %s\n", feed->version, as_of,
                       expires);
    for (size_t i = 0; i < feed->file_count; i++) {
        char name[WRIT_FEED_NAME_MAX];

        writ_feed_file_name(&feed->file[i], name);
        writ_buffer_format(text, "file %s %" PRIu64 " ", name, feed->file[i].length);
        writ_hex_add(text, WRIT_SPAN_OF(feed->file[i].hash));
        writ_buffer_byte(text, '\n');
    }
    if (feed->has_next_key) {
        writ_buffer_text(text, "next-key ");
        writ_note_key_add_text(text, &feed->next_key);
        writ_buffer_byte(text, '\n');
    }
}

int writ_feed_build(const struct writ_feed *feed, struct writ_buffer *text, struct writ_error *e)
{
    size_t from = text->n;
    struct writ_feed again;

    add_lines(feed, text);
    if (writ_buffer_check(text, e) < 0)
        return -1;
    return writ_feed_parse(WRIT_SPAN(text->p + from, text->n - from), &again, e);
}
