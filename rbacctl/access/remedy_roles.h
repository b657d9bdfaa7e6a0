/*
 * remedy_roles.h - for remedy.c: the roles that would let somebody in.
 */
#ifndef RBACCTL_ACCESS_REMEDY_ROLES_H
#define RBACCTL_ACCESS_REMEDY_ROLES_H

#include "rbacctl/access/remedy.h"

/* A role that would let in if it were held at SCOPE. */
struct remedy {
	int role;
	unsigned keys, depth; /* how many keys it brings; of SCOPE */
	bool admin;           /* it, or a role that it includes, is marked bootstrap */
	bool extra;           /* it brings a Unix group, which may be worth root */
	size_t order;
	const struct held *held; /* the user has the role elsewhere, or at another time; NULL: no.
				    Borrows the question's holdings */
	char *scope;
};
struct remedies {
	struct remedy *v;
	size_t n, cap;
	size_t allowed; /* the first ones: those that may be given, each role once, best first */
};

/*
 * Every role that would let Q's user in, at every scope where it could be held. First those that
 * the user has already, elsewhere or at another time; then the weaker: that do not administer, that
 * bring no Unix group, that bring the fewest keys; at the lowest scope. Of roles in exclusive sets
 * the first REMEDY_EXCLUSIVE_TRIES are tried. False: out of memory. To be freed in any case.
 */
bool remedy_roles(const struct question *q, struct remedies *all);

/* The weakest of those that may be given, of which there is one. */
const struct remedy *remedy_weakest(const struct remedies *all);
void remedies_free(struct remedies *all);

#endif
