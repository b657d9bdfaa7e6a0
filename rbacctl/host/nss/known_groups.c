#include "rbacctl/host/nss/known_groups.h"

#include <grp.h>
#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "rbacctl/buf.h"

int known_groups_ask(struct known_groups *k, const char *name, uint32_t gid)
{
	struct known_group one = { .name = strdup(name), .gid = gid };

	if (!one.name || !buf_room(&k->v, k->n, &k->cap, sizeof *k->v)) {
		free(one.name);
		return RBAC_NOMEM;
	}
	const struct group *gr = getgrnam(name);
	one.has_gid = gr ? gr->gr_gid : 0;
	gr = getgrgid(gid);
	one.has_name = gr ? strdup(gr->gr_name) : NULL;
	k->v[k->n++] = one;
	return gr && !one.has_name ? RBAC_NOMEM : RBAC_OK;
}

static int order(const void *a, const void *b)
{
	const struct known_group *x = a, *y = b;
	int d = strcmp(x->name, y->name);

	return d ? d : (x->gid > y->gid) - (x->gid < y->gid);
}

void known_groups_done(struct known_groups *k)
{
	if (k->n)
		qsort(k->v, k->n, sizeof *k->v, order);
}

const struct known_group *known_groups_find(const struct known_groups *k, const char *name,
					    uint32_t gid)
{
	const struct known_group key = { .name = (char *)name, .gid = gid };

	return k->n ? bsearch(&key, k->v, k->n, sizeof *k->v, order) : NULL;
}

void known_groups_free(struct known_groups *k)
{
	for (size_t i = 0; i < k->n; i++) {
		free(k->v[i].name);
		free(k->v[i].has_name);
	}
	free(k->v);
	*k = (struct known_groups){ 0 };
}
