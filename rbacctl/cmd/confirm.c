/* confirm: a change that was made with --confirm stays. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "rbacctl/change/unconfirmed.h"
#include "rbacctl/cmd/cmd.h"
#include "rbacctl/cmd/setup_undo.h"
#include "rbacctl/command.h"

/* What setup did. */
static int confirm_setup(const struct invocation *a, const struct edit_confirm *c)
{
	char login[LOGIN_MAX];

	login_of("/proc", 0, login);
	if (*login && strcmp(login, c->login) == 0) {
		complain("refused: setup was run in this login, which proves nothing: log in anew, "
			 "in another window, and type there: %s",
			 COMMAND("rbacctl confirm"));
		return EXIT_REFUSED;
	}
	if (setup_forget(a))
		return EXIT_TROUBLE;
	printf("what setup of %s did is confirmed\n", c->person);
	return cmd_done(EXIT_DONE);
}

int cmd_confirm(struct invocation *a, const struct args *args)
{
	struct change c;
	struct edit_confirm setup;

	(void)args;
	if (geteuid() == 0 && setup_waits(a, &setup))
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
