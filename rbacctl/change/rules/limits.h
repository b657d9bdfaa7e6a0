/*
 * limits.h - how many hold a role, and for how long: min, max, exclusive, max_for.
 */
#ifndef RBACCTL_CHANGE_RULES_LIMITS_H
#define RBACCTL_CHANGE_RULES_LIMITS_H

#include "rbacctl/change/internal.h"

/* ---- limits.c ---- */

/*
 * Direct holders of ROLE at SCOPE, the owner included, suspended ones left out. To be freed. One
 * uid is one person, however many of its names hold the role (access/rules.h). _living: only those
 * who can use it, for `min`: whose account exists, and whom the uid was recorded for first, since a
 * second name holds nothing; how many were left out for that is in GONE, the first of them in
 * GONE_NAME.
 */
struct holders {
	struct holder *v;
	size_t n, cap;
	size_t gone;
	char gone_name[RBAC_USER_MAX + 1];
};
int change_holders(struct change *c, int role, const char *scope, struct holders *out);
int change_living_holders(struct change *c, int role, const char *scope, struct holders *out);
void change_holders_free(struct holders *h);

/* The limit in force for ROLE at SCOPE: *MAX, or UINT_MAX for none. */
int change_max(struct change *c, int role, const char *scope, unsigned *max);

/*
 * The minimum: note how many whose accounts exist hold a role at a scope before the write, look
 * again after it. RBAC_REFUSED when there are fewer than before and fewer than `min`. Where passwd
 * does not answer for an account, it is taken to exist. An expiry cannot be refused, but it is told
 * in the notes: where those without end become fewer than `min`. A role without a minimum is not
 * noted.
 */
struct watch {
	struct watched {
		int role;
		char *scope;
		size_t before, lasting;
	} * v;
	size_t n, cap;
	struct lookup at;
};
int change_watch(struct change *c, struct watch *w, int role, const char *scope);
int change_watch_user(struct change *c, struct watch *w,
		      const char *user); /* all that USER holds */
int change_watch_check(struct change *c, const struct watch *w, const char *what);
void change_watch_free(struct watch *w);

/* RBAC_REFUSED when more hold ROLE at SCOPE at one instant of W than its maximum. Looks at the
 * store: call it after the write. */
int change_check_max(struct change *c, int role, const char *scope, struct rbac_window w,
		     const char *what);

/* RBAC_REFUSED when what SUBJECT now holds in the store violates an exclusive set. */
int change_check_exclusive(struct change *c, const char *subject, const char *what);

/* The same two as if no assignment with a larger id than LAST were there. */
int change_check_max_up_to(struct change *c, int role, const char *scope, struct rbac_window w,
			   uint64_t last, const char *what);
int change_check_exclusive_up_to(struct change *c, const char *subject, uint64_t last,
				 const char *what);

/* ---- limits_all.c ---- */

/* RBAC_REFUSED when the plan of SCOPE, which has been written, limits a role, there or at a scope
 * below that takes its plan from it, to fewer than hold it. */
int change_check_plan(struct change *c, const char *scope, const char *what);

/* RBAC_REFUSED when USER, whose suspension has ended, makes too many holders of a role. */
int change_check_return(struct change *c, const char *user, const char *what);

/* ---- length.c ---- */

/* Has R, which is for ROLE, the end and the reason that the role asks for? RBAC_OK or RBAC_REFUSED.
 */
int change_check_asked(struct change *c, const struct assign_request *r, int role);

/*
 * max_for: RBAC_REFUSED when SUBJECT now has a role in the store, by itself or by inclusion, for
 * longer at a stretch than it allows, and an assignment with an id from FIRST on is part of that.
 * Those with an id after LAST are left out. Call it after the write.
 */
int change_check_length(struct change *c, const char *subject, uint64_t first, uint64_t last);

/* The same for the assignment ID, which is restored; later ones count. */
int change_check_length_again(struct change *c, const char *subject, uint64_t id);

#endif
