/* descriptors USER GROUP: every kind of group lookup, and after each the descriptors that are open,
 * which must be those before. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/system/tools/group_of.h"

static unsigned long open_now(void)
{
	unsigned long set = 0;
	DIR *d = opendir("/proc/self/fd");
	const struct dirent *e;

	while (d && (e = readdir(d)))
		if (e->d_name[0] != '.' && atoi(e->d_name) != dirfd(d))
			set |= 1UL << (atoi(e->d_name) & 63);
	if (d)
		closedir(d);
	return set;
}

static int check(const char *what, unsigned long before)
{
	unsigned long now = open_now();

	printf("%s: %s\n", what, now == before ? "none" : "LEFT OPEN");
	return now != before;
}

int main(int argc, char **argv)
{
	if (argc != 3)
		return 2;
	unsigned long before = open_now();
	int bad = 0;
	const struct group *g = getgrnam(argv[2]);
	gid_t gid = g ? g->gr_gid : 0;
	bad += check("getgrnam", before);
	bad += getgrgid(gid) == NULL;
	bad += check("getgrgid", before);
	bad += !gets(argv[1], gid);
	bad += check("getgrouplist", before);
	setgrent();
	while (getgrent())
		continue;
	endgrent();
	bad += check("getgrent", before);
	bad += getgrnam("no-such-group") != NULL;
	bad += check("getgrnam of nothing", before);
	return bad;
}
