#include "test.h"

#include <sys/wait.h>
#include <unistd.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include "crypto/digest.h"
#include "crypto/path.h"
#include "crypto/start.h"

/* A configuration under which OpenSSL finds no algorithm at all. */
static const char hostile[] = "openssl_conf = all\n"
                              "[all]\nalg_section = algorithms\n"
                              "[algorithms]\ndefault_properties = provider=none\n";

static void use_configuration(const char *text)
{
    static char path[sizeof "/tmp/writ-test.XXXXXX"];
    int fd;

    memcpy(path, "/tmp/writ-test.XXXXXX", sizeof path);
    fd = mkstemp(path);
    if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text) || close(fd) != 0 ||
        setenv("OPENSSL_CONF", path, 1) != 0)
        fail_msg("cannot make %s", path);
}

static void openssl_cnf_is_not_read(void **state)
{
    uint8_t hash[WRIT_SHA256_BYTES];
    struct writ_error e = {0};

    (void)state;
    use_configuration(hostile);
    assert_ok(writ_crypto_start(&e));
    assert_ok(writ_sha256(writ_span_text("abc"), hash, &e));
    assert_spans_equal(
        WRIT_SPAN_OF(hash),
        bytes_of("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
}

static void not_even_when_another_library_asks_for_it_later(void **state)
{
    uint8_t hash[WRIT_SHA256_BYTES];
    struct writ_error e = {0};

    (void)state;
    assert_int_equal(OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CONFIG, NULL), 1);
    assert_ok(writ_sha256(writ_span_text("abc"), hash, &e));
    (void)unlink(getenv("OPENSSL_CONF"));
}

static void starting_twice_is_starting_once(void **state)
{
    struct writ_error e = {0};

    (void)state;
    assert_ok(writ_crypto_start(&e));
    assert_ok(writ_crypto_start(&e));
}

/* In a process of its own, because starting cannot be undone. */
static void a_bare_start_reads_no_openssl_cnf_and_verifies_nonetheless(void **state)
{
    pid_t child;
    int status = -1;

    (void)state;
    use_configuration(hostile);
    child = fork();
    if (child == 0) {
        struct writ_error e = {0};
        bool good = writ_crypto_start_bare(&e) == 0 && writ_path_self_test(&e) == 0 &&
                    writ_crypto_reason(ERR_PACK(ERR_LIB_PEM, 0, PEM_R_NO_START_LINE)) == NULL &&
                    writ_crypto_start(&e) == 0;

        _exit(good ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    (void)unlink(getenv("OPENSSL_CONF"));
}

static const struct CMUnitTest claims[] = {
    CLAIM(a_bare_start_reads_no_openssl_cnf_and_verifies_nonetheless),
    CLAIM(openssl_cnf_is_not_read),
    CLAIM(not_even_when_another_library_asks_for_it_later),
    CLAIM(starting_twice_is_starting_once),
};

RUN_CLAIMS(claims)
