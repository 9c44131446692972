/* Certificates: by src/issue where writ would make them, else by hand. */
#include <openssl/ec.h>
#include <openssl/x509.h>

#include "bytes/build.h"
#include "crypto/digest.h"
#include "test.h"
#include "world/world.h"

/* ---- Keys ---- */

/* RSA keys take long to make: one of each length serves all worlds of a program. */
static EVP_PKEY *rsa_key(unsigned bits)
{
    static EVP_PKEY *kept[2];
    EVP_PKEY **key = &kept[bits == 2048];

    if (*key == NULL)
        *key = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)bits);
    if (*key == NULL)
        fail_msg("cannot make an RSA key");
    EVP_PKEY_up_ref(*key);
    return *key;
}

static EVP_PKEY *make_key(const char *kind)
{
    EVP_PKEY *key = NULL;

    if (strcmp(kind, "rsa2048") == 0)
        return rsa_key(2048);
    if (strcmp(kind, "rsa1024") == 0)
        return rsa_key(1024);
    if (strcmp(kind, "ed25519") == 0)
        key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    else if (strcmp(kind, "p384") == 0)
        key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-384");
    else if (strcmp(kind, "p521") == 0)
        key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-521");
    else if (strcmp(kind, "p256") == 0)
        key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    if (key == NULL)
        fail_msg("cannot make a key of the kind %s", kind);
    return key;
}

/* The same key as src/issue wants it. */
static struct writ_key *writ_key_of(const EVP_PKEY *key)
{
    PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(key);
    struct writ_error e = {0};
    struct writ_key *made;
    uint8_t *der = NULL;
    int n = i2d_PKCS8_PRIV_KEY_INFO(info, &der);

    made =
        n <= 0 ? NULL : writ_key_from_pkcs8(WRIT_SPAN(der, (size_t)n), false, WRIT_SPAN_NONE, &e);
    if (made == NULL)
        fail_msg("cannot take a key over: %s", e.text);
    OPENSSL_free(der);
    PKCS8_PRIV_KEY_INFO_free(info);
    return made;
}

static void give_key(struct world *w, struct world_cert *cert)
{
    uint8_t *der = NULL;
    int n;

    if (cert->key_of[0] != '\0') {
        struct world_cert *other = world_cert(w, cert->key_of);

        world_make_cert(w, other);
        cert->key = other->key;
        EVP_PKEY_up_ref(cert->key);
    } else {
        cert->key = make_key(cert->key_kind);
    }
    if (EVP_PKEY_base_id(cert->key) == EVP_PKEY_EC && EVP_PKEY_bits(cert->key) == 256)
        cert->writ_key = writ_key_of(cert->key);
    n = i2d_PUBKEY(cert->key, &der);
    if (n <= 0)
        fail_msg("cannot write a public key");
    writ_buffer_add(&cert->spki, WRIT_SPAN(der, (size_t)n));
    OPENSSL_free(der);
}

/* ---- Signatures ---- */

static enum writ_oid ecdsa_with(enum writ_oid hash)
{
    return hash == WRIT_OID_SHA1     ? WRIT_OID_ECDSA_SHA1
           : hash == WRIT_OID_SHA384 ? WRIT_OID_ECDSA_SHA384
           : hash == WRIT_OID_SHA512 ? WRIT_OID_ECDSA_SHA512
                                     : WRIT_OID_ECDSA_SHA256;
}

static enum writ_oid rsa_with(enum writ_oid hash)
{
    return hash == WRIT_OID_SHA1     ? WRIT_OID_RSA_SHA1
           : hash == WRIT_OID_SHA384 ? WRIT_OID_RSA_SHA384
           : hash == WRIT_OID_SHA512 ? WRIT_OID_RSA_SHA512
                                     : WRIT_OID_RSA_SHA256;
}

enum writ_oid world_algorithm(const EVP_PKEY *key, enum writ_oid hash)
{
    if (EVP_PKEY_base_id(key) == EVP_PKEY_ED25519)
        return WRIT_OID_ED25519;
    return EVP_PKEY_base_id(key) == EVP_PKEY_EC ? ecdsa_with(hash) : rsa_with(hash);
}

static const EVP_MD *hash_of(enum writ_oid algorithm)
{
    switch (algorithm) {
    case WRIT_OID_ED25519:
        return NULL;
    case WRIT_OID_ECDSA_SHA1:
    case WRIT_OID_RSA_SHA1:
        return EVP_sha1();
    case WRIT_OID_ECDSA_SHA384:
    case WRIT_OID_RSA_SHA384:
        return EVP_sha384();
    case WRIT_OID_ECDSA_SHA512:
    case WRIT_OID_RSA_SHA512:
        return EVP_sha512();
    default:
        return EVP_sha256();
    }
}

void world_sign(EVP_PKEY *key, enum writ_oid algorithm, struct writ_span message,
                struct writ_buffer *signature)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    uint8_t room[1024];
    size_t n = sizeof room;

    if (context == NULL || EVP_DigestSignInit(context, NULL, hash_of(algorithm), NULL, key) != 1 ||
        EVP_DigestSign(context, room, &n, message.p, message.n) != 1)
        fail_msg("cannot sign");
    writ_buffer_add(signature, WRIT_SPAN(room, n));
    EVP_MD_CTX_free(context);
}

/* ---- Extensions, by hand ---- */

static void open_extension(struct writ_build *b, enum writ_oid oid, bool critical)
{
    writ_build_open(b, WRIT_DER_SEQUENCE);
    writ_build_oid(b, oid);
    if (critical)
        writ_build_boolean(b, true);
    writ_build_open(b, WRIT_DER_OCTET_STRING);
}

static void close_extension(struct writ_build *b)
{
    writ_build_close(b);
    writ_build_close(b);
}

static void add_constraints(struct writ_build *b, const struct world_cert *cert)
{
    if (cert->no_constraints)
        return;
    open_extension(b, WRIT_OID_BASIC_CONSTRAINTS, true);
    writ_build_open(b, WRIT_DER_SEQUENCE);
    if (cert->is_ca)
        writ_build_boolean(b, true);
    if (cert->path_length >= 0)
        writ_build_unsigned(b, WRIT_DER_INTEGER, (uint64_t)cert->path_length);
    writ_build_close(b);
    close_extension(b);
}

static void add_usage(struct writ_build *b, const struct world_cert *cert)
{
    uint8_t octet = (uint8_t)cert->usage;
    unsigned unused = 0;

    if (octet == 0)
        return;
    while ((octet >> unused & 1) == 0)
        unused++;
    open_extension(b, WRIT_OID_KEY_USAGE, true);
    writ_build_bit_string(b, WRIT_SPAN(&octet, 1), unused);
    close_extension(b);
}

static enum writ_oid purpose_named(const char *name)
{
    static const enum writ_oid known[] = {WRIT_OID_CODE_SIGNING, WRIT_OID_TIME_STAMPING,
                                          WRIT_OID_SERVER_AUTH, WRIT_OID_ANY_PURPOSE};

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(writ_oid_name(known[i]), name) == 0)
            return known[i];
    }
    fail_msg("%s: no such purpose", name);
    return WRIT_OID_UNKNOWN;
}

static void add_purposes(struct writ_build *b, const struct world_cert *cert)
{
    const char *names = cert->purposes;
    char name[WORLD_NAME];

    if (strcmp(names, "none") == 0)
        return;
    open_extension(b, WRIT_OID_EXTENDED_KEY_USAGE, cert->purposes_critical);
    writ_build_open(b, WRIT_DER_SEQUENCE);
    while (world_next_name(&names, name))
        writ_build_oid(b, purpose_named(name));
    writ_build_close(b);
    close_extension(b);
}

/* A hash of the key; any would do. */
static void add_key_id(struct writ_build *b, const struct world_cert *cert)
{
    struct writ_error e = {0};
    uint8_t hash[WRIT_SHA256_BYTES];

    if (cert->no_key_id)
        return;
    assert_ok(writ_sha256(writ_buffer_span(&cert->spki), hash, &e));
    open_extension(b, WRIT_OID_SUBJECT_KEY_ID, false);
    writ_build_octet_string(b, WRIT_SPAN(hash, 20));
    close_extension(b);
}

static void add_number(struct writ_build *b, const struct world_cert *cert)
{
    if (!cert->numbered || cert->role == WRIT_ROLE_ROOT)
        return;
    open_extension(b, WRIT_OID_ISSUANCE_NUMBER, false);
    writ_build_unsigned(b, WRIT_DER_INTEGER, cert->number);
    close_extension(b);
}

/* 1.3.6.1.4.1.99999.1 with a NULL in it. */
static void add_unknown(struct writ_build *b, const struct world_cert *cert)
{
    if (!cert->unknown_critical)
        return;
    writ_build_open(b, WRIT_DER_SEQUENCE);
    writ_build_element(b, WRIT_DER_OID, bytes_of("2b06010401868d1f01"));
    writ_build_boolean(b, true);
    writ_build_octet_string(b, bytes_of("0500"));
    writ_build_close(b);
}

/* PolicyConstraints with requireExplicitPolicy 0 (RFC 5280 section 4.2.1.11). */
static void add_policy_constraints(struct writ_build *b, const struct world_cert *cert)
{
    if (!cert->wants_policy)
        return;
    open_extension(b, WRIT_OID_POLICY_CONSTRAINTS, true);
    writ_build_raw(b, bytes_of("3003800100"));
    close_extension(b);
}

/* ---- TBSCertificate, by hand ---- */

static void add_subject(struct writ_build *b, const struct world_cert *cert)
{
    writ_build_open(b, WRIT_DER_SEQUENCE);
    if (cert->organization[0] != '\0')
        writ_build_name_part(b, WRIT_OID_ORGANIZATION, writ_span_text(cert->organization));
    for (size_t i = 0; i < cert->units; i++)
        writ_build_name_part(b, WRIT_OID_ORGANIZATIONAL_UNIT, writ_span_text(cert->unit[i]));
    writ_build_name_part(b, WRIT_OID_COMMON_NAME, writ_span_text(cert->common_name));
    writ_build_close(b);
}

static void add_extensions(struct writ_build *b, const struct world_cert *cert)
{
    writ_build_open(b, WRIT_DER_CONTEXT_CONSTRUCTED(3));
    writ_build_open(b, WRIT_DER_SEQUENCE);
    add_constraints(b, cert);
    add_usage(b, cert);
    add_purposes(b, cert);
    add_key_id(b, cert);
    add_number(b, cert);
    add_unknown(b, cert);
    add_policy_constraints(b, cert);
    writ_build_close(b);
    writ_build_close(b);
}

static void build_tbs(const struct world_cert *cert, const struct world_cert *issuer,
                      enum writ_oid algorithm, struct writ_buffer *tbs)
{
    struct writ_build b = {0};
    struct writ_error e = {0};

    writ_build_open(&b, WRIT_DER_SEQUENCE);
    writ_build_open(&b, WRIT_DER_CONTEXT_CONSTRUCTED(0));
    writ_build_unsigned(&b, WRIT_DER_INTEGER, 2);
    writ_build_close(&b);
    writ_build_magnitude(&b, WRIT_SPAN_OF(cert->serial));
    writ_build_algorithm(&b, algorithm);
    if (issuer == cert)
        add_subject(&b, cert);
    else
        writ_build_raw(&b, issuer->parsed.subject.der);
    writ_build_open(&b, WRIT_DER_SEQUENCE);
    writ_build_time(&b, cert->from);
    writ_build_time(&b, cert->until);
    writ_build_close(&b);
    add_subject(&b, cert);
    writ_build_raw(&b, writ_buffer_span(&cert->spki));
    add_extensions(&b, cert);
    writ_build_close(&b);
    assert_ok(writ_build_finish_into(&b, tbs, &e));
}

static void make_by_hand(struct world_cert *cert, const struct world_cert *issuer)
{
    enum writ_oid algorithm = world_algorithm(issuer->key, cert->hash);
    struct writ_buffer tbs = {0}, signature = {0};
    struct writ_build b = {0};
    struct writ_error e = {0};

    build_tbs(cert, issuer, algorithm, &tbs);
    world_sign(issuer->key, algorithm, writ_buffer_span(&tbs), &signature);
    if (cert->spoiled)
        signature.p[signature.n - 1] ^= 1;
    writ_build_open(&b, WRIT_DER_SEQUENCE);
    writ_build_raw(&b, writ_buffer_span(&tbs));
    writ_build_algorithm(&b, algorithm);
    writ_build_bit_string(&b, writ_buffer_span(&signature), 0);
    writ_build_close(&b);
    assert_ok(writ_build_finish_into(&b, &cert->der, &e));
    writ_buffer_free(&tbs);
    writ_buffer_free(&signature);
}

/* ---- What writ itself makes ---- */

static void issue(struct world_cert *cert, const struct world_cert *issuer)
{
    struct writ_error e = {0};
    struct writ_certificate_order order = {
        .role = cert->role,
        .common_name = writ_span_text(cert->common_name),
        .organization = writ_span_text(cert->organization),
        .team = cert->units > 0 ? writ_span_text(cert->unit[0]) : WRIT_SPAN_NONE,
        .spki = writ_buffer_span(&cert->spki),
        .number = cert->number,
        .not_before = cert->from,
        .not_after = cert->until,
        .issuer = issuer == cert ? NULL : &issuer->parsed,
        .key = issuer->writ_key,
    };

    memcpy(order.serial, cert->serial, sizeof order.serial);
    assert_ok(writ_issue_certificate(&order, &cert->der, &e));
}

void world_make_cert(struct world *w, struct world_cert *cert)
{
    struct world_cert *issuer = world_cert(w, cert->issuer);
    struct writ_error e = {0};

    if (cert->made)
        return;
    cert->made = true;
    if (issuer != cert)
        world_make_cert(w, issuer);
    cert->serial[0] = 0x4d;
    cert->serial[WRIT_SERIAL_BYTES - 1] = (uint8_t)(cert - w->cert);
    give_key(w, cert);
    if (cert->by_hand || issuer->writ_key == NULL)
        make_by_hand(cert, issuer);
    else
        issue(cert, issuer);
    assert_ok(writ_cert_parse(writ_buffer_span(&cert->der), &cert->parsed, &e));
}
