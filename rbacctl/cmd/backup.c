/* backup, restore */
#include <inttypes.h>
#include <stdio.h>

#include "rbacctl/change/undo/backup.h"
#include "rbacctl/cmd/cmd.h"
#include "rbacctl/cmd/json_values.h"
#include "rbacctl/command.h"
#include "rbacctl/plain_text.h"

int cmd_backup(struct invocation *a, const struct args *args)
{
	struct buf why = { 0 };
	uint64_t generation;
	int err = change_backup(a, args->v[0], &generation, &why);
	if (err) {
		complain("%s", why.len ? buf_text(&why) : rbac_error_text(err));
	} else if (a->json) {
		json_t *o = json_schema();
		json_object_set_new(o, "file", json_text(args->v[0]));
		json_object_set_new(o, "generation", json_integer((json_int_t)generation));
		err = json_print(o);
	} else {
		plain_text_print(args->v[0]);
		printf(": generation %" PRIu64 "; to bring it back: %s\n", generation,
		       COMMAND("rbacctl restore %s --as root", args->v[0]));
	}
	buf_free(&why);
	return cmd_done(exit_of(err));
}

static int restore(struct invocation *a, struct restore *r, bool force)
{
	struct change c;
	struct policy_sources applied = { 0 };
	char aside[4300];
	int err = change_open_to_restore(&c, a);
	snprintf(aside, sizeof aside, "%.4200s.damaged", a->store);
	if (err == RBAC_DAMAGED)
		buf_printf(&c.message, "\n  to restore in its place, move it away first: %s",
			   COMMAND("mv %s %s", a->store, aside));
	if (!err)
		err = change_restore(&c, r, force);
	if (!err)
		err = policy_sources_copy(&c.sources, &applied);
	int status = cmd_finish(&c, err);
	if (status == EXIT_DONE)
		cmd_say_files(a, &applied, "of the backup");
	policy_sources_free(&applied);
	return status;
}

int cmd_restore(struct invocation *a, const struct args *args)
{
	struct restore r = { 0 };
	struct buf why = { 0 };
	int err = restore_read(a, args->v[0], &r, &why);
	if (err)
		complain("%s", why.len ? buf_text(&why) : rbac_error_text(err));
	int status = err ? exit_of(err) : restore(a, &r, args->value[OPT_FORCE] != NULL);
	restore_close(&r);
	buf_free(&why);
	return cmd_done(status);
}
