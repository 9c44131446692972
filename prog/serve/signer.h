/*
 * serve/signer.h - a process of its own that signs
 *
 * The program writ-signer opens the private keys, gives every right away and signs what comes over
 * its channels, socket pairs that the responder inherits to it.  The responder, which reads
 * strangers' bytes, never has a key in its memory; should it be taken over, a thief can have things
 * signed as long as he is there, and leaves without the key.
 *
 * Frames, numbers little-endian (u32): a length, then that many bytes.  A frame that breaks the
 * rules, or does not come in time, ends the channel: what follows it could be anything.
 *
 *   control (descriptor 0), once: the passphrase's length and bytes, the number of keys, for each
 *   the length and bytes of its path.  Answer: 0, the number of keys, for each the length and bytes
 *   of its SubjectPublicKeyInfo; or the class of the fault, and the length and bytes of a sentence.
 *   channels (from descriptor SIGNER_FIRST_FD): the key's number, the number of messages, for each
 *   the length and bytes.  Answer: the number of signatures, for each the length and bytes.
 *
 * The signer ends when its control is closed.
 */
#ifndef WRIT_SERVE_SIGNER_H
#define WRIT_SERVE_SIGNER_H

#include <sys/types.h>

#include "base/buffer.h"
#include "bytes/cursor.h"

#define SIGNER_FIRST_FD      3
#define SIGNER_CHANNELS_MAX  32
#define SIGNER_KEYS_MAX      32
#define SIGNER_FRAME_MAX     ((size_t)1 << 20)
#define SIGNER_BATCH_MAX     256   /* messages in one frame */
#define SIGNER_SIGNATURE_MAX 1024  /* bytes: RSA of 8192 bits */
#define SIGNER_START_MS      20000 /* scrypt of each encrypted key included */

/* A signing process that runs, as its parent has it. */
struct signer {
    pid_t pid;                        /* 0: none */
    int control;                      /* closing it ends the process */
    int channel[SIGNER_CHANNELS_MAX]; /* handed over to the caller by signer_start */
    size_t channel_count;
    struct writ_buffer answer;              /* owned; what the next line points into */
    struct writ_span spki[SIGNER_KEYS_MAX]; /* the keys' public halves, in the order of the paths */
    size_t key_count;
};

struct signer_order {
    const char *program; /* path of writ-signer */
    const char *const *keys;
    size_t key_count;
    struct writ_span passphrase; /* or empty */
    size_t channel_count;
};

/* Starts the process and waits until its keys are open.  The channels become the caller's, to
 * close.  Fails as keyfile_read does, with the signer's own sentence; WRIT_FAULT_UNAVAILABLE when
 * it does not start or answer. */
int signer_start(const struct signer_order *order, struct signer *signer,
                 struct writ_error *e) WRIT_MUST_CHECK;

/* Closes the control and waits for the end of the process, killing it when it lingers.  The
 * channels stay with the caller. */
void signer_stop(struct signer *signer);

/* Has the messages signed over one channel, by one thread at a time.  signatures borrow from
 * *answer, which is emptied first.  -1 with WRIT_FAULT_UNAVAILABLE when no proper answer came in
 * timeout_ms: the channel must then be closed. */
int signer_sign(int channel, unsigned key, const struct writ_span *messages, size_t count,
                int timeout_ms, struct writ_buffer *answer, struct writ_span *signatures,
                struct writ_error *e) WRIT_MUST_CHECK;

/* Both ends: one frame.  signer_receive empties *frame first; timeout_ms is for all of it, -1
 * without end.  1 with a frame, 0 when the other end is closed before one began (receive only), -1
 * otherwise. */
int signer_send(int fd, struct writ_span frame) WRIT_MUST_CHECK;
int signer_receive(int fd, int timeout_ms, struct writ_buffer *frame) WRIT_MUST_CHECK;

/* Appends a number, and bytes behind their length; takes them from a frame. */
void signer_put_number(struct writ_buffer *frame, size_t number);
void signer_put_bytes(struct writ_buffer *frame, struct writ_span bytes);
int signer_take_number(struct writ_cursor *c, size_t most, size_t *number) WRIT_MUST_CHECK;
int signer_take_bytes(struct writ_cursor *c, size_t most, struct writ_span *bytes) WRIT_MUST_CHECK;

#endif
