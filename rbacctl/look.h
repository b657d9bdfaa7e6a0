/*
 * look.h - a view with its policy, for queries: what everybody may read, without the store.
 */
#ifndef RBACCTL_LOOK_H
#define RBACCTL_LOOK_H

#include <stdbool.h>
#include <stdint.h>

#include "common/decide.h"
#include "common/view.h"
#include "rbacctl/admin.h"
#include "rbacctl/policy/model.h"
#include "rbacctl/publish/others.h"

struct look {
	struct rbac_view v;
	struct policy_sources sources;
	struct policy *p;
	bool open;
	const struct accounts *accounts;   /* passwd and group, where many users are asked about; NULL: each is asked for. Borrowed */
};

/* Open the view at PATH and load its policy. Says on stderr what is wrong. RBAC_OK, or the error. Close it in any case. */
int look_open(struct look *l, const char *path);

/*
 * The same, but says nothing: WHY gets what is wrong, in lines. Where only the policy in it cannot be read by this rbacctl, the
 * view stays open, with the texts in L->sources and P NULL.
 */
int look_try(struct look *l, const char *path, struct buf *why);
void look_close(struct look *l);

/* The default scope: the host's only one. NULL, and said on stderr, when the host has several or "any". */
const char *look_host_scope(const struct look *l);

/* Does SCOPE exist in the view? RBAC_OK, RBAC_NOTFOUND, RBAC_DAMAGED. REC (may be NULL) gets its record. */
int look_scope(const struct look *l, const char *scope, struct rbac_scope_rec *rec);

/* Call FN with the name of every user in order; what it returns other than RBAC_OK stops the walk and is passed on. */
typedef int look_user_fn(void *ctx, const char *user);
int look_users(const struct look *l, look_user_fn *fn, void *ctx);

/* The same for scopes. */
typedef int look_scope_fn(void *ctx, const char *scope, const struct rbac_scope_rec *rec);
int look_scopes(const struct look *l, look_scope_fn *fn, void *ctx);

/* The same for the gids of Unix groups to which something is assigned (%group). */
typedef int look_unix_fn(void *ctx, uint32_t gid);
int look_unix_groups(const struct look *l, look_unix_fn *fn, void *ctx);

/* Other sources of groups and users that answer for the groups of roles, as this host says now: publish/others.h. */
int look_others(const struct look *l, others_fn *fn, void *ctx);

/* Ask the gate about USER as pam_rbac would at this moment: uid and groups from this host. */
int look_decide(const struct look *l, const char *user, const char *service, const char *rhost, int64_t now, struct rbac_verdict *out);

#endif
