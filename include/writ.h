/*
 * writ.h - everything of libwrit, and the chapter to read first
 *
 * libwrit answers one question about a program, a library, a script or any other file: allowed or
 * refused, on which evidence, as of when.  It answers from bytes that the caller brings, in bounded
 * time.  Link with `pkg-config --cflags --libs writ`.
 *
 *   writ/judge.h     is this file allowed?
 *   writ/arrival.h      is this what the publisher published?  (for those who fetch)
 *   writ/lookup.h     is this serial number revoked in that table?
 *   writ/filters.h   is this certificate for TLS revoked, as Mozilla's filters know it?
 *   writ/content.h   the Merkle root of a file's content
 *   writ/outcome.h   what a verdict says
 *   writ/reason.h    why something was revoked
 *   writ/error.h     what went wrong when there is no verdict
 *   writ/start.h     version; what a program can do before it forks or locks itself in
 *
 * WHAT IT DOES NOT DO
 *
 * - No files, sockets, clock, environment, output, signals or processes.  Whoever calls says what
 *   time it is, maps the file, and brings seal and feed.  A wrong clock gives wrong answers; a feed
 *   that is newer than the clock is believed over the clock, and nothing else is.
 * - A verdict is about the bytes that were given.  Between judging a file and executing it somebody
 *   may write to it: execute what was judged (a descriptor under a lease, a sealed memory file), or
 *   judge where nobody else can write.  `writ run` shows one way.
 * - Bytes that are borrowed are read more than once.  If somebody changes them meanwhile the
 *   verdict may be refused or may be about either state; it is never memory-unsafe.  A mapped file
 *   that is cut short kills the reader with SIGBUS: map a copy, or hold a lease, where strangers
 *   can write.
 * - Revocation is what the feed said when it was made.  The library cannot know what was revoked
 *   since, and says so with the age of the data.  It fetches nothing: who brings no feed gets
 *   WRIT_NOT_COVERED, not "allowed".
 * - It does not say that a program is harmless: only who vouched for these bytes, and that nobody
 *   who could has taken it back.
 * - It does not keep state.  What must not go back from one feed to the next (writ/arrival.h) is
 * given to the caller to keep.
 * - It runs in the caller's process.  Strangers' bytes are read by strict readers with ceilings,
 *   and OpenSSL sees of them only certificates, keys and signatures; nevertheless the programs of
 *   writ judge in a child under seccomp and Landlock, and so should whoever can.
 *
 * CONVENTIONS
 *
 * Results.  0 or a pointer: it worked.  -1 or NULL: a fault, and *e says which (writ/error.h).  A
 * fault is never a verdict, and a refusal is never a fault.
 *
 * Errors.  Every `struct writ_error *e` may be NULL.  The caller owns it, sets all of it to zero
 * before the first use, and again before it is used after a fault: the first fault wins.  Running
 * out of memory is WRIT_FAULT_UNEXPECTED, in every function that takes an e.
 *
 * Misuse.  A NULL that is not documented as allowed, a call out of order, a value that is not in
 * its enum: WRIT_FAULT_USAGE, and nothing has changed.  Functions without an e answer what cannot
 * do harm ("", 0, false, WRIT_FAULT); functions that free take NULL and do nothing.
 *
 * Ownership.  Bytes that go in are copied, unless the function says that it borrows them: then they
 * must stay where they are until the object is freed.  Strings that come out belong to the object
 * and live as long as it does, or until the call that is named.  Only writ_judge_explain gives
 * memory away, for free().  A pointer to no bytes may be NULL when the count is 0.
 *
 * Strings that strangers chose (names in certificates and seals) come out as UTF-8 without
 * controls and bidirectional controls: what was there is spelled out as \xNN or \u{NNNN}.
 *
 * Time.  Seconds since 1970-01-01T00:00:00Z, leap seconds not counted, from 0001 to 9999; beyond
 * that they are clamped.
 *
 * Threads.  Objects know nothing of each other: different ones may be used by different threads at
 * once, one of them by one thread at a time.  Threads are started only to hash, where the caller
 * asks for them, and are gone when the function returns.
 *
 * Ceilings.  Larger input is refused with a sentence that names the ceiling: seal 1 MiB (8
 * entries), bundle 64 KiB, note 64 KiB, table 256 MiB, certificate 16 KiB, path of 8 certificates,
 * 32 bundles, filter 256 MiB, 512 filters, OneCRL 2 MiB. Content may have any size.
 *
 * OpenSSL.  The library uses OpenSSL's default library context, and with it whatever providers the
 * program has loaded there; it empties the calling thread's queue of OpenSSL's errors.  It does not
 * load openssl.cnf, and when it is the first to use OpenSSL in a process it says that nobody shall:
 * modules named there would run where strangers' bytes are judged.  A program that wants its
 * configuration calls OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CONFIG, NULL) before it calls libwrit.
 *
 * Versions.  Functions are only added within libwrit.so.0; enums may grow at their end, so that a
 * switch over one wants a default.
 */
#ifndef WRIT_H
#define WRIT_H

#include "writ/arrival.h"
#include "writ/content.h"
#include "writ/error.h"
#include "writ/filters.h"
#include "writ/judge.h"
#include "writ/lookup.h"
#include "writ/outcome.h"
#include "writ/reason.h"
#include "writ/start.h"

#endif
