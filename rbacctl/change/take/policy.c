/* The fleet's sheet on a member: the policy, who is suspended, the GIDs. */
#include "rbacctl/change/take/steps.h"

#include <stdlib.h>
#include <string.h>

#include "rbacctl/change/rules/people.h"
#include "rbacctl/config/load.h"
#include "rbacctl/host/people/canonical.h"
#include "rbacctl/print_problems.h"

/* What the sheet says; it borrows what arrived. */
struct contents {
	struct fleet_record *v; /* sorted: gids, suspended users, texts by name and part */
	size_t n, cap;
};

static int on_record(void *ctx, const struct fleet_record *rec)
{
	struct contents *x = ctx;

	if (!buf_room(&x->v, x->n, &x->cap, sizeof(*x->v)))
		return RBAC_NOMEM;
	x->v[x->n++] = *rec;
	return RBAC_OK;
}

static int order(const void *a, const void *b)
{
	const struct fleet_record *x = a, *y = b;

	if (x->type != y->type)
		return x->type < y->type ? -1 : 1;
	int c = strcmp(x->name, y->name);
	return c ? c : x->part < y->part ? -1 : x->part > y->part;
}

/* ---- the policy's texts ---- */

/* The parts from *AT on that are of one text. RBAC_DAMAGED: one is missing. */
static int take_text(const struct contents *x, size_t *at, struct policy_sources *out)
{
	const struct fleet_record *first = &x->v[*at];
	struct buf text = { 0 };
	uint32_t part = 0;

	for (;
	     *at < x->n && x->v[*at].type == FLEET_TEXT && strcmp(x->v[*at].name, first->name) == 0;
	     ++*at, part++) {
		if (x->v[*at].part != part || x->v[*at].parts != first->parts)
			break;
		buf_put(&text, x->v[*at].text, x->v[*at].text_len);
	}
	int err = text.failed ? RBAC_NOMEM
		  : part != first->parts
			  ? RBAC_DAMAGED
			  : policy_sources_add(out, first->name, buf_text(&text), text.len);
	buf_free(&text);
	return err;
}

static int texts_of(const struct contents *x, struct policy_sources *out)
{
	int err = RBAC_OK;

	for (size_t i = 0; i < x->n && !err;) {
		if (x->v[i].type == FLEET_TEXT)
			err = take_text(x, &i, out);
		else
			i++;
	}
	return err;
}

static int add_copy(struct policy_sources *to, const struct policy_text *t)
{
	return t ? policy_sources_add(to, t->name, t->text, t->len) : RBAC_OK;
}

/*
 * Nothing was taken yet, so there is no host.conf that was applied: without its own, this host
 * would be of the scope that the authority's rbac.conf names, and let in who has a role there.
 */
static bool is_first(const struct take *k)
{
	return !policy_sources_find(&k->c->sources, "rbac.conf");
}

/* host.conf as it is now; where it cannot be read, as it was applied. RBAC_INVALID: there is none
 * that could count, and REASON says why. */
static int own_text(struct take *k, struct policy_sources *own, struct buf *reason)
{
	struct problems problems = { 0 };
	struct buf why = { 0 };
	int err = policy_sources_read_host(k->c->a->etc, own, &problems);

	if (err == RBAC_INVALID && is_first(k)) {
		problems_excerpt(&problems, reason);
	} else if (err == RBAC_INVALID) {
		problems_excerpt(&problems, &why);
		take_note(k, "host.conf cannot be read, the one that was applied counts: %s",
			  buf_text(&why));
		policy_sources_free(own);
		err = add_copy(own, policy_sources_find(&k->c->sources, "host.conf"));
	}
	problems_free(&problems);
	buf_free(&why);
	return err;
}

/* The policy of SHARED with OWN; *P NULL: it cannot be read here, and WHY says why. */
static int load(const struct policy_sources *shared, const struct policy_text *own,
		struct policy_sources *s, struct policy **p, struct buf *why)
{
	struct problems problems = { 0 };
	int err = policy_sources_copy(shared, s);

	if (!err)
		err = add_copy(s, own);
	if (!err)
		err = policy_load(s, p, &problems);
	if (err == RBAC_INVALID)
		problems_excerpt(&problems, why);
	problems_free(&problems);
	return err;
}

/* What is applied, without host.conf. */
static int applied_texts(const struct policy_sources *applied, struct policy_sources *out)
{
	int err = RBAC_OK;

	for (size_t i = 0; i < applied->n && !err; i++)
		if (strcmp(applied->v[i].name, "host.conf") != 0)
			err = add_copy(out, &applied->v[i]);
	return err;
}

/* Load the new policy with the current host.conf, or with the applied one. */
static int load_either(struct take *k, const struct policy_sources *shared,
		       const struct policy_sources *own, struct policy_sources *s,
		       struct policy **p, struct buf *why)
{
	const struct policy_text *now = policy_sources_find(own, "host.conf"),
				 *before = policy_sources_find(&k->c->sources, "host.conf");
	int err = load(shared, now, s, p, why);

	if (err != RBAC_INVALID || !now || is_first(k))
		return err;
	struct policy_sources instead = { 0 };
	struct buf other = { 0 };
	int again = load(shared, before, &instead, p, &other);
	if (again == RBAC_OK) {
		take_note(k, "host.conf does not fit to the policy, %s counts: %s",
			  before ? "the one that was applied" : "rbac.conf", buf_text(why));
		policy_sources_free(s);
		*s = instead;
		buf_reset(why);
	} else {
		policy_sources_free(&instead);
	}
	buf_free(&other);
	return again == RBAC_OK ? RBAC_OK : err;
}

static int use(struct take *k, struct policy_sources *s, struct policy *p)
{
	struct change *c = k->c;

	c->old = c->p;
	c->old_sources = c->sources;
	c->p = p;
	c->sources = *s;
	*s = (struct policy_sources){ 0 };
	k->rows = true;
	for (size_t i = 0; i < c->sources.n; i++)
		buf_printf(&c->done, "file %s (fleet)\n", c->sources.v[i].name);
	int err = change_read_passwd(c);
	if (!err)
		err = canonical_rules(c->p, &c->passwd, &c->known, NULL);
	return err ? err : store_texts_put(&c->t, c->change, &c->sources);
}

/* *READ: the policy of SHARED is in force now. */
static int take_policy(struct take *k, const struct policy_sources *shared, bool *read)
{
	struct policy_sources own = { 0 }, s = { 0 };
	struct policy *p = NULL;
	struct buf why = { 0 };
	int err = own_text(k, &own, &why);

	*read = true;
	if (!err)
		err = load_either(k, shared, &own, &s, &p, &why);
	if (err == RBAC_INVALID) {
		*read = false;
		take_note(k,
			  is_first(k) ? "left out: the policy cannot be read here, and no role "
					"counts:\n%s"
				      : "left out: the policy cannot be read by this rbacctl, the "
					"one that was applied counts:\n%s",
			  buf_text(&why));
		err = RBAC_OK;
	} else if (!err && !policy_sources_equal(&s, &k->c->sources)) {
		err = use(k, &s, p);
		p = NULL;
	}
	policy_free(p);
	policy_sources_free(&s);
	policy_sources_free(&own);
	buf_free(&why);
	return err;
}

/* ---- suspended users ---- */

struct suspending {
	struct take *k;
	const struct contents *x;
	char **resumed;
	size_t n, cap;
};

static bool is_suspended(const struct contents *x, const char *name)
{
	struct fleet_record key = { .type = FLEET_SUSPENDED, .name = name };

	return x->n && bsearch(&key, x->v, x->n, sizeof(*x->v), order);
}

static int on_user(void *ctx, const char *name, const struct store_user *u)
{
	struct suspending *s = ctx;

	if (!(u->flags & STORE_USER_SUSPENDED) || is_suspended(s->x, name))
		return RBAC_OK;
	if (!buf_room(&s->resumed, s->n, &s->cap, sizeof(*s->resumed)))
		return RBAC_NOMEM;
	s->resumed[s->n] = strdup(name);
	return s->resumed[s->n++] ? RBAC_OK : RBAC_NOMEM;
}

static int set_suspended(struct take *k, const char *name, bool suspended)
{
	struct store_user u;
	int err = store_user_get(&k->c->t, name, &u);

	if (err == RBAC_NOTFOUND)
		u = (struct store_user){ .uid = RBAC_NO_UID, .change = k->c->change };
	else if (err)
		return err;
	uint32_t flags = suspended ? u.flags | STORE_USER_SUSPENDED
				   : u.flags & ~(uint32_t)STORE_USER_SUSPENDED;
	if (!err && flags == u.flags)
		return RBAC_OK;
	u.flags = flags;
	k->rows = true;
	buf_printf(&k->c->done, "user %s %s (fleet)\n", name, suspended ? "suspended" : "resumed");
	return change_put_user(k->c, name, &u);
}

static int take_suspended(struct take *k, const struct contents *x)
{
	struct suspending s = { .k = k, .x = x };
	int err = store_users_all(&k->c->t, on_user, &s);

	for (size_t i = 0; i < x->n && !err; i++)
		if (x->v[i].type == FLEET_SUSPENDED)
			err = set_suspended(k, x->v[i].name, true);
	for (size_t i = 0; i < s.n; i++) {
		if (!err)
			err = set_suspended(k, s.resumed[i], false);
		free(s.resumed[i]);
	}
	free(s.resumed);
	return err;
}

/* ---- GIDs ---- */

static int take_gids(struct take *k, const struct contents *x)
{
	int err = RBAC_OK;

	for (size_t i = 0; i < x->n && !err; i++) {
		const struct fleet_record *r = &x->v[i];
		uint32_t gid, flags, want = r->gone ? STORE_GID_GONE : 0;
		if (r->type != FLEET_GID)
			continue;
		err = store_gid_get(&k->c->t, r->name, &gid, &flags);
		if (!err && gid == r->gid && flags == want)
			continue;
		if (err && err != RBAC_NOTFOUND)
			return err;
		k->rows = true;
		buf_printf(&k->c->done, "group %s gid %u%s (fleet)\n", r->name, r->gid,
			   r->gone ? " gone" : "");
		err = store_gid_put(&k->c->t, r->name, r->gid, want);
	}
	return err;
}

/* ---- all of it ---- */

static int take_new(struct take *k, const struct fleet_judgement *j, bool *read)
{
	struct policy_sources shared = { 0 };
	struct contents x = { 0 };
	int err = fleet_judgement_each(j, on_record, &x);

	if (x.n)
		qsort(x.v, x.n, sizeof(*x.v), order);
	if (!err)
		err = texts_of(&x, &shared);
	if (err == RBAC_DAMAGED) {
		*read = false;
		take_note(k, "left out: a text of the policy is not whole");
		err = RBAC_OK;
	} else if (!err) {
		err = take_policy(k, &shared, read);
	}
	if (!err)
		err = take_suspended(k, &x);
	if (!err)
		err = take_gids(k, &x);
	free(x.v);
	policy_sources_free(&shared);
	return err;
}

static int take_own(struct take *k, bool *read)
{
	struct policy_sources shared = { 0 };
	int err = applied_texts(&k->c->sources, &shared);

	if (!err)
		err = take_policy(k, &shared, read);
	policy_sources_free(&shared);
	return err;
}

int take_fleet(struct take *k, const struct fleet_judgement *j)
{
	bool read = true;
	int err = j ? take_new(k, j, &read) : take_own(k, &read);

	if (err)
		return change_store_fail(k->c, err);
	if (!j)
		return RBAC_OK;
	err = take_taken(k, FLEET_SHEET, j);
	if (err || read)
		return err;
	/* It is looked at again each time: a newer rbacctl may come. */
	struct store_sheet s;
	err = store_sheet_get(&k->c->t, FLEET_SHEET, &s);
	s.here = false;
	if (!err)
		err = store_sheet_put(&k->c->t, FLEET_SHEET, &s);
	return err ? change_store_fail(k->c, err) : RBAC_OK;
}
