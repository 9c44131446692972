/* fetch/address.h: where a redirect must not lead. */
#include <arpa/inet.h>
#include <stdio.h>
#include <sys/un.h>

#include "fetch/address.h"

#include "test.h"

static bool is_public(const char *text)
{
    struct sockaddr_storage a = {0};
    struct sockaddr_in *v4 = (struct sockaddr_in *)&a;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&a;

    if (inet_pton(AF_INET, text, &v4->sin_addr) == 1)
        a.ss_family = AF_INET;
    else if (inet_pton(AF_INET6, text, &v6->sin6_addr) == 1)
        a.ss_family = AF_INET6;
    else
        fail_msg("not an address: %s", text);
    return address_is_public((const struct sockaddr *)&a);
}

static void expect(const char *const *texts, bool wanted)
{
    for (; *texts != NULL; texts++) {
        if (is_public(*texts) != wanted)
            fail_msg("%s is %spublic", *texts, wanted ? "not " : "");
    }
}

static void addresses_of_the_internet_are_public(void **state)
{
    static const char *const texts[] = {"1.0.0.0",          "9.255.255.255",   "11.0.0.0",
                                        "100.63.255.255",   "100.128.0.0",     "126.255.255.255",
                                        "128.0.0.0",        "169.253.255.255", "169.255.0.0",
                                        "172.15.255.255",   "172.32.0.0",      "192.167.255.255",
                                        "192.169.0.0",      "203.0.113.1",     "223.255.255.255",
                                        "2000::1",          "2606:4700::1111", "3fff:ffff::1",
                                        "64:ff9b::8.8.8.8", "2002:808:808::1", NULL};

    (void)state;
    expect(texts, true);
}

static void this_host_and_private_networks_are_not(void **state)
{
    static const char *const texts[] = {"0.0.0.0",
                                        "0.255.255.255",
                                        "10.0.0.0",
                                        "10.255.255.255",
                                        "100.64.0.0",
                                        "100.127.255.255",
                                        "127.0.0.1",
                                        "127.255.255.255",
                                        "169.254.169.254",
                                        "172.16.0.0",
                                        "172.31.255.255",
                                        "192.168.0.0",
                                        "192.168.255.255",
                                        "224.0.0.1",
                                        "240.0.0.0",
                                        "255.255.255.255",
                                        "::",
                                        "::1",
                                        "fc00::1",
                                        "fdff::1",
                                        "fe80::1",
                                        "fec0::1",
                                        "ff02::1",
                                        "1fff::1",
                                        "4000::1",
                                        NULL};

    (void)state;
    expect(texts, false);
}

static void ipv6_does_not_hide_an_ipv4_address(void **state)
{
    static const char *const texts[] = {
        "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1",      "64:ff9b::10.0.0.1",
        "64:ff9b:1::1",     "2002:7f00:1::1", "2002:c0a8:101::1", NULL};

    (void)state;
    expect(texts, false);
}

static void other_families_are_not_public(void **state)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};

    (void)state;
    assert_false(address_is_public((const struct sockaddr *)&a));
}

static const struct CMUnitTest claims[] = {
    CLAIM(addresses_of_the_internet_are_public),
    CLAIM(this_host_and_private_networks_are_not),
    CLAIM(ipv6_does_not_hide_an_ipv4_address),
    CLAIM(other_families_are_not_public),
};

RUN_CLAIMS(claims)
