/* Deciding about a request: all rights are judged again when the grant is made. */
#include "rbacctl/change/request/approve.h"
#include "rbacctl/change/request/notices.h"
#include "rbacctl/change/request/request.h"
#include "rbacctl/change/request/void.h"
#include "rbacctl/change/rules/permission.h"
#include "rbacctl/change/rules/request_rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/command.h"
#include "rbacctl/human_time.h"
#include "rbacctl/plain_text.h"

/* Could who asked for R ask again, by a request of the same words? */
static bool may_ask_again(struct change *c, const struct store_request *r)
{
	int role = policy_role_find(c->p, r->role);
	struct buf brings = { 0 }, why = { 0 };
	struct store_request again = *r;

	if (role < 0 || (c->p->roles[role].max_for && r->length > c->p->roles[role].max_for))
		return false;
	request_brings(c->p, role, &brings);
	again.state = REQUEST_PENDING;
	again.expires = RBAC_TIME_MAX;
	again.brings = buf_text(&brings);
	bool may = request_possible(c, &again, &why) == RBAC_OK;
	buf_free(&brings);
	buf_free(&why);
	return may;
}

/* WHY: what stands against it now; "": what is written down. With who asks anew, and how. */
static int refuse_void(struct change *c, const struct store_request *r, const char *why)
{
	unsigned long long id = r->id;
	bool own = strcmp(r->asker, r->user) == 0;
	char length[32], since[48] = "";

	if (r->state == REQUEST_VOID)
		snprintf(since, sizeof since, " since change %llu", (unsigned long long)r->decided);
	why = *why ? why : r->why;
	if (policy_role_find(c->p, r->role) < 0)
		return change_fail(c, RBAC_REFUSED, "refused: request %llu is void%s: %s (%s)", id,
				   since, why, COMMAND("rbacctl list roles"));
	if (!may_ask_again(c, r))
		return change_fail(c, RBAC_REFUSED, "refused: request %llu is void%s: %s", id,
				   since, why);
	policy_duration_print(r->length, length);
	return change_fail(
		c, RBAC_REFUSED, "refused: request %llu is void%s: %s\n  next  %s: %s", id, since,
		why, r->asker,
		own ? COMMAND("rbacctl request %s --scope %s --for %s --reason %s", r->role,
			      r->scope, length, r->reason)
		    : COMMAND("rbacctl request %s --scope %s --for %s --user %s --reason %s",
			      r->role, r->scope, length, r->user, r->reason));
}

int request_need_pending(struct change *c, uint64_t id, struct store_request *r)
{
	struct buf why = { 0 };
	char when[80];
	int err = store_request_get(&c->t, id, r);

	if (err == RBAC_NOTFOUND)
		return change_fail(c, RBAC_INVALID, "there is no request %llu (%s)",
				   (unsigned long long)id, COMMAND("rbacctl requests"));
	if (err)
		return change_store_fail(c, err);
	enum request_is is = change_request_is(c, r, &why);
	if (is == REQUEST_IS_PENDING)
		err = request_possible(c, r, &why);
	if (is == REQUEST_IS_VOID || err == RBAC_REFUSED)
		err = refuse_void(c, r, buf_text(&why));
	else if (is == REQUEST_IS_EXPIRED) {
		human_instant(r->expires, c->a->now, when, sizeof when);
		err = change_fail(c, RBAC_REFUSED, "refused: request %llu has expired %s",
				  (unsigned long long)id, when);
	} else if (is != REQUEST_IS_PENDING)
		err = change_fail(c, RBAC_REFUSED, "refused: request %llu is %s since change %llu",
				  (unsigned long long)id, change_request_word(is),
				  (unsigned long long)r->decided);
	buf_free(&why);
	return err;
}

/* The strings of a record borrow the transaction, which a write ends. */
struct kept {
	struct store_request r;
	char *words[9];
};

static int keep(struct change *c, const struct store_request *r, struct kept *k)
{
	const char **strings[] = { &k->r.asker,    &k->r.user,   &k->r.role,
				   &k->r.scope,    &k->r.reason, &k->r.brings,
				   &k->r.approved, &k->r.why,    &k->r.persons };
	bool done = true;

	k->r = *r;
	for (size_t i = 0; i < sizeof k->words / sizeof *k->words; i++) {
		k->words[i] = strdup(*strings[i]);
		*strings[i] = k->words[i] ? k->words[i] : "";
		done &= k->words[i] != NULL;
	}
	return done ? RBAC_OK : change_fail(c, RBAC_NOMEM, "out of memory");
}

static void let_go(struct kept *k)
{
	for (size_t i = 0; i < sizeof k->words / sizeof *k->words; i++)
		free(k->words[i]);
}

/* ---- the grant ---- */

static int grant(struct change *c, const struct store_request *r, const struct policy_role *role,
		 struct request_approved *out)
{
	/* A request for a time of its own ends with that time, however late it is approved. */
	int64_t counts_from = r->from == RBAC_TIME_MIN ? c->a->now : r->from;
	int64_t begins = r->from > c->a->now ? r->from : c->a->now;
	const struct assign_request q = { .subject = r->user,
					  .role = r->role,
					  .scope = r->scope,
					  .from = r->from == RBAC_TIME_MIN ? r->from : begins,
					  .until = counts_from + r->length,
					  .reason = r->reason,
					  .approved = true,
					  .request = r->id };
	if (q.until <= c->a->now)
		return change_fail(c, RBAC_REFUSED,
				   "refused: the time of request %llu would be over already",
				   (unsigned long long)r->id);
	int err = change_check_extras(c, policy_role_find(c->p, r->role), r->scope,
				      &role->approve_by);

	if (!err)
		err = change_assign(c, &q);
	/* That it was held for this very time is no reason to leave the request open. */
	c->nothing = false;
	out->from = q.from;
	out->until = q.until;
	return err;
}

static int add_approval(struct change *c, struct store_request *r, const struct policy_role *role,
			struct request_approved *out)
{
	struct buf approved = { 0 }, persons = { 0 };
	size_t told;
	int err = request_count_again(c, r, role, &approved, &c->notes);

	if (!err && request_has(buf_text(&approved), c->a->actor.name)) {
		c->nothing = true;
		buf_printf(&c->notes, "%s has approved request %llu already: nothing to do\n",
			   c->a->actor.name, (unsigned long long)r->id);
	}
	if (!c->nothing)
		buf_printf(&approved, "%s ", c->a->actor.name);
	unsigned n = request_count(buf_text(&approved));
	bool more = n < role->approvals;
	out->n = n;
	out->of = role->approvals;
	buf_printf(&persons, "%s", r->persons);
	request_note_persons(c, c->a->actor.name, &persons);
	r->persons = buf_text(&persons);
	r->approved = buf_text(&approved);
	r->state = more ? REQUEST_PENDING : REQUEST_APPROVED;
	r->decided = more ? 0 : c->change;
	if (!err && !c->nothing) {
		buf_printf(&c->done, "request %llu approved (%u of %u): %s ?%s at %s\n",
			   (unsigned long long)r->id, n, role->approvals, r->user, r->role,
			   r->scope);
		err = store_request_put(&c->t, r);
		err = err ? change_store_fail(c, err) : RBAC_OK;
	}
	if (!err && !c->nothing && !more)
		err = grant(c, r, role, out);
	if (!err && !c->nothing && !more)
		err = change_due_request(c, r->id, &c->done, &told);
	buf_free(&approved);
	buf_free(&persons);
	return err;
}

static int shorten(struct change *c, struct store_request *r, int64_t shorter)
{
	if (shorter == 0)
		return RBAC_OK;
	if (shorter > r->length)
		return change_fail(c, RBAC_REFUSED,
				   "refused: an approver may shorten a request, never lengthen it");
	r->length = shorter;
	return RBAC_OK;
}

static int need_there(struct change *c, const struct store_request *r, const char *name)
{
	if (request_is_there(c, name))
		return RBAC_OK;
	return change_fail(c, RBAC_REFUSED,
			   "refused: request %llu: passwd does not have %s as recorded (%s)",
			   (unsigned long long)r->id, name, COMMAND("getent passwd %s", name));
}

static int approve(struct change *c, struct store_request *r, int64_t shorter,
		   struct request_approved *out)
{
	const struct policy_role *role = &c->p->roles[policy_role_find(c->p, r->role)];
	char what[300];

	snprintf(what, sizeof what, "approve %s", r->role);
	int err = request_need_another(c, r);
	if (!err)
		err = need_there(c, r, r->asker);
	if (!err)
		err = need_there(c, r, r->user);
	if (!err)
		err = change_may(c, &role->approve_by, what, r->scope);
	if (!err)
		err = shorten(c, r, shorter);
	return err ? err : add_approval(c, r, role, out);
}

int change_approve(struct change *c, uint64_t id, int64_t shorter, struct request_approved *out)
{
	struct store_request r;
	struct kept k = { .words = { NULL } };

	c->verb = "approve";
	int err = request_need_pending(c, id, &r);
	if (!err)
		err = keep(c, &r, &k);
	if (!err)
		err = approve(c, &k.r, shorter, out);
	snprintf(out->user, sizeof out->user, "%s", k.r.user ? k.r.user : "");
	snprintf(out->role, sizeof out->role, "%s", k.r.role ? k.r.role : "");
	snprintf(out->scope, sizeof out->scope, "%s", k.r.scope ? k.r.scope : "");
	let_go(&k);
	return err;
}

/* ---- deny ---- */

static int deny(struct change *c, struct store_request *r, const char *reason)
{
	const struct policy_role *role = &c->p->roles[policy_role_find(c->p, r->role)];
	char what[300], by[RBAC_USER_MAX + 2];
	size_t told;

	snprintf(what, sizeof what, "deny %s", r->role);
	int err = change_may(c, &role->approve_by, what, r->scope);
	if (err)
		return err;
	buf_printf(&c->done, "request %llu denied: %s ?%s at %s%s%s\n", (unsigned long long)r->id,
		   r->user, r->role, r->scope, reason ? " reason " : "", reason ? reason : "");
	snprintf(by, sizeof by, "%s ", c->a->actor.name);
	r->approved = by;
	r->why = reason ? reason : "";
	r->state = REQUEST_DENIED;
	r->decided = c->change;
	err = store_request_put(&c->t, r);
	return err ? change_store_fail(c, err) : change_due_request(c, r->id, &c->done, &told);
}

int change_deny(struct change *c, uint64_t id, const char *reason)
{
	struct store_request r;
	struct kept k = { .words = { NULL } };

	c->verb = "deny";
	int err = request_need_pending(c, id, &r);
	if (!err && reason && (strlen(reason) > ASSIGN_REASON_MAX || !plain_text_is(reason)))
		err = change_fail(c, RBAC_INVALID,
				  "--reason: expected one line of UTF-8 of at most %d bytes",
				  ASSIGN_REASON_MAX);
	if (!err)
		err = keep(c, &r, &k);
	if (!err)
		err = deny(c, &k.r, reason);
	let_go(&k);
	return err;
}
