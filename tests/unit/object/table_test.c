/* What object/table.h writes, and what is found in it again. */
#include "object/tables.h"

static struct writ_error e;

#define MANY 1000

/* ---- lists ---- */

/* Looks a key up the slow way. */
static bool find_slowly(const struct writ_table_entry *entries, size_t count, const uint8_t *key,
                        struct writ_revoked *revoked)
{
    for (size_t i = 0; i < count; i++) {
        if (memcmp(entries[i].key, key, WRIT_TABLE_KEY) == 0) {
            *revoked = entries[i].revoked;
            return true;
        }
    }
    return false;
}

static bool same(const struct writ_revoked *a, const struct writ_revoked *b)
{
    return a->reason == b->reason && a->since == b->since && a->revoked_at == b->revoked_at;
}

/* What the table says about a key is what the slow search says. */
static void assert_agree(const struct writ_block *list, const struct writ_table_entry *entries,
                         const uint8_t key[WRIT_TABLE_KEY])
{
    struct writ_revoked found = {0}, wanted = {0};
    bool is_there = find_slowly(entries, list->count, key, &wanted);

    assert_int_equal(writ_block_find(list, key, &found), is_there);
    assert_true(same(&found, &wanted));
}

/* The keys right below and right above one. */
static void assert_neighbours_agree(const struct writ_block *list,
                                    const struct writ_table_entry *entries, const uint8_t *key)
{
    for (int step = -1; step <= 1; step += 2) {
        uint8_t near[WRIT_TABLE_KEY];
        int i = WRIT_TABLE_KEY - 1;

        memcpy(near, key, sizeof near);
        do
            near[i] = (uint8_t)(near[i] + step);
        while (near[i] == (step > 0 ? 0 : 0xff) && i-- > 0);
        assert_agree(list, entries, near);
    }
}

/* A table of one list of these entries finds each, and nothing else. */
static void assert_found(struct writ_table_entry *entries, size_t count)
{
    static const uint8_t zeros[WRIT_TABLE_KEY];
    struct writ_table_input input = list_of(1, entries, count);
    struct writ_buffer b = built(&input, 1);
    struct writ_table table = opened(&b);
    struct writ_block list = block_at(&table, 0);
    uint8_t ones[WRIT_TABLE_KEY];

    memset(ones, 0xff, sizeof ones);
    assert_int_equal(list.count, count);
    assert_agree(&list, entries, zeros);
    assert_agree(&list, entries, ones);
    for (size_t i = 0; i < count; i++) {
        assert_agree(&list, entries, entries[i].key);
        assert_neighbours_agree(&list, entries, entries[i].key);
    }
    writ_buffer_free(&b);
}

static void every_key_is_found_and_no_other(void **state)
{
    static const size_t counts[] = {0, 1, 2, 3, 4, 5, 7, 8, 9, 100, MANY};
    static struct writ_table_entry entries[MANY];
    uint64_t seed = 1;

    (void)state;
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        for (size_t j = 0; j < counts[i]; j++)
            entries[j] = entry_of(next_random(&seed), next_random(&seed));
        assert_found(entries, counts[i]);
    }
}

/* Serial numbers can be ground until their hashes lie where interpolation guesses badly. */
static void keys_that_share_their_beginning_are_found(void **state)
{
    static struct writ_table_entry entries[MANY];

    (void)state;
    for (size_t i = 0; i < MANY; i++)
        entries[i] = entry_of(0x0123456789abcdef, i * i);
    assert_found(entries, MANY);
    entries[0] = entry_of(0, 0);
    assert_found(entries, MANY);
    entries[1] = entry_of(UINT64_MAX, UINT64_MAX);
    assert_found(entries, MANY);
}

static void keys_at_the_edges_are_found(void **state)
{
    static struct writ_table_entry entries[MANY];

    (void)state;
    for (size_t i = 0; i < MANY; i++)
        entries[i] = entry_of(i < MANY / 2 ? i : UINT64_MAX - i, i);
    assert_found(entries, MANY);
    for (size_t i = 0; i < 256; i++)
        entries[i] = entry_of(i < 64 ? 0 : i < 192 ? UINT64_C(1) << 63 : UINT64_MAX, i);
    assert_found(entries, 256);
}

static void keys_that_double_from_one_to_the_next_are_found(void **state)
{
    struct writ_table_entry entries[128];

    (void)state;
    for (size_t i = 0; i < 64; i++) {
        entries[i] = entry_of(UINT64_C(1) << i, 0);
        entries[64 + i] = entry_of(UINT64_MAX - (UINT64_C(1) << i), 0);
    }
    assert_found(entries, 64);
    assert_found(entries, 128);
}

/* Few keys, so that most questions are answered from a crowd. */
static void random_questions_get_the_answer_of_a_slow_search(void **state)
{
    static struct writ_table_entry entries[64];
    uint64_t seed = 7;

    (void)state;
    for (int round = 0; round < 200; round++) {
        size_t count = 0;
        struct writ_table_input input;
        struct writ_buffer b;
        struct writ_table table;
        struct writ_block list;

        for (uint64_t key = 0; key < 64; key++) {
            if (next_random(&seed) % 3 == 0)
                entries[count++] = entry_of(key / 8, key % 8);
        }
        input = list_of(1, entries, count);
        b = built(&input, 1);
        table = opened(&b);
        list = block_at(&table, 0);
        for (uint64_t key = 0; key < 80; key++)
            assert_agree(&list, entries, entry_of(key / 8, key % 8).key);
        writ_buffer_free(&b);
    }
}

static void entries_are_listed_in_order(void **state)
{
    struct writ_table_entry entries[] = {entry_of(9, 9), entry_of(1, 2), entry_of(1, 1)};
    struct writ_table_input input = list_of(1, entries, 3);
    struct writ_buffer b = built(&input, 1);
    struct writ_table table = opened(&b);
    struct writ_block list = block_at(&table, 0);
    struct writ_revoked r;
    struct writ_span key;

    (void)state;
    assert_true(writ_block_entry(&list, 0, &key, &r));
    assert_spans_equal(key, bytes_of("0000000000000001 0000000000000001"));
    assert_true(writ_block_entry(&list, 2, &key, &r));
    assert_spans_equal(key, bytes_of("0000000000000009 0000000000000009"));
    assert_int_equal(r.since, 9);
    assert_false(writ_block_entry(&list, 3, &key, &r));
    assert_false(writ_block_entry(&list, SIZE_MAX, &key, &r));
    writ_buffer_free(&b);
}

static void instants_are_40_bits_and_reasons_are_kept(void **state)
{
    struct writ_table_entry entries[] = {entry_of(1, 0), entry_of(2, 0)};
    struct writ_table_input input = list_of(1, entries, 2);
    struct writ_buffer b;
    struct writ_table table;
    struct writ_block list;
    struct writ_revoked r;

    (void)state;
    entries[0].revoked =
        (struct writ_revoked){WRIT_REASON_PRIVILEGE_WITHDRAWN, WRIT_TABLE_TIME_MAX, 0};
    entries[1].revoked = (struct writ_revoked){WRIT_REASON_UNSPECIFIED, 0, WRIT_TABLE_TIME_MAX};
    b = built(&input, 1);
    table = opened(&b);
    list = block_at(&table, 0);
    assert_true(writ_block_find(&list, entries[0].key, &r) && same(&r, &entries[0].revoked));
    assert_true(writ_block_find(&list, entries[1].key, &r) && same(&r, &entries[1].revoked));
    writ_buffer_free(&b);
}

static void as_of_may_be_the_first_and_the_last_instant(void **state)
{
    static const int64_t instants[] = {0, WRIT_TABLE_TIME_MAX};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct writ_table_input input = list_of(1, NULL, 0);
        struct writ_buffer b = {0};
        struct writ_table table;

        input.as_of = instants[i];
        assert_ok(writ_table_build(&input, 1, instants[i], &b, &e));
        table = opened(&b);
        assert_int_equal(table.as_of, instants[i]);
        assert_int_equal(block_at(&table, 0).as_of, instants[i]);
        writ_buffer_free(&b);
    }
}

static void two_of_each_are_put_in_order(void **state)
{
    struct writ_table_entry entries[] = {entry_of(2, 0), entry_of(1, 0)};
    struct writ_table_content contents[] = {content_of(2, 0), content_of(1, 0)};
    struct writ_table_gap gaps[] = {{3, 4}, {1, 2}};
    struct writ_table_input inputs[] = {contents_of(1, contents, 2), list_of(1, entries, 2)};
    struct writ_buffer b;
    struct writ_table table;

    (void)state;
    inputs[1].numbered = true;
    inputs[1].covered_below = 4;
    inputs[1].gaps = gaps;
    inputs[1].gap_count = 2;
    b = built(inputs, 2);
    table = opened(&b);
    assert_int_equal(block_at(&table, 0).kind, WRIT_BLOCK_LIST);
    writ_buffer_free(&b);
}

/* ---- numbers ---- */

static void a_list_says_below_which_number_it_covers(void **state)
{
    struct writ_table_input input = list_of(1, NULL, 0);
    struct writ_buffer b;
    struct writ_table table;

    (void)state;
    input.numbered = true;
    input.covered_below = INT64_MAX;
    b = built(&input, 1);
    table = opened(&b);
    assert_true(block_at(&table, 0).numbered);
    assert_int_equal(block_at(&table, 0).covered_below, INT64_MAX);
    assert_int_equal(block_at(&table, 0).as_of, AS_OF);
    writ_buffer_free(&b);
}

static void without_numbers_nothing_is_covered_and_nothing_burned(void **state)
{
    struct writ_table_gap gap = {1, 2};
    struct writ_table_input input = list_of(1, NULL, 0);
    struct writ_buffer b;
    struct writ_table table;
    struct writ_block list;

    (void)state;
    input.covered_below = 100;
    input.gaps = &gap;
    input.gap_count = 1;
    b = built(&input, 1);
    table = opened(&b);
    list = block_at(&table, 0);
    assert_false(list.numbered);
    assert_int_equal(list.covered_below, 0);
    assert_false(writ_block_is_burned(&list, 1));
    writ_buffer_free(&b);
}

static void a_number_in_a_gap_is_burned(void **state)
{
    struct writ_table_gap gaps[] = {{90, 100}, {10, 11}, {20, 30}, {30, 31}};
    struct writ_table_input input = list_of(1, NULL, 0);
    struct writ_buffer b;
    struct writ_table table;
    struct writ_block list;

    (void)state;
    input.numbered = true;
    input.covered_below = 100;
    input.gaps = gaps;
    input.gap_count = 4;
    b = built(&input, 1);
    table = opened(&b);
    list = block_at(&table, 0);
    assert_int_equal(list.gap_count, 4);
    for (uint64_t n = 0; n < 200; n++)
        assert_int_equal(writ_block_is_burned(&list, n),
                         n == 10 || (n >= 20 && n <= 30) || (n >= 90 && n < 100));
    assert_false(writ_block_is_burned(&list, UINT64_MAX));
    writ_buffer_free(&b);
}

/* ---- contents ---- */

static void content_is_found_by_length_and_root(void **state)
{
    struct writ_table_content contents[] = {content_of(100, 2), content_of(5, 9),
                                            content_of(100, 1), content_of(UINT64_MAX, 3),
                                            content_of(0, 4)};
    struct writ_table_input input = contents_of(1, contents, 5);
    struct writ_buffer b = built(&input, 1);
    struct writ_table table = opened(&b);
    struct writ_block block = block_at(&table, 0);
    struct writ_revoked r;

    (void)state;
    for (size_t i = 0; i < 5; i++) {
        struct writ_table_content *c = &contents[i];

        assert_true(writ_block_find_content(&block, c->length, WRIT_SPAN_OF(c->root), &r));
        assert_true(same(&r, &c->revoked));
        assert_false(writ_block_find_content(&block, c->length + 1, WRIT_SPAN_OF(c->root), &r));
        assert_true(writ_block_has_length(&block, c->length));
    }
    assert_false(writ_block_find_content(&block, 100, WRIT_SPAN_OF(content_of(0, 0).root), &r));
    assert_false(writ_block_find_content(&block, 100, WRIT_SPAN_OF(content_of(0, 3).root), &r));
    assert_false(writ_block_find_content(&block, 100, WRIT_SPAN_NONE, &r));
    assert_false(writ_block_has_length(&block, 4));
    assert_false(writ_block_has_length(&block, 6));
    assert_false(writ_block_has_length(&block, UINT64_MAX - 1));
    writ_buffer_free(&b);
}

static void random_contents_are_found(void **state)
{
    static struct writ_table_content contents[MANY];
    struct writ_table_input input = contents_of(1, contents, MANY);
    struct writ_buffer b;
    struct writ_table table;
    struct writ_block block;
    struct writ_revoked r;

    (void)state;
    for (size_t i = 0; i < MANY; i++) {
        contents[i] = content_of(i / 10, (uint8_t)(i % 10));
        contents[i].revoked.since = (int64_t)i;
    }
    b = built(&input, 1);
    table = opened(&b);
    block = block_at(&table, 0);
    for (size_t i = 0; i < MANY + 50; i++) {
        struct writ_table_content c = content_of(i / 10, (uint8_t)(i % 10));

        assert_int_equal(writ_block_find_content(&block, c.length, WRIT_SPAN_OF(c.root), &r),
                         i < MANY);
        assert_true(i >= MANY || r.since == (int64_t)i);
    }
    writ_buffer_free(&b);
}

static void an_empty_block_of_contents_has_none(void **state)
{
    struct writ_table_input input = contents_of(1, NULL, 0);
    struct writ_buffer b = built(&input, 1);
    struct writ_table table = opened(&b);
    struct writ_block block = block_at(&table, 0);
    struct writ_revoked r;

    (void)state;
    assert_false(writ_block_has_length(&block, 0));
    assert_false(writ_block_find_content(&block, 0, WRIT_SPAN_NONE, &r));
    writ_buffer_free(&b);
}

/* ---- blocks ---- */

static void a_block_is_found_by_issuer_and_kind(void **state)
{
    struct writ_table_input inputs[] = {list_of(5, NULL, 0), contents_of(5, NULL, 0),
                                        list_of(1, NULL, 0), contents_of(9, NULL, 0)};
    static const uint8_t five[WRIT_TABLE_ISSUER] = {5}, nine[WRIT_TABLE_ISSUER] = {9},
                         six[WRIT_TABLE_ISSUER] = {6}, one[WRIT_TABLE_ISSUER] = {1};
    struct writ_buffer b = built(inputs, 4);
    struct writ_table table = opened(&b);
    struct writ_block block;

    (void)state;
    assert_int_equal(table.blocks, 4);
    assert_true(writ_table_find(&table, WRIT_SPAN_OF(one), WRIT_BLOCK_LIST, &block));
    assert_spans_equal(block.issuer, WRIT_SPAN_OF(one));
    assert_true(writ_table_find(&table, WRIT_SPAN_OF(five), WRIT_BLOCK_LIST, &block));
    assert_int_equal(block.kind, WRIT_BLOCK_LIST);
    assert_spans_equal(block.issuer, WRIT_SPAN_OF(five));
    assert_true(writ_table_find(&table, WRIT_SPAN_OF(five), WRIT_BLOCK_CONTENTS, &block));
    assert_int_equal(block.kind, WRIT_BLOCK_CONTENTS);
    assert_false(writ_table_find(&table, WRIT_SPAN_OF(nine), WRIT_BLOCK_LIST, &block));
    assert_true(writ_table_find(&table, WRIT_SPAN_OF(nine), WRIT_BLOCK_CONTENTS, &block));
    assert_false(writ_table_find(&table, WRIT_SPAN_OF(six), WRIT_BLOCK_LIST, &block));
    assert_false(writ_table_find(&table, WRIT_SPAN_NONE, WRIT_BLOCK_LIST, &block));
    writ_buffer_free(&b);
}

static void a_table_may_have_no_blocks(void **state)
{
    struct writ_buffer b = built(NULL, 0);
    struct writ_table table = opened(&b);
    struct writ_block block;

    (void)state;
    assert_int_equal(b.n, 64);
    assert_int_equal(table.blocks, 0);
    assert_int_equal(table.as_of, AS_OF);
    assert_false(writ_table_find(&table, WRIT_SPAN_NONE, WRIT_BLOCK_LIST, &block));
    assert_fault(writ_table_block(&table, 0, &block, &e), WRIT_FAULT_BAD_INPUT,
                 "directory entry 0 is cut off");
    writ_buffer_free(&b);
}

static void a_block_carries_its_chain(void **state)
{
    struct writ_table_input input = list_of(1, NULL, 0);
    struct writ_buffer b = built(&input, 1);
    struct writ_table table = opened(&b);
    struct writ_block block = block_at(&table, 0);
    struct writ_span cert;

    (void)state;
    assert_int_equal(block.chain_count, 2);
    assert_int_equal(writ_block_chain(&block, 0, &cert), 0);
    assert_spans_equal(cert, two_certificates[0]);
    assert_int_equal(writ_block_chain(&block, 1, &cert), 0);
    assert_spans_equal(cert, two_certificates[1]);
    assert_int_equal(writ_block_chain(&block, 2, &cert), -1);
    writ_buffer_free(&b);
}

static void shuffle(void *items, size_t count, size_t size, uint64_t *seed)
{
    uint8_t *p = items;
    uint8_t kept[256];

    for (size_t i = count; i > 1; i--) {
        size_t j = next_random(seed) % i;

        memcpy(kept, p + (i - 1) * size, size);
        memcpy(p + (i - 1) * size, p + j * size, size);
        memcpy(p + j * size, kept, size);
    }
}

static void the_same_input_gives_the_same_bytes_in_whatever_order(void **state)
{
    struct writ_table_entry entries[50];
    struct writ_table_content contents[50];
    struct writ_table_gap gaps[] = {{1, 2}, {5, 9}, {20, 21}};
    struct writ_table_input inputs[4];
    struct writ_buffer first;
    uint64_t seed = 3;

    (void)state;
    for (size_t i = 0; i < 50; i++) {
        entries[i] = entry_of(i % 7, i);
        contents[i] = content_of(i % 5, (uint8_t)i);
    }
    inputs[0] = list_of(1, entries, 50);
    inputs[0].numbered = true;
    inputs[0].covered_below = 30;
    inputs[0].gaps = gaps;
    inputs[0].gap_count = 3;
    inputs[1] = contents_of(1, contents, 50);
    inputs[2] = list_of(2, NULL, 0);
    inputs[3] = list_of(3, NULL, 0);
    first = built(inputs, 4);
    for (int round = 0; round < 20; round++) {
        struct writ_buffer other;

        shuffle(entries, 50, sizeof entries[0], &seed);
        shuffle(contents, 50, sizeof contents[0], &seed);
        shuffle(gaps, 3, sizeof gaps[0], &seed);
        shuffle(inputs, 4, sizeof inputs[0], &seed);
        other = built(inputs, 4);
        assert_spans_equal(writ_buffer_span(&other), writ_buffer_span(&first));
        writ_buffer_free(&other);
    }
    writ_buffer_free(&first);
}

static void a_table_is_appended_and_readable_where_it_begins(void **state)
{
    struct writ_table_input input = list_of(1, NULL, 0);
    struct writ_buffer alone = built(&input, 1), b = {0};

    (void)state;
    writ_buffer_text(&b, "before");
    assert_ok(writ_table_build(&input, 1, AS_OF, &b, &e));
    assert_spans_equal(WRIT_SPAN(b.p + 6, b.n - 6), writ_buffer_span(&alone));
    writ_buffer_free(&b);
    writ_buffer_free(&alone);
}

/* ---- what is not written ---- */

/* Building these blocks is refused with these words. */
static void assert_not_built(struct writ_table_input *inputs, size_t count, const char *words)
{
    struct writ_buffer b = {0};

    assert_fault(writ_table_build(inputs, count, AS_OF, &b, &e), WRIT_FAULT_BAD_INPUT, words);
    writ_buffer_free(&b);
}

static void nothing_is_written_twice(void **state)
{
    struct writ_table_entry entries[] = {entry_of(1, 1), entry_of(2, 2), entry_of(1, 1)};
    struct writ_table_content contents[] = {content_of(1, 1), content_of(1, 1)};
    struct writ_table_input lists[] = {list_of(1, NULL, 0), list_of(2, NULL, 0),
                                       list_of(1, NULL, 0)};
    struct writ_table_input list = list_of(1, entries, 3), content = contents_of(1, contents, 2);

    (void)state;
    assert_not_built(lists, 3, "directory: block 1 is out of order");
    assert_not_built(&list, 1, "key 1 is out of order or stands twice");
    assert_not_built(&content, 1, "content 1 is out of order or stands twice");
}

static void instants_that_do_not_fit_are_not_written(void **state)
{
    static const int64_t bad[] = {-1, INT64_MIN, WRIT_TABLE_TIME_MAX + 1, INT64_MAX};

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct writ_table_entry entry = entry_of(1, 1);
        struct writ_table_content content = content_of(1, 1);
        struct writ_table_input list = list_of(1, &entry, 1), block = contents_of(1, &content, 1);
        struct writ_buffer b = {0};

        entry.revoked.since = bad[i];
        assert_not_built(&list, 1, "a revocation's instant does not fit a table");
        entry.revoked.since = 0;
        entry.revoked.revoked_at = bad[i];
        assert_not_built(&list, 1, "a revocation's instant does not fit a table");
        content.revoked.since = bad[i];
        assert_not_built(&block, 1, "a revocation's instant does not fit a table");
        content.revoked.since = 0;
        content.revoked.revoked_at = bad[i];
        assert_not_built(&block, 1, "a revocation's instant does not fit a table");
        block.as_of = bad[i];
        assert_not_built(&block, 1, "a block's as_of does not fit a table");
        assert_fault(writ_table_build(NULL, 0, bad[i], &b, &e), WRIT_FAULT_BAD_INPUT,
                     "0 blocks or as_of do not fit a table");
    }
}

static void reasons_that_rfc_5280_does_not_have_are_not_written(void **state)
{
    static const int bad[] = {7, 8, 10, 255};

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct writ_table_entry entry = entry_of(1, 1);
        struct writ_table_input list = list_of(1, &entry, 1);

        entry.revoked.reason = (enum writ_reason)bad[i];
        assert_not_built(&list, 1, "revocation 0: unknown reason");
    }
}

static void gaps_are_apart_and_below_what_is_covered(void **state)
{
    static const struct writ_table_gap bad[][2] = {
        {{5, 5}, {6, 7}}, {{5, 4}, {6, 7}}, {{1, 5}, {4, 7}}, {{1, 5}, {1, 7}}, {{1, 2}, {5, 101}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct writ_table_gap gaps[2] = {bad[i][0], bad[i][1]};
        struct writ_table_input list = list_of(1, NULL, 0);

        list.numbered = true;
        list.covered_below = 100;
        list.gaps = gaps;
        list.gap_count = 2;
        assert_not_built(&list, 1, "is empty, out of order or above covered_below");
    }
}

static void numbers_and_gaps_have_ceilings(void **state)
{
    static struct writ_table_gap gaps[WRIT_TABLE_GAPS_MAX + 1];
    struct writ_table_input list = list_of(1, NULL, 0);
    struct writ_buffer b;

    (void)state;
    for (uint64_t i = 0; i <= WRIT_TABLE_GAPS_MAX; i++)
        gaps[i] = (struct writ_table_gap){2 * i, 2 * i + 1};
    list.numbered = true;
    list.covered_below = INT64_MAX;
    list.gaps = gaps;
    list.gap_count = WRIT_TABLE_GAPS_MAX;
    b = built(&list, 1);
    writ_buffer_free(&b);
    list.gap_count++;
    assert_not_built(&list, 1, "0 revocations and 4097 gaps, over the ceilings");
    list.gap_count = 0;
    list.covered_below++;
    assert_not_built(&list, 1, "covered_below or as_of is beyond its ceiling");
}

static void a_chain_is_one_to_eight_certificates_of_some_size(void **state)
{
    struct writ_span chain[WRIT_TABLE_CHAIN_MAX + 1];
    struct writ_table_input list = list_of(1, NULL, 0);
    struct writ_span largest =
        der(piece("30{ 04{ %s } }", times(WRIT_TABLE_CHAIN_BYTES - 8, "00")));
    struct writ_span large = der(piece("30{ 04{ %s } }", times(WRIT_TABLE_CHAIN_BYTES - 7, "00")));
    struct writ_span number = bytes_of("020105");
    struct writ_buffer b;

    (void)state;
    for (size_t i = 0; i <= WRIT_TABLE_CHAIN_MAX; i++)
        chain[i] = two_certificates[0];
    list.chain = chain;
    list.chain_count = WRIT_TABLE_CHAIN_MAX;
    b = built(&list, 1);
    writ_buffer_free(&b);
    list.chain_count = WRIT_TABLE_CHAIN_MAX + 1;
    assert_not_built(&list, 1, "chain of 9 certificates in 45 bytes, over the ceilings");
    list.chain_count = 0;
    assert_not_built(&list, 1, "chain of 0 certificates in 0 bytes, over the ceilings");
    list.chain = &largest;
    list.chain_count = 1;
    assert_int_equal(largest.n, WRIT_TABLE_CHAIN_BYTES);
    b = built(&list, 1);
    writ_buffer_free(&b);
    list.chain = &large;
    assert_not_built(&list, 1, "over the ceilings");
    list.chain = &number;
    assert_not_built(&list, 1, "block 0: ");
}

static void a_table_has_at_most_65536_blocks(void **state)
{
    struct writ_buffer b = {0};

    (void)state;
    assert_fault(writ_table_build(NULL, WRIT_TABLE_BLOCKS_MAX + 1, AS_OF, &b, &e),
                 WRIT_FAULT_BAD_INPUT, "65537 blocks or as_of do not fit a table");
}

static const struct CMUnitTest claims[] = {
    CLAIM(every_key_is_found_and_no_other),
    CLAIM(keys_that_share_their_beginning_are_found),
    CLAIM(keys_at_the_edges_are_found),
    CLAIM(keys_that_double_from_one_to_the_next_are_found),
    CLAIM(random_questions_get_the_answer_of_a_slow_search),
    CLAIM(entries_are_listed_in_order),
    CLAIM(instants_are_40_bits_and_reasons_are_kept),
    CLAIM(as_of_may_be_the_first_and_the_last_instant),
    CLAIM(two_of_each_are_put_in_order),
    CLAIM(a_list_says_below_which_number_it_covers),
    CLAIM(without_numbers_nothing_is_covered_and_nothing_burned),
    CLAIM(a_number_in_a_gap_is_burned),
    CLAIM(content_is_found_by_length_and_root),
    CLAIM(random_contents_are_found),
    CLAIM(an_empty_block_of_contents_has_none),
    CLAIM(a_block_is_found_by_issuer_and_kind),
    CLAIM(a_table_may_have_no_blocks),
    CLAIM(a_block_carries_its_chain),
    CLAIM(the_same_input_gives_the_same_bytes_in_whatever_order),
    CLAIM(a_table_is_appended_and_readable_where_it_begins),
    CLAIM(nothing_is_written_twice),
    CLAIM(instants_that_do_not_fit_are_not_written),
    CLAIM(reasons_that_rfc_5280_does_not_have_are_not_written),
    CLAIM(gaps_are_apart_and_below_what_is_covered),
    CLAIM(numbers_and_gaps_have_ceilings),
    CLAIM(a_chain_is_one_to_eight_certificates_of_some_size),
    CLAIM(a_table_has_at_most_65536_blocks),
};

RUN_CLAIMS(claims)
