#include "shared/ocsphosts.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/hex.h"
#include "base/time.h"
#include "bytes/cursor.h"
#include "crypto/digest.h"
#include "shared/file.h"

#define DIRECTORY   "ocsp/hosts"
#define RECORD_SIZE 64 /* a record is written in one go, and always of one length */

struct memory {
    uint64_t failures; /* time-outs in a row */
    uint64_t until;    /* leave it alone until then; 0: do not */
};

void ocsphosts_name(const char *url, char name[OCSPHOSTS_NAME_MAX])
{
    const char *host = strstr(url, "://");
    size_t n = host == NULL ? 0 : strcspn(host + 3, "/?#");

    name[0] = '\0';
    if (n == 0 || n >= OCSPHOSTS_NAME_MAX)
        return;
    for (size_t i = 0; i < n; i++) {
        char c = host[3 + i];

        name[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
    }
    name[n] = '\0';
}

/* Appends the name of the host's file below the state: a hash, as hosts are named by strangers. */
static int add_name(const char *url, struct writ_buffer *b, struct writ_error *e)
{
    char host[OCSPHOSTS_NAME_MAX];
    uint8_t hash[WRIT_SHA256_BYTES];

    ocsphosts_name(url, host);
    if (host[0] == '\0' || writ_sha256(writ_span_text(host), hash, e) < 0)
        return -1;
    writ_hex_add(b, WRIT_SPAN(hash, 16));
    return writ_buffer_check(b, e);
}

static struct memory parse(struct writ_span record)
{
    struct writ_cursor c = writ_cursor_over(record, NULL);
    struct memory m = {0};

    if (!writ_span_equal(writ_cursor_field(&c, ' '), writ_span_text("writ-ocsp-host")) ||
        writ_span_decimal(writ_cursor_field(&c, ' '), 1000, &m.failures) < 0 ||
        writ_span_decimal(writ_cursor_field(&c, ' '), (uint64_t)WRIT_TIME_MAX, &m.until) < 0)
        return (struct memory){0};
    return m;
}

static struct memory recall(const struct places *p, const char *url)
{
    struct writ_buffer name = {0}, path = {0}, record = {0};
    struct writ_error e = {0};
    struct memory m = {0};
    bool found = false;

    writ_buffer_text(&name, DIRECTORY "/");
    if (add_name(url, &name, &e) == 0 &&
        places_look(p, writ_buffer_string(&name), &path, &found, &e) == 0 && found &&
        file_read(writ_buffer_string(&path), RECORD_SIZE, &record, &e) == 0)
        m = parse(writ_buffer_span(&record));
    writ_buffer_free(&name);
    writ_buffer_free(&path);
    writ_buffer_free(&record);
    return m;
}

static void write_record(const char *path, const struct memory *m)
{
    char record[RECORD_SIZE + 1];
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0644);

    if (fd < 0)
        return;
    (void)snprintf(record, sizeof record, "writ-ocsp-host %" PRIu64 " %" PRIu64 " ", m->failures,
                   m->until);
    memset(record + strlen(record), '.', RECORD_SIZE - strlen(record));
    record[RECORD_SIZE - 1] = '\n';
    (void)!pwrite(fd, record, RECORD_SIZE, 0);
    close(fd);
}

static void remember(const struct places *p, const char *url, const struct memory *m)
{
    struct writ_buffer path = {0};
    struct writ_error e = {0};

    if (places_make(p, DIRECTORY, &path, &e) == 0) {
        writ_buffer_byte(&path, '/');
        if (add_name(url, &path, &e) == 0)
            write_record(writ_buffer_string(&path), m);
    }
    writ_buffer_free(&path);
}

int64_t ocsphosts_left(const struct places *p, const char *url, int64_t now)
{
    struct memory m = recall(p, url);
    int64_t left = (int64_t)m.until - now;

    /* More than is ever written: the clock has been put back since. */
    return left < 0 || left > OCSPHOSTS_WAIT_MAX ? 0 : left;
}

void ocsphosts_failed(const struct places *p, const char *url, int64_t now)
{
    struct memory m = recall(p, url);

    if (++m.failures >= OCSPHOSTS_FAILURES)
        m = (struct memory){.until = (uint64_t)(now + OCSPHOSTS_SKIP)};
    remember(p, url, &m);
}

void ocsphosts_waits(const struct places *p, const char *url, int64_t now, int64_t seconds)
{
    struct memory m = {.until = (uint64_t)now};

    m.until += (uint64_t)(seconds > OCSPHOSTS_WAIT_MAX ? OCSPHOSTS_WAIT_MAX : seconds);
    remember(p, url, &m);
}

void ocsphosts_answered(const struct places *p, const char *url)
{
    struct memory m = recall(p, url);

    if (m.failures != 0 || m.until != 0)
        remember(p, url, &(struct memory){0});
}
