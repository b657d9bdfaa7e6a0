#include "rbacctl/view/clock.h"

#include <time.h>

#include "common/view.h"

/* 0: there is no view. */
static int64_t published_at(const char *path)
{
	struct rbac_view v;

	if (rbac_view_open(path, RBAC_TRUST_SELF, &v))
		return 0;
	int64_t at = rbac_meta_now(&v.meta, 0);
	rbac_view_release(&v);
	return at;
}

void clock_set_now(struct invocation *a)
{
	const int64_t clock = time(NULL);

	a->published = published_at(a->view);
	a->now = clock > a->published ? clock : a->published;
	a->behind = a->now - clock;
}
