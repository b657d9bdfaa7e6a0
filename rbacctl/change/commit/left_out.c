#include "rbacctl/change/commit/left_out.h"

#include <stdlib.h>
#include <string.h>

#include "rbacctl/host/people/group_clashes.h"
#include "rbacctl/store/fleet.h"

struct leaving {
	struct store_txn *t;
	struct role_groups *g;
	bool *out;
	struct buf *lines;
};

static void leave(struct leaving *l, size_t i, const char *why)
{
	if (!l->out[i] && l->lines)
		buf_printf(l->lines, "left out: the group %s (gid %u): %s\n", l->g->v[i].name,
			   l->g->v[i].gid, why);
	l->out[i] = true;
}

/* A group of the role is another's here. Which one is not said: none of them is made. */
static void on_clash(void *ctx, int role, const struct group_clash *clash)
{
	struct leaving *l = ctx;

	for (size_t i = 0; role >= 0 && i < l->g->n; i++)
		if (l->g->v[i].role == role)
			leave(l, i, clash->text);
}

static int by_gid(const void *a, const void *b)
{
	const struct role_group *x = *(const struct role_group *const *)a,
				*y = *(const struct role_group *const *)b;

	return x->gid < y->gid ? -1 : x->gid > y->gid;
}

/* Two groups of one gid: neither can be told from the other, so neither is made. */
static int leave_twins(struct leaving *l)
{
	const struct role_group **v = calloc(l->g->n + 1, sizeof(*v));

	for (size_t i = 0; v && i < l->g->n; i++)
		v[i] = &l->g->v[i];
	if (v && l->g->n)
		qsort(v, l->g->n, sizeof(*v), by_gid);
	for (size_t i = 1; v && i < l->g->n; i++)
		if (v[i]->gid == v[i - 1]->gid) {
			leave(l, (size_t)(v[i - 1] - l->g->v), "another group has this gid");
			leave(l, (size_t)(v[i] - l->g->v), "another group has this gid");
		}
	free(v);
	return v ? RBAC_OK : RBAC_NOMEM;
}

/* Files may carry a gid that was given before. */
static int leave_given(struct leaving *l)
{
	for (size_t i = 0; i < l->g->n; i++) {
		const struct role_group *g = &l->g->v[i];
		const char *holder;
		int err = store_gid_name(l->t, g->gid, &holder);
		if (err && err != RBAC_NOTFOUND)
			return err;
		if (!err && strcmp(holder, g->name) != 0 && strcmp(holder, g->renamed_from) != 0)
			leave(l, i, "the gid was given to another group before");
	}
	return RBAC_OK;
}

static bool is_member(struct store_txn *t)
{
	struct store_fleet self;

	return store_fleet_get(t, &self) == RBAC_OK && self.role == STORE_FLEET_MEMBER;
}

int left_out_make(struct store_txn *t, const struct policy *p, const struct facts *f,
		  struct role_groups *g, struct problems *problems, struct buf *lines)
{
	struct problems unsaid = { 0 };
	struct leaving l = { .t = t, .g = g, .lines = lines };

	if (!is_member(t))
		return role_groups_make(p, g, problems);
	int err = role_groups_make(p, g, &unsaid);
	problems_free(&unsaid);
	if (err == RBAC_NOMEM)
		return err;
	l.out = calloc(g->n + 1, sizeof(*l.out));
	err = l.out ? leave_twins(&l) : RBAC_NOMEM;
	if (!err)
		err = leave_given(&l);
	if (!err)
		err = group_clashes_local(p, g, f, on_clash, &l);
	if (!err)
		err = role_groups_leave_out(g, l.out);
	free(l.out);
	return err;
}
