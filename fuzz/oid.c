/* fuzz/oid.c - feeds what reads the content octets of an OBJECT IDENTIFIER */
#include "base/oid.h"

#include <string.h>

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct writ_span content = WRIT_SPAN(data, size);
    enum writ_oid oid = writ_oid_find(content);
    struct writ_buffer dotted = {0};
    const char *text;

    HOLDS(oid == WRIT_OID_UNKNOWN || writ_span_equal(writ_oid_content(oid), content));
    HOLDS(oid == WRIT_OID_UNKNOWN || writ_oid_is_valid(content));
    writ_oid_add_dotted(&dotted, content);
    text = writ_buffer_string(&dotted);
    HOLDS((strcmp(text, "invalid") == 0) == !writ_oid_is_valid(content));
    HOLDS(strstr(text, "..") == NULL && text[0] != '.');
    writ_buffer_free(&dotted);
    return 0;
}
