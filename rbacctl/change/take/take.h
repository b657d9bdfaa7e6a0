/*
 * take.h - a member takes what the authority of its fleet has pushed.
 */
#ifndef RBACCTL_CHANGE_TAKE_TAKE_H
#define RBACCTL_CHANGE_TAKE_TAKE_H

#include "rbacctl/change/change.h"

/*
 * Take what DIR has: rows of origin "fleet" only, in one transaction, with its record in the audit
 * chain. What cannot be taken is left out, and told in C->notes and in *ATTENTION; it never keeps
 * the rest from being taken. C is opened by this; then change_close(). RBAC_OK also when nothing
 * was new; an error: nothing was taken.
 */
struct take_result {
	size_t taken, followed; /* sheets */
	bool attention;         /* something was refused, left out, or is waited for */
};
int change_take(struct change *c, struct invocation *a, const char *dir, struct take_result *out);

#endif
