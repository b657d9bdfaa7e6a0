/*
 * names.h - which sheets this host follows: `rbacctl fleet take` writes them into the file
 * STATE/follow/sheets, one a line. Before the first take there is the sheet of the fleet alone, and
 * the scope of the token.
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

/* Read FOLDER/sheets. No file: the fleet's sheet. RBAC_OK, RBAC_NOMEM, RBAC_SYSTEM with errno set.
 * Names that are of no sheet are left out. */
int names_read(struct names *n, const char *folder);
bool names_changed(const struct names *n);
void names_free(struct names *n);

#endif
