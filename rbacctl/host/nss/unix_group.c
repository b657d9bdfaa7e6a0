#include "rbacctl/host/nss/unix_group.h"

#include <grp.h>
#include <stdio.h>
#include <string.h>

#include "common/name.h"

void unix_group_name(uint32_t gid, char *out, size_t size)
{
	const struct group *g = getgrgid(gid);

	if (g && rbac_name_is_unix_group(g->gr_name, strlen(g->gr_name)))
		snprintf(out, size, "%%%s", g->gr_name);
	else
		snprintf(out, size, "%%gid %u", (unsigned)gid);
}
