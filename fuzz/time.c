/* fuzz/time.c - feeds what reads times and durations that people and configuration files write */
#include "base/time.h"

#include <string.h>

#include "fuzz.h"

static void a_time_reads_back_from_its_one_form(const char *text)
{
    struct writ_error e = {0};
    char form[WRIT_TIME_TEXT];
    int64_t t, again;

    if (writ_time_parse(text, &t, &e) < 0) {
        HOLDS(e.fault == WRIT_FAULT_USAGE && e.text[0] != '\0');
        return;
    }
    HOLDS(t >= WRIT_TIME_MIN && t <= WRIT_TIME_MAX);
    writ_time_format(t, form);
    HOLDS(writ_time_parse_strict(writ_span_text(form), &again) == 0 && again == t);
}

static void the_strict_form_has_one_spelling(struct writ_span text)
{
    char form[WRIT_TIME_TEXT];
    int64_t t;

    if (writ_time_parse_strict(text, &t) < 0)
        return;
    writ_time_format(t, form);
    HOLDS(writ_span_equal(writ_span_text(form), text));
}

static void a_duration_is_sane(const char *text)
{
    struct writ_error e = {0};
    char form[WRIT_DURATION_MAX];
    int64_t seconds;

    if (writ_duration_parse(text, &seconds, &e) < 0)
        return;
    HOLDS(seconds >= 0 && seconds <= 1000 * 365 * WRIT_DAY);
    writ_duration_format(seconds, form);
    HOLDS(form[0] >= '0' && form[0] <= '9');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char text[128];

    (void)snprintf(text, sizeof text, "%.*s", (int)(size < 128 ? size : 127),
                   size == 0 ? "" : (const char *)data);
    a_time_reads_back_from_its_one_form(text);
    a_duration_is_sane(text);
    the_strict_form_has_one_spelling(WRIT_SPAN(data, size));
    return 0;
}
