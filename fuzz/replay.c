/*
 * fuzz/replay.c - every file of a corpus through a target, once
 *
 * replay-<target> FILE|DIRECTORY...   prints TAP, a line for each file.
 *
 * Built by the ordinary compiler in the ordinary build, so that an input that once broke something
 * is tried in every test run.  A target that crashes takes the program down before the plan is
 * printed, and its last comment names the file.
 */
#include <dirent.h>
#include <string.h>
#include <sys/stat.h>

#include "fuzz.h"

#define INPUT_MAX (16u << 20) /* bytes of one corpus file */

static int replayed;

/* A copy of exactly the right size, so that a sanitizer sees the first byte past the end. */
static int feed(const char *path, FILE *f, size_t n)
{
    uint8_t *input = malloc(n == 0 ? 1 : n);

    if (input == NULL || fread(input, 1, n, f) != n) {
        (void)fprintf(stderr, "%s: cannot be read\n", path);
        free(input);
        return -1;
    }
    (void)printf("# %s\n", path);
    (void)fflush(stdout);
    (void)LLVMFuzzerTestOneInput(input, n);
    free(input);
    (void)printf("ok %d - %s\n", ++replayed, path);
    return 0;
}

static int replay_file(const char *path)
{
    struct stat st;
    FILE *f = fopen(path, "rb");
    int rc = -1;

    if (f == NULL || fstat(fileno(f), &st) < 0 || !S_ISREG(st.st_mode) || st.st_size > INPUT_MAX)
        (void)fprintf(stderr, "%s: not a file of at most %u bytes\n", path, INPUT_MAX);
    else
        rc = feed(path, f, (size_t)st.st_size);
    if (f != NULL)
        (void)fclose(f);
    return rc;
}

static int not_hidden(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static int replay_directory(const char *path)
{
    struct dirent **entry = NULL;
    int n = scandir(path, &entry, not_hidden, alphasort);
    int rc = n < 0 ? -1 : 0;

    if (n < 0)
        (void)fprintf(stderr, "%s: cannot be listed\n", path);
    for (int i = 0; i < n; i++) {
        char file[4096];

        (void)snprintf(file, sizeof file, "%s/%s", path, entry[i]->d_name);
        if (replay_file(file) < 0)
            rc = -1;
        free(entry[i]);
    }
    free(entry);
    return rc;
}

int main(int argc, char **argv)
{
    int rc = 0;

    for (int i = 1; i < argc; i++) {
        struct stat st;

        if (stat(argv[i], &st) == 0 && S_ISDIR(st.st_mode))
            rc |= replay_directory(argv[i]);
        else
            rc |= replay_file(argv[i]);
    }
    (void)printf("1..%d\n", replayed);
    if (replayed == 0)
        (void)fprintf(stderr, "nothing to replay\n");
    return rc == 0 && replayed > 0 ? 0 : 1;
}
