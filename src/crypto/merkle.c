#include "crypto/merkle.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK       WRIT_MERKLE_BLOCK
#define FAN_OUT     (BLOCK / WRIT_SHA256_BYTES)
#define GROUP_BYTES ((size_t)FAN_OUT * BLOCK) /* data under one hash block: 512 KiB */

/* What the threads share: each takes the next group of 128 data blocks until none is left. */
struct work {
    struct writ_span content;
    size_t groups;
    atomic_size_t next;
    atomic_int failed;
    uint8_t *hashes; /* one per group: the hash of the hash block above its data blocks */
};

/* The hash of up to one block of bytes, filled up with zeros. */
static int hash_block(struct writ_digester *d, const uint8_t *bytes, size_t n, uint8_t *out)
{
    static const uint8_t zeros[BLOCK];

    return writ_digester_sha256(d, WRIT_SPAN(bytes, n), WRIT_SPAN(zeros, BLOCK - n), out, NULL);
}

/* The hash block over one group of data blocks, hashed. */
static int hash_group(struct writ_digester *d, struct writ_span group, uint8_t *out)
{
    uint8_t above[BLOCK];
    size_t used = 0;

    for (size_t i = 0; i < group.n; i += BLOCK, used += WRIT_SHA256_BYTES) {
        size_t n = group.n - i < BLOCK ? group.n - i : BLOCK;

        if (hash_block(d, group.p + i, n, above + used) < 0)
            return -1;
    }
    return hash_block(d, above, used, out);
}

static void *hash_groups(void *shared)
{
    struct work *w = shared;
    struct writ_digester *d = writ_digester_new(NULL);
    size_t i;

    if (d == NULL)
        atomic_store(&w->failed, 1);
    while (d != NULL && !atomic_load(&w->failed) &&
           (i = atomic_fetch_add(&w->next, 1)) < w->groups) {
        size_t from = i * GROUP_BYTES;
        size_t left = w->content.n - from;
        struct writ_span group =
            WRIT_SPAN(w->content.p + from, left < GROUP_BYTES ? left : GROUP_BYTES);

        if (hash_group(d, group, w->hashes + i * WRIT_SHA256_BYTES) < 0)
            atomic_store(&w->failed, 1);
    }
    writ_digester_free(d);
    return NULL;
}

static void run_threads(struct work *w, unsigned threads)
{
    pthread_t thread[WRIT_MERKLE_THREADS];
    unsigned started = 0;

    if (threads > WRIT_MERKLE_THREADS)
        threads = WRIT_MERKLE_THREADS;
    while (started + 1 < threads && started + 1 < w->groups &&
           pthread_create(&thread[started], NULL, hash_groups, w) == 0)
        started++;
    (void)hash_groups(w);
    while (started > 0)
        (void)pthread_join(thread[--started], NULL);
}

/* Hashes level upon level in place until one hash is left. */
static int climb(uint8_t *hashes, size_t count, struct writ_error *e)
{
    struct writ_digester *d = writ_digester_new(e);
    int rc = d == NULL ? -1 : 0;

    for (; rc == 0 && count > 1; count = (count + FAN_OUT - 1) / FAN_OUT) {
        for (size_t i = 0; rc == 0 && i < count; i += FAN_OUT) {
            size_t n = count - i < FAN_OUT ? count - i : FAN_OUT;

            rc = hash_block(d, hashes + i * WRIT_SHA256_BYTES, n * WRIT_SHA256_BYTES,
                            hashes + i / FAN_OUT * WRIT_SHA256_BYTES);
        }
    }
    writ_digester_free(d);
    return rc;
}

/* Content of at most one block has no level of hashes above it. */
static int small_root(struct writ_span content, uint8_t *root, struct writ_error *e)
{
    uint8_t block[BLOCK] = {0};

    if (content.n == 0) {
        memset(root, 0, WRIT_SHA256_BYTES);
        return 0;
    }
    memcpy(block, content.p, content.n);
    return writ_sha256(WRIT_SPAN_OF(block), root, e);
}

int writ_merkle_root(struct writ_span content, unsigned threads, uint8_t root[WRIT_SHA256_BYTES],
                     struct writ_error *e)
{
    struct work w = {.content = content};
    int rc = -1;

    if (content.n <= BLOCK)
        return small_root(content, root, e);
    w.groups = (content.n - 1) / GROUP_BYTES + 1;
    w.hashes = malloc(w.groups * WRIT_SHA256_BYTES);
    if (w.hashes == NULL)
        return writ_fail_memory(e);
    run_threads(&w, threads);
    if (atomic_load(&w.failed))
        (void)writ_fail(e, WRIT_FAULT_UNEXPECTED, "OpenSSL failed to compute SHA-256");
    else if (climb(w.hashes, w.groups, e) == 0)
        rc = 0;
    if (rc == 0)
        memcpy(root, w.hashes, WRIT_SHA256_BYTES);
    free(w.hashes);
    return rc;
}
