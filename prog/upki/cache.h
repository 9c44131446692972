/*
 * upki/cache.h - the files of upki's cache directory that know about one certificate
 *
 * The index is read anew for every question, and of the filters only those that cover one of the
 * certificate's timestamps are opened, as upki does it: what `upki fetch` or `writ pull` brings is
 * seen at once, and a filter that is damaged is a fault only for those whom it concerns.
 */
#ifndef WRIT_UPKI_CACHE_H
#define WRIT_UPKI_CACHE_H

#include <upki.h>

#include "evidence/filter.h"
#include "object/sct.h"

struct cache {
    struct writ_filter_set set; /* to be asked about that certificate, and about no other */
    struct writ_filter_index index;
    struct writ_span index_bytes;   /* mapped */
    struct writ_filter_file *files; /* owned; index.files of them, those that cover it opened */
    struct writ_span *maps;         /* owned; likewise */
};

/* Opens what is in the directory called revocation of dir.  UPKI_OK; UPKI_ERR_REVOCATION_FILE_READ
 * when index.bin or a covering file cannot be read, _FILE_DECODE when it is damaged;
 * UPKI_ERR_PANICKED.  Call cache_close in any case. */
enum upki_result cache_open(struct cache *c, const char *dir, const struct writ_sct *scts,
                            size_t count);
void cache_close(struct cache *c);

/* True when there is an index, which makes the directory one that can be asked. */
bool cache_is_there(const char *dir);

#endif
