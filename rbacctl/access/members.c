#include "rbacctl/access/members.h"

#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/host/nss/group_file.h"
#include "rbacctl/lookup.h"

struct gather {
	struct members *m;
	const struct snapshot *snapshot; /* whose groups are gathered now; NULL: of none */
	uint32_t *gids;
	size_t n, cap;    /* of the groups that count */
	struct lookup at; /* numbers in GIDS */
};

static int add_name(struct members *m, const char *name)
{
	if (!buf_room(&m->names, m->n, &m->cap, sizeof *m->names) ||
	    !(m->names[m->n] = strdup(name)))
		return RBAC_NOMEM;
	m->n++;
	return RBAC_OK;
}

/* ---- which groups ---- */

static bool is_gid(const void *ctx, uint32_t number, const void *key)
{
	return ((const struct gather *)ctx)->gids[number] == *(const uint32_t *)key;
}

static bool has_gid(const struct gather *g, uint32_t gid)
{
	return lookup_find(&g->at, lookup_hash(LOOKUP_SEED, &gid, sizeof gid), is_gid, g, &gid) !=
	       LOOKUP_NONE;
}

static int add_gid(struct gather *g, uint32_t gid)
{
	if (!buf_room(&g->gids, g->n, &g->cap, sizeof *g->gids) ||
	    lookup_add(&g->at, lookup_hash(LOOKUP_SEED, &gid, sizeof gid), (uint32_t)g->n))
		return RBAC_NOMEM;
	g->gids[g->n++] = gid;
	return RBAC_OK;
}

/* As in pam_rbac: neither gid 0 nor a group of our own range counts. */
static int on_gid(void *ctx, uint32_t gid)
{
	struct gather *g = ctx;
	if (gid == 0 || (g->snapshot && rbac_meta_in_range(&g->snapshot->v.meta, gid)) ||
	    has_gid(g, gid))
		return RBAC_OK;
	return add_gid(g, gid);
}

static int add_groups(struct gather *g, const char *const *groups, size_t n)
{
	int err = RBAC_OK;
	for (size_t i = 0; i < n && !err; i++) {
		const struct group *gr = getgrnam(groups[i]);
		err = gr ? on_gid(g, gr->gr_gid) : RBAC_OK;
	}
	return err;
}

static int add_named(struct gather *g, const struct policy_strs *users,
		     const struct policy_strs *groups)
{
	int err = RBAC_OK;
	for (size_t i = 0; i < users->n && !err; i++)
		err = add_name(g->m, users->v[i]);
	return err ? err : add_groups(g, groups->v, groups->n);
}

static int take_view(struct gather *g, const struct snapshot *snap)
{
	g->snapshot = snap;
	int err = snapshot_unix_groups(snap, on_gid, g);
	if (!err)
		err = add_named(g, &snap->p->exempt_users, &snap->p->exempt_groups);
	for (size_t i = 0; i < snap->p->n_logins && !err; i++)
		err = add_named(g, &snap->p->logins[i].users, &snap->p->logins[i].groups);
	return err;
}

/* ---- who is in them ---- */

/* The groups of /etc/group by gid and name: those list all their members. */
struct etc_group {
	uint32_t gid;
	char *name;
};
struct etc_groups {
	struct etc_group *v;
	size_t n, cap;
};

static int etc_order(const void *a, const void *b)
{
	const struct etc_group *x = a, *y = b;
	return x->gid != y->gid ? (x->gid < y->gid ? -1 : 1) : strcmp(x->name, y->name);
}

static int read_etc_group(struct etc_groups *e)
{
	struct group_file f;
	const struct group *gr;
	int err;
	group_file_open(&f, "/etc/group");
	while ((err = group_file_next(&f, &gr)) == RBAC_OK) {
		char *name = buf_room(&e->v, e->n, &e->cap, sizeof *e->v) ? strdup(gr->gr_name)
									  : NULL;
		if (name)
			e->v[e->n++] = (struct etc_group){ gr->gr_gid, name };
		else
			break;
	}
	group_file_close(&f);
	if (e->n)
		qsort(e->v, e->n, sizeof *e->v, etc_order);
	return err == RBAC_NOTFOUND ? RBAC_OK : err ? err : RBAC_NOMEM;
}

static bool in_etc_group(const struct etc_groups *e, const char *name, uint32_t gid)
{
	struct etc_group key = { gid, (char *)name };
	return e->n && bsearch(&key, e->v, e->n, sizeof key, etc_order);
}

static void forget_etc_group(struct etc_groups *e)
{
	for (size_t i = 0; i < e->n; i++)
		free(e->v[i].name);
	free(e->v);
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

static int add_listed(struct members *m, const struct etc_groups *e, uint32_t gid)
{
	const struct group *gr = getgrgid(gid);
	int err = RBAC_OK;
	for (size_t i = 0; gr && gr->gr_mem[i] && !err; i++)
		err = add_name(m, gr->gr_mem[i]);
	if (gr && !err && !in_etc_group(e, gr->gr_name, gid))
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

static bool recorded(const struct snapshot *snap, const char *name)
{
	return snap && snapshot_has_user(snap, name);
}

/* Sort the names, each once, and remove those that do not belong in the list. */
static void each_once(struct members *m)
{
	size_t kept = 0;
	if (m->n)
		qsort(m->names, m->n, sizeof *m->names, by_name);
	for (size_t i = 0; i < m->n; i++) {
		if (kept && strcmp(m->names[kept - 1], m->names[i]) == 0)
			free(m->names[i]);
		else
			m->names[kept++] = m->names[i];
	}
	m->n = kept;
}

static void tidy(struct members *m, const struct snapshot *a, const struct snapshot *b)
{
	size_t kept = 0;
	each_once(m);
	for (size_t i = 0; i < m->n; i++) {
		char *name = m->names[i];
		uint32_t uid = accounts_uid(a->accounts, name);
		if (uid != RBAC_NO_UID && uid != 0 && !recorded(a, name) && !recorded(b, name))
			m->names[kept++] = name;
		else
			free(name);
	}
	m->n = kept;
}

/* The groups that count in A or B, and the users that rules name. */
static int gather_groups(struct gather *g, const struct snapshot *a, const struct snapshot *b)
{
	int err = take_view(g, a);
	return !err && b ? take_view(g, b) : err;
}

static int add_all_listed(struct gather *g)
{
	struct etc_groups etc = { 0 };
	int err = read_etc_group(&etc);
	for (size_t i = 0; i < g->n && !err; i++)
		err = add_listed(g->m, &etc, g->gids[i]);
	forget_etc_group(&etc);
	return err;
}

static void forget_groups(struct gather *g)
{
	free(g->gids);
	lookup_free(&g->at);
}

int members_gather(const struct snapshot *a, const struct snapshot *b, struct members *m)
{
	struct gather g = { .m = m };
	*m = (struct members){ 0 };
	int err = gather_groups(&g, a, b);
	if (!err && g.n)
		err = add_all_listed(&g);
	if (!err && g.n)
		err = add_primary(&g);
	if (!err)
		tidy(m, a, b);
	forget_groups(&g);
	return err;
}

/* All users in the member lists of the groups of G. */
static int gather_listed(struct gather *g)
{
	int err = g->n ? add_all_listed(g) : RBAC_OK;
	if (!err && g->n)
		err = add_primary(g);
	each_once(g->m);
	return err;
}

int members_of_group(uint32_t gid, struct members *m)
{
	struct gather g = { .m = m };
	*m = (struct members){ 0 };
	int err = add_gid(&g, gid);
	if (!err)
		err = gather_listed(&g);
	forget_groups(&g);
	return err;
}

/* The members of the groups of G, from answers of before. */
static int take_asked(struct gather *g, const struct facts *f)
{
	struct etc_groups etc = { 0 };
	int err = read_etc_group(&etc);
	for (size_t i = 0; i < f->n_groups && !err; i++) {
		const struct fact_group *x = &f->groups[i];
		if (!x->found || !has_gid(g, x->gid))
			continue;
		for (size_t k = 0; k < x->n_members && !err; k++)
			err = add_name(g->m, x->members[k]);
		if (!err && !in_etc_group(&etc, x->name, x->gid))
			err = add_open(g->m, x->name, x->gid);
	}
	for (size_t i = 0; i < f->n_users && !err; i++)
		if (has_gid(g, f->users[i].gid))
			err = add_name(g->m, f->users[i].name);
	forget_etc_group(&etc);
	each_once(g->m);
	return err;
}

int members_of_gids(const struct gids *gids, const struct facts *asked, struct members *m)
{
	struct gather g = { .m = m };
	int err = RBAC_OK;
	*m = (struct members){ 0 };
	for (size_t i = 0; i < gids->n && !err; i++)
		err = add_gid(&g, gids->v[i]);
	if (!err && g.n)
		err = asked ? take_asked(&g, asked) : gather_listed(&g);
	forget_groups(&g);
	return err;
}

int members_of_groups(const char *const *groups, size_t n, struct members *m)
{
	struct gather g = { .m = m };
	*m = (struct members){ 0 };
	int err = add_groups(&g, groups, n);
	if (!err)
		err = gather_listed(&g);
	forget_groups(&g);
	return err;
}

static int gid_order(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return x < y ? -1 : x > y;
}

/* If a role brings the group, /etc/group does not list all members. */
static bool brought(const struct gather *g, const struct snapshot *snap)
{
	bool any = false;
	for (size_t i = 0; snap && i < g->n && !any; i++)
		any = rbac_meta_extra(&snap->v.meta, g->gids[i]) >= 0;
	return any;
}

int members_accounts(struct snapshot *a, struct snapshot *b, struct accounts *accounts)
{
	struct members m = { 0 };
	struct gather g = { .m = &m };
	int err = gather_groups(&g, a, b);
	bool asked = !err && (brought(&g, a) || brought(&g, b));
	if (!err && g.n)
		qsort(g.gids, g.n, sizeof *g.gids, gid_order);
	if (!err)
		err = accounts_read(accounts, g.gids, g.n);
	if (asked)
		accounts->all_groups = false;
	if (!err)
		a->accounts = accounts;
	if (!err && b)
		b->accounts = accounts;
	forget_groups(&g);
	members_free(&m);
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

int members_each(const struct snapshot *snap, source_user_fn *fn, void *ctx)
{
	struct members m;
	int err = members_gather(snap, NULL, &m);
	for (size_t i = 0; i < m.n && !err; i++)
		err = fn(ctx, m.names[i]);
	members_free(&m);
	return err;
}
