/* shared/raceframe.h: what writ-fetch says is read like strangers' bytes. */
#include <stdio.h>

#include "shared/raceframe.h"

#include "test.h"

static int read_text(const char *text, size_t n, struct raceframe *f, size_t *taken)
{
    struct writ_error e = {0};
    struct writ_cursor c = writ_cursor_over(WRIT_SPAN(text, n), &e);
    int rc = raceframe_read(&c, 3, f, &e);

    *taken = c.offset;
    assert_int_equal(e.fault, rc < 0 ? WRIT_FAULT_UNEXPECTED : WRIT_FAULT_NONE);
    return rc;
}

#define READ(text, f, taken) read_text(text, sizeof(text) - 1, f, taken)

static void an_answer_comes_back_as_it_was_written(void **state)
{
    struct raceframe in = {.server = 2,
                           .ms = 17,
                           .max_age = 600,
                           .wait_seconds = 5,
                           .body = writ_span_text("an\nanswer")},
                     out;
    struct writ_buffer b = {0};
    size_t taken;

    (void)state;
    raceframe_add(&b, &in);
    assert_int_equal(read_text((const char *)b.p, b.n, &out, &taken), 1);
    assert_int_equal(taken, b.n);
    assert_int_equal(out.server, 2);
    assert_int_equal(out.ms, 17);
    assert_int_equal(out.fault, WRIT_FAULT_NONE);
    assert_int_equal(out.max_age, 600);
    assert_int_equal(out.wait_seconds, 5);
    assert_true(writ_span_equal(out.body, in.body));
    writ_buffer_free(&b);
}

static void a_fault_comes_back_with_its_sentence(void **state)
{
    struct raceframe in = {.server = 0,
                           .ms = 300,
                           .fault = WRIT_FAULT_UNAVAILABLE,
                           .sentence = "it took longer",
                           .wait_seconds = 9},
                     out;
    struct writ_buffer b = {0};
    size_t taken;

    (void)state;
    raceframe_add(&b, &in);
    assert_int_equal(read_text((const char *)b.p, b.n, &out, &taken), 1);
    assert_int_equal(out.fault, WRIT_FAULT_UNAVAILABLE);
    assert_string_equal(out.sentence, "it took longer");
    assert_int_equal(out.wait_seconds, 9);
    writ_buffer_free(&b);
}

/* Every beginning of a frame is a frame that is still coming. */
static void what_has_not_all_come_yet_is_waited_for(void **state)
{
    static const char text[] = "answer 1 20 none 0 4\nbody";
    struct raceframe f;
    size_t taken;

    (void)state;
    for (size_t n = 0; n < sizeof text - 1; n++) {
        assert_int_equal(read_text(text, n, &f, &taken), 0);
        assert_int_equal(taken, 0);
    }
    assert_int_equal(READ(text, &f, &taken), 1);
    assert_int_equal(f.max_age, RACE_NO_AGE);
}

static void what_follows_a_frame_stays(void **state)
{
    static const char text[] = "answer 1 20 0 0 1\nxfault 0";
    struct raceframe f;
    size_t taken;

    (void)state;
    assert_int_equal(READ(text, &f, &taken), 1);
    assert_int_equal(taken, sizeof text - 1 - sizeof "fault 0" + 1);
}

static void nonsense_ends_the_talk(void **state)
{
    static const char *const texts[] = {
        "\n",
        "hello\n",
        "answer\n",
        "answer 0 1 none 0\n",
        "answer 0 1 none 0 1 2\nx",
        "answer 3 1 none 0 1\nx",          /* no such server */
        "answer -1 1 none 0 1\nx",         /* no number */
        "answer 0 1 nil 0 1\nx",           /* no age */
        "answer 0 1 none 0 65537\nx",      /* more than is ever taken */
        "answer 0 1 none 9999999999 1\nx", /* for ever */
        "answer 0 99999999999 none 0 1\nx",
        "fault 0 1 0 0 it is well\n",
        "fault 0 1 2 0 revoked is no fault\n",
        "fault 0 1 69 x words\n",
        "faults 0 1 69 0 words\n",
    };
    struct raceframe f;
    size_t taken;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (read_text(texts[i], strlen(texts[i]), &f, &taken) != -1)
            fail_msg("taken for a frame: %s", texts[i]);
        assert_int_equal(taken, 0);
    }
}

static void a_line_without_end_is_nonsense(void **state)
{
    char text[4096];
    struct raceframe f;
    size_t taken;

    (void)state;
    memset(text, 'x', sizeof text);
    assert_int_equal(read_text(text, sizeof text, &f, &taken), -1);
    text[sizeof text - 1] = '\n';
    assert_int_equal(read_text(text, sizeof text, &f, &taken), -1);
}

static void a_sentence_is_made_safe(void **state)
{
    struct raceframe f;
    size_t taken;

    (void)state;
    assert_int_equal(READ("fault 0 1 69 0 bell \x07\n", &f, &taken), 1);
    assert_string_equal(f.sentence, "bell \\x07");
}

static const struct CMUnitTest claims[] = {
    CLAIM(an_answer_comes_back_as_it_was_written),
    CLAIM(a_fault_comes_back_with_its_sentence),
    CLAIM(what_has_not_all_come_yet_is_waited_for),
    CLAIM(what_follows_a_frame_stays),
    CLAIM(nonsense_ends_the_talk),
    CLAIM(a_line_without_end_is_nonsense),
    CLAIM(a_sentence_is_made_safe),
};

RUN_CLAIMS(claims)
