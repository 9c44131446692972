/* fuzz/importrow.c - feeds shared/importrow.h: the first line a header, the others rows of it; each
 * as a line of index.txt too.  A row that is read has a serial number in the shortest form, and a
 * name. */
#include "shared/importrow.h"

#include <string.h>

#include "base/time.h"
#include "fuzz.h"

static void check(const struct importrow *row)
{
    HOLDS(row->serial_n >= 1 && row->serial_n <= IMPORTROW_SERIAL_MAX);
    HOLDS(row->serial_n == 1 || !((row->serial[0] == 0 && row->serial[1] < 0x80) ||
                                  (row->serial[0] == 0xff && row->serial[1] >= 0x80)));
    HOLDS(row->name[0] != '\0' && strlen(row->name) <= IMPORTROW_NAME_MAX);
    HOLDS(row->not_after >= WRIT_TIME_MIN && row->not_after <= WRIT_TIME_MAX);
    HOLDS(!row->since_given || row->revoked);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct importrow_header header;
    bool has_header = false;

    while (size > 0) {
        const uint8_t *end = memchr(data, '\n', size);
        size_t n = end == NULL ? size : (size_t)(end - data);
        struct writ_span line = WRIT_SPAN(data, n);
        struct writ_error e = {0};
        struct importrow row;

        if (importrow_index(line, &row, &e) == 0)
            check(&row);
        writ_error_clear(&e);
        if (has_header && importrow_csv(&header, line, &row, &e) == 0)
            check(&row);
        writ_error_clear(&e);
        if (!has_header)
            has_header = importrow_csv_header(line, IMPORTROW_UNSAID, &header, &e) == 0;
        size -= end == NULL ? n : n + 1;
        data += end == NULL ? n : n + 1;
    }
    return 0;
}
