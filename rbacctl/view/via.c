#include "rbacctl/view/via.h"

#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "rbacctl/sorted.h"

/* ---- pairs: users and their Unix groups ---- */

static int pair_order(const void *a, const void *b)
{
	const struct via_pair *x = a, *y = b;
	int d = strcmp(x->user, y->user);

	return d ? d : x->gid < y->gid ? -1 : x->gid > y->gid;
}

static int make_pairs(struct via *v, const struct subjects *w)
{
	const struct facts *f = w->c->facts;
	size_t kept = 0;

	for (size_t i = 0; i < f->n_groups; i++) {
		const struct fact_group *g = &f->groups[i];
		for (size_t k = 0;
		     g->subject && facts_group_counts(g, w->c->policy) && k < g->n_members; k++) {
			if (!buf_room(&v->pairs, v->n_pairs, &v->cap_pairs, sizeof *v->pairs))
				return RBAC_NOMEM;
			v->pairs[v->n_pairs++] = (struct via_pair){ g->members[k], g->gid };
		}
	}
	if (v->n_pairs)
		qsort(v->pairs, v->n_pairs, sizeof *v->pairs, pair_order);
	for (size_t i = 0; i < v->n_pairs; i++)
		if (!kept || pair_order(&v->pairs[kept - 1], &v->pairs[i]) != 0)
			v->pairs[kept++] = v->pairs[i];
	v->n_pairs = kept;
	return RBAC_OK;
}

size_t via_find(const struct via *v, const char *user)
{
	return sorted_first(user, v->pairs, v->n_pairs, sizeof(*v->pairs), sorted_by_name);
}

/* ---- groups: what is assigned to them ---- */

static int group_order(const void *a, const void *b)
{
	uint32_t x = ((const struct via_group *)a)->gid, y = ((const struct via_group *)b)->gid;

	return x < y ? -1 : x > y;
}

static const struct via_group *find_group(const struct via *v, uint32_t gid)
{
	struct via_group key = { .gid = gid };

	return v->n_groups ? bsearch(&key, v->groups, v->n_groups, sizeof key, group_order) : NULL;
}

static int add_group(struct via *v, struct subjects *w, const char *name)
{
	struct via_group g = { 0 };
	struct buf scratch = { 0 };
	int err = subjects_of_unix_group(w, name, &g.gid, &scratch);

	if (!err && (!buf_room(&v->groups, v->n_groups, &v->cap_groups, sizeof *v->groups) ||
		     !(g.gids = calloc(w->n_gids + 1, sizeof *g.gids))))
		err = RBAC_NOMEM;
	if (!err) {
		for (; g.n < w->n_gids; g.n++)
			g.gids[g.n] = w->gids[g.n];
		v->groups[v->n_groups++] = g;
	}
	buf_free(&scratch);
	return err == RBAC_NOTFOUND ? RBAC_OK : err;
}

/* A host may have several names for one gid: subjects_of_unix_group has put together what they all
 * hold. */
static void drop_doubles(struct via *v)
{
	size_t kept = 0;

	for (size_t i = 0; i < v->n_groups; i++)
		if (kept && v->groups[kept - 1].gid == v->groups[i].gid)
			free(v->groups[i].gids);
		else
			v->groups[kept++] = v->groups[i];
	v->n_groups = kept;
}

int via_begin(struct via *v, struct subjects *w)
{
	const struct facts *f = w->c->facts;

	*v = (struct via){ 0 };
	int err = make_pairs(v, w);
	for (size_t i = 0; i < f->n_groups && !err; i++)
		if (f->groups[i].subject)
			err = add_group(v, w, f->groups[i].name);
	if (v->n_groups)
		qsort(v->groups, v->n_groups, sizeof *v->groups, group_order);
	drop_doubles(v);
	return err;
}

void via_end(struct via *v)
{
	for (size_t i = 0; i < v->n_groups; i++)
		free(v->groups[i].gids);
	free(v->groups);
	free(v->pairs);
	free(v->gids);
	free(v->extras);
}

/* ---- one user ---- */

static bool intersect(struct rbac_window a, struct rbac_window b, struct rbac_window *out)
{
	out->from = a.from > b.from ? a.from : b.from;
	out->until = a.until < b.until ? a.until : b.until;
	return out->from < out->until;
}

static int gid_order(const void *a, const void *b)
{
	const struct encode_gid *x = a, *y = b;

	if (x->gid != y->gid)
		return x->gid < y->gid ? -1 : 1;
	if (x->window.from != y->window.from)
		return x->window.from < y->window.from ? -1 : 1;
	return x->window.until < y->window.until ? -1 : x->window.until > y->window.until;
}

/* Of the few extra groups: is it there already, for as long? What is followed twice would be
 * followed for ever. */
static bool is_followed(const struct via *v, uint32_t gid, struct rbac_window w)
{
	for (size_t i = 0; i < v->n_extras; i++)
		if (v->extras[i].gid == gid && v->extras[i].window.from <= w.from &&
		    v->extras[i].window.until >= w.until)
			return true;
	return false;
}

static int add(struct encode_gid **v, size_t *n, size_t *cap, uint32_t gid, struct rbac_window w)
{
	if (!buf_room(v, *n, cap, sizeof **v))
		return RBAC_NOMEM;
	(*v)[(*n)++] = (struct encode_gid){ gid, w };
	return RBAC_OK;
}

/* What the Unix group GID brings, for as long as W is open. */
static int follow(struct via *v, const struct subjects *w, uint32_t gid, struct rbac_window open)
{
	const struct via_group *g = find_group(v, gid);
	int err = RBAC_OK;

	for (size_t i = 0; g && i < g->n && !err; i++) {
		struct rbac_window both;
		uint32_t brought = g->gids[i].gid;
		bool extra = subjects_extra(w, brought) >= 0;
		if (!intersect(open, g->gids[i].window, &both) ||
		    (extra && is_followed(v, brought, both)))
			continue;
		err = add(&v->gids, &v->n_gids, &v->cap_gids, brought, both);
		if (!err && extra)
			err = add(&v->extras, &v->n_extras, &v->cap_extras, brought, both);
	}
	return err;
}

static void sort_gids(struct via *v)
{
	size_t kept = 0;

	if (v->n_gids)
		qsort(v->gids, v->n_gids, sizeof *v->gids, gid_order);
	for (size_t i = 0; i < v->n_gids; i++)
		if (!kept || gid_order(&v->gids[kept - 1], &v->gids[i]) != 0)
			v->gids[kept++] = v->gids[i];
	v->n_gids = kept;
}

int via_of(struct via *v, const struct subjects *w, const char *user, const struct encode_gid *own,
	   size_t n)
{
	static const struct rbac_window always = { RBAC_TIME_MIN, RBAC_TIME_MAX };
	int err = RBAC_OK;

	v->n_gids = v->n_extras = 0;
	if (v->n_groups == 0)
		return RBAC_OK;
	for (size_t i = via_find(v, user);
	     i < v->n_pairs && strcmp(v->pairs[i].user, user) == 0 && !err; i++)
		err = follow(v, w, v->pairs[i].gid, always);
	for (size_t i = 0; i < n && !err; i++)
		if (subjects_extra(w, own[i].gid) >= 0)
			err = follow(v, w, own[i].gid, own[i].window);
	/* What is brought on the way may bring more; the list grows meanwhile, and ends when
	 * nothing new comes. */
	for (size_t i = 0; i < v->n_extras && !err; i++) {
		struct encode_gid next = v->extras[i];
		err = follow(v, w, next.gid, next.window);
	}
	sort_gids(v);
	return err;
}
