/*
 * Which keys a subject gains and loses, and at which scopes.
 *
 * A key is reported at the scope where the role that brings it is held, not again at every scope
 * below. If a role begins or ceases to count below its scope (cascade), the line says "below" the
 * scope.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "rbacctl/access/impact_parts.h"

/* The keys of both policies under one numbering: first those of the new one. */
struct impact_keys {
	const char **names;
	size_t n, words;
	uint32_t *of_old; /* the number of each key of the old policy */
	uint64_t *sets;   /* room for four sets */
	bool same;        /* one policy for both */
};

int impact_keys_begin(struct impact_work *w)
{
	const struct policy *old = w->old->p, *new = w->new->p;
	struct impact_keys *k = calloc(1, sizeof *k);
	w->keys = k;
	if (!k)
		return RBAC_NOMEM;
	k->same = old == new;
	k->names = calloc(old->n_keys + new->n_keys + 1, sizeof *k->names);
	k->of_old = calloc(old->n_keys + 1, sizeof *k->of_old);
	if (!k->names || !k->of_old)
		return RBAC_NOMEM;
	for (; k->n < new->n_keys; k->n++)
		k->names[k->n] = new->keys[k->n].name;
	for (size_t i = 0; i < old->n_keys; i++) {
		int at = k->same ? (int)i : policy_key_find(new, old->keys[i].name);
		k->of_old[i] = at >= 0 ? (uint32_t)at : (uint32_t)k->n;
		if (at < 0)
			k->names[k->n++] = old->keys[i].name;
	}
	k->words = k->n / 64 + 1;
	k->sets = calloc(4 * k->words, sizeof *k->sets);
	return k->sets ? RBAC_OK : RBAC_NOMEM;
}

void impact_keys_end(struct impact_work *w)
{
	if (w->keys) {
		free(w->keys->names);
		free(w->keys->of_old);
		free(w->keys->sets);
	}
	free(w->keys);
	w->keys = NULL;
}

/* One side: what counts, by scope. */
struct side {
	const struct policy *p;
	const uint32_t *of_old; /* NULL: its keys have the numbers of the new policy */
	const struct held **v;  /* those whose window is open, by scope */
	size_t n;
};

static int by_scope(const void *a, const void *b)
{
	return strcmp((*(const struct held *const *)a)->scope,
		      (*(const struct held *const *)b)->scope);
}

static int make_side(struct side *s, const struct snapshot *snap, const struct holdings *h,
		     int64_t t)
{
	s->p = snap->p;
	s->v = calloc(h->n + 1, sizeof *s->v);
	if (!s->v)
		return RBAC_NOMEM;
	for (size_t i = 0; i < h->n; i++)
		if (rbac_window_open(h->v[i].window, t))
			s->v[s->n++] = &h->v[i];
	if (s->n)
		qsort(s->v, s->n, sizeof *s->v, by_scope);
	return RBAC_OK;
}

static void add_role(const struct side *s, int role, uint64_t *set)
{
	const struct policy_set *keys = &s->p->roles[role].keys;
	for (int k = policy_set_next(keys, -1); k >= 0; k = policy_set_next(keys, k)) {
		uint32_t at = s->of_old ? s->of_old[k] : (uint32_t)k;
		set[at / 64] |= UINT64_C(1) << at % 64;
	}
}

/* The keys of the roles that are held at exactly SCOPE; ONLY_BELOW: of those that cascade. */
static void add_at(const struct side *s, const char *scope, bool only_below, uint64_t *set)
{
	struct held key = { .scope = (char *)scope };
	const struct held *want = &key, **first;
	first = s->n ? bsearch(&want, s->v, s->n, sizeof *s->v, by_scope) : NULL;
	while (first && first > s->v && strcmp(first[-1]->scope, scope) == 0)
		first--;
	for (; first && first < s->v + s->n && strcmp((*first)->scope, scope) == 0; first++)
		if (!only_below || s->p->roles[(*first)->role].cascade)
			add_role(s, (*first)->role, set);
}

/* All keys that count at SCOPE; ONLY_BELOW: at the scopes below it. */
static void add_all(const struct side *s, const char *scope, bool only_below, uint64_t *set)
{
	char up[RBAC_SCOPE_MAX + 1];
	add_at(s, scope, only_below, set);
	if (strlen(scope) > RBAC_SCOPE_MAX)
		return;
	strcpy(up, scope);
	while (policy_scope_parent(s->p, up, up) == RBAC_OK)
		add_at(s, up, true, set);
}

/* Write the keys that A has and B does not have, "a, b, c", into OUT. */
static void list(const struct impact_keys *k, const uint64_t *a, const uint64_t *b, struct buf *out)
{
	for (size_t word = 0; word < k->words; word++)
		for (uint64_t left = a[word] & ~b[word]; left; left &= left - 1) {
			size_t i = word * 64 + (size_t)__builtin_ctzll(left);
			buf_printf(out, "%s%s", out->len ? ", " : "", k->names[i]);
		}
}

static int tell(const struct impact_asked *q, bool gain, bool below, const char *scope,
		struct buf *keys)
{
	char place[RBAC_SCOPE_MAX + 16];
	const struct impact_line l = {
		.kind = IMPACT_KEYS, .gain = gain, .what = buf_text(keys), .at = q->at
	};
	snprintf(place, sizeof place, "%s%s", below ? "below " : "", scope);
	int err = keys->failed ? RBAC_NOMEM : RBAC_OK;
	if (!err && keys->len && !impact_is_said(q->said, &l, place))
		err = impact_count(q->w->out, &l, q->name, place);
	buf_free(keys);
	return err;
}

/* The keys that holdings of OF at SCOPE bring and that do not count there in OTHER. */
static int compare_scope(const struct impact_asked *q, const struct side *of,
			 const struct side *other, bool gain, const char *scope)
{
	const struct impact_keys *k = q->w->keys;
	uint64_t *brought = k->sets, *counts = brought + k->words, *down = counts + k->words,
		 *down_other = down + k->words;
	struct buf here = { 0 }, below = { 0 };
	memset(k->sets, 0, 4 * k->words * sizeof *k->sets);
	add_at(of, scope, false, brought);
	add_all(other, scope, false, counts);
	add_at(of, scope, true, down);
	add_all(other, scope, true, down_other);
	list(k, brought, counts, &here);
	for (size_t i = 0; i < k->words; i++)
		down[i] &= ~(brought[i] & ~counts[i]); /* is told at the scope itself */
	list(k, down, down_other, &below);
	int err = tell(q, gain, false, scope, &here);
	int more = tell(q, gain, true, scope, &below);
	return err ? err : more;
}

static int compare_sides(const struct impact_asked *q, const struct side *of,
			 const struct side *other, bool gain)
{
	int err = RBAC_OK;
	for (size_t i = 0; i < of->n && !err; i++)
		if (i == 0 || strcmp(of->v[i - 1]->scope, of->v[i]->scope) != 0)
			err = compare_scope(q, of, other, gain, of->v[i]->scope);
	return err;
}

/* The same policy and the same holdings: most users in a large change. */
static bool nothing_moves(const struct side *a, const struct side *b)
{
	bool same = a->n == b->n;
	for (size_t i = 0; i < a->n && same; i++)
		same = a->v[i]->role == b->v[i]->role &&
		       strcmp(a->v[i]->scope, b->v[i]->scope) == 0;
	return same;
}

int impact_keys_compare(const struct impact_asked *q, const struct holdings *before,
			const struct holdings *after)
{
	const struct impact_work *w = q->w;
	struct side was = { .of_old = w->keys->of_old }, is = { .n = 0 };
	int err = make_side(&was, w->old, before, q->t);
	if (!err)
		err = make_side(&is, w->new, after, q->t);
	if (!err && !(w->keys->same && nothing_moves(&was, &is))) {
		err = compare_sides(q, &was, &is, false);
		if (!err)
			err = compare_sides(q, &is, &was, true);
	}
	free(was.v);
	free(is.v);
	return err;
}
