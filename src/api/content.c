#include "writ/content.h"

#include "api/usage.h"
#include "crypto/merkle.h"
#include "crypto/start.h"
#include "object/seal.h"

int writ_content_length(const uint8_t *file, size_t n, uint64_t *length, struct writ_error *e)
{
    struct writ_seal_tail tail;

    if (writ_is_missing(file, n) || length == NULL)
        return writ_fail_null(e, "writ_content_length");
    if (writ_seal_find_tail(WRIT_SPAN(file, n), &tail, e) < 0)
        return -1;
    *length = tail.content_length;
    return 0;
}

int writ_content_root(const uint8_t *content, size_t n, unsigned threads, uint8_t root[WRIT_HASH],
                      struct writ_error *e)
{
    if (writ_is_missing(content, n) || root == NULL)
        return writ_fail_null(e, "writ_content_root");
    if (writ_crypto_begin(e) < 0)
        return -1;
    return writ_merkle_root(WRIT_SPAN(content, n), threads, root, e);
}
