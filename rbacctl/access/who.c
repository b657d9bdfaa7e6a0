#include "rbacctl/access/who.h"

#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "rbacctl/access/members.h"

/* ---- scopes ---- */

static int add(struct who_scopes *s, const char *scope)
{
	/* Scopes that follow one another mostly have the same root. */
	if (s->n && strcmp(s->v[s->n - 1], scope) == 0)
		return RBAC_OK;
	char *copy = buf_room(&s->v, s->n, &s->cap, sizeof(*s->v)) ? strdup(scope) : NULL;
	if (!copy)
		return RBAC_NOMEM;
	s->v[s->n++] = copy;
	return RBAC_OK;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void sort_once(struct who_scopes *s)
{
	size_t kept = 0;

	if (s->n)
		qsort(s->v, s->n, sizeof(*s->v), by_name);
	for (size_t i = 0; i < s->n; i++)
		if (kept && strcmp(s->v[kept - 1], s->v[i]) == 0)
			free(s->v[i]);
		else
			s->v[kept++] = s->v[i];
	s->n = kept;
}

void who_scopes_free(struct who_scopes *s)
{
	for (size_t i = 0; i < s->n; i++)
		free(s->v[i]);
	free(s->v);
	*s = (struct who_scopes){ 0 };
}

static int roots_above(const struct policy *p, const struct holdings *h, int64_t now,
		       struct who_scopes *out)
{
	char root[RBAC_SCOPE_MAX + 1];
	int err = RBAC_OK;

	*out = (struct who_scopes){ 0 };
	for (size_t i = 0; i < h->n && !err; i++) {
		int kind = policy_scope_kind(p, h->v[i].scope);
		if (kind < 0 || h->v[i].window.until <= now)
			continue;
		while (p->kinds[kind].parent >= 0)
			kind = p->kinds[kind].parent;
		if (policy_scope_ancestor(p, h->v[i].scope, kind, root) == RBAC_OK)
			err = add(out, root);
	}
	sort_once(out);
	return err;
}

int who_roots_of_user(const struct source *s, const char *user, int64_t now, struct who_scopes *out)
{
	struct holdings h;
	int err = source_everything(s, user, &h);

	*out = (struct who_scopes){ 0 };
	if (!err)
		err = roots_above(s->policy, &h, now, out);
	holdings_free(&h);
	return err;
}

/* ---- one ---- */

static int owner(void *ctx, const char *scope, char *out)
{
	return source_owner(ctx, scope, out);
}

bool who_actor_may(const struct who_question *q, const struct rules_actor *a,
		   struct rules_answer *answer, const char **at, const struct policy_extra **extra)
{
	const struct policy *p = q->source->policy;
	size_t n = q->scopes ? q->scopes->n : 0;

	*extra = NULL;
	*at = NULL;
	for (size_t i = 0; i < n || i == 0; i++) {
		*at = n ? q->scopes->v[i] : NULL;
		if (!rules_by(p, q->bys, a, *at, owner, (void *)q->source, answer))
			return false;
		if (q->role >= 0 && *at)
			*extra = rules_extra_lacking(p, q->role, *at, a);
		if (*extra)
			return false;
	}
	return true;
}

int who_user_may_give(const struct source *s, const char *user, int role, const char *scope,
		      int64_t t, struct holdings *h, struct rules_answer *answer,
		      const struct policy_extra **extra)
{
	struct who_scopes one = { (char *[]){ (char *)scope }, 1, 1 };
	struct who_question q = { s, &s->policy->roles[role].assign_by, &one, role, t };
	struct rules_actor actor = { user, strcmp(user, "root") == 0, h, t };
	const char *at;
	int err = source_effective(s, user, h);

	*answer = (struct rules_answer){ 0 };
	*extra = NULL;
	if (!err)
		answer->yes = who_actor_may(&q, &actor, answer, &at, extra);
	return err ? err : answer->err;
}

/* ---- all ---- */

struct walk {
	const struct who_question *q;
	struct who *out;
	size_t looked, asked[2]; /* [1]: users who may by their records */
	bool groups;             /* a Unix group holds a role */
	const char * not [2];    /* who is left out */
};

static bool is_left_out(const struct walk *w, const char *user)
{
	return (w->not [0] && strcmp(w->not [0], user) == 0) ||
	       (w->not [1] && strcmp(w->not [1], user) == 0);
}

typedef int holdings_fn(const struct source *s, const char *user, struct holdings *h);

/* Into *YES: may USER, with the holdings that FROM gives? */
static int lets(const struct walk *w, const char *user, holdings_fn *from, bool *yes)
{
	struct holdings h;
	struct rules_answer answer;
	const struct policy_extra *extra;
	const char *at;
	int err = from(w->q->source, user, &h);
	struct rules_actor actor = { user, false, &h, w->q->now };

	*yes = !err && who_actor_may(w->q, &actor, &answer, &at, &extra);
	if (!err)
		err = answer.err;
	holdings_free(&h);
	return err;
}

static void add_user(struct who *out, const char *user)
{
	if (out->n < WHO_NAMES && strlen(user) <= RBAC_USER_MAX)
		strcpy(out->names[out->n++], user);
	else
		out->more = true;
}

static int on_user(void *arg, const char *user)
{
	struct walk *w = arg;
	bool yes;

	if (w->out->more)
		return RBAC_CONFLICT; /* enough */
	if (is_left_out(w, user))
		return RBAC_OK;
	if (++w->looked > WHO_LOOK) {
		w->out->cut = true;
		return RBAC_CONFLICT;
	}
	int err = lets(w, user, source_recorded, &yes);
	/* Unix groups can only add rights. A user who may by the record is also looked up, because
	 * another person may have the uid now. */
	if (err || (!yes && !w->groups))
		return err;
	if (w->asked[yes] == WHO_ASK) {
		w->out->cut = true;
		return RBAC_OK;
	}
	w->asked[yes]++;
	err = lets(w, user, source_effective, &yes);
	if (err || !yes)
		return err;
	add_user(w->out, user);
	return RBAC_OK;
}

/* ---- members of Unix groups who are not recorded ---- */

int who_members_may(const struct who_question *q, uint32_t gid, struct holdings *h,
		    struct rules_answer *answer)
{
	const struct policy_extra *extra;
	const char *at;
	int err = source_of_group(q->source, gid, h);
	struct rules_actor members = { "", false, h, q->now };

	*answer = (struct rules_answer){ 0 };
	if (!err)
		answer->yes = who_actor_may(q, &members, answer, &at, &extra);
	return err ? err : answer->err;
}

struct letting {
	const struct who_question *q;
	struct gids gids; /* of the groups whose members may */
	size_t cap;
};

static int on_gid(void *arg, uint32_t gid)
{
	struct letting *l = arg;
	struct holdings h;
	struct rules_answer answer;
	int err = who_members_may(l->q, gid, &h, &answer);

	holdings_free(&h);
	if (err || !answer.yes)
		return err;
	if (!buf_room(&l->gids.v, l->gids.n, &l->cap, sizeof(*l->gids.v)))
		return RBAC_NOMEM;
	l->gids.v[l->gids.n++] = gid;
	return RBAC_OK;
}

static int is_recorded(const struct source *s, const char *user, bool *recorded)
{
	struct holdings h;
	int err = source_holdings(s, user, &h);

	*recorded = h.recorded;
	holdings_free(&h);
	return err;
}

/* Recorded users have been checked already. */
static int on_member(struct walk *w, const char *user)
{
	bool recorded, yes = false;
	int err = is_recorded(w->q->source, user, &recorded);

	if (err || recorded || is_left_out(w, user))
		return err;
	if (w->asked[0] == WHO_ASK) {
		w->out->cut = true;
		return RBAC_OK;
	}
	w->asked[0]++;
	if (accounts_uid(w->q->source->accounts, user) != 0)
		err = lets(w, user, source_effective, &yes);
	if (!err && yes)
		add_user(w->out, user);
	return err;
}

/* Collect the members of the Unix groups whose members may. Free them in any case. */
static int find_members(const struct who_question *q, struct members *m)
{
	const struct source *s = q->source;
	struct letting l = { .q = q };
	int err = s->unix_groups(s, on_gid, &l);

	*m = (struct members){ 0 };
	if (!err && l.gids.n)
		err = members_of_gids(&l.gids, s->asked, m);
	free(l.gids.v);
	return err;
}

static int members_who_may(struct walk *w)
{
	struct members m;
	int err = find_members(w->q, &m);

	for (size_t i = 0; i < m.n && !err && !w->out->more; i++)
		err = on_member(w, m.names[i]);
	for (size_t i = 0; i < m.n_open && !err && w->out->n_groups < WHO_NAMES; i++)
		if (strlen(m.open[i].name) < sizeof(w->out->groups[0]))
			strcpy(w->out->groups[w->out->n_groups++], m.open[i].name);
	members_free(&m);
	return err;
}

/* If the role brings an extra Unix group, `anyone` is not enough. */
static bool anyone_may(const struct who_question *q)
{
	bool anyone = false;

	for (size_t i = 0; i < q->bys->n; i++)
		anyone |= q->bys->v[i].what == BY_ANYONE &&
			  (q->role < 0 || !rules_brings_extra(q->source->policy, q->role));
	return anyone;
}

int who_may(const struct who_question *q, struct who *out)
{
	return who_may_but(q, NULL, NULL, out);
}

int who_may_but(const struct who_question *q, const char *one, const char *other, struct who *out)
{
	struct walk w = { .q = q, .out = out, .not = { one, other } };

	*out = (struct who){ .anyone = anyone_may(q) };
	if (out->anyone || q->bys->n == 0)
		return RBAC_OK;
	w.groups = source_has_groups(q->source);
	int err = q->source->users(q->source, on_user, &w);
	if (err == RBAC_CONFLICT)
		err = RBAC_OK;
	return !err && w.groups ? members_who_may(&w) : err;
}

/* ---- each ---- */

struct each {
	struct walk w;
	who_fn *fn;
	void *ctx;
};

/* Recorded users who may by their records. */
static int each_user(void *arg, const char *user)
{
	struct each *e = arg;
	bool yes;
	int err = lets(&e->w, user, source_recorded, &yes);

	if (err || !yes || e->w.looked++ >= WHO_EACH)
		return err;
	err = lets(&e->w, user, source_effective, &yes);
	return err || !yes ? err : e->fn(e->ctx, user);
}

/* Members of Unix groups who may not by their own records. */
static int each_member(struct each *e, const char *user)
{
	bool recorded, yes = false;
	int err = is_recorded(e->w.q->source, user, &recorded);

	if (!err && recorded)
		err = lets(&e->w, user, source_recorded, &yes);
	if (err || yes || e->w.looked++ >= WHO_EACH ||
	    accounts_uid(e->w.q->source->accounts, user) == 0)
		return err;
	err = lets(&e->w, user, source_effective, &yes);
	return err || !yes ? err : e->fn(e->ctx, user);
}

int who_each(const struct who_question *q, who_fn *fn, void *ctx)
{
	struct each e = { .w = { .q = q }, .fn = fn, .ctx = ctx };
	struct members m = { 0 };

	if (anyone_may(q) || q->bys->n == 0)
		return RBAC_OK;
	int err = q->source->users(q->source, each_user, &e);
	if (!err && source_has_groups(q->source))
		err = find_members(q, &m);
	for (size_t i = 0; i < m.n && !err; i++)
		err = each_member(&e, m.names[i]);
	members_free(&m);
	return err;
}
