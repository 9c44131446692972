#include "test.h"

#include "shared/jail_frame.h"

/* A message: header as written for an answer or a fault, and a body. */
static struct writ_span message(const uint8_t *header, const char *body)
{
    static uint8_t room[JAIL_FRAME_HEADER + 4096];
    size_t n = strlen(body);

    memcpy(room, header, JAIL_FRAME_HEADER);
    memcpy(room + JAIL_FRAME_HEADER, body, n);
    return WRIT_SPAN(room, JAIL_FRAME_HEADER + n);
}

static void an_answer_comes_out_as_it_went_in(void **state)
{
    uint8_t header[JAIL_FRAME_HEADER];
    struct writ_error e = {0};
    struct writ_span answer;

    (void)state;
    jail_frame_answer(header, 5);
    assert_ok(jail_frame_read(message(header, "hello"), &answer, &e));
    assert_int_equal(answer.n, 5);
    assert_memory_equal(answer.p, "hello", 5);
}

static void an_empty_answer_is_an_answer(void **state)
{
    uint8_t header[JAIL_FRAME_HEADER];
    struct writ_error e = {0};
    struct writ_span answer;

    (void)state;
    jail_frame_answer(header, 0);
    assert_ok(jail_frame_read(message(header, ""), &answer, &e));
    assert_int_equal(answer.n, 0);
}

static void the_header_is_laid_out_as_documented(void **state)
{
    uint8_t header[JAIL_FRAME_HEADER];
    struct writ_error fault = {WRIT_FAULT_BAD_INPUT, 0x1122, "abc"};

    (void)state;
    jail_frame_fault(header, &fault);
    assert_memory_equal(header, "writ\x03\0\0\0\x41\0\0\0\x22\x11\0\0\0\0\0\0", JAIL_FRAME_HEADER);
}

static void a_fault_keeps_its_class_its_offset_and_its_sentence(void **state)
{
    static const enum writ_fault classes[] = {
        WRIT_FAULT_UNEXPECTED, WRIT_FAULT_USAGE,       WRIT_FAULT_BAD_INPUT,
        WRIT_FAULT_NO_INPUT,   WRIT_FAULT_UNAVAILABLE, WRIT_FAULT_CANNOT_CREATE,
        WRIT_FAULT_IO,         WRIT_FAULT_PERMISSION,  WRIT_FAULT_CONFIGURATION,
    };
    uint8_t header[JAIL_FRAME_HEADER];
    struct writ_span answer;

    (void)state;
    for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++) {
        struct writ_error fault = {classes[i], 77 + i, "serialNumber: negative"};
        struct writ_error e = {0};

        jail_frame_fault(header, &fault);
        assert_int_equal(jail_frame_read(message(header, fault.text), &answer, &e), -1);
        assert_int_equal(e.fault, classes[i]);
        assert_int_equal(e.offset, 77 + i);
        assert_string_equal(e.text, "serialNumber: negative");
    }
}

static void a_fault_without_an_offset_stays_without(void **state)
{
    uint8_t header[JAIL_FRAME_HEADER];
    struct writ_error fault = {WRIT_FAULT_IO, SIZE_MAX, "x"};
    struct writ_error e = {0};
    struct writ_span answer;

    (void)state;
    jail_frame_fault(header, &fault);
    assert_int_equal(jail_frame_read(message(header, "x"), &answer, &e), -1);
    assert_true(e.offset == SIZE_MAX);
}

static void a_sentence_is_made_safe_to_show(void **state)
{
    uint8_t header[JAIL_FRAME_HEADER];
    struct writ_error fault = {WRIT_FAULT_IO, 0, "a\x1b[2Jb\nc\xff%s%n"};
    struct writ_error e = {0};
    struct writ_span answer;

    (void)state;
    jail_frame_fault(header, &fault);
    assert_int_equal(jail_frame_read(message(header, fault.text), &answer, &e), -1);
    assert_string_equal(e.text, "a\\x1b[2Jb\\x0ac\\xff%s%n");
}

static void a_sentence_longer_than_an_error_is_cut(void **state)
{
    static char long_text[3001];
    uint8_t header[JAIL_FRAME_HEADER];
    struct writ_error fault = {WRIT_FAULT_IO, 0, ""};
    struct writ_error e = {0};
    struct writ_span answer;

    (void)state;
    memset(long_text, 'x', 3000);
    jail_frame_fault(header, &fault);
    header[4] = 3000 & 0xff;
    header[5] = 3000 >> 8;
    assert_int_equal(jail_frame_read(message(header, long_text), &answer, &e), -1);
    assert_int_equal(e.fault, WRIT_FAULT_IO);
    assert_true(strlen(e.text) < WRIT_ERROR_TEXT_MAX);
    assert_string_equal(e.text + strlen(e.text) - 3, "...");
}

static void a_fault_without_a_sentence_gets_one(void **state)
{
    uint8_t header[JAIL_FRAME_HEADER];
    struct writ_error fault = {WRIT_FAULT_IO, 0, ""};
    struct writ_error e = {0};
    struct writ_span answer;

    (void)state;
    jail_frame_fault(header, &fault);
    assert_fault(jail_frame_read(message(header, ""), &answer, &e), WRIT_FAULT_IO,
                 "without saying why");
}

static void the_first_fault_wins(void **state)
{
    uint8_t header[JAIL_FRAME_HEADER];
    struct writ_error fault = {WRIT_FAULT_IO, 5, "later"};
    struct writ_error e = {WRIT_FAULT_USAGE, 1, "earlier"};
    struct writ_span answer;

    (void)state;
    jail_frame_fault(header, &fault);
    assert_int_equal(jail_frame_read(message(header, "later"), &answer, &e), -1);
    assert_int_equal(e.fault, WRIT_FAULT_USAGE);
    assert_int_equal(e.offset, 1);
    assert_string_equal(e.text, "earlier");
}

static void every_message_cut_short_is_refused(void **state)
{
    uint8_t header[JAIL_FRAME_HEADER];
    struct writ_error e = {0};
    struct writ_span answer, whole;

    (void)state;
    jail_frame_answer(header, 5);
    whole = message(header, "hello");
    for (size_t n = 0; n < whole.n; n++)
        assert_fault(jail_frame_read(WRIT_SPAN(whole.p, n), &answer, &e), WRIT_FAULT_UNEXPECTED,
                     "not well formed");
}

static void a_byte_too_many_is_refused(void **state)
{
    uint8_t header[JAIL_FRAME_HEADER];
    struct writ_error e = {0};
    struct writ_span answer;

    (void)state;
    jail_frame_answer(header, 5);
    assert_fault(jail_frame_read(message(header, "hello!"), &answer, &e), WRIT_FAULT_UNEXPECTED,
                 "not well formed");
    assert_int_equal(answer.n, 0);
}

static void another_magic_is_refused(void **state)
{
    uint8_t header[JAIL_FRAME_HEADER];
    struct writ_error e = {0};
    struct writ_span answer;

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        jail_frame_answer(header, 0);
        header[i] ^= 1;
        assert_fault(jail_frame_read(message(header, ""), &answer, &e), WRIT_FAULT_UNEXPECTED,
                     "not well formed");
    }
}

static void a_length_of_four_gigabytes_is_refused(void **state)
{
    uint8_t header[JAIL_FRAME_HEADER];
    struct writ_error e = {0};
    struct writ_span answer;

    (void)state;
    jail_frame_answer(header, UINT32_MAX);
    assert_fault(jail_frame_read(message(header, "hello"), &answer, &e), WRIT_FAULT_UNEXPECTED,
                 "not well formed");
}

static void a_fault_of_an_unknown_class_is_refused(void **state)
{
    static const uint32_t classes[] = {2, 63, 67, 68, 70, 79, 0x41000000, UINT32_MAX};
    uint8_t header[JAIL_FRAME_HEADER];
    struct writ_error e = {0};
    struct writ_span answer;

    (void)state;
    for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++) {
        jail_frame_answer(header, 0);
        for (unsigned k = 0; k < 4; k++)
            header[8 + k] = (uint8_t)(classes[i] >> 8 * k);
        assert_fault(jail_frame_read(message(header, ""), &answer, &e), WRIT_FAULT_UNEXPECTED,
                     "unknown class");
    }
}

static const struct CMUnitTest claims[] = {
    CLAIM(an_answer_comes_out_as_it_went_in),
    CLAIM(an_empty_answer_is_an_answer),
    CLAIM(the_header_is_laid_out_as_documented),
    CLAIM(a_fault_keeps_its_class_its_offset_and_its_sentence),
    CLAIM(a_fault_without_an_offset_stays_without),
    CLAIM(a_sentence_is_made_safe_to_show),
    CLAIM(a_sentence_longer_than_an_error_is_cut),
    CLAIM(a_fault_without_a_sentence_gets_one),
    CLAIM(the_first_fault_wins),
    CLAIM(every_message_cut_short_is_refused),
    CLAIM(a_byte_too_many_is_refused),
    CLAIM(another_magic_is_refused),
    CLAIM(a_length_of_four_gigabytes_is_refused),
    CLAIM(a_fault_of_an_unknown_class_is_refused),
};

RUN_CLAIMS(claims)
