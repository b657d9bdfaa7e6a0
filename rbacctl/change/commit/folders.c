#include "rbacctl/change/commit/folders.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rbacctl/change/internal.h"
#include "rbacctl/store/help.h"

int change_need_folder(struct change *c, bool create)
{
	char view[4200];
	bool made = create && mkdir(c->a->state, 0755) == 0;
	if (create && !made && errno != EEXIST) {
		const char *why = strerror(errno);
		return change_fail(c, RBAC_SYSTEM, "%s: cannot make the folder: %s%s", c->a->state,
				   why, STORE_HELP(RBAC_SYSTEM));
	}
	snprintf(view, sizeof view, "%s/view", c->a->state);
	c->made_state = made;
	c->made_view = create && access(view, F_OK) != 0 && errno == ENOENT;
	/* Everybody reads the view through it, whatever the umask. */
	if (made && chmod(c->a->state, 0755) != 0)
		return change_fail(c, RBAC_SYSTEM, "%s: cannot set the mode of the folder: %s",
				   c->a->state, strerror(errno));
	return RBAC_OK;
}

void change_remove_new(struct change *c)
{
	char view[4200];
	snprintf(view, sizeof view, "%s/view", c->a->state);
	if (c->s)
		store_remove_new(c->s);
	if (c->made_view)
		rmdir(view);
	if (c->made_state)
		rmdir(c->a->state);
}
