/* Asking for a role, and taking that back. */
#include "rbacctl/change/request/approve.h"
#include "rbacctl/change/request/notices.h"
#include "rbacctl/change/request/request.h"
#include "rbacctl/change/rules/matches.h"
#include "rbacctl/change/rules/people.h"
#include "rbacctl/change/rules/permission.h"
#include "rbacctl/change/rules/request_rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/change/rules/scopes.h"
#include "rbacctl/command.h"
#include "rbacctl/human_time.h"
#include "rbacctl/plain_text.h"

enum { DAY = 24 * 3600 };

/* ---- existing requests and roles ---- */

struct counting {
	const struct change *c;
	const char *asker;
	size_t of_one, of_all;
};

static int on_pending(void *ctx, const struct store_request *r)
{
	struct counting *n = ctx;

	if (change_request_is(n->c, r, NULL) != REQUEST_IS_PENDING)
		return RBAC_OK;
	n->of_all++;
	n->of_one += strcmp(r->asker, n->asker) == 0;
	return RBAC_OK;
}

static int too_many(struct change *c, const char *what, size_t n, size_t most)
{
	return change_fail(c, RBAC_REFUSED, "refused: %zu %s, and the limit is %zu (%s)", n, what,
			   most, COMMAND("rbacctl requests"));
}

static int check_numbers(struct change *c)
{
	struct counting n = { .c = c, .asker = c->a->actor.name };
	size_t a_day = 0;
	int err = store_requests_pending(&c->t, on_pending, &n);

	if (!err)
		err = store_asked_since(&c->t, n.asker, c->a->now - DAY, &a_day);
	if (err)
		return change_store_fail(c, err);
	if (n.of_one >= REQUEST_OF_ONE)
		return too_many(c, "of your requests are pending", n.of_one, REQUEST_OF_ONE);
	if (n.of_all >= REQUEST_OF_ALL)
		return too_many(c, "requests are pending on this host", n.of_all, REQUEST_OF_ALL);
	if (a_day >= REQUEST_A_DAY)
		return too_many(c, "requests of yours in 24 hours", a_day, REQUEST_A_DAY);
	return RBAC_OK;
}

/* The same again changes nothing; with other words it is another request. *ID: the old one. */
static int check_same(struct change *c, const struct role_request *q, const char *user,
		      uint64_t *id)
{
	struct store_request r;
	int err = store_request_pending(&c->t, user, q->role, q->scope, &r);

	if (err)
		return err == RBAC_NOTFOUND ? RBAC_OK : change_store_fail(c, err);
	if (change_request_is(c, &r, NULL) != REQUEST_IS_PENDING)
		return RBAC_OK;
	*id = r.id;
	if (r.length == q->length && r.from == q->from && strcmp(r.reason, q->reason) == 0) {
		c->nothing = true;
		buf_printf(&c->notes, "request %llu asks for that already: nothing to do\n",
			   (unsigned long long)r.id);
		return RBAC_OK;
	}
	char number[24];
	snprintf(number, sizeof number, "%llu", (unsigned long long)r.id);
	return change_fail(c, RBAC_REFUSED,
			   "refused: request %s asks for %s at %s for %s, with another length, "
			   "begin or reason; to withdraw it first: %s",
			   number, r.role, r.scope, user, COMMAND("rbacctl cancel %s", number));
}

/* ---- the request itself ---- */

static int check_reason(struct change *c, const char *reason)
{
	if (reason && *reason && strlen(reason) <= ASSIGN_REASON_MAX && plain_text_is(reason))
		return RBAC_OK;
	return change_fail(c, RBAC_INVALID,
			   "--reason: expected one line of UTF-8 of 1 to %d bytes, without control "
			   "characters and without what turns the direction of text",
			   ASSIGN_REASON_MAX);
}

static int check_time(struct change *c, const struct role_request *q,
		      const struct policy_role *role)
{
	if (q->length <= 0)
		return change_fail(c, RBAC_INVALID, "--for: expected how long, as 30m, 4h or 7d");
	if (q->from != RBAC_TIME_MIN && q->from < c->a->now)
		return change_fail(c, RBAC_INVALID,
				   "--from: the begin is in the past; leave it out for the "
				   "instant of the approval");
	if (role->max_for && q->length > role->max_for)
		return change_fail(c, RBAC_REFUSED,
				   "refused: %s is held for at most %s at a time\n"
				   "  rule  %s:%u: max_for = \"%s\"",
				   role->name, role->max_for_text, role->max_for_pos.file,
				   role->max_for_pos.line, role->max_for_text);
	return RBAC_OK;
}

/* For whom, into P, and may the actor ask for them? */
static int find_user(struct change *c, const struct role_request *q, int role, struct person *p)
{
	const struct policy_role *r = &c->p->roles[role];
	char what[300];

	if (!q->user && c->a->actor.root)
		return change_fail(c, RBAC_INVALID, "root needs no role; for somebody: %s",
				   COMMAND("rbacctl request %s --scope %s --for 4h --user USER "
					   "--reason WHY",
					   q->role, q->scope));
	int err = change_person(c, q->user ? q->user : c->a->actor.name, p);
	if (err)
		return err;
	bool own = strcmp(p->name, c->a->actor.name) == 0;
	snprintf(what, sizeof what, "request %s%s%s", r->name, own ? "" : " for ",
		 own ? "" : p->name);
	return change_may(c, own ? &r->request_by : &r->assign_by, what, q->scope);
}

/* What who asks wants to know: until when it waits, for whom, and the way back. */
static void note_request(struct change *c, const struct store_request *r,
			 const struct policy_role *role, size_t told)
{
	struct who_scopes one = { (char *[]){ (char *)r->scope }, 1, 1 };
	struct source s = change_source(c);
	const struct who_question q = { &s, &role->approve_by, &one, -1, c->a->now };
	struct buf may = { 0 };
	char until[80], number[24];

	human_instant(r->expires, c->a->now, until, sizeof until);
	snprintf(number, sizeof number, "%llu", (unsigned long long)r->id);
	change_who_may_but(&q, r->asker, r->user, told, &may);
	buf_printf(&c->notes, "  until         %s\n  may approve   %s\n  withdraw it   %s\n", until,
		   buf_text(&may), COMMAND("rbacctl cancel %s", number));
	buf_free(&may);
}

/* A request for a time of its own is over with that time. */
static int64_t expires(int64_t at, const struct role_request *q)
{
	return q->from != RBAC_TIME_MIN && q->from + q->length < at ? q->from + q->length : at;
}

static int write_request(struct change *c, const struct role_request *q, int role, const char *user)
{
	const struct policy_role *p = &c->p->roles[role];
	struct buf brings = { 0 }, persons = { 0 };
	struct store_request r = { .id = c->change,
				   .made = c->a->now,
				   .expires = expires(c->a->now + p->pending_for, q),
				   .from = q->from,
				   .length = q->length,
				   .asker = c->a->actor.name,
				   .user = user,
				   .role = q->role,
				   .scope = q->scope,
				   .reason = q->reason,
				   .approved = "",
				   .why = "" };

	request_brings(c->p, role, &brings);
	request_note_persons(c, "", &persons);
	r.brings = buf_text(&brings);
	r.persons = buf_text(&persons);
	int err = brings.failed || persons.failed ? RBAC_NOMEM : store_request_put(&c->t, &r);
	if (!err)
		err = store_note_asked(&c->t, r.asker, r.id, r.made);
	buf_free(&brings);
	buf_free(&persons);
	r.persons = "";
	buf_printf(&c->done, "request %llu: %s ?%s at %s for %lld s by %s reason %s\n",
		   (unsigned long long)r.id, user, q->role, q->scope, (long long)q->length, r.asker,
		   q->reason);
	if (err)
		return change_store_fail(c, err);
	size_t told;
	err = change_due_request(c, r.id, &c->done, &told);
	if (!err)
		note_request(c, &r, p, told);
	return err;
}

/* A role that asks for no approval is given at once. */
static int grant_at_once(struct change *c, const struct role_request *q, const char *user)
{
	int64_t begins = q->from > c->a->now ? q->from : c->a->now;
	const struct assign_request r = { .subject = user,
					  .role = q->role,
					  .scope = q->scope,
					  .from = q->from,
					  .until = begins + q->length,
					  .reason = q->reason,
					  .approved = true };

	return change_assign(c, &r);
}

int change_request(struct change *c, const struct role_request *q, uint64_t *id, bool *granted)
{
	struct person p;
	int role = -1, kind;

	c->verb = "request";
	*id = c->change;
	int err = change_find_role(c, q->role, &role);
	if (!err)
		err = change_need_scope(c, q->scope, &kind);
	if (!err && c->p->roles[role].kind != kind)
		err = change_fail(c, RBAC_INVALID,
				  "%s is assigned at a scope of kind %s, and %s is of kind %s",
				  q->role, c->p->kinds[c->p->roles[role].kind].name, q->scope,
				  c->p->kinds[kind].name);
	if (!err)
		err = check_reason(c, q->reason);
	if (!err)
		err = check_time(c, q, &c->p->roles[role]);
	if (!err)
		err = find_user(c, q, role, &p);
	if (!err)
		err = check_same(c, q, p.name, id);
	if (err || c->nothing)
		return err;
	*granted = !c->p->roles[role].approval_required;
	if (*granted)
		return grant_at_once(c, q, p.name);
	err = check_numbers(c);
	if (!err)
		err = request_need_approvers(c, &c->p->roles[role], q, p.name);
	if (!err)
		err = change_record_user(c, &p, false);
	return err ? err : write_request(c, q, role, p.name);
}

/* ---- cancel ---- */

int change_cancel(struct change *c, uint64_t id)
{
	struct store_request r;

	c->verb = "cancel";
	int err = request_need_pending(c, id, &r);
	if (!err && !c->a->actor.root && strcmp(c->a->actor.name, r.asker) != 0 &&
	    strcmp(c->a->actor.name, r.user) != 0)
		err = change_fail(c, RBAC_REFUSED,
				  "refused: request %llu is %s's\n  may   %s%s%s; root",
				  (unsigned long long)id, r.asker, r.asker,
				  strcmp(r.asker, r.user) == 0 ? "" : ", ",
				  strcmp(r.asker, r.user) == 0 ? "" : r.user);
	if (err)
		return err;
	buf_printf(&c->done, "request %llu cancelled: %s ?%s at %s\n", (unsigned long long)id,
		   r.user, r.role, r.scope);
	r.state = REQUEST_CANCELLED;
	r.decided = c->change;
	err = store_request_put(&c->t, &r);
	return err ? change_store_fail(c, err) : RBAC_OK;
}
