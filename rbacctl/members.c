#include "rbacctl/members.h"

#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct gather {
	struct members *m;
	const struct look *look;          /* the view that is looked at */
	uint32_t *gids; size_t n, cap;    /* of the groups that count */
};

static int add_name(struct members *m, const char *name)
{
	if (!buf_room(&m->names, m->n, &m->cap, sizeof *m->names) || !(m->names[m->n] = strdup(name)))
		return RBAC_NOMEM;
	m->n++;
	return RBAC_OK;
}

/* ---- which groups ---- */

static bool has_gid(const struct gather *g, uint32_t gid)
{
	for (size_t i = 0; i < g->n; i++)
		if (g->gids[i] == gid)
			return true;
	return false;
}

/* As at the gate: neither gid 0 nor a group of our own range stands for its members. */
static int on_gid(void *ctx, uint32_t gid)
{
	struct gather *g = ctx;
	if (gid == 0 || rbac_meta_in_range(&g->look->v.meta, gid) || has_gid(g, gid))
		return RBAC_OK;
	if (!buf_room(&g->gids, g->n, &g->cap, sizeof *g->gids))
		return RBAC_NOMEM;
	g->gids[g->n++] = gid;
	return RBAC_OK;
}

static int add_named(struct gather *g, const struct policy_strs *users, const struct policy_strs *groups)
{
	int err = RBAC_OK;
	for (size_t i = 0; i < users->n && !err; i++)
		err = add_name(g->m, users->v[i]);
	for (size_t i = 0; i < groups->n && !err; i++) {
		const struct group *gr = getgrnam(groups->v[i]);
		err = gr ? on_gid(g, gr->gr_gid) : RBAC_OK;
	}
	return err;
}

static int take_view(struct gather *g, const struct look *l)
{
	g->look = l;
	int err = look_unix_groups(l, on_gid, g);
	if (!err)
		err = add_named(g, &l->p->exempt_users, &l->p->exempt_groups);
	for (size_t i = 0; i < l->p->n_logins && !err; i++)
		err = add_named(g, &l->p->logins[i].users, &l->p->logins[i].groups);
	return err;
}

/* ---- who is in them ---- */

static bool in_etc_group(const char *name, uint32_t gid)
{
	FILE *f = fopen("/etc/group", "re");
	const struct group *gr;
	bool found = false;
	while (f && !found && (gr = fgetgrent(f)))
		found = gr->gr_gid == gid && strcmp(gr->gr_name, name) == 0;
	if (f)
		fclose(f);
	return found;
}

static int add_open(struct members *m, const char *group, uint32_t gid)
{
	size_t size = strlen(group) + 2;
	if (!buf_room(&m->open, m->n_open, &m->cap_open, sizeof *m->open))
		return RBAC_NOMEM;
	struct members_group *g = &m->open[m->n_open];
	g->gid = gid;
	g->name = malloc(size);
	if (!g->name)
		return RBAC_NOMEM;
	snprintf(g->name, size, "%%%s", group);
	m->n_open++;
	return RBAC_OK;
}

static int add_listed(struct members *m, uint32_t gid)
{
	const struct group *gr = getgrgid(gid);
	int err = RBAC_OK;
	for (size_t i = 0; gr && gr->gr_mem[i] && !err; i++)
		err = add_name(m, gr->gr_mem[i]);
	if (gr && !err && !in_etc_group(gr->gr_name, gid))
		err = add_open(m, gr->gr_name, gid);
	return err;
}

static int add_primary(struct gather *g)
{
	const struct passwd *pw;
	int err = RBAC_OK;
	setpwent();
	while (!err && (pw = getpwent()))
		if (has_gid(g, pw->pw_gid))
			err = add_name(g->m, pw->pw_name);
	endpwent();
	return err;
}

/* ---- the list ---- */

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool recorded(const struct look *l, const char *name)
{
	struct rbac_bytes rec;
	return l && rbac_view_get(&l->v, RBAC_REC_USER, name, strlen(name), &rec) != RBAC_NOTFOUND;
}

/* Sorted, each once, and without those of whom there is nothing to tell here. */
static void tidy(struct members *m, const struct look *a, const struct look *b)
{
	size_t kept = 0;
	if (m->n)
		qsort(m->names, m->n, sizeof *m->names, by_name);
	for (size_t i = 0; i < m->n; i++) {
		char *name = m->names[i];
		const struct passwd *pw = kept && strcmp(m->names[kept - 1], name) == 0 ? NULL : getpwnam(name);
		if (pw && pw->pw_uid != 0 && !recorded(a, name) && !recorded(b, name))
			m->names[kept++] = name;
		else
			free(name);
	}
	m->n = kept;
}

int members_gather(const struct look *a, const struct look *b, struct members *m)
{
	struct gather g = { .m = m };
	*m = (struct members){ 0 };
	int err = take_view(&g, a);
	if (!err && b)
		err = take_view(&g, b);
	for (size_t i = 0; i < g.n && !err; i++)
		err = add_listed(m, g.gids[i]);
	if (!err && g.n)
		err = add_primary(&g);
	if (!err)
		tidy(m, a, b);
	free(g.gids);
	return err;
}

void members_free(struct members *m)
{
	for (size_t i = 0; i < m->n; i++)
		free(m->names[i]);
	for (size_t i = 0; i < m->n_open; i++)
		free(m->open[i].name);
	free(m->names);
	free(m->open);
	*m = (struct members){ 0 };
}

int members_each(const struct look *l, look_user_fn *fn, void *ctx)
{
	struct members m;
	int err = members_gather(l, NULL, &m);
	for (size_t i = 0; i < m.n && !err; i++)
		err = fn(ctx, m.names[i]);
	members_free(&m);
	return err;
}
