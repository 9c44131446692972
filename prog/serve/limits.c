#include "serve/limits.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/time.h"
#include "serve/answers.h"
#include "serve/clients.h"

#define SPARE_FILES 128 /* stores, CRLs, files of the feed, pipes */

struct bound {
    const char *name;
    bool is_duration; /* "90s", "1h" */
    int64_t least, most;
    int64_t *value;
};

/* "16", or "4d" where a duration is wanted. */
static int read_value(const struct bound *b, const char *text, int64_t *value)
{
    char *end;

    if (b->is_duration)
        return writ_duration_parse(text, value, NULL);
    *value = strtol(text, &end, 10);
    return text[0] == '\0' || *end != '\0' ? -1 : 0;
}

static int read_one(const struct args *a, const struct bound *bounds, const char *text,
                    struct writ_error *e)
{
    const char *equals = strchr(text, '=');
    size_t n = equals == NULL ? 0 : (size_t)(equals - text);

    for (const struct bound *b = bounds; b->name != NULL; b++) {
        int64_t value;

        if (n != strlen(b->name) || strncmp(text, b->name, n) != 0)
            continue;
        if (read_value(b, equals + 1, &value) < 0 || value < b->least || value > b->most)
            return args_fail(a, e, "--set %s: wanted %s from %lld to %lld%s, found %.32s", b->name,
                             b->is_duration ? "a duration" : "a number", (long long)b->least,
                             (long long)b->most, b->is_duration ? " seconds" : "", equals + 1);
        *b->value = value;
        return 0;
    }
    return args_fail(a, e,
                     "--set: wanted nonces, queue, connections, threads, patience, validity or "
                     "cache, found %.64s",
                     text);
}

int limits_read(const struct args *a, struct limits *l, struct writ_error *e)
{
    const struct bound bounds[] = {
        {"nonces", false, 1, 1000000, &l->nonces},
        {"queue", false, 1, 65536, &l->queue},
        {"connections", false, 8, 1000000, &l->connections},
        {"threads", false, 1, ANSWERS_THREADS_MAX, &l->threads},
        {"patience", true, 1, WRIT_HOUR, &l->patience},
        {"validity", true, ANSWERS_VALIDITY_MIN, ANSWERS_VALIDITY_MAX, &l->validity},
        {"cache", true, 0, ANSWERS_VALIDITY_MAX, &l->cache},
        {NULL, false, 0, 0, NULL}};
    const char *text;

    *l = (struct limits){.nonces = ANSWERS_BUDGET,
                         .queue = 1024,
                         .connections = 16384,
                         .threads = ANSWERS_THREADS,
                         .patience = 10,
                         .validity = ANSWERS_VALIDITY,
                         .cache = WRIT_HOUR};
    for (size_t i = 0; (text = args_value_at(a, "set", i)) != NULL; i++) {
        if (read_one(a, bounds, text, e) < 0)
            return -1;
    }
    return 0;
}

void limits_fit(struct limits *l)
{
    struct rlimit files;
    rlim_t most;

    if (getrlimit(RLIMIT_NOFILE, &files) < 0)
        return;
    files.rlim_cur = files.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &files);
    if (getrlimit(RLIMIT_NOFILE, &files) < 0 || files.rlim_cur <= SPARE_FILES * 2)
        return;
    most = (files.rlim_cur - SPARE_FILES) / (CLIENTS_ROOM + 1) * CLIENTS_ROOM;
    if ((rlim_t)l->connections > most)
        l->connections = (int64_t)most;
}
