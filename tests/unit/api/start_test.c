/*
 * Whoever is the first to use OpenSSL in a process: the library does not read openssl.cnf, and
 * takes what a program has read before it.  Each case has a process of its own.
 */
#include <sys/wait.h>
#include <unistd.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "test.h"
#include "writ.h"

/* A configuration under which OpenSSL finds no algorithm at all. */
static const char hostile[] = "openssl_conf = all\n"
                              "[all]\nalg_section = algorithms\n"
                              "[algorithms]\ndefault_properties = provider=none\n";

static char path[] = "/tmp/writ-test.XXXXXX";

static int use_configuration(void **state)
{
    int fd = mkstemp(path);

    (void)state;
    return fd < 0 || write(fd, hostile, strlen(hostile)) != (ssize_t)strlen(hostile) ||
           close(fd) != 0 || setenv("OPENSSL_CONF", path, 1) != 0;
}

static int remove_configuration(void **state)
{
    (void)state;
    return unlink(path);
}

/* What a function says that is the first one to be called. */
typedef enum writ_fault (*first)(void);

static enum writ_fault starting(void)
{
    struct writ_error e = {0};

    return writ_start(&e) == 0 ? WRIT_FAULT_NONE : e.fault;
}

static enum writ_fault hashing(void)
{
    static const uint8_t content[5000];
    struct writ_error e = {0};
    uint8_t root[WRIT_HASH];

    return writ_content_root(content, sizeof content, 1, root, &e) == 0 ? WRIT_FAULT_NONE : e.fault;
}

static enum writ_fault judging(void)
{
    struct writ_error e = {0};
    struct writ_judge *j = writ_judge_new(0, 0, 1, &e);

    writ_judge_free(j);
    return j != NULL ? WRIT_FAULT_NONE : e.fault;
}

/* A bundle that is none is bad input, once OpenSSL is there to look at it. */
static enum writ_fault arriving(void)
{
    static const uint8_t bytes[WRIT_HASH];
    struct writ_error e = {0};

    if (writ_arrival_new(0, bytes, sizeof bytes, bytes, NULL, 0, &e) != NULL)
        return WRIT_FAULT_USAGE;
    return e.fault == WRIT_FAULT_BAD_INPUT ? WRIT_FAULT_NONE : e.fault;
}

static bool openssl_has_sha256(void)
{
    EVP_MD *hash = EVP_MD_fetch(NULL, "SHA256", NULL);

    EVP_MD_free(hash);
    return hash != NULL;
}

/* Runs the function in a new process; true when it says this, and OpenSSL is then as it was. */
static bool says(first what, bool configured, enum writ_fault wanted)
{
    pid_t child = fork();
    int status;

    assert_true(child >= 0);
    if (child == 0) {
        bool right;

        if (configured && OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CONFIG, NULL) != 1)
            _exit(2);
        right = what() == wanted;
        if (!configured)
            (void)OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CONFIG, NULL);
        _exit(right && openssl_has_sha256() == !configured ? 0 : 1);
    }
    assert_true(waitpid(child, &status, 0) == child);
    return status == 0;
}

static void no_function_reads_openssl_cnf(void **state)
{
    (void)state;
    assert_true(says(starting, false, WRIT_FAULT_NONE));
    assert_true(says(hashing, false, WRIT_FAULT_NONE));
    assert_true(says(judging, false, WRIT_FAULT_NONE));
    assert_true(says(arriving, false, WRIT_FAULT_NONE));
}

static void a_configuration_that_the_program_has_read_holds(void **state)
{
    (void)state;
    assert_true(says(starting, true, WRIT_FAULT_UNEXPECTED));
    assert_true(says(hashing, true, WRIT_FAULT_UNEXPECTED));
    assert_true(says(judging, true, WRIT_FAULT_UNEXPECTED));
    assert_true(says(arriving, true, WRIT_FAULT_UNEXPECTED));
}

static const struct CMUnitTest claims[] = {
    CLAIM(no_function_reads_openssl_cnf),
    CLAIM(a_configuration_that_the_program_has_read_holds),
};

int main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name(__FILE__, claims, use_configuration, remove_configuration);
}
