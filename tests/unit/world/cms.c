/* CMS SignedData and RFC 3161 tokens, sound or departing in one thing from what writ makes. */
#include <openssl/evp.h>

#include "bytes/build.h"
#include "crypto/digest.h"
#include "test.h"
#include "world/world.h"

static struct writ_span digest(enum writ_oid algorithm, struct writ_span content,
                               uint8_t room[WRIT_DIGEST_MAX])
{
    struct writ_error e = {0};
    size_t n;

    assert_ok(writ_digest(algorithm, content, room, &n, &e));
    return WRIT_SPAN(room, n);
}

/* ---- Signed attributes ---- */

static void open_attribute(struct writ_build *b, enum writ_oid type)
{
    writ_build_open(b, WRIT_DER_SEQUENCE);
    writ_build_oid(b, type);
    writ_build_open(b, WRIT_DER_SET);
}

static void close_attribute(struct writ_build *b)
{
    writ_build_close(b);
    writ_build_close(b);
}

/* issuerSerial with this serial number. */
static void add_issuer_serial(struct writ_build *b, const struct writ_cert *signer,
                              struct writ_span serial)
{
    writ_build_open(b, WRIT_DER_SEQUENCE);
    writ_build_open(b, WRIT_DER_SEQUENCE);
    writ_build_open(b, WRIT_DER_CONTEXT_CONSTRUCTED(4));
    writ_build_raw(b, signer->issuer.der);
    writ_build_close(b);
    writ_build_close(b);
    writ_build_element(b, WRIT_DER_INTEGER, serial);
    writ_build_close(b);
}

/* ESSCertID or ESSCertIDv2 over `bound`, with an algorithm when it is not the default. */
static void add_binding(struct writ_build *b, enum writ_oid attribute, enum writ_oid hash,
                        struct writ_span bound, const struct writ_cert *signer,
                        struct writ_span serial)
{
    uint8_t room[WRIT_DIGEST_MAX];

    open_attribute(b, attribute);
    writ_build_open(b, WRIT_DER_SEQUENCE);
    writ_build_open(b, WRIT_DER_SEQUENCE);
    writ_build_open(b, WRIT_DER_SEQUENCE);
    if (attribute == WRIT_OID_SIGNING_CERTIFICATE_V2 && hash != WRIT_OID_SHA256)
        writ_build_algorithm(b, hash);
    writ_build_octet_string(b, digest(hash, bound, room));
    if (serial.n > 0)
        add_issuer_serial(b, signer, serial);
    writ_build_close(b);
    writ_build_close(b);
    writ_build_close(b);
    close_attribute(b);
}

static void add_bindings(struct writ_build *b, const char *ess, const struct writ_cert *signer)
{
    struct writ_span other = writ_span_text("another certificate");
    struct writ_span bound = signer->der, serial = signer->serial;
    enum writ_oid hash = WRIT_OID_SHA256;

    if (strcmp(ess, "none") == 0)
        return;
    if (strcmp(ess, "v1") == 0 || strcmp(ess, "both") == 0 || strcmp(ess, "v1-other") == 0)
        add_binding(b, WRIT_OID_SIGNING_CERTIFICATE, WRIT_OID_SHA1,
                    strcmp(ess, "v1-other") == 0 ? other : bound, signer, serial);
    if (strcmp(ess, "v1") == 0)
        return;
    if (strcmp(ess, "other") == 0)
        bound = other;
    else if (strcmp(ess, "serial") == 0)
        serial = bytes_of("4d4d");
    else if (strcmp(ess, "no-serial") == 0)
        serial = WRIT_SPAN_NONE;
    else if (strcmp(ess, "sha1") == 0)
        hash = WRIT_OID_SHA1;
    else if (strcmp(ess, "sha512") == 0)
        hash = WRIT_OID_SHA512;
    else if (strcmp(ess, "v2") != 0 && strcmp(ess, "both") != 0 && strcmp(ess, "v1-other") != 0)
        fail_msg("ess=%s: no such thing", ess);
    add_binding(b, WRIT_OID_SIGNING_CERTIFICATE_V2, hash, bound, signer, serial);
}

static bool wanted(const struct world_cms *how, const char *attribute)
{
    return strcmp(how->without, attribute) != 0;
}

static void build_attributes(const struct world_cms *how, enum writ_oid content_type,
                             struct writ_span content, const struct writ_cert *signer,
                             struct writ_buffer *attributes)
{
    struct writ_span signed_content = how->wrong_digest ? writ_span_text("another") : content;
    uint8_t room[WRIT_DIGEST_MAX];
    struct writ_build b = {0};
    struct writ_error e = {0};

    writ_build_open(&b, WRIT_DER_SET);
    if (wanted(how, "contentType")) {
        open_attribute(&b, WRIT_OID_CONTENT_TYPE);
        writ_build_oid(&b, how->wrong_type ? WRIT_OID_SEAL : content_type);
        close_attribute(&b);
    }
    if (wanted(how, "messageDigest")) {
        open_attribute(&b, WRIT_OID_MESSAGE_DIGEST);
        writ_build_octet_string(&b, digest(how->digest, signed_content, room));
        close_attribute(&b);
    }
    if (wanted(how, "signingTime")) {
        open_attribute(&b, WRIT_OID_SIGNING_TIME);
        writ_build_time(&b, how->signing_time);
        close_attribute(&b);
    }
    add_bindings(&b, how->ess, signer);
    writ_build_close_set_of(&b);
    assert_ok(writ_build_finish_into(&b, attributes, &e));
}

/* ---- SignedData ---- */

static void add_certificates(struct world *w, struct writ_build *b, const struct world_cms *how)
{
    const char *names = how->certificates;
    const struct world_cert *cert;
    char name[WORLD_NAME];

    if (strcmp(names, "none") == 0)
        return;
    writ_build_open(b, WRIT_DER_CONTEXT_CONSTRUCTED(0));
    while (world_next_name(&names, name)) {
        world_make_cert(w, world_cert(w, name));
        writ_build_raw(b, writ_buffer_span(&world_cert(w, name)->der));
    }
    cert = how->certificates[0] == '\0' ? world_cert(w, how->by) : NULL;
    for (; cert != NULL && cert->role != WRIT_ROLE_ROOT; cert = world_cert(w, cert->issuer))
        writ_build_raw(b, writ_buffer_span(&cert->der));
    writ_build_close_set_of(b);
}

static void add_signer_id(struct writ_build *b, const struct world_cms *how,
                          const struct writ_cert *signer)
{
    writ_build_unsigned(b, WRIT_DER_INTEGER, how->by_key_id ? 3 : 1);
    if (how->by_key_id) {
        writ_build_element(b, WRIT_DER_CONTEXT(0), signer->subject_key_id);
        return;
    }
    writ_build_open(b, WRIT_DER_SEQUENCE);
    writ_build_raw(b, signer->issuer.der);
    writ_build_element(b, WRIT_DER_INTEGER, signer->serial);
    writ_build_close(b);
}

static void add_signer(struct writ_build *b, const struct world_cms *how,
                       const struct writ_cert *signer, struct writ_span attributes,
                       enum writ_oid algorithm, struct writ_span signature)
{
    struct writ_cursor c = writ_cursor_over(attributes, NULL);
    struct writ_span contents = WRIT_SPAN_NONE;

    assert_int_equal(writ_der_contents(&c, WRIT_DER_SET, &contents, "attributes"), 0);
    writ_build_open(b, WRIT_DER_SET);
    writ_build_open(b, WRIT_DER_SEQUENCE);
    add_signer_id(b, how, signer);
    writ_build_algorithm(b, how->digest);
    writ_build_element(b, WRIT_DER_CONTEXT_CONSTRUCTED(0), contents);
    writ_build_algorithm(b, algorithm);
    writ_build_octet_string(b, signature);
    writ_build_close(b);
    writ_build_close(b);
}

static void add_content(struct writ_build *b, const struct world_cms *how,
                        enum writ_oid content_type, struct writ_span content)
{
    writ_build_open(b, WRIT_DER_SEQUENCE);
    writ_build_oid(b, content_type);
    if (how->content_inside) {
        writ_build_open(b, WRIT_DER_CONTEXT_CONSTRUCTED(0));
        writ_build_octet_string(b, content);
        writ_build_close(b);
    }
    writ_build_close(b);
}

/* The signature over the attributes, by the signer's key or another. */
static enum writ_oid sign(struct world *w, const struct world_cms *how, struct writ_span attributes,
                          struct writ_buffer *signature)
{
    struct world_cert *signer = world_cert(w, how->key[0] != '\0' ? how->key : how->by);
    enum writ_oid algorithm;

    world_make_cert(w, signer);
    algorithm =
        world_algorithm(signer->key, how->signature_hash != 0 ? how->signature_hash : how->digest);
    world_sign(signer->key, algorithm, attributes, signature);
    if (how->spoiled)
        signature->p[signature->n - 1] ^= 1;
    return algorithm;
}

void world_make_cms(struct world *w, const struct world_cms *how, enum writ_oid content_type,
                    struct writ_span content, struct writ_buffer *cms,
                    struct writ_buffer *signature)
{
    struct world_cert *signer = world_cert(w, how->by);
    struct writ_buffer attributes = {0};
    struct writ_build b = {0};
    struct writ_error e = {0};
    enum writ_oid algorithm;

    world_make_cert(w, signer);
    if (how->wrong_econtent)
        content_type = WRIT_OID_SEAL;
    build_attributes(how, content_type, content, &signer->parsed, &attributes);
    algorithm = sign(w, how, writ_buffer_span(&attributes), signature);
    writ_build_open(&b, WRIT_DER_SEQUENCE);
    writ_build_oid(&b, WRIT_OID_SIGNED_DATA);
    writ_build_open(&b, WRIT_DER_CONTEXT_CONSTRUCTED(0));
    writ_build_open(&b, WRIT_DER_SEQUENCE);
    writ_build_unsigned(&b, WRIT_DER_INTEGER, 3);
    writ_build_open(&b, WRIT_DER_SET);
    writ_build_algorithm(&b, how->digest);
    writ_build_close(&b);
    add_content(&b, how, content_type, content);
    add_certificates(w, &b, how);
    add_signer(&b, how, &signer->parsed, writ_buffer_span(&attributes), algorithm,
               writ_buffer_span(signature));
    writ_build_close(&b);
    writ_build_close(&b);
    writ_build_close(&b);
    assert_ok(writ_build_finish_into(&b, cms, &e));
    writ_buffer_free(&attributes);
}

/* ---- RFC 3161 ---- */

/* GeneralizedTime, whatever the year (RFC 3161 section 2.4.2). */
static void add_time(struct writ_build *b, int64_t instant)
{
    struct writ_civil c;
    char text[16];

    writ_time_to_civil(instant, &c);
    (void)snprintf(text, sizeof text, "%04u%02u%02u%02u%02u%02uZ", (unsigned)c.year % 10000,
                   (unsigned)c.month % 100, (unsigned)c.day % 100, (unsigned)c.hour % 100,
                   (unsigned)c.minute % 100, (unsigned)c.second % 100);
    writ_build_element(b, WRIT_DER_GENERALIZED_TIME, writ_span_text(text));
}

static void add_imprint(struct writ_build *b, const char *imprint, struct writ_span stamped)
{
    uint8_t room[WRIT_DIGEST_MAX];
    enum writ_oid hash = strcmp(imprint, "sha1") == 0     ? WRIT_OID_SHA1
                         : strcmp(imprint, "sha512") == 0 ? WRIT_OID_SHA512
                                                          : WRIT_OID_SHA256;

    if (strcmp(imprint, "other") == 0)
        stamped = writ_span_text("another signature");
    writ_build_open(b, WRIT_DER_SEQUENCE);
    if (strcmp(imprint, "unknown") == 0) {
        writ_build_open(b, WRIT_DER_SEQUENCE);
        writ_build_element(b, WRIT_DER_OID, bytes_of("2a0304"));
        writ_build_close(b);
    } else {
        writ_build_algorithm(b, hash);
    }
    writ_build_octet_string(b, digest(hash, stamped, room));
    writ_build_close(b);
}

static void build_info(const struct world_stamp *how, struct writ_span stamped,
                       struct writ_buffer *info)
{
    struct writ_build b = {0};
    struct writ_error e = {0};

    writ_build_open(&b, WRIT_DER_SEQUENCE);
    writ_build_unsigned(&b, WRIT_DER_INTEGER, 1);
    writ_build_element(&b, WRIT_DER_OID, bytes_of("2a0305")); /* a policy */
    add_imprint(&b, how->imprint, stamped);
    writ_build_unsigned(&b, WRIT_DER_INTEGER, 4711);
    add_time(&b, how->time);
    if (how->accuracy > 0) {
        writ_build_open(&b, WRIT_DER_SEQUENCE);
        writ_build_unsigned(&b, WRIT_DER_INTEGER, how->accuracy);
        writ_build_close(&b);
    }
    writ_build_close(&b);
    assert_ok(writ_build_finish_into(&b, info, &e));
}

void world_make_token(struct world *w, const struct world_stamp *how,
                      struct writ_span signature_value, struct writ_buffer *token)
{
    struct writ_buffer info = {0}, signature = {0};

    if (how->cms.garbage) {
        writ_buffer_add(token, bytes_of("3003020100"));
        return;
    }
    build_info(how, signature_value, &info);
    world_make_cms(w, &how->cms, WRIT_OID_TST_INFO, writ_buffer_span(&info), token, &signature);
    writ_buffer_free(&info);
    writ_buffer_free(&signature);
}
