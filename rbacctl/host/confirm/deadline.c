#include "rbacctl/host/confirm/deadline.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static void read_boot_id(char out[DEADLINE_BOOT_ID])
{
	FILE *f = fopen("/proc/sys/kernel/random/boot_id", "re");

	if (!f || fscanf(f, "%36s", out) != 1)
		out[0] = 0;
	if (f)
		fclose(f);
}

static int64_t since_boot(void)
{
	struct timespec t = { 0 };

	clock_gettime(CLOCK_BOOTTIME, &t);
	return t.tv_sec;
}

void deadline_in(int64_t now, int64_t seconds, struct deadline *d)
{
	d->at = now + seconds;
	d->boot = since_boot() + seconds;
	read_boot_id(d->boot_id);
}

int64_t deadline_left(const struct deadline *d, int64_t now)
{
	char boot_id[DEADLINE_BOOT_ID];
	int64_t by_day = d->at - now, by_boot = d->boot - since_boot();
	int64_t left = by_day < by_boot ? by_day : by_boot;

	read_boot_id(boot_id);
	/* That it cannot be read now says nothing. */
	bool another = boot_id[0] && d->boot_id[0] && strcmp(boot_id, d->boot_id) != 0;
	return left < 0 || another ? 0 : left;
}
