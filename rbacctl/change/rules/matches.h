/*
 * matches.h - the role that a command names, and the assignments that it is about.
 */
#ifndef RBACCTL_CHANGE_RULES_MATCHES_H
#define RBACCTL_CHANGE_RULES_MATCHES_H

#include "rbacctl/change/internal.h"

int change_find_role(struct change *c, const char *name, int *role);

/* The assignments of one subject that are of ROLE at SCOPE. V is to be freed; the texts in it
 * borrow the transaction. */
struct matches {
	const char *role, *scope;
	uint64_t id; /* 0: any */
	struct store_assignment *v;
	size_t n, cap;
};
int change_find_matches(struct change *c, const char *subject, struct matches *m);
int change_remove_matches(struct change *c, const struct matches *m);

/* Has A ended, by its window or because nobody reviewed it? */
bool change_has_ended(const struct change *c, const struct store_assignment *a);

/* RBAC_REFUSED where A came from a file. */
int change_not_from_file(struct change *c, const struct store_assignment *a);

#endif
