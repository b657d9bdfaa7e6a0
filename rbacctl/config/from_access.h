/*
 * from_access.h - login rules from a file of access.conf(5), as pam_access reads it.
 *
 * There, lines give and take away, the first that matches counts, and whom none matches gets in.
 * Login rules only give. So a file is carried over whole where its last line takes from everybody
 * and the lines before it only give; what else it says is a problem each, with its line.
 */
#ifndef RBACCTL_CONFIG_FROM_ACCESS_H
#define RBACCTL_CONFIG_FROM_ACCESS_H

#include <stdbool.h>

#include "rbacctl/model/problem.h"

/* Whether this host has a user, or a group, of that name. */
struct from_access_host {
	bool (*is_user)(const char *name);
	bool (*is_group)(const char *name);
};

/*
 * Write to RULES the entries of `login` for TEXT, the contents of the file NAME: for SERVICE, and
 * for cron where a line names it as the origin. What cannot be carried over goes to LEFT. TEXT is
 * written to. RBAC_OK or RBAC_NOMEM.
 */
int from_access(char *text, const char *name, const char *service,
		const struct from_access_host *host, struct buf *rules, struct problems *left);

#endif
