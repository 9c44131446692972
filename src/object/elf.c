#include "object/elf.h"

#include <elf.h>
#include <stdio.h>
#include <string.h>

/* Where the fields lie in one class of ELF, and how wide an address is. */
struct layout {
    size_t header;                                                   /* size of the file header */
    size_t word;                                                     /* 4 or 8 */
    size_t phoff, shoff, ehsize, phentsize, phnum, shentsize, shnum; /* in the file header */
    size_t segment;                                                  /* size of a program header */
    size_t p_offset, p_filesz;
    size_t section; /* size of a section header */
    size_t sh_offset, sh_size, sh_info;
};

static const struct layout layout32 = {
    .header = 52,
    .word = 4,
    .phoff = 28,
    .shoff = 32,
    .ehsize = 40,
    .phentsize = 42,
    .phnum = 44,
    .shentsize = 46,
    .shnum = 48,
    .segment = 32,
    .p_offset = 4,
    .p_filesz = 16,
    .section = 40,
    .sh_offset = 16,
    .sh_size = 20,
    .sh_info = 28,
};

static const struct layout layout64 = {
    .header = 64,
    .word = 8,
    .phoff = 32,
    .shoff = 40,
    .ehsize = 52,
    .phentsize = 54,
    .phnum = 56,
    .shentsize = 58,
    .shnum = 60,
    .segment = 56,
    .p_offset = 8,
    .p_filesz = 32,
    .section = 64,
    .sh_offset = 24,
    .sh_size = 32,
    .sh_info = 44,
};

struct reader {
    struct writ_span file;
    const struct layout *layout;
    bool big_endian;
    struct writ_error *error;
    struct writ_elf *elf;
    bool has_interpreter;
    bool has_pie_flag;
    unsigned dynamic_left; /* entries of dynamic sections that may still be looked at */
};

/* A number of 2, 4 or 8 bytes at an offset that was checked before; 0 beyond the file. */
static uint64_t number(const struct reader *r, uint64_t at, size_t width)
{
    struct writ_span s;
    uint64_t value = 0;

    if (writ_span_part(r->file, at, width, &s) < 0)
        return 0;
    for (size_t i = 0; i < width; i++)
        value = value << 8 | s.p[r->big_endian ? i : width - 1 - i];
    return value;
}

static uint64_t word(const struct reader *r, uint64_t at)
{
    return number(r, at, r->layout->word);
}

/* Notes that the file's headers name these bytes, which must lie within the content. */
static int reach(struct reader *r, uint64_t offset, uint64_t size, const char *what, uint64_t index)
{
    if (offset > r->file.n || size > r->file.n - offset)
        return writ_fail_at(r->error, (size_t)offset,
                            "ELF %s %llu reaches beyond the content of %zu bytes", what,
                            (unsigned long long)index, r->file.n);
    if (offset + size > r->elf->end)
        r->elf->end = offset + size;
    return 0;
}

/* The dynamic section's DT_FLAGS_1 tells a static position-independent program from a library.  A
 * stranger may name the same section in every program header: the ceiling is for all together. */
static void look_for_pie_flag(struct reader *r, uint64_t offset, uint64_t size)
{
    uint64_t step = 2 * r->layout->word;

    for (uint64_t i = 0; i + step <= size && r->dynamic_left > 0; i += step, r->dynamic_left--) {
        uint64_t tag = word(r, offset + i);

        if (tag == DT_NULL)
            return;
        if (tag == DT_FLAGS_1)
            r->has_pie_flag = (word(r, offset + i + r->layout->word) & DF_1_PIE) != 0;
    }
}

static int read_segment(struct reader *r, uint64_t at, uint64_t index)
{
    uint64_t type = number(r, at, 4);
    uint64_t offset = word(r, at + r->layout->p_offset);
    uint64_t size = word(r, at + r->layout->p_filesz);

    if (type == PT_NULL || size == 0)
        return 0;
    if (reach(r, offset, size, "segment", index) < 0)
        return -1;
    if (type == PT_INTERP)
        r->has_interpreter = true;
    if (type == PT_DYNAMIC)
        look_for_pie_flag(r, offset, size);
    return 0;
}

static int read_section(struct reader *r, uint64_t at, uint64_t index)
{
    uint64_t type = number(r, at + 4, 4);
    uint64_t offset = word(r, at + r->layout->sh_offset);
    uint64_t size = word(r, at + r->layout->sh_size);

    if (type == SHT_NULL || type == SHT_NOBITS || size == 0)
        return 0;
    return reach(r, offset, size, "section", index);
}

/* One of the two header tables: its place, the size of an entry, the count. */
static int read_table(struct reader *r, uint64_t offset, uint64_t count, uint64_t entry,
                      uint64_t wanted_entry, const char *what,
                      int (*read_entry)(struct reader *, uint64_t, uint64_t))
{
    if (count == 0)
        return 0;
    if (count > WRIT_ELF_HEADERS_MAX)
        return writ_fail_at(r->error, 0, "ELF: %llu %s headers, the ceiling is %d",
                            (unsigned long long)count, what, WRIT_ELF_HEADERS_MAX);
    if (entry != wanted_entry)
        return writ_fail_at(r->error, 0, "ELF: %s headers of %llu bytes, wanted %llu", what,
                            (unsigned long long)entry, (unsigned long long)wanted_entry);
    if (reach(r, offset, count * entry, "header table at entry", 0) < 0)
        return -1;
    for (uint64_t i = 0; i < count; i++) {
        if (read_entry(r, offset + i * entry, i) < 0)
            return -1;
    }
    return 0;
}

/* gABI: counts that do not fit 16 bits stand in the first section header. */
static int read_counts(struct reader *r, uint64_t shoff, uint64_t *phnum, uint64_t *shnum)
{
    *phnum = number(r, r->layout->phnum, 2);
    *shnum = number(r, r->layout->shnum, 2);
    if (shoff != 0 && (*shnum == 0 || *phnum == PN_XNUM)) {
        if (reach(r, shoff, r->layout->section, "section header", 0) < 0)
            return -1;
        if (*shnum == 0)
            *shnum = word(r, shoff + r->layout->sh_size);
        if (*phnum == PN_XNUM)
            *phnum = number(r, shoff + r->layout->sh_info, 4);
    }
    return 0;
}

static int read_tables(struct reader *r)
{
    const struct layout *l = r->layout;
    uint64_t phoff = word(r, l->phoff);
    uint64_t shoff = word(r, l->shoff);
    uint64_t phnum, shnum;

    if (reach(r, 0, l->header, "file header", 0) < 0 || read_counts(r, shoff, &phnum, &shnum) < 0)
        return -1;
    if (number(r, l->ehsize, 2) != l->header)
        return writ_fail_at(r->error, l->ehsize, "ELF: file header of a wrong size");
    if (read_table(r, phoff, phnum, number(r, l->phentsize, 2), l->segment, "program",
                   read_segment) < 0)
        return -1;
    return read_table(r, shoff, shoff == 0 ? 0 : shnum, number(r, l->shentsize, 2), l->section,
                      "section", read_section);
}

static enum writ_content_form form_of(const struct reader *r, uint64_t type)
{
    if (type == ET_EXEC)
        return WRIT_CONTENT_ELF_PROGRAM;
    if (type != ET_DYN)
        return WRIT_CONTENT_ELF_OTHER;
    return r->has_interpreter || r->has_pie_flag ? WRIT_CONTENT_ELF_PROGRAM
                                                 : WRIT_CONTENT_ELF_LIBRARY;
}

/* What Linux asks of a file before it executes it, read in one class and byte order. */
static bool loads_as(struct writ_span file, const struct layout *layout, bool big_endian)
{
    struct reader r = {.file = file, .layout = layout, .big_endian = big_endian};
    uint64_t type = number(&r, EI_NIDENT, 2);

    return (type == ET_EXEC || type == ET_DYN) &&
           number(&r, layout->phentsize, 2) == layout->segment && number(&r, layout->phnum, 2) > 0;
}

/* Linux goes by the machine alone, and believes neither the class nor the byte order that a file
 * names: one that would load as another than these is judged as one file and run as another. */
static int check_unambiguous(const struct reader *r)
{
    static const struct layout *const layouts[] = {&layout32, &layout64};

    for (size_t i = 0; i < 2; i++) {
        for (int big_endian = 0; big_endian < 2; big_endian++) {
            if (layouts[i] == r->layout && (big_endian != 0) == r->big_endian)
                continue;
            if (loads_as(r->file, layouts[i], big_endian != 0))
                return writ_fail_at(r->error, EI_CLASS,
                                    "ELF: its headers are a program's in another class or byte "
                                    "order than it names");
        }
    }
    return 0;
}

static int read_elf(struct writ_span content, struct writ_elf *elf, struct writ_error *e)
{
    struct reader r = {
        .file = content, .error = e, .elf = elf, .dynamic_left = WRIT_ELF_HEADERS_MAX};
    struct writ_span ident;
    uint64_t type;

    if (writ_span_part(content, 0, EI_NIDENT, &ident) < 0)
        return writ_fail_at(e, 0, "ELF: identification cut off");
    if (ident.p[EI_CLASS] != ELFCLASS32 && ident.p[EI_CLASS] != ELFCLASS64)
        return writ_fail_at(e, EI_CLASS, "ELF: unknown class %u", ident.p[EI_CLASS]);
    if (ident.p[EI_DATA] != ELFDATA2LSB && ident.p[EI_DATA] != ELFDATA2MSB)
        return writ_fail_at(e, EI_DATA, "ELF: unknown byte order %u", ident.p[EI_DATA]);
    r.layout = ident.p[EI_CLASS] == ELFCLASS64 ? &layout64 : &layout32;
    r.big_endian = ident.p[EI_DATA] == ELFDATA2MSB;
    if (check_unambiguous(&r) < 0 || read_tables(&r) < 0)
        return -1;
    type = number(&r, EI_NIDENT, 2);
    elf->is_shared = type == ET_DYN;
    elf->form = form_of(&r, type);
    return 0;
}

int writ_elf_parse(struct writ_span content, struct writ_elf *elf, struct writ_error *e)
{
    struct writ_span start;

    *elf = (struct writ_elf){.form = WRIT_CONTENT_OTHER};
    if (writ_span_part(content, 0, SELFMAG, &start) == 0 && memcmp(start.p, ELFMAG, SELFMAG) == 0)
        return read_elf(content, elf, e);
    if (writ_span_part(content, 0, 2, &start) == 0 && memcmp(start.p, "#!", 2) == 0)
        elf->form = WRIT_CONTENT_SCRIPT;
    return 0;
}

const char *writ_content_form_name(enum writ_content_form form)
{
    switch (form) {
    case WRIT_CONTENT_ELF_PROGRAM:
        return "ELF program";
    case WRIT_CONTENT_ELF_LIBRARY:
        return "ELF library";
    case WRIT_CONTENT_ELF_OTHER:
        return "ELF object";
    case WRIT_CONTENT_SCRIPT:
        return "script";
    case WRIT_CONTENT_OTHER:
        break;
    }
    return "data";
}
