/*
 * subjects.h - what a user or a Unix group has on this host: inclusion, cascade, gids. For
 * compile.c and update.c.
 */
#ifndef RBACCTL_VIEW_SUBJECTS_H
#define RBACCTL_VIEW_SUBJECTS_H

#include "rbacctl/model/holdings.h"
#include "rbacctl/view/compile.h"
#include "rbacctl/view/encode.h"

/* The gids that a role, held where it counts at a host scope, brings there. */
struct brought {
	uint32_t *gids;
	size_t n, cap;
	bool known;
};
struct numbered_gid {
	uint32_t gid;
	int group;
};
/* The scope that was asked about last, for one host scope: held there, does a role that cascades
 * count here? */
struct reach {
	char scope[RBAC_SCOPE_MAX + 1];
	bool here;
};

struct subjects {
	const struct compile *c;
	struct brought *brought; /* [role * hosts + host] */
	struct reach *reach;     /* [host] */
	struct numbered_gid *order;
	size_t n_order; /* the roles' groups by gid */
	/* Extra Unix groups that this host has, ascending. */
	uint32_t extra[RBAC_EXTRA_MAX];
	const char *extra_name[RBAC_EXTRA_MAX];
	size_t n_extra;
	struct numbered_gid *bringing;
	size_t n_bringing; /* which role brings which of them: by role, GROUP is the role */
	struct numbered_gid *unix_names;
	size_t n_unix_names; /* the Unix groups of FACTS that may be subjects: by gid, GROUP is the
				number there */
	/* Of the subject encoded last: its gids here. */
	struct encode_gid *gids;
	size_t n_gids, cap_gids;
	struct encode_grant *grants;
	size_t cap_grants;
};

/* RBAC_OK or RBAC_NOMEM. End it in any case. */
int subjects_begin(struct subjects *w, const struct compile *c);
void subjects_end(struct subjects *w);

/* The record of what H says into OUT. RBAC_OK or RBAC_NOMEM. */
int subjects_encode(struct subjects *w, const struct holdings *h, uint32_t uid, uint32_t flags,
		    struct buf *out);

/* What the facts say of a recorded user: RBAC_SUBJECT_UID_CHANGED, RBAC_SUBJECT_ABSENT or neither.
 */
uint32_t subjects_user_facts(const struct facts *f, const char *name, const struct store_user *u);

/* The record of a user of the store; *FLAGS: those in the record. RBAC_OK, RBAC_NOMEM, or the
 * store's error. */
int subjects_of_user(struct subjects *w, const char *name, const struct store_user *u,
		     struct buf *out, uint32_t *flags);

/*
 * The record of the Unix group GROUP, with what every other name that this host has for its GID is
 * assigned, and that GID. RBAC_NOTFOUND: this host has no such group.
 */
int subjects_of_unix_group(struct subjects *w, const char *group, uint32_t *gid, struct buf *out);

/* Where GID stands: among the groups of roles first, then among the extra ones; -1: nowhere.
 * subjects_extra: among those alone. */
int subjects_group(const struct subjects *w, uint32_t gid);
int subjects_extra(const struct subjects *w, uint32_t gid);

#endif
