#include "rbacctl/change/fleet_sheets.h"

#include <string.h>

static int on_assignment(void *ctx, const struct store_assignment *a)
{
	return fleet_records_add(ctx, &(struct fleet_record){ .type = FLEET_ASSIGNMENT,
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

int fleet_sheet_of_scope(struct store_txn *t, const char *name, struct fleet_head *h,
			 struct fleet_records *r)
{
	struct store_scope s;
	int err = store_scope_get(t, name, &s);

	h->owner = h->plan = "";
	h->exists = !err;
	if (err)
		return err == RBAC_NOTFOUND ? RBAC_OK : err;
	h->created = s.change;
	h->owner = s.owner;
	h->plan = s.plan;
	return store_assignments_at(t, name, NULL, on_assignment, r);
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
