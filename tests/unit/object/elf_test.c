#include "object/elf.h"

#include <elf.h>
#include <link.h>

#include "scratch.h"
#include "test.h"

/*
 * A small image: file header, program headers at 64, space, section headers at 1024, where it ends.
 * The fields are those of <elf.h>, written in either class and byte order.
 */
#define SEGMENTS_AT 64
#define SPACE_AT    512
#define SECTIONS_AT 1024
#define IMAGE_MAX   8192

struct image {
    bool wide; /* 64 bits */
    bool big;  /* most significant byte first */
    size_t n;
    uint8_t bytes[IMAGE_MAX];
};

static struct writ_error e;
static struct writ_elf elf;

static void put(struct image *im, size_t at, size_t width, uint64_t value)
{
    assert_true(at + width <= IMAGE_MAX);
    for (size_t i = 0; i < width; i++)
        im->bytes[at + (im->big ? width - 1 - i : i)] = (uint8_t)(value >> (8 * i));
}

/* Sets a field of an Ehdr, Phdr, Shdr or Dyn that begins at `at`. */
#define SET(im, type, at, field, value)                                                            \
    put(im, (at) + ((im)->wide ? offsetof(Elf64_##type, field) : offsetof(Elf32_##type, field)),   \
        (im)->wide ? sizeof((Elf64_##type *)0)->field : sizeof((Elf32_##type *)0)->field, value)

#define SIZE(im, type) ((im)->wide ? sizeof(Elf64_##type) : sizeof(Elf32_##type))

/* A shared object without segments and with one section header, the null one. */
static struct image image_of(int form)
{
    struct image im = {.wide = form & 1, .big = form & 2};

    memcpy(im.bytes, ELFMAG, SELFMAG);
    im.bytes[EI_CLASS] = im.wide ? ELFCLASS64 : ELFCLASS32;
    im.bytes[EI_DATA] = im.big ? ELFDATA2MSB : ELFDATA2LSB;
    SET(&im, Ehdr, 0, e_type, ET_DYN);
    SET(&im, Ehdr, 0, e_ehsize, SIZE(&im, Ehdr));
    SET(&im, Ehdr, 0, e_phoff, SEGMENTS_AT);
    SET(&im, Ehdr, 0, e_phentsize, SIZE(&im, Phdr));
    SET(&im, Ehdr, 0, e_shoff, SECTIONS_AT);
    SET(&im, Ehdr, 0, e_shentsize, SIZE(&im, Shdr));
    SET(&im, Ehdr, 0, e_shnum, 1);
    im.n = SECTIONS_AT + SIZE(&im, Shdr);
    return im;
}

/* 32 and 64 bits, little and big endian. */
#define FOR_EVERY_FORM(im)                                                                         \
    for (int form_ = 0; form_ < 4; form_++)                                                        \
        for (struct image im = image_of(form_), *once_ = &im; once_ != NULL; once_ = NULL)

/* Makes the i-th program header, and as many as that. */
static void segment(struct image *im, size_t i, uint32_t type, uint64_t offset, uint64_t size)
{
    size_t at = SEGMENTS_AT + i * SIZE(im, Phdr);

    SET(im, Phdr, at, p_type, type);
    SET(im, Phdr, at, p_offset, offset);
    SET(im, Phdr, at, p_filesz, size);
    SET(im, Ehdr, 0, e_phnum, i + 1);
}

/* Makes the i-th section header, after which the image ends. */
static void section(struct image *im, size_t i, uint32_t type, uint64_t offset, uint64_t size)
{
    size_t at = SECTIONS_AT + i * SIZE(im, Shdr);

    SET(im, Shdr, at, sh_type, type);
    SET(im, Shdr, at, sh_offset, offset);
    SET(im, Shdr, at, sh_size, size);
    SET(im, Ehdr, 0, e_shnum, i + 1);
    im->n = at + SIZE(im, Shdr);
}

/* Parses a copy of exactly the image's size, so that a sanitizer sees the first byte past it. */
static int try_image(const struct image *im)
{
    uint8_t *copy = malloc(im->n == 0 ? 1 : im->n);
    int rc;

    assert_non_null(copy);
    memcpy(copy, im->bytes, im->n);
    writ_error_clear(&e);
    rc = writ_elf_parse(WRIT_SPAN(copy, im->n), &elf, &e);
    free(copy);
    return rc;
}

static void read_image(const struct image *im)
{
    if (try_image(im) != 0)
        fail_msg("%s", e.text);
}

#define REFUSED(im, words) assert_fault(try_image(im), WRIT_FAULT_BAD_INPUT, words)

/* ---- what it is ---- */

static void an_executable_is_a_program(void **state)
{
    (void)state;
    FOR_EVERY_FORM(im)
    {
        SET(&im, Ehdr, 0, e_type, ET_EXEC);
        read_image(&im);
        assert_int_equal(elf.form, WRIT_CONTENT_ELF_PROGRAM);
        assert_false(elf.is_shared);
    }
}

static void a_shared_object_is_a_library(void **state)
{
    (void)state;
    FOR_EVERY_FORM(im)
    {
        read_image(&im);
        assert_int_equal(elf.form, WRIT_CONTENT_ELF_LIBRARY);
        assert_true(elf.is_shared);
    }
}

static void a_shared_object_with_an_interpreter_is_a_program(void **state)
{
    (void)state;
    FOR_EVERY_FORM(im)
    {
        segment(&im, 0, PT_LOAD, 0, 100);
        segment(&im, 1, PT_INTERP, SPACE_AT, 10);
        read_image(&im);
        assert_int_equal(elf.form, WRIT_CONTENT_ELF_PROGRAM);
        assert_true(elf.is_shared);
    }
}

/* Writes entries of a dynamic section at SPACE_AT, and its segment. */
static void dynamic(struct image *im, const uint64_t (*entries)[2], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        SET(im, Dyn, SPACE_AT + i * SIZE(im, Dyn), d_tag, entries[i][0]);
        SET(im, Dyn, SPACE_AT + i * SIZE(im, Dyn), d_un.d_val, entries[i][1]);
    }
    segment(im, 0, PT_DYNAMIC, SPACE_AT, count * SIZE(im, Dyn));
}

static void the_pie_flag_makes_a_program(void **state)
{
    static const uint64_t flag[][2] = {{DT_NEEDED, 1}, {DT_FLAGS_1, DF_1_NOW | DF_1_PIE}};

    (void)state;
    FOR_EVERY_FORM(im)
    {
        dynamic(&im, flag, 2);
        read_image(&im);
        assert_int_equal(elf.form, WRIT_CONTENT_ELF_PROGRAM);
    }
}

static void other_flags_and_what_follows_the_end_make_none(void **state)
{
    static const uint64_t other[][2] = {{DT_FLAGS_1, DF_1_NOW}, {DT_FLAGS, DF_1_PIE}};
    static const uint64_t after[][2] = {{DT_NULL, 0}, {DT_FLAGS_1, DF_1_PIE}};

    (void)state;
    FOR_EVERY_FORM(im)
    {
        dynamic(&im, other, 2);
        read_image(&im);
        assert_int_equal(elf.form, WRIT_CONTENT_ELF_LIBRARY);
        dynamic(&im, after, 2);
        read_image(&im);
        assert_int_equal(elf.form, WRIT_CONTENT_ELF_LIBRARY);
    }
}

/* An entry that the segment ends in the middle of is not read. */
static void a_dynamic_section_may_be_cut_off(void **state)
{
    static const uint64_t flag[][2] = {{DT_FLAGS_1, DF_1_PIE}};

    (void)state;
    FOR_EVERY_FORM(im)
    {
        dynamic(&im, flag, 1);
        SET(&im, Phdr, SEGMENTS_AT, p_filesz, SIZE(&im, Dyn) - 1);
        read_image(&im);
        assert_int_equal(elf.form, WRIT_CONTENT_ELF_LIBRARY);
    }
}

/* A stranger may name the same long section in every one of 65536 headers. */
static void dynamic_sections_have_a_ceiling_in_all(void **state)
{
    static uint8_t file[IMAGE_MAX + (WRIT_ELF_HEADERS_MAX + 1) * sizeof(Elf64_Dyn)];
    const size_t full = WRIT_ELF_HEADERS_MAX * sizeof(Elf64_Dyn);
    const Elf64_Dyn needed = {.d_tag = DT_NEEDED};
    const Elf64_Dyn flag = {.d_tag = DT_FLAGS_1, .d_un = {.d_val = DF_1_PIE}};

    (void)state;
    for (size_t i = 0; i < WRIT_ELF_HEADERS_MAX; i++)
        memcpy(file + IMAGE_MAX + i * sizeof needed, &needed, sizeof needed);
    memcpy(file + IMAGE_MAX + full, &flag, sizeof flag);
    for (size_t left = 0; left <= 1; left++) {
        struct image im = image_of(1);

        segment(&im, 0, PT_DYNAMIC, IMAGE_MAX, full - left * sizeof needed);
        segment(&im, 1, PT_DYNAMIC, IMAGE_MAX + full, sizeof flag);
        memcpy(file, im.bytes, IMAGE_MAX);
        writ_error_clear(&e);
        assert_ok(writ_elf_parse(WRIT_SPAN_OF(file), &elf, &e));
        assert_int_equal(elf.form, left ? WRIT_CONTENT_ELF_PROGRAM : WRIT_CONTENT_ELF_LIBRARY);
    }
}

static void everything_else_is_an_object(void **state)
{
    static const uint16_t types[] = {ET_NONE, ET_REL, ET_CORE, 0xfe00, 0xffff};

    (void)state;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        FOR_EVERY_FORM(im)
        {
            SET(&im, Ehdr, 0, e_type, types[i]);
            segment(&im, 0, PT_INTERP, SPACE_AT, 10);
            read_image(&im);
            assert_int_equal(elf.form, WRIT_CONTENT_ELF_OTHER);
            assert_false(elf.is_shared);
        }
    }
}

static void assert_form(struct writ_span content, enum writ_content_form form)
{
    writ_error_clear(&e);
    assert_ok(writ_elf_parse(content, &elf, &e));
    assert_int_equal(elf.form, form);
    assert_int_equal(elf.end, 0);
    assert_false(elf.is_shared);
}

static void other_files_are_scripts_or_data(void **state)
{
    (void)state;
    assert_form(WRIT_SPAN_NONE, WRIT_CONTENT_OTHER);
    assert_form(writ_span_text("#"), WRIT_CONTENT_OTHER);
    assert_form(writ_span_text("#!"), WRIT_CONTENT_SCRIPT);
    assert_form(writ_span_text("#!/bin/sh\n"), WRIT_CONTENT_SCRIPT);
    assert_form(writ_span_text(" #!/bin/sh\n"), WRIT_CONTENT_OTHER);
    assert_form(writ_span_text("\x7f"
                               "EL"),
                WRIT_CONTENT_OTHER);
    assert_form(writ_span_text("\x7f"
                               "ELf and more than sixteen bytes"),
                WRIT_CONTENT_OTHER);
    assert_form(writ_span_text("MZ"), WRIT_CONTENT_OTHER);
}

static void forms_have_names(void **state)
{
    (void)state;
    assert_string_equal(writ_content_form_name(WRIT_CONTENT_OTHER), "data");
    assert_string_equal(writ_content_form_name(WRIT_CONTENT_ELF_PROGRAM), "ELF program");
    assert_string_equal(writ_content_form_name(WRIT_CONTENT_ELF_LIBRARY), "ELF library");
    assert_string_equal(writ_content_form_name(WRIT_CONTENT_ELF_OTHER), "ELF object");
    assert_string_equal(writ_content_form_name(WRIT_CONTENT_SCRIPT), "script");
}

/* ---- where it ends ---- */

static void it_ends_where_the_farthest_of_its_headers_reaches(void **state)
{
    (void)state;
    FOR_EVERY_FORM(im)
    {
        read_image(&im);
        assert_int_equal(elf.end, im.n); /* the section headers */
        im.n += 100;
        read_image(&im);
        assert_int_equal(elf.end, im.n - 100);
        segment(&im, 0, PT_LOAD, 1000, im.n - 1000 - 7);
        read_image(&im);
        assert_int_equal(elf.end, im.n - 7);
        segment(&im, 0, PT_LOAD, 0, 100);
        section(&im, 1, SHT_PROGBITS, SPACE_AT, 1200);
        im.n = 2000;
        read_image(&im);
        assert_int_equal(elf.end, SPACE_AT + 1200);
    }
}

static void without_sections_it_ends_with_its_segments(void **state)
{
    (void)state;
    FOR_EVERY_FORM(im)
    {
        SET(&im, Ehdr, 0, e_shoff, 0);
        SET(&im, Ehdr, 0, e_shnum, 0);
        read_image(&im);
        assert_int_equal(elf.end, SIZE(&im, Ehdr));
        segment(&im, 0, PT_NOTE, 0, 0);
        read_image(&im);
        assert_int_equal(elf.end, SEGMENTS_AT + SIZE(&im, Phdr)); /* the table itself */
        segment(&im, 1, PT_LOAD, 0, 700);
        read_image(&im);
        assert_int_equal(elf.end, 700);
    }
}

static void nothing_reaches_beyond_the_content(void **state)
{
    (void)state;
    FOR_EVERY_FORM(im)
    {
        segment(&im, 0, PT_LOAD, 100, im.n - 100);
        read_image(&im);
        segment(&im, 0, PT_LOAD, 100, im.n - 99);
        REFUSED(&im, "ELF segment 0 reaches beyond the content");
        assert_int_equal(e.offset, 100);
        segment(&im, 0, PT_LOAD, im.n + 1, 1);
        REFUSED(&im, "ELF segment 0 reaches beyond the content");
        segment(&im, 0, PT_LOAD, 0, 1);
        section(&im, 1, SHT_PROGBITS, 0, im.n + SIZE(&im, Shdr));
        read_image(&im);
        section(&im, 1, SHT_PROGBITS, 1, im.n);
        REFUSED(&im, "ELF section 1 reaches beyond the content");
    }
}

static void an_end_that_overflows_is_beyond_the_content(void **state)
{
    (void)state;
    FOR_EVERY_FORM(im)
    {
        uint64_t most = im.wide ? UINT64_MAX : UINT32_MAX;

        segment(&im, 0, PT_LOAD, 100, most - 99);
        REFUSED(&im, "ELF segment 0 reaches beyond the content");
        segment(&im, 0, PT_LOAD, most, 1);
        REFUSED(&im, "ELF segment 0 reaches beyond the content");
        segment(&im, 0, PT_LOAD, most, most);
        REFUSED(&im, "ELF segment 0 reaches beyond the content");
        segment(&im, 0, PT_LOAD, 0, 1);
        SET(&im, Ehdr, 0, e_phoff, most);
        REFUSED(&im, "ELF header table at entry 0 reaches beyond the content");
        SET(&im, Ehdr, 0, e_phoff, SEGMENTS_AT);
        SET(&im, Ehdr, 0, e_shoff, most - 10);
        REFUSED(&im, "ELF header table at entry 0 reaches beyond the content");
    }
}

/* .bss takes no room in the file, whatever its header says. */
static void what_takes_no_room_in_the_file_may_say_anything(void **state)
{
    (void)state;
    FOR_EVERY_FORM(im)
    {
        segment(&im, 0, PT_NULL, 0xfffffff0, 0xfffffff0);
        segment(&im, 1, PT_LOAD, 0xfffffff0, 0);
        section(&im, 1, SHT_NOBITS, 0xfffffff0, 0xfffffff0);
        section(&im, 2, SHT_NULL, 0xfffffff0, 0xfffffff0);
        section(&im, 3, SHT_PROGBITS, 0xfffffff0, 0);
        read_image(&im);
        assert_int_equal(elf.end, im.n);
    }
}

/* ---- the headers ---- */

static void the_identification_is_checked(void **state)
{
    (void)state;
    FOR_EVERY_FORM(im)
    {
        struct image other = im;

        other.bytes[EI_CLASS] = ELFCLASSNONE;
        REFUSED(&other, "ELF: unknown class 0");
        other.bytes[EI_CLASS] = 3;
        REFUSED(&other, "ELF: unknown class 3");
        other = im;
        other.bytes[EI_DATA] = ELFDATANONE;
        REFUSED(&other, "ELF: unknown byte order 0");
        other.bytes[EI_DATA] = 3;
        REFUSED(&other, "ELF: unknown byte order 3");
    }
}

/* An image that says it is of another form than the one it is written in. */
static struct image disguised(int form, int as, unsigned type)
{
    struct image im = image_of(form), other = image_of(as);

    SET(&im, Ehdr, 0, e_type, type);
    segment(&im, 0, PT_LOAD, 0, 1);
    im.bytes[EI_CLASS] = other.bytes[EI_CLASS];
    im.bytes[EI_DATA] = other.bytes[EI_DATA];
    return im;
}

/* Linux looks at the machine, and neither at the class nor at the byte order. */
static void a_program_in_the_class_and_order_of_another_is_refused(void **state)
{
    struct image im;

    (void)state;
    for (int form = 0; form < 4; form++) {
        for (int as = 0; as < 4; as++) {
            if (as == form)
                continue;
            im = disguised(form, as, ET_EXEC);
            REFUSED(&im, "ELF: its headers are a program's in another class or byte order");
            im = disguised(form, as, ET_DYN);
            REFUSED(&im, "ELF: its headers are a program's in another class or byte order");
        }
    }
}

/* What Linux would not execute in the other form either may look as it likes: here an object in 32
 * bits, most significant byte first, which has no segments. */
static void an_object_is_no_program_for_looking_like_one(void **state)
{
    struct image im = image_of(2);

    (void)state;
    put(&im, EI_NIDENT, 1, ET_EXEC); /* 0x0200 */
    im.bytes[EI_NIDENT + 1] = 0;
    read_image(&im);
    assert_int_equal(elf.form, WRIT_CONTENT_ELF_OTHER);
    im.bytes[offsetof(Elf64_Ehdr, e_phentsize)] = sizeof(Elf64_Phdr);
    read_image(&im);
    assert_int_equal(elf.form, WRIT_CONTENT_ELF_OTHER);
    im.bytes[offsetof(Elf64_Ehdr, e_phnum)] = 1;
    REFUSED(&im, "ELF: its headers are a program's in another class or byte order");
    im.bytes[EI_NIDENT] = ET_CORE;
    read_image(&im);
    assert_int_equal(elf.form, WRIT_CONTENT_ELF_OTHER);
}

static void headers_have_the_size_of_their_class(void **state)
{
    (void)state;
    FOR_EVERY_FORM(im)
    {
        SET(&im, Ehdr, 0, e_ehsize, SIZE(&im, Ehdr) + 1);
        REFUSED(&im, "ELF: file header of a wrong size");
        SET(&im, Ehdr, 0, e_ehsize, SIZE(&im, Ehdr));
        segment(&im, 0, PT_LOAD, 0, 1);
        SET(&im, Ehdr, 0, e_phentsize, SIZE(&im, Phdr) - 1);
        REFUSED(&im, "ELF: program headers of");
        SET(&im, Ehdr, 0, e_phentsize, SIZE(&im, Phdr));
        SET(&im, Ehdr, 0, e_shentsize, 0);
        REFUSED(&im, "ELF: section headers of 0 bytes");
    }
}

static void a_table_without_entries_has_no_size(void **state)
{
    (void)state;
    FOR_EVERY_FORM(im)
    {
        SET(&im, Ehdr, 0, e_phentsize, 0);
        SET(&im, Ehdr, 0, e_phoff, 0xfffffff0);
        SET(&im, Ehdr, 0, e_shoff, 0);
        SET(&im, Ehdr, 0, e_shnum, 7); /* of a table that is not there */
        SET(&im, Ehdr, 0, e_shentsize, 0);
        read_image(&im);
        assert_int_equal(elf.end, SIZE(&im, Ehdr));
    }
}

static void a_table_lies_within_the_content(void **state)
{
    (void)state;
    FOR_EVERY_FORM(im)
    {
        segment(&im, 0, PT_LOAD, 0, 1);
        SET(&im, Ehdr, 0, e_phoff, im.n - SIZE(&im, Phdr));
        read_image(&im);
        SET(&im, Ehdr, 0, e_phoff, im.n - SIZE(&im, Phdr) + 1);
        REFUSED(&im, "ELF header table at entry 0 reaches beyond the content");
        SET(&im, Ehdr, 0, e_phoff, SEGMENTS_AT);
        SET(&im, Ehdr, 0, e_shnum, 2);
        REFUSED(&im, "ELF header table at entry 0 reaches beyond the content");
    }
}

/* gABI: with more than 65,279 sections e_shnum is 0 and the count is sh_size of the first. */
static void a_count_of_sections_may_stand_in_the_first(void **state)
{
    (void)state;
    FOR_EVERY_FORM(im)
    {
        section(&im, 1, SHT_PROGBITS, 0, 0);
        section(&im, 2, SHT_PROGBITS, 0, 10000);
        REFUSED(&im, "ELF section 2 reaches beyond");
        SET(&im, Ehdr, 0, e_shnum, 0);
        read_image(&im); /* sh_size of the first is 0: no sections */
        SET(&im, Shdr, SECTIONS_AT, sh_size, 2);
        read_image(&im);
        SET(&im, Shdr, SECTIONS_AT, sh_size, 3);
        REFUSED(&im, "ELF section 2 reaches beyond");
        SET(&im, Shdr, SECTIONS_AT, sh_size, WRIT_ELF_HEADERS_MAX);
        REFUSED(&im, "ELF header table at entry 0 reaches beyond");
        SET(&im, Shdr, SECTIONS_AT, sh_size, WRIT_ELF_HEADERS_MAX + 1);
        REFUSED(&im, "ELF: 65537 section headers, the ceiling is 65536");
        im.n = SECTIONS_AT + SIZE(&im, Shdr) - 1;
        REFUSED(&im, "ELF section header 0 reaches beyond");
    }
}

/* gABI: with 65,535 segments or more e_phnum is PN_XNUM and the count is sh_info of the first. */
static void a_count_of_segments_may_stand_in_the_first_section(void **state)
{
    (void)state;
    FOR_EVERY_FORM(im)
    {
        segment(&im, 0, PT_LOAD, 0, 1);
        segment(&im, 1, PT_INTERP, 0, 1);
        SET(&im, Ehdr, 0, e_phnum, PN_XNUM);
        SET(&im, Shdr, SECTIONS_AT, sh_info, 1);
        read_image(&im);
        assert_int_equal(elf.form, WRIT_CONTENT_ELF_LIBRARY);
        SET(&im, Shdr, SECTIONS_AT, sh_info, 2);
        read_image(&im);
        assert_int_equal(elf.form, WRIT_CONTENT_ELF_PROGRAM);
        SET(&im, Shdr, SECTIONS_AT, sh_info, WRIT_ELF_HEADERS_MAX);
        REFUSED(&im, "ELF header table at entry 0 reaches beyond");
        SET(&im, Shdr, SECTIONS_AT, sh_info, WRIT_ELF_HEADERS_MAX + 1);
        REFUSED(&im, "ELF: 65537 program headers, the ceiling is 65536");
        SET(&im, Ehdr, 0, e_shoff, 0); /* then it is a count like any other */
        REFUSED(&im, "ELF header table at entry 0 reaches beyond");
    }
}

/* ---- all of it ---- */

static struct image an_image_with_all(int form)
{
    static const uint64_t flag[][2] = {{DT_FLAGS_1, DF_1_PIE}, {DT_NULL, 0}};
    struct image im = image_of(form);

    dynamic(&im, flag, 2);
    segment(&im, 1, PT_INTERP, SPACE_AT + 100, 10);
    segment(&im, 2, PT_LOAD, 0, SECTIONS_AT);
    section(&im, 1, SHT_PROGBITS, SPACE_AT, 100);
    section(&im, 2, SHT_NOBITS, SPACE_AT, 100000);
    return im;
}

static void an_image_that_is_cut_off_is_refused(void **state)
{
    (void)state;
    for (int form = 0; form < 4; form++) {
        struct image im = an_image_with_all(form);
        size_t whole = im.n;

        for (im.n = SELFMAG; im.n < whole; im.n++) {
            if (try_image(&im) == 0)
                fail_msg("the first %zu of %zu bytes pass", im.n, whole);
        }
        read_image(&im);
        for (im.n = 0; im.n < SELFMAG; im.n++) {
            read_image(&im);
            assert_int_equal(elf.form, WRIT_CONTENT_OTHER);
        }
    }
}

/* Whatever a byte is changed to, what is said to be reached is there. */
static void no_changed_byte_leads_beyond_the_content(void **state)
{
    (void)state;
    for (int form = 0; form < 4; form++) {
        struct image im = an_image_with_all(form);

        for (size_t i = 0; i < im.n; i++) {
            uint8_t sound = im.bytes[i];

            for (unsigned value = 0; value < 256; value++) {
                im.bytes[i] = (uint8_t)value;
                if (try_image(&im) == 0)
                    assert_true(elf.end <= im.n);
                else
                    assert_int_equal(e.fault, WRIT_FAULT_BAD_INPUT);
            }
            im.bytes[i] = sound;
        }
    }
}

static int note_library(struct dl_phdr_info *info, size_t size, void *path)
{
    (void)size;
    if (strstr(info->dlpi_name, "cmocka") != NULL)
        (void)snprintf(path, 256, "%s", info->dlpi_name);
    return 0;
}

static void this_test_is_a_program_and_cmocka_a_library(void **state)
{
    struct writ_buffer file = file_read("/proc/self/exe");
    char path[256] = "";

    (void)state;
    writ_error_clear(&e);
    assert_ok(writ_elf_parse(writ_buffer_span(&file), &elf, &e));
    assert_int_equal(elf.form, WRIT_CONTENT_ELF_PROGRAM);
    assert_true(elf.end > 0 && elf.end <= file.n);
    writ_buffer_free(&file);
    (void)dl_iterate_phdr(note_library, path);
    file = file_read(path);
    assert_ok(writ_elf_parse(writ_buffer_span(&file), &elf, &e));
    assert_int_equal(elf.form, WRIT_CONTENT_ELF_LIBRARY);
    assert_true(elf.is_shared);
    assert_int_equal(elf.end, file.n);
    writ_buffer_free(&file);
}

static const struct CMUnitTest claims[] = {
    CLAIM(an_executable_is_a_program),
    CLAIM(a_shared_object_is_a_library),
    CLAIM(a_shared_object_with_an_interpreter_is_a_program),
    CLAIM(the_pie_flag_makes_a_program),
    CLAIM(other_flags_and_what_follows_the_end_make_none),
    CLAIM(a_dynamic_section_may_be_cut_off),
    CLAIM(dynamic_sections_have_a_ceiling_in_all),
    CLAIM(everything_else_is_an_object),
    CLAIM(other_files_are_scripts_or_data),
    CLAIM(forms_have_names),
    CLAIM(it_ends_where_the_farthest_of_its_headers_reaches),
    CLAIM(without_sections_it_ends_with_its_segments),
    CLAIM(nothing_reaches_beyond_the_content),
    CLAIM(an_end_that_overflows_is_beyond_the_content),
    CLAIM(what_takes_no_room_in_the_file_may_say_anything),
    CLAIM(the_identification_is_checked),
    CLAIM(a_program_in_the_class_and_order_of_another_is_refused),
    CLAIM(an_object_is_no_program_for_looking_like_one),
    CLAIM(headers_have_the_size_of_their_class),
    CLAIM(a_table_without_entries_has_no_size),
    CLAIM(a_table_lies_within_the_content),
    CLAIM(a_count_of_sections_may_stand_in_the_first),
    CLAIM(a_count_of_segments_may_stand_in_the_first_section),
    CLAIM(an_image_that_is_cut_off_is_refused),
    CLAIM(no_changed_byte_leads_beyond_the_content),
    CLAIM(this_test_is_a_program_and_cmocka_a_library),
};

RUN_CLAIMS(claims)
