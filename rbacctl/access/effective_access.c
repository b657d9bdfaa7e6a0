#include "rbacctl/access/effective_access.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/host/accounts.h"
#include "rbacctl/lookup.h"
#include "rbacctl/model/rules.h"

/* ---- groups ---- */

struct gid_sink {
	uint32_t *v;
	size_t n, cap;
	struct lookup at;
};

static bool is_gid(const void *ctx, uint32_t number, const void *key)
{
	return ((const struct gid_sink *)ctx)->v[number] == *(const uint32_t *)key;
}

static int sink_add(void *ctx, uint32_t gid)
{
	struct gid_sink *s = ctx;
	uint64_t hash = lookup_hash(LOOKUP_SEED, &gid, sizeof gid);
	if (lookup_find(&s->at, hash, is_gid, s, &gid) != LOOKUP_NONE)
		return RBAC_OK;
	if (!buf_room(&s->v, s->n, &s->cap, sizeof *s->v) ||
	    lookup_add(&s->at, hash, (uint32_t)s->n))
		return RBAC_NOMEM;
	s->v[s->n++] = gid;
	return RBAC_OK;
}

/* The name of a gid the view knows, role's or extra; RBAC_NOTFOUND for any other. */
static int group_name(const struct snapshot *snap, uint32_t gid, struct effective_group *out)
{
	uint8_t key[RBAC_NUMBER_KEY];
	struct rbac_bytes rec;
	struct rbac_group g;
	rbac_number_key(key, gid);
	int err = rbac_view_get(&snap->v, RBAC_REC_GID, key, sizeof key, &rec);
	if (!err)
		err = rbac_group_decode(rec, &g);
	if (err)
		return err;
	snprintf(out->name, sizeof out->name, "%s", (const char *)g.name);
	out->extra = g.flags & RBAC_GROUP_EXTRA;
	return RBAC_OK;
}

/* Who is asked about: a user with the groups of now, or the members of a group. */
struct subject {
	const char *name;
	uint32_t uid;
	struct gids gids;
};

static int group_order(const void *a, const void *b)
{
	return strcmp((*(const struct effective_group *const *)a)->name,
		      (*(const struct effective_group *const *)b)->name);
}

static int sort_groups(struct effective_access *s)
{
	s->by_name = calloc(s->n_groups + 1, sizeof *s->by_name);
	if (!s->by_name)
		return RBAC_NOMEM;
	for (size_t i = 0; i < s->n_groups; i++)
		s->by_name[i] = &s->groups[i];
	qsort(s->by_name, s->n_groups, sizeof *s->by_name, group_order);
	return RBAC_OK;
}

static int take_groups(const struct snapshot *snap, const struct subject *who, int64_t now,
		       struct effective_access *s)
{
	struct gid_sink others = { 0 }, brought = { 0 };
	int err = RBAC_OK;
	/* What other sources say counts for %group; our own groups and the extra ones among them
	 * are worked out anew. */
	for (size_t i = 0; i < who->gids.n && !err; i++)
		if (!rbac_meta_in_range(&snap->v.meta, who->gids.v[i]) &&
		    rbac_meta_extra(&snap->v.meta, who->gids.v[i]) < 0)
			err = sink_add(&others, who->gids.v[i]);
	const uint32_t *groups = others.v;
	const struct rbac_subject_query query = { .view = &snap->v,
						  .user = who->name,
						  .len = strlen(who->name),
						  .uid = who->uid,
						  .by_name = true,
						  .now = now,
						  .groups = &groups,
						  .n = others.n,
						  .primary = RBAC_NO_GID };
	if (!err)
		err = rbac_groups_collect(&query, sink_add, &brought);
	err = err == RBAC_NOTFOUND ? RBAC_OK : err;
	s->groups = calloc(brought.n + 1, sizeof *s->groups);
	if (!err && !s->groups)
		err = RBAC_NOMEM;
	for (size_t i = 0; i < brought.n && !err; i++) {
		err = group_name(snap, brought.v[i], &s->groups[s->n_groups]);
		s->n_groups += err == RBAC_OK;
		err = err == RBAC_NOTFOUND ? RBAC_OK : err;
	}
	free(others.v);
	free(brought.v);
	lookup_free(&others.at);
	lookup_free(&brought.at);
	return err ? err : sort_groups(s);
}

/* ---- services ---- */

static int take_services(const struct snapshot *snap, const struct subject *who, int64_t now,
			 struct effective_access *s)
{
	const struct policy *p = snap->p;
	s->services = calloc(p->n_services + 1, sizeof *s->services);
	int err = s->services ? RBAC_OK : RBAC_NOMEM;
	for (size_t i = 0; i < p->n_services && !err; i++) {
		const char *service = p->services[i].name;
		struct rbac_verdict v;
		struct rbac_request rq = { who->name,   who->uid,    service, NULL,
					   who->gids.v, who->gids.n, now };
		err = rbac_decide(&snap->v, &rq, &v);
		if (!err && (v.allow || v.why == RBAC_WHY_OUTSIDE))
			s->services[s->n_services++] = (struct effective_service){ service, v.line,
										   !v.allow };
	}
	return err;
}

int effective_access_of(const struct snapshot *snap, const char *user, int64_t now,
			struct effective_access *s)
{
	struct holdings h;
	struct source source = snapshot_source(snap);
	*s = (struct effective_access){ 0 };
	int err = source_effective(&source, user, &h);
	s->recorded = h.recorded;
	s->suspended = h.suspended;
	s->uid_changed = h.uid_changed;
	s->second = h.second;
	s->absent = h.absent;
	holdings_free(&h);
	struct subject who = { .name = user, .uid = accounts_uid(snap->accounts, user) };
	if (!err)
		err = accounts_gids(snap->accounts, user, &who.gids);
	if (!err)
		err = take_groups(snap, &who, now, s);
	if (!err)
		err = take_services(snap, &who, now, s);
	gids_free(&who.gids);
	return err;
}

int effective_access_of_members(const struct snapshot *snap, const char *group, uint32_t gid,
				int64_t now, struct effective_access *s)
{
	const struct subject who = { group, RBAC_NO_UID, { &gid, 1 } }; /* no user is called so */
	*s = (struct effective_access){ 0 };
	int err = take_groups(snap, &who, now, s);
	return err ? err : take_services(snap, &who, now, s);
}

void effective_access_free(struct effective_access *s)
{
	free(s->groups);
	free(s->by_name);
	free(s->services);
	*s = (struct effective_access){ 0 };
}

bool effective_access_has_group(const struct effective_access *s, const char *name)
{
	struct effective_group key;
	const struct effective_group *want = &key;
	snprintf(key.name, sizeof key.name, "%s", name);
	return s->n_groups &&
	       bsearch(&want, s->by_name, s->n_groups, sizeof *s->by_name, group_order);
}

const struct effective_service *effective_service(const struct effective_access *s,
						  const char *name)
{
	for (size_t i = 0; i < s->n_services; i++)
		if (strcmp(s->services[i].name, name) == 0)
			return &s->services[i];
	return NULL;
}

/* ---- differences ---- */

static void groups_text(const struct effective_access *of, const struct effective_access *other,
			char sign, int *n, struct buf *out)
{
	for (int extra = 0; extra < 2; extra++)
		for (size_t i = 0; i < of->n_groups; i++)
			if (of->groups[i].extra == extra &&
			    !effective_access_has_group(other, of->groups[i].name))
				buf_printf(out, "%s%s%c%s", (*n)++ ? " " : "  groups here  ",
					   extra ? "Unix " : "", sign, of->groups[i].name);
}

static void services_text(const struct effective_access *of, const struct effective_access *other,
			  char sign, int *n, struct buf *out)
{
	for (size_t i = 0; i < of->n_services; i++) {
		const struct effective_service *s = &of->services[i];
		if (effective_service(other, s->name))
			continue;
		buf_printf(out, "%s%c%s", (*n)++ ? " " : "  logins here  ", sign, s->name);
		if (sign == '+')
			buf_printf(out, " (rbac.conf:%u%s)", s->line,
				   s->restricted ? ", not at this hour or from here" : "");
	}
}

void effective_access_difference_text(const struct effective_access *before,
				      const struct effective_access *after, struct buf *out)
{
	int n = 0;
	groups_text(before, after, '-', &n, out);
	groups_text(after, before, '+', &n, out);
	if (n)
		buf_printf(out, "      Open sessions keep the groups they have.\n");
	n = 0;
	services_text(before, after, '-', &n, out);
	services_text(after, before, '+', &n, out);
	if (n)
		buf_printf(out, "\n");
}

static bool holds_bootstrap(const struct snapshot *snap, const struct holdings *h, int64_t now)
{
	for (size_t i = 0; i < h->n; i++)
		if (snap->p->roles[h->v[i].role].administers &&
		    rbac_window_open(h->v[i].window, now))
			return true;
	return false;
}

bool effective_access_is_admin(const struct snapshot *snap, const char *user, int64_t now)
{
	struct holdings h;
	struct source source = snapshot_source(snap);
	bool yes = !source_effective(&source, user, &h) && holds_bootstrap(snap, &h, now);
	holdings_free(&h);
	return yes;
}

bool effective_access_are_admins(const struct snapshot *snap, uint32_t gid, int64_t now)
{
	struct holdings h;
	struct source source = snapshot_source(snap);
	bool yes = !source_of_group(&source, gid, &h) && holds_bootstrap(snap, &h, now);
	holdings_free(&h);
	return yes;
}
