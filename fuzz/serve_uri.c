/* fuzz/serve_uri.c - feeds serve/uri.h with the path of a GET, the first byte of which says how
 * much room there is: what is read out of it, written as base64 again, reads the same; and a file's
 * name never leaves its folder */
#include "serve/uri.h"

#include <string.h>

#include "base/base64.h"
#include "fuzz.h"

#define ROOM_MAX 4096

static void write_again(struct writ_span request)
{
    static uint8_t room[ROOM_MAX + 4];
    struct writ_buffer path = {0};
    struct writ_span again;

    writ_buffer_text(&path, "//");
    writ_base64_add(&path, request);
    HOLDS(uri_request(writ_buffer_string(&path), room, sizeof room, &again));
    HOLDS(writ_span_equal(request, again));
    writ_buffer_free(&path);
}

static void look_for_file(const char *path)
{
    if (!uri_is_file_name(path))
        return;
    HOLDS(path[0] != '/' && path[0] != '.' && path[0] != '\0');
    HOLDS(strstr(path, "/.") == NULL && strstr(path, "//") == NULL);
    HOLDS(path[strlen(path) - 1] != '/');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t room_n = size == 0 ? 0 : (size_t)data[0] * 16;
    uint8_t *room = malloc(room_n + 1);
    char *path = malloc(size + 1);
    struct writ_span request;
    const char *rest;

    HOLDS(room != NULL && path != NULL);
    if (size > 0)
        memcpy(path, data + 1, size - 1);
    path[size == 0 ? 0 : size - 1] = '\0';
    if (uri_request(path, room, room_n, &request)) {
        HOLDS(request.p == room && request.n > 0 && request.n <= room_n);
        write_again(request);
    }
    if (uri_below(path, "/ocsp/", &rest))
        HOLDS(rest == path + strlen("/ocsp") && (*rest == '/' || *rest == '\0'));
    look_for_file(path);
    free(path);
    free(room);
    return 0;
}
