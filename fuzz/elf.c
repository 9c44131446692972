/* fuzz/elf.c - feeds object/elf.h: nothing is named that is not there */
#include "object/elf.h"

#include "inside.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct writ_error e = {0};
    struct writ_elf elf;

    if (writ_elf_parse(WRIT_SPAN(data, size), &elf, &e) < 0)
        return refused(&e);
    HOLDS(elf.end <= size);
    HOLDS(writ_content_form_name(elf.form) != NULL);
    HOLDS(!elf.is_shared || elf.form == WRIT_CONTENT_ELF_PROGRAM ||
          elf.form == WRIT_CONTENT_ELF_LIBRARY);
    return 0;
}
