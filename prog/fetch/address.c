#include "fetch/address.h"

#include <netinet/in.h>
#include <stdint.h>
#include <string.h>

/* The first `bits` of an IPv4 address are these. */
struct network {
    uint32_t prefix;
    unsigned bits;
};

static const struct network not_public[] = {
    {0x00000000, 8},  /* this host (RFC 1122) */
    {0x0a000000, 8},  /* private (RFC 1918) */
    {0x64400000, 10}, /* behind a carrier's translator (RFC 6598) */
    {0x7f000000, 8},  /* loopback */
    {0xa9fe0000, 16}, /* link-local (RFC 3927) */
    {0xac100000, 12}, /* private */
    {0xc0a80000, 16}, /* private */
    {0xe0000000, 3},  /* multicast, reserved, broadcast */
};

static bool v4_is_public(uint32_t address)
{
    for (size_t i = 0; i < sizeof not_public / sizeof not_public[0]; i++) {
        unsigned rest = 32 - not_public[i].bits;

        if (address >> rest == not_public[i].prefix >> rest)
            return false;
    }
    return true;
}

static uint32_t v4_at(const uint8_t bytes[16], size_t at)
{
    return (uint32_t)bytes[at] << 24 | (uint32_t)bytes[at + 1] << 16 |
           (uint32_t)bytes[at + 2] << 8 | bytes[at + 3];
}

/* Global unicast is 2000::/3 and, for NAT64, 64:ff9b::/96 (RFC 6052). */
static bool v6_is_public(const uint8_t b[16])
{
    static const uint8_t nat64[12] = {0x00, 0x64, 0xff, 0x9b};

    if (memcmp(b, nat64, sizeof nat64) == 0)
        return v4_is_public(v4_at(b, 12));
    if (b[0] == 0x20 && b[1] == 0x02) /* 6to4 (RFC 3056) */
        return v4_is_public(v4_at(b, 2));
    return (b[0] & 0xe0) == 0x20;
}

bool address_is_public(const struct sockaddr *a)
{
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;

    if (a->sa_family == AF_INET) {
        memcpy(&v4, a, sizeof v4);
        return v4_is_public(ntohl(v4.sin_addr.s_addr));
    }
    if (a->sa_family == AF_INET6) {
        memcpy(&v6, a, sizeof v6);
        return v6_is_public(v6.sin6_addr.s6_addr);
    }
    return false;
}
