/* The file that is judged, and its seals. */
#include <elf.h>

#include "bytes/build.h"
#include "crypto/merkle.h"
#include "issue/sign.h"
#include "object/cms.h"
#include "test.h"
#include "world/world.h"

/* ---- Content ---- */

static bool is_form(const struct world *w, const char *form)
{
    return strcmp(w->form, form) == 0;
}

/* An ELF file of one segment that fills it; "pie" has an interpreter too, and the last segment of
 * "broken" reaches one byte too far. */
static void make_elf(struct world *w)
{
    size_t size = w->size > 0 ? w->size : 1003;
    size_t segments = is_form(w, "pie") ? 2 : 1;
    Elf64_Ehdr head = {.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
                       .e_type = is_form(w, "program")                        ? ET_EXEC
                                 : is_form(w, "object") || is_form(w, "core") ? ET_REL
                                                                              : ET_DYN,
                       .e_version = EV_CURRENT,
                       .e_phoff = sizeof head,
                       .e_ehsize = sizeof head,
                       .e_phentsize = sizeof(Elf64_Phdr),
                       .e_phnum = (Elf64_Half)segments};
    Elf64_Phdr segment[2] = {
        {.p_type = PT_LOAD, .p_filesz = size + is_form(w, "broken")},
        {.p_type = PT_INTERP, .p_offset = sizeof head, .p_filesz = 8},
    };

    writ_buffer_add(&w->content, WRIT_SPAN(&head, sizeof head));
    writ_buffer_add(&w->content, WRIT_SPAN(segment, segments * sizeof segment[0]));
    while (w->content.n < size)
        writ_buffer_byte(&w->content, (uint8_t)(w->content.n * 7));
}

void world_make_content(struct world *w)
{
    struct writ_error e = {0};

    if (is_form(w, "script"))
        writ_buffer_text(&w->content, "#!/bin/sh\necho hello\n");
    else if (is_form(w, "data"))
        writ_buffer_text(&w->content, "nothing that the kernel would execute\n");
    else if (is_form(w, "program") || is_form(w, "pie") || is_form(w, "library") ||
             is_form(w, "object") || is_form(w, "broken"))
        make_elf(w);
    else if (!is_form(w, "empty"))
        fail_msg("file %s: no such form", w->form);
    while (!is_form(w, "empty") && w->content.n < w->size)
        writ_buffer_byte(&w->content, '\n');
    for (size_t i = 0; i < w->behind; i++)
        writ_buffer_byte(&w->content, '\n');
    assert_ok(writ_merkle_root(writ_buffer_span(&w->content), 1, w->root, &e));
}

/* ---- Entries ---- */

static enum writ_seal_kind usual_kind(const struct world *w)
{
    if (is_form(w, "library"))
        return WRIT_SEAL_LIBRARY;
    if (is_form(w, "script"))
        return WRIT_SEAL_SCRIPT;
    if (is_form(w, "data") || is_form(w, "empty") || is_form(w, "object"))
        return WRIT_SEAL_DATA;
    return WRIT_SEAL_PROGRAM;
}

static struct writ_code_directory directory_of(struct world *w, const struct world_entry *entry,
                                               const uint8_t root[WRIT_HASH_BYTES])
{
    const struct world_cert *signer = world_cert(w, entry->cms.by);

    return (struct writ_code_directory){
        .kind = entry->kind_given ? entry->kind : usual_kind(w),
        .content_length = w->content.n + (uint64_t)entry->longer,
        .root = WRIT_SPAN(root, WRIT_HASH_BYTES),
        .identifier = writ_span_text(entry->identifier),
        .team = writ_span_text(entry->team_given   ? entry->team
                               : signer->units > 0 ? signer->unit[0]
                                                   : "nobody"),
        .critical_flags = entry->flags,
    };
}

static void make_by_hand(struct world *w, struct world_entry *entry,
                         const struct writ_code_directory *directory)
{
    struct writ_error e = {0};

    assert_ok(writ_code_directory_build(directory, &entry->directory, &e));
    if (entry->cms.garbage) {
        writ_buffer_add(&entry->cms_der, bytes_of("3003020100"));
        return;
    }
    world_make_cms(w, &entry->cms, WRIT_OID_CODE_DIRECTORY, writ_buffer_span(&entry->directory),
                   &entry->cms_der, &entry->signature);
}

/* As `writ sign` does it. */
static void sign(struct world *w, struct world_entry *entry,
                 const struct writ_code_directory *directory)
{
    struct world_cert *leaf = world_cert(w, entry->cms.by);
    struct writ_span chain[WRIT_CMS_CERTIFICATES_MAX];
    struct writ_signer signer = {
        .key = leaf->writ_key, .certificate = writ_buffer_span(&leaf->der), .chain = chain};
    struct writ_error e = {0};
    struct writ_cms cms;

    for (struct world_cert *c = world_cert(w, leaf->issuer); c->role != WRIT_ROLE_ROOT;
         c = world_cert(w, c->issuer))
        chain[signer.chain_count++] = writ_buffer_span(&c->der);
    assert_ok(writ_sign_entry(directory, &signer, entry->cms.signing_time, &entry->directory,
                              &entry->cms_der, &e));
    assert_ok(writ_cms_parse(writ_buffer_span(&entry->cms_der), &cms, &e));
    writ_buffer_add(&entry->signature, cms.signature);
}

static void make_entry(struct world *w, struct world_entry *entry)
{
    struct world_cert *leaf = world_cert(w, entry->cms.by);
    struct writ_code_directory directory;
    uint8_t root[WRIT_HASH_BYTES];

    world_make_cert(w, leaf);
    memcpy(root, w->root, sizeof root);
    root[0] ^= entry->wrong_root;
    directory = directory_of(w, entry, root);
    if (entry->by_hand || leaf->by_hand || leaf->writ_key == NULL)
        make_by_hand(w, entry, &directory);
    else
        sign(w, entry, &directory);
    if (entry->stamp.present)
        world_make_token(w, &entry->stamp, writ_buffer_span(&entry->signature), &entry->token);
}

/* ---- Seals ---- */

/* By hand, because object/seal.h holds no more entries than a seal may have. */
static void build_seal(struct world *w, struct world_seal *seal)
{
    struct writ_build b = {0};
    struct writ_error e = {0};

    writ_build_open(&b, WRIT_DER_SEQUENCE);
    writ_build_oid(&b, WRIT_OID_SEAL);
    writ_build_unsigned(&b, WRIT_DER_INTEGER, 1);
    writ_build_open(&b, WRIT_DER_SEQUENCE);
    for (size_t i = 0; i < seal->count; i++) {
        const struct world_entry *entry = &w->entry[seal->first + i];

        writ_build_open(&b, WRIT_DER_SEQUENCE);
        writ_build_raw(&b, writ_buffer_span(&entry->directory));
        writ_build_raw(&b, writ_buffer_span(&entry->cms_der));
        writ_build_close(&b);
    }
    writ_build_close(&b);
    writ_build_close(&b);
    assert_ok(writ_build_finish_into(&b, &seal->der, &e));
}

static void write_seal(struct world *w, struct world_seal *seal)
{
    struct writ_seal all = {.count = seal->count};
    struct writ_error e = {0};

    for (size_t i = 0; i < seal->count; i++) {
        const struct world_entry *entry = &w->entry[seal->first + i];

        all.entry[i] = (struct writ_seal_entry){
            .directory = {.der = writ_buffer_span(&entry->directory)},
            .cms = writ_buffer_span(&entry->cms_der),
            .timestamp = writ_buffer_span(&entry->token),
        };
    }
    assert_ok(writ_seal_build(&all, &seal->der, &e));
}

static void make_seal(struct world *w, struct world_seal *seal)
{
    for (size_t i = 0; i < seal->count; i++)
        make_entry(w, &w->entry[seal->first + i]);
    memcpy(seal->filed_under, w->root, sizeof seal->filed_under);
    seal->filed_under[0] ^= seal->misindexed;
    if (seal->garbage)
        writ_buffer_add(&seal->der, bytes_of("3003020101"));
    else if (seal->count > WRIT_SEAL_ENTRIES_MAX)
        build_seal(w, seal);
    else
        write_seal(w, seal);
    if (seal->size > 0)
        writ_buffer_zeros(&seal->der, seal->size - seal->der.n);
}

static void add_tail(struct world *w, const struct world_seal *seal)
{
    struct writ_error e = {0};
    size_t content = w->file.n;

    assert_ok(writ_seal_build_tail(content, writ_buffer_span(&seal->der), &w->file, &e));
    if (seal->bad_pad)
        w->file.p[content] = 1;
}

void world_make_seals(struct world *w)
{
    for (size_t i = 0; i < w->seals; i++)
        make_seal(w, &w->seal[i]);
    writ_buffer_add(&w->file, writ_buffer_span(&w->content));
    if (w->changed && w->file.n > 0)
        w->file.p[w->file.n - 1] ^= 1;
    for (size_t i = 0; i < w->seals; i++) {
        if (w->seal[i].place == WRIT_PLACE_TAIL)
            add_tail(w, &w->seal[i]);
    }
    if (w->appended)
        writ_buffer_text(&w->file, "more");
}
