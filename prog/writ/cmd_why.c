#include "writ/commands.h"
#include "writ/verdicts.h"

static int run(const struct args *a, struct out *o)
{
    return verdicts_run(a, o, true);
}

const struct command command_why = {
    .words = "why",
    .group = "judge",
    .summary = "show everything a verdict rests on, and what to do about it",
    .description = "Judges like `writ verify`, and shows every check, certificate and source.\n",
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
    .examples = (const char *const[]){"writ why app", "writ why --json app", NULL},
    .exits = "as writ verify\n",
    .run = run,
};
