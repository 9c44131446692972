/* fuzz/filterlist.c - feeds ca/filterlist.h and ca/filtercoverage.h with text: every entry that was
 * read is walked through again, and no log is covered that has no interval */
#include "ca/filterlist.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ca/filtercoverage.h"
#include "inside.h"

static int count_entry(void *to, struct writ_span serial, struct writ_error *e)
{
    uint64_t *count = to;

    (void)e;
    HOLDS(serial.n >= 1 && serial.n <= WRIT_CLUBCARD_SERIAL_MAX);
    ++*count;
    return 0;
}

static void read_list(const char *path)
{
    struct filterlist list;
    struct writ_error e = {0};
    uint64_t total = 0;

    if (filterlist_read(path, "known", "revoked", &list, &e) < 0)
        (void)refused(&e);
    for (size_t i = 0; e.fault == WRIT_FAULT_NONE && i < list.count; i++) {
        uint64_t count = 0;

        HOLDS(filterlist_find(&list, list.groups[i].id) == &list.groups[i]);
        HOLDS(filterlist_walk(&list, &list.groups[i], count_entry, &count, &e) == 0);
        HOLDS(count == list.groups[i].count);
        total += count;
    }
    HOLDS(e.fault != WRIT_FAULT_NONE || total == list.total);
    filterlist_free(&list);
}

static void read_coverage(const char *path)
{
    struct filtercoverage coverage;
    struct writ_error e = {0};

    if (filtercoverage_read(path, &coverage, &e) < 0)
        (void)refused(&e);
    for (size_t i = 0; e.fault == WRIT_FAULT_NONE && i < coverage.count; i++)
        HOLDS(coverage.logs[i].low < coverage.logs[i].high);
    filtercoverage_free(&coverage);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[64];
    int fd = memfd_create("filterlist", MFD_CLOEXEC);

    HOLDS(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    read_list(path);
    read_coverage(path);
    (void)close(fd);
    return 0;
}
