/* Where answers come from, who takes them, and what happens when the signer dies. */
#include "responder.h"

#include <dirent.h>
#include <signal.h>

#include "issue/crl.h"
#include "shared/keyfile.h"

/* The linker gives the responder this clock (--wrap=time). */
time_t __real_time(time_t *t);
time_t __wrap_time(time_t *t);
static _Atomic int64_t clock_behind; /* seconds */

time_t __wrap_time(time_t *t)
{
    time_t now = __real_time(NULL) - (time_t)clock_behind;

    if (t != NULL)
        *t = now;
    return now;
}

/* ------------------------------------------------------------------------ what others say of it */

/* Has openssl write the request; the answer goes where it will read it. */
static void answer_openssl(const struct party *about, const char *options)
{
    struct writ_buffer request = {0};
    char command[512], path[96];
    struct answer answer;

    write_pem(path_in(&w, "issuer.pem", path), "CERTIFICATE", w.intermediate.cert.der);
    write_pem(path_in(&w, "root.pem", path), "CERTIFICATE", w.root.cert.der);
    write_pem(path_in(&w, "about.pem", path), "CERTIFICATE", about->cert.der);
    (void)snprintf(
        command, sizeof command,
        "cd %s && openssl ocsp %s -issuer issuer.pem -cert about.pem -no_nonce -reqout q", w.dir,
        options);
    assert_int_equal(system(command), 0);
    assert_ok(file_read(path_in(&w, "q", path), 65536, &request, &e));
    answers_respond(a, writ_buffer_span(&request), time(NULL), &answer);
    assert_ok(file_replace_bytes(path_in(&w, "r", path), 0600, answer.der, &e));
    answer_release(&answer);
    writ_buffer_free(&request);
}

/* True when openssl verifies the answer and prints these words. */
static bool openssl_says(const struct party *about, const char *words, const char *options)
{
    char command[512], text[4096];
    FILE *out;
    size_t n;

    answer_openssl(about, options);
    (void)snprintf(command, sizeof command,
                   "cd %s && cat issuer.pem >> root.pem && openssl ocsp %s -issuer issuer.pem "
                   "-cert about.pem -respin r -CAfile root.pem -no_nonce 2>&1",
                   w.dir, options);
    out = popen(command, "r");
    assert_non_null(out);
    n = fread(text, 1, sizeof text - 1, out);
    text[n] = '\0';
    assert_int_equal(pclose(out), 0);
    if (strstr(text, "Response verify OK") != NULL && strstr(text, words) != NULL)
        return true;
    print_message("# %s\n", text);
    return false;
}

static void openssl_takes_good_revoked_and_unknown_under_both_hashes(void **state)
{
    struct writ_answer found;

    (void)state;
    assert_true(openssl_says(&w.alice, "about.pem: good", ""));
    assert_true(openssl_says(&w.alice, "about.pem: good", "-sha256"));
    assert_true(openssl_says(&w.bob, "about.pem: unknown", ""));
    world_revoke(&w, &w.alice, WRIT_REASON_AFFILIATION_CHANGED);
    wait_for(&w.alice, WRIT_ANSWER_REVOKED, &found);
    assert_true(openssl_says(&w.alice, "about.pem: revoked", ""));
    assert_true(openssl_says(&w.alice, "Reason: affiliationChanged", "-sha256"));
}

/* -------------------------------------------------------------------------------------- the store
 */

static void what_was_revoked_before_the_start_is_revoked_at_once(void **state)
{
    struct answers_settings settings = settings_of();
    struct writ_answer found;
    struct answer answer;

    (void)state;
    answers_stop(a);
    a = NULL;
    world_revoke(&w, &w.alice, WRIT_REASON_KEY_COMPROMISE);
    assert_ok(answers_start(&settings, &a, &e));
    assert_int_equal(ask(a, &w, &w.alice, &w.intermediate, WRIT_OID_SHA1, &answer, &found),
                     WRIT_ANSWER_REVOKED);
    assert_int_equal(ask(a, &w, &w.responder, &w.intermediate, WRIT_OID_SHA1, &answer, &found),
                     WRIT_ANSWER_GOOD);
    assert_ok(answers_reload(a, &settings, &e)); /* all is read again */
    assert_int_equal(ask(a, &w, &w.alice, &w.intermediate, WRIT_OID_SHA1, &answer, &found),
                     WRIT_ANSWER_REVOKED);
}

static void what_is_issued_and_revoked_between_two_looks_is_revoked(void **state)
{
    struct writ_revocation r = {
        .reason = WRIT_REASON_SUPERSEDED, .since = w.now - 60, .revoked_at = w.now};
    struct writ_answer found;

    (void)state;
    assert_ok(castore_begin(w.s, &e));
    store_party(&w, &w.bob, CASTORE_DEVELOPER, &w.intermediate);
    assert_ok(castore_revoke(w.s, w.bob.id, &r, &e));
    commit(&w, "both");
    wait_for(&w.bob, WRIT_ANSWER_REVOKED, &found);
}

/* A backup, restored while it runs: what it does not know was never issued. */
static void another_store_under_the_name_is_read_whole(void **state)
{
    struct writ_answer found;
    char copy[96];

    (void)state;
    assert_ok(castore_backup(w.s, path_in(&w, "copy.db", copy), w.now, &e));
    world_issue(&w, &w.bob);
    world_revoke(&w, &w.alice, WRIT_REASON_SUPERSEDED);
    wait_for(&w.bob, WRIT_ANSWER_GOOD, &found);
    wait_for(&w.alice, WRIT_ANSWER_REVOKED, &found);
    castore_close(w.s);
    w.s = NULL;
    assert_int_equal(rename(copy, w.store), 0);
    assert_int_equal(unlink(path_in(&w, "ca.db-wal", copy)), 0); /* as castore_open_read wants it */
    assert_int_equal(unlink(path_in(&w, "ca.db-shm", copy)), 0);
    wait_for(&w.bob, WRIT_ANSWER_UNKNOWN, &found);
    wait_for(&w.alice, WRIT_ANSWER_GOOD, &found);
}

/* ------------------------------------------------------------------------------- several issuers
 */

static void write_signer(const struct party *p, char cert[96], char key[96])
{
    struct writ_buffer pkcs8 = {0};

    write_pem(path_in(&w, "other.pem", cert), "CERTIFICATE", p->cert.der);
    assert_ok(writ_key_to_pkcs8_insecure_plain(p->key, &pkcs8, &e));
    write_pem(path_in(&w, "other.key", key), "PRIVATE KEY", writ_buffer_span(&pkcs8));
    writ_buffer_wipe(&pkcs8);
}

static void a_root_with_a_delegate_of_its_own_answers_about_its_intermediates(void **state)
{
    struct answers_settings settings = settings_of();
    struct answers_signer signers[2] = {settings.signers[0]};
    struct writ_answer found;
    struct answer answer;
    struct party delegate = {0};
    char cert[96], key[96];

    (void)state;
    make_party(&w, &delegate, WRIT_ROLE_RESPONDER, "Root's", &w.root);
    write_signer(&delegate, cert, key);
    signers[1] = (struct answers_signer){.certificate = cert, .key = key};
    settings.signers = signers;
    settings.signer_count = 2;
    assert_ok(answers_reload(a, &settings, &e));
    assert_int_equal(ask(a, &w, &w.intermediate, &w.root, WRIT_OID_SHA256, &answer, &found),
                     WRIT_ANSWER_GOOD);
    assert_int_equal(ask(a, &w, &w.alice, &w.intermediate, WRIT_OID_SHA1, &answer, &found),
                     WRIT_ANSWER_GOOD);
    end_party(&delegate);
    settings = settings_of();
    assert_ok(answers_reload(a, &settings, &e));
}

static void an_issuer_signs_for_itself_without_its_certificate_in_the_answer(void **state)
{
    struct answers_settings settings = settings_of();
    struct answers_signer signer;
    struct writ_ocsp_response response;
    struct writ_answer found;
    struct answer answer;
    char cert[96], key[96];

    (void)state;
    write_signer(&w.intermediate, cert, key);
    signer = (struct answers_signer){.certificate = cert, .key = key};
    settings.signers = &signer;
    assert_ok(answers_reload(a, &settings, &e));
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(ask(a, &w, &w.alice, &w.intermediate, WRIT_OID_SHA1, &answer, &found),
                         WRIT_ANSWER_GOOD);
        assert_ok(writ_ocsp_response_parse(answer.der, &response, &e));
        if (response.cert_count == 0)
            break; /* until then the answers of the signer before it are still good */
        (void)usleep(10000);
    }
    assert_int_equal(response.cert_count, 0);
    settings = settings_of();
    assert_ok(answers_reload(a, &settings, &e));
}

/* Longer signatures, kept elsewhere in the table. */
static void an_rsa_signer_answers_at_once_and_from_the_table(void **state)
{
    struct answers_settings settings = settings_of();
    struct passphrase none;
    struct answers_counts counts = {0};
    struct answers_signer signer;
    struct party delegate = {0};
    struct writ_answer found;
    struct answer first, again;
    char command[256], cert[96], key[96], made[96];

    (void)state;
    (void)snprintf(
        command, sizeof command,
        "openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out %s 2>/dev/null",
        path_in(&w, "rsa.key", made));
    assert_int_equal(system(command), 0);
    passphrase_start(&none, -1);
    delegate.key = keyfile_read(made, &none, &e);
    make_party(&w, &delegate, WRIT_ROLE_RESPONDER, "RSA", &w.intermediate);
    write_signer(&delegate, cert, key);
    signer = (struct answers_signer){.certificate = cert, .key = key};
    settings.signers = &signer;
    answers_stop(a);
    assert_ok(answers_start(&settings, &a, &e));
    for (int i = 0; i < 1000 && (counts.to_sign > 0 || counts.signed_answers == 0); i++) {
        assert_int_equal(ask(a, &w, &w.bob, &w.intermediate, WRIT_OID_SHA1, &first, &found),
                         WRIT_ANSWER_UNKNOWN);
        (void)usleep(10000);
        answers_counts(a, &counts);
    }
    assert_int_equal(ask(a, &w, &w.alice, &w.intermediate, WRIT_OID_SHA1, &first, &found),
                     WRIT_ANSWER_GOOD);
    assert_int_equal(ask(a, &w, &w.alice, &w.intermediate, WRIT_OID_SHA1, &again, &found),
                     WRIT_ANSWER_GOOD);
    assert_true(writ_span_equal(first.der, again.der));
    end_party(&delegate);
}

static void a_signer_of_another_ca_is_refused(void **state)
{
    struct answers_settings settings = settings_of();
    struct party stranger = {0}, delegate = {0};
    struct answers_signer signer;
    struct answers *other;
    char cert[96], key[96];

    (void)state;
    make_party(&w, &stranger, WRIT_ROLE_ROOT, "Stranger", NULL);
    make_party(&w, &delegate, WRIT_ROLE_RESPONDER, "Stranger's", &stranger);
    write_signer(&delegate, cert, key);
    signer = (struct answers_signer){.certificate = cert, .key = key};
    settings.signers = &signer;
    assert_int_equal(answers_start(&settings, &other, &e), -1);
    assert_sentence(WRIT_FAULT_CONFIGURATION, "certified by none of the CAs");
    writ_error_clear(&e);
    end_party(&stranger);
    end_party(&delegate);
}

/* A developer's certificate of the very same CA must not sign answers. */
static void a_certificate_that_is_no_responders_is_refused(void **state)
{
    struct answers_settings settings = settings_of();
    struct answers_signer signer;
    struct answers *other;
    char cert[96], key[96];

    (void)state;
    write_signer(&w.alice, cert, key);
    signer = (struct answers_signer){.certificate = cert, .key = key};
    settings.signers = &signer;
    assert_int_equal(answers_start(&settings, &other, &e), -1);
    assert_sentence(WRIT_FAULT_CONFIGURATION, "no signer may sign for any of the CAs");
    writ_error_clear(&e);
}

/* ------------------------------------------------------------------------- known by its CRL only
 */

static void write_crl(const char *path, uint64_t number, int64_t from, int64_t until,
                      const struct party *revoked, const struct party *by)
{
    struct writ_crl_line line = {.reason = WRIT_REASON_KEY_COMPROMISE,
                                 .revoked_at = from,
                                 .serial_n = (uint8_t)revoked->cert.serial.n};
    struct writ_crl_form form = {.issuer = &by->cert,
                                 .key = by->key,
                                 .this_update = from,
                                 .next_update = until,
                                 .number = number,
                                 .lines = &line,
                                 .line_count = 1};
    struct writ_buffer der = {0};

    memcpy(line.serial, revoked->cert.serial.p, revoked->cert.serial.n);
    assert_ok(writ_issue_crl(&form, &der, &e));
    write_pem(path, "X509 CRL", writ_buffer_span(&der));
    writ_buffer_free(&der);
}

static char crl[96], issuer_path[96];

/* Instead of the store. */
static void serve_from_crl(void)
{
    static struct answers_crl given;
    struct answers_settings settings = settings_of();

    write_pem(path_in(&w, "inter.pem", issuer_path), "CERTIFICATE", w.intermediate.cert.der);
    given = (struct answers_crl){.issuer = issuer_path, .crl = crl};
    settings.store_count = 0;
    settings.crls = &given;
    settings.crl_count = 1;
    assert_ok(answers_reload(a, &settings, &e));
}

static void a_ca_is_answered_for_from_its_crl_and_never_beyond_it(void **state)
{
    struct writ_answer found;
    struct answer answer;

    (void)state;
    write_crl(path_in(&w, "crl.pem", crl), 5, w.now - 100, w.now + 3600, &w.bob, &w.intermediate);
    serve_from_crl();
    assert_int_equal(ask(a, &w, &w.bob, &w.intermediate, WRIT_OID_SHA1, &answer, &found),
                     WRIT_ANSWER_REVOKED);
    assert_int_equal(found.revoked_at, w.now - 100);
    assert_int_equal(ask(a, &w, &w.alice, &w.intermediate, WRIT_OID_SHA256, &answer, &found),
                     WRIT_ANSWER_GOOD);
    assert_int_equal(answer.this_update, w.now - 100);
    assert_int_equal(answer.next_update, w.now + 3600);
    assert_true(answer.is_cacheable);
}

static void wait_for_problem(const char *words)
{
    struct answers_counts counts = {0};

    for (int i = 0; i < 1000 && strstr(counts.problem, words) == NULL; i++) {
        (void)usleep(10000);
        answers_counts(a, &counts);
    }
    assert_non_null(strstr(counts.problem, words));
}

static void a_newer_crl_is_taken_and_an_older_or_a_strangers_is_not(void **state)
{
    struct writ_answer found;

    (void)state;
    write_crl(path_in(&w, "crl.pem", crl), 5, w.now - 100, w.now + 3600, &w.bob, &w.intermediate);
    serve_from_crl();
    write_crl(crl, 6, w.now - 50, w.now + 3600, &w.alice, &w.intermediate);
    wait_for(&w.alice, WRIT_ANSWER_REVOKED, &found);
    wait_for(&w.bob, WRIT_ANSWER_GOOD, &found);
    write_crl(crl, 4, w.now - 100, w.now + 3600, &w.bob, &w.intermediate);
    wait_for_problem("is older than the one before it");
    write_crl(crl, 7, w.now - 10, w.now + 3600, &w.bob, &w.root);
    wait_for_problem("issue");
    wait_for(&w.alice, WRIT_ANSWER_REVOKED, &found);
}

static void a_crl_that_is_over_promises_nothing(void **state)
{
    struct writ_answer found;
    struct answer answer;

    (void)state;
    write_crl(path_in(&w, "crl.pem", crl), 5, w.now - 100, w.now - 10, &w.bob, &w.intermediate);
    serve_from_crl();
    (void)ask(a, &w, &w.alice, &w.intermediate, WRIT_OID_SHA1, &answer, &found);
    assert_int_equal(answer.status, WRIT_OCSP_TRY_LATER);
    wait_for_problem("has reached its nextUpdate");
}

static void a_clock_that_goes_back_stops_the_signing(void **state)
{
    struct writ_answer found;
    struct answer answer;

    (void)state;
    wait_for(&w.alice, WRIT_ANSWER_GOOD, &found);
    clock_behind = 600;
    wait_for_problem("the clock has gone back");
    (void)ask(a, &w, &w.bob, &w.intermediate, WRIT_OID_SHA1, &answer, &found);
    assert_int_equal(answer.status, WRIT_OCSP_TRY_LATER);
    (void)ask(a, &w, &w.alice, &w.intermediate, WRIT_OID_SHA1, &answer, &found);
    assert_int_equal(answer.status, WRIT_OCSP_SUCCESSFUL); /* signed before */
    clock_behind = 0;
    wait_for(&w.bob, WRIT_ANSWER_UNKNOWN, &found);
}

static void answers_are_signed_again_around_half_their_life(void **state)
{
    struct answers_settings settings = settings_of();
    struct answers_counts counts = {0};
    struct answer answer;
    struct writ_answer found;

    (void)state;
    settings.validity = ANSWERS_VALIDITY_MIN;
    answers_stop(a);
    assert_ok(answers_start(&settings, &a, &e));
    for (int i = 0; i < 1000 && (counts.to_sign > 0 || counts.signed_answers == 0); i++) {
        (void)usleep(10000);
        answers_counts(a, &counts);
    }
    clock_behind = -ANSWERS_VALIDITY_MIN * 5 / 8;
    for (int i = 0; i < 1000 && counts.oldest_next < w.now + ANSWERS_VALIDITY_MIN * 3 / 2; i++) {
        (void)usleep(10000);
        answers_counts(a, &counts);
    }
    assert_true(counts.oldest_next >= w.now + ANSWERS_VALIDITY_MIN * 3 / 2);
    assert_int_equal(counts.on_demand, 0);
    (void)ask(a, &w, &w.alice, &w.intermediate, WRIT_OID_SHA1, &answer, &found);
    assert_true(answer.this_update >= w.now + ANSWERS_VALIDITY_MIN / 2);
    clock_behind = 0;
}

static void a_reload_with_a_missing_store_changes_nothing(void **state)
{
    struct answers_settings settings = settings_of();
    const char *nowhere = "/nonexistent/ca.db";
    struct writ_answer found;
    struct answer answer;

    (void)state;
    settings.stores = &nowhere;
    assert_int_equal(answers_reload(a, &settings, &e), -1);
    assert_int_equal(e.fault, WRIT_FAULT_NO_INPUT);
    writ_error_clear(&e);
    assert_int_equal(ask(a, &w, &w.alice, &w.intermediate, WRIT_OID_SHA1, &answer, &found),
                     WRIT_ANSWER_GOOD);
}

/* -------------------------------------------------------------------------------- the other
 * process */

/* What /proc says of a process: its state, when it is a writ-signer of this process; else 0. */
static char state_of_signer(int pid)
{
    char path[64], line[512], state = 0;
    int parent;
    FILE *f;

    (void)snprintf(path, sizeof path, "/proc/%d/stat", pid);
    f = fopen(path, "r");
    if (f == NULL)
        return 0;
    if (fgets(line, sizeof line, f) == NULL ||
        sscanf(line, "%*d (writ-signer) %c %d", &state, &parent) != 2 || parent != getpid())
        state = 0;
    (void)fclose(f);
    return state;
}

static pid_t find_signer(void)
{
    DIR *proc = opendir("/proc");
    struct dirent *entry;
    int pid, found = 0;

    assert_non_null(proc);
    while (found == 0 && (entry = readdir(proc)) != NULL) {
        if (sscanf(entry->d_name, "%d", &pid) == 1 && state_of_signer(pid) != 0)
            found = pid;
    }
    (void)closedir(proc);
    assert_true(found > 0);
    return found;
}

static void a_signer_that_dies_is_started_again_and_kept_answers_go_on(void **state)
{
    struct answers_counts counts = {0};
    struct writ_answer found;
    struct answer answer;

    (void)state;
    wait_for(&w.alice, WRIT_ANSWER_GOOD, &found);
    assert_int_equal(kill(find_signer(), SIGKILL), 0);
    assert_int_equal(ask(a, &w, &w.alice, &w.intermediate, WRIT_OID_SHA1, &answer, &found),
                     WRIT_ANSWER_GOOD);
    wait_for(&w.bob, WRIT_ANSWER_UNKNOWN, &found); /* signed by the next one */
    answers_counts(a, &counts);
    assert_true(counts.signer_is_alive);
}

static void a_signer_that_hangs_costs_tries_later_and_no_more(void **state)
{
    struct timespec from, to;
    struct writ_answer found;
    struct answer answer;
    pid_t signer = find_signer();

    (void)state;
    wait_for(&w.alice, WRIT_ANSWER_GOOD, &found);
    assert_int_equal(kill(signer, SIGSTOP), 0);
    while (state_of_signer(signer) != 'T')
        (void)usleep(1000);
    (void)clock_gettime(CLOCK_MONOTONIC, &from);
    (void)ask(a, &w, &w.bob, &w.intermediate, WRIT_OID_SHA1, &answer, &found);
    (void)clock_gettime(CLOCK_MONOTONIC, &to);
    assert_int_equal(answer.status, WRIT_OCSP_TRY_LATER);
    assert_true(to.tv_sec - from.tv_sec <= ANSWERS_SIGN_MS / 1000 + 5);
    wait_for(&w.bob, WRIT_ANSWER_UNKNOWN, &found); /* by the one that took its place */
}

/* Whoever takes the signer over has nothing but its channels. */
static void the_signer_runs_behind_a_filter_and_without_new_rights(void **state)
{
    char path[64], line[256];
    int filter = -1, rights = -1;
    FILE *f;

    (void)state;
    (void)snprintf(path, sizeof path, "/proc/%d/status", (int)find_signer());
    f = fopen(path, "r");
    assert_non_null(f);
    while (fgets(line, sizeof line, f) != NULL) {
        (void)sscanf(line, "Seccomp: %d", &filter);
        (void)sscanf(line, "NoNewPrivs: %d", &rights);
    }
    (void)fclose(f);
    assert_int_equal(rights, 1);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    assert_int_equal(filter, 2);
#endif
}

static void signing_goes_on_when_the_keys_file_is_gone(void **state)
{
    struct writ_answer found;
    struct answer answer;

    (void)state;
    assert_int_equal(unlink(w.signer_key), 0);
    assert_int_equal(ask(a, &w, &w.bob, &w.intermediate, WRIT_OID_SHA1, &answer, &found),
                     WRIT_ANSWER_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest claims[] = {
        STARTED(openssl_takes_good_revoked_and_unknown_under_both_hashes),
        STARTED(what_was_revoked_before_the_start_is_revoked_at_once),
        STARTED(what_is_issued_and_revoked_between_two_looks_is_revoked),
        STARTED(another_store_under_the_name_is_read_whole),
        STARTED(a_root_with_a_delegate_of_its_own_answers_about_its_intermediates),
        STARTED(an_issuer_signs_for_itself_without_its_certificate_in_the_answer),
        STARTED(an_rsa_signer_answers_at_once_and_from_the_table),
        STARTED(a_signer_of_another_ca_is_refused),
        STARTED(a_certificate_that_is_no_responders_is_refused),
        STARTED(a_ca_is_answered_for_from_its_crl_and_never_beyond_it),
        STARTED(a_newer_crl_is_taken_and_an_older_or_a_strangers_is_not),
        STARTED(a_crl_that_is_over_promises_nothing),
        STARTED(a_clock_that_goes_back_stops_the_signing),
        STARTED(answers_are_signed_again_around_half_their_life),
        STARTED(a_reload_with_a_missing_store_changes_nothing),
        STARTED(a_signer_that_dies_is_started_again_and_kept_answers_go_on),
        STARTED(a_signer_that_hangs_costs_tries_later_and_no_more),
        STARTED(the_signer_runs_behind_a_filter_and_without_new_rights),
        STARTED(signing_goes_on_when_the_keys_file_is_gone),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name(__FILE__, claims, NULL, NULL);
}
