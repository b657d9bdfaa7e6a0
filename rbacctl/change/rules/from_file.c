/* Where an assignment or a scope came from: a command, or a line of a file. */
#include "rbacctl/change/rules/from_file.h"

#include <stdio.h>
#include <string.h>

bool change_by_hand(const char *source)
{
	return strcmp(source, "command") == 0 || strcmp(source, "init") == 0 ||
	       strcmp(source, "request") == 0;
}

void apply_source(struct policy_pos pos, char *out, size_t size)
{
	snprintf(out, size, "%s:%u", pos.file, pos.line);
}

int apply_blame(struct change *c, struct policy_pos pos, int err)
{
	struct buf inner = c->message;
	c->message = (struct buf){ 0 };
	change_fail(c, err, "%s:%u: %s", pos.file, pos.line, buf_text(&inner));
	buf_free(&inner);
	return err;
}
