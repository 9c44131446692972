/* fuzz/contentsignature.c - feeds evidence/contentsignature.h a chain and a signature: nothing is
 * good under a root that nobody has the key of */
#include "evidence/contentsignature.h"

#include <string.h>

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t root[WRIT_HASH_BYTES] = {1};
    const uint8_t *split = size == 0 ? NULL : memchr(data, 0, size);
    size_t n = split == NULL ? size : (size_t)(split - data);
    struct writ_content_signature how = {
        .chain = WRIT_SPAN(data, n),
        .signature = split == NULL ? WRIT_SPAN_NONE : WRIT_SPAN(split + 1, size - n - 1),
        .signer = "onecrl.content-signature.mozilla.org",
        .root = root,
        .now = 1774137600};
    struct writ_fact fact;
    struct writ_error e = {0};

    HOLDS(writ_check_content_signature(&how, writ_span_text("{}"), &fact, &e) == 0);
    HOLDS(fact.state == WRIT_CHECK_FAILED && fact.reason[0] != '\0');
    return 0;
}
