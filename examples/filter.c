/*
 * examples/filter.c - is this certificate for TLS revoked, as Mozilla's filters know it?
 *
 *     filter CERTIFICATE ISSUER FILE...      CERTIFICATE and ISSUER in DER; FILE: filters, OneCRL
 *
 * Prints the answer, which file gave it and why.  Exit code 0 good, 2 revoked, 5 only data that is
 * too old says that it is good, 4 everything else.  The files are asked as they are: who made them
 * was for whoever pulled them to find out.
 */
#include <time.h>

#include <writ.h>

#include "files.h"

#define FILES_MAX 600

/* The words and exit codes of `writ check`, in the order of enum writ_filters_answer. */
static const struct {
    const char *name;
    int code;
} answers[] = {
    {"good", 0}, {"revoked", 2}, {"not-enrolled", 4}, {"not-covered", 4}, {"stale", 5},
};

static int fail(const char *name, const char *why)
{
    fprintf(stderr, "filter: %s: %s\n", name, why);
    return -1;
}

/* Adds a file, which is a filter or OneCRL; what it is told by its first byte. */
static int add(struct writ_filters *f, const char *path, const struct file *file,
               struct writ_error *e)
{
    const char *slash = strrchr(path, '/');

    if (file->n > 0 && file->p[0] == 0x97)
        return writ_filters_onecrl(f, file->p, file->n, e);
    return writ_filters_add(f, slash == NULL ? path : slash + 1, file->p, file->n, e);
}

/* Maps and adds the files, up to the first that cannot be. */
static int add_all(struct writ_filters *f, char **paths, int count, struct file *files,
                   struct writ_error *e)
{
    for (int i = 0; i < count; i++) {
        if (file_map(paths[i], &files[i]) != 0)
            return fail(paths[i], strerror(errno));
        if (add(f, paths[i], &files[i], e) < 0)
            return fail(paths[i], e->text);
    }
    return 0;
}

static int ask(struct writ_filters *f, char **argv, struct writ_error *e)
{
    struct file cert, issuer = {NULL, 0};
    int answer = -1;

    if (file_map(argv[1], &cert) != 0)
        (void)fail(argv[1], strerror(errno));
    else if (file_map(argv[2], &issuer) != 0)
        (void)fail(argv[2], strerror(errno));
    else if ((answer = writ_filters_certificate(f, (int64_t)time(NULL), cert.p, cert.n, issuer.p,
                                                issuer.n, e)) < 0)
        (void)fail(argv[1], e->text);
    file_unmap(&issuer);
    file_unmap(&cert);
    return answer;
}

static int tell(const struct writ_filters *f, int answer)
{
    if (answer < 0)
        return WRIT_FAULT_BAD_INPUT;
    if ((size_t)answer >= sizeof answers / sizeof answers[0]) /* enums may grow */
        return 4;
    printf("%s: %s", answers[answer].name, writ_filters_why(f));
    if (writ_filters_file(f)[0] != '\0')
        printf("; %s", writ_filters_file(f));
    if (writ_filters_uncovered(f)[0] != '\0')
        printf("; %s", writ_filters_uncovered(f));
    printf("\n");
    return answers[answer].code;
}

int main(int argc, char **argv)
{
    static struct file files[FILES_MAX];
    struct writ_error e = {0};
    struct writ_filters *f;
    int answer = -1, code;

    if (argc < 4 || argc > FILES_MAX) {
        fprintf(stderr, "usage: filter CERTIFICATE ISSUER FILE...\n");
        return WRIT_FAULT_USAGE;
    }
    f = writ_filters_new(0, &e);
    if (f == NULL)
        (void)fail("OpenSSL", e.text);
    else if (add_all(f, argv + 3, argc - 3, files, &e) == 0)
        answer = ask(f, argv, &e);
    code = tell(f, answer);
    writ_filters_free(f); /* before the files, which it has borrowed */
    for (int i = 0; i < FILES_MAX; i++)
        file_unmap(&files[i]);
    return code;
}
