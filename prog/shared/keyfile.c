#include "shared/keyfile.h"

#include <string.h>

#include "bytes/pem.h"
#include "shared/file.h"

#define PLAIN     "PRIVATE KEY"
#define ENCRYPTED "ENCRYPTED PRIVATE KEY"

static bool is_old_form(const char *label)
{
    size_t n = strlen(label), m = strlen(PLAIN);

    return n > m && strcmp(label + n - m, PLAIN) == 0 && strcmp(label, ENCRYPTED) != 0;
}

/* The first block that is a key; other blocks (certificates, parameters) are passed over. */
static int find_key(struct writ_span bytes, struct writ_pem *pem, struct writ_error *e)
{
    struct writ_cursor c = writ_cursor_over(bytes, e);
    bool found = true;

    while (found) {
        if (writ_pem_next(&c, pem, &found) < 0)
            return -1;
        if (found && (strcmp(pem->label, PLAIN) == 0 || strcmp(pem->label, ENCRYPTED) == 0))
            return 0;
        if (found && is_old_form(pem->label))
            return writ_fail(e, WRIT_FAULT_BAD_INPUT,
                             "\"%s\" is an older form of key; convert it with openssl pkcs8 -topk8",
                             pem->label);
        writ_pem_free(pem);
    }
    return writ_fail(e, WRIT_FAULT_BAD_INPUT, "no private key in it (PEM block \"%s\")", ENCRYPTED);
}

static struct writ_key *open_key(const struct writ_pem *pem, const char *shown,
                                 struct passphrase *passphrase, struct writ_error *e)
{
    bool encrypted = strcmp(pem->label, ENCRYPTED) == 0;
    struct writ_span secret = WRIT_SPAN_NONE;

    if (encrypted) {
        if (passphrase_need(passphrase, PASSPHRASE_OPEN, shown, e) < 0)
            return NULL;
        secret = passphrase_bytes(passphrase);
    }
    return writ_key_from_pkcs8(writ_buffer_span(&pem->der), encrypted, secret, e);
}

struct writ_key *keyfile_read(const char *path, struct passphrase *passphrase, struct writ_error *e)
{
    struct writ_buffer bytes = {0};
    struct writ_pem pem = {0};
    struct writ_key *key = NULL;
    char shown[FILE_SHOWN_MAX];

    (void)file_shown(path, shown);
    if (file_read(path, KEYFILE_BYTES_MAX, &bytes, e) < 0)
        goto out;
    if (find_key(writ_buffer_span(&bytes), &pem, e) == 0)
        key = open_key(&pem, shown, passphrase, e);
    if (key == NULL)
        writ_error_context(e, "%s", shown);
out:
    writ_pem_free(&pem);
    writ_buffer_wipe(&bytes);
    return key;
}

int keyfile_create(const char *path, const struct writ_key *key,
                   const struct passphrase *passphrase, bool insecure_plain, struct writ_error *e)
{
    struct writ_buffer der = {0}, pem = {0};
    int rc = insecure_plain ? writ_key_to_pkcs8_insecure_plain(key, &der, e)
                            : writ_key_to_pkcs8(key, passphrase_bytes(passphrase), &der, e);

    if (rc == 0) {
        writ_pem_build(&pem, insecure_plain ? PLAIN : ENCRYPTED, writ_buffer_span(&der));
        rc = writ_buffer_check(&pem, e);
    }
    if (rc == 0)
        rc = file_create_bytes(path, 0600, writ_buffer_span(&pem), e);
    writ_buffer_wipe(&der);
    writ_buffer_wipe(&pem);
    return rc;
}
