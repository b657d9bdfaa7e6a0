/*
 * remedy_roles.h - for remedy.c: find the roles that would allow a login.
 */
#ifndef RBACCTL_ACCESS_REMEDY_ROLES_H
#define RBACCTL_ACCESS_REMEDY_ROLES_H

#include "rbacctl/access/remedy.h"

/* A role that would allow the login if the user held it at SCOPE. */
struct remedy {
	int role;
	unsigned keys;  /* how many keys it brings */
	unsigned depth; /* of SCOPE */
	bool admin;     /* it, or a role that it includes, is marked bootstrap */
	bool extra;     /* it brings a Unix group, which may give the power of root */
	size_t order;
	/* A holding of the role at another scope or time, which borrows the question; or NULL. */
	const struct held *held;
	char *scope; /* owned by struct remedies */
};
struct remedies {
	struct remedy *v;
	size_t n, cap;
	size_t allowed; /* the first ALLOWED can be assigned: each role once, the best first */
};

/*
 * Set *ALL to every role that would let Q's user log in, at every scope where it can be held. The
 * order, and the roles of exclusive sets that are tried, are those of remedy_text(). False: out of
 * memory. Free *ALL in any case.
 */
bool remedy_roles(const struct question *q, struct remedies *all);

/* The weakest of the roles that can be assigned. ALL->allowed must not be 0. */
const struct remedy *remedy_weakest(const struct remedies *all);
void remedies_free(struct remedies *all);

#endif
