#include "writ/commands.h"
#include "writ/verdicts.h"

static int run(const struct args *a, struct out *o)
{
    return verdicts_run(a, o, false);
}

const struct command command_verify = {
    .words = "verify",
    .group = "judge",
    .summary = "judge sealed files; the exit code is the verdict",
    .description = "Checks seal, chain, dates and revocation with what is on this device.\n",
    .operands =
        (const struct operand_spec[]){{.name = "FILE", .hint = COMMAND_HINT_FILE, .many = true},
                                      {0}},
    .options =
        (const struct option_spec[]){
            {.name = "seal",
             .value = "SEAL",
             .help = "use this detached seal, not FILE.writ",
             .hint = COMMAND_HINT_FILE},
            {.name = "allow-uncovered", .help = "let pass what no source on this device covers"},
            {0}},
    .examples = (const char *const[]){"writ verify app", "writ verify --json app other  # exits 6",
                                      "writ verify --at 2026-01-01 app  # exits 3", NULL},
    .exits = "0 allowed, 2 revoked, 3 untrusted, modified or malformed, 4 not covered,\n"
             "5 stale, 6 unsigned, 64 and up could not look; of several the worst\n",
    .run = run,
};
