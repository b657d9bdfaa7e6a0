#include "rbacctl/change/fleet/sheets.h"

#include <stdlib.h>
#include <string.h>

/* What the rows of one scope become. */
struct of_scope {
	struct fleet_records *r;
	/* With UIDs: the users that hold or own something, in any order, some more than once. They
	 * borrow the transaction. */
	bool uids;
	const char **users;
	size_t n, cap;
};

static int add_user(struct of_scope *x, const char *name)
{
	if (!x->uids || !*name || *name == '%' || (x->n && strcmp(x->users[x->n - 1], name) == 0))
		return RBAC_OK;
	if (!buf_room(&x->users, x->n, &x->cap, sizeof(*x->users)))
		return RBAC_NOMEM;
	x->users[x->n++] = name;
	return RBAC_OK;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int add_uids(struct store_txn *t, struct of_scope *x)
{
	int err = RBAC_OK;

	if (x->n)
		qsort(x->users, x->n, sizeof(*x->users), by_name);
	for (size_t i = 0; i < x->n && !err; i++) {
		struct store_user u;
		if (i && strcmp(x->users[i - 1], x->users[i]) == 0)
			continue;
		err = store_user_get(t, x->users[i], &u);
		if (!err && u.uid != RBAC_NO_UID)
			err = fleet_records_add(x->r, &(struct fleet_record){ .type = FLEET_UID,
									      .name = x->users[i],
									      .uid = u.uid });
		else if (err == RBAC_NOTFOUND)
			err = RBAC_OK;
	}
	return err;
}

static int on_assignment(void *ctx, const struct store_assignment *a)
{
	struct of_scope *x = ctx;
	int err = add_user(x, a->subject);

	return err ? err
		   : fleet_records_add(x->r,
				       &(struct fleet_record){ .type = FLEET_ASSIGNMENT,
							       .id = a->id,
							       .change = a->change,
							       .when = a->when,
							       .from = a->from,
							       .until = a->until,
							       .name = a->subject,
							       .role = a->role,
							       .by = a->by,
							       .reason = a->reason,
							       .request = a->request,
							       .review_from = a->review_from,
							       .reviewed = a->reviewed,
							       .reviewed_by = a->reviewed_by });
}

int fleet_sheet_of_scope(struct store_txn *t, const char *name, bool uids, struct fleet_head *h,
			 struct fleet_records *r)
{
	struct of_scope x = { .r = r, .uids = uids };
	struct store_scope s;
	int err = store_scope_get(t, name, &s);

	h->owner = h->plan = "";
	h->exists = !err;
	if (err)
		return err == RBAC_NOTFOUND ? RBAC_OK : err;
	h->created = s.change;
	h->owner = s.owner;
	h->plan = s.plan;
	err = add_user(&x, s.owner);
	if (!err)
		err = store_assignments_at(t, name, NULL, on_assignment, &x);
	if (!err)
		err = add_uids(t, &x);
	free(x.users);
	return err;
}

static int on_user(void *ctx, const char *name, const struct store_user *u)
{
	return u->flags & STORE_USER_SUSPENDED
		       ? fleet_records_add(ctx, &(struct fleet_record){ .type = FLEET_SUSPENDED,
									.name = name })
		       : RBAC_OK;
}

static int on_gid(void *ctx, const char *group, uint32_t gid, uint32_t flags)
{
	return fleet_records_add(ctx, &(struct fleet_record){ .type = FLEET_GID,
							      .name = group,
							      .gid = gid,
							      .gone = flags & STORE_GID_GONE });
}

/* assignments.d is in the sheets of the scopes; host.conf is the authority's own. */
static bool counts_everywhere(const char *name)
{
	return strncmp(name, "assignments.d/", 14) != 0 && strcmp(name, "host.conf") != 0;
}

int fleet_sheet_of_fleet(struct store_txn *t, struct fleet_records *r)
{
	struct policy_sources texts = { 0 };
	int err = store_texts_get(t, 0, &texts);

	for (size_t i = 0; i < texts.n && !err; i++)
		if (counts_everywhere(texts.v[i].name))
			err = fleet_records_add_text(r, texts.v[i].name, texts.v[i].text,
						     texts.v[i].len);
	policy_sources_free(&texts);
	if (!err)
		err = store_users_all(t, on_user, r);
	return err ? err : store_gids_all(t, on_gid, r);
}
