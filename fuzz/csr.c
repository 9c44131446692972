/* fuzz/csr.c - feeds object/csr.h: what is read is written, and read again the same */
#include "object/csr.h"

#include "inside.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct writ_span bytes = WRIT_SPAN(data, size);
    struct writ_error e = {0};
    struct writ_buffer out = {0};
    struct writ_csr csr, again;

    if (writ_csr_parse(bytes, &csr, &e) < 0)
        return refused(&e);
    inside(csr.info, bytes);
    inside(csr.subject.der, csr.info);
    inside(csr.key.spki, csr.info);
    inside(csr.signature, bytes);
    if (csr.signature_algorithm != WRIT_OID_UNKNOWN) {
        HOLDS(writ_csr_build(csr.info, csr.signature_algorithm, csr.signature, &out, &e) == 0);
        if (out.n <= WRIT_CSR_MAX) { /* with the NULL that RSA may leave out it can be longer */
            HOLDS(writ_csr_parse(writ_buffer_span(&out), &again, &e) == 0);
            HOLDS(writ_span_equal(again.info, csr.info) &&
                  writ_span_equal(again.signature, csr.signature) &&
                  again.signature_algorithm == csr.signature_algorithm);
        }
    }
    writ_buffer_free(&out);
    return 0;
}
