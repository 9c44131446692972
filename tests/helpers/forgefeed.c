/*
 * tests/helpers/forgefeed.c - notes and bundles that no honest CA would sign
 *
 *   forgefeed new KEY                   makes an Ed25519 key in the file KEY (PKCS #8, DER, plain)
 *   forgefeed verifier KEY NAME         prints its verifier key under this name
 *   forgefeed public KEY                prints its 32 bytes in hexadecimal
 *   forgefeed sign KEY NAME <TEXT       prints a note: this text, whatever it says, and a signature
 *   forgefeed cosign KEY NAME <NOTE     prints the note with one more signature
 *   forgefeed bundle ROOTKEY ROOT SERIAL ORIGIN PUBLIC...
 *                                       prints a bundle (DER) for the root certificate ROOT (PEM)
 *
 * A fault is printed as "class: sentence"; its class is the exit code.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hex.h"
#include "bytes/pem.h"
#include "issue/sign.h"
#include "object/note.h"
#include "shared/file.h"

#define CEILING ((size_t)1 << 20)

static struct writ_key *read_key(const char *path, struct writ_error *e)
{
    struct writ_buffer bytes = {0};
    struct writ_key *key = NULL;

    if (file_read(path, CEILING, &bytes, e) == 0)
        key = writ_key_from_pkcs8(writ_buffer_span(&bytes), false, WRIT_SPAN_NONE, e);
    writ_buffer_free(&bytes);
    return key;
}

static int print(struct writ_buffer *b, struct writ_error *e)
{
    int rc = writ_buffer_check(b, e);

    if (rc == 0)
        rc = file_write(STDOUT_FILENO, "standard output", writ_buffer_span(b), e);
    writ_buffer_free(b);
    return rc;
}

static int new_key(const char *path, struct writ_error *e)
{
    struct writ_key *key = writ_key_generate(WRIT_KEY_ED25519, e);
    struct writ_buffer der = {0};
    int rc = -1;

    if (key != NULL && writ_key_to_pkcs8_insecure_plain(key, &der, e) == 0)
        rc = file_create_bytes(path, 0600, writ_buffer_span(&der), e);
    writ_buffer_free(&der);
    writ_key_free(key);
    return rc;
}

static int show_key(const char *path, const char *name, struct writ_error *e)
{
    struct writ_key *key = read_key(path, e);
    struct writ_note_key verifier;
    struct writ_buffer text = {0};
    int rc = key == NULL ? -1 : writ_feed_key(name == NULL ? "x" : name, key, &verifier, e);

    if (rc == 0 && name == NULL)
        writ_hex_add(&text, WRIT_SPAN_OF(verifier.key));
    else if (rc == 0)
        writ_note_key_add_text(&text, &verifier);
    writ_buffer_byte(&text, '\n');
    writ_key_free(key);
    if (rc == 0)
        return print(&text, e);
    writ_buffer_free(&text);
    return -1;
}

/* The end of what is signed: all of a text, or the text of a note. */
static int find_text(struct writ_span bytes, bool is_note, struct writ_span *text,
                     struct writ_error *e)
{
    struct writ_note note;

    *text = bytes;
    if (!is_note)
        return 0;
    if (writ_note_parse(bytes, &note, e) < 0)
        return -1;
    *text = note.text;
    return 0;
}

static int sign(const char *path, const char *name, bool is_note, struct writ_error *e)
{
    struct writ_key *key = read_key(path, e);
    struct writ_buffer out = {0}, signature = {0};
    struct writ_note_key verifier;
    struct writ_span text;
    int rc = -1;

    if (key != NULL && file_read_fd(STDIN_FILENO, "standard input", CEILING, &out, e) == 0 &&
        find_text(writ_buffer_span(&out), is_note, &text, e) == 0 &&
        writ_feed_key(name, key, &verifier, e) == 0 &&
        writ_key_sign(key, text, &signature, e) == 0) {
        if (!is_note)
            writ_buffer_byte(&out, '\n');
        writ_note_add_signature(&out, &verifier, writ_buffer_span(&signature));
        rc = print(&out, e);
    }
    writ_buffer_free(&out);
    writ_buffer_free(&signature);
    writ_key_free(key);
    return rc;
}

static int read_certificate(const char *path, struct writ_pem *pem, struct writ_error *e)
{
    struct writ_buffer bytes = {0};
    bool found = false;
    int rc = file_read(path, CEILING, &bytes, e);

    if (rc == 0) {
        struct writ_cursor c = writ_cursor_over(writ_buffer_span(&bytes), e);

        rc = writ_pem_next(&c, pem, &found);
    }
    writ_buffer_free(&bytes);
    return rc == 0 && !found ? writ_fail(e, WRIT_FAULT_BAD_INPUT, "%s: no PEM", path) : rc;
}

static int make_bundle(int n, char **args, struct writ_error *e)
{
    struct writ_key *key = read_key(args[0], e);
    uint8_t public[WRIT_BUNDLE_KEYS_MAX][WRIT_ED25519_KEY];
    struct writ_buffer der = {0};
    struct writ_pem root = {0};
    struct writ_bundle b = {
        .serial = strtoull(args[2], NULL, 10),
        .made = 1700000000,
        .profile = WRIT_PROFILE_CODE,
        .purpose = WRIT_OID_CODE_SIGNING,
        .origin = writ_span_text(args[3]),
    };
    int rc = key == NULL ? -1 : read_certificate(args[1], &root, e);

    for (int i = 4; rc == 0 && i < n && b.key_count < WRIT_BUNDLE_KEYS_MAX; i++) {
        rc = writ_hex_parse(writ_span_text(args[i]), public[b.key_count], WRIT_ED25519_KEY);
        b.key[b.key_count] = WRIT_SPAN_OF(public[b.key_count]);
        b.key_count++;
    }
    b.root = writ_buffer_span(&root.der);
    if (rc == 0 && writ_sign_bundle(&b, key, &der, e) == 0)
        rc = print(&der, e);
    writ_pem_free(&root);
    writ_key_free(key);
    return rc;
}

static int run(int n, char **args, struct writ_error *e)
{
    if (n == 2 && strcmp(args[0], "new") == 0)
        return new_key(args[1], e);
    if (n == 3 && strcmp(args[0], "verifier") == 0)
        return show_key(args[1], args[2], e);
    if (n == 2 && strcmp(args[0], "public") == 0)
        return show_key(args[1], NULL, e);
    if (n == 3 && strcmp(args[0], "sign") == 0)
        return sign(args[1], args[2], false, e);
    if (n == 3 && strcmp(args[0], "cosign") == 0)
        return sign(args[1], args[2], true, e);
    if (n >= 6 && strcmp(args[0], "bundle") == 0)
        return make_bundle(n - 1, args + 1, e);
    return writ_fail(e, WRIT_FAULT_USAGE, "what is forgefeed to do?");
}

int main(int argc, char **argv)
{
    struct writ_error e = {0};

    if (run(argc - 1, argv + 1, &e) == 0)
        return 0;
    (void)writ_fail(&e, WRIT_FAULT_UNEXPECTED, "it did not work");
    (void)fprintf(stderr, "%s: %s\n", writ_fault_name(e.fault), e.text);
    return (int)e.fault;
}
