#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "common/subject.h"
#include "nss_rbac/nss_rbac.h"
#include "nss_rbac/where.h"

/* The C library's array, as initgroups_dyn hands it over. */
struct list {
	gid_t primary;
	gid_t **gids;
	long int *start, *size;
	long int limit;
};

enum { FIRST_SIZE = 16 };

/* RBAC_REFUSED: the limit is reached. That is no failure: what fits is given, as the C library's
 * own modules do. */
static int grow(struct list *l)
{
	long int size = *l->size > 0 ? *l->size * 2 : FIRST_SIZE;
	if (l->limit > 0 && *l->size >= l->limit)
		return RBAC_REFUSED;
	if (l->limit > 0 && size > l->limit)
		size = l->limit;
	gid_t *gids = realloc(*l->gids, (size_t)size * sizeof(**l->gids));
	if (!gids)
		return RBAC_NOMEM;
	*l->gids = gids;
	*l->size = size;
	return RBAC_OK;
}

static int add(void *ctx, uint32_t gid)
{
	struct list *l = ctx;
	if (gid == l->primary)
		return RBAC_OK;
	for (long int i = 0; i < *l->start; i++)
		if ((*l->gids)[i] == gid)
			return RBAC_OK;
	if (l->limit > 0 && *l->start >= l->limit)
		return RBAC_REFUSED;
	if (*l->start >= *l->size) {
		int rc = grow(l);
		if (rc != RBAC_OK)
			return rc;
	}
	(*l->gids)[(*l->start)++] = gid;
	return RBAC_OK;
}

enum nss_status _nss_rbac_initgroups_dyn(const char *user, gid_t group, long int *start,
					 long int *size, gid_t **groupsp, long int limit,
					 int *errnop)
{
	int saved = errno;
	long int before = *start;
	struct list list = {
		.primary = group, .gids = groupsp, .start = start, .size = size, .limit = limit
	};
	struct rbac_view v;
	int rc = rbac_where_acquire(&v);
	if (rc == RBAC_OK) {
		/* %group is judged by what was there before us; what we bring on the way is
		 * followed by the walk itself. */
		struct rbac_subjects who = { .view = &v,
					     .user = user,
					     .len = strlen(user),
					     .uid = RBAC_NO_UID,
					     .by_name = true,
					     .now = rbac_nss_now(&v),
					     .groups = (const uint32_t *const *)groupsp,
					     .n = (size_t)before,
					     .primary = group };
		rc = rbac_groups_collect(&who, add, &list);
		rbac_view_release(&v);
	}
	if (rc == RBAC_REFUSED)
		rc = RBAC_OK;
	/* All or nothing: half of someone's groups would be a state that nobody granted. */
	if (rc != RBAC_OK)
		*start = before;
	return rbac_nss_status(rc, saved, errnop);
}
