/*
 * which_scope.h - the default of --scope. Changes ask the store for the scopes, queries the view;
 * both use these functions.
 */
#ifndef RBACCTL_ACCESS_WHICH_SCOPE_H
#define RBACCTL_ACCESS_WHICH_SCOPE_H

#include "common/name.h"
#include "rbacctl/buf.h"
#include "rbacctl/model/model.h"

/* A list of all scopes: EACH calls FN with every scope, in order. If FN returns anything but
 * RBAC_OK, EACH stops and returns that. */
typedef int which_scope_fn(void *arg, const char *scope);
struct which_scope_list {
	int (*each)(void *ctx, which_scope_fn *fn, void *arg);
	void *ctx;
};

/*
 * For a role (ROLE is its index in P), the default is the scope of the role's kind at or above the
 * scopes of this host, if there is exactly one; otherwise the only scope of that kind. For a key
 * (ROLE is -1) it is this host's scope; otherwise the only scope that exists.
 *
 * Returns RBAC_OK, with the scope in OUT (RBAC_SCOPE_MAX + 1 bytes); RBAC_INVALID if there is none,
 * or several: then WHY gets a text with the complete command for each candidate, in lines, without
 * a line end after the last; RBAC_NOMEM; or an error of LIST.
 */
int which_scope(const struct policy *p, int role, const struct which_scope_list *list, char *out,
		struct buf *why);

/*
 * Append `; did you mean "SCOPE"?` with the scope that is most similar to WORD (problem_nearest())
 * to OUT. Appends nothing if no scope is similar, or LIST returns an error.
 */
void which_scope_nearest(const struct which_scope_list *list, const char *word, struct buf *out);

#endif
