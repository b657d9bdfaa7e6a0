/*
 * snapshot.h - a view with its policy, for queries: what everybody may read, without the store.
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
#include "rbacctl/host/person.h"
#include "rbacctl/model/model.h"

struct snapshot {
	struct rbac_view v;
	struct policy_sources
		sources;        /* the texts in the view: comments blanked, no assignments.d */
	const struct policy *p; /* OWN, or one that was lent */
	struct policy *own;     /* loaded from SOURCES; NULL: none */
	bool open;
	const struct accounts *accounts; /* passwd and group, where many users are asked about;
					    NULL: each is asked for. Borrowed */
};

/* Open the view at PATH and load its policy. Says on stderr what is wrong. RBAC_OK, or the error.
 * Close it in any case. */
int snapshot_open(struct snapshot *snap, const char *path);

/*
 * The same, but says nothing: WHY gets what is wrong, in lines. Where only the policy in it cannot
 * be read by this rbacctl, the view stays open, with the texts in SNAP->sources and P NULL.
 */
int snapshot_try(struct snapshot *snap, const char *path, struct buf *why);
void snapshot_close(struct snapshot *snap);

/*
 * The same two for a caller that has loaded policies already: where a view has the texts of one of
 * the N at LENT, that policy is used, and not loaded again. Borrowed for as long as SNAP is open. P
 * may be NULL.
 */
struct lent_policy {
	const struct policy *p;
	const struct policy_sources *sources; /* what P was loaded from */
};
int snapshot_open_with(struct snapshot *snap, const char *path, const struct lent_policy *lent,
		       size_t n);
int snapshot_try_with(struct snapshot *snap, const char *path, const struct lent_policy *lent,
		      size_t n, struct buf *why);

/* Does the view have the texts that publishing SOURCES would put into it? */
bool snapshot_has_texts(const struct snapshot *snap, const struct policy_sources *sources);

/* The scope that is meant without --scope for ROLE, or for a key where ROLE is -1: which_scope().
 */
int snapshot_which_scope(const struct snapshot *snap, int role, char *out, struct buf *why);

/* The hint of which_scope_nearest(), by the view. */
void snapshot_nearest_scope(const struct snapshot *snap, const char *word, struct buf *out);

/* Does SCOPE exist in the view? RBAC_OK, RBAC_NOTFOUND, RBAC_DAMAGED. REC (may be NULL) gets its
 * record. */
int snapshot_scope(const struct snapshot *snap, const char *scope, struct rbac_scope_rec *rec);

/* The view as a source of users, holdings and owners. It borrows SNAP, with the accounts that SNAP
 * has now. */
struct source snapshot_source(const struct snapshot *snap);

/* Is USER recorded in the view? What cannot be read counts as yes. */
bool snapshot_has_user(const struct snapshot *snap, const char *user);

/*
 * Whom TYPED means: a user of this host or of the view. EXIT_DONE, having said on stderr what was
 * understood where it differs; or EXIT_USAGE with a complaint.
 */
int snapshot_person(const struct snapshot *snap, const char *typed, struct person *p);

/* Call FN with the name of every user in order; what it returns other than RBAC_OK stops the walk
 * and is passed on. */
int snapshot_users(const struct snapshot *snap, source_user_fn *fn, void *ctx);

/* The same for scopes. */
typedef int snapshot_scope_fn(void *ctx, const char *scope, const struct rbac_scope_rec *rec);
int snapshot_scopes(const struct snapshot *snap, snapshot_scope_fn *fn, void *ctx);

/* The same for the groups that the view makes or fills: those of roles, and extra Unix groups. */
typedef int snapshot_group_fn(void *ctx, const char *name, uint32_t gid);
int snapshot_groups(const struct snapshot *snap, snapshot_group_fn *fn, void *ctx);

/* The same for the gids of Unix groups to which something is assigned (%group). */
int snapshot_unix_groups(const struct snapshot *snap, source_gid_fn *fn, void *ctx);

/* Decide about USER as pam_rbac would at this moment: uid and groups from this host. */
int snapshot_decide(const struct snapshot *snap, const char *user, const char *service,
		    const char *rhost, int64_t now, struct rbac_verdict *out);

/* The same, as if nobody were exempt. */
int snapshot_decide_by_rules(const struct snapshot *snap, const char *user, const char *service,
			     const char *rhost, int64_t now, struct rbac_verdict *out);

#endif
