/*
 * issue/crl.h: what is written is what object/crl.h reads, and what RFC 5280 wants
 */
#include "issue/crl.h"

#include "base/hex.h"
#include "issue/orders.h"

static struct writ_error e;

/* A root that issues, and a sound form of a CRL of it. */
struct scene {
    struct holder root;
    struct writ_crl_form form;
    struct writ_crl_line lines[8];
    struct writ_buffer der;
};

static struct scene scene_of(enum writ_role role)
{
    struct scene s = {.root = holder_of(writ_key_generate(WRIT_KEY_P256, &e))};
    struct writ_certificate_order order = order_of(role, &s.root, NULL);

    assert_ok(writ_issue_certificate(&order, &s.root.der, &e));
    assert_ok(writ_cert_parse(writ_buffer_span(&s.root.der), &s.root.cert, &e));
    return s;
}

static void scene_free(struct scene *s)
{
    holder_free(&s->root);
    writ_buffer_free(&s->der);
}

static void prepare(struct scene *s)
{
    writ_error_clear(&e);
    writ_buffer_free(&s->der);
    s->form = (struct writ_crl_form){.issuer = &s->root.cert,
                                     .key = s->root.key,
                                     .this_update = BORN,
                                     .next_update = BORN + WRIT_CRL_LIFE,
                                     .number = 7,
                                     .lines = s->lines};
}

static void add(struct scene *s, const char *hex, enum writ_reason reason)
{
    struct writ_crl_line *line = &s->lines[s->form.line_count++];
    int n;

    *line = (struct writ_crl_line){.reason = reason, .revoked_at = BORN};
    n = writ_hex_parse_loose(hex, line->serial, sizeof line->serial);
    line->serial_n = (uint8_t)(n < 0 ? 0 : n);
}

static struct writ_crl made(struct scene *s)
{
    struct writ_crl crl;

    assert_ok(writ_issue_crl(&s->form, &s->der, &e));
    assert_ok(writ_crl_parse(writ_buffer_span(&s->der), &crl, &e));
    return crl;
}

static void an_empty_one_has_no_list_and_all_that_it_must(void **state)
{
    struct scene s = scene_of(WRIT_ROLE_ROOT);
    struct writ_crl crl;

    (void)state;
    prepare(&s);
    crl = made(&s);
    assert_int_equal(crl.version, 2);
    assert_int_equal(crl.entry_count, 0);
    assert_spans_equal(crl.issuer.der, s.root.cert.subject.der);
    assert_spans_equal(crl.authority_key_id, s.root.cert.subject_key_id);
    assert_spans_equal(crl.number, WRIT_SPAN("\x07", 1));
    assert_false(crl.is_delta || crl.has_idp || crl.has_expired_certs || crl.freshest.n > 0);
    assert_true(crl.has_next_update && crl.next_update == BORN + WRIT_CRL_LIFE);
    scene_free(&s);
}

static void serial_numbers_stand_octet_for_octet_and_sorted(void **state)
{
    static const char *const given[] = {"0100", "80", "7f", "00ff", "0080", "01"};
    static const char *const sorted[] = {"01", "7f", "80", "0080", "00ff", "0100"};
    struct scene s = scene_of(WRIT_ROLE_ROOT);
    struct writ_crl_walk walk;
    struct writ_crl_entry entry;
    struct writ_crl crl;
    char hex[64];

    (void)state;
    prepare(&s);
    for (size_t i = 0; i < 6; i++)
        add(&s, given[i], WRIT_REASON_SUPERSEDED);
    crl = made(&s);
    walk = writ_crl_walk(&crl);
    for (size_t i = 0; i < 6; i++) {
        assert_true(writ_crl_next(&walk, &entry));
        writ_hex_format(entry.serial, hex);
        assert_string_equal(hex, sorted[i]);
    }
    assert_false(writ_crl_next(&walk, &entry));
    assert_true(crl.order == WRIT_CRL_UNEVEN);
    scene_free(&s);
}

static void entries_of_one_size_are_found_in_place(void **state)
{
    struct scene s = scene_of(WRIT_ROLE_ROOT);
    struct writ_crl_entry entry;
    struct writ_crl crl;

    (void)state;
    prepare(&s);
    add(&s, "7f02", WRIT_REASON_SUPERSEDED);
    add(&s, "7f01", WRIT_REASON_KEY_COMPROMISE);
    crl = made(&s);
    assert_true(crl.order == WRIT_CRL_SORTED);
    assert_true(writ_crl_find(&crl, NULL, WRIT_SPAN("\x7f\x01", 2), WRIT_SPAN_NONE, &entry));
    assert_int_equal(entry.reason, WRIT_REASON_KEY_COMPROMISE);
    scene_free(&s);
}

static void unspecified_is_not_written_and_since_is_the_invalidity_date(void **state)
{
    struct scene s = scene_of(WRIT_ROLE_ROOT);
    struct writ_crl_walk walk;
    struct writ_crl_entry entry;
    struct writ_crl crl;

    (void)state;
    prepare(&s);
    add(&s, "01", WRIT_REASON_UNSPECIFIED);
    add(&s, "02", WRIT_REASON_UNSPECIFIED);
    s.lines[1].has_invalidity = true;
    s.lines[1].invalidity = BORN - 5;
    crl = made(&s);
    walk = writ_crl_walk(&crl);
    assert_true(writ_crl_next(&walk, &entry) && !entry.has_reason && !entry.has_invalidity);
    assert_true(writ_crl_next(&walk, &entry) && !entry.has_reason && entry.has_invalidity);
    assert_int_equal(entry.invalidity_date, BORN - 5);
    scene_free(&s);
}

static void a_delta_names_its_base_and_takes_back_what_was_lifted(void **state)
{
    struct scene s = scene_of(WRIT_ROLE_ROOT);
    struct writ_crl crl;

    (void)state;
    prepare(&s);
    s.form.is_delta = true;
    s.form.base = 6;
    add(&s, "01", WRIT_REASON_UNSPECIFIED);
    s.lines[0].removed = true;
    crl = made(&s);
    assert_true(crl.is_delta && crl.has_removals);
    assert_spans_equal(crl.base_number, WRIT_SPAN("\x06", 1));
    prepare(&s);
    s.form.is_delta = true;
    s.form.base = 7;
    assert_fault(writ_issue_crl(&s.form, &s.der, &e), WRIT_FAULT_USAGE, "a lower number");
    prepare(&s);
    add(&s, "01", WRIT_REASON_UNSPECIFIED);
    s.lines[0].removed = true;
    assert_fault(writ_issue_crl(&s.form, &s.der, &e), WRIT_FAULT_USAGE, "removeFromCRL");
    scene_free(&s);
}

static void a_partition_has_the_url_that_its_certificates_have(void **state)
{
    static const char url[] = "http://crl.example/ca-1.crl";
    struct scene s = scene_of(WRIT_ROLE_ROOT);
    struct holder leaf = holder_of(writ_key_generate(WRIT_KEY_P256, &e));
    struct writ_certificate_order order = order_of(WRIT_ROLE_DEVELOPER, &leaf, &s.root);
    struct writ_crl crl;

    (void)state;
    prepare(&s);
    s.form.partition_url = url;
    s.form.delta_url = "http://crl.example/ca-1-delta.crl";
    s.form.keeps_expired = true;
    s.form.expired_since = BORN;
    crl = made(&s);
    order.crl_url = url;
    assert_ok(writ_issue_certificate(&order, &leaf.der, &e));
    assert_ok(writ_cert_parse(writ_buffer_span(&leaf.der), &leaf.cert, &e));
    assert_true(crl.has_idp);
    assert_spans_equal(writ_general_names_url(crl.idp.name.names, 0), writ_span_text(url));
    assert_spans_equal(writ_points_url(leaf.cert.crl_points, 0), writ_span_text(url));
    assert_spans_equal(writ_points_url(crl.freshest, 0), writ_span_text(s.form.delta_url));
    assert_true(crl.has_expired_certs && crl.expired_certs == BORN);
    holder_free(&leaf);
    scene_free(&s);
}

static void what_no_reader_would_take_is_not_written(void **state)
{
    struct scene s = scene_of(WRIT_ROLE_ROOT), other = scene_of(WRIT_ROLE_ROOT);

    (void)state;
    prepare(&s);
    add(&s, "01", WRIT_REASON_SUPERSEDED);
    add(&s, "01", WRIT_REASON_UNSPECIFIED);
    assert_fault(writ_issue_crl(&s.form, &s.der, &e), WRIT_FAULT_USAGE, "twice");
    prepare(&s);
    add(&s, "", WRIT_REASON_SUPERSEDED);
    assert_fault(writ_issue_crl(&s.form, &s.der, &e), WRIT_FAULT_USAGE, "0 octets");
    prepare(&s);
    s.form.next_update = s.form.this_update;
    assert_fault(writ_issue_crl(&s.form, &s.der, &e), WRIT_FAULT_USAGE, "nextUpdate");
    prepare(&s);
    s.form.next_update = s.form.this_update + WRIT_CRL_LIFE_MAX + 1;
    assert_fault(writ_issue_crl(&s.form, &s.der, &e), WRIT_FAULT_USAGE, "366 days");
    prepare(&s);
    s.form.partition_url = "";
    assert_fault(writ_issue_crl(&s.form, &s.der, &e), WRIT_FAULT_USAGE, "URL");
    prepare(&s);
    s.form.key = other.root.key;
    assert_fault(writ_issue_crl(&s.form, &s.der, &e), WRIT_FAULT_USAGE, "not the issuer's");
    prepare(&s);
    s.root.cert.key_usage = WRIT_USAGE_KEY_CERT_SIGN;
    assert_fault(writ_issue_crl(&s.form, &s.der, &e), WRIT_FAULT_USAGE, "cRLSign");
    assert_int_equal(s.der.n, 0);
    scene_free(&s);
    scene_free(&other);
}

static void partitions_are_told_by_the_serial_alone(void **state)
{
    size_t part = 9, counts[4] = {0};

    (void)state;
    /* SHA-256 of the octet 01 begins 4b f5 12 2f */
    assert_ok(writ_crl_partition(WRIT_SPAN("\x01", 1), 1000, &part, &e));
    assert_int_equal(part, 0x4bf5122fu % 1000);
    assert_ok(writ_crl_partition(WRIT_SPAN("\x01", 1), 1, &part, &e));
    assert_int_equal(part, 0);
    for (unsigned i = 0; i < 256; i++) {
        uint8_t serial = (uint8_t)i;

        assert_ok(writ_crl_partition(WRIT_SPAN(&serial, 1), 4, &part, &e));
        counts[part]++;
    }
    for (size_t i = 0; i < 4; i++)
        assert_in_range(counts[i], 40, 90);
}

static const struct CMUnitTest claims[] = {
    CLAIM(an_empty_one_has_no_list_and_all_that_it_must),
    CLAIM(serial_numbers_stand_octet_for_octet_and_sorted),
    CLAIM(entries_of_one_size_are_found_in_place),
    CLAIM(unspecified_is_not_written_and_since_is_the_invalidity_date),
    CLAIM(a_delta_names_its_base_and_takes_back_what_was_lifted),
    CLAIM(a_partition_has_the_url_that_its_certificates_have),
    CLAIM(what_no_reader_would_take_is_not_written),
    CLAIM(partitions_are_told_by_the_serial_alone),
};

RUN_CLAIMS(claims)
