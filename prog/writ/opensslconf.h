/*
 * writ/opensslconf.h - openssl.cnf: one of our own, and the system's with our block in it
 *
 * The lines that name the module stand in a file beside it (HOOKS_MODULE_CONF), and are included:
 * OpenSSL passes over a file to be included that is not there, while a module that is not there
 * ends the openssl command.  So when writ is removed without a word, programs go on.
 */
#ifndef WRIT_OPENSSLCONF_H
#define WRIT_OPENSSLCONF_H

#include "base/buffer.h"

#define OPENSSLCONF_SYSTEM "/etc/ssl/openssl.cnf"
#define OPENSSLCONF_MAX    ((size_t)1024 * 1024) /* bytes of an openssl.cnf */

/* Appends the name of the section that openssl_conf names in this text, or nothing when it names
 * none.  WRIT_FAULT_CONFIGURATION when OpenSSL cannot read it. */
int opensslconf_section(struct writ_span text, struct writ_buffer *section,
                        struct writ_error *e) WRIT_MUST_CHECK;

/* Appends a line that includes the file at path, whatever characters are in it. */
void opensslconf_include(struct writ_span path, struct writ_buffer *out);

/* Appends an openssl.cnf that reads base as it is and then names the module; section is base's, or
 * empty. */
void opensslconf_wrap(const char *base, struct writ_span section, struct writ_span module_conf,
                      struct writ_buffer *out);

/* Our block inside a file. */
struct opensslconf_block {
    bool present;
    size_t from;   /* where it begins, in bytes */
    size_t n;      /* with the line break before it, when that is ours and nothing follows */
    size_t policy; /* its number in hooks_policies */
};

/* Finds it.  WRIT_FAULT_CONFIGURATION when it has no end, or stands there twice: somebody has
 * edited it. */
int opensslconf_find(struct writ_span text, struct opensslconf_block *block,
                     struct writ_error *e) WRIT_MUST_CHECK;

/* Appends text with a block at its end, and text without its block: byte for byte what it was
 * before. */
void opensslconf_add(struct writ_span text, struct writ_span section, struct writ_span module_conf,
                     size_t policy, struct writ_buffer *out);
void opensslconf_remove(struct writ_span text, const struct opensslconf_block *block,
                        struct writ_buffer *out);

#endif
