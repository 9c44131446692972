/*
 * examples/lookup.c - is this certificate revoked in that table?
 *
 *     lookup TABLE CERTIFICATE ISSUER      both DER
 *     lookup TABLE ISSUER-KEY-HASH SERIAL  both hexadecimal: SHA-256 of the issuer's
 *                                          SubjectPublicKeyInfo, and the number's content octets
 *
 * Prints the answer.  Exit code 0 good, 2 revoked, 4 everything else; a table says nothing about
 * who made it, so that it must be one that was accepted (examples/pull.c).
 */
#include <inttypes.h>

#include <writ.h>

#include "files.h"

static const char *name_of(int answer)
{
    switch (answer) {
    case WRIT_LOOKUP_GOOD:
        return "good";
    case WRIT_LOOKUP_REVOKED:
        return "revoked";
    case WRIT_LOOKUP_NEWER:
        return "newer than the table";
    case WRIT_LOOKUP_NO_ISSUER:
        return "the table knows nothing of its issuer";
    case WRIT_LOOKUP_BURNED:
        return "burned: its CA was restored from a backup";
    case WRIT_LOOKUP_UNNUMBERED:
        return "without a number, from an issuer that numbers";
    case WRIT_LOOKUP_UNLISTED:
        return "not listed";
    default:
        return "an answer that this program does not know";
    }
}

static int by_certificate(struct writ_lookup *l, char **argv, enum writ_reason *reason,
                          int64_t *since, struct writ_error *e)
{
    struct file cert, issuer = {NULL, 0};
    int answer = -1;

    if (file_map(argv[2], &cert) == 0 && file_map(argv[3], &issuer) == 0)
        answer = writ_lookup_certificate(l, cert.p, cert.n, issuer.p, issuer.n, reason, since, e);
    else
        fprintf(stderr, "lookup: %s\n", strerror(errno));
    file_unmap(&issuer);
    file_unmap(&cert);
    return answer;
}

static int ask(struct writ_lookup *l, char **argv, enum writ_reason *reason, int64_t *since,
               struct writ_error *e)
{
    uint8_t issuer[WRIT_HASH], serial[20]; /* RFC 5280 section 4.1.2.2: at most 20 octets */
    size_t n = strlen(argv[3]) / 2;

    if (hex_parse(argv[2], issuer, sizeof issuer) < 0)
        return by_certificate(l, argv, reason, since, e);
    if (n > sizeof serial || hex_parse(argv[3], serial, n) < 0) {
        fprintf(stderr, "lookup: %s: not a serial number\n", argv[3]);
        return -1;
    }
    return writ_lookup_serial(l, issuer, serial, n, reason, since, e);
}

static int tell(int answer, enum writ_reason reason, int64_t since)
{
    if (answer < 0)
        return WRIT_FAULT_BAD_INPUT;
    if (answer == WRIT_LOOKUP_REVOKED)
        printf("revoked (%s, since %" PRId64 ")\n", writ_reason_name(reason), since);
    else
        printf("%s\n", name_of(answer));
    return answer == WRIT_LOOKUP_GOOD ? 0 : answer == WRIT_LOOKUP_REVOKED ? 2 : 4;
}

int main(int argc, char **argv)
{
    enum writ_reason reason = WRIT_REASON_UNSPECIFIED;
    struct writ_error e = {0};
    struct writ_lookup *l;
    struct file table;
    int64_t since = 0;
    int answer = -1;

    if (argc != 4) {
        fprintf(stderr, "usage: lookup TABLE (CERTIFICATE ISSUER | ISSUER-KEY-HASH SERIAL)\n");
        return WRIT_FAULT_USAGE;
    }
    if (file_map(argv[1], &table) != 0) {
        fprintf(stderr, "lookup: %s: %s\n", argv[1], strerror(errno));
        return WRIT_FAULT_NO_INPUT;
    }
    l = writ_lookup_new(table.p, table.n, &e);
    if (l != NULL)
        answer = ask(l, argv, &reason, &since, &e);
    if (e.fault != WRIT_FAULT_NONE)
        fprintf(stderr, "lookup: %s\n", e.text);
    writ_lookup_free(l); /* before the table, which it has borrowed */
    file_unmap(&table);
    return tell(answer, reason, since);
}
