#include "rbacctl/access/group_members.h"

#include <grp.h>

#include "common/error.h"
#include "rbacctl/access/members.h"

enum { SHOWN_MAX = 10 };

int group_members_text(const char *group, struct buf *out)
{
	struct members m;
	const struct group *g = getgrnam(group + 1);

	if (!g) {
		buf_printf(out, "nobody yet: there is no Unix group %s here", group + 1);
		return out->failed ? RBAC_NOMEM : RBAC_OK;
	}
	int err = members_of_group(g->gr_gid, &m);
	if (m.n == 0 && m.n_open)
		buf_printf(out,
			   "the members of the Unix group %s, whom its directory does not list",
			   group + 1);
	else
		buf_printf(out, "%zu member%s of the Unix group %s here", m.n, m.n == 1 ? "" : "s",
			   group + 1);
	for (size_t i = 0; i < m.n && i < SHOWN_MAX; i++)
		buf_printf(out, "%s%s", i ? ", " : " (", m.names[i]);
	if (m.n > SHOWN_MAX)
		buf_printf(out, " and %zu more", m.n - SHOWN_MAX);
	buf_printf(out, "%s%s", m.n ? ")" : "",
		   m.n && m.n_open ? ", and whom its directory does not list" : "");
	members_free(&m);
	return err ? err : out->failed ? RBAC_NOMEM : RBAC_OK;
}
