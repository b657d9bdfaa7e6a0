/*
 * first MODULE USER: ask the C library once for USER's groups, with MODULE as the one source of
 * groups, and end: what a fresh process pays. first MODULE USERS memory: look up USERS users and as
 * many groups, then print how many kB of memory are this process's own.
 */
#include <grp.h>
#include <nss.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/names.h"

enum { ROOM = 64, NOBODY = 65534 };

/* Exported by glibc, declared nowhere any more. */
int __nss_configure_lookup(const char *database, const char *line);

/* Anonymous, not Private_Dirty: that counts the page cache's pages too, while a file just written
 * has not reached the disk. */
static long private_kb(void)
{
	FILE *f = fopen("/proc/self/smaps", "r");
	char line[256];
	long kb, sum = 0;

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "Anonymous: %ld", &kb) == 1)
			sum += kb;
	if (f)
		fclose(f);
	return sum;
}

static void look_up_all(uint32_t users)
{
	static char buf[1 << 16];
	char name[NAME_SIZE];
	gid_t gids[ROOM];
	struct group g, *found;

	for (uint32_t u = 0; u < users; u++) {
		int n = ROOM;

		user_name(name, u);
		getgrouplist(name, NOBODY, gids, &n);
	}
	for (uint32_t i = 0; i < group_count(users); i++) {
		group_name(name, i);
		getgrnam_r(name, &g, buf, sizeof(buf), &found);
		getgrgid_r(group_gid(i), &g, buf, sizeof(buf), &found);
	}
}

int main(int argc, char **argv)
{
	gid_t gids[ROOM];
	int n = ROOM;

	if (argc < 3 || __nss_configure_lookup("group", argv[1]))
		return 2;
	if (argc == 3) {
		getgrouplist(argv[2], NOBODY, gids, &n);
		return n > 1 ? 0 : 1;
	}
	look_up_all((uint32_t)strtoul(argv[2], NULL, 10));
	printf("%ld\n", private_kb());
	return 0;
}
