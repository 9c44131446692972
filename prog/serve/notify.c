#include "serve/notify.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define FIRST_FD 3 /* SD_LISTEN_FDS_START */

void notify_send(const char *fmt, ...)
{
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    char text[512];
    va_list args;
    socklen_t n;
    int fd;

    if (path == NULL || (path[0] != '/' && path[0] != '@') || strlen(path) >= sizeof to.sun_path)
        return;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    memcpy(to.sun_path, path, strlen(path));
    if (path[0] == '@')
        to.sun_path[0] = '\0';
    n = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path));
    fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return;
    (void)sendto(fd, text, strlen(text), MSG_NOSIGNAL, (const struct sockaddr *)&to, n);
    (void)close(fd);
}

void notify_reloading(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    notify_send("RELOADING=1\nMONOTONIC_USEC=%lld",
                (long long)t.tv_sec * 1000000 + t.tv_nsec / 1000);
}

/* A number of the environment; 0 when it is none. */
static long number_of(const char *name)
{
    const char *text = getenv(name);

    return text == NULL ? 0 : strtol(text, NULL, 10);
}

int notify_watchdog_ms(void)
{
    long pid = number_of("WATCHDOG_PID"), us = number_of("WATCHDOG_USEC");

    if (us <= 0 || us > 3600L * 1000000 || (pid != 0 && pid != getpid()))
        return 0;
    return us < 2000 ? 1 : (int)(us / 2000);
}

static int take(int fd, struct writ_error *e)
{
    int listens = 0, type = 0;
    socklen_t n = sizeof listens, m = sizeof type;

    if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &n) < 0 ||
        getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &m) < 0 || !listens || type != SOCK_STREAM)
        return writ_fail(e, WRIT_FAULT_CONFIGURATION,
                         "descriptor %d was handed over, and is no listening stream socket", fd);
    if (fcntl(fd, F_SETFD, FD_CLOEXEC) < 0 || fcntl(fd, F_SETFL, O_NONBLOCK) < 0)
        return writ_fail(e, WRIT_FAULT_CONFIGURATION, "descriptor %d cannot be set up", fd);
    return 0;
}

int notify_sockets(int fds[NOTIFY_SOCKETS_MAX], struct writ_error *e)
{
    long n = number_of("LISTEN_PID") == getpid() ? number_of("LISTEN_FDS") : 0;

    (void)unsetenv("LISTEN_PID");
    (void)unsetenv("LISTEN_FDS");
    (void)unsetenv("LISTEN_FDNAMES");
    if (n < 0 || n > NOTIFY_SOCKETS_MAX)
        return writ_fail(e, WRIT_FAULT_CONFIGURATION,
                         "wanted at most %d sockets to be handed over, found %ld",
                         NOTIFY_SOCKETS_MAX, n);
    for (int i = 0; i < (int)n; i++) {
        fds[i] = FIRST_FD + i;
        if (take(fds[i], e) < 0)
            return -1;
    }
    return (int)n;
}
