#include "crypto/version.h"
#include "shared/args.h"
#include "shared/out.h"
#include "writ/commands.h"

static int run(const struct args *a, struct out *o)
{
    struct writ_buffer line = {0};

    if (a->json) {
        writ_emit_string(out_emit(o), "writ", WRIT_VERSION);
        writ_emit_string(out_emit(o), "openssl", writ_version_openssl());
        return 0;
    }
    writ_buffer_format(&line, "writ %s (OpenSSL %s)\n", WRIT_VERSION, writ_version_openssl());
    out_data(o, writ_buffer_span(&line));
    writ_buffer_free(&line);
    return 0;
}

const struct command command_version = {
    .words = "version",
    .group = "more",
    .summary = "show which writ this is, and which OpenSSL it runs on",
    .examples = (const char *const[]){"writ version", "writ version --json", NULL},
    .run = run,
};
