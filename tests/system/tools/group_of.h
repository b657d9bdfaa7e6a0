/* What a process learns about groups through the C library. */
#ifndef RBAC_TEST_GROUP_OF_H
#define RBAC_TEST_GROUP_OF_H

#include <grp.h>
#include <stdbool.h>
#include <string.h>

/* Is USER a member of GROUP by getgrnam(3)'s list? */
static inline bool is_listed(const char *user, const char *group)
{
	const struct group *g = getgrnam(group);

	for (char **m = g ? g->gr_mem : NULL; m && *m; m++)
		if (strcmp(*m, user) == 0)
			return true;
	return false;
}

/* Does USER get GID by getgrouplist(3)? */
static inline bool gets(const char *user, gid_t gid)
{
	gid_t list[1024];
	int n = 1024;

	if (getgrouplist(user, 65534, list, &n) < 0)
		return false;
	for (int i = 0; i < n; i++)
		if (list[i] == gid)
			return true;
	return false;
}

#endif
