/*
 * accounts.h - passwd and group read once, for questions about many users.
 *
 * Asking the C library for one user reads all of /etc/passwd and /etc/group where they are files:
 * asking for each of many users takes the square of their number. Users whom the pass over passwd
 * does not list (a directory does not enumerate) are still asked for one by one, and so is whose
 * member somebody is, unless nsswitch.conf names no source that could answer more than it lists.
 */
#ifndef RBACCTL_HOST_NSS_ACCOUNTS_H
#define RBACCTL_HOST_NSS_ACCOUNTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* GIDs of the groups of one user, the primary one included. */
struct gids {
	uint32_t *v;
	size_t n;
};

/* What getgrouplist(3) says of USER; empty for a user whom passwd does not know. RBAC_OK or
 * RBAC_NOMEM. */
int gids_of_user(const char *user, struct gids *g);
void gids_free(struct gids *g);

struct account {
	char *name;
	uint32_t uid, gid;
	size_t at;
}; /* AT: its place in passwd */
struct membership {
	char *name;
	uint32_t gid;
};
struct account_group {
	uint32_t gid;
	char *name;
}; /* NAME: with the % */

/* Who was asked for one by one. Each name once, by name. */
struct accounts_memo {
	struct account_asked {
		char *name;
		uint32_t uid; /* RBAC_NO_UID: passwd does not know them */
		bool differs; /* as for accounts_uid_of() */
		struct gids gids;
	} * v;
	size_t n, cap;
};
void accounts_memo_free(struct accounts_memo *m);

struct accounts {
	struct accounts_memo *memo; /* NULL: none. Borrowed; what has to be asked is kept there, so
				       that one name is asked for once */
	struct account *v;
	size_t n, cap; /* by name; the first of several of one name */
	struct membership *members;
	size_t n_members, cap_members; /* who is in a group that counts, by name */
	struct account_group *groups;
	size_t n_groups;            /* those that count, by gid */
	bool no_groups;             /* no group counts: nobody need be asked for theirs */
	bool all_users, all_groups; /* what is listed is all there is */
};

/* GIDS: the N groups whose members matter; rising. RBAC_OK, RBAC_NOMEM, RBAC_SYSTEM (passwd cannot
 * be read). */
int accounts_read(struct accounts *a, const uint32_t *gids, size_t n);
void accounts_free(struct accounts *a);

/* The uid of USER; RBAC_NO_UID: passwd does not know them. A NULL: asks for this one. */
uint32_t accounts_uid(const struct accounts *a, const char *user);

/* The same; *DIFFERS: passwd has an entry for USER, and spells the name otherwise (person.h). */
uint32_t accounts_uid_of(const struct accounts *a, const char *user, bool *differs);

/* The groups of USER, the primary one included; of those read from lists only the ones that matter.
 * A NULL: asks. RBAC_OK or RBAC_NOMEM. */
int accounts_gids(const struct accounts *a, const char *user, struct gids *g);

/*
 * The name of the Unix group GID, as unix_group_name() says it, into OUT of SIZE bytes. To ask the
 * C library takes as long as the list of the group's members is: those that count were asked for
 * once. A NULL: asks.
 */
void accounts_group(const struct accounts *a, uint32_t gid, char *out, size_t size);

#endif
