/* The tests of /etc/rbac/tests.d, asked of the view that a change would give. */
#include <inttypes.h>
#include <stdio.h>

#include "rbacctl/access/expects.h"
#include "rbacctl/change/commit/commit.h"
#include "rbacctl/command.h"
#include "rbacctl/print_problems.h"

int change_run_tests(struct change *c, const char *view)
{
	struct snapshot snap;
	struct problems problems = { 0 };
	struct buf why = { 0 };
	size_t elsewhere;
	int err = change_snapshot_try(c, view, &snap, &why);
	if (!err)
		err = expects_judge(&snap, c->tests, c->a->now, &problems, &elsewhere);
	if (err)
		change_fail(c, err, "the tests cannot be run: %s",
			    why.len ? buf_text(&why) : rbac_error_text(err));
	problems_print(&problems, stderr);
	if (!err && problems.errors && c->a->force)
		buf_printf(&c->notes, "--force: %zu of %zu tests fail\n", problems.errors,
			   c->tests->n);
	else if (!err && problems.errors && c->nothing)
		err = change_fail(c, RBAC_REFUSED,
				  "%s is what is applied (generation %" PRIu64
				  "), but %zu of %zu tests in %s/tests.d fail: correct the policy, "
				  "or the tests; what holds now: %s",
				  c->a->etc, c->change - 1, problems.errors, c->tests->n, c->a->etc,
				  COMMAND("rbacctl test"));
	else if (!err && problems.errors)
		err = change_fail(c, RBAC_REFUSED,
				  "refused: %zu of %zu tests in %s/tests.d would fail; what holds "
				  "now: %s\n  --force applies nevertheless",
				  problems.errors, c->tests->n, c->a->etc, COMMAND("rbacctl test"));
	problems_free(&problems);
	buf_free(&why);
	snapshot_close(&snap);
	return err;
}
