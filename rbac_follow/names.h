/*
 * names.h - the names of the sheets that this host follows. `rbacctl fleet take` writes them into
 * the file STATE/follow/sheets, one in each line; before the first take it has the sheet "fleet"
 * and the scope of the token.
 */
#ifndef RBAC_FOLLOW_NAMES_H
#define RBAC_FOLLOW_NAMES_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

struct names {
	char path[PATH_MAX];
	char **v;
	size_t n, cap;
	struct stat st; /* of the file when it was read */
};

/* Read FOLDER/sheets; without that file, the only name is "fleet". Lines that are not the name of a
 * sheet are ignored. RBAC_OK, RBAC_NOMEM, or RBAC_SYSTEM with errno set. */
int names_read(struct names *n, const char *folder);
/* Has the file changed since it was read? */
bool names_changed(const struct names *n);
void names_free(struct names *n);

#endif
