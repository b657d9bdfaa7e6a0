/* publish: compile the view again. */
#include <inttypes.h>
#include <stdio.h>

#include "rbacctl/change/change.h"
#include "rbacctl/cmd/cmd.h"
#include "rbacctl/cmd/json_values.h"
#include "rbacctl/cmd/setup_undo.h"
#include "rbacctl/plain_text.h"

static uint64_t generation(const struct change *c)
{
	return c->committed ? c->change : c->change - 1;
}

static int print_json(const struct change *c)
{
	json_t *o = json_schema();

	json_object_set_new(o, "generation", json_integer((json_int_t)generation(c)));
	json_object_set_new(o, "lines", json_lines(buf_text(&c->done)));
	json_object_set_new(o, "collisions", json_lines(buf_text(&c->others)));
	return json_print(o);
}

/* What other sources say of our groups: it needs attention, and stops nothing. */
static int say_others(const struct change *c, int status)
{
	if (c->others.len == 0)
		return status;
	fflush(stdout);
	if (!c->a->json)
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
	if (!err && !a->json) {
		plain_text_print(buf_text(&c.done));
		printf("published generation %" PRIu64 "\n", generation(&c));
	}
	int bad = !err && a->json ? print_json(&c) : RBAC_OK;
	int others = say_others(&c, c.not_reverted ? EXIT_TROUBLE : exit_of(bad));
	int status = change_close(&c, err);
	status = status ? status : others;
	return cmd_done(status ? status : setup);
}
