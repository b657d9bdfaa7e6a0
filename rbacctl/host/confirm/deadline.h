/*
 * deadline.h - a deadline that comes early rather than late when somebody sets the clock.
 *
 * It is counted by two clocks: CLOCK_BOOTTIME, which nobody sets and which runs on while the host
 * sleeps, and the time of day. It has passed as soon as one of the clocks has reached it, and also
 * after a reboot, because no timer of this boot runs any more. Where the id of the boot cannot be
 * read, the clocks alone count.
 */
#ifndef RBACCTL_HOST_CONFIRM_DEADLINE_H
#define RBACCTL_HOST_CONFIRM_DEADLINE_H

#include <stdbool.h>
#include <stdint.h>

enum { DEADLINE_BOOT_ID = 37 }; /* a UUID and its NUL: random(4), /proc/sys/kernel/random/boot_id */

struct deadline {
	int64_t at;                     /* seconds since 1970 */
	int64_t boot;                   /* seconds after boot */
	char boot_id[DEADLINE_BOOT_ID]; /* "": it could not be read */
};

/* SECONDS after NOW, the time of day. */
void deadline_in(int64_t now, int64_t seconds, struct deadline *d);

/* Seconds until it has passed, by the time of day NOW; 0: it has. */
int64_t deadline_left(const struct deadline *d, int64_t now);

#endif
