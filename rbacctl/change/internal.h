/*
 * internal.h - what every folder of change/ uses; change.h has what commands call. The files
 * beside it include no folder of change/.
 */
#ifndef RBACCTL_CHANGE_INTERNAL_H
#define RBACCTL_CHANGE_INTERNAL_H

#include "rbacctl/change/change.h"

/* ---- fail.c ---- */

/* change_fail() of change.h with the store's words. Returns ERR. */
int change_store_fail(struct change *c, int err);

/* ---- source.c ---- */

/* The open transaction as a source of users, holdings and owners. It borrows C. */
struct source change_source(struct change *c);

/* The owner of SCOPE into OUT (RBAC_USER_MAX + 1 bytes); "": none. */
int change_owner(struct change *c, const char *scope, char *out);

struct rules_actor change_actor(const struct change *c);

/* Has the transaction written something of the subject NAME? */
bool change_has_touched(const struct change *c, const char *name);

/* The users who may do what Q asks, in the words of the refusal. */
void change_who_may(const struct who_question *q, bool force, struct buf *out);

/* Who may approve or review but two people (NULL: none), and TOLD of them are told. */
void change_who_may_but(const struct who_question *q, const char *one, const char *other,
			size_t told, struct buf *out);

/* ---- copies.c ---- */

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

/* ---- effects.c ---- */

/*
 * The view in force beside the one that the change gives, at the path NEW, and whom the change
 * touched: to be kept until change_close(). Asked before the commit, while both are there. A view
 * in force that cannot be read is no error: there is nothing to compare with then. RBAC_OK, or an
 * error with a message.
 */
struct effects {
	struct snapshot before, after;
	struct buf why; /* not comparable: why, in lines */
	bool comparable, all;
	char **subjects;
	size_t n, cap;
};
int change_keep_effects(struct change *c, const char *new);
void change_free_effects(struct change *c);

/* The name of the person who typed the command, not of the user they act for; NULL: root, or nobody
 * that passwd knows. *OUT has RBAC_USER_MAX + 1 bytes. */
const char *change_who_types(const struct change *c, char *out);

#endif
