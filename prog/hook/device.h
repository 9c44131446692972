/*
 * hook/device.h - this device's filters, in a process that is not ours
 *
 * They are opened when the program shows that it will verify something, and mapped, so that what a
 * hundred processes ask is in memory once.  Now and then a process looks whether there is newer
 * data, and changes over: the old filters are closed when no thread asks them any more.  A source
 * that has gone away, or cannot be seen any more (after chroot(2)), is not given up: what is open
 * stays in use until there is something newer.
 *
 * Any number of threads may ask, without a lock.  After fork(2) the child goes on with the same
 * filters; what other threads of the parent were doing is not its business.
 */
#ifndef WRIT_HOOK_DEVICE_H
#define WRIT_HOOK_DEVICE_H

#include "hook/settings.h"
#include "shared/filters.h"

/* Says where the data may be; comes first, once.  s is borrowed for the life of the process. */
void hook_device_start(const struct hook_settings *s);

/* Opens the filters, unless somebody has done so.  Where there are none, that is how it stays until
 * the next look.  Any number of threads may call it; all return when it is done. */
void hook_device_open(void);

/* The filters, for asking; NULL when there are none.  Looks for newer ones when it is time.  Give
 * them back with hook_device_release on the same thread, soon, and NULL too. */
const struct filters *hook_device_hold(void);
void hook_device_release(void);

#endif
