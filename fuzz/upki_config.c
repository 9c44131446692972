/* fuzz/upki_config.c - feeds upki/config.h: a directory that is read can be written as a
 * configuration, and is read as the same */
#include "upki/config.h"

#include <string.h>

#include "base/buffer.h"
#include "fuzz.h"

static void write_toml(struct writ_buffer *toml, const char *dir)
{
    writ_buffer_text(toml, "cache-dir = \"");
    for (; *dir != '\0'; dir++) {
        if (*dir == '"' || *dir == '\\')
            writ_buffer_byte(toml, '\\');
        writ_buffer_byte(toml, (uint8_t)*dir);
    }
    writ_buffer_text(toml, "\" # as it was\n[revocation]\n");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct writ_buffer toml = {0};
    char *dir = NULL, *again = NULL;
    enum upki_result result = config_cache_dir(WRIT_SPAN(data, size), &dir);

    HOLDS(result == UPKI_OK || result == UPKI_ERR_CONFIG_DECODE);
    HOLDS((result == UPKI_OK) == (dir != NULL));
    if (dir == NULL)
        return 0;
    HOLDS(dir[0] != '\0' && strlen(dir) <= size);
    write_toml(&toml, dir);
    HOLDS(config_cache_dir(writ_buffer_span(&toml), &again) == UPKI_OK);
    HOLDS(strcmp(dir, again) == 0);
    writ_buffer_free(&toml);
    free(again);
    free(dir);
    return 0;
}
