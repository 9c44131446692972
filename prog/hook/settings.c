#include "hook/settings.h"

#include <stdlib.h>
#include <string.h>

#define LOOK_DIGITS 4
#define LOOK_MAX    3600

/* Whoever has no home in the environment has no state of its own: asking the user database would
 * load other people's code into a program that did not ask for it. */
static void find_places(struct places *places)
{
    struct places_caller who;
    struct writ_error ignored = {0};

    places_caller_read(&who, NULL);
    if (who.home == NULL && who.xdg_data_home == NULL)
        who.uid = 0;
    if (places_decide(places, &who, &ignored) < 0)
        places_free(places);
}

void hook_settings_start(struct hook_settings *s)
{
    *s = (struct hook_settings){.policy = HOOK_PASS, .look_seconds = HOOK_LOOK_SECONDS};
    find_places(&s->places);
}

static bool set_policy(struct hook_settings *s, const char *value)
{
    for (size_t i = 0; hooks_policies[i] != NULL; i++) {
        if (strcmp(hooks_policies[i], value) == 0) {
            s->policy = (enum hook_policy)i;
            return true;
        }
    }
    return false;
}

static bool set_look(struct hook_settings *s, const char *value)
{
    size_t n = strspn(value, "0123456789");
    unsigned seconds;

    if (n == 0 || n > LOOK_DIGITS || value[n] != '\0')
        return false;
    seconds = (unsigned)strtoul(value, NULL, 10);
    if (seconds > LOOK_MAX)
        return false;
    s->look_seconds = seconds;
    return true;
}

bool hook_settings_set(struct hook_settings *s, const char *name, const char *value)
{
    if (strcmp(name, HOOKS_POLICY) == 0)
        return set_policy(s, value);
    return strcmp(name, "look") == 0 && set_look(s, value);
}

void hook_settings_environment(struct hook_settings *s)
{
    const char *policy = secure_getenv(HOOKS_POLICY_VARIABLE);

    if (policy != NULL)
        (void)set_policy(s, policy);
}
