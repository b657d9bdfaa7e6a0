/*
 * subject.h - whose grants count for someone: the user's own record, then the records of the Unix
 * groups they are in. decide, initgroups and explain all walk it here, so that they can't disagree.
 *
 * Pure, no allocation. Unix groups that a role brings on the way (groups.extra) are followed too,
 * each once. Gids of our own range are never Unix groups. A suspended user has no subjects at all,
 * nor has a second name of a recorded uid; a user whose uid is not the recorded one has none of
 * their own, their groups' count. Where the caller knows the name alone, an account that was absent
 * when the view was made has none of its own either: somebody else may have made an account of that
 * name since.
 */
#ifndef RBAC_COMMON_SUBJECT_H
#define RBAC_COMMON_SUBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/view.h"

#define RBAC_NO_GID UINT32_MAX

/* What became of looking up a user's own record. */
struct rbac_own {
	int rc; /* RBAC_OK, RBAC_NOTFOUND or RBAC_DAMAGED */
	struct rbac_subject subject;
	/* The uid is recorded under another name, RECORDED, which borrows the view: this name holds
	 * nothing. */
	bool second;
	struct rbac_bytes recorded;
	bool suspended; /* this name or, of a second name, the recorded one */
};

struct rbac_subjects {
	/* Set these; all borrowed for as long as the walk goes on. */
	const struct rbac_view *view;
	const char *user;
	size_t len;
	uint32_t uid; /* of that name now; RBAC_NO_UID: not compared */
	bool by_name; /* the caller has a name and can't learn its uid (NSS): the own record of an
			 account that was absent when the view was made counts for nothing */
	int64_t now;
	const uint32_t *const
		*groups; /* *GROUPS may move between two steps; its first N are looked at */
	size_t n;
	uint32_t primary; /* one more gid, or RBAC_NO_GID */
	const struct rbac_own
		*own; /* the user's, where it is known already; NULL: it is looked up */
	bool prove;   /* that a group has no record is proven (rbac_view_absent): for those to whom
			 absence gives */

	/* Zero these. The first three may be read after the walk, the rest is private. */
	bool recorded; /* the user has a record */
	bool suspended;
	bool uid_differs;
	unsigned stage;
	size_t next;
	uint64_t brought, done; /* extra Unix groups, by their place in the meta record
				   (RBAC_EXTRA_MAX bits) */
};

struct rbac_subject_hit {
	struct rbac_subject subject;
	bool via_group; /* the record is that of the Unix group GID, not the user's */
	uint32_t gid;
};

/*
 * Look up the record of USER and, where UID is not RBAC_NO_UID, under which name that uid is
 * recorded: one uid is one person. That either is not there is proven, as whoever is suspended
 * would gain by it. For those who walk several times, and know the uid.
 */
void rbac_subjects_own(const struct rbac_view *v, const char *user, size_t len, uint32_t uid,
		       struct rbac_own *own);

/* The next record. RBAC_OK, RBAC_NOTFOUND after the last, or RBAC_DAMAGED. */
int rbac_subjects_next(struct rbac_subjects *it, struct rbac_subject_hit *hit);

/*
 * Call ADD for every gid that these subjects bring here now: groups of ours and extra Unix groups,
 * nothing else. ADD may see a gid twice, and may move *GROUPS; what it returns other than RBAC_OK
 * ends the walk and is passed on. RBAC_OK; RBAC_NOTFOUND when there is no record at all;
 * RBAC_DAMAGED.
 */
int rbac_groups_collect(struct rbac_subjects *it, int (*add)(void *ctx, uint32_t gid), void *ctx);

#endif
