/*
 * object/elf.h - what kind of file it is that was sealed
 *
 * Reads just enough of ELF (System V gABI chapters 4 and 5; both classes, both byte orders) to know
 * whether it is a program or a library, and how far its segments and sections reach: a tail may
 * only follow a file that ends where they end.
 */
#ifndef WRIT_OBJECT_ELF_H
#define WRIT_OBJECT_ELF_H

#include "bytes/cursor.h"

#define WRIT_ELF_HEADERS_MAX 65536 /* program headers, section headers, entries of PT_DYNAMIC */
#define WRIT_SHEBANG_MAX     4096  /* bytes looked at after "#!" */

/* What the first bytes of a file show. */
enum writ_content_form {
    WRIT_CONTENT_OTHER,       /* nothing that the kernel would execute */
    WRIT_CONTENT_ELF_PROGRAM, /* executable, or position-independent with an interpreter or the PIE
                                 flag */
    WRIT_CONTENT_ELF_LIBRARY, /* shared object that is no program */
    WRIT_CONTENT_ELF_OTHER,   /* object file, core file, kernel module */
    WRIT_CONTENT_SCRIPT,      /* begins with "#!" */
};

struct writ_elf {
    enum writ_content_form form;
    bool is_shared; /* ET_DYN: may be loaded as a library, whatever else it is */
    uint64_t end;   /* for ELF: the first byte after everything its headers name; else 0 */
};

/* Looks at a file's content.  -1 when it begins as ELF and does not hold together: headers cut off,
 * sizes that are not the class's, a segment or section that reaches beyond the content; or when its
 * headers would also be a program's in another class or byte order, which Linux does not look at.
 */
int writ_elf_parse(struct writ_span content, struct writ_elf *elf,
                   struct writ_error *e) WRIT_MUST_CHECK;

/* "ELF program", "ELF library", "ELF object", "script", "data". */
const char *writ_content_form_name(enum writ_content_form form);

#endif
