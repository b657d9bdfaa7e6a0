/*
 * lockout.h - would a change lock the administrators out? Compares the published view with the view
 * after the change, before the change is committed.
 *
 * Only a loss by the change counts: if nobody could log in before, the change is not refused.
 */
#ifndef RBACCTL_ACCESS_LOCKOUT_H
#define RBACCTL_ACCESS_LOCKOUT_H

#include <stdbool.h>
#include <stdint.h>

#include "rbacctl/buf.h"
#include "rbacctl/host/pam/pam.h"
#include "rbacctl/access/snapshot.h"

/* How far ahead the functions look for a time that `hours` allow, in minutes. */
enum { LOCKOUT_DAY = 24 * 60, LOCKOUT_WEEK = 7 * LOCKOUT_DAY };

/*
 * Set *YES: is there a user who can log in within MINUTES of NOW, and can then administer?
 *
 * The account must be in passwd, must not have uid 0 and must not be suspended, and it must hold a
 * role that is marked bootstrap now, directly or through a Unix group. A login rule must allow a
 * service that begins a session; sudo, su and cron do not. If rules name sudo or su, one of these
 * must be allowed, too. A rule with `hours` counts if they are open at some minute of that time; a
 * rule with `from` counts for a service that has a remote host. Exemptions do not count: they are
 * for emergencies. Returns RBAC_OK, RBAC_NOMEM or RBAC_DAMAGED.
 */
int lockout_somebody_can_act(const struct snapshot *snap, int64_t now, int minutes, bool *yes);

/* The same, but only users for whom USABLE returns true count; NULL: all users. */
int lockout_usable_can_act(const struct snapshot *snap, int64_t now, int minutes,
			   bool (*usable)(const char *user), bool *yes);

/* Set *YES: does a rule or an exemption of SNAP let USER begin a session within MINUTES of NOW?
 * Returns as above. */
int lockout_can_log_in(const struct snapshot *snap, const char *user, int64_t now, int minutes,
		       bool *yes);

struct lockout_question {
	const struct snapshot *before, *after;
	const struct pam_folders *pam;
	int64_t now;
	const char *me;   /* the user who types it; NULL: root, who can always log in */
	const char *from; /* the remote host of ME's session; NULL: none, or not known */
	/* The subjects that the change touched, as in struct impact_question. */
	bool all;
	const char *const *subjects;
	size_t n_subjects;
};

/*
 * Append a line to WHY for each of the following: after the change nobody can log in and
 * administer; the user who types it could not log in again, from any address or from the present
 * one; a service whose PAM stack has pam_rbac has no login rule any more. The function compares
 * what is possible within a day; if nothing was possible within a day before, within a week, so
 * that the guard also works on a Sunday. Returns RBAC_OK, with WHY empty if the change locks nobody
 * out; RBAC_NOMEM or RBAC_DAMAGED.
 */
int lockout_judge(const struct lockout_question *q, struct buf *why);

#endif
