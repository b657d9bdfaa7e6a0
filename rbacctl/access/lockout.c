#include "rbacctl/access/lockout.h"

#include <stdlib.h>
#include <string.h>

#include "common/decide.h"
#include "rbacctl/host/etc/check_host.h"
#include "rbacctl/access/effective_access.h"
#include "rbacctl/access/members.h"
#include "rbacctl/model/rules.h"

enum { MINUTE = 60 };

struct search {
	const struct snapshot *snap;
	int64_t now;
	int minutes;
	bool exempt;                      /* who is exempt counts too */
	const char *from;                 /* the remote host; NULL: some address or other */
	bool (*usable)(const char *user); /* NULL: everybody is */
	bool found;
};

static bool is_raise(const char *service)
{
	static const char *const names[] = { "sudo", "sudo-i", "su", "su-l" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(names[i], service) == 0)
			return true;
	return false;
}

/* ---- one person ---- */

/* Does RULE match at the time of RQ? *WAITS: it matches except for its hours. */
static bool rule_opens(const struct snapshot *snap, const struct rbac_request *rq,
		       const struct rbac_rule *rule, bool *waits)
{
	struct rbac_verdict v;
	*waits = false;
	if (rbac_decide_rule(&snap->v, rq, rule, &v))
		return false;
	if (!policy_service_is_local(rq->service) && !rq->rhost)
		v.failed &= ~(1u << RBAC_CONDITION_FROM);
	bool holds = v.how != RBAC_HOW_NONE;
	*waits = holds && v.failed == 1u << RBAC_CONDITION_HOURS;
	return holds && !v.failed;
}

/* Does RULE match at some minute of the period? */
static bool rule_opens_later(const struct search *s, struct rbac_request rq,
			     const struct rbac_rule *rule)
{
	bool waits;
	if (rule_opens(s->snap, &rq, rule, &waits))
		return true;
	for (int i = 0; i < s->minutes && waits; i++) {
		rq.now += MINUTE;
		if (rule_opens(s->snap, &rq, rule, &waits))
			return true;
	}
	return false;
}

static bool service_opens(const struct search *s, const struct rbac_request *rq)
{
	struct rbac_bytes rec;
	struct rbac_rules rules;
	struct rbac_rule rule;
	struct rbac_verdict v;
	int err = rbac_decide(&s->snap->v, rq, &v);
	if (err || v.why == RBAC_WHY_SUSPENDED)
		return false;
	if (v.why == RBAC_WHY_EXEMPT_USER || v.why == RBAC_WHY_EXEMPT_GROUP)
		if (s->exempt)
			return true;
	err = rbac_view_get(&s->snap->v, RBAC_REC_LOGIN, rq->service, strlen(rq->service), &rec);
	if (!err)
		err = rbac_rules_decode(rec, &rules);
	while (!err && rbac_rules_next(&rules, &rule) == RBAC_OK)
		if (rule_opens_later(s, *rq, &rule))
			return true;
	return false;
}

/* RQ->service is filled in here. ACT: and raise their rights, where a rule is about that. */
static bool can_log_in(const struct search *s, struct rbac_request *rq, bool act)
{
	bool in = false, raises = false, raised = false;
	for (size_t i = 0; i < s->snap->p->n_services; i++) {
		rq->service = s->snap->p->services[i].name;
		bool raise = act && is_raise(rq->service);
		if (!raise && (in || !policy_service_is_login(rq->service)))
			continue;
		bool opens = service_opens(s, rq);
		in |= !raise && opens;
		raises |= raise;
		raised |= raise && opens;
	}
	return in && (raised || !raises);
}

static int look_at(struct search *s, const char *user, bool act)
{
	struct gids gids = { 0 };
	uint32_t uid = accounts_uid(s->snap->accounts, user);
	if (uid == RBAC_NO_UID || uid == 0)
		return RBAC_OK;
	struct rbac_request rq = { .user = user, .uid = uid, .rhost = s->from, .now = s->now };
	int err = accounts_gids(s->snap->accounts, user, &gids);
	rq.groups = gids.v;
	rq.n_groups = gids.n;
	s->found = !err && can_log_in(s, &rq, act);
	gids_free(&gids);
	return err;
}

int lockout_can_log_in(const struct snapshot *snap, const char *user, int64_t now, int minutes,
		       bool *yes)
{
	struct search s = { .snap = snap, .now = now, .minutes = minutes, .exempt = true };
	int err = look_at(&s, user, false);
	*yes = s.found;
	return err;
}

/* ---- somebody ---- */

/* Stops the walk with RBAC_CONFLICT when it has found one. */
static int on_user(void *ctx, const char *user)
{
	struct search *s = ctx;
	if (!effective_access_is_admin(s->snap, user, s->now) || (s->usable && !s->usable(user)))
		return RBAC_OK;
	int err = look_at(s, user, true);
	return err ? err : s->found ? RBAC_CONFLICT : RBAC_OK;
}

/* Unrecorded members of Unix groups; a group whose members this host cannot list counts as one
 * member. */
static int through_groups(struct search *s)
{
	struct members m;
	int err = members_gather(s->snap, NULL, &m);
	for (size_t i = 0; i < m.n && !err; i++)
		err = on_user(s, m.names[i]);
	for (size_t i = 0; i < m.n_open && !err; i++) {
		struct rbac_request rq = { .user = m.open[i].name,
					   .uid = RBAC_NO_UID,
					   .groups = &m.open[i].gid,
					   .n_groups = 1,
					   .now = s->now };
		s->found = effective_access_are_admins(s->snap, m.open[i].gid, s->now) &&
			   can_log_in(s, &rq, true);
		err = s->found ? RBAC_CONFLICT : RBAC_OK;
	}
	members_free(&m);
	return err;
}

int lockout_somebody_can_act(const struct snapshot *snap, int64_t now, int minutes, bool *yes)
{
	return lockout_usable_can_act(snap, now, minutes, NULL, yes);
}

int lockout_usable_can_act(const struct snapshot *snap, int64_t now, int minutes,
			   bool (*usable)(const char *user), bool *yes)
{
	struct search s = { .snap = snap, .now = now, .minutes = minutes, .usable = usable };
	int err = snapshot_users(snap, on_user, &s);
	if (!err)
		err = through_groups(&s);
	*yes = s.found;
	return s.found ? RBAC_OK : err;
}

/* ---- before and after ---- */

/* The question about one of the two views. */
typedef int ask_fn(const struct lockout_question *q, const struct snapshot *snap, const char *user,
		   int minutes, bool *yes);

static int ask_somebody(const struct lockout_question *q, const struct snapshot *snap,
			const char *user, int minutes, bool *yes)
{
	(void)user;
	return lockout_somebody_can_act(snap, q->now, minutes, yes);
}

static int ask_login(const struct lockout_question *q, const struct snapshot *snap,
		     const char *user, int minutes, bool *yes)
{
	return lockout_can_log_in(snap, user, q->now, minutes, yes);
}

static int ask_login_from(const struct lockout_question *q, const struct snapshot *snap,
			  const char *user, int minutes, bool *yes)
{
	struct search s = {
		.snap = snap, .now = q->now, .minutes = minutes, .exempt = true, .from = q->from
	};
	int err = look_at(&s, user, false);
	*yes = s.found;
	return err;
}

/* Can USER act by themselves? */
static int ask_administrator(const struct lockout_question *q, const struct snapshot *snap,
			     const char *user, int minutes, bool *yes)
{
	struct search s = { .snap = snap, .now = q->now, .minutes = minutes };
	int err = on_user(&s, user);
	*yes = s.found;
	return s.found ? RBAC_OK : err;
}

static int lost_within(const struct lockout_question *q, ask_fn *ask, const char *user, int minutes,
		       bool *before, bool *after)
{
	*before = false;
	int err = ask(q, q->after, user, minutes, after);
	return err || *after ? err : ask(q, q->before, user, minutes, before);
}

/* Set *LOST: was it true before, and is it false after the change? */
static int lost(const struct lockout_question *q, ask_fn *ask, const char *user, bool *lost)
{
	bool before, after;
	int err = lost_within(q, ask, user, LOCKOUT_DAY, &before, &after);
	if (!err && !before && !after)
		err = lost_within(q, ask, user, LOCKOUT_WEEK, &before, &after);
	*lost = !err && before && !after;
	return err;
}

/* A change of few subjects leaves an administrator if it removes none of them. The members of a
 * group are not looked up for that. */
static int takes_an_administrator(const struct lockout_question *q, bool *takes)
{
	int err = RBAC_OK;
	*takes = q->all;
	for (size_t i = 0; i < q->n_subjects && !*takes && !err; i++)
		if (q->subjects[i][0] == '%')
			*takes = true;
		else
			err = lost(q, ask_administrator, q->subjects[i], takes);
	return err;
}

static int judge_administrators(const struct lockout_question *q, struct buf *why)
{
	bool locked_out, takes;
	int err = takes_an_administrator(q, &takes);
	if (err || !takes)
		return err;
	err = lost(q, ask_somebody, NULL, &locked_out);
	if (locked_out)
		buf_printf(why, "  nobody is left who can log in by the rules within a day and act "
				"as an administrator\n");
	return err;
}

/* Does the change touch the user who types it, as far as this can be decided without a look-up? */
static bool touches_me(const struct lockout_question *q)
{
	bool yes = q->all;
	for (size_t i = 0; i < q->n_subjects && !yes; i++)
		yes = q->subjects[i][0] == '%' || strcmp(q->subjects[i], q->me) == 0;
	return yes;
}

static int judge_me(const struct lockout_question *q, struct buf *why)
{
	bool locked_out;
	if (!q->me || !touches_me(q))
		return RBAC_OK;
	int err = lost(q, ask_login, q->me, &locked_out);
	if (locked_out)
		buf_printf(why, "  you, %s, could not log in again by the rules within a day\n",
			   q->me);
	if (err || locked_out || !q->from)
		return err;
	err = lost(q, ask_login_from, q->me, &locked_out);
	if (locked_out)
		buf_printf(why,
			   "  you, %s, could not log in again from %s, where you are now, by the "
			   "rules within a day\n",
			   q->me, q->from);
	return err;
}

/* ---- the services ---- */

static bool has(const struct pam_names *n, const char *name)
{
	for (size_t i = 0; i < n->n; i++)
		if (strcmp(n->v[i], name) == 0)
			return true;
	return false;
}

static int judge_services(const struct lockout_question *q, struct buf *why)
{
	struct pam_names was = { 0 }, is = { 0 };
	if (!q->all)
		return RBAC_OK;
	int err = check_unruled(q->after->p, q->pam, &is);
	if (!err && is.n)
		err = check_unruled(q->before->p, q->pam, &was);
	for (size_t i = 0; i < is.n && !err; i++)
		if (!has(&was, is.v[i]))
			buf_printf(why,
				   "  the PAM stack of %s has pam_rbac, but no login rule would "
				   "name %s any more: everyone except root and exempt users would "
				   "be denied\n",
				   is.v[i], is.v[i]);
	pam_names_free(&was);
	pam_names_free(&is);
	return err;
}

int lockout_judge(const struct lockout_question *q, struct buf *why)
{
	int err = judge_administrators(q, why);
	if (!err)
		err = judge_me(q, why);
	return err ? err : judge_services(q, why);
}
