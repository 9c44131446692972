#include "shared/args.h"
#include "shared/completion.h"
#include "shared/out.h"
#include "writ/commands.h"

static int run_bash(const struct args *a, struct out *o)
{
    struct writ_buffer script = {0};

    completion_add_bash(&script, a->program);
    out_data(o, writ_buffer_span(&script));
    writ_buffer_free(&script);
    return 0;
}

const struct command command_completion_bash = {
    .words = "completion bash",
    .group = "more",
    .summary = "print the completion of writ for bash",
    .description = "The script completes commands, options, their values and names of files. It\n"
                   "needs nothing but bash: source it, or put it where bash-completion looks.\n",
    .examples =
        (const char *const[]){
            "writ completion bash > writ.bash",
            "writ completion bash > ~/.local/share/bash-completion/completions/writ", NULL},
    .run = run_bash,
};
