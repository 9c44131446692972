/*
 * shared/onecrl_json.h - Mozilla's records of revoked CA certificates, made into keys
 *
 *   {"data": [record, ...], ...}
 *
 * is the collection `onecrl` of Remote Settings as it is signed (shared/remotesettings.h), and as
 * Firefox ships it.  A record names what is revoked in one of two ways; all members are base64:
 *
 *   issuerName (DER Name), serialNumber (content octets)
 *   subject (DER Name), pubKeyHash (SHA-256 of the SubjectPublicKeyInfo)
 *
 * `enabled` is not looked at, as Firefox does not: a third of the records say false, and all count.
 * Every other member is for people.
 */
#ifndef WRIT_SHARED_ONECRL_JSON_H
#define WRIT_SHARED_ONECRL_JSON_H

#include "base/buffer.h"

#define ONECRL_JSON_MAX ((size_t)16 * 1024 * 1024) /* bytes; Mozilla's have 1 MB */

/* Appends the file of object/onecrl.h that says what these records say.  One that is malformed
 * refuses all of them: -1 with WRIT_FAULT_BAD_INPUT, naming the record, and nothing is appended.
 * Reads strangers' bytes, so it belongs in a jail; call json_object_seed before going there. */
int onecrl_json_convert(struct writ_span text, struct writ_buffer *out,
                        struct writ_error *e) WRIT_MUST_CHECK;

#endif
