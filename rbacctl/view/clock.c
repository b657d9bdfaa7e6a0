#include "rbacctl/view/clock.h"

#include "common/view.h"

int64_t clock_not_before(const char *path, int64_t clock)
{
	struct rbac_view v;

	if (rbac_view_open(path, RBAC_TRUST_SELF, &v))
		return clock;
	int64_t now = rbac_meta_now(&v.meta, clock);
	rbac_view_release(&v);
	return now;
}
