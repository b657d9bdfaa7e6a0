/* assign, revoke */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "rbacctl/access/group_members.h"
#include "rbacctl/change/change.h"
#include "rbacctl/cmd/cmd.h"
#include "rbacctl/command.h"
#include "rbacctl/human_time.h"
#include "rbacctl/number.h"

static void say_window(const struct invocation *a, int64_t from, int64_t until)
{
	char at[64], rel[64];
	if (from != RBAC_TIME_MIN) {
		human_instant(from, a->now, at, sizeof at);
		human_relative(from, a->now, rel, sizeof rel);
		printf(" from %s (%s)", at, rel);
	}
	if (until != RBAC_TIME_MAX) {
		human_instant(until, a->now, at, sizeof at);
		human_relative(until, a->now, rel, sizeof rel);
		printf(" until %s (%s)", at, rel);
	}
}

/* The end of the line "bob: +role at scope ...", whose beginning has been printed; then whom it
 * touches. */
static void say_change(struct change *c)
{
	if (c->a->dry_run)
		printf("      not done (--dry-run)\n");
	else
		printf("      change %" PRIu64 ", by %s\n", c->change, c->a->actor.name);
}

/* Whom an act on SUBJECT touches, where it is a %group; asked before the lock is taken. */
static int find_touched(const char *subject, struct buf *touched)
{
	int err = subject[0] == '%' ? group_members_text(subject, touched) : RBAC_OK;

	if (err)
		complain("%s", rbac_error_text(err));
	return exit_of(err);
}

static void say_touched(struct buf *touched)
{
	if (!touched->len)
		return;
	printf("  for %s, from their next login\n", buf_text(touched));
	buf_free(touched);
}

/* A role where the user is expected, and no role where the role is: they were changed round. */
static int check_order(struct change *c, char *const *v, bool gives)
{
	if (policy_role_find(c->p, v[1]) >= 0 || policy_role_find(c->p, v[0]) < 0)
		return RBAC_OK;
	return change_fail(c, RBAC_INVALID,
			   "%s is a role, and %s is none: the user comes first: %s", v[0], v[1],
			   gives ? COMMAND("rbacctl assign %s %s", v[1], v[0])
				 : COMMAND("rbacctl revoke %s %s", v[1], v[0]));
}

int cmd_assign(struct invocation *a, const struct args *args)
{
	struct change c;
	struct assign_request r = {
		.subject = args->v[0],
		.role = args->v[1],
		.reason = args->value[OPT_REASON],
		.replace = args->value[OPT_REPLACE] != NULL,
		.force = args->value[OPT_FORCE] != NULL,
	};
	char scope[RBAC_SCOPE_MAX + 1];
	struct buf touched = { 0 };
	int status = cmd_window(a, args, &r.from, &r.until);
	if (!status)
		status = find_touched(r.subject, &touched);
	if (status)
		return status;
	int err = cmd_open_here(&c, a, args->v, 1);
	if (!err)
		err = check_order(&c, args->v, true);
	if (!err)
		err = change_local_role(&c, r.role, r.until);
	if (!err) {
		r.scope = change_scope_meant(&c, r.role, args->value[OPT_SCOPE], scope);
		err = r.scope ? change_assign(&c, &r) : RBAC_INVALID;
	}
	err = cmd_commit(&c, err);
	if (!err && !c.nothing && !a->json) {
		printf("%s: +%s at %s", c.whom, r.role, r.scope);
		say_window(a, r.from, r.until);
		say_change(&c);
		say_touched(&touched);
	}
	if (!err && (!c.nothing || a->json))
		cmd_impact(&c, NULL);
	if (!err)
		cmd_report(&c);
	buf_free(&touched);
	return cmd_done(change_close(&c, err));
}

static int read_id(const char *text, uint64_t *id)
{
	*id = 0;
	if (!text || number_parse(text, 1, id))
		return EXIT_DONE;
	complain("--id %s: expected the number of an assignment (%s)", text,
		 COMMAND("rbacctl user show USER"));
	return EXIT_USAGE;
}

int cmd_revoke(struct invocation *a, const struct args *args)
{
	struct change c;
	struct revoke_request r = { .subject = args->v[0], .role = args->v[1] };
	struct buf touched = { 0 };
	int after = EXIT_DONE, status = read_id(args->value[OPT_ID], &r.id);
	if (!status)
		status = find_touched(r.subject, &touched);
	if (status)
		return status;
	char scope[RBAC_SCOPE_MAX + 1];
	a->lists_sessions = true;
	int err = cmd_open_here(&c, a, args->v, 1);
	if (!err)
		err = check_order(&c, args->v, false);
	if (!err)
		err = change_local_role(&c, r.role, 0);
	if (!err) {
		r.scope = r.id && !args->value[OPT_SCOPE]
				  ? change_scope_of(&c, r.id, scope)
				  : change_scope_meant(&c, r.role, args->value[OPT_SCOPE], scope);
		err = r.scope ? change_revoke(&c, &r) : RBAC_INVALID;
	}
	err = cmd_commit(&c, err);
	if (!err && !a->json) {
		printf("%s: -%s at %s", c.whom, r.role, r.scope);
		say_change(&c);
		say_touched(&touched);
	}
	if (!err) {
		after = cmd_impact(&c, NULL);
		cmd_report(&c);
	}
	buf_free(&touched);
	status = change_close(&c, err);
	return cmd_done(status ? status : after);
}
