/*
 * watch USER GROUP: a process that lives long. For each line of standard input: "in" or "out", or
 * "torn" where the user's groups and the group's members do not say the same.
 */
#include <stdio.h>

#include "tests/system/tools/group_of.h"

int main(int argc, char **argv)
{
	char line[16];

	if (argc != 3)
		return 2;
	while (fgets(line, sizeof line, stdin)) {
		const struct group *g = getgrnam(argv[2]);
		gid_t gid = g ? g->gr_gid : (gid_t)-1;
		bool listed = is_listed(argv[1], argv[2]), has = gets(argv[1], gid);
		puts(listed != has ? "torn" : has ? "in" : "out");
		fflush(stdout);
	}
	return 0;
}
