#include "shared/reload.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static int start(char *const argv[], pid_t *pid, struct writ_error *e)
{
    posix_spawn_file_actions_t actions;
    int rc = posix_spawn_file_actions_init(&actions);

    if (rc == 0)
        rc = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (rc == 0)
        rc = posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
    if (rc == 0)
        rc = posix_spawn(pid, argv[0], &actions, NULL, argv, environ);
    (void)posix_spawn_file_actions_destroy(&actions);
    return rc == 0 ? 0 : writ_fail_errno(e, WRIT_FAULT_UNAVAILABLE, rc, "cannot start %s", argv[0]);
}

int reload_run(const char *command, struct writ_error *e)
{
    char shell[] = "/bin/sh", option[] = "-c";
    char *const argv[] = {shell, option, (char *)(uintptr_t)command, NULL};
    pid_t pid;
    int status;

    (void)unsetenv("WRIT_PASSPHRASE");
    if (start(argv, &pid, e) < 0)
        return -1;
    while (waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR)
            return writ_fail_errno(e, WRIT_FAULT_UNAVAILABLE, errno, "cannot wait for \"%s\"",
                                   command);
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return 0;
    if (WIFSIGNALED(status))
        return writ_fail(e, WRIT_FAULT_UNAVAILABLE, "\"%s\" was ended by signal %d", command,
                         WTERMSIG(status));
    return writ_fail(e, WRIT_FAULT_UNAVAILABLE, "\"%s\" ended with %d", command,
                     WEXITSTATUS(status));
}
