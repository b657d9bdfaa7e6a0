/*
 * apply.h - the steps of an apply, each in a file of its own. For this folder only.
 *
 * Each looks at c->p, the new policy, and at the store; nothing is committed before the last has
 * passed.
 */
#ifndef RBACCTL_CHANGE_APPLY_H
#define RBACCTL_CHANGE_APPLY_H

#include "rbacctl/change/internal.h"

/* drop.c: what the store holds and the new policy no longer has. OLD NULL: there was none.
 * RBAC_REFUSED without DROP. */
int apply_renames(struct change *c, const struct policy *new);
int apply_drops(struct change *c, const struct policy *old, const struct policy *new, bool drop);

/* reconcile.c: scopes and assignments of assignments.d into the store, and out of it. */
int apply_files(struct change *c);
void apply_source(struct policy_pos pos, char *out,
		  size_t size); /* "site.conf:7", the source of what that line says */
int apply_blame(struct change *c, struct policy_pos pos,
		int err); /* put the line before the message; returns ERR */

/* added.c: what files have added, judged when all of it is in the store. ID: its number there. V is
 * sorted by this. */
struct added {
	const struct policy_file_assignment *f;
	uint64_t id;
	const char *scope;
};
int added_check(struct change *c, struct added *v, size_t n);

/* gids.c: RBAC_INVALID with PROBLEMS for a clash. */
int apply_gids(struct change *c, struct problems *problems);

/* apply.c: exclusive sets and maxima, with the holders that the store has now. */
int apply_check_holders(struct change *c);

/* Copies of assignments and scopes, for walks that are followed by writes. */
struct copies {
	struct store_assignment *v;
	size_t n, cap;
	struct copied_scope {
		char *scope, *owner, *plan, *source;
		uint64_t change;
	} * scopes;
	size_t n_scopes, cap_scopes;
	bool failed;
};
int copies_all(struct change *c, struct copies *k); /* every assignment and every scope */
int copies_of_user(struct change *c, const char *user,
		   struct copies *k); /* what USER holds and owns */
void copies_free(struct copies *k);

/* file_scopes.c: the scopes that files name are made or changed; those of K that no file names any
 * more go. */
int apply_put_scopes(struct change *c, const struct copies *k, struct watch *watch);
int apply_remove_scopes(struct change *c, const struct copies *k);

#endif
