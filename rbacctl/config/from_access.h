/*
 * from_access.h - make login rules from a file of access.conf(5).
 *
 * In access.conf a line allows or denies, the first line that matches decides, and a user whom no
 * line matches is allowed. Login rules only allow. So a file can be translated completely if its
 * last line denies everybody and all lines before it allow; each other line is reported as a
 * problem.
 */
#ifndef RBACCTL_CONFIG_FROM_ACCESS_H
#define RBACCTL_CONFIG_FROM_ACCESS_H

#include <stdbool.h>

#include "rbacctl/model/problem.h"

/* Does this host have a user, or a group, of that name? */
struct from_access_host {
	bool (*is_user)(const char *name);
	bool (*is_group)(const char *name);
};

/*
 * Append the entries of `login` for TEXT, the content of the file NAME, to RULES. The rules are for
 * SERVICE; those of a line with the origin cron are for cron. Lines that cannot be translated are
 * added to LEFT. The function overwrites TEXT. Returns RBAC_OK or RBAC_NOMEM.
 */
int from_access(char *text, const char *name, const char *service,
		const struct from_access_host *host, struct buf *rules, struct problems *left);

#endif
