/* publish: compile the view again. */
#include <inttypes.h>
#include <stdio.h>

#include "rbacctl/change/change.h"
#include "rbacctl/cmd/cmd.h"
#include "rbacctl/cmd/setup_undo.h"
#include "rbacctl/plain_text.h"

/* What other sources say of our groups: it needs attention, and stops nothing. */
static int say_others(const struct change *c, int status)
{
	if (c->others.len == 0)
		return status;
	fflush(stdout);
	fputs(buf_text(&c->others), stderr);
	return c->clash && status == EXIT_DONE ? EXIT_NO : status;
}

static int accept_older(struct invocation *a)
{
	struct change c;
	int err = change_open_to_accept(&c, a);
	if (!err)
		err = change_accept_older(&c);
	return cmd_finish(&c, err);
}

int cmd_publish(struct invocation *a, const struct args *args)
{
	struct change c;
	if (args->value[OPT_ACCEPT_OLDER])
		return accept_older(a);
	int setup = setup_undo_overdue(a), err = change_open_to_publish(&c, a);
	if (!err)
		err = change_publish_now(&c);
	if (!err)
		err = change_ask_others(&c);
	if (!err)
		plain_text_print(buf_text(&c.done));
	if (!err)
		printf("published generation %" PRIu64 "\n", c.committed ? c.change : c.change - 1);
	int others = say_others(&c, c.not_reverted ? EXIT_TROUBLE : EXIT_DONE);
	int status = change_close(&c, err);
	status = status ? status : others;
	return cmd_done(status ? status : setup);
}
