/* What is to be told now, by the requests and the assignments that are in the store. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "rbacctl/change/due/due.h"
#include "rbacctl/change/request/notices.h"
#include "rbacctl/change/rules/due_list.h"
#include "rbacctl/command.h"
#include "rbacctl/human_time.h"
#include "rbacctl/store/holdings.h"

/* ---- grants ---- */

/* When A ends, also for nobody reviews it. */
static int64_t end_of(const struct change *c, const struct store_assignment *a)
{
	int role = policy_role_find(c->p, a->role);

	return role < 0 ? a->until : store_window(&c->p->roles[role], a).until;
}

struct next_window {
	const struct change *c;
	const struct store_assignment *one;
	bool goes_on;
};

static int on_other(void *ctx, const struct store_assignment *a)
{
	struct next_window *n = ctx;

	n->goes_on |= a->id != n->one->id && strcmp(a->role, n->one->role) == 0 &&
		      strcmp(a->scope, n->one->scope) == 0 && a->from <= n->one->until &&
		      end_of(n->c, a) > n->one->until;
	return RBAC_OK;
}

static struct store_notice of_grant(const struct store_assignment *a, enum notice_kind kind,
				    int64_t instant)
{
	return (struct store_notice){ .kind = kind,
				      .id = a->id,
				      .instant = instant,
				      .person = a->subject,
				      .role = a->role,
				      .scope = a->scope };
}

static int tell_end(struct due_finding *f, const struct store_assignment *a)
{
	const int64_t begin = a->when > a->from ? a->when : a->from;
	enum notice_kind kind = NOTICE_ENDED;
	int64_t instant = a->until;
	char when[80];

	if (f->now < a->until) {
		kind = f->now >= a->until - DUE_HOUR ? NOTICE_HOUR : NOTICE_DAY;
		instant = a->until - (kind == NOTICE_HOUR ? DUE_HOUR : DUE_DAY);
	}
	if (!due_is_new(f, instant) || instant < begin)
		return RBAC_OK;
	human_date_time(a->until, when, sizeof when);
	return due_add(f, of_grant(a, kind, instant), "%s at %s %s %s", a->role, a->scope,
		       kind == NOTICE_ENDED ? "has ended:" : "ends", when);
}

static int end_sessions(struct due_finding *f, const struct store_assignment *a)
{
	char when[80];

	if (due_is_new(f, a->until))
		return due_add(f, of_grant(a, NOTICE_SESSIONS, a->until),
			       "sessions that need %s at %s end", a->role, a->scope);
	if (f->now < a->until - DUE_WARN || f->now >= a->until)
		return RBAC_OK;
	human_date_time(a->until, when, sizeof when);
	return due_add(f, of_grant(a, NOTICE_WARNING, a->until),
		       "%s at %s ends %s, and this session with it", a->role, a->scope, when);
}

/* Does something of A, which has an end, fall into what is looked at? */
static bool concerns(const struct due_finding *f, const struct store_assignment *a)
{
	return a->subject[0] != '%' && a->until != RBAC_TIME_MAX && a->until > f->since &&
	       a->until - DUE_DAY <= f->now;
}

struct reviewing {
	struct due_finding *f;
	const struct store_assignment *a;
	int64_t instant;
	char when[80];
};

static int on_reviewer(void *ctx, const char *person)
{
	const struct reviewing *r = ctx;
	const struct store_assignment *a = r->a;
	struct store_notice n = of_grant(a, NOTICE_REVIEW, r->instant);

	n.person = person;
	if (strcmp(person, a->subject) == 0 || strcmp(person, a->by) == 0)
		return RBAC_OK;
	return due_add(r->f, n, "%s at %s of %s (%" PRIu64 ") ends %s unless it is reviewed: %s",
		       a->role, a->scope, a->subject, a->id, r->when, COMMAND("rbacctl review"));
}

static int tell_reviewers(struct due_finding *f, const struct store_assignment *a,
			  const struct policy_role *role, int64_t instant)
{
	struct who_scopes one = { (char *[]){ (char *)a->scope }, 1, 1 };
	struct source s = change_source(f->c);
	const struct who_question q = { &s, &role->review_by, &one, -1, f->now };
	struct reviewing r = { .f = f, .a = a, .instant = instant };

	human_date_time(a->until, r.when, sizeof r.when);
	int err = who_each(&q, on_reviewer, &r);
	return err && !f->c->message.len ? change_store_fail(f->c, err) : err;
}

/* A grant that ends for nobody reviews it: who may review it is told, and who holds it; that one is
 * told of the last day with all that end. */
static int tell_review(struct due_finding *f, const struct store_assignment *a, int role)
{
	const int64_t early = a->until - DUE_REVIEW;
	char when[80];
	int err = RBAC_OK;

	if (due_is_new(f, early)) {
		human_date_time(a->until, when, sizeof when);
		err = tell_reviewers(f, a, &f->c->p->roles[role], early);
		if (!err && a->subject[0] != '%')
			err = due_add(f, of_grant(a, NOTICE_REVIEW, early),
				      "%s at %s ends %s unless it is reviewed", a->role, a->scope,
				      when);
	}
	if (!err && due_is_new(f, a->until - DUE_DAY))
		err = tell_reviewers(f, a, &f->c->p->roles[role], a->until - DUE_DAY);
	return err;
}

static int on_assignment(void *ctx, const struct store_assignment *stored)
{
	struct due_finding *f = ctx;
	struct store_assignment effective = *stored;
	const struct store_assignment *a = &effective;
	struct next_window next = { .c = f->c, .one = a };
	int of = policy_role_find(f->c->p, a->role);

	effective.until = end_of(f->c, stored);
	if (a->until < stored->until && a->until > f->since) {
		int told = tell_review(f, a, of);
		if (told)
			return told;
	}
	if (!concerns(f, a))
		return RBAC_OK;
	int err = store_assignments_of(&f->c->t, a->subject, on_other, &next);
	if (err || next.goes_on)
		return err;
	err = tell_end(f, a);
	if (!err && of >= 0 && f->c->p->roles[of].end_sessions)
		err = end_sessions(f, a);
	return err;
}

/* ---- all ---- */

/*
 * From when on is looked. The clock may have been set back: a little, and the last minutes are
 * looked at again; or by more, and *STALE says that the note of it is to be written anew.
 */
static int find_since(struct change *c, struct due_finding *f, bool *stale)
{
	uint64_t since = 0;
	int err = store_number_get(&c->t, "due_time", &since);

	f->since = (int64_t)since;
	if (err == RBAC_NOTFOUND || f->since < f->now - DUE_KEEP)
		f->since = f->now - DUE_KEEP;
	*stale = f->since > f->now + DUE_BACK;
	if (f->since > f->now)
		f->since = f->now - DUE_BACK;
	if (!err || err == RBAC_NOTFOUND)
		err = store_number_get(&c->t, "due_change", &f->seen);
	return err == RBAC_NOTFOUND ? RBAC_OK : err;
}

int change_due_find(struct change *c, struct due_list *out, bool *stale)
{
	struct due_finding f = { .c = c, .out = out, .now = c->a->now };
	int err = find_since(c, &f, stale);

	*out = (struct due_list){ 0 };
	if (!err)
		err = store_requests_pending(&c->t, due_on_pending, &f);
	if (!err)
		err = store_requests_all(&c->t, due_on_request, &f);
	if (!err)
		err = store_assignments_all(&c->t, on_assignment, &f);
	return err && !c->message.len ? change_store_fail(c, err) : err;
}
