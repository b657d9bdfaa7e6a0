#include "rbacctl/access/impact.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "rbacctl/access/impact_parts.h"
#include "rbacctl/access/members.h"
#include "rbacctl/host/nss/accounts.h"
#include "rbacctl/model/rules.h"

/* ---- everybody ---- */

static int on_user(void *ctx, const char *user)
{
	return impact_user(ctx, user);
}

/* Users that only the new view has. */
static int on_new_user(void *ctx, const char *user)
{
	struct impact_work *w = ctx;
	return snapshot_has_user(w->old, user) ? RBAC_OK : impact_user(w, user);
}

/* Root is always allowed, so its groups do not matter; a user who is not in passwd cannot log in.
 */
static bool counts(const struct impact_work *w, const char *name)
{
	uint32_t uid = accounts_uid(w->new->accounts, name);
	return uid != 0 && uid != RBAC_NO_UID;
}

static int on_members(struct impact_work *w, const struct members *m)
{
	int err = RBAC_OK;
	for (size_t i = 0; i < m->n && !err; i++)
		if (counts(w, m->names[i]))
			err = impact_user(w, m->names[i]);
	for (size_t i = 0; i < m->n_open && !err; i++)
		err = impact_members(w, m->open[i].name, m->open[i].gid);
	return err;
}

static int every_subject(struct impact_work *w)
{
	struct members m = { 0 };
	int err = snapshot_users(w->old, on_user, w);
	if (!err)
		err = snapshot_users(w->new, on_new_user, w);
	if (!err)
		err = members_gather(w->old, w->new, &m);
	if (!err)
		err = on_members(w, &m);
	members_free(&m);
	return err;
}

/* ---- effects of the policy itself, which concern no listed user ---- */

/* The rule of P for SERVICE that has `anyone`; NULL: none. */
static const struct policy_login *anyone(const struct policy *p, const char *service)
{
	const struct policy_service *s = policy_service_find(p, service);
	for (size_t i = 0; s && i < s->n; i++)
		if (p->logins[s->rules[i]].anyone)
			return &p->logins[s->rules[i]];
	return NULL;
}

/* If a rule with `anyone` appears or disappears: every account of the host. */
static int everybody_else(struct impact_work *w, const struct policy *of,
			  const struct policy *other, bool gain)
{
	int err = RBAC_OK;
	for (size_t i = 0; i < of->n_services && !err; i++) {
		char text[80];
		const char *service = of->services[i].name;
		const struct policy_login *rule = anyone(of, service);
		if (!rule || anyone(other, service))
			continue;
		snprintf(text, sizeof text, "%.60s:%u", rule->pos.file, rule->pos.line);
		const struct impact_line l = { .kind = IMPACT_ANYONE,
					       .gain = gain,
					       .what = service,
					       .rule = text,
					       .at = RBAC_TIME_MIN };
		err = impact_count(w->out, &l, NULL, "");
	}
	return err;
}

struct groups {
	struct impact_work *w;
	const struct snapshot *other; /* what has a group is judged by its gid and its name */
	bool gain;
};

static int on_role_group(void *ctx, const char *name, uint32_t gid)
{
	struct groups *g = ctx;
	struct rbac_bytes rec;
	struct rbac_group there;
	uint8_t key[RBAC_NUMBER_KEY];
	const struct impact_line l = { .kind = IMPACT_ROLE_GROUP,
				       .gain = g->gain,
				       .what = name,
				       .number = gid,
				       .at = RBAC_TIME_MIN };
	rbac_number_key(key, gid);
	int err = rbac_view_get(&g->other->v, RBAC_REC_GID, key, sizeof key, &rec);
	if (!err)
		err = rbac_group_decode(rec, &there);
	bool same = !err && strcmp((const char *)there.name, name) == 0;
	if (err && err != RBAC_NOTFOUND)
		return err;
	return same ? RBAC_OK : impact_count(g->w->out, &l, NULL, "");
}

static int of_policy(struct impact_work *w)
{
	int err = everybody_else(w, w->old->p, w->new->p, false);
	if (!err)
		err = everybody_else(w, w->new->p, w->old->p, true);
	if (!err)
		err = snapshot_groups(w->old, on_role_group, &(struct groups){ w, w->new, false });
	if (!err)
		err = snapshot_groups(w->new, on_role_group, &(struct groups){ w, w->old, true });
	return err;
}

static int all(struct impact_work *w)
{
	int err = every_subject(w);
	if (!err)
		err = of_policy(w);
	if (!err)
		err = impact_minimum(w, NULL, 0);
	w->out->admins_known = !err;
	return err;
}

/* ---- only the users that the change touched ---- */

/* The users of Q and the members of its groups, each once. */
static int touched(const struct impact_question *q, struct members *m)
{
	const char **groups = calloc(q->n_subjects + 1, sizeof *groups);
	size_t n = 0;
	if (!groups)
		return RBAC_NOMEM;
	for (size_t i = 0; i < q->n_subjects; i++)
		if (q->subjects[i][0] == '%')
			groups[n++] = q->subjects[i] + 1;
	int err = members_of_groups(groups, n, m);
	free(groups);
	return err;
}

static bool has(const struct members *m, const char *name)
{
	for (size_t i = 0; i < m->n; i++)
		if (strcmp(m->names[i], name) == 0)
			return true;
	return false;
}

static bool is_recorded_now(const struct impact_work *w, const char *subject)
{
	return subject[0] != '%' && snapshot_has_user(w->new, subject) &&
	       !snapshot_has_user(w->old, subject);
}

/* Is UID that of somebody whom the change recorded? Another name with it has no roles from now on.
 */
static bool recorded_now(const struct impact_work *w, const struct impact_question *q, uint32_t uid)
{
	for (size_t i = 0; i < q->n_subjects; i++)
		if (is_recorded_now(w, q->subjects[i]) &&
		    accounts_uid(w->new->accounts, q->subjects[i]) == uid)
			return true;
	return false;
}

static bool records_somebody(const struct impact_work *w, const struct impact_question *q)
{
	for (size_t i = 0; i < q->n_subjects; i++)
		if (is_recorded_now(w, q->subjects[i]))
			return true;
	return false;
}

/* The other names in passwd of users who are recorded now, which had what they had through Unix
 * groups; those of DONE were looked at. */
static int second_names(struct impact_work *w, const struct impact_question *q,
			const struct members *done)
{
	struct members m = { 0 };
	int err = records_somebody(w, q) ? members_gather(w->old, w->new, &m) : RBAC_OK;
	for (size_t i = 0; i < m.n && !err; i++)
		if (counts(w, m.names[i]) && !has(done, m.names[i]) &&
		    recorded_now(w, q, accounts_uid(w->new->accounts, m.names[i])))
			err = impact_user(w, m.names[i]);
	members_free(&m);
	return err;
}

static int some(struct impact_work *w, const struct impact_question *q)
{
	struct members m = { 0 };
	int err = touched(q, &m);
	for (size_t i = 0; i < q->n_subjects && !err; i++)
		if (q->subjects[i][0] != '%' && !has(&m, q->subjects[i]))
			err = impact_user(w, q->subjects[i]);
	if (!err)
		err = on_members(w, &m);
	if (!err)
		err = second_names(w, q, &m);
	if (!err && q->n_subjects)
		err = impact_minimum(w, q->subjects, q->n_subjects);
	members_free(&m);
	return err;
}

/* ---- who can administer, if only some users were compared ---- */

struct administrators {
	const struct snapshot *snap;
	int64_t now;
	struct impact_names *out;
};

static int on_administrator(void *ctx, const char *user)
{
	struct administrators *a = ctx;
	if (effective_access_is_admin(a->snap, user, a->now))
		impact_add_name(a->out, user, "");
	return RBAC_OK;
}

static int list_administrators(const struct snapshot *snap, int64_t now, struct impact_names *out)
{
	struct administrators a = { snap, now, out };
	struct members m = { 0 };
	buf_reset(&out->text);
	out->n = 0;
	int err = snapshot_users(snap, on_administrator, &a);
	if (!err)
		err = members_gather(snap, NULL, &m);
	for (size_t i = 0; i < m.n && !err; i++)
		err = on_administrator(&a, m.names[i]);
	for (size_t i = 0; i < m.n_open && !err; i++)
		if (effective_access_are_admins(snap, m.open[i].gid, now))
			impact_add_name(out, m.open[i].name, "");
	members_free(&m);
	return err;
}

static int know_administrators(struct impact_work *w, struct snapshot *a, struct snapshot *b,
			       struct accounts *accounts)
{
	struct impact *i = w->out;
	if (i->admins_known || !i->admins_changed)
		return RBAC_OK;
	bool read = a->accounts && !a->accounts->memo;
	int err = read ? RBAC_OK : members_accounts(a, b, accounts);
	if (!err)
		err = list_administrators(w->old, w->now, &i->admins_before);
	if (!err)
		err = list_administrators(w->new, w->now, &i->admins);
	i->admins_known = !err;
	return err;
}

/* Few users are looked up one by one; for many, passwd and group are read once. */
enum { ASK_AT_MOST = 16 };

static bool many(const struct impact_work *w, const struct impact_question *q)
{
	for (size_t i = 0; i < q->n_subjects; i++)
		if (q->subjects[i][0] == '%')
			return true;
	return q->all || q->n_subjects > ASK_AT_MOST || records_somebody(w, q);
}

int impact_of(const struct impact_question *q, struct impact *out)
{
	struct accounts accounts = { 0 };
	struct snapshot a = *q->before, b = *q->after; /* they borrow; the accounts are theirs */
	struct impact_work w = { .old = &a, .new = &b, .me = q->me, .now = q->now, .out = out };
	*out = (struct impact){ .n = 0 };
	snprintf(out->me, sizeof out->me, "%s", q->me ? q->me : "");
	int err = many(&w, q) ? members_accounts(&a, &b, &accounts) : RBAC_OK;
	if (!err)
		err = impact_keys_begin(&w);
	if (!err)
		err = q->all ? all(&w) : some(&w, q);
	if (!err)
		err = know_administrators(&w, &a, &b, &accounts);
	impact_keys_end(&w);
	accounts_free(&accounts);
	return err;
}
