#include "fetch/starttls.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "fetch/chain.h"

static int put(int fd, const void *bytes, size_t n, struct writ_error *e)
{
    if (write(fd, bytes, n) == (ssize_t)n)
        return 0;
    return writ_fail_errno(e, WRIT_FAULT_UNAVAILABLE, errno, "cannot write to the server");
}

static int put_line(int fd, const char *line, struct writ_error *e)
{
    return put(fd, line, strlen(line), e);
}

static int take(int fd, uint8_t *bytes, size_t n, struct writ_error *e)
{
    for (size_t i = 0; i < n; i++) {
        ssize_t got = read(fd, bytes + i, 1);

        if (got < 0 && errno == EINTR)
            i--;
        else if (got < 0)
            return writ_fail_errno(e, WRIT_FAULT_UNAVAILABLE, errno, "cannot read from the server");
        else if (got == 0)
            return writ_fail(e, WRIT_FAULT_UNAVAILABLE, "the server closed before TLS began");
    }
    return 0;
}

/* A line without its end. */
static int take_line(int fd, char line[CHAIN_LINE_MAX], struct writ_error *e)
{
    size_t n = 0;

    for (;;) {
        if (take(fd, (uint8_t *)&line[n], 1, e) < 0)
            return -1;
        if (line[n] == '\n')
            break;
        if (++n == CHAIN_LINE_MAX)
            return writ_fail(e, WRIT_FAULT_UNAVAILABLE, "the server sent a line over %d bytes",
                             CHAIN_LINE_MAX);
    }
    if (n > 0 && line[n - 1] == '\r')
        n--;
    line[n] = '\0';
    return 0;
}

static int unexpected(const char *protocol, const char *line, struct writ_error *e)
{
    char shown[128];

    writ_text_copy_safe(shown, sizeof shown, writ_span_text(line));
    return writ_fail(e, WRIT_FAULT_UNAVAILABLE, "%s: the server does not begin TLS: \"%s\"",
                     protocol, shown);
}

/* An answer of SMTP: lines "250-..." and the last one "250 ...". */
static int take_smtp(int fd, const char *code, struct writ_error *e)
{
    char line[CHAIN_LINE_MAX];

    for (int i = 0; i < CHAIN_LINES_MAX; i++) {
        if (take_line(fd, line, e) < 0)
            return -1;
        if (strncmp(line, code, 3) != 0)
            return unexpected("smtp", line, e);
        if (line[3] != '-')
            return 0;
    }
    return writ_fail(e, WRIT_FAULT_UNAVAILABLE, "smtp: an answer of more than %d lines",
                     CHAIN_LINES_MAX);
}

static int smtp(int fd, struct writ_error *e)
{
    if (take_smtp(fd, "220", e) < 0 || put_line(fd, "EHLO localhost\r\n", e) < 0 ||
        take_smtp(fd, "250", e) < 0 || put_line(fd, "STARTTLS\r\n", e) < 0)
        return -1;
    return take_smtp(fd, "220", e);
}

static int imap(int fd, struct writ_error *e)
{
    char line[CHAIN_LINE_MAX];

    if (take_line(fd, line, e) < 0)
        return -1;
    if (strncmp(line, "* OK", 4) != 0)
        return unexpected("imap", line, e);
    if (put_line(fd, "a STARTTLS\r\n", e) < 0)
        return -1;
    for (int i = 0; i < CHAIN_LINES_MAX; i++) {
        if (take_line(fd, line, e) < 0)
            return -1;
        if (strncmp(line, "a OK", 4) == 0)
            return 0;
        if (line[0] != '*')
            return unexpected("imap", line, e);
    }
    return unexpected("imap", "too many lines", e);
}

/* A length in BER, which LDAP allows in more forms than DER: what is left to read. */
static int take_length(int fd, size_t *length, struct writ_error *e)
{
    uint8_t first, byte[4];
    size_t n;

    if (take(fd, &first, 1, e) < 0)
        return -1;
    *length = first;
    if (first < 0x80)
        return 0;
    n = first & 0x7f;
    if (n == 0 || n > sizeof byte)
        return unexpected("ldap", "a length that is none", e);
    if (take(fd, byte, n, e) < 0)
        return -1;
    *length = 0;
    for (size_t i = 0; i < n; i++)
        *length = *length << 8 | byte[i];
    return 0;
}

/* A tag that must be this one, and its length, at most ceiling. */
static int take_header(int fd, uint8_t tag, size_t ceiling, size_t *length, struct writ_error *e)
{
    uint8_t found;

    if (take(fd, &found, 1, e) < 0 || take_length(fd, length, e) < 0)
        return -1;
    if (found != tag || *length > ceiling)
        return unexpected("ldap", "not the answer to StartTLS", e);
    return 0;
}

static int ldap(int fd, struct writ_error *e)
{
    static const uint8_t request[] = "\x30\x1d\x02\x01\x01\x77\x18\x80\x16"
                                     "1.3.6.1.4.1.1466.20037";
    uint8_t bytes[CHAIN_LINE_MAX];
    size_t length, id, code;

    if (put(fd, request, sizeof request - 1, e) < 0 ||
        take_header(fd, 0x30, sizeof bytes, &length, e) < 0 ||
        take_header(fd, 0x02, 4, &id, e) < 0 || take(fd, bytes, id, e) < 0 ||
        take_header(fd, 0x78, sizeof bytes, &length, e) < 0 ||
        take_header(fd, 0x0a, 1, &code, e) < 0 || take(fd, bytes, code, e) < 0)
        return -1;
    if (code != 1 || bytes[0] != 0)
        return unexpected("ldap", "StartTLS was refused", e);
    if (length < 3 || take(fd, bytes + 1, length - 3, e) < 0)
        return unexpected("ldap", "an answer that is cut off", e);
    return 0;
}

static int postgres(int fd, struct writ_error *e)
{
    static const uint8_t request[] = {0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f};
    uint8_t answer;

    if (put(fd, request, sizeof request, e) < 0 || take(fd, &answer, 1, e) < 0)
        return -1;
    return answer == 'S' ? 0 : unexpected("postgres", "it has no TLS", e);
}

int starttls_ask(int fd, const char *protocol, struct writ_error *e)
{
    if (strcmp(protocol, "smtp") == 0)
        return smtp(fd, e);
    if (strcmp(protocol, "imap") == 0)
        return imap(fd, e);
    if (strcmp(protocol, "ldap") == 0)
        return ldap(fd, e);
    if (strcmp(protocol, "postgres") == 0)
        return postgres(fd, e);
    return writ_fail(e, WRIT_FAULT_USAGE, "unknown protocol \"%.20s\"; wanted " CHAIN_STARTTLS_ALL,
                     protocol);
}
