/*
 * members.h - users who have access to this host although the store has no record of them: by a
 * %group assignment, by a login rule, or as exempt.
 */
#ifndef RBACCTL_ACCESS_MEMBERS_H
#define RBACCTL_ACCESS_MEMBERS_H

#include <stddef.h>
#include <stdint.h>

#include "rbacctl/host/accounts.h"
#include "rbacctl/access/snapshot.h"

struct members_group {
	char *name;
	uint32_t gid;
}; /* "%staff" */

struct members {
	char **names;
	size_t n, cap; /* sorted, each once; known to passwd, recorded in no view, not uid 0 */
	struct members_group *open;
	size_t n_open, cap_open;
};

/*
 * Of the view A and, where it is not NULL, of B: the users whom login rules and exempt name, and
 * the members of the Unix groups to which something is assigned or which they name, primary groups
 * included.
 *
 * A group of a directory need not list its members, and a user of a directory need not be listed by
 * passwd: the members in /etc/group are taken as complete; any other group is added to OPEN as
 * well.
 *
 * RBAC_OK, RBAC_NOMEM, RBAC_DAMAGED. To be freed in any case.
 */
int members_gather(const struct snapshot *a, const struct snapshot *b, struct members *m);
void members_free(struct members *m);

/* The same for the Unix group GID alone: all its members, recorded or not. */
int members_of_group(uint32_t gid, struct members *m);

/* The same for several. ASKED (NULL: nothing): passwd and groups that were asked for before the
 * store was locked; this host is not asked again then. */
int members_of_gids(const struct gids *gids, const struct facts *asked, struct members *m);

/*
 * The members of the N Unix groups, by name without the %: those that are listed, recorded or not,
 * in NAMES; a group that may have others in OPEN, as above. A group that is not known has none.
 * RBAC_OK or RBAC_NOMEM. To be freed in any case.
 */
int members_of_groups(const char *const *groups, size_t n, struct members *m);

/*
 * For questions about many users of A and of B (NULL: of A alone): read passwd, and who is in the
 * groups that count there, into *ACCOUNTS, and have both use it. To be freed when neither is asked
 * any more. RBAC_OK, or as accounts_read().
 */
int members_accounts(struct snapshot *a, struct snapshot *b, struct accounts *accounts);

/* Call FN with each name of one view's; what it returns other than RBAC_OK ends it and is passed
 * on. Beside snapshot_users(): everybody. */
int members_each(const struct snapshot *snap, source_user_fn *fn, void *ctx);

#endif
