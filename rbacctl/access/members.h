/*
 * members.h - find users who may have access to this host although the store has no record of them:
 * through an assignment to a %group, by a login rule, or by an exemption.
 */
#ifndef RBACCTL_ACCESS_MEMBERS_H
#define RBACCTL_ACCESS_MEMBERS_H

#include <stddef.h>
#include <stdint.h>

#include "rbacctl/host/nss/accounts.h"
#include "rbacctl/access/snapshot.h"

struct members_group {
	char *name; /* "%staff" */
	uint32_t gid;
};

struct members {
	/* Sorted, each once. They are in passwd, are not recorded in a view, and are not uid 0. */
	char **names;
	size_t n, cap;
	/* Groups that may have members who are not listed. */
	struct members_group *open;
	size_t n_open, cap_open;
};

/*
 * Collect, from the view A and (if not NULL) the view B: the users that login rules and `exempt`
 * name; and the members of the Unix groups that have assignments or that login rules and `exempt`
 * name, with the users whose primary group it is.
 *
 * A directory need not list the members of a group, and passwd need not list the users of a
 * directory. So only a group of /etc/group is taken as complete; every other group is added to
 * M->open, too.
 *
 * Returns RBAC_OK, RBAC_NOMEM or RBAC_DAMAGED. Free *M in any case.
 */
int members_gather(const struct snapshot *a, const struct snapshot *b, struct members *m);
void members_free(struct members *m);

/* The same for the single Unix group GID, but with its recorded members, too. */
int members_of_group(uint32_t gid, struct members *m);

/* The same for several groups. ASKED: answers of passwd and group from before the store was locked,
 * which are then not asked again; NULL: none. */
int members_of_gids(const struct gids *gids, const struct facts *asked, struct members *m);

/*
 * The same for the N groups with the names GROUPS, without the %. A group that does not exist has
 * no members. RBAC_OK or RBAC_NOMEM. Free *M in any case.
 */
int members_of_groups(const char *const *groups, size_t n, struct members *m);

/*
 * Before questions about many users: read passwd and the members of the groups that matter into
 * *ACCOUNTS once, and make A and B (may be NULL) use it. Free *ACCOUNTS after the last question.
 * Returns as accounts_read().
 */
int members_accounts(struct snapshot *a, struct snapshot *b, struct accounts *accounts);

/* Call FN with each name that members_gather() finds for SNAP; these users and those of
 * snapshot_users() are everybody. If FN returns anything but RBAC_OK, the function stops and
 * returns that. */
int members_each(const struct snapshot *snap, source_user_fn *fn, void *ctx);

#endif
