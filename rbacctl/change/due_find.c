/* What is to be told now, by the requests and the assignments that are in the store. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/change/due.h"
#include "rbacctl/change/request_rules.h"
#include "rbacctl/command.h"
#include "rbacctl/human_time.h"
#include "rbacctl/store/holdings.h"

struct finding {
	struct change *c;
	struct due_list *out;
	int64_t since, now; /* instants after SINCE, up to NOW */
	uint64_t seen;      /* changes up to this one were looked at */
};

/* ---- the list ---- */

static char *copy(struct due_list *l, const char *text)
{
	char *own = strdup(text ? text : "");

	l->failed |= own == NULL;
	return own;
}

void due_list_add(struct due_list *l, const struct store_notice *n)
{
	if (!buf_room(&l->v, l->n, &l->cap, sizeof *l->v)) {
		l->failed = true;
		return;
	}
	struct store_notice *own = &l->v[l->n++];
	*own = *n;
	own->person = copy(l, n->person);
	own->role = copy(l, n->role);
	own->scope = copy(l, n->scope);
	own->text = copy(l, n->text);
	own->why = copy(l, n->why);
}

void due_list_free(struct due_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct store_notice *n = &l->v[i];
		free((char *)n->person);
		free((char *)n->role);
		free((char *)n->scope);
		free((char *)n->text);
		free((char *)n->why);
	}
	free(l->v);
	*l = (struct due_list){ 0 };
}

/* ---- one notice ---- */

uint32_t change_due_ways(const struct policy *p, enum notice_kind kind)
{
	if (kind == NOTICE_SESSIONS)
		return NOTICE_END;
	if (kind == NOTICE_WARNING)
		return NOTICE_WRITE;
	return NOTICE_LOG | (p->notify.exec ? NOTICE_EXEC : 0u) |
	       (p->notify.mail ? NOTICE_MAIL : 0u) | (p->notify.write ? NOTICE_WRITE : 0u);
}

/* Add N, of which kind, id, instant, person, role and scope are set, unless it is there. */
static int add(struct finding *f, struct store_notice n, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
static int add(struct finding *f, struct store_notice n, const char *fmt, ...)
{
	char text[2048];
	va_list ap;
	int err = store_notice_has(&f->c->t, &n);

	if (err != RBAC_NOTFOUND)
		return err ? change_store_fail(f->c, err) : RBAC_OK;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	n.made = n.next = f->now;
	n.left = change_due_ways(f->c->p, n.kind);
	n.text = text;
	n.why = "";
	due_list_add(f->out, &n);
	return f->out->failed ? change_fail(f->c, RBAC_NOMEM, "out of memory") : RBAC_OK;
}

static bool is_new(const struct finding *f, int64_t instant)
{
	return instant > f->since && instant <= f->now;
}

/* ---- requests ---- */

static struct store_notice of_request(const struct store_request *r, enum notice_kind kind,
				      int64_t instant, const char *person)
{
	return (struct store_notice){ .kind = kind,
				      .id = r->id,
				      .instant = instant,
				      .person = person,
				      .role = r->role,
				      .scope = r->scope };
}

static bool was_told(struct finding *f, const struct store_request *r, enum notice_kind kind,
		     const char *person)
{
	struct store_notice n = of_request(r, kind, r->made, person);

	return store_notice_has(&f->c->t, &n) == RBAC_OK;
}

static int tell_approver(struct finding *f, const struct store_request *r, const char *person)
{
	int64_t half = r->made + (r->expires - r->made) / 2;
	bool again = f->now >= half && was_told(f, r, NOTICE_ASKED, person);
	char length[64], until[80], number[24];

	if (strcmp(person, r->asker) == 0 || strcmp(person, r->user) == 0 ||
	    request_has(r->approved, person))
		return RBAC_OK;
	snprintf(number, sizeof number, "%" PRIu64, r->id);
	human_length(r->length, length, sizeof length);
	human_date_time(r->expires, until, sizeof until);
	return add(
		f,
		of_request(r, again ? NOTICE_HALF : NOTICE_ASKED, again ? half : r->made, person),
		"request %" PRIu64 ": %s asks for %s at %s for %s%s%s, until %s: %s; to decide: "
		"%s, %s",
		r->id, r->asker, r->role, r->scope, length,
		strcmp(r->asker, r->user) == 0 ? "" : " for ",
		strcmp(r->asker, r->user) == 0 ? "" : r->user, until, r->reason,
		COMMAND("rbacctl approve %s", number), COMMAND("rbacctl deny %s", number));
}

static int tell_approvers(struct finding *f, const struct store_request *r)
{
	const struct policy_role *role = &f->c->p->roles[policy_role_find(f->c->p, r->role)];
	struct who_scopes one = { (char *[]){ (char *)r->scope }, 1, 1 };
	struct source s = change_source(f->c);
	const struct who_question q = { &s, &role->approve_by, &one, -1, f->now };
	struct who w;
	int err = who_may(&q, &w);

	if (err)
		return change_store_fail(f->c, err);
	for (size_t i = 0; i < w.n && !err; i++)
		err = tell_approver(f, r, w.names[i]);
	return err;
}

static int tell_void(struct finding *f, const struct store_request *r, const char *why)
{
	return add(f, of_request(r, NOTICE_VOID, r->made, r->asker),
		   "request %" PRIu64 " is void: %s at %s: %s", r->id, r->role, r->scope, why);
}

static int on_pending(void *ctx, const struct store_request *r)
{
	struct finding *f = ctx;
	struct buf why = { 0 };
	enum request_is is = change_request_is(f->c->p, r, f->now, &why);
	int err = RBAC_OK;

	if (is == REQUEST_IS_PENDING)
		err = tell_approvers(f, r);
	else if (is == REQUEST_IS_VOID)
		err = tell_void(f, r, buf_text(&why));
	else if (is_new(f, r->expires) && !was_told(f, r, NOTICE_VOID, r->asker))
		err = add(f, of_request(r, NOTICE_EXPIRED, r->expires, r->asker),
			  "request %" PRIu64 " has expired: %s at %s", r->id, r->role, r->scope);
	buf_free(&why);
	return err;
}

/* Whoever decided knows; who is told is who asked, and who gets it. */
static int tell_decision(struct finding *f, const struct store_request *r, const char *person)
{
	char by[1024];
	size_t len = strlen(r->approved);

	if (request_has(r->approved, person))
		return RBAC_OK;
	snprintf(by, sizeof by, "%.*s", len ? (int)len - 1 : 0, r->approved);
	return add(f, of_request(r, NOTICE_DECIDED, r->made, person),
		   "request %" PRIu64 " is %s by %s: %s at %s for %s%s%s", r->id,
		   r->state == REQUEST_APPROVED ? "approved" : "denied", by, r->role, r->scope,
		   r->user, r->why[0] ? ": " : "", r->why);
}

static int on_request(void *ctx, const struct store_request *r)
{
	struct finding *f = ctx;

	if (r->decided <= f->seen || r->made < f->now - 2 * DUE_KEEP)
		return RBAC_OK;
	if (r->state == REQUEST_VOID)
		return tell_void(f, r, r->why);
	if (r->state != REQUEST_APPROVED && r->state != REQUEST_DENIED)
		return RBAC_OK;
	int err = tell_decision(f, r, r->asker);
	return err || strcmp(r->asker, r->user) == 0 ? err : tell_decision(f, r, r->user);
}

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

static int tell_end(struct finding *f, const struct store_assignment *a)
{
	const int64_t begin = a->when > a->from ? a->when : a->from;
	enum notice_kind kind = NOTICE_ENDED;
	int64_t instant = a->until;
	char when[80];

	if (f->now < a->until) {
		kind = f->now >= a->until - DUE_HOUR ? NOTICE_HOUR : NOTICE_DAY;
		instant = a->until - (kind == NOTICE_HOUR ? DUE_HOUR : DUE_DAY);
	}
	if (!is_new(f, instant) || instant < begin)
		return RBAC_OK;
	human_date_time(a->until, when, sizeof when);
	return add(f, of_grant(a, kind, instant), "%s at %s %s %s", a->role, a->scope,
		   kind == NOTICE_ENDED ? "has ended:" : "ends", when);
}

static int end_sessions(struct finding *f, const struct store_assignment *a)
{
	char when[80];

	if (is_new(f, a->until))
		return add(f, of_grant(a, NOTICE_SESSIONS, a->until),
			   "sessions that need %s at %s end", a->role, a->scope);
	if (f->now < a->until - DUE_WARN || f->now >= a->until)
		return RBAC_OK;
	human_date_time(a->until, when, sizeof when);
	return add(f, of_grant(a, NOTICE_WARNING, a->until),
		   "%s at %s ends %s, and this session with it", a->role, a->scope, when);
}

/* Does something of A, which has an end, fall into what is looked at? */
static bool concerns(const struct finding *f, const struct store_assignment *a)
{
	return a->subject[0] != '%' && a->until != RBAC_TIME_MAX && a->until > f->since &&
	       a->until - DUE_DAY <= f->now;
}

static int tell_reviewers(struct finding *f, const struct store_assignment *a,
			  const struct policy_role *role, int64_t instant)
{
	struct who_scopes one = { (char *[]){ (char *)a->scope }, 1, 1 };
	struct source s = change_source(f->c);
	const struct who_question q = { &s, &role->review_by, &one, -1, f->now };
	struct who w;
	char when[80];
	int err = who_may(&q, &w);

	if (err)
		return change_store_fail(f->c, err);
	human_date_time(a->until, when, sizeof when);
	for (size_t i = 0; i < w.n && !err; i++) {
		struct store_notice n = of_grant(a, NOTICE_REVIEW, instant);
		n.person = w.names[i];
		if (strcmp(n.person, a->subject) != 0 && strcmp(n.person, a->by) != 0)
			err = add(f, n,
				  "%s at %s of %s (%" PRIu64 ") ends %s unless it is reviewed: %s",
				  a->role, a->scope, a->subject, a->id, when,
				  COMMAND("rbacctl review"));
	}
	return err;
}

/* A grant that ends for nobody reviews it: who may review it is told, and who holds it; that one is
 * told of the last day with all that end. */
static int tell_review(struct finding *f, const struct store_assignment *a, int role)
{
	const int64_t early = a->until - DUE_REVIEW;
	char when[80];
	int err = RBAC_OK;

	if (is_new(f, early)) {
		human_date_time(a->until, when, sizeof when);
		err = tell_reviewers(f, a, &f->c->p->roles[role], early);
		if (!err && a->subject[0] != '%')
			err = add(f, of_grant(a, NOTICE_REVIEW, early),
				  "%s at %s ends %s unless it is reviewed", a->role, a->scope,
				  when);
	}
	if (!err && is_new(f, a->until - DUE_DAY))
		err = tell_reviewers(f, a, &f->c->p->roles[role], a->until - DUE_DAY);
	return err;
}

static int on_assignment(void *ctx, const struct store_assignment *stored)
{
	struct finding *f = ctx;
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
static int find_since(struct change *c, struct finding *f, bool *stale)
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
	struct finding f = { .c = c, .out = out, .now = c->a->now };
	int err = find_since(c, &f, stale);

	*out = (struct due_list){ 0 };
	if (!err)
		err = store_requests_pending(&c->t, on_pending, &f);
	if (!err)
		err = store_requests_all(&c->t, on_request, &f);
	if (!err)
		err = store_assignments_all(&c->t, on_assignment, &f);
	return err && !c->message.len ? change_store_fail(c, err) : err;
}
