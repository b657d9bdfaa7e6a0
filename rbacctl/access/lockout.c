#include "rbacctl/access/lockout.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "common/decide.h"
#include "rbacctl/host/check_host.h"
#include "rbacctl/access/effective_access.h"
#include "rbacctl/access/members.h"
#include "rbacctl/model/rules.h"

enum { MINUTE = 60, MINUTES_OF_A_DAY = 24 * 60 };

struct search {
	const struct snapshot *snap;
	int64_t now;
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

static bool rule_opens(const struct snapshot *snap, const struct rbac_request *rq,
		       const struct rbac_rule *rule, bool *holds)
{
	struct rbac_verdict v;
	if (rbac_decide_rule(&snap->v, rq, rule, &v))
		return false;
	*holds = v.how != RBAC_HOW_NONE;
	if (!policy_service_is_local(rq->service))
		v.failed &= ~(1u << RBAC_CONDITION_FROM);
	return *holds && !v.failed;
}

/* Does RULE let in at some minute of the day that begins at RQ->now? The hours are looked at again
 * only where all else holds. */
static bool rule_opens_today(const struct snapshot *snap, struct rbac_request rq,
			     const struct rbac_rule *rule)
{
	bool holds = false;
	if (rule_opens(snap, &rq, rule, &holds))
		return true;
	for (int i = 0; i < MINUTES_OF_A_DAY && holds && rule->conditions[RBAC_CONDITION_HOURS].n;
	     i++) {
		bool then;
		rq.now += MINUTE;
		if (rule_opens(snap, &rq, rule, &then))
			return true;
	}
	return false;
}

static bool service_opens(const struct snapshot *snap, const struct rbac_request *rq)
{
	struct rbac_bytes rec;
	struct rbac_rules rules;
	struct rbac_rule rule;
	int err = rbac_view_get(&snap->v, RBAC_REC_LOGIN, rq->service, strlen(rq->service), &rec);
	if (!err)
		err = rbac_rules_decode(rec, &rules);
	while (!err && rbac_rules_next(&rules, &rule) == RBAC_OK)
		if (rule_opens_today(snap, *rq, &rule))
			return true;
	return false;
}

/* RQ->service is filled in here. */
static bool can_log_in(const struct search *s, struct rbac_request *rq)
{
	bool in = false, raises = false, raised = false;
	for (size_t i = 0; i < s->snap->p->n_services; i++) {
		rq->service = s->snap->p->services[i].name;
		bool raise = is_raise(rq->service);
		if (!raise && (in || !policy_service_is_login(rq->service)))
			continue;
		bool opens = service_opens(s->snap, rq);
		in |= !raise && opens;
		raises |= raise;
		raised |= raise && opens;
	}
	return in && (raised || !raises);
}

/* Stops the walk with RBAC_CONFLICT when it has found one. */
static int on_user(void *ctx, const char *user)
{
	struct search *s = ctx;
	struct gids gids = { 0 };
	const struct passwd *pw = getpwnam(user);
	if (!pw || pw->pw_uid == 0 || !effective_access_is_admin(s->snap, user, s->now))
		return RBAC_OK;
	struct rbac_request rq = { .user = user, .uid = pw->pw_uid, .now = s->now };
	int err = gids_of_user(user, &gids);
	rq.groups = gids.v;
	rq.n_groups = gids.n;
	s->found = !err && can_log_in(s, &rq);
	gids_free(&gids);
	return err ? err : s->found ? RBAC_CONFLICT : RBAC_OK;
}

/* Members of Unix groups whom nobody recorded; of a group whose members this host cannot list,
 * whoever they are. */
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
			   can_log_in(s, &rq);
		err = s->found ? RBAC_CONFLICT : RBAC_OK;
	}
	members_free(&m);
	return err;
}

int lockout_somebody_can_act(const struct snapshot *snap, int64_t now, bool *yes)
{
	struct search s = { .snap = snap, .now = now };
	int err = snapshot_users(snap, on_user, &s);
	if (!err)
		err = through_groups(&s);
	*yes = s.found;
	return s.found ? RBAC_OK : err;
}

/* ---- the services ---- */

static bool has(const struct pam_names *n, const char *name)
{
	for (size_t i = 0; i < n->n; i++)
		if (strcmp(n->v[i], name) == 0)
			return true;
	return false;
}

static int judge_services(const struct snapshot *before, const struct snapshot *after,
			  const struct pam_folders *pam, struct buf *why)
{
	struct pam_names was = { 0 }, is = { 0 };
	int err = check_unruled(after->p, pam, &is);
	if (!err && is.n)
		err = check_unruled(before->p, pam, &was);
	for (size_t i = 0; i < is.n && !err; i++)
		if (!has(&was, is.v[i]))
			buf_printf(why,
				   "  the gate of %s has no login rule any more: "
				   "everyone but root and the exempt is denied there\n",
				   is.v[i]);
	pam_names_free(&was);
	pam_names_free(&is);
	return err;
}

int lockout_judge(const struct snapshot *before, const struct snapshot *after,
		  const struct pam_folders *pam, int64_t now, struct buf *why)
{
	bool could = false, can;
	int err = lockout_somebody_can_act(after, now, &can);
	if (!err && !can)
		err = lockout_somebody_can_act(before, now, &could);
	if (!err && could)
		buf_printf(why, "  nobody is left who can log in by the rules within a day and act "
				"as an administrator\n");
	return err ? err : judge_services(before, after, pam, why);
}
