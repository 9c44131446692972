#include "object/distribution.h"

/* ------------------------------------------------------ general names (RFC 5280 4.2.1.6) */

#define OTHER_NAME     0xa0
#define X400_ADDRESS   0xa3
#define EDI_PARTY_NAME 0xa5
#define IP_ADDRESS     0x87
#define REGISTERED_ID  0x88

static bool is_general_name(uint8_t tag)
{
    switch (tag) {
    case OTHER_NAME:
    case WRIT_NAME_EMAIL:
    case WRIT_NAME_DNS:
    case X400_ADDRESS:
    case WRIT_NAME_DIRECTORY:
    case EDI_PARTY_NAME:
    case WRIT_NAME_URI:
    case IP_ADDRESS:
    case REGISTERED_ID:
        return true;
    default:
        return false;
    }
}

static int take_general_name(struct writ_cursor *c, struct writ_general_name *name,
                             const char *what)
{
    struct writ_cursor start = *c;
    struct writ_cursor value;
    struct writ_name directory;

    if (writ_der_any(c, &name->tag, &value, &name->whole, what) < 0)
        return -1;
    if (!is_general_name(name->tag))
        return writ_cursor_fail(&start, "%s: tag 0x%02x is no GeneralName", what, name->tag);
    name->value = WRIT_SPAN(value.at, value.left);
    if (name->tag != WRIT_NAME_DIRECTORY)
        return 0;
    if (writ_name_parse(&value, &directory, what) < 0)
        return -1;
    return writ_der_end(&value, what);
}

/* All that is left of c; whoever calls has entered what holds them. */
static int take_general_names(struct writ_cursor *c, struct writ_span *names, const char *what)
{
    struct writ_general_name name;
    size_t count = 0;

    *names = WRIT_SPAN(c->at, c->left);
    if (c->left == 0)
        return writ_cursor_fail(c, "%s: no name in it, RFC 5280 wants at least one", what);
    while (c->left > 0) {
        if (count++ == WRIT_GENERAL_NAMES_MAX)
            return writ_cursor_fail(c, "%s: more than %d names", what, WRIT_GENERAL_NAMES_MAX);
        if (take_general_name(c, &name, what) < 0)
            return -1;
    }
    return 0;
}

int writ_general_names_take(struct writ_cursor *c, struct writ_span *names, const char *what)
{
    struct writ_cursor inner;

    if (writ_der_enter(c, WRIT_DER_SEQUENCE, &inner, what) < 0)
        return -1;
    return take_general_names(&inner, names, what);
}

bool writ_general_name_next(struct writ_span *rest, struct writ_general_name *name)
{
    struct writ_cursor c = writ_cursor_over(*rest, NULL);

    if (c.left == 0 || take_general_name(&c, name, "GeneralName") < 0)
        return false;
    *rest = WRIT_SPAN(c.at, c.left);
    return true;
}

bool writ_general_names_have(struct writ_span names, struct writ_span name)
{
    struct writ_general_name one;

    while (writ_general_name_next(&names, &one)) {
        if (one.tag == WRIT_NAME_DIRECTORY && writ_name_matches(one.value, name))
            return true;
    }
    return false;
}

struct writ_span writ_general_names_directory(struct writ_span names)
{
    struct writ_general_name one;

    while (writ_general_name_next(&names, &one)) {
        if (one.tag == WRIT_NAME_DIRECTORY)
            return one.value;
    }
    return WRIT_SPAN_NONE;
}

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
}

static bool begins_with(struct writ_span text, const char *word)
{
    size_t n = strlen(word);

    if (text.n < n)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (lower(text.p[i]) != (uint8_t)word[i])
            return false;
    }
    return true;
}

bool writ_general_name_is_url(const struct writ_general_name *name)
{
    return name->tag == WRIT_NAME_URI &&
           (begins_with(name->value, "http://") || begins_with(name->value, "https://"));
}

struct writ_span writ_general_names_url(struct writ_span names, size_t n)
{
    struct writ_general_name one;

    while (writ_general_name_next(&names, &one)) {
        if (writ_general_name_is_url(&one) && n-- == 0)
            return one.value;
    }
    return WRIT_SPAN_NONE;
}

/* RFC 5280 7.4: scheme and host in any case, the rest octet for octet. */
static bool urls_match(struct writ_span a, struct writ_span b)
{
    unsigned slashes = 0;

    if (a.n != b.n)
        return false;
    for (size_t i = 0; i < a.n; i++) {
        slashes += a.p[i] == '/';
        if (slashes < 3 ? lower(a.p[i]) != lower(b.p[i]) : a.p[i] != b.p[i])
            return false;
    }
    return true;
}

/* ------------------------------------------------- distribution points (RFC 5280 4.2.1.13) */

static int take_relative_name(struct writ_cursor *c, struct writ_span *rdn, const char *what)
{
    struct writ_cursor attribute;

    *rdn = WRIT_SPAN(c->at, c->left);
    do {
        if (writ_der_enter(c, WRIT_DER_SEQUENCE, &attribute, what) < 0)
            return -1;
    } while (c->left > 0);
    return 0;
}

/* [0] DistributionPointName OPTIONAL, in which [0] fullName or [1] nameRelativeToCRLIssuer */
static int take_point_name(struct writ_cursor *c, struct writ_point_name *name)
{
    struct writ_cursor outer, inner;
    uint8_t tag;

    *name = (struct writ_point_name){0};
    if (writ_der_enter_optional(c, WRIT_DER_CONTEXT_CONSTRUCTED(0), &outer, &name->is_present,
                                "distributionPoint") < 0)
        return -1;
    if (!name->is_present)
        return 0;
    if (writ_der_any(&outer, &tag, &inner, NULL, "distributionPoint") < 0 ||
        writ_der_end(&outer, "distributionPoint") < 0)
        return -1;
    if (tag == WRIT_DER_CONTEXT_CONSTRUCTED(0))
        return take_general_names(&inner, &name->names, "fullName");
    if (tag != WRIT_DER_CONTEXT_CONSTRUCTED(1))
        return writ_cursor_fail(&inner,
                                "distributionPoint: wanted fullName or "
                                "nameRelativeToCRLIssuer, found tag 0x%02x",
                                tag);
    name->is_relative = true;
    return take_relative_name(&inner, &name->names, "nameRelativeToCRLIssuer");
}

/* ReasonFlags, under an IMPLICIT tag: the BIT STRING's own octets stand behind it. */
static int take_reasons(struct writ_cursor *c, uint8_t tag, bool *present, unsigned *reasons)
{
    struct writ_cursor inner;
    uint8_t unused, octet;

    *reasons = WRIT_FLAG_ALL;
    if (writ_der_enter_optional(c, tag, &inner, present, "reasons") < 0)
        return -1;
    if (!*present)
        return 0;
    if (writ_cursor_u8(&inner, &unused, "reasons") < 0)
        return -1;
    if (unused > 7 || inner.left == 0 || inner.left > 2)
        return writ_cursor_fail(&inner, "reasons: not 1 to 9 bits");
    *reasons = 0;
    for (unsigned at = 0; inner.left > 0; at += 8) {
        if (writ_cursor_u8(&inner, &octet, "reasons") < 0)
            return -1;
        if (inner.left == 0 && (octet & ((1u << unused) - 1)) != 0)
            return writ_cursor_fail(&inner, "reasons: unused bits are not zero (BER)");
        for (unsigned bit = 0; bit < 8; bit++)
            *reasons |= octet & (0x80u >> bit) ? 1u << (at + bit) : 0;
    }
    *reasons &= WRIT_FLAG_ALL; /* bit 0 is "unused" and means nothing */
    return 0;
}

static int take_point(struct writ_cursor *c, struct writ_point *point)
{
    struct writ_cursor inner, issuer;
    bool has_issuer;

    *point = (struct writ_point){0};
    if (writ_der_enter(c, WRIT_DER_SEQUENCE, &inner, "DistributionPoint") < 0 ||
        take_point_name(&inner, &point->name) < 0 ||
        take_reasons(&inner, WRIT_DER_CONTEXT(1), &point->has_reasons, &point->reasons) < 0 ||
        writ_der_enter_optional(&inner, WRIT_DER_CONTEXT_CONSTRUCTED(2), &issuer, &has_issuer,
                                "cRLIssuer") < 0)
        return -1;
    if (has_issuer && take_general_names(&issuer, &point->crl_issuer, "cRLIssuer") < 0)
        return -1;
    if (!has_issuer && !point->name.is_present)
        return writ_cursor_fail(&inner, "DistributionPoint: neither distributionPoint nor "
                                        "cRLIssuer (RFC 5280 4.2.1.13)");
    return writ_der_end(&inner, "DistributionPoint");
}

int writ_points_take(struct writ_cursor *c, struct writ_span *points, const char *what)
{
    struct writ_cursor sequence;
    struct writ_point point;
    size_t count = 0;

    if (writ_der_enter(c, WRIT_DER_SEQUENCE, &sequence, what) < 0)
        return -1;
    *points = WRIT_SPAN(sequence.at, sequence.left);
    do {
        if (count++ == WRIT_POINTS_MAX)
            return writ_cursor_fail(&sequence, "%s: more than %d points", what, WRIT_POINTS_MAX);
        if (take_point(&sequence, &point) < 0)
            return -1;
    } while (sequence.left > 0);
    return 0;
}

bool writ_point_next(struct writ_span *rest, struct writ_point *point)
{
    struct writ_cursor c = writ_cursor_over(*rest, NULL);

    if (c.left == 0 || take_point(&c, point) < 0)
        return false;
    *rest = WRIT_SPAN(c.at, c.left);
    return true;
}

struct writ_span writ_points_url(struct writ_span points, size_t n)
{
    struct writ_point point;

    while (writ_point_next(&points, &point)) {
        struct writ_span names = point.name.is_relative ? WRIT_SPAN_NONE : point.name.names;
        struct writ_general_name one;

        while (writ_general_name_next(&names, &one)) {
            if (writ_general_name_is_url(&one) && n-- == 0)
                return one.value;
        }
    }
    return WRIT_SPAN_NONE;
}

/* -------------------------------------------------- issuing distribution point (5.2.5) */

/* BOOLEAN DEFAULT FALSE under an IMPLICIT tag. */
static int take_flag(struct writ_cursor *c, uint8_t tag, bool *flag, const char *what)
{
    struct writ_cursor inner;
    uint8_t value;

    if (writ_der_enter_optional(c, tag, &inner, flag, what) < 0)
        return -1;
    if (!*flag)
        return 0;
    if (writ_cursor_u8(&inner, &value, what) < 0)
        return -1;
    if (value != 0xff)
        return writ_cursor_fail(&inner, "%s: wanted TRUE (ff), found %02x (BER)", what, value);
    return writ_der_end(&inner, what);
}

int writ_idp_take(struct writ_cursor *c, struct writ_idp *idp)
{
    struct writ_cursor inner;

    *idp = (struct writ_idp){0};
    if (writ_der_enter(c, WRIT_DER_SEQUENCE, &inner, "issuingDistributionPoint") < 0)
        return -1;
    idp->der = WRIT_SPAN(inner.at, inner.left);
    if (inner.left == 0)
        return writ_cursor_fail(&inner, "issuingDistributionPoint: empty (RFC 5280 5.2.5)");
    if (take_point_name(&inner, &idp->name) < 0 ||
        take_flag(&inner, WRIT_DER_CONTEXT(1), &idp->only_user_certs, "onlyContainsUserCerts") <
            0 ||
        take_flag(&inner, WRIT_DER_CONTEXT(2), &idp->only_ca_certs, "onlyContainsCACerts") < 0 ||
        take_reasons(&inner, WRIT_DER_CONTEXT(3), &idp->has_reasons, &idp->reasons) < 0 ||
        take_flag(&inner, WRIT_DER_CONTEXT(4), &idp->is_indirect, "indirectCRL") < 0 ||
        take_flag(&inner, WRIT_DER_CONTEXT(5), &idp->only_attribute_certs,
                  "onlyContainsAttributeCerts") < 0)
        return -1;
    if (idp->only_user_certs + idp->only_ca_certs + idp->only_attribute_certs > 1)
        return writ_cursor_fail(&inner, "issuingDistributionPoint: only user, only CA and only "
                                        "attribute certificates exclude each other");
    return writ_der_end(&inner, "issuingDistributionPoint");
}

/* -------------------------------------------------------- one against the other (6.3.3) */

/* The names of a point, one after the other: those of fullName, or the one relative name written
 * out with its issuer. */
struct point_names {
    struct writ_span rest;
    struct writ_long_name relative; /* its rdn is empty when there is none (any more) */
};

struct one_name {
    uint8_t tag;
    struct writ_span value;
    struct writ_long_name directory; /* for WRIT_NAME_DIRECTORY */
};

static struct point_names names_of(const struct writ_point_name *name, struct writ_span issuer)
{
    if (name->is_relative)
        return (struct point_names){.relative = {.name = issuer, .rdn = name->names}};
    return (struct point_names){.rest = name->names};
}

static bool next_name(struct point_names *names, struct one_name *one)
{
    struct writ_general_name general;

    if (names->relative.rdn.n > 0) {
        *one = (struct one_name){.tag = WRIT_NAME_DIRECTORY, .directory = names->relative};
        names->relative.rdn = WRIT_SPAN_NONE;
        return true;
    }
    if (!writ_general_name_next(&names->rest, &general))
        return false;
    *one = (struct one_name){
        .tag = general.tag, .value = general.value, .directory = {.name = general.value}};
    return true;
}

static bool is_same_name(const struct one_name *a, const struct one_name *b)
{
    if (a->tag != b->tag)
        return false;
    if (a->tag == WRIT_NAME_DIRECTORY)
        return writ_long_name_matches(&a->directory, &b->directory);
    return a->tag == WRIT_NAME_URI ? urls_match(a->value, b->value)
                                   : writ_span_equal(a->value, b->value);
}

static bool have_one_in_common(struct point_names a, struct point_names b)
{
    struct one_name x, y;

    while (next_name(&a, &x)) {
        struct point_names again = b;

        while (next_name(&again, &y)) {
            if (is_same_name(&x, &y))
                return true;
        }
    }
    return false;
}

/* 6.3.3 (b)(2)(i): the CRL's name against the point's, or against its cRLIssuer; a point that is
 * only assumed is named by the certificate's issuer. */
static bool points_fit(const struct writ_idp *idp, struct writ_span crl_issuer,
                       const struct writ_cert *cert, const struct writ_point *point)
{
    struct point_names ours = names_of(&idp->name, crl_issuer);
    struct one_name one;

    if (point != NULL && !point->name.is_present)
        return have_one_in_common(ours, (struct point_names){.rest = point->crl_issuer});
    if (point != NULL) {
        struct writ_span issuer = writ_general_names_directory(point->crl_issuer);

        return have_one_in_common(ours,
                                  names_of(&point->name, issuer.n > 0 ? issuer : cert->issuer.der));
    }
    while (next_name(&ours, &one)) {
        if (one.tag == WRIT_NAME_DIRECTORY &&
            writ_long_name_matches(&one.directory,
                                   &(struct writ_long_name){.name = cert->issuer.der}))
            return true;
    }
    return false;
}

enum writ_scope writ_scope_of(struct writ_span crl_issuer, const struct writ_idp *idp,
                              const struct writ_cert *cert, const struct writ_point *point)
{
    bool is_elsewhere = point != NULL && point->crl_issuer.n > 0;

    if (is_elsewhere ? !writ_general_names_have(point->crl_issuer, crl_issuer)
                     : !writ_name_matches(crl_issuer, cert->issuer.der))
        return WRIT_SCOPE_ISSUER;
    if (is_elsewhere && (idp == NULL || !idp->is_indirect))
        return WRIT_SCOPE_NOT_INDIRECT;
    if (idp == NULL)
        return WRIT_SCOPE_FITS;
    if (idp->name.is_present && !points_fit(idp, crl_issuer, cert, point))
        return WRIT_SCOPE_POINT;
    if (idp->only_attribute_certs)
        return WRIT_SCOPE_ONLY_ATTRIBUTE;
    if (idp->only_user_certs && cert->is_ca)
        return WRIT_SCOPE_ONLY_USER;
    return idp->only_ca_certs && !cert->is_ca ? WRIT_SCOPE_ONLY_CA : WRIT_SCOPE_FITS;
}

const char *writ_scope_text(enum writ_scope scope)
{
    switch (scope) {
    case WRIT_SCOPE_FITS:
        return "speaks for this certificate";
    case WRIT_SCOPE_ISSUER:
        return "is another issuer's";
    case WRIT_SCOPE_NOT_INDIRECT:
        return "is not an indirect CRL, as the certificate's distribution point wants";
    case WRIT_SCOPE_POINT:
        return "is for another distribution point";
    case WRIT_SCOPE_ONLY_USER:
        return "speaks for end-entity certificates only";
    case WRIT_SCOPE_ONLY_CA:
        return "speaks for CA certificates only";
    case WRIT_SCOPE_ONLY_ATTRIBUTE:
        return "speaks for attribute certificates only";
    }
    return "unknown";
}
