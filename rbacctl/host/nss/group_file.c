#include "rbacctl/host/nss/group_file.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include "common/error.h"

enum { BUFFER_FIRST = 4096 };

void group_file_open(struct group_file *g, const char *path)
{
	*g = (struct group_file){ .f = fopen(path, "re") };
}

void group_file_close(struct group_file *g)
{
	if (g->f)
		fclose(g->f);
	free(g->buf);
	*g = (struct group_file){ .f = NULL };
}

static bool enlarge(struct group_file *g)
{
	size_t size = g->size ? 2 * g->size : BUFFER_FIRST;
	char *buf = g->size <= SIZE_MAX / 4 ? malloc(size) : NULL;

	if (!buf)
		return false;
	free(g->buf); /* what is in it need not be kept */
	g->buf = buf;
	g->size = size;
	return true;
}

int group_file_next(struct group_file *g, const struct group **out)
{
	struct group *found = NULL;
	int number = ERANGE;
	long at = g->f ? ftell(g->f) : 0;

	if (!g->f)
		return RBAC_NOTFOUND;
	if (at < 0)
		return RBAC_SYSTEM;
	if (g->buf)
		number = fgetgrent_r(g->f, &g->entry, g->buf, g->size, &found);
	while (number == ERANGE) {
		if (!enlarge(g))
			return RBAC_NOMEM;
		if (fseek(g->f, at, SEEK_SET) != 0)
			return RBAC_SYSTEM;
		number = fgetgrent_r(g->f, &g->entry, g->buf, g->size, &found);
	}
	*out = found;
	if (found)
		return RBAC_OK;
	return number == 0 || number == ENOENT ? RBAC_NOTFOUND
	       : number == ENOMEM              ? RBAC_NOMEM
					       : RBAC_SYSTEM;
}
