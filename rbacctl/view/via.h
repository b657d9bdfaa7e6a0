/*
 * via.h - who is a member of the groups of roles through a Unix group: the members of a %group with
 * an assignment, as far as this host lists them.
 *
 * For the member lists of the view, this computes the same answer that nss_rbac gives for a session
 * (common/subject.h). A user has the groups that the assignments of their Unix groups bring, and
 * those that the assignments of an extra Unix group bring, if a role of the user brings that group.
 * A suspended user has none. A user whose UID is not the recorded one has only those of their Unix
 * groups.
 */
#ifndef RBACCTL_VIEW_VIA_H
#define RBACCTL_VIEW_VIA_H

#include "rbacctl/view/subjects.h"

/* A user is listed as a member of the Unix group GID. */
struct via_pair {
	const char *user;
	uint32_t gid;
};

/* The gids that the assignments of a Unix group bring. */
struct via_group {
	uint32_t gid;
	struct encode_gid *gids;
	size_t n;
};

struct via {
	struct via_pair *pairs;
	size_t n_pairs, cap_pairs; /* sorted by user, then gid; each once. Users borrow the facts */
	struct via_group *groups;
	size_t n_groups, cap_groups; /* sorted by gid after via_begin() */
	struct encode_gid *gids;
	size_t n_gids, cap_gids; /* the result of via_of() */
	struct encode_gid *extras;
	size_t n_extras, cap_extras; /* those of GIDS that bring further gids */
};

/* Collect the pairs and groups for the compile of W. RBAC_OK, RBAC_NOMEM, or the store's error.
 * Call via_end() in any case. */
int via_begin(struct via *v, struct subjects *w);
void via_end(struct via *v);

/* The position of the first pair of USER in V->pairs, or the position where it would be. */
size_t via_find(const struct via *v, const char *user);

/*
 * Set V->gids to the gids and windows that USER has through Unix groups, in addition to the N of
 * OWN, which USER has by assignments of their own (N is 0 if these do not count). Each occurs once,
 * sorted by gid and window. RBAC_OK or RBAC_NOMEM.
 */
int via_of(struct via *v, const struct subjects *w, const char *user, const struct encode_gid *own,
	   size_t n);

#endif
