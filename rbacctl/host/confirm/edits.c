/* Lines of the file: a word, a blank, and a value. */
#include "rbacctl/host/confirm/edits.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/error.h"
#include "rbacctl/config/trust.h"
#include "rbacctl/host/new_files.h"

static void name_file(const char *folder, char out[4200])
{
	snprintf(out, 4200, "%.4000s/setup.confirm", folder);
}

int edit_confirm_read(const char *folder, struct edit_confirm *c)
{
	char path[4200], *text = NULL;
	struct buf why = { 0 };
	size_t len;

	name_file(folder, path);
	*c = (struct edit_confirm){ 0 };
	if (access(path, F_OK) && errno == ENOENT)
		return RBAC_NOTFOUND;
	/* Whoever could write it could undo the edits. */
	bool trusted = trust_path(path, &why);
	buf_free(&why);
	if (!trusted)
		return RBAC_UNTRUSTED;
	int err = new_files_read(path, &text, &len);
	if (err)
		return err == RBAC_SYSTEM && errno == ENOENT ? RBAC_NOTFOUND : err;
	int n = sscanf(text,
		       "first %zu\nat %" SCNd64 "\nboot %" SCNd64 " %36s\nlogin %79s\n"
		       "person %199[^\n]\n",
		       &c->first, &c->until.at, &c->until.boot, c->until.boot_id, c->login,
		       c->person);
	free(text);
	return n == 6 ? RBAC_OK : RBAC_DAMAGED;
}

int edit_confirm_write(const char *folder, const struct edit_confirm *c, struct buf *why)
{
	struct new_files made = { 0 };
	struct buf text = { 0 };
	char path[4200];

	name_file(folder, path);
	buf_printf(&text, "first %zu\nat %" PRId64 "\nboot %" PRId64 " %s\nlogin %s\nperson %s\n",
		   c->first, c->until.at, c->until.boot, *c->until.boot_id ? c->until.boot_id : "-",
		   *c->login ? c->login : "-", c->person);
	int err = text.failed ? RBAC_NOMEM
			      : new_files_write(&made, path, buf_text(&text), text.len);
	if (err == RBAC_SYSTEM)
		buf_printf(why, "%s: %s", path, strerror(errno));
	new_files_free(&made);
	buf_free(&text);
	return err;
}

int edit_confirm_remove(const char *folder)
{
	char path[4200];

	name_file(folder, path);
	return unlink(path) == 0 || errno == ENOENT ? RBAC_OK : RBAC_SYSTEM;
}
