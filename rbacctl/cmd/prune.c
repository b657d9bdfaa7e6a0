/* prune: assignments that have ended, or that another one covers, go. */
#include "rbacctl/change/due/prune.h"

#include <stdio.h>

#include "rbacctl/cmd/cmd.h"

static void note(struct change *c, const struct prune_count *n)
{
	if (c->nothing)
		buf_printf(&c->notes, "no assignment has ended or is superseded: nothing to do\n");
	else
		buf_printf(&c->notes, "%zu ended, %zu superseded\n", n->ended, n->superseded);
	if (n->of_files)
		buf_printf(&c->notes,
			   "%zu that ended stay, because files of assignments.d have them: remove "
			   "them there\n",
			   n->of_files);
}

int cmd_prune(struct invocation *a, const struct args *args)
{
	struct change c;
	struct prune_count n;
	(void)args;
	int err = change_open(&c, a, false);
	if (!err)
		err = change_prune(&c, &n);
	if (!err)
		note(&c, &n);
	return cmd_finish(&c, err);
}
