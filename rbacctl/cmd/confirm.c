/* confirm: a change that was made with --confirm stays. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "rbacctl/change/commit/unconfirmed.h"
#include "rbacctl/cmd/cmd.h"
#include "rbacctl/cmd/setup_undo.h"
#include "rbacctl/command.h"
#include "rbacctl/human_time.h"
#include "rbacctl/table.h"

/* What setup did. */
static int confirm_setup(const struct invocation *a, const struct edit_confirm *c)
{
	char login[LOGIN_MAX];

	login_of("/proc", 0, login);
	if (*login && strcmp(login, c->login) == 0) {
		complain("refused: setup was run in this login, which cannot confirm it: log in "
			 "again, in another window, and type there: %s",
			 COMMAND("rbacctl confirm"));
		return EXIT_REFUSED;
	}
	if (setup_forget(a))
		return EXIT_TROUBLE;
	printf("the edits of setup by %s are confirmed\n", c->person);
	return cmd_done(EXIT_DONE);
}

int cmd_confirm(struct invocation *a, const struct args *args)
{
	struct change c;
	struct edit_confirm setup;

	(void)args;
	if (geteuid() == 0 && setup_unconfirmed(a, &setup))
		return confirm_setup(a, &setup);
	int err = change_open_on_member(&c, a, false);
	if (!err)
		err = change_confirm(&c);
	bool nothing = err == RBAC_NOTFOUND;
	int status = cmd_finish(&c, err);
	if (!status)
		unconfirmed_disarm(a);
	return nothing ? EXIT_NO : status;
}

/* ---- status ---- */

/* A change that no command could revert. */
static void overdue_row(const struct invocation *a, struct table *t, const struct unconfirmed *w)
{
	char text[COMMAND_MAX * 2 + 600], in[64];

	human_relative(w->until, a->now, in, sizeof in);
	snprintf(text, sizeof text,
		 "change %" PRIu64 " (%s) of %.200s was to be reverted %s, and is still in "
		 "force; to revert it, or to see why that fails: %s; to keep it, in another "
		 "login: %s",
		 w->change, w->verb, w->person, in, COMMAND("rbacctl publish"),
		 COMMAND("rbacctl confirm"));
	table_row(t, -1, (const char *[]){ "confirm", text });
}

/* What it is, and when it ends: a row. */
static void row(const struct invocation *a, struct table *t, const char *what, int64_t until)
{
	char text[COMMAND_MAX + 600], at[64], in[64];

	human_instant(until, a->now, at, sizeof at);
	human_relative(until, a->now, in, sizeof in);
	snprintf(text, sizeof text, "%.400s at %s (%s), unless another login confirms it (%s)",
		 what, at, in, COMMAND("rbacctl confirm"));
	table_row(t, -1, (const char *[]){ "confirm", text });
}

bool cmd_confirm_rows(const struct invocation *a, const struct unconfirmed *pending,
		      struct table *t)
{
	struct edit_confirm setup;
	char what[400];
	bool change = pending && pending->change,
	     edits = geteuid() == 0 && setup_unconfirmed(a, &setup);

	if (change && pending->overdue) {
		overdue_row(a, t, pending);
	} else if (change) {
		snprintf(what, sizeof what, "change %" PRIu64 " (%s) of %s is reverted",
			 pending->change, pending->verb, pending->person);
		row(a, t, what, pending->until);
	}
	if (edits) {
		snprintf(what, sizeof what, "the edits of setup by %s are undone", setup.person);
		row(a, t, what, setup.until.at);
	}
	return change || edits;
}
