#include "shared/watch.h"

#include <stdlib.h>
#include <string.h>

static void look(struct watched *w)
{
    struct stat st;

    w->there = stat(w->path, &st) == 0;
    w->inode = w->there ? st.st_ino : 0;
    w->changed = w->there ? st.st_ctim : (struct timespec){0};
}

int watch_add(struct watch *w, const char *path, struct writ_error *e)
{
    struct watched *one = &w->at[w->count];

    if (w->count == w->room)
        return 0;
    one->path = strdup(path);
    if (one->path == NULL)
        return writ_fail_memory(e);
    look(one);
    w->count++;
    return 0;
}

bool watch_is_current(const struct watch *w)
{
    for (size_t i = 0; i < w->count; i++) {
        const struct watched *then = &w->at[i];
        struct watched now = {.path = then->path};

        look(&now);
        if (now.there != then->there || now.inode != then->inode ||
            now.changed.tv_sec != then->changed.tv_sec ||
            now.changed.tv_nsec != then->changed.tv_nsec)
            return false;
    }
    return true;
}

void watch_clear(struct watch *w)
{
    for (size_t i = 0; i < w->count; i++)
        free(w->at[i].path);
    w->count = 0;
}
