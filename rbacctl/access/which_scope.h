/*
 * which_scope.h - the scope that a command without --scope means. The same for changes, which
 * ask the store, and for queries, which ask the view.
 */
#ifndef RBACCTL_ACCESS_WHICH_SCOPE_H
#define RBACCTL_ACCESS_WHICH_SCOPE_H

#include "common/name.h"
#include "rbacctl/buf.h"
#include "rbacctl/model/model.h"

/* Calls FN with every scope there is, in order; what it returns other than RBAC_OK ends the walk,
 * and is returned. */
typedef int which_scope_fn(void *arg, const char *scope);
struct which_scope_list {
	int (*each)(void *ctx, which_scope_fn *fn, void *arg);
	void *ctx;
};

/*
 * For a role (ROLE, its number in P): the scope of its kind at or above this host's scopes, where
 * there is one; else the only scope of its kind. For a key (ROLE -1): this host's scope; else the
 * only scope there is.
 *
 * RBAC_OK: in OUT (RBAC_SCOPE_MAX + 1 bytes). RBAC_INVALID: there is none, or several; WHY says so
 * and has the finished command for each candidate, in lines without the last newline. RBAC_NOMEM,
 * or an error of LIST.
 */
int which_scope(const struct policy *p, int role, const struct which_scope_list *list, char *out,
		struct buf *why);

/*
 * Append `; did you mean "SCOPE"?` with the scope nearest to WORD (problem_nearest()); nothing
 * where none is. A hint: an error of LIST is no hint.
 */
void which_scope_nearest(const struct which_scope_list *list, const char *word, struct buf *out);

#endif
