/* fuzz/cascade.c - feeds object/cascade.h: what was read is the file, octet for octet, and every
 * question ends */
#include "evidence/cascade.h"

#include "inside.h"

static void add_le(struct writ_buffer *out, uint64_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        writ_buffer_byte(out, (uint8_t)(value >> (8 * i)));
}

static void written_again_it_is_the_same(const struct writ_cascade *c, struct writ_span bytes)
{
    struct writ_buffer out = {0};

    add_le(&out, c->version, 2);
    HOLDS(c->version == 2 || (!c->inverted && c->salt.n == 0));
    if (c->version == 2) {
        writ_buffer_byte(&out, c->inverted);
        writ_buffer_byte(&out, (uint8_t)c->salt.n);
        writ_buffer_add(&out, c->salt);
    }
    for (size_t i = 0; i < c->layer_count; i++) {
        inside(c->layer[i].data, bytes);
        writ_buffer_byte(&out, (uint8_t)c->hash);
        add_le(&out, c->layer[i].bits, 4);
        add_le(&out, c->layer[i].k, 4);
        writ_buffer_byte(&out, (uint8_t)(i + 1));
        writ_buffer_add(&out, c->layer[i].data);
    }
    HOLDS(writ_span_equal(writ_buffer_span(&out), bytes));
    writ_buffer_free(&out);
}

static void questions_end(const struct writ_cascade *c)
{
    static struct writ_digester *digester;
    struct writ_error e = {0};

    if (digester == NULL)
        digester = writ_digester_new(&e);
    for (uint8_t i = 0; i < 8; i++) {
        uint8_t issuer[WRIT_CLUBCARD_ISSUER] = {i};
        enum writ_filter_answer answer;

        HOLDS(writ_cascade_ask(c, digester, issuer, WRIT_SPAN(issuer, i), &answer, &e) == 0);
        HOLDS(answer == WRIT_FILTER_GOOD || answer == WRIT_FILTER_REVOKED);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct writ_error e = {0};
    static struct writ_cascade cascade;

    if (writ_cascade_open(WRIT_SPAN(data, size), &cascade, &e) < 0)
        return refused(&e);
    HOLDS(writ_cascade_is(WRIT_SPAN(data, size)));
    HOLDS(cascade.layer_count >= 1 && cascade.layer_count <= WRIT_CASCADE_LAYERS_MAX);
    written_again_it_is_the_same(&cascade, WRIT_SPAN(data, size));
    questions_end(&cascade);
    return 0;
}
