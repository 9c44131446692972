#include "object/namematch.h"

/* ------------------------------------------------------- characters of a value (RFC 4518) */

#define NO_MORE      UINT32_MAX
#define NO_CHARACTER UINT32_C(0x80000000) /* or'ed to an octet that is not part of the encoding */

struct characters {
    struct writ_cursor left;
    uint8_t tag;
    uint32_t waiting; /* what follows a space that has just been given; or NO_MORE */
    bool begun;
};

static bool is_string(uint8_t tag)
{
    switch (tag) {
    case WRIT_DER_UTF8_STRING:
    case WRIT_DER_NUMERIC_STRING:
    case WRIT_DER_PRINTABLE_STRING:
    case WRIT_DER_TELETEX_STRING:
    case WRIT_DER_IA5_STRING:
    case WRIT_DER_VISIBLE_STRING:
    case WRIT_DER_UNIVERSAL_STRING:
    case WRIT_DER_BMP_STRING:
        return true;
    default:
        return false;
    }
}

/* How many octets follow the first one of a character in UTF-8; -1: it cannot be the first. */
static int utf8_more(uint8_t first)
{
    if (first < 0x80)
        return 0;
    if (first >= 0xc2 && first < 0xe0)
        return 1;
    if (first >= 0xe0 && first < 0xf0)
        return 2;
    return first >= 0xf0 && first < 0xf5 ? 3 : -1;
}

static uint32_t utf8_character(struct writ_cursor *c, uint8_t first)
{
    int more = utf8_more(first);
    struct writ_span rest = writ_cursor_peek(c, more < 0 ? 0 : (size_t)more);
    uint32_t value = more <= 0 ? first : first & (0x3fu >> more);

    if (more == 0)
        return first;
    if (more < 0 || rest.n == 0)
        return NO_CHARACTER | first;
    for (size_t i = 0; i < rest.n; i++) {
        if ((rest.p[i] & 0xc0) != 0x80)
            return NO_CHARACTER | first;
        value = value << 6 | (rest.p[i] & 0x3f);
    }
    return writ_cursor_take(c, rest.n, &rest, "character") < 0 ? NO_CHARACTER | first : value;
}

/* The next character as it is written. */
static uint32_t written(struct characters *s)
{
    uint8_t octet;
    uint16_t two;
    uint32_t four;

    if (s->tag == WRIT_DER_BMP_STRING && s->left.left >= sizeof two)
        return writ_cursor_u16_be(&s->left, &two, "character") < 0 ? NO_MORE : two;
    if (s->tag == WRIT_DER_UNIVERSAL_STRING && s->left.left >= sizeof four)
        return writ_cursor_u32_be(&s->left, &four, "character") < 0 ? NO_MORE : four;
    if (s->left.left == 0 || writ_cursor_u8(&s->left, &octet, "character") < 0)
        return NO_MORE;
    if (s->tag == WRIT_DER_BMP_STRING || s->tag == WRIT_DER_UNIVERSAL_STRING)
        return NO_CHARACTER | octet;
    return s->tag == WRIT_DER_UTF8_STRING ? utf8_character(&s->left, octet) : octet;
}

static bool is_space(uint32_t c)
{
    return c == 0x20 || c == 0xa0 || (c >= 0x09 && c <= 0x0d);
}

static bool within(uint32_t c, uint32_t from, uint32_t to)
{
    return c >= from && c <= to;
}

/* Latin Extended-A: capital and small letters in turn, the capital one even or odd by stretch. */
static uint32_t fold_latin(uint32_t c)
{
    if (c == 0x178)
        return 0xff;
    if ((within(c, 0x100, 0x12f) || within(c, 0x132, 0x137) || within(c, 0x14a, 0x177)) &&
        c % 2 == 0)
        return c + 1;
    if ((within(c, 0x139, 0x148) || within(c, 0x179, 0x17e)) && c % 2 == 1)
        return c + 1;
    return c;
}

static uint32_t fold_greek(uint32_t c)
{
    if (within(c, 0x391, 0x3ab) && c != 0x3a2)
        return c + 0x20;
    if (within(c, 0x388, 0x38a))
        return c + 0x25;
    switch (c) {
    case 0x386:
        return 0x3ac;
    case 0x38c:
        return 0x3cc;
    case 0x38e:
    case 0x38f:
        return c + 0x3f;
    case 0x3c2: /* the sigma that ends a word */
        return 0x3c3;
    default:
        return c;
    }
}

/* The small letter of a capital one. */
static uint32_t fold(uint32_t c)
{
    if (within(c, 'A', 'Z') || (within(c, 0xc0, 0xde) && c != 0xd7) || within(c, 0x410, 0x42f))
        return c + 0x20;
    if (within(c, 0x400, 0x40f))
        return c + 0x50;
    return within(c, 0x100, 0x17f) ? fold_latin(c) : within(c, 0x386, 0x3c2) ? fold_greek(c) : c;
}

/* The next character as it is compared: spaces in between as one, none at the ends. */
static uint32_t prepared(struct characters *s)
{
    uint32_t c = s->waiting;
    bool spaces = false;

    if (c != NO_MORE) {
        s->waiting = NO_MORE;
        return c;
    }
    for (c = written(s); is_space(c); c = written(s))
        spaces = true;
    if (c == NO_MORE)
        return NO_MORE;
    c = fold(c);
    if (spaces && s->begun) {
        s->waiting = c;
        return ' ';
    }
    s->begun = true;
    return c;
}

static bool values_match(uint8_t a_tag, struct writ_cursor a, uint8_t b_tag, struct writ_cursor b)
{
    struct characters x = {.left = a, .tag = a_tag, .waiting = NO_MORE};
    struct characters y = {.left = b, .tag = b_tag, .waiting = NO_MORE};
    uint32_t c;

    if (!is_string(a_tag) || !is_string(b_tag))
        return a_tag == b_tag && writ_span_equal(WRIT_SPAN(a.at, a.left), WRIT_SPAN(b.at, b.left));
    do {
        c = prepared(&x);
        if (c != prepared(&y))
            return false;
    } while (c != NO_MORE);
    return true;
}

/* ------------------------------------------------------------- attributes, RDNs, names */

struct attribute {
    struct writ_span type;
    uint8_t tag;
    struct writ_cursor value;
};

static int take_attribute(struct writ_cursor *rdn, struct attribute *a)
{
    struct writ_cursor inner;

    if (writ_der_enter(rdn, WRIT_DER_SEQUENCE, &inner, "attribute") < 0 ||
        writ_der_contents(&inner, WRIT_DER_OID, &a->type, "attribute type") < 0 ||
        writ_der_any(&inner, &a->tag, &a->value, NULL, "attribute value") < 0)
        return -1;
    return writ_der_end(&inner, "attribute");
}

/* The attributes of an RDN; 0 when there are none, too many, or something else. */
static size_t attributes_of(struct writ_span rdn, struct attribute all[WRIT_RDN_ATTRIBUTES_MAX])
{
    struct writ_cursor c = writ_cursor_over(rdn, NULL);
    size_t n = 0;

    while (c.left > 0) {
        if (n == WRIT_RDN_ATTRIBUTES_MAX || take_attribute(&c, &all[n++]) < 0)
            return 0;
    }
    return n;
}

static bool attributes_match(const struct attribute *a, const struct attribute *b)
{
    return writ_span_equal(a->type, b->type) && values_match(a->tag, a->value, b->tag, b->value);
}

/* As sets: each of a has a partner of its own in b, and there are as many. */
static bool rdns_match(struct writ_span a, struct writ_span b)
{
    struct attribute x[WRIT_RDN_ATTRIBUTES_MAX], y[WRIT_RDN_ATTRIBUTES_MAX];
    bool taken[WRIT_RDN_ATTRIBUTES_MAX] = {false};
    size_t n, i, j;

    if (writ_span_equal(a, b))
        return true;
    n = attributes_of(a, x);
    if (n == 0 || attributes_of(b, y) != n)
        return false;
    for (i = 0; i < n; i++) {
        for (j = 0; j < n && (taken[j] || !attributes_match(&x[i], &y[j])); j++)
            continue;
        if (j == n)
            return false;
        taken[j] = true;
    }
    return true;
}

/* What is still to come of a name in pieces. */
struct rdns {
    struct writ_cursor left;
    struct writ_span last; /* or empty */
};

static int open_rdns(const struct writ_long_name *name, struct rdns *r)
{
    struct writ_cursor c = writ_cursor_over(name->name, NULL);

    r->last = name->rdn;
    if (writ_der_enter(&c, WRIT_DER_SEQUENCE, &r->left, "Name") < 0)
        return -1;
    return writ_der_end(&c, "Name");
}

/* 1 and the next RDN's content, 0 at the end, -1 when what comes is none. */
static int next_rdn(struct rdns *r, struct writ_span *rdn)
{
    if (r->left.left > 0)
        return writ_der_contents(&r->left, WRIT_DER_SET, rdn, "RDN") < 0 ? -1 : 1;
    *rdn = r->last;
    r->last = WRIT_SPAN_NONE;
    return rdn->n > 0;
}

bool writ_long_name_matches(const struct writ_long_name *a, const struct writ_long_name *b)
{
    struct rdns x, y;
    struct writ_span from_a, from_b;
    int more;

    if (writ_span_equal(a->name, b->name) && writ_span_equal(a->rdn, b->rdn))
        return true;
    if (open_rdns(a, &x) < 0 || open_rdns(b, &y) < 0)
        return false;
    do {
        more = next_rdn(&x, &from_a);
        if (more < 0 || next_rdn(&y, &from_b) != more || (more == 1 && !rdns_match(from_a, from_b)))
            return false;
    } while (more == 1);
    return true;
}

bool writ_name_matches(struct writ_span a, struct writ_span b)
{
    return writ_long_name_matches(&(struct writ_long_name){.name = a},
                                  &(struct writ_long_name){.name = b});
}
