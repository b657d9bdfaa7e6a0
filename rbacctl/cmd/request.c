/* request, approve, deny, cancel, requests: a role on request, with a second pair of eyes. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "rbacctl/change/read/requests.h"
#include "rbacctl/change/request/request.h"
#include "rbacctl/cmd/cmd.h"
#include "rbacctl/command.h"
#include "rbacctl/human_time.h"
#include "rbacctl/number.h"
#include "rbacctl/table.h"

static int read_number(const char *verb, const char *text, uint64_t *id)
{
	if (number_parse(text, 1, id))
		return EXIT_DONE;
	complain("%s %s: expected the number of a request (%s)", verb, text,
		 COMMAND("rbacctl requests"));
	return EXIT_USAGE;
}

/* --for, which a request must have; from --from on. */
static int read_length(const struct invocation *a, const struct args *args, struct role_request *q)
{
	int64_t until;

	if (!args->value[OPT_FOR]) {
		complain("request: --for D is missing: how long, as 30m, 4h or 7d");
		return EXIT_USAGE;
	}
	int status = cmd_window(a, args, &q->from, &until);
	q->length = until - (q->from == RBAC_TIME_MIN ? a->now : q->from);
	return status;
}

/* After the act: the change's number, whom it touches, and what should be known beside it. */
static int finish(struct change *c, int err, bool touches)
{
	if (!err && (touches || c->a->json) && !c->nothing)
		cmd_impact(c, NULL);
	if (!err)
		cmd_report(c);
	return cmd_done(change_close(c, err));
}

static void say_change(const struct change *c)
{
	if (c->a->dry_run)
		printf("      not done (--dry-run)\n");
	else
		printf("      change %" PRIu64 ", by %s\n", c->change, c->a->actor.name);
}

int cmd_request(struct invocation *a, const struct args *args)
{
	struct change c;
	struct role_request q = { .role = args->v[0],
				  .user = args->value[OPT_USER],
				  .reason = args->value[OPT_REASON] };
	char scope[RBAC_SCOPE_MAX + 1];
	uint64_t id = 0;
	bool granted = false;
	int status = read_length(a, args, &q);

	if (status)
		return status;
	int err = change_open(&c, a, false);
	if (!err) {
		q.scope = change_scope_meant(&c, q.role, args->value[OPT_SCOPE], scope);
		err = q.scope ? change_request(&c, &q, &id, &granted) : RBAC_INVALID;
	}
	err = cmd_commit(&c, err);
	if (!err && !c.nothing && !a->json) {
		if (granted)
			printf("%s: +%s at %s for %s", c.whom, q.role, q.scope,
			       args->value[OPT_FOR]);
		else
			printf("request %" PRIu64 ": %s at %s for %s      pending", id, q.role,
			       q.scope, args->value[OPT_FOR]);
		say_change(&c);
	}
	return finish(&c, err, granted);
}

int cmd_approve(struct invocation *a, const struct args *args)
{
	struct change c;
	uint64_t id;
	int64_t shorter = 0;
	struct request_approved r = { .of = 1 };
	char ends[128];
	const char *text = args->value[OPT_FOR];
	int status = read_number("approve", args->v[0], &id);

	if (!status && text && policy_duration_parse(text, &shorter)) {
		complain("--for %s: expected a duration: " DURATION_FORMATS, text);
		status = EXIT_USAGE;
	}
	if (status)
		return status;
	int err = change_open(&c, a, false);
	err = cmd_commit(&c, err ? err : change_approve(&c, id, shorter, &r));
	if (!err && !c.nothing && !a->json) {
		printf("request %" PRIu64 " approved (%u of %u): %s %s%s at %s", id, r.n, r.of,
		       r.user, r.n < r.of ? "?" : "+", r.role, r.scope);
		cmd_end(r.n < r.of ? RBAC_TIME_MAX : r.until, a->now, false, ends, sizeof ends);
		if (r.n >= r.of)
			printf(" until %s", ends);
		say_change(&c);
	}
	return finish(&c, err, r.n >= r.of);
}

int cmd_deny(struct invocation *a, const struct args *args)
{
	struct change c;
	uint64_t id;
	int status = read_number("deny", args->v[0], &id);

	if (status)
		return status;
	int err = change_open(&c, a, false);
	return cmd_finish(&c, err ? err : change_deny(&c, id, args->value[OPT_REASON]));
}

int cmd_cancel(struct invocation *a, const struct args *args)
{
	struct change c;
	uint64_t id;
	int status = read_number("cancel", args->v[0], &id);

	if (status)
		return status;
	int err = change_open(&c, a, false);
	return cmd_finish(&c, err ? err : change_cancel(&c, id));
}

/* ---- requests ---- */

struct rows {
	const struct invocation *a;
	struct table *t;
};

static const struct table_column columns[] = {
	{ "ID", "id", TABLE_NUMBER },         { "USER", "user", TABLE_TEXT },
	{ "ROLE", "role", TABLE_TEXT },       { "SCOPE", "scope", TABLE_TEXT },
	{ "FOR", "for", TABLE_TEXT },         { "STATE", "state", TABLE_TEXT },
	{ "UNTIL", "until", TABLE_TEXT },     { "BY", "by", TABLE_TEXT },
	{ "REASON", "reason", TABLE_TEXT },   { "NEXT", "next", TABLE_TEXT },
	{ "CHANGE", "change", TABLE_NUMBER }, /* that decided it: with --all, as what follows */
	{ "WHY", "why", TABLE_TEXT },
};
enum { COLUMNS = sizeof columns / sizeof *columns, OF_DECIDED = 2 };

static int on_request(void *ctx, const struct request_seen *s)
{
	struct rows *w = ctx;
	const struct store_request *r = s->r;
	char id[24], length[64], until[128], change[24] = "-";
	bool pending = s->is == REQUEST_IS_PENDING;

	snprintf(id, sizeof id, "%" PRIu64, r->id);
	if (r->decided)
		snprintf(change, sizeof change, "%" PRIu64, r->decided);
	human_length(r->length, length, sizeof length);
	cmd_end(pending ? r->expires : RBAC_TIME_MAX, w->a->now, w->a->json, until, sizeof until);
	table_row(w->t, -1,
		  (const char *[]){ id, r->user, r->role, r->scope, length,
				    change_request_word(s->is), until, r->asker, r->reason,
				    s->may_approve ? COMMAND("rbacctl approve %s", id)
				    : pending      ? COMMAND("rbacctl cancel %s", id)
						   : "-",
				    change, *r->why ? r->why : "-" });
	return RBAC_OK;
}

int cmd_requests(struct invocation *a, const struct args *args)
{
	bool all = args->value[OPT_ALL] != NULL;
	struct rows w = { a, table_new("requests", a->json, columns, COLUMNS) };
	struct buf why = { 0 };

	if (!all)
		table_hide_last(w.t, OF_DECIDED);
	int err = change_requests(a, all ? REQUESTS_ALL : REQUESTS_PENDING, on_request, &w, &why);

	return cmd_list_done(a, w.t, err, &why);
}
