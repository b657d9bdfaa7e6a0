#include "rbac_follow/names.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rbacctl/buf.h"
#include "rbacctl/files.h"
#include "rbacctl/fleet/sheet.h"

enum { FILE_MAX = 256 << 10 };

static int add(struct names *n, const char *name, size_t len)
{
	if (!fleet_name_is_sheet(name, len))
		return RBAC_OK;
	char *copy = buf_room(&n->v, n->n, &n->cap, sizeof(*n->v)) ? strndup(name, len) : NULL;
	if (!copy)
		return RBAC_NOMEM;
	n->v[n->n++] = copy;
	return RBAC_OK;
}

int names_read(struct names *n, const char *folder)
{
	char *text = NULL;
	size_t len;

	*n = (struct names){ 0 };
	snprintf(n->path, sizeof(n->path), "%s/sheets", folder);
	int fd = open(n->path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? add(n, FLEET_SHEET, strlen(FLEET_SHEET)) : RBAC_SYSTEM;
	int err = fstat(fd, &n->st) == 0 ? files_read(fd, FILE_MAX, &text, &len) : RBAC_SYSTEM;
	close(fd);
	for (const char *p = text; !err && *p;) {
		size_t line = strcspn(p, "\n");
		err = add(n, p, line);
		p += line + (p[line] != '\0');
	}
	free(text);
	return err;
}

bool names_changed(const struct names *n)
{
	struct stat st = { 0 };

	if (stat(n->path, &st) != 0)
		return false; /* what is followed stays */
	return st.st_ino != n->st.st_ino || st.st_mtim.tv_sec != n->st.st_mtim.tv_sec ||
	       st.st_mtim.tv_nsec != n->st.st_mtim.tv_nsec;
}

void names_free(struct names *n)
{
	for (size_t i = 0; i < n->n; i++)
		free(n->v[i]);
	free(n->v);
	n->v = NULL;
	n->n = n->cap = 0;
}
