/* fuzz/sct.c - feeds object/sct.h: what is found lies in the list, in its order, and no list that
 * is cut or longer is taken for one */
#include "object/sct.h"

#include "inside.h"

static struct writ_sct scts[WRIT_SCTS_MAX];

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct writ_span list = WRIT_SPAN(data, size), rest = list;
    struct writ_error e = {0};
    size_t count = SIZE_MAX;

    if (writ_sct_list_parse(list, scts, &count, &e) < 0) {
        HOLDS(count == 0);
        return refused(&e);
    }
    HOLDS(count <= WRIT_SCTS_MAX);
    for (size_t i = 0; i < count; i++) {
        inside(scts[i].log_id, rest);
        HOLDS(scts[i].log_id.n == WRIT_SCT_LOG_ID);
        rest = WRIT_SPAN(scts[i].log_id.p + WRIT_SCT_LOG_ID,
                         rest.n - (size_t)(scts[i].log_id.p - rest.p) - WRIT_SCT_LOG_ID);
    }
    if (size > 1)
        HOLDS(writ_sct_list_parse(WRIT_SPAN(data, size - 1), scts, &count, NULL) < 0);
    return 0;
}
