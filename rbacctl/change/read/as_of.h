/*
 * as_of.h - a view of the store as it was, for queries to read in the place of the published one.
 *
 * The content of the store is as it was then: users, scopes, assignments, policy. What this machine
 * has is of today: accounts, Unix groups and their members, GIDs of Unix groups, the time zone.
 */
#ifndef RBACCTL_CHANGE_READ_AS_OF_H
#define RBACCTL_CHANGE_READ_AS_OF_H

#include "rbacctl/invocation.h"

/*
 * Make the view of the store as it was after a change: TEXT is its number, or a time, which means
 * the last change until then. A->view is its path until as_of_end() removes it. Nothing of the
 * store or of the published view is changed; the lock is held while the view is compiled. Only root
 * can. The exit status, with a complaint when not EXIT_DONE.
 */
int as_of_begin(struct invocation *a, const char *text);
void as_of_end(struct invocation *a);

/* The same for the instant AT, without a word: RBAC_OK, or an error. RBAC_INVALID: the store does
 * not know what it was then. */
int as_of_begin_at(struct invocation *a, int64_t at);

/* Compile the view of C's transaction into a file of this process, whose PATH has SIZE bytes. For
 * this and other_host.c; RBAC_OK, or an error with a message. */
struct change;
int as_of_compile(struct change *c, char *path, size_t size);

#endif
