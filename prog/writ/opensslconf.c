#include "writ/opensslconf.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include <openssl/conf.h>
#include <openssl/err.h>

#include "bytes/cursor.h"
#include "shared/hooks.h"

#define OWN_SECTION "writ_init" /* for a file that names none */
#define BEGIN       "# writ tls enable --system: begin"
#define BROKE_LINE  "; the line before had no end"
#define END         "# writ tls enable --system: end; writ tls disable --system takes it away"

/* ---- reading ---- */

static int read_section(CONF *conf, BIO *bio, struct writ_buffer *section, struct writ_error *e)
{
    const char *name;
    long line = 0;

    if (conf == NULL || bio == NULL)
        return writ_fail_memory(e);
    if (NCONF_load_bio(conf, bio, &line) <= 0)
        return writ_fail(e, WRIT_FAULT_CONFIGURATION, "OpenSSL cannot read line %ld", line);
    name = NCONF_get_string(conf, NULL, "openssl_conf");
    if (name != NULL)
        writ_buffer_text(section, name);
    return writ_buffer_check(section, e);
}

int opensslconf_section(struct writ_span text, struct writ_buffer *section, struct writ_error *e)
{
    CONF *conf = NCONF_new(NULL);
    BIO *bio = BIO_new_mem_buf(text.n == 0 ? "" : (const void *)text.p, (int)text.n);
    int rc;

    (void)ERR_set_mark();
    rc = read_section(conf, bio, section, e);
    (void)ERR_pop_to_mark();
    BIO_free(bio);
    NCONF_free(conf);
    return rc;
}

/* ---- writing ---- */

/* OpenSSL gives some characters a meaning, and takes it away again after a backslash. */
static void add_escaped(struct writ_buffer *out, struct writ_span text)
{
    struct writ_error ignored = {0};
    struct writ_cursor c = writ_cursor_over(text, &ignored);
    uint8_t byte;

    while (c.left > 0 && writ_cursor_u8(&c, &byte, "a path") == 0) {
        if (byte < 0x80 && !isalnum(byte) && strchr("/._-+ ", byte) == NULL)
            writ_buffer_byte(out, '\\');
        writ_buffer_byte(out, byte);
    }
}

void opensslconf_include(struct writ_span path, struct writ_buffer *out)
{
    writ_buffer_text(out, ".include ");
    add_escaped(out, path);
    writ_buffer_text(out, "\n");
}

/* Sections can be opened again.  Where openssl_conf names none, it gets one. */
static void add_module(struct writ_buffer *out, struct writ_span section,
                       struct writ_span module_conf)
{
    if (section.n == 0) {
        writ_buffer_text(out, "[default]\nopenssl_conf = " OWN_SECTION "\n");
        section = writ_span_text(OWN_SECTION);
    }
    writ_buffer_text(out, "[");
    writ_buffer_add(out, section);
    writ_buffer_text(out, "]\n");
    opensslconf_include(module_conf, out);
}

void opensslconf_wrap(const char *base, struct writ_span section, struct writ_span module_conf,
                      struct writ_buffer *out)
{
    writ_buffer_text(out, "# made by writ tls, and made anew when it is needed\n");
    opensslconf_include(writ_span_text(base), out);
    add_module(out, section, module_conf);
}

void opensslconf_add(struct writ_span text, struct writ_span section, struct writ_span module_conf,
                     size_t policy, struct writ_buffer *out)
{
    bool broke_line = text.n > 0 && text.p[text.n - 1] != '\n';

    writ_buffer_add(out, text);
    writ_buffer_text(out, broke_line ? "\n" BEGIN BROKE_LINE "\n" : BEGIN "\n");
    add_module(out, section, module_conf);
    writ_buffer_format(out, "[" HOOKS_SECTION "]\n" HOOKS_POLICY " = %s\n" END "\n",
                       hooks_policies[policy]);
}

/* ---- our block ---- */

/* Reads one line of text; what stands behind the last line break is a line too. */
static bool next_line(struct writ_cursor *c, struct writ_span *line)
{
    if (c->left == 0)
        return false;
    *line = writ_cursor_field(c, '\n');
    return true;
}

static bool is_line(struct writ_span line, const char *text)
{
    return writ_span_equal(line, writ_span_text(text));
}

static int begin_block(struct opensslconf_block *block, size_t at, bool broke_line,
                       struct writ_error *e)
{
    if (block->present)
        return writ_fail(e, WRIT_FAULT_CONFIGURATION, "there are two blocks of writ in it");
    block->present = true;
    block->from = at - (broke_line ? 1 : 0);
    return 0;
}

static void read_setting(struct opensslconf_block *block, struct writ_span line)
{
    char policy[64];

    for (size_t i = 0; hooks_policies[i] != NULL; i++) {
        (void)snprintf(policy, sizeof policy, HOOKS_POLICY " = %s", hooks_policies[i]);
        if (is_line(line, policy))
            block->policy = i;
    }
}

/* The line break before the block stays when it has become somebody's: lines have been added. */
static void end_block(struct opensslconf_block *block, size_t end, bool is_needed)
{
    block->from += is_needed ? 1 : 0;
    block->n = end - block->from;
}

int opensslconf_find(struct writ_span text, struct opensslconf_block *block, struct writ_error *e)
{
    struct writ_cursor c = writ_cursor_over(text, e);
    struct writ_span line;
    size_t at = 0;
    bool inside = false, broke_line = false;

    *block = (struct opensslconf_block){0};
    for (; next_line(&c, &line); at = text.n - c.left) {
        if (is_line(line, BEGIN BROKE_LINE) || is_line(line, BEGIN)) {
            broke_line = at > 0 && is_line(line, BEGIN BROKE_LINE);
            if (begin_block(block, at, broke_line, e) < 0)
                return -1;
            inside = true;
        } else if (inside && is_line(line, END)) {
            end_block(block, text.n - c.left, c.left > 0 && broke_line);
            inside = false;
        } else if (inside) {
            read_setting(block, line);
        }
    }
    if (block->present && block->n == 0)
        return writ_fail(e, WRIT_FAULT_CONFIGURATION, "writ's block in it has no end");
    return 0;
}

void opensslconf_remove(struct writ_span text, const struct opensslconf_block *block,
                        struct writ_buffer *out)
{
    struct writ_span before = WRIT_SPAN_NONE, after = WRIT_SPAN_NONE;

    if (writ_span_part(text, 0, block->from, &before) == 0 &&
        writ_span_part(text, block->from + block->n, text.n - block->from - block->n, &after) < 0)
        after = WRIT_SPAN_NONE;
    writ_buffer_add(out, before);
    writ_buffer_add(out, after);
}
