#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "tests/bench/bench.h"

#define VIEW_FOLDER "/var/lib/rbac/view"

static char current[128]; /* DIR/N */

void world_fail(const char *what)
{
	fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
	exit(2);
}

const char *world_path(char out[256], const char *file)
{
	snprintf(out, 256, "%s/%s", current, file);
	return out;
}

static void link_file(const char *file, const char *at)
{
	char target[256], temp[128];

	snprintf(temp, sizeof(temp), "%s.new", at);
	if (access(world_path(target, file), R_OK) != 0)
		return;
	unlink(temp);
	if (symlink(target, temp) || rename(temp, at))
		world_fail(at);
}

void world_tick(void)
{
	struct timespec pause = { .tv_nsec = 25000000 }; /* CONFIG_HZ=100 has ticks of 10 ms */

	nanosleep(&pause, NULL);
}

/* The view's folder is mounted, not linked to: the readers follow no link. */
static bool enter(const char *folder, bool members)
{
	char path[256];
	struct stat st;

	snprintf(current, sizeof(current), "%s/%s", config.dir, folder);
	if (stat(world_path(path, members ? "on" : "off"), &st))
		return false;
	umount2(VIEW_FOLDER, MNT_DETACH);
	if (mount(path, VIEW_FOLDER, NULL, MS_BIND, NULL))
		world_fail(VIEW_FOLDER);
	link_file("group", "/etc/group");
	link_file("group", "/var/lib/extrausers/group");
	link_file("group.cache", "/etc/group.cache");
	link_file("group.cache.ixname", "/etc/group.cache.ixname");
	link_file("group.cache.ixgid", "/etc/group.cache.ixgid");
	link_file("group.db", "/var/lib/misc/group.db");
	modules_reset();
	world_tick();
	return true;
}

bool world_enter(uint32_t users, bool members)
{
	char folder[16];

	snprintf(folder, sizeof(folder), "%u", users);
	return enter(folder, members);
}

bool world_enter_crowd(void)
{
	return enter("crowd", true);
}

void world_small_group(void)
{
	if (symlink("group.small", "/etc/group.new") || rename("/etc/group.new", "/etc/group"))
		world_fail("/etc/group");
}

void world_nsswitch(const char *sources)
{
	static unsigned written;
	FILE *f = fopen("/etc/nsswitch.conf.new", "w");

	/* The C library sees by size, inode and times that it has changed, and times are of ticks:
	 * no two in a row have one size. */
	if (!f ||
	    fprintf(f, "passwd: files\ngroup: %-40s\n%*s\n", sources, (int)(written++ % 64), "") <
		    0 ||
	    fclose(f) || rename("/etc/nsswitch.conf.new", "/etc/nsswitch.conf"))
		world_fail("/etc/nsswitch.conf");
}
