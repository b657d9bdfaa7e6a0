#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "common/subject.h"
#include "nss_rbac/nss_rbac.h"
#include "nss_rbac/view_path.h"

/* The C library's array, as initgroups_dyn hands it over. */
struct list {
	gid_t primary;
	gid_t **gids;
	long int *start, *size;
	long int limit;
};

enum { FIRST_SIZE = 16 };

/* The caller's limit is reached. That is a success: the groups that fit are returned, as the C
 * library's own modules do. */
enum { LIMIT_REACHED = RBAC_ERROR_COUNT };

/* Called below the limit only: there is room for one more afterwards. */
static int grow(struct list *l)
{
	long int size = *l->size > 0 ? *l->size * 2 : FIRST_SIZE;

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
		return LIMIT_REACHED;
	if (*l->start >= *l->size) {
		int err = grow(l);

		if (err != RBAC_OK)
			return err;
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
	int err = rbac_view_path_acquire(&v);

	if (err == RBAC_OK) {
		/* A role of %group counts for the groups that earlier sources found. The iterator
		 * itself follows the groups that roles bring. */
		const struct rbac_subject_query query = { .view = &v,
							  .user = user,
							  .len = strlen(user),
							  .uid = RBAC_NO_UID,
							  .by_name = true,
							  .now = rbac_nss_now(&v),
							  .groups =
								  (const uint32_t *const *)groupsp,
							  .n = (size_t)before,
							  .primary = group };
		err = rbac_groups_collect(&query, add, &list);
		rbac_view_release(&v);
	}
	if (err == LIMIT_REACHED)
		err = RBAC_OK;
	/* All or nothing: nobody granted half of a user's groups. */
	if (err != RBAC_OK)
		*start = before;
	return rbac_nss_status(err, saved, errnop);
}
