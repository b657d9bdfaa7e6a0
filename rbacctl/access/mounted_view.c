#include "rbacctl/access/mounted_view.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "rbacctl/host/mounts.h"

bool mounted_view_is(const struct invocation *a)
{
	char folder[sizeof a->view];
	struct mount_of m;

	snprintf(folder, sizeof folder, "%s", a->view);
	char *slash = strrchr(folder, '/');
	if (!slash || slash == folder || access(a->store, F_OK) == 0)
		return false;
	*slash = 0;
	return mounts_of(folder, &m) && (m.point || m.read_only);
}
