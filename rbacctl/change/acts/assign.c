#include "rbacctl/change/acts/acts.h"

#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/change/rules/limits.h"
#include "rbacctl/change/rules/matches.h"
#include "rbacctl/change/rules/on_authority.h"
#include "rbacctl/change/rules/people.h"
#include "rbacctl/change/rules/permission.h"
#include "rbacctl/change/rules/scopes.h"
#include "rbacctl/command.h"
#include "rbacctl/human_time.h"
#include "rbacctl/plain_text.h"

/* ---- assign ---- */

/* By what was asked before the lock was taken, where that has the group. */
static bool find_group(const struct change *c, const char *group, uint32_t *gid)
{
	const struct fact_group *known = facts_group(&c->known.passwd, group);
	const struct group *gr = known ? NULL : getgrnam(group);
	*gid = known ? known->gid : gr ? gr->gr_gid : 0;
	return known ? known->found : gr != NULL;
}

static int check_group(struct change *c, const struct assign_request *r, int role)
{
	const char *group = r->subject + 1;
	if (!rbac_name_is_unix_group(group, strlen(group)))
		return change_fail(c, RBAC_INVALID, "%s: expected %% and the name of a Unix group",
				   r->subject);
	if (c->p->roles[role].max_is != POLICY_MAX_NONE)
		return change_fail(
			c, RBAC_REFUSED,
			"refused: %s has a maximum (%s:%u), and the members of %s cannot be "
			"counted: assign it to users",
			r->role, c->p->roles[role].max_pos.file, c->p->roles[role].max_pos.line,
			r->subject);
	uint32_t gid, flags;
	int err = store_gid_get(&c->t, group, &gid, &flags);
	if (!err && !(flags & STORE_GID_GONE))
		return change_fail(
			c, RBAC_REFUSED,
			"refused: %s is a group that a role makes; include that role in %s "
			"in the policy instead",
			group, r->role);
	if (err && err != RBAC_NOTFOUND)
		return change_store_fail(c, err);
	bool there = find_group(c, group, &gid);
	if (there && (gid == 0 || (gid >= c->p->gid_min && gid <= c->p->gid_max)))
		return change_fail(c, RBAC_REFUSED,
				   "refused: %s has gid %u here, and %s is never a subject: "
				   "nobody would get anything",
				   r->subject, (unsigned)gid,
				   gid ? "a group within the range of roles' groups"
				       : "the group of gid 0");
	if (!there && !r->force)
		return change_fail(c, RBAC_REFUSED,
				   "refused: this host has no group \"%s\" (%s finds none); "
				   "--force assigns it nevertheless",
				   group, COMMAND("getent group %s", group));
	return RBAC_OK;
}

/* The windows that stand beside the new one: one that covers it makes it pointless, and would
 * outlive it. */
static int check_windows(struct change *c, const struct assign_request *r, const struct matches *m)
{
	for (size_t i = 0; i < m->n && !r->replace; i++) {
		const struct store_assignment *a = &m->v[i];
		char end[64];
		if (change_has_ended(c, a))
			continue;
		if (a->from == r->from && a->until == r->until) {
			c->nothing = true;
			buf_printf(&c->notes,
				   "%s already holds %s at %s for this very time "
				   "(assignment %llu): nothing to do\n",
				   r->subject, r->role, r->scope, (unsigned long long)a->id);
			return RBAC_OK;
		}
		if (!change_covers(c, a->from, a->until, r->from, r->until))
			continue;
		human_instant(a->until, c->a->now, end, sizeof end);
		return change_fail(c, RBAC_REFUSED,
				   "refused: %s already holds %s at %s %s%s (assignment %llu), "
				   "so the new assignment would change nothing\n"
				   "  --replace revokes the old one and makes the new one",
				   r->subject, r->role, r->scope,
				   a->until == RBAC_TIME_MAX ? "without end" : "until ",
				   a->until == RBAC_TIME_MAX ? "" : end, (unsigned long long)a->id);
	}
	return RBAC_OK;
}

static size_t permanent(struct change *c, int role, const char *scope)
{
	struct holders h = { 0 };
	size_t n = change_living_holders(c, role, scope, &h)
			   ? 0
			   : rules_permanent_holders(h.v, h.n, c->a->now);
	change_holders_free(&h);
	return n;
}

static int write_assignment(struct change *c, const struct assign_request *r)
{
	struct store_assignment a = {
		.change = c->change,
		.when = c->a->now,
		.from = r->from,
		.until = r->until,
		.subject = r->subject,
		.role = r->role,
		.scope = r->scope,
		.by = c->a->actor.name,
		.reason = r->reason ? r->reason : "",
		.source = r->source     ? r->source
			  : r->approved ? "request"
					: "command",
		.request = r->request,
	};
	int err = store_next_id(&c->t, change_least_id(c), &a.id);
	if (!err)
		err = store_assignment_put(&c->t, &a);
	if (err)
		return change_store_fail(c, err);
	c->last_id = a.id;
	change_given_text(&a, &c->done);
	return RBAC_OK;
}

/* The rules that look at what the store holds after the write. */
static int check_after(struct change *c, const struct assign_request *r, int role,
		       size_t permanent_before)
{
	char what[900];
	struct rbac_window w = { r->from == RBAC_TIME_MIN ? c->a->now : r->from, r->until };
	snprintf(what, sizeof what, "assigning %s to %s", r->role, r->subject);
	int err = r->subject[0] == '%' ? RBAC_OK : change_check_max(c, role, r->scope, w, what);
	if (!err)
		err = change_check_exclusive(c, r->subject, what);
	if (!err)
		err = change_check_length(c, r->subject, c->last_id, UINT64_MAX);
	unsigned min = c->p->roles[role].min;
	if (!err && min && permanent_before >= min && permanent(c, role, r->scope) < min)
		err = change_fail(c, RBAC_REFUSED,
				  "refused: %s is the last who holds %s at %s without end, "
				  "and when the time is over nobody would be left\n"
				  "  rule  %s:%u: min = %u\n"
				  "  first give it to someone else, without --until:\n  %s",
				  r->subject, r->role, r->scope, c->p->roles[role].min_pos.file,
				  c->p->roles[role].min_pos.line, min,
				  COMMAND("rbacctl assign USER %s --scope %s", r->role, r->scope));
	return err;
}

/* --replace also revokes: it needs remove_by, and must not bring the holders below the minimum. */
static int replace(struct change *c, const struct assign_request *r, int role, struct matches *m,
		   struct watch *watch)
{
	char what[200];
	int err = RBAC_OK;
	snprintf(what, sizeof what, "replace %s, which revokes it first,", r->role);
	if (m->n && !r->source)
		err = change_may(c, &c->p->roles[role].remove_by, what, r->scope);
	for (size_t i = 0; i < m->n && !err && !r->source; i++)
		err = change_not_from_file(c, &m->v[i]);
	for (size_t i = 0; i < m->n && !err; i++)
		buf_printf(&c->done, "%s -%s at %s id %llu\n", r->subject, r->role, r->scope,
			   (unsigned long long)m->v[i].id);
	if (!err && m->n)
		err = change_watch(c, watch, role, r->scope);
	return err ? err : change_remove_matches(c, m);
}

static int check_reason(struct change *c, const char *reason)
{
	if (reason && strlen(reason) > ASSIGN_REASON_MAX)
		return change_fail(c, RBAC_INVALID, "--reason: at most %d bytes",
				   ASSIGN_REASON_MAX);
	if (reason && !plain_text_is(reason))
		return change_fail(
			c, RBAC_INVALID,
			"--reason: expected one line of UTF-8, without control characters and "
			"without what turns the direction of text");
	return RBAC_OK;
}

/* Such a role is asked for; a Unix group, which cannot ask, gets it from root. */
static int refuse_unapproved(struct change *c, const struct assign_request *r, int role)
{
	const struct policy_role *p = &c->p->roles[role];
	const char *rule = "approval = \"required\"";
	if (r->subject && r->subject[0] == '%')
		return change_fail(c, RBAC_REFUSED,
				   "refused: only root may give %s to a Unix group\n"
				   "  rule  %s:%u: %s\n  may   root with --as root",
				   p->name, p->approval_pos.file, p->approval_pos.line, rule);
	return change_fail(c, RBAC_REFUSED,
			   "refused: %s is given on request, when another person has approved\n"
			   "  rule  %s:%u: %s\n  next  %s",
			   p->name, p->approval_pos.file, p->approval_pos.line, rule,
			   COMMAND("rbacctl request %s --scope %s --for %s --user %s --reason WHY",
				   p->name, r->scope, p->max_for ? p->max_for_text : "4h",
				   r->subject ? r->subject : "USER"));
}

int change_may_assign(struct change *c, const struct assign_request *r, int *role)
{
	int kind;
	char what[200];
	int err = change_find_role(c, r->role, role);
	if (!err)
		err = change_need_scope(c, r->scope, &kind);
	if (err)
		return err;
	if (c->p->roles[*role].kind != kind)
		return change_fail(c, RBAC_INVALID,
				   "%s is assigned at a scope of kind %s, and %s is of kind %s",
				   r->role, c->p->kinds[c->p->roles[*role].kind].name, r->scope,
				   c->p->kinds[kind].name);
	if (r->source || r->approved)
		return RBAC_OK; /* a file of root's; or another rule has been asked */
	if (c->p->roles[*role].approval_required && !c->a->actor.root)
		return refuse_unapproved(c, r, *role);
	snprintf(what, sizeof what, "assign %s", r->role);
	return change_may_give(c, &c->p->roles[*role].assign_by, what, *role, r->scope);
}

int change_check_window(struct change *c, int64_t from, int64_t until)
{
	if (until != RBAC_TIME_MAX && !policy_time_is_writable(until))
		return change_fail(c, RBAC_INVALID, "the end is after the year 9999");
	if (until > from && until > c->a->now)
		return RBAC_OK;
	return change_fail(c, RBAC_INVALID, "the end is %s: the assignment would never count",
			   until <= from ? "not after the beginning" : "in the past");
}

static int give(struct change *c, const struct assign_request *r, int role)
{
	struct watch watch = { 0 };
	/* A subject has few assignments; a scope may have a million. */
	struct matches m = { .role = r->role, .scope = r->scope };
	size_t before = r->replace && c->p->roles[role].min ? permanent(c, role, r->scope) : 0;
	/* An assignment of a file is made, whatever other assignments there are. */
	int err = r->source && !r->replace ? RBAC_OK : change_find_matches(c, r->subject, &m);
	if (!err)
		err = r->replace  ? replace(c, r, role, &m, &watch)
		      : r->source ? RBAC_OK
				  : check_windows(c, r, &m); /* a file says what it says */
	free(m.v);
	if (err || c->nothing) {
		change_watch_free(&watch);
		return err;
	}
	err = write_assignment(c, r);
	if (!err && !r->judged_later)
		err = check_after(c, r, role, before);
	if (!err)
		err = change_watch_check(c, &watch, "replacing the old assignment");
	change_watch_free(&watch);
	if (!err && !r->judged_later)
		change_note_extras(c, role);
	return err;
}

/* *R says whom it is about by the name that counts; P holds it. */
static int find_subject(struct change *c, struct assign_request *r, int role, struct person *p)
{
	snprintf(c->whom, sizeof(c->whom), "%s", r->subject);
	if (r->subject[0] == '%') {
		int err = change_group(c, &r->subject);
		return err ? err : check_group(c, r, role);
	}
	int err = change_person(c, r->subject, p);
	r->subject = p->name;
	return err ? err : change_record_user(c, p, r->force);
}

static void note_suspended(struct change *c, const char *subject)
{
	struct store_user u;
	if (subject[0] != '%' && !c->nothing && store_user_get(&c->t, subject, &u) == RBAC_OK &&
	    (u.flags & STORE_USER_SUSPENDED))
		buf_printf(&c->notes,
			   "%s is suspended, so none of this counts; to end the suspension: %s\n",
			   subject, COMMAND("rbacctl user resume %s", subject));
}

int change_assign(struct change *c, const struct assign_request *request)
{
	struct assign_request r = *request;
	struct person p;
	int role = -1;
	c->verb = c->verb ? c->verb : "assign";
	int err = check_reason(c, r.reason);
	if (!err)
		err = change_may_assign(c, &r, &role);
	if (!err)
		err = change_check_window(c, r.from, r.until);
	if (!err)
		err = change_check_asked(c, &r, role);
	if (!err)
		err = find_subject(c, &r, role, &p);
	if (!err)
		err = give(c, &r, role);
	if (!err && !r.judged_later && !r.source)
		note_suspended(c, r.subject);
	return err;
}
