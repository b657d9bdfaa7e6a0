/*
 * snapshot.h - a view and its policy, opened for queries. Every user may read it; the store is not
 * needed.
 */
#ifndef RBACCTL_ACCESS_SNAPSHOT_H
#define RBACCTL_ACCESS_SNAPSHOT_H

#include <stdbool.h>
#include <stdint.h>

#include "common/decide.h"
#include "common/view.h"
#include "rbacctl/config/source.h"
#include "rbacctl/invocation.h"
#include "rbacctl/access/source.h"
#include "rbacctl/config/source.h"
#include "rbacctl/host/people/person.h"
#include "rbacctl/model/model.h"

struct snapshot {
	struct rbac_view v;
	/* The policy texts of the view: without comments and without assignments.d. */
	struct policy_sources sources;
	const struct policy *p; /* OWN, or a policy of snapshot_open_with() */
	struct policy *own;     /* loaded from SOURCES; NULL: none */
	bool open;
	/* passwd and group, read once for questions about many users; NULL: each user is looked up.
	 * Borrowed. */
	const struct accounts *accounts;
};

/* Open the view at PATH and load its policy. Returns RBAC_OK, or an error with a message on stderr.
 * Close SNAP in any case. */
int snapshot_open(struct snapshot *snap, const char *path);

/*
 * The same, but print nothing: append the reason of an error to WHY, in lines. If only the policy
 * cannot be read by this rbacctl, the view stays open: SNAP->sources has its texts, and P is NULL.
 */
int snapshot_try(struct snapshot *snap, const char *path, struct buf *why);
void snapshot_close(struct snapshot *snap);

/*
 * The same two for a caller that has loaded policies already. If the view has the texts of one of
 * the N policies at LENT, SNAP borrows that policy instead of loading it again. P may be NULL.
 */
struct lent_policy {
	const struct policy *p;
	const struct policy_sources *sources; /* what P was loaded from */
};
int snapshot_open_with(struct snapshot *snap, const char *path, const struct lent_policy *lent,
		       size_t n);
int snapshot_try_with(struct snapshot *snap, const char *path, const struct lent_policy *lent,
		      size_t n, struct buf *why);

/* Does the view have the texts that a publish of SOURCES would write into it? */
bool snapshot_has_texts(const struct snapshot *snap, const struct policy_sources *sources);

/* which_scope() with the scopes of the view: the default of --scope for ROLE, or for a key if ROLE
 * is -1. */
int snapshot_which_scope(const struct snapshot *snap, int role, char *out, struct buf *why);

/* which_scope_nearest() with the scopes of the view. */
void snapshot_nearest_scope(const struct snapshot *snap, const char *word, struct buf *out);

/* Does SCOPE exist in the view? RBAC_OK, RBAC_NOTFOUND, RBAC_DAMAGED. REC (may be NULL) gets its
 * record. */
int snapshot_scope(const struct snapshot *snap, const char *scope, struct rbac_scope_rec *rec);

/* The view as a source of users, holdings and owners (source.h). It borrows SNAP and its present
 * accounts. */
struct source snapshot_source(const struct snapshot *snap);

/* Is USER recorded in the view? True if the record cannot be read. */
bool snapshot_has_user(const struct snapshot *snap, const char *user);

/*
 * Find the person that TYPED names, a user of this host or of the view. Returns EXIT_DONE, and
 * prints the name on stderr if it differs from TYPED; or EXIT_USAGE, with a message.
 */
int snapshot_person(const struct snapshot *snap, const char *typed, struct person *p);

/* Call FN with the name of every user, in order. If FN returns anything but RBAC_OK, the function
 * stops and returns that. */
int snapshot_users(const struct snapshot *snap, source_user_fn *fn, void *ctx);

/* The same for scopes. */
typedef int snapshot_scope_fn(void *ctx, const char *scope, const struct rbac_scope_rec *rec);
int snapshot_scopes(const struct snapshot *snap, snapshot_scope_fn *fn, void *ctx);

/* The same for the groups in the view: those of roles, and extra Unix groups. */
typedef int snapshot_group_fn(void *ctx, const char *name, uint32_t gid);
int snapshot_groups(const struct snapshot *snap, snapshot_group_fn *fn, void *ctx);

/* The same for the gids of the Unix groups that have assignments (%group). */
int snapshot_unix_groups(const struct snapshot *snap, source_gid_fn *fn, void *ctx);

/* Decide about USER as pam_rbac would now; uid and groups are asked from this host. The result is
 * RBAC_OK with *OUT, RBAC_NOMEM, RBAC_DAMAGED, or an error of passwd or group. */
int snapshot_decide(const struct snapshot *snap, const char *user, const char *service,
		    const char *rhost, int64_t now, struct rbac_verdict *out);

/* The same, but without exemptions. */
int snapshot_decide_by_rules(const struct snapshot *snap, const char *user, const char *service,
			     const char *rhost, int64_t now, struct rbac_verdict *out);

#endif
