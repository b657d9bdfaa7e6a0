/*
 * lockout.h - would a change lock the administrators out? Compares the view in force with the view
 * after the change.
 *
 * Called after a change is prepared and before it is committed. Only what the change removes
 * counts: if nobody could log in before, the change is not refused.
 */
#ifndef RBACCTL_ACCESS_LOCKOUT_H
#define RBACCTL_ACCESS_LOCKOUT_H

#include <stdbool.h>
#include <stdint.h>

#include "rbacctl/buf.h"
#include "rbacctl/host/pam.h"
#include "rbacctl/access/snapshot.h"

/* How far ahead an opening of `hours` is looked for, in minutes. */
enum { LOCKOUT_DAY = 24 * 60, LOCKOUT_WEEK = 7 * LOCKOUT_DAY };

/*
 * Is there somebody whom a login rule of SNAP lets in within MINUTES of NOW, and who may then act:
 * an account that passwd knows, not of uid 0, not suspended, that holds a role marked bootstrap
 * now, by itself or through a Unix group? Exemptions do not count: they are for the case that this
 * fails. A rule with `hours` counts when they are open at some minute of that time; a rule with
 * `from` counts on a service that has a remote host. A service where nobody begins a session (sudo,
 * su, cron) is no login; where rules name sudo or su, one of them has to let the person in as well.
 * *YES gets the answer. RBAC_OK, RBAC_NOMEM, RBAC_DAMAGED.
 */
int lockout_somebody_can_act(const struct snapshot *snap, int64_t now, int minutes, bool *yes);

/* The same, of those of whom USABLE (NULL: all) says that their account can be used. */
int lockout_usable_can_act(const struct snapshot *snap, int64_t now, int minutes,
			   bool (*usable)(const char *user), bool *yes);

/* Does SNAP let USER begin a session within MINUTES of NOW, by a rule or because the user is
 * exempt? */
int lockout_can_log_in(const struct snapshot *snap, const char *user, int64_t now, int minutes,
		       bool *yes);

struct lockout_question {
	const struct snapshot *before, *after;
	const struct pam_folders *pam;
	int64_t now;
	const char *me;   /* who types it; NULL: root alone, who always passes */
	const char *from; /* the remote host of the session of ME; NULL: none, or not known */
	/* Whom the change touched, as in impact.h. */
	bool all;
	const char *const *subjects;
	size_t n_subjects;
};

/*
 * Write what the change would take away into WHY, a line for each: nobody is left who can log in
 * and act; who types it could not log in again, from anywhere or from where they are now; a service
 * whose PAM stack has pam_rbac has no rule any more. What is possible within a day is compared;
 * where nothing was within a day, within a week: a change made on a Sunday has the same guard.
 * RBAC_OK with WHY empty: nothing. RBAC_NOMEM, RBAC_DAMAGED.
 */
int lockout_judge(const struct lockout_question *q, struct buf *why);

#endif
