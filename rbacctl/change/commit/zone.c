/* A time zone that has gone from this host since it was applied. */
#include "rbacctl/change/commit/commit.h"

#include <stdlib.h>

#include "rbacctl/host/time/zone.h"

int change_keep_zone(const struct policy *p, const struct rbac_view *old, struct facts *f)
{
	uint32_t n = old && !host_zone_exists(p->zone) ? old->meta.n_zone : 0;
	struct zone_offset *v = n ? calloc(n, sizeof(*v)) : NULL;

	if (n == 0)
		return RBAC_OK;
	if (!v)
		return RBAC_NOMEM;
	for (uint32_t i = 0; i < n; i++)
		rbac_meta_zone(&old->meta, i, &v[i].from, &v[i].offset);
	free(f->zone);
	f->zone = v;
	f->n_zone = n;
	return RBAC_OK;
}
