#include <errno.h>

#include "common/error.h"
#include "common/view_file.h"

int rbac_view_keep(const char *path, int trust, struct rbac_view_kept *k)
{
	struct view_file f;
	int err, saved = errno;

	if (k->held && k->trust == trust && rbac_view_file_same(path, &k->id))
		return RBAC_OK;
	rbac_view_forget(k);
	err = rbac_view_file_map(path, trust, &f);
	if (err == RBAC_OK) {
		rbac_view_file_give(&k->view, &f, -1, 0);
		k->id = f.id;
		k->trust = trust;
		k->held = true;
	} else {
		k->view.cause = f.cause;
	}
	errno = saved;
	return err;
}

void rbac_view_forget(struct rbac_view_kept *k)
{
	int saved = errno;

	if (k->held)
		rbac_view_file_unmap(k->view.walk.map, k->view.walk.size);
	rbac_view_file_none(&k->view, 0);
	k->held = false;
	errno = saved;
}
