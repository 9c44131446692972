#include "evidence/onecrl.h"

#include <endian.h>
#include <string.h>

enum { BY_SERIAL = 1, BY_SUBJECT = 2 };

/* SHA-256 of the kind, the name with its length, and what comes after it.  Fails on a name over the
 * ceiling. */
static int hash_key(struct writ_digester *digester, uint8_t kind, struct writ_span name,
                    struct writ_span rest, uint8_t key[WRIT_ONECRL_KEY], struct writ_error *e)
{
    uint8_t head[1 + 4 + WRIT_ONECRL_NAME_MAX];
    uint32_t length = htobe32((uint32_t)name.n);

    if (name.n == 0 || name.n > WRIT_ONECRL_NAME_MAX)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "a name of %zu bytes, wanted 1 to %d", name.n,
                         WRIT_ONECRL_NAME_MAX);
    head[0] = kind;
    memcpy(head + 1, &length, sizeof length);
    memcpy(head + 5, name.p, name.n);
    return writ_digester_sha256(digester, WRIT_SPAN(head, 5 + name.n), rest, key, e);
}

int writ_onecrl_serial_key(struct writ_digester *digester, struct writ_span issuer_name,
                           struct writ_span serial, uint8_t key[WRIT_ONECRL_KEY],
                           struct writ_error *e)
{
    if (serial.n == 0 || serial.n > WRIT_ONECRL_SERIAL_MAX)
        return writ_fail(e, WRIT_FAULT_BAD_INPUT, "a serial number of %zu octets, wanted 1 to %d",
                         serial.n, WRIT_ONECRL_SERIAL_MAX);
    return hash_key(digester, BY_SERIAL, issuer_name, serial, key, e);
}

int writ_onecrl_subject_key(struct writ_digester *digester, struct writ_span subject_name,
                            const uint8_t spki_hash[WRIT_SHA256_BYTES],
                            uint8_t key[WRIT_ONECRL_KEY], struct writ_error *e)
{
    return hash_key(digester, BY_SUBJECT, subject_name, WRIT_SPAN(spki_hash, WRIT_SHA256_BYTES),
                    key, e);
}

static bool fits(struct writ_span bytes, size_t max)
{
    return bytes.n > 0 && bytes.n <= max;
}

static int find_serial(const struct writ_onecrl *onecrl, struct writ_digester *digester,
                       const struct writ_cert *cert, bool *found, struct writ_error *e)
{
    uint8_t key[WRIT_ONECRL_KEY];

    if (!fits(cert->issuer.der, WRIT_ONECRL_NAME_MAX) ||
        !fits(cert->serial, WRIT_ONECRL_SERIAL_MAX))
        return 0;
    if (writ_onecrl_serial_key(digester, cert->issuer.der, cert->serial, key, e) < 0)
        return -1;
    *found = writ_onecrl_find(onecrl, key);
    return 0;
}

static int find_subject(const struct writ_onecrl *onecrl, struct writ_digester *digester,
                        const struct writ_cert *cert, bool *found, struct writ_error *e)
{
    uint8_t hash[WRIT_SHA256_BYTES], key[WRIT_ONECRL_KEY];

    if (!fits(cert->subject.der, WRIT_ONECRL_NAME_MAX))
        return 0;
    if (writ_digester_sha256(digester, cert->key.spki, WRIT_SPAN_NONE, hash, e) < 0 ||
        writ_onecrl_subject_key(digester, cert->subject.der, hash, key, e) < 0)
        return -1;
    *found = writ_onecrl_find(onecrl, key);
    return 0;
}

int writ_check_onecrl(const struct writ_onecrl *onecrl, struct writ_digester *digester,
                      const struct writ_cert *cert, bool *revoked, struct writ_error *e)
{
    *revoked = false;
    if (find_serial(onecrl, digester, cert, revoked, e) < 0)
        return -1;
    return *revoked ? 0 : find_subject(onecrl, digester, cert, revoked, e);
}
