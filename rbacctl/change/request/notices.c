/* What is to be told of a request: to who may approve it, and to who asked. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "rbacctl/change/request/notices.h"
#include "rbacctl/change/rules/due_list.h"
#include "rbacctl/change/rules/request_rules.h"
#include "rbacctl/command.h"
#include "rbacctl/human_time.h"

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

static bool was_told(struct due_finding *f, const struct store_request *r, enum notice_kind kind,
		     const char *person)
{
	struct store_notice n = of_request(r, kind, r->made, person);

	return store_notice_has(&f->c->t, &n) == RBAC_OK;
}

static int tell_approver(struct due_finding *f, const struct store_request *r, const char *person)
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
	return due_add(
		f,
		of_request(r, again ? NOTICE_HALF : NOTICE_ASKED, again ? half : r->made, person),
		"request %" PRIu64 ": %s asks for %s at %s for %s%s%s, until %s: %s; to decide: "
		"%s, %s",
		r->id, r->asker, r->role, r->scope, length,
		strcmp(r->asker, r->user) == 0 ? "" : " for ",
		strcmp(r->asker, r->user) == 0 ? "" : r->user, until, r->reason,
		COMMAND("rbacctl approve %s", number), COMMAND("rbacctl deny %s", number));
}

struct telling {
	struct due_finding *f;
	const struct store_request *r;
};

static int on_approver(void *ctx, const char *person)
{
	const struct telling *t = ctx;

	return tell_approver(t->f, t->r, person);
}

static int tell_approvers(struct due_finding *f, const struct store_request *r)
{
	const struct policy_role *role = &f->c->p->roles[policy_role_find(f->c->p, r->role)];
	struct who_scopes one = { (char *[]){ (char *)r->scope }, 1, 1 };
	struct source s = change_source(f->c);
	const struct who_question q = { &s, &role->approve_by, &one, -1, f->now };
	struct telling t = { f, r };
	int err = who_each(&q, on_approver, &t);

	return err && !f->c->message.len ? change_store_fail(f->c, err) : err;
}

static int tell_void(struct due_finding *f, const struct store_request *r, const char *why)
{
	return due_add(f, of_request(r, NOTICE_VOID, r->made, r->asker),
		       "request %" PRIu64 " is void: %s at %s: %s", r->id, r->role, r->scope, why);
}

int due_on_pending(void *ctx, const struct store_request *r)
{
	struct due_finding *f = ctx;
	struct buf why = { 0 };
	enum request_is is = change_request_is(f->c, r, &why);
	int err = RBAC_OK;

	if (is == REQUEST_IS_PENDING)
		err = tell_approvers(f, r);
	else if (is == REQUEST_IS_VOID)
		err = tell_void(f, r, buf_text(&why));
	else if (due_is_new(f, r->expires) && !was_told(f, r, NOTICE_VOID, r->asker))
		err = due_add(f, of_request(r, NOTICE_EXPIRED, r->expires, r->asker),
			      "request %" PRIu64 " has expired: %s at %s", r->id, r->role,
			      r->scope);
	buf_free(&why);
	return err;
}

/* Whoever decided knows; who is told is who asked, and who gets it. */
static int tell_decision(struct due_finding *f, const struct store_request *r, const char *person)
{
	char by[1024];
	size_t len = strlen(r->approved);

	if (request_has(r->approved, person))
		return RBAC_OK;
	snprintf(by, sizeof by, "%.*s", len ? (int)len - 1 : 0, r->approved);
	return due_add(f, of_request(r, NOTICE_DECIDED, r->made, person),
		       "request %" PRIu64 " is %s by %s: %s at %s for %s%s%s", r->id,
		       r->state == REQUEST_APPROVED ? "approved" : "denied", by, r->role, r->scope,
		       r->user, r->why[0] ? ": " : "", r->why);
}

int due_on_request(void *ctx, const struct store_request *r)
{
	struct due_finding *f = ctx;

	if (r->decided <= f->seen || r->made < f->now - 2 * DUE_KEEP)
		return RBAC_OK;
	if (r->state == REQUEST_VOID)
		return tell_void(f, r, r->why);
	if (r->state != REQUEST_APPROVED && r->state != REQUEST_DENIED)
		return RBAC_OK;
	int err = tell_decision(f, r, r->asker);
	return err || strcmp(r->asker, r->user) == 0 ? err : tell_decision(f, r, r->user);
}

/* ---- in the change that causes it ---- */

/* `due` notes by the time of its lock that it runs. */
static bool due_runs(const struct change *c)
{
	char path[sizeof c->a->store + 16];
	struct stat st;

	snprintf(path, sizeof path, "%s/%s", c->a->store, DUE_LOCK);
	return stat(path, &st) == 0 && st.st_mtime >= c->a->now - DUE_DAY;
}

int change_due_request(struct change *c, uint64_t id, struct buf *said, size_t *told)
{
	struct due_list l = { 0 };
	struct due_finding f = { .c = c, .out = &l, .since = c->a->now, .now = c->a->now };
	struct store_request r;

	*told = 0;
	if (!due_runs(c))
		return RBAC_OK;
	int err = store_request_get(&c->t, id, &r);
	if (err)
		return change_store_fail(c, err);
	err = r.state == REQUEST_PENDING ? due_on_pending(&f, &r) : due_on_request(&f, &r);
	for (size_t i = 0; i < l.n && !err; i++) {
		buf_printf(said, "tell %s: %s\n", l.v[i].person, l.v[i].text);
		err = store_notice_put(&c->t, &l.v[i]);
		err = err ? change_store_fail(c, err) : RBAC_OK;
	}
	*told = l.n;
	due_list_free(&l);
	return err;
}
