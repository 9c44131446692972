#include "writ/server.h"

#include <stdio.h>
#include <string.h>

#include "bytes/cursor.h"

#define URL_BEGINS "https://"

const char *const server_protocols[] = {"smtp", "imap", "ldap", "postgres", NULL};

static const char *default_port(const char *protocol)
{
    static const char *const port[] = {"25", "143", "389", "5432"};

    for (size_t i = 0; protocol != NULL && server_protocols[i] != NULL; i++) {
        if (strcmp(protocol, server_protocols[i]) == 0)
            return port[i];
    }
    return "443";
}

static int copy(char *to, size_t room, const char *from, size_t n)
{
    if (n == 0 || n >= room)
        return -1;
    (void)snprintf(to, room, "%.*s", (int)n, from);
    return 0;
}

/* A name, an IPv4 address, or an IPv6 address without its brackets. */
static bool is_host(const char *host)
{
    return strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:") ==
               strlen(host) &&
           host[0] != '-';
}

static bool is_port(const char *port)
{
    uint64_t number;

    return writ_span_decimal(writ_span_text(port), 65535, &number) == 0 && number > 0;
}

/* "host", "host:port", "[v6]:port"; port keeps what it has when none is named. */
static int split(const char *text, size_t n, char host[FETCHER_HOST_MAX],
                 char port[FETCHER_PORT_MAX])
{
    const char *end = text + n, *colon, *name = text, *name_end;

    if (n > 0 && text[0] == '[') {
        name = text + 1;
        name_end = memchr(text, ']', n);
        if (name_end == NULL)
            return -1;
        colon = name_end + 1;
    } else {
        colon = memchr(text, ':', n);
        name_end = colon == NULL ? end : colon;
        colon = name_end;
    }
    if (copy(host, FETCHER_HOST_MAX, name, (size_t)(name_end - name)) < 0 || !is_host(host))
        return -1;
    if (colon == end)
        return 0;
    if (*colon != ':' || copy(port, FETCHER_PORT_MAX, colon + 1, (size_t)(end - colon - 1)) < 0 ||
        !is_port(port))
        return -1;
    return 0;
}

int server_parse(const char *url, const char *protocol, const char *connect,
                 struct fetcher_server *server, struct writ_error *e)
{
    const char *rest = url + strlen(URL_BEGINS);

    *server = (struct fetcher_server){.starttls = protocol == NULL ? "" : protocol};
    (void)snprintf(server->port, sizeof server->port, "%s", default_port(protocol));
    if (strncmp(url, URL_BEGINS, strlen(URL_BEGINS)) != 0 ||
        split(rest, strcspn(rest, "/?#"), server->name, server->port) < 0)
        return writ_fail(e, WRIT_FAULT_USAGE, "%.200s is not https://HOST[:PORT]", url);
    if (connect == NULL)
        return copy(server->host, sizeof server->host, server->name, strlen(server->name));
    if (split(connect, strlen(connect), server->host, server->port) < 0)
        return writ_fail(e, WRIT_FAULT_USAGE, "--connect wants HOST[:PORT], not \"%.200s\"",
                         connect);
    return 0;
}
