#include "crypto/start.h"
#include "shared/args.h"
#include "shared/help.h"
#include "shared/out.h"
#include "writ/commands.h"

/* The screen that --help asks for: about the command, its group, or all of them. */
static void add_help(struct writ_buffer *screen, const struct args *a)
{
    if (a->command != NULL)
        help_add_command(screen, a->program, a->command);
    else if (a->group[0] != '\0')
        help_add_group(screen, a->program, a->group);
    else
        help_add_program(screen, a->program);
}

static int show_help(const struct args *a, struct out *o)
{
    struct writ_buffer screen = {0};

    add_help(&screen, a);
    out_data(o, writ_buffer_span(&screen));
    writ_buffer_free(&screen);
    return 0;
}

/* Nobody asked for help, so that the list goes where faults go. */
static int refuse_lack_of_command(const struct args *a, struct out *o)
{
    struct writ_buffer screen = {0};
    struct writ_error e = {0};

    add_help(&screen, a);
    out_screen(o, writ_buffer_span(&screen));
    writ_buffer_free(&screen);
    (void)args_fail(a, &e, "no command was given");
    return out_fault(o, &e);
}

static int dispatch(const struct args *a, struct out *o)
{
    struct writ_error e = {0};

    if (a->help)
        return show_help(a, o);
    if (a->version)
        return command_version.run(a, o);
    if (a->command == NULL)
        return refuse_lack_of_command(a, o);
    if ((a->command->starts_bare ? writ_crypto_start_bare(&e) : writ_crypto_start(&e)) < 0)
        return out_fault(o, &e);
    return a->command->run(a, o);
}

/* A command that becomes another program leaves that one its exit codes, as env(1) does: what is
 * wrong with the line itself is 125 like all that keeps the program from being run. */
static int refuse_line(const struct args *a, struct out *o, const struct writ_error *e)
{
    int status = out_fault(o, e);

    return a->command != NULL && a->command->program_follows ? COMMAND_EXIT_FAILED : status;
}

int main(int argc, char **argv)
{
    struct writ_error e = {0};
    struct args a;
    struct out o;
    int status;

    out_start(&o, writ_program.name);
    status = args_parse(&a, &writ_program, argc, argv, &e);
    o.json = a.json;
    o.quiet = a.quiet;
    o.verbose = a.verbose;
    status = status < 0 ? refuse_line(&a, &o, &e) : dispatch(&a, &o);
    status = out_finish(&o, status);
    args_free(&a);
    return status;
}
