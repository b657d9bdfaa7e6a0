/* Holders of a role at a scope, and the limits on them: min, max, plans, exclusive sets. */
#include "rbacctl/change/rules/limits.h"
#include "rbacctl/change/rules/people.h"
#include "rbacctl/command.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/store/holdings.h"

static int add_holder(struct change *c, struct holders *h, const char *user, uint32_t uid,
		      struct rbac_window w)
{
	char *name = buf_room(&h->v, h->n, &h->cap, sizeof *h->v) ? strdup(user) : NULL;
	if (!name)
		return change_fail(c, RBAC_NOMEM, "out of memory");
	h->v[h->n++] = (struct holder){ name, uid, w };
	return RBAC_OK;
}

void change_holders_free(struct holders *h)
{
	for (size_t i = 0; i < h->n; i++)
		free((char *)h->v[i].user);
	free(h->v);
	*h = (struct holders){ 0 };
}

/* How many accounts that were not asked for before the lock was taken are asked for one by one; the
 * others are taken to exist. */
enum { ACCOUNTS_ASKED = 1000 };

struct gather {
	struct change *c;
	struct holders *out;
	uint64_t last;
	bool living;
	size_t asked;
	const struct policy_role *role;
};

/* What passwd says of USER; PERSON_UNASKED also where enough have been asked for. */
static void ask(struct gather *g, const char *user, struct person *p)
{
	bool known = facts_uid(&g->c->passwd, user) != RBAC_NO_UID ||
		     facts_uid(&g->c->known.passwd, user) != RBAC_NO_UID ||
		     facts_answer(&g->c->known, user);
	*p = (struct person){ .uid = RBAC_NO_UID, .state = PERSON_UNASKED };
	if ((known || g->asked++ < ACCOUNTS_ASKED) && change_passwd_says(g->c, user, p))
		p->state = PERSON_ABSENT; /* no name that counts */
}

/*
 * Does the account exist, as the person who was recorded? A directory that does not answer is not
 * to keep anybody from taking a role away: whom it knows is taken to exist.
 */
static bool lives(const struct person *p, uint32_t recorded)
{
	if (p->state == PERSON_UNASKED)
		return true;
	return p->state == PERSON_KNOWN && !p->differs &&
	       (recorded == RBAC_NO_UID || recorded == p->uid);
}

/* Another name of UID was recorded before USER: that one holds what the person holds. */
static int is_second(struct gather *g, const char *user, uint32_t uid, bool *second)
{
	char first[RBAC_USER_MAX + 1];
	int err = change_first_name(g->c, uid, first);
	*second = first[0] && strcmp(first, user) != 0;
	return err;
}

static void note_gone(struct gather *g, const char *user)
{
	if (g->out->gone++ == 0)
		snprintf(g->out->gone_name, sizeof g->out->gone_name, "%s", user);
}

/* `min` and `max` count unsuspended users; %group counts 0. */
static int add_if_counted(struct gather *g, const char *user, struct rbac_window w)
{
	struct store_user u;
	struct person p = { .uid = RBAC_NO_UID };
	bool second = false;
	int err = store_user_get(&g->c->t, user, &u);
	if (err == RBAC_NOTFOUND || (!err && (u.flags & STORE_USER_SUSPENDED)))
		return RBAC_OK;
	if (err)
		return err;
	uint32_t uid = u.uid;
	if (g->living || uid == RBAC_NO_UID)
		ask(g, user, &p);
	if (uid == RBAC_NO_UID) /* recorded before passwd knew the name */
		uid = p.uid;
	if (g->living)
		err = is_second(g, user, uid, &second);
	if (!err && g->living && (second || !lives(&p, u.uid))) {
		note_gone(g, user);
		return RBAC_OK;
	}
	return err ? err : add_holder(g->c, g->out, user, uid, w);
}

static int on_assignment(void *ctx, const struct store_assignment *a)
{
	const struct gather *g = ctx;

	return a->subject[0] == '%' || a->id > g->last
		       ? RBAC_OK
		       : add_if_counted(ctx, a->subject, store_window(g->role, a));
}

/* Those of the assignments up to id LAST; LIVING: whose account exists. */
static int gather(struct change *c, int role, const char *scope, uint64_t last, bool living,
		  struct holders *out)
{
	struct gather g = { c, out, last, living, 0, &c->p->roles[role] };
	char owner[RBAC_USER_MAX + 1];
	int kind = policy_scope_kind(c->p, scope);
	*out = (struct holders){ 0 };
	int err = store_assignments_at(&c->t, scope, c->p->roles[role].name, on_assignment, &g);
	if (!err && kind >= 0 && c->p->kinds[kind].owner_role == role) {
		err = change_owner(c, scope, owner);
		if (!err && owner[0])
			err = add_if_counted(&g, owner,
					     (struct rbac_window){ RBAC_TIME_MIN, RBAC_TIME_MAX });
	}
	return err ? change_store_fail(c, err) : RBAC_OK;
}

int change_holders(struct change *c, int role, const char *scope, struct holders *out)
{
	return gather(c, role, scope, UINT64_MAX, false, out);
}

int change_living_holders(struct change *c, int role, const char *scope, struct holders *out)
{
	/* One pass for all of them; where it fails they are asked for one by one. */
	if (!c->passwd.n_users && facts_passwd(&c->known, &c->passwd))
		facts_free(&c->passwd);
	return gather(c, role, scope, UINT64_MAX, true, out);
}

/* The plan that is in force at SCOPE: its own, else its kind's default, else that of the scope
 * above. */
static const struct policy_plan *plan_of(struct change *c, const char *scope)
{
	char at[RBAC_SCOPE_MAX + 1], up[RBAC_SCOPE_MAX + 1];
	const struct policy_plan *plan = NULL;
	if (strlen(scope) > RBAC_SCOPE_MAX)
		return NULL;
	for (strcpy(up, scope), strcpy(at, scope); !plan; strcpy(at, up)) {
		struct store_scope s;
		int kind = policy_scope_kind(c->p, at);
		if (store_scope_get(&c->t, at, &s) == RBAC_OK && s.plan[0])
			plan = policy_plan_find(c->p, s.plan);
		else if (kind >= 0 && c->p->kinds[kind].plan)
			plan = policy_plan_find(c->p, c->p->kinds[kind].plan);
		if (policy_scope_parent(c->p, at, up))
			break;
	}
	return plan;
}

int change_max(struct change *c, int role, const char *scope, unsigned *max)
{
	const struct policy_role *r = &c->p->roles[role];
	*max = UINT_MAX;
	if (r->max_is == POLICY_MAX_NUMBER)
		*max = r->max;
	if (r->max_is != POLICY_MAX_PLAN)
		return RBAC_OK;
	const struct policy_plan *plan = plan_of(c, scope);
	for (size_t i = 0; plan && i < plan->n; i++)
		if (strcmp(plan->limits[i].name, r->max_plan) == 0)
			*max = plan->limits[i].number;
	return RBAC_OK;
}

/* Those whose accounts exist. NOT_COUNTED (NULL: not wanted) gets who is left out for that, as
 * words for a message. */
static int count_now(struct change *c, int role, const char *scope, size_t *n, size_t *lasting,
		     struct buf *not_counted)
{
	struct holders h = { 0 };
	int err = change_living_holders(c, role, scope, &h);
	if (!err && not_counted && h.gone)
		buf_printf(not_counted,
			   "\n  not counted, for there is no such account, it has another uid, "
			   "or it is a second name of a person: %s%s",
			   h.gone_name, h.gone > 1 ? " and others" : "");
	*n = err ? 0 : rules_holders_at(h.v, h.n, c->a->now);
	*lasting = err ? 0 : rules_permanent_holders(h.v, h.n, c->a->now);
	change_holders_free(&h);
	return err;
}

static bool is_watched(const void *ctx, uint32_t number, const void *key)
{
	const struct watched *x = &((const struct watch *)ctx)->v[number], *want = key;
	return x->role == want->role && strcmp(x->scope, want->scope) == 0;
}

int change_watch(struct change *c, struct watch *w, int role, const char *scope)
{
	struct watched new = { .role = role, .scope = (char *)scope };
	uint64_t hash = lookup_hash_text(lookup_hash(LOOKUP_SEED, &role, sizeof role), scope);
	if (c->p->roles[role].min == 0 ||
	    lookup_find(&w->at, hash, is_watched, w, &new) != LOOKUP_NONE)
		return RBAC_OK;
	int err = count_now(c, role, scope, &new.before, &new.lasting, NULL);
	if (err)
		return err;
	if (!buf_room(&w->v, w->n, &w->cap, sizeof *w->v) || !(new.scope = strdup(scope)))
		return change_fail(c, RBAC_NOMEM, "out of memory");
	w->v[w->n] = new;
	if (lookup_add(&w->at, hash, (uint32_t)w->n++))
		return change_fail(c, RBAC_NOMEM, "out of memory");
	return RBAC_OK;
}

int change_watch_user(struct change *c, struct watch *w, const char *user)
{
	struct holdings h = { 0 };
	int err = store_holdings(&c->t, c->p, user, &h);
	if (err)
		change_store_fail(c, err);
	for (size_t i = 0; i < h.n && !err; i++)
		err = change_watch(c, w, h.v[i].role, h.v[i].scope);
	holdings_free(&h);
	return err;
}

int change_watch_check(struct change *c, const struct watch *w, const char *what)
{
	for (size_t i = 0; i < w->n; i++) {
		const struct policy_role *r = &c->p->roles[w->v[i].role];
		size_t n, lasting;
		struct buf not_counted = { 0 };
		int err = count_now(c, w->v[i].role, w->v[i].scope, &n, &lasting, &not_counted);
		if (!err && n < r->min && n < w->v[i].before)
			err = change_fail(c, RBAC_REFUSED,
					  "refused: %s would leave %zu holder%s of %s at %s\n"
					  "  rule  %s:%u: min = %u%s\n"
					  "  first give it to someone else:  %s",
					  what, n, n == 1 ? "" : "s", r->name, w->v[i].scope,
					  r->min_pos.file, r->min_pos.line, r->min,
					  buf_text(&not_counted),
					  COMMAND("rbacctl assign USER %s --scope %s", r->name,
						  w->v[i].scope));
		buf_free(&not_counted);
		if (err)
			return err;
		if (lasting < r->min && w->v[i].lasting >= r->min)
			buf_printf(
				&c->notes,
				"%s at %s: %zu without end now hold%s it, and min is %u (%s:%u): "
				"assign it to someone without --until before "
				"the other assignments end\n",
				r->name, w->v[i].scope, lasting, lasting == 1 ? "s" : "", r->min,
				r->min_pos.file, r->min_pos.line);
	}
	return RBAC_OK;
}

void change_watch_free(struct watch *w)
{
	for (size_t i = 0; i < w->n; i++)
		free(w->v[i].scope);
	free(w->v);
	lookup_free(&w->at);
	*w = (struct watch){ 0 };
}

/* What else would help where the plan sets the limit, into H; "" where it does not. */
static const char *plan_help(const struct policy_role *r, const char *scope, struct advice *h)
{
	if (r->max_is != POLICY_MAX_PLAN)
		return "";
	snprintf(h->text, sizeof h->text, ", or change the plan: %s",
		 COMMAND("rbacctl scope set %s --plan PLAN", scope));
	return h->text;
}

int change_check_max(struct change *c, int role, const char *scope, struct rbac_window w,
		     const char *what)
{
	return change_check_max_up_to(c, role, scope, w, UINT64_MAX, what);
}

int change_check_max_up_to(struct change *c, int role, const char *scope, struct rbac_window w,
			   uint64_t last, const char *what)
{
	const struct policy_role *r = &c->p->roles[role];
	struct holders h = { 0 };
	unsigned max;
	int err = change_max(c, role, scope, &max);
	if (err || max == UINT_MAX)
		return err;
	err = gather(c, role, scope, last, false, &h);
	w.from = w.from > c->a->now ? w.from : c->a->now; /* what has been is over */
	size_t n = 0;
	if (!err && rules_most_holders(h.v, h.n, w, &n))
		err = change_fail(c, RBAC_NOMEM, "out of memory");
	change_holders_free(&h);
	if (err || n <= max)
		return err;
	return change_fail(
		c, RBAC_REFUSED,
		"refused: %s would make %zu holders of %s at %s\n  rule  %s:%u: max = %u%s%s\n"
		"  first take it from someone (%s)%s",
		what, n, r->name, scope, r->max_pos.file, r->max_pos.line, max,
		r->max_is == POLICY_MAX_PLAN ? ", by the plan's " : "",
		r->max_is == POLICY_MAX_PLAN ? r->max_plan : "",
		COMMAND("rbacctl who %s --scope %s", r->name, scope),
		plan_help(r, scope, &(struct advice){ "" }));
}

int change_check_exclusive(struct change *c, const char *subject, const char *what)
{
	return change_check_exclusive_up_to(c, subject, UINT64_MAX, what);
}

/* Leave out the assignments after id LAST; a group's own are judged like a user's. */
static void only_up_to(struct holdings *h, uint64_t last)
{
	size_t n = 0;
	for (size_t i = 0; i < h->n; i++) {
		free(h->v[i].via);
		h->v[i].via = NULL;
		if (h->v[i].owner || h->v[i].id <= last)
			h->v[n++] = h->v[i];
		else
			free(h->v[i].scope);
	}
	h->n = n;
}

int change_check_exclusive_up_to(struct change *c, const char *subject, uint64_t last,
				 const char *what)
{
	struct holdings h = { 0 };
	struct rules_clash clash = { 0 };
	if (c->p->n_exclusives == 0)
		return RBAC_OK;
	int err = store_holdings(&c->t, c->p, subject, &h);
	if (err)
		change_store_fail(c, err);
	only_up_to(&h, last);
	if (!err)
		err = rules_exclusive(c->p, &h, false, c->a->now, &clash);
	if (err == RBAC_CONFLICT) {
		const struct policy_exclusive *set = &c->p->exclusives[clash.set];
		struct buf roles = { 0 };
		rules_clash_text(c->p, &h, false, &clash, &roles);
		err = change_fail(
			c, RBAC_REFUSED,
			"refused: %s: %s would hold %s together at %s\n"
			"  rule  %s:%u: exclusive \"%s\" allows at most %u of its %zu roles",
			what, subject, buf_text(&roles), clash.scope, set->pos.file, set->pos.line,
			set->name, set->at_most, set->roles.n);
		buf_free(&roles);
	}
	holdings_free(&h);
	return err;
}
