#include "object/sct.h"

#define VERSION_1 0

/* A vector of TLS (RFC 8446 section 3.4): two octets of length, and the bytes. */
static int take_vector(struct writ_cursor *c, struct writ_cursor *inner, const char *what)
{
    struct writ_span content;
    uint16_t length;

    *inner = *c;
    if (writ_cursor_u16_be(c, &length, what) < 0)
        return -1;
    inner->offset = c->offset;
    if (writ_cursor_take(c, length, &content, what) < 0)
        return -1;
    inner->at = content.p;
    inner->left = content.n;
    return 0;
}

/* digitally-signed (RFC 5246 section 4.7): two octets of algorithm, and the signature. */
static int take_signature(struct writ_cursor *c)
{
    struct writ_cursor signature;
    uint16_t algorithm;

    if (writ_cursor_u16_be(c, &algorithm, "SCT signature algorithm") < 0)
        return -1;
    return take_vector(c, &signature, "SCT signature");
}

static int take_v1(struct writ_cursor *c, struct writ_sct *sct)
{
    struct writ_cursor extensions;

    if (writ_cursor_take(c, WRIT_SCT_LOG_ID, &sct->log_id, "SCT log id") < 0 ||
        writ_cursor_u64_be(c, &sct->timestamp, "SCT timestamp") < 0 ||
        take_vector(c, &extensions, "SCT extensions") < 0 || take_signature(c) < 0)
        return -1;
    return writ_cursor_end(c, "the SCT");
}

/* One item of the list; *known is false for a version that is skipped. */
static int take_sct(struct writ_cursor *list, struct writ_sct *sct, bool *known)
{
    struct writ_cursor item;
    uint8_t version;

    if (take_vector(list, &item, "SCT") < 0 || writ_cursor_u8(&item, &version, "SCT version") < 0)
        return -1;
    *known = version == VERSION_1;
    return *known ? take_v1(&item, sct) : 0;
}

static int take_list(struct writ_cursor *c, struct writ_sct scts[WRIT_SCTS_MAX], size_t *count)
{
    struct writ_cursor list;
    size_t n = 0;

    if (take_vector(c, &list, "list of SCTs") < 0 || writ_cursor_end(c, "the list of SCTs") < 0)
        return -1;
    do {
        struct writ_sct sct;
        bool known;

        if (take_sct(&list, &sct, &known) < 0)
            return -1;
        if (known && n == WRIT_SCTS_MAX)
            return writ_cursor_fail(&list, "more than %d SCTs", WRIT_SCTS_MAX);
        if (known)
            scts[n++] = sct;
    } while (list.left > 0);
    *count = n;
    return 0;
}

int writ_sct_list_parse(struct writ_span list, struct writ_sct scts[WRIT_SCTS_MAX], size_t *count,
                        struct writ_error *e)
{
    struct writ_cursor c = writ_cursor_over(list, e);

    *count = 0;
    return list.n == 0 ? 0 : take_list(&c, scts, count);
}
