/* test: does what the files of tests.d say hold? */
#include <stdio.h>

#include "rbacctl/access/expects.h"
#include "rbacctl/cmd/cmd.h"
#include "rbacctl/cmd/json_values.h"
#include "rbacctl/print_problems.h"

int cmd_tests(const struct invocation *a, struct expects *c)
{
	struct problems problems = { 0 };
	int err = expects_read(a->etc, a->now, c, &problems);
	problems_print(&problems, stderr);
	if (err == RBAC_INVALID)
		complain("%s/tests.d: %zu error%s", a->etc, problems.errors,
			 problems.errors == 1 ? "" : "s");
	else if (err)
		complain("%s/tests.d: %s", a->etc, rbac_error_text(err));
	problems_free(&problems);
	return err;
}

static int say_result(const struct invocation *a, const struct expects *c,
		      const struct problems *failed, size_t elsewhere)
{
	if (a->json) {
		json_t *o = json_pack("{s:i,s:I,s:I,s:o}", "schema", 1, "tests", (json_int_t)c->n,
				      "elsewhere", (json_int_t)elsewhere, "failed",
				      json_problems(failed));
		return json_print(o);
	}
	problems_print(failed, stdout);
	if (c->n == 0) {
		printf("%s/tests.d has no NAME.test: rbac.conf(5), TESTS\n", a->etc);
		return RBAC_OK;
	}
	printf("%zu test%s, %zu failed", c->n, c->n == 1 ? "" : "s", failed->errors);
	if (elsewhere)
		printf(", %zu about a login on another host", elsewhere);
	putchar('\n');
	return RBAC_OK;
}

int cmd_test(struct invocation *a, const struct args *args)
{
	struct expects c;
	struct snapshot snap;
	struct problems failed = { 0 };
	size_t elsewhere = 0;
	(void)args;
	int err = cmd_tests(a, &c);
	if (err) {
		expects_free(&c);
		return err == RBAC_INVALID ? EXIT_NO : exit_of(err);
	}
	err = snapshot_open(&snap, a->view);
	int status = exit_of(err);
	if (!err) {
		err = expects_judge(&snap, &c, a->now, &failed, &elsewhere);
		if (err)
			complain("the view: %s", rbac_error_text(err));
		else
			err = say_result(a, &c, &failed, elsewhere);
		status = err ? exit_of(err) : failed.errors ? EXIT_NO : EXIT_DONE;
	}
	snapshot_close(&snap);
	problems_free(&failed);
	expects_free(&c);
	return cmd_done(status);
}
