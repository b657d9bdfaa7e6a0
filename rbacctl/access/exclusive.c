/*
 * Exclusive sets: do more roles of a set than it allows count together, at any scope and at any
 * time to come?
 *
 * Roles count together at all only if they do at the lowest scope where one of them is held. So the
 * scopes that hold something of the set are gone through as a tree, from the top; on the way down
 * to a scope, what cascades to it and what is held there is laid over a line of time, each place of
 * the set once however often it is held, and the highest point is looked at. Holdings sorted, a
 * segment tree for the line: n log n for n holdings, times the depth of kinds (at most 16), as long
 * as one role is not held in many windows at one scope and in long ones at many scopes below it.
 */
#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "common/name.h"
#include "rbacctl/buf.h"
#include "rbacctl/access/rules.h"
#include "rbacctl/sorted.h"

/* One place of one set, by one holding. FROM and UNTIL: positions on the line of time. */
struct part {
	const struct held *e;
	int set, place, node;
	bool cascade;
	uint32_t from, until;
};

/* A scope that holds something of the set. Its parts: those that cascade from FIRST up to SECOND,
 * the others up to END. */
struct node {
	const char *scope;
	int up, child, next;
	size_t first, second, end;
};

struct stretch {
	uint32_t from, until;
};

struct sweep {
	const struct policy *p;
	unsigned at_most;
	int64_t now;
	struct part *parts;
	size_t n;
	struct node *nodes;
	size_t n_nodes;
	int64_t *times;
	size_t n_times; /* the beginnings, rising: the count rises only there */
	int32_t *most, *add;
	size_t width; /* the segment tree over TIMES */
	struct stretch *laid;
	size_t n_laid, cap_laid;
	bool failed;
};

static int64_t begins(const struct sweep *s, const struct held *e)
{
	return e->window.from > s->now ? e->window.from : s->now;
}

/* ---- the line of time ---- */

static void tree_add(struct sweep *s, size_t at, uint32_t low, uint32_t high, struct stretch what,
		     int32_t d)
{
	if (what.from <= low && what.until >= high) {
		s->add[at] += d;
		s->most[at] += d;
		return;
	}
	uint32_t mid = low + (high - low) / 2;
	if (what.from < mid)
		tree_add(s, 2 * at, low, mid, what, d);
	if (what.until > mid)
		tree_add(s, 2 * at + 1, mid, high, what, d);
	int32_t a = s->most[2 * at], b = s->most[2 * at + 1];
	s->most[at] = (a > b ? a : b) + s->add[at];
}

/* The first instant at which the count is highest. */
static int64_t tree_peak(const struct sweep *s)
{
	size_t at = 1;
	while (at < s->width)
		at = s->most[2 * at] >= s->most[2 * at + 1] ? 2 * at : 2 * at + 1;
	return s->times[at - s->width];
}

static void lay(struct sweep *s, struct stretch what)
{
	if (!buf_room(&s->laid, s->n_laid, &s->cap_laid, sizeof *s->laid)) {
		s->failed = true;
		return;
	}
	s->laid[s->n_laid++] = what;
	tree_add(s, 1, 0, (uint32_t)s->width, what, 1);
}

static void take_up(struct sweep *s, size_t until)
{
	while (s->n_laid > until)
		tree_add(s, 1, 0, (uint32_t)s->width, s->laid[--s->n_laid], -1);
}

/* ---- a place counts once, however many scopes on the way bring it ---- */

/* The first cascading part of PLACE at NODE that ends behind FROM; the windows of one place at one
 * scope do not meet. */
static size_t first_behind(const struct sweep *s, const struct node *node, int place, uint32_t from)
{
	size_t low = node->first, high = node->second;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct part *x = &s->parts[mid];
		if (x->place < place || (x->place == place && x->until <= from))
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* Lay what of WHAT no part of PLACE covers that cascades from NODE or above. As deep as kinds are.
 */
static void lay_uncovered(struct sweep *s, int node, int place, struct stretch what)
{
	if (node < 0) {
		lay(s, what);
		return;
	}
	const struct node *at = &s->nodes[node];
	for (size_t i = first_behind(s, at, place, what.from);
	     i < at->second && what.from < what.until; i++) {
		const struct part *x = &s->parts[i];
		if (x->place != place || x->from >= what.until)
			break;
		if (x->from > what.from)
			lay_uncovered(s, at->up, place, (struct stretch){ what.from, x->from });
		what.from = x->until;
	}
	if (what.from < what.until)
		lay_uncovered(s, at->up, place, what);
}

static void lay_parts(struct sweep *s, size_t from, size_t to, int above)
{
	for (size_t i = from; i < to; i++)
		lay_uncovered(s, above, s->parts[i].place,
			      (struct stretch){ s->parts[i].from, s->parts[i].until });
}

/* The node at or below NODE where too many meet; -1: none. */
static int visit(struct sweep *s, int node)
{
	const struct node *at = &s->nodes[node];
	size_t before = s->n_laid;
	lay_parts(s, at->first, at->second, at->up);
	size_t cascading = s->n_laid;
	lay_parts(s, at->second, at->end, node);
	if (s->failed || s->most[1] > (int32_t)s->at_most)
		return node;
	take_up(s, cascading);
	for (int child = at->child; child >= 0; child = s->nodes[child].next) {
		int found = visit(s, child);
		if (found >= 0)
			return found;
	}
	take_up(s, before);
	return -1;
}

/* ---- setting up: times, scopes, parts in order ---- */

static int time_order(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return x < y ? -1 : x > y;
}

static int scope_order(const void *a, const void *b)
{
	return strcmp(((const struct node *)a)->scope, ((const struct node *)b)->scope);
}

static int part_order(const void *a, const void *b)
{
	const struct part *x = a, *y = b;
	if (x->node != y->node)
		return x->node < y->node ? -1 : 1;
	if (x->cascade != y->cascade)
		return x->cascade ? -1 : 1;
	if (x->place != y->place)
		return x->place < y->place ? -1 : 1;
	return x->from < y->from ? -1 : x->from > y->from;
}

static int find_node(const struct sweep *s, const char *scope)
{
	struct node key = { .scope = scope },
		    *found = bsearch(&key, s->nodes, s->n_nodes, sizeof key, scope_order);
	return found ? (int)(found - s->nodes) : -1;
}

/* The nearest node above NODE; -1: none. */
static int find_above(const struct sweep *s, const char *scope)
{
	char above[RBAC_SCOPE_MAX + 1];
	int kind = policy_scope_kind(s->p, scope);
	for (int up = kind < 0 ? -1 : s->p->kinds[kind].parent; up >= 0;
	     up = s->p->kinds[up].parent) {
		int found = policy_scope_ancestor(s->p, scope, up, above) ? -1
									  : find_node(s, above);
		if (found >= 0)
			return found;
	}
	return -1;
}

/* The first of TIMES that is not before T. */
static uint32_t position(const struct sweep *s, int64_t t)
{
	return (uint32_t)sorted_first(&t, s->times, s->n_times, sizeof(*s->times), time_order);
}

static bool set_up(struct sweep *s)
{
	s->nodes = calloc(s->n, sizeof *s->nodes);
	s->times = calloc(s->n, sizeof *s->times);
	for (s->width = 1; s->width < s->n; s->width *= 2)
		;
	s->most = calloc(2 * s->width, sizeof *s->most);
	s->add = calloc(2 * s->width, sizeof *s->add);
	if (!s->nodes || !s->times || !s->most || !s->add)
		return false;
	for (size_t i = 0; i < s->n; i++) {
		s->times[i] = begins(s, s->parts[i].e);
		s->nodes[i] = (struct node){
			.scope = s->parts[i].e->scope, .up = -1, .child = -1, .next = -1
		};
	}
	qsort(s->times, s->n, sizeof *s->times, time_order);
	qsort(s->nodes, s->n, sizeof *s->nodes, scope_order);
	for (size_t i = 0; i < s->n; i++) {
		if (!i || s->times[i] != s->times[s->n_times - 1])
			s->times[s->n_times++] = s->times[i];
		if (!i || scope_order(&s->nodes[i], &s->nodes[s->n_nodes - 1]) != 0)
			s->nodes[s->n_nodes++] = s->nodes[i];
	}
	return true;
}

/* Parts in order, windows of one place at one scope that meet made one, each node's range noted. */
static void order_parts(struct sweep *s)
{
	size_t n = 0;
	for (size_t i = 0; i < s->n; i++) {
		struct part *x = &s->parts[i];
		x->node = find_node(s, x->e->scope);
		x->cascade = s->p->roles[x->e->role].cascade;
		x->from = position(s, begins(s, x->e));
		x->until = position(s, x->e->window.until);
	}
	qsort(s->parts, s->n, sizeof *s->parts, part_order);
	for (size_t i = 0; i < s->n; i++) {
		struct part *x = &s->parts[i], *last = n ? &s->parts[n - 1] : NULL;
		if (last && last->node == x->node && last->cascade == x->cascade &&
		    last->place == x->place && last->until >= x->from)
			last->until = x->until > last->until ? x->until : last->until;
		else
			s->parts[n++] = *x;
	}
	s->n = n;
	for (size_t i = 0, node = 0; node < s->n_nodes; node++) {
		s->nodes[node].first = i;
		for (; i < n && s->parts[i].node == (int)node && s->parts[i].cascade; i++)
			;
		s->nodes[node].second = i;
		for (; i < n && s->parts[i].node == (int)node; i++)
			;
		s->nodes[node].end = i;
	}
}

static void link_nodes(struct sweep *s)
{
	for (size_t i = 0; i < s->n_nodes; i++) {
		struct node *x = &s->nodes[i];
		x->up = find_above(s, x->scope);
		if (x->up < 0)
			continue;
		x->next = s->nodes[x->up].child;
		s->nodes[x->up].child = (int)i;
	}
}

/* ---- a set ---- */

/* Do more than S->at_most places meet? RBAC_CONFLICT: at *SCOPE, *AT. */
static int sweep(struct sweep *s, const char **scope, int64_t *at)
{
	int found = -1;
	if (set_up(s)) {
		order_parts(s);
		link_nodes(s);
		for (size_t i = 0; i < s->n_nodes && found < 0; i++)
			if (s->nodes[i].up < 0)
				found = visit(s, (int)i);
	} else {
		s->failed = true;
	}
	if (found >= 0 && !s->failed) {
		*scope = s->nodes[found].scope;
		*at = tree_peak(s);
	}
	free(s->nodes);
	free(s->times);
	free(s->most);
	free(s->add);
	free(s->laid);
	return s->failed ? RBAC_NOMEM : found >= 0 ? RBAC_CONFLICT : RBAC_OK;
}

static bool counted(const struct policy *p, const struct held *e, int64_t now, bool groups)
{
	return (groups || !e->via) && e->window.until > now && e->window.until > e->window.from &&
	       (!p->roles[e->role].cascade || policy_scope_kind(p, e->scope) >= 0);
}

static int set_order(const void *a, const void *b)
{
	const struct part *x = a, *y = b;
	return x->set != y->set ? (x->set < y->set ? -1 : 1)
				: (x->place > y->place) - (x->place < y->place);
}

/* Every place of every set that a holding brings, by set and place. */
static int gather(const struct policy *p, const struct holdings *h, bool groups, int64_t now,
		  struct part **parts, size_t *n)
{
	size_t cap = 0;
	for (size_t i = 0; i < h->n; i++) {
		const struct held *e = &h->v[i];
		const struct policy_role *r = &p->roles[e->role];
		if (r->n_members == 0 || !counted(p, e, now, groups))
			continue;
		for (size_t k = 0; k < r->n_members; k++) {
			if (!buf_room(parts, *n, &cap, sizeof **parts))
				return RBAC_NOMEM;
			(*parts)[(*n)++] = (struct part){ .e = e,
							  .set = r->members[k].set,
							  .place = r->members[k].at };
		}
	}
	if (*n)
		qsort(*parts, *n, sizeof **parts, set_order);
	return RBAC_OK;
}

int rules_exclusive(const struct policy *p, const struct holdings *h, bool groups, int64_t now,
		    struct rules_clash *clash)
{
	struct part *parts = NULL;
	size_t n = 0, next;
	int err = gather(p, h, groups, now, &parts, &n);
	*clash = (struct rules_clash){ .set = -1 };
	for (size_t i = 0; i < n && !err; i = next) {
		size_t places = 1;
		for (next = i + 1; next < n && parts[next].set == parts[i].set; next++)
			places += parts[next].place != parts[next - 1].place;
		int set = parts[i].set;
		if (places <= p->exclusives[set].at_most)
			continue; /* too few of the set for a clash, wherever they are held */
		struct sweep s = { .p = p,
				   .at_most = p->exclusives[set].at_most,
				   .now = now,
				   .parts = parts + i,
				   .n = next - i };
		err = sweep(&s, &clash->scope, &clash->at);
		clash->set = set;
	}
	free(parts);
	return err;
}
