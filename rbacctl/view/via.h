/*
 * via.h - who is in the groups of roles through a Unix group: the members that this host knows of a
 * %group with an assignment.
 *
 * The same answer that nss_rbac gives a session (common/subject.h), worked out beforehand for the
 * lists of members. A user is in what their Unix groups bring, and in what is assigned to an extra
 * Unix group that a role of theirs brings. A user who is suspended is in nothing; one whose UID is
 * not the recorded one is in what their Unix groups bring.
 */
#ifndef RBACCTL_VIEW_VIA_H
#define RBACCTL_VIEW_VIA_H

#include "rbacctl/view/subjects.h"

/* A user is listed as a member of the Unix group GID. */
struct via_pair {
	const char *user;
	uint32_t gid;
};

/* What a Unix group has by its assignments. */
struct via_group {
	uint32_t gid;
	struct encode_gid *gids;
	size_t n;
};

struct via {
	struct via_pair *pairs;
	size_t n_pairs, cap_pairs; /* sorted by user, then gid; each once. Users borrow the facts */
	struct via_group *groups;
	size_t n_groups, cap_groups; /* sorted by gid once via_begin is done */
	struct encode_gid *gids;
	size_t n_gids, cap_gids; /* of via_of */
	struct encode_gid *extras;
	size_t n_extras, cap_extras; /* those of them that bring more */
};

/* Pairs and groups of what W is about. RBAC_OK, RBAC_NOMEM, or the store's error. End it in any
 * case. */
int via_begin(struct via *v, struct subjects *w);
void via_end(struct via *v);

/* The first pair of USER, or where it would be. */
size_t via_find(const struct via *v, const char *user);

/*
 * Into V->gids: the gids and windows that USER has through Unix groups, beside the N of OWN, which
 * they hold themselves (0 where that does not count). Each once, sorted by gid and window.
 */
int via_of(struct via *v, const struct subjects *w, const char *user, const struct encode_gid *own,
	   size_t n);

#endif
