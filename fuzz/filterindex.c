/* fuzz/filterindex.c - feeds object/filterindex.h: every log that is listed is found, and what is
 * found names a file */
#include "object/filterindex.h"

#include "fuzz.h"

/* Counts the entries of a log. */
static size_t look(const struct writ_filter_index *index, struct writ_span log)
{
    struct writ_filter_entries entries, again;
    struct writ_filter_interval interval;
    size_t n = 0, file;

    HOLDS(log.n == WRIT_LOG_ID);
    HOLDS(writ_filter_index_find(index, log.p, &entries) == (entries.left.n > 0));
    while (writ_filter_entries_next(&entries, &interval)) {
        HOLDS(interval.file < index->files);
        HOLDS(interval.earliest > interval.latest || interval.latest <= index->latest);
        (void)writ_filter_index_find(index, log.p, &again);
        HOLDS(writ_filter_entries_next_at(&again, interval.earliest, &file) ||
              interval.earliest > interval.latest);
        n++;
    }
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct writ_filter_index index;
    struct writ_error e = {0};
    size_t entries = 0;

    if (writ_filter_index_open(WRIT_SPAN(data, size), &index, &e) < 0) {
        HOLDS(e.fault == WRIT_FAULT_BAD_INPUT && e.text[0] != '\0');
        return 0;
    }
    for (size_t i = 0; i < index.files; i++)
        HOLDS(writ_filter_name_is_good(writ_filter_index_name(&index, i)));
    for (size_t i = 0; i < index.logs; i++)
        entries += look(&index, writ_filter_index_log(&index, i));
    HOLDS(entries == index.entries);
    return 0;
}
