/*
 * subjects.h - the subject records of a view: what a user or a Unix group has on this host, with
 * inclusion and cascade applied. For compile.c and update.c.
 */
#ifndef RBACCTL_VIEW_SUBJECTS_H
#define RBACCTL_VIEW_SUBJECTS_H

#include "rbacctl/model/holdings.h"
#include "rbacctl/view/compile.h"
#include "rbacctl/view/encode.h"

/* The gids that a role gives its holders at one host scope. */
struct brought {
	uint32_t *gids;
	size_t n, cap;
	bool known;
};
struct numbered_gid {
	uint32_t gid;
	int group;
};
/* A cache for one host scope: the scope that was asked about last, and whether a cascading role
 * that is held there counts at the host scope. */
struct reach {
	char scope[RBAC_SCOPE_MAX + 1];
	bool here;
};

struct subjects {
	const struct compile *c;
	struct brought *brought; /* [role * hosts + host] */
	struct reach *reach;     /* [host] */
	struct numbered_gid *order;
	size_t n_order; /* the groups of roles, by gid */
	/* Extra Unix groups that this host has, ascending. */
	uint32_t extra[RBAC_EXTRA_MAX];
	const char *extra_name[RBAC_EXTRA_MAX];
	size_t n_extra;
	struct numbered_gid *bringing;
	size_t n_bringing; /* which role brings which of EXTRA: sorted by role, GROUP is the role */
	struct numbered_gid *unix_names;
	size_t n_unix_names; /* the Unix groups of C->facts that may have assignments: sorted by
				gid, GROUP is the position in the facts */
	/* The gids and grants of the subject that was encoded last. */
	struct encode_gid *gids;
	size_t n_gids, cap_gids;
	struct encode_grant *grants;
	size_t cap_grants;
};

/* Prepare W; it borrows C. RBAC_OK or RBAC_NOMEM. Call subjects_end() in any case. */
int subjects_begin(struct subjects *w, const struct compile *c);
void subjects_end(struct subjects *w);

/* Append the record of a subject with the holdings H to OUT. RBAC_OK or RBAC_NOMEM. */
int subjects_encode(struct subjects *w, const struct holdings *h, uint32_t uid, uint32_t flags,
		    struct buf *out);

/* The flag that the facts give the record of the user NAME: RBAC_SUBJECT_UID_CHANGED,
 * RBAC_SUBJECT_ABSENT or 0. */
uint32_t subjects_user_facts(const struct facts *f, const char *name, const struct store_user *u);

/* Append the record of a user of the store to OUT; *FLAGS gets the flags in it. RBAC_OK,
 * RBAC_NOMEM, or the store's error. */
int subjects_of_user(struct subjects *w, const char *name, const struct store_user *u,
		     struct buf *out, uint32_t *flags);

/*
 * Append the record of the Unix group GROUP to OUT, and set *GID. The record also has the
 * assignments of every other group name that has this GID on this host. Returns as above, or
 * RBAC_NOTFOUND if this host has no such group.
 */
int subjects_of_unix_group(struct subjects *w, const char *group, uint32_t *gid, struct buf *out);

/* subjects_extra(): the position of GID in W->extra, or -1. subjects_group(): its position among
 * the groups of roles and, behind these, the extra groups, or -1. */
int subjects_group(const struct subjects *w, uint32_t gid);
int subjects_extra(const struct subjects *w, uint32_t gid);

#endif
