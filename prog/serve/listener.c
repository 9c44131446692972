#include "serve/listener.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 4096

static int refuse(const char *where, struct writ_error *e)
{
    return writ_fail(e, WRIT_FAULT_USAGE,
                     "--listen: wanted ADDRESS:PORT with a numeric address, found %.64s", where);
}

/* Takes where apart: "[::1]:80" is "::1" and "80". */
static int split(const char *where, char host[LISTENER_TEXT], const char **port,
                 struct writ_error *e)
{
    const char *colon = strrchr(where, ':');
    size_t n = colon == NULL ? 0 : (size_t)(colon - where);

    *port = colon == NULL ? where : colon + 1;
    if (n >= LISTENER_TEXT || **port == '\0' || strspn(*port, "0123456789") != strlen(*port))
        return refuse(where, e);
    if (n > 2 && where[0] == '[' && where[n - 1] == ']') {
        where++;
        n -= 2;
    }
    memcpy(host, where, n);
    host[n] = '\0';
    if (colon == NULL)
        (void)snprintf(host, LISTENER_TEXT, "127.0.0.1");
    return 0;
}

static int open_at(const struct addrinfo *at)
{
    int fd = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int on = 1, off = 0, why;

    if (fd < 0)
        return -1;
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (at->ai_family == AF_INET6) /* "[::]:80" takes both kinds of addresses */
        (void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    if (bind(fd, at->ai_addr, at->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    why = errno;
    (void)close(fd);
    errno = why;
    return -1;
}

int listener_open(const char *where, struct writ_error *e)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                             .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE};
    struct addrinfo *found = NULL;
    char host[LISTENER_TEXT];
    const char *port;
    int fd = -1;

    if (split(where, host, &port, e) < 0)
        return -1;
    if (getaddrinfo(host[0] == '\0' ? NULL : host, port, &hints, &found) != 0)
        return refuse(where, e);
    for (const struct addrinfo *at = found; fd < 0 && at != NULL; at = at->ai_next)
        fd = open_at(at);
    if (fd < 0)
        (void)writ_fail_errno(e, WRIT_FAULT_UNAVAILABLE, errno, "cannot listen at %.64s", where);
    freeaddrinfo(found);
    return fd;
}

void listener_name(int fd, char text[LISTENER_TEXT])
{
    struct sockaddr_storage at = {0};
    socklen_t n = sizeof at;
    char host[48] = "?", port[8] = "?";

    if (getsockname(fd, (struct sockaddr *)&at, &n) == 0)
        (void)getnameinfo((const struct sockaddr *)&at, n, host, sizeof host, port, sizeof port,
                          NI_NUMERICHOST | NI_NUMERICSERV);
    (void)snprintf(text, LISTENER_TEXT, strchr(host, ':') != NULL ? "[%s]:%s" : "%s:%s", host,
                   port);
}
