#include "rbacctl/host/people/group_clashes.h"

#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "rbacctl/command.h"
#include "rbacctl/host/nss/group_file.h"
#include "rbacctl/host/nss/nsswitch.h"

enum { NAMES_SHOWN = 5 };

struct telling {
	const struct policy *p;
	const struct role_groups *g;
	group_clashes_fn *fn;
	void *ctx;
};

static bool in_range(const struct policy *p, uint32_t gid)
{
	return gid >= p->gid_min && gid <= p->gid_max;
}

static int number_order(const void *a, const void *b)
{
	uint32_t x = ((const struct role_group *)a)->gid, y = ((const struct role_group *)b)->gid;

	return x < y ? -1 : x > y;
}

/* Names of other sources may hold anything: control characters do not reach a terminal. */
static void add_name(struct buf *b, const char *name, size_t i)
{
	if (i < NAMES_SHOWN) {
		buf_printf(b, "%s", i ? ", " : "");
		command_quote(b, name);
	} else if (i == NAMES_SHOWN) {
		buf_printf(b, ", ...");
	}
}

/* A copy of G's groups by gid. NULL: out of memory. */
static struct role_group *by_gid(const struct role_groups *g)
{
	struct role_group *v = calloc(g->n + 1, sizeof *v);

	for (size_t i = 0; v && i < g->n; i++)
		v[i] = g->v[i];
	if (v && g->n)
		qsort(v, g->n, sizeof *v, number_order);
	return v;
}

static const struct role_group *find_gid(const struct role_group *v, size_t n, uint32_t gid)
{
	struct role_group key = { .gid = gid };

	return n ? bsearch(&key, v, n, sizeof key, number_order) : NULL;
}

/* ---- /etc/group ---- */

static void tell_group(const struct telling *t, const struct group *gr,
		       const struct role_group *name, const struct role_group *gid)
{
	const struct role_group *ours = name ? name : gid;
	struct buf b = { 0 };

	buf_printf(&b, "/etc/group has a group ");
	command_quote(&b, gr->gr_name);
	buf_printf(&b, " with gid %u: %s", (unsigned)gr->gr_gid,
		   name  ? "a role's group has that name"
		   : gid ? "that is the gid of the role's group "
			 : "that gid lies in the range of the groups of roles");
	if (!name && gid)
		buf_printf(&b, "%s", gid->name);
	buf_printf(&b, "; its members get what is given to that group");
	for (size_t i = 0; gr->gr_mem && gr->gr_mem[i] && i <= NAMES_SHOWN; i++) {
		buf_printf(&b, "%s", i ? "" : " (");
		add_name(&b, gr->gr_mem[i], i);
		if (!gr->gr_mem[i + 1] || i == NAMES_SHOWN)
			buf_printf(&b, ")");
	}
	const char *mend = COMMAND("groupdel %s", gr->gr_name);
	buf_printf(&b, "; to remove it: %s", mend);
	t->fn(t->ctx, ours ? ours->role : -1,
	      &(struct group_clash){ buf_text(&b), "/etc/group", gr->gr_name, mend });
	buf_free(&b);
}

static int local_groups(const struct telling *t, const struct role_group *numbers)
{
	const struct group *gr;
	struct group_file f;
	int err;

	group_file_open(&f, "/etc/group");
	while ((err = group_file_next(&f, &gr)) == RBAC_OK) {
		const struct role_group *name = role_groups_find(t->g, gr->gr_name),
					*gid = find_gid(numbers, t->g->n, gr->gr_gid);
		if (name || gid || in_range(t->p, gr->gr_gid))
			tell_group(t, gr, name, gid);
	}
	group_file_close(&f);
	return err == RBAC_NOTFOUND ? RBAC_OK : err;
}

/* ---- primary groups ---- */

static int gid_order(const void *a, const void *b)
{
	const struct fact_user *x = *(const struct fact_user *const *)a,
			       *y = *(const struct fact_user *const *)b;

	return x->gid != y->gid ? (x->gid < y->gid ? -1 : 1) : strcmp(x->name, y->name);
}

/* Users with one primary GID in our range: one line for each GID. */
static int primary_groups(const struct telling *t, const struct role_group *numbers,
			  const struct facts *f)
{
	const struct fact_user **v = calloc(f->n_users + 1, sizeof *v);
	size_t n = 0;

	if (!v)
		return RBAC_NOMEM;
	for (size_t i = 0; i < f->n_users; i++)
		if (in_range(t->p, f->users[i].gid))
			v[n++] = &f->users[i];
	if (n)
		qsort(v, n, sizeof *v, gid_order);
	for (size_t i = 0, end; i < n; i = end) {
		const struct role_group *gid = find_gid(numbers, t->g->n, v[i]->gid);
		const char *mend = COMMAND("usermod --gid GROUP %s", v[i]->name);
		struct buf b = { 0 };
		for (end = i; end < n && v[end]->gid == v[i]->gid; end++)
			add_name(&b, v[end]->name, end - i);
		buf_printf(
			&b,
			"%s the primary gid %u in passwd, %s%s: no role gave it; to change it: %s",
			end - i > 1 ? " have" : " has", v[i]->gid,
			gid ? "which is that of the role's group "
			    : "which lies in the range of the groups of roles",
			gid ? gid->name : "", mend);
		t->fn(t->ctx, gid ? gid->role : -1,
		      &(struct group_clash){ buf_text(&b), "/etc/passwd", v[i]->name, mend });
		buf_free(&b);
	}
	free(v);
	return RBAC_OK;
}

int group_clashes_local(const struct policy *p, const struct role_groups *g,
			const struct facts *users, group_clashes_fn *fn, void *ctx)
{
	const struct telling t = { p, g, fn, ctx };
	struct role_group *numbers = by_gid(g);
	int err = numbers ? local_groups(&t, numbers) : RBAC_NOMEM;

	if (!err)
		err = primary_groups(&t, numbers, users);
	free(numbers);
	return err;
}

/* ---- every other source ---- */

static bool in_etc_group(const char *name, uint32_t gid)
{
	const struct group *gr;
	bool found = false;
	struct group_file f;

	group_file_open(&f, "/etc/group");
	while (!found && group_file_next(&f, &gr) == RBAC_OK)
		found = gr->gr_gid == gid && strcmp(gr->gr_name, name) == 0;
	group_file_close(&f);
	return found;
}

static void tell_other(const struct telling *t, const struct role_group *ours,
		       const struct group *gr, const char *what)
{
	struct buf b = { 0 };

	/* A group in /etc/group has been reported already. */
	if (in_etc_group(gr->gr_name, gr->gr_gid))
		return;
	buf_printf(&b, "another source has a group ");
	command_quote(&b, gr->gr_name);
	buf_printf(&b,
		   " with gid %u, and the role's group %s has gid %u: the same %s; "
		   "its members get what is given to that group",
		   (unsigned)gr->gr_gid, ours->name, ours->gid, what);
	t->fn(t->ctx, ours->role, &(struct group_clash){ buf_text(&b), NULL, gr->gr_name, NULL });
	buf_free(&b);
}

static void judge_other(const struct telling *t, const struct group *gr,
			const struct role_group *name, const struct role_group *gid)
{
	if (name && gr->gr_gid != name->gid)
		tell_other(t, name, gr, "name");
	if (gid && strcmp(gr->gr_name, gid->name) != 0)
		tell_other(t, gid, gr, "gid");
}

/* Where every source lists all that it answers, one pass is enough. nss-systemd(8) makes about a
 * hundred system calls to answer for one group. */
static void list_others(const struct telling *t, const struct role_group *numbers)
{
	const struct group *gr;

	setgrent();
	while ((gr = getgrent()))
		judge_other(t, gr, role_groups_find(t->g, gr->gr_name),
			    find_gid(numbers, t->g->n, gr->gr_gid));
	endgrent();
}

static void ask_others(const struct telling *t)
{
	for (size_t i = 0; i < t->g->n; i++) {
		const struct role_group *ours = &t->g->v[i];
		const struct group *gr = getgrnam(ours->name);
		if (gr)
			judge_other(t, gr, ours, NULL);
		gr = getgrgid(ours->gid);
		if (gr)
			judge_other(t, gr, NULL, ours);
	}
}

int group_clashes_asked(const struct policy *p, const struct role_groups *g, group_clashes_fn *fn,
			void *ctx)
{
	const struct telling t = { p, g, fn, ctx };

	if (!nsswitch_lists_all("group", NULL)) {
		ask_others(&t);
		return RBAC_OK;
	}
	struct role_group *numbers = by_gid(g);
	if (!numbers)
		return RBAC_NOMEM;
	list_others(&t, numbers);
	free(numbers);
	return RBAC_OK;
}

int group_clashes_of_policy(const struct policy *p, group_clashes_fn *fn, void *ctx)
{
	struct problems problems = { 0 };
	struct role_groups groups = { 0 };
	struct facts users = { 0 };
	int err = role_groups_make(p, &groups, &problems);
	if (!err)
		err = facts_read_passwd(&users);
	if (!err)
		err = group_clashes_local(p, &groups, &users, fn, ctx);
	if (!err)
		err = group_clashes_asked(p, &groups, fn, ctx);
	facts_free(&users);
	role_groups_free(&groups);
	problems_free(&problems);
	return err;
}
