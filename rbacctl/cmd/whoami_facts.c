/* What whoami tells of somebody, whatever it prints. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rbacctl/cmd/whoami.h"

/* ---- what the session has ---- */

static bool has_gid(const struct whoami *w, uint32_t gid)
{
	bool has = getegid() == gid;

	for (int i = 0; i < w->n_gids && !has; i++)
		has = w->gids[i] == gid;
	return has;
}

static bool is_mine(const struct whoami *w, uint32_t gid)
{
	bool mine = false;

	for (size_t i = 0; i < w->e.n_groups && !mine; i++)
		mine = w->e.groups[i].gid == gid;
	return mine;
}

static int note(uint32_t **v, size_t *n, size_t *cap, uint32_t gid)
{
	if (!buf_room(v, *n, cap, sizeof **v))
		return RBAC_NOMEM;
	(*v)[(*n)++] = gid;
	return RBAC_OK;
}

/* The groups that a process began with stay as they were: compare them with the current ones. */
int whoami_compare_session(struct whoami *w)
{
	int n = getgroups(0, NULL), err = RBAC_OK;

	w->gids = n > 0 ? calloc((size_t)n, sizeof *w->gids) : NULL;
	if (n > 0 && !w->gids)
		return RBAC_NOMEM;
	w->n_gids = n > 0 ? getgroups(n, w->gids) : 0;
	for (size_t i = 0; i < w->e.n_groups && !err; i++)
		if (!has_gid(w, w->e.groups[i].gid))
			err = note(&w->lacks, &w->n_lacks, &w->cap_lacks, w->e.groups[i].gid);
	for (int i = 0; i < w->n_gids && !err; i++)
		if (rbac_meta_in_range(&w->snap->v.meta, w->gids[i]) && !is_mine(w, w->gids[i]))
			err = note(&w->keeps, &w->n_keeps, &w->cap_keeps, w->gids[i]);
	return err;
}

void whoami_group(const struct whoami *w, uint32_t gid, char *out)
{
	uint8_t key[RBAC_NUMBER_KEY];
	struct rbac_bytes rec;
	struct rbac_group g;

	rbac_number_key(key, gid);
	int err = rbac_view_get(&w->snap->v, RBAC_REC_GID, key, sizeof key, &rec);
	if (!err)
		err = rbac_group_decode(rec, &g);
	if (err)
		snprintf(out, RBAC_UNIX_GROUP_MAX + 1, "%u", gid);
	else
		snprintf(out, RBAC_UNIX_GROUP_MAX + 1, "%s", (const char *)g.name);
}

/* ---- what it is ---- */

const char *whoami_state(const struct whoami *w)
{
	return w->person.uid == 0          ? "root"
	       : w->h.suspended            ? "suspended"
	       : w->h.second               ? "second name"
	       : w->h.uid_changed          ? "another uid"
	       : !w->h.recorded && !w->h.n ? "unknown"
					   : "active";
}

static bool counts(const struct whoami *w, size_t i)
{
	return rbac_window_open(w->h.v[i].window, w->a->now);
}

bool whoami_first_at(const struct whoami *w, size_t i)
{
	bool first = counts(w, i);

	for (size_t k = 0; k < i && first; k++)
		first = !counts(w, k) || strcmp(w->h.v[k].scope, w->h.v[i].scope) != 0;
	return first;
}

void whoami_keys(const struct whoami *w, const char *scope, struct buf *out)
{
	const struct policy *p = w->snap->p;
	struct policy_gatherer *all = calloc(1, sizeof *all);

	for (size_t i = 0; all && i < w->h.n; i++)
		if (counts(w, i) && held_reaches(p, &w->h.v[i], scope))
			policy_gather_set(all, &p->roles[w->h.v[i].role].keys);
	for (size_t k = 0; all && k < p->n_keys; k++)
		if (all->words[k / 64] >> (k % 64) & 1)
			buf_printf(out, "%s%s", out->len ? " " : "", p->keys[k].name);
	out->failed |= !all;
	free(all);
}
