/*
 * subject.h - whose grants count for a user: the user's own record, then the records of the Unix
 * groups that the user is in. nss_rbac, the login decision and `rbacctl explain` all use this
 * iterator, so that they cannot disagree.
 *
 * Pure: no allocation, file, clock or lock; the time and the groups are arguments. The rules are in
 * docs/design.md:
 * - A Unix group that a role brings (groups.extra) counts too, once.
 * - A gid in our own range is never a Unix group.
 * - A suspended user has no subjects, and a second name of a recorded uid has none.
 * - A user whose uid is not the recorded one has only the records of their groups.
 * - If the caller knows only a name (by_name), the same holds for a name whose account did not
 * exist when the view was published: somebody may have created another account of that name since.
 */
#ifndef RBAC_COMMON_SUBJECT_H
#define RBAC_COMMON_SUBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/view.h"

#define RBAC_NO_GID UINT32_MAX

/* The result of a lookup of a user's own record. It borrows the view. */
struct rbac_own {
	int err; /* RBAC_OK, RBAC_NOTFOUND or RBAC_DAMAGED */
	struct rbac_subject subject;
	bool second; /* the uid is recorded under another name: this one holds nothing */
	struct rbac_bytes recorded; /* the name that the uid is recorded under; len 0: none */
	bool suspended;             /* the name is, or, of a second name, the recorded name is */
};

/* The user whose subjects are asked for. All pointers are borrowed while an iterator uses the
 * query. */
struct rbac_subject_query {
	const struct rbac_view *view;
	const char *user;
	size_t len;                    /* of USER, in bytes */
	uint32_t uid;                  /* the current uid of USER; RBAC_NO_UID: do not compare it */
	bool by_name;                  /* the caller has a name and cannot learn its uid (NSS) */
	int64_t now;                   /* seconds since the epoch, UTC */
	const uint32_t *const *groups; /* *GROUPS may move between two steps (realloc(3)) */
	size_t n;                      /* how many of *GROUPS are looked at */
	uint32_t primary;              /* one more gid, or RBAC_NO_GID */
	const struct rbac_own *own;    /* the user's record, if known; NULL: it is looked up */
	bool prove; /* prove that a group has no record (rbac_view_prove_absent): for a caller who
		       grants something where there is none */
};

/* An iterator. The first three members may be read after the last step; the rest is private. */
struct rbac_subjects {
	bool recorded; /* the user has a record */
	bool suspended;
	bool uid_differs;
	const struct rbac_subject_query *query;
	unsigned stage;
	size_t next;
	uint64_t brought, done; /* extra Unix groups, a bit for each (RBAC_EXTRA_MAX) */
};

struct rbac_subject_hit {
	struct rbac_subject subject;
	bool via_group; /* the record is the one of the Unix group GID, not the user's */
	uint32_t gid;
};

/*
 * Look up the record of USER and, unless UID is RBAC_NO_UID, the name that UID is recorded under:
 * one uid is one person. If either is missing, that is proven, because a suspended user would gain
 * by a lost record. For a caller who iterates several times and knows the uid.
 */
void rbac_subjects_own(const struct rbac_view *v, const char *user, size_t len, uint32_t uid,
		       struct rbac_own *own);

/* Begin. IT borrows QUERY. Nothing has to be freed. */
void rbac_subjects_init(struct rbac_subjects *it, const struct rbac_subject_query *query);

/* The next record. RBAC_OK, RBAC_NOTFOUND after the last one, or RBAC_DAMAGED. */
int rbac_subjects_next(struct rbac_subjects *it, struct rbac_subject_hit *hit);

/*
 * Call ADD for every gid that the subjects of QUERY bring on this host at QUERY->now: groups of our
 * range and extra Unix groups, and no others. ADD may get a gid twice, and may move *GROUPS. If ADD
 * returns anything but RBAC_OK, that ends the iteration and is returned. Else RBAC_OK;
 * RBAC_NOTFOUND if there is no record at all; RBAC_DAMAGED.
 */
int rbac_groups_collect(const struct rbac_subject_query *query, int (*add)(void *ctx, uint32_t gid),
			void *ctx);

#endif
