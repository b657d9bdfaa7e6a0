#include "rbacctl/cmd/explain_why.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "rbacctl/change/read/records.h"
#include "rbacctl/host/nss/unix_group.h"
#include "rbacctl/human_time.h"
#include "rbacctl/model/rules.h"
#include "rbacctl/plain_text.h"

/* A question, and where its answer goes. */
struct asking {
	const struct question *q;
	struct buf *out;
};

static int on_assignment(void *ctx, const struct store_assignment *x,
			 const struct records_review *v)
{
	const struct asking *k = ctx;
	struct buf reason = { 0 };
	char rel[64];
	plain_text_escape(&reason, x->reason);
	buf_printf(k->out, "assigned by %s (%" PRIu64 ")", x->by, x->id);
	if (x->request)
		buf_printf(k->out, ", request %" PRIu64, x->request);
	buf_printf(k->out, "%s%s", reason.len ? ", " : "", buf_text(&reason));
	if (x->reviewed) {
		human_relative(x->reviewed, k->q->t, rel, sizeof rel);
		buf_printf(k->out, ", reviewed %s by %s", rel, x->reviewed_by);
	}
	if (v->due != RBAC_TIME_MAX) {
		human_relative(v->due, k->q->t, rel, sizeof rel);
		buf_printf(k->out, ", review due %s", rel);
	}
	buf_free(&reason);
	return RBAC_OK;
}

/* Who gave assignment ID: only who can read the store is told. */
static void say_giver(const struct question *q, uint64_t id, struct buf *out)
{
	if (records_assignment(q->a->store, id, on_assignment, &(struct asking){ q, out }))
		buf_printf(out, "assignment %" PRIu64, id);
}

static int on_ended(void *ctx, const struct store_assignment *x, const struct records_review *v)
{
	bool *unreviewed = ctx;

	*unreviewed = v->ends < x->until;
	return RBAC_OK;
}

/* Did assignment ID, which is over, end for nobody reviewed it? */
static bool ended_unreviewed(const struct question *q, uint64_t id)
{
	bool unreviewed = false;

	return records_assignment(q->a->store, id, on_ended, &unreviewed) == RBAC_OK && unreviewed;
}

/* The login rule number N; NULL: the view and the policy in it do not agree. */
static const struct policy_login *login_rule(const struct snapshot *snap, unsigned number)
{
	return number >= 1 && number <= snap->p->n_logins ? &snap->p->logins[number - 1] : NULL;
}

/* The key or role of RULE that role ROLE brings, as a path. */
static void say_path(const struct question *q, const struct policy_login *rule,
		     const struct rbac_grant *g, const char *via, struct buf *out)
{
	const struct policy *p = q->snap->p;
	struct buf path = { 0 };
	char scope[RBAC_SCOPE_MAX + 1];
	int role = (int)g->role, key, target;
	if (g->role >= p->n_roles)
		return;
	snprintf(scope, sizeof scope, "%.*s", (int)g->scope.len, (const char *)g->scope.p);
	policy_rule_by(p, rule, role, &key, &target);
	struct held e = { .role = role,
			  .scope = scope,
			  .owner = g->flags & RBAC_GRANT_OWNER,
			  .via = (char *)via };
	if (key >= 0 || target >= 0)
		held_path_text(p, &e, key, target, &path);
	buf_printf(out, "%s\n", buf_text(&path));
	buf_free(&path);
}

static void say_allowed(const struct question *q, const struct rbac_verdict *v, struct buf *out)
{
	const struct policy_login *rule = login_rule(q->snap, v->rule);
	char via[RBAC_UNIX_GROUP_MAX + 2] = "", ends[64];
	if (v->via_group)
		unix_group_name(v->gid, via, sizeof via);
	if (v->why == RBAC_WHY_EXEMPT_USER || v->why == RBAC_WHY_EXEMPT_GROUP) {
		buf_printf(out, "  exempt by rbac.conf:%u, whatever roles they hold\n",
			   v->why == RBAC_WHY_EXEMPT_USER ? q->snap->p->exempt_users.pos.line
							  : q->snap->p->exempt_groups.pos.line);
		return;
	}
	buf_printf(out, "  rule %u (%.*s:%u)  ", v->rule, (int)v->file.len, (const char *)v->file.p,
		   v->line);
	if (v->how == RBAC_HOW_ROLE && rule) {
		say_path(q, rule, &v->grant, v->via_group ? via : NULL, out);
		human_relative(v->grant.window.until, q->t, ends, sizeof ends);
		buf_printf(out, "  ");
		if (v->grant.flags & RBAC_GRANT_OWNER)
			buf_printf(out, "as the owner of %.*s", (int)v->grant.scope.len,
				   (const char *)v->grant.scope.p);
		else
			say_giver(q, v->grant.id, out);
		buf_printf(out, ", %s%s\n",
			   v->grant.window.until == RBAC_TIME_MAX ? "without end" : "ends ",
			   v->grant.window.until == RBAC_TIME_MAX ? "" : ends);
	} else {
		buf_printf(out, "%s\n",
			   v->how == RBAC_HOW_ANYONE ? "anyone"
			   : v->how == RBAC_HOW_USER ? "names the user"
						     : "names a Unix group of the user");
	}
}

/* What a rule asks for, in words. */
static void say_needs(const struct policy *p, const struct policy_login *rule, struct buf *out)
{
	size_t n = 0;
	for (size_t i = 0; i < rule->keys.n; i++)
		buf_printf(out, "%skey %s", n++ ? " or " : "needs ", p->keys[rule->keys.v[i]].name);
	for (size_t i = 0; i < rule->roles.n; i++)
		buf_printf(out, "%srole %s", n++ ? " or " : "needs ",
			   p->roles[rule->roles.v[i]].name);
	for (size_t i = 0; i < rule->users.n; i++)
		buf_printf(out, "%suser %s", n++ ? " or " : "needs ", rule->users.v[i]);
	for (size_t i = 0; i < rule->groups.n; i++)
		buf_printf(out, "%sUnix group %s", n++ ? " or " : "needs ", rule->groups.v[i]);
	if (rule->anyone)
		buf_printf(out, "anyone");
	else if (!n)
		buf_printf(out, "lets nobody in: its lists are empty");
}

/* What USER held for RULE and holds no longer, or not yet, or not here. */
static void say_almost(const struct question *q, const struct policy_login *rule, struct buf *out)
{
	const struct policy *p = q->snap->p;
	for (size_t i = 0; i < q->h->n; i++) {
		const struct held *e = &q->h->v[i];
		char rel[64];
		if (!policy_rule_takes(p, rule, e->role))
			continue;
		if (e->window.until <= q->t) {
			human_relative(e->window.until, q->t, rel, sizeof rel);
			buf_printf(out, "; %s's %s ended %s (assignment %" PRIu64 "%s)", q->user,
				   p->roles[e->role].name, rel, e->id,
				   ended_unreviewed(q, e->id) ? ", which nobody reviewed" : "");
		} else if (e->window.from > q->t) {
			human_relative(e->window.from, q->t, rel, sizeof rel);
			buf_printf(out, "; %s's %s begins %s (assignment %" PRIu64 ")", q->user,
				   p->roles[e->role].name, rel, e->id);
		} else {
			buf_printf(out, "; %s holds %s at %s, which does not count here", q->user,
				   p->roles[e->role].name, e->scope);
		}
		return;
	}
	buf_printf(out, "; %s has none of these", q->user);
}

/* "; the user matches it, but not within the hours 08:00-18:00; nor from 192.0.2.0/24" */
static void say_conditions(const struct question *q, const struct policy_login *rule,
			   unsigned failed, struct buf *out)
{
	const char *before = "; the user matches it, but not ";
	for (int k = RBAC_CONDITIONS; k-- > 0;) {
		const struct policy_strs *texts = &rule->conditions[k].texts;
		if (!(failed >> k & 1))
			continue;
		buf_printf(out, "%s%s ", before, policy_conditions[k].within);
		for (size_t j = 0; j < texts->n; j++)
			buf_printf(out, "%s%s", j ? ", " : "", texts->v[j]);
		before = "; nor ";
	}
	if (failed >> RBAC_CONDITION_FROM & 1)
		buf_printf(out, " (the remote host is %s)",
			   q->rhost && *q->rhost ? q->rhost : "not known: name it with --rhost");
}

static int say_rules(const struct question *q, const struct rbac_verdict *verdict, struct buf *out)
{
	const struct policy_service *service = policy_service_find(q->snap->p, q->service);
	for (size_t i = 0; service && i < service->n; i++) {
		const struct policy_login *rule = &q->snap->p->logins[service->rules[i]];
		buf_printf(out, "  rule %u (%s:%u)  ", rule->number, rule->pos.file,
			   rule->pos.line);
		say_needs(q->snap->p, rule, out);
		if (verdict->why == RBAC_WHY_OUTSIDE && verdict->rule == rule->number) {
			say_conditions(q, rule, verdict->failed, out);
		} else {
			say_almost(q, rule, out);
		}
		buf_printf(out, "\n");
	}
	return RBAC_OK;
}

static void say_denied(const struct question *q, const struct rbac_verdict *v, struct buf *out)
{
	switch (v->why) {
	case RBAC_WHY_SUSPENDED:
		if (v->recorded.len)
			buf_printf(out,
				   "  %s is a second name of %.*s, whom the uid was recorded for, "
				   "and who is suspended: that denies everything\n",
				   q->user, (int)v->recorded.len, (const char *)v->recorded.p);
		else
			buf_printf(out, "  %s is suspended, which denies everything\n", q->user);
		break;
	case RBAC_WHY_NO_SERVICE:
		buf_printf(out, "  no login rule of rbac.conf names the service %s\n", q->service);
		break;
	case RBAC_WHY_UID:
		buf_printf(
			out,
			"  %s has another uid than the recorded one (%u): the roles do not count\n",
			q->user, q->h->uid);
		break;
	case RBAC_WHY_SECOND:
		buf_printf(out,
			   "  %s is a second name of %.*s, whom the uid was recorded for: "
			   "this name has no roles, not even through Unix groups\n",
			   q->user, (int)v->recorded.len, (const char *)v->recorded.p);
		say_rules(q, v, out);
		break;
	case RBAC_WHY_UNKNOWN:
		buf_printf(out, "  %s was never recorded here, and no group assignment applies\n",
			   q->user);
		say_rules(q, v, out);
		break;
	default:
		say_rules(q, v, out);
	}
}

void explain_why(const struct question *q, const struct rbac_verdict *v, struct buf *out)
{
	if (v->allow)
		say_allowed(q, v, out);
	else
		say_denied(q, v, out);
}
