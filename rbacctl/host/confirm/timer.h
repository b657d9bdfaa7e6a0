/*
 * timer.h - `rbacctl publish` at a deadline: by a transient timer of systemd
 * (systemd-run(1)), or, on a host without systemd, by a background process.
 *
 * Where publish ends with 4 (trouble that may pass: a full disk, a store that others hold) it is
 * run again, by systemd every 10 minutes, by the process after 5 s and then ever more rarely.
 *
 * The timer counts by the monotonic clock and by the time of day, and runs when either has come.
 * The process looks at both clocks every few seconds. It has a session of its own, no terminal, and
 * no descriptor of its parent's; it ends when the file that belongs to it, FOLDER/NAME.wait, is
 * removed.
 */
#ifndef RBACCTL_HOST_CONFIRM_TIMER_H
#define RBACCTL_HOST_CONFIRM_TIMER_H

#include "rbacctl/buf.h"
#include "rbacctl/host/confirm/deadline.h"

/* Start it under NAME; one that waits under this name already ends. RBAC_OK; RBAC_SYSTEM, and WHY
 * says why. */
int confirm_timer_start(const char *name, const char *folder, const struct deadline *d, int64_t now,
			struct buf *why);

/* End it. No error: what still runs publishes once more, which changes nothing. */
void confirm_timer_stop(const char *name, const char *folder);

#endif
