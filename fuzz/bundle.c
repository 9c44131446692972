/* fuzz/bundle.c - feeds object/bundle.h: what is read is written, and read again the same */
#include "object/bundle.h"

#include "inside.h"

static void are_the_same(const struct writ_bundle *a, const struct writ_bundle *b)
{
    HOLDS(a->serial == b->serial && a->made == b->made && a->profile == b->profile &&
          a->purpose == b->purpose && a->key_count == b->key_count &&
          a->anchor_count == b->anchor_count && a->signature_algorithm == b->signature_algorithm);
    HOLDS(writ_span_equal(a->root, b->root) && writ_span_equal(a->origin, b->origin) &&
          writ_span_equal(a->signature, b->signature));
    for (size_t i = 0; i < a->key_count; i++)
        HOLDS(writ_span_equal(a->key[i], b->key[i]));
    for (size_t i = 0; i < a->anchor_count; i++)
        HOLDS(writ_span_equal(a->anchor[i], b->anchor[i]));
}

/* A time that RFC 5280 has as UTCTime may stand as GeneralizedTime, and is then written shorter. */
static void written_again_it_is_the_same(const struct writ_bundle *bundle)
{
    struct writ_error e = {0};
    struct writ_buffer info = {0}, out = {0};
    struct writ_bundle again;

    HOLDS(writ_bundle_build_info(bundle, &info, &e) == 0);
    HOLDS(writ_bundle_build(writ_buffer_span(&info), bundle->signature_algorithm, bundle->signature,
                            &out, &e) == 0);
    if (out.n <= WRIT_BUNDLE_MAX) {
        HOLDS(writ_bundle_parse(writ_buffer_span(&out), &again, &e) == 0);
        are_the_same(bundle, &again);
    }
    writ_buffer_free(&info);
    writ_buffer_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct writ_span bytes = WRIT_SPAN(data, size);
    struct writ_error e = {0};
    struct writ_bundle bundle;

    if (writ_bundle_parse(bytes, &bundle, &e) < 0)
        return refused(&e);
    inside(bundle.info, bytes);
    inside(bundle.root, bundle.info);
    inside(bundle.signature, bytes);
    HOLDS(bundle.key_count >= 1 && bundle.anchor_count <= WRIT_BUNDLE_ANCHORS_MAX);
    if (bundle.signature_algorithm != WRIT_OID_UNKNOWN)
        written_again_it_is_the_same(&bundle);
    return 0;
}
