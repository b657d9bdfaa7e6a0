/*
 * acts.h - what others use of the acts on one role, one scope or one user; the acts are in
 * change.h.
 */
#ifndef RBACCTL_CHANGE_ACTS_ACTS_H
#define RBACCTL_CHANGE_ACTS_ACTS_H

#include "rbacctl/change/internal.h"

/* ---- assign.c ---- */

/* The checks of an assignment that do not depend on the subject: role and scope exist and fit
 * together, the actor may. *ROLE gets its
 * index. */
int change_may_assign(struct change *c, const struct assign_request *r, int *role);

/* A window that has a beginning before its end, and an end that is to come. */
int change_check_window(struct change *c, int64_t from, int64_t until);

/* Does the window A_FROM to A_UNTIL cover all of the rest of FROM to UNTIL? Then the second window
 * gives a holder of the first nothing. */
static inline bool change_covers(const struct change *c, int64_t a_from, int64_t a_until,
				 int64_t from, int64_t until)
{
	return a_from <= (from > c->a->now ? from : c->a->now) && a_until >= until;
}

/* ---- given.c ---- */

/* Append "bob +guest at space:a/b until ... reason ... id 7" and a newline. */
void change_given_text(const struct store_assignment *a, struct buf *out);

/* ---- revoke.c ---- */

/* change_revoke() for an actor who was checked by another rule than remove_by. */
int change_revoke_judged(struct change *c, const struct revoke_request *r);

/* ---- still_held.c ---- */

/* Append what SUBJECT, a recorded name or a %group, has of ROLE, also through Unix groups and by
 * roles that include it: a line, and one more for each, with the command that would take it away.
 * Nothing where it has nothing. */
int change_still_held(struct change *c, const char *subject, int role, struct buf *out);

/* ---- hanging.c ---- */

/* Note the grants that were requested by a right which the transaction has removed, with the
 * command that ends each. */
int change_note_hanging(struct change *c);

/* ---- rebind.c, suspend.c ---- */

/*
 * Record the uids of users who were recorded before passwd knew them, as far as it does now:
 * *RECORDED of them. Every change does it, but for a small one to a large store; so do apply and
 * publish. Lines for the audit go to C->done.
 */
int change_record_uids(struct change *c, size_t *recorded);

/*
 * Where one uid is recorded under several names, of which one is suspended: suspend the others,
 * *SUSPENDED of them. Done with the recording of uids. Lines for the audit go to C->done.
 */
int change_suspend_second_names(struct change *c, size_t *suspended);

#endif
