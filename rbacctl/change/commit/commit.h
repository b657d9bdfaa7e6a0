/*
 * commit.h - the end of every change: who acts, what it would do, audit, view, commit.
 */
#ifndef RBACCTL_CHANGE_COMMIT_COMMIT_H
#define RBACCTL_CHANGE_COMMIT_COMMIT_H

#include "rbacctl/change/internal.h"

struct publication;

/* ---- who_acts.c ---- */

/* Before the lock is taken, look up in passwd and group: the actor, the users that the command
 * names, and everything that the view was made from. EVERYBODY: every user of the view. ALL: the
 * change may affect anybody; look up also what the guard will ask about the published view. */
int change_ask_before_lock(struct change *c, bool everybody, bool all);
void change_forget_asked(struct change *c); /* to ask again, under the lock */
void change_forget_early(struct change *c); /* the policy that was loaded before the lock */

/* The actor is the person, by the recorded name; what they hold goes into C->actor. */
int change_read_actor(struct change *c);

/* RBAC_REFUSED if the actor came by the socket and may not act (access/admit.h). */
int change_admit_again(struct change *c);

/* ---- transaction.c ---- */

/* Begin a transaction of C's store: C->t, C->change. */
int change_begin(struct change *c);

/* Settle what an earlier change could not know of people, or an old store left open: uids, and
 * suspensions of second names. *N: how many records change. */
int change_settle_people(struct change *c, size_t *n);

/* ---- guard.c ---- */

/*
 * Refuse what would lock the administrators or who types it out of this host (lockout.h), by the
 * two views of C->effects. Without a view in force that can be read there is nothing to lose.
 * RBAC_OK, RBAC_REFUSED with a message, RBAC_NOMEM, RBAC_DAMAGED. With a->force what would be lost
 * is noted, and it is RBAC_OK.
 */
int change_guard(struct change *c);

/* ---- run_tests.c ---- */

/* Ask c->tests of the view at the path VIEW. RBAC_OK; RBAC_REFUSED where one does not hold and
 * a->force is not set; RBAC_NOMEM, RBAC_DAMAGED. */
int change_run_tests(struct change *c, const char *view);

/* ---- prepare.c, zone.c ---- */

/* Another source has a group of ours: into C->others. CTX: C (group_clashes_fn). */
struct group_clash;
void change_note_clash(void *ctx, int role, const struct group_clash *clash);

/* A small change to a large store: the published view needs a few records rewritten. It is that of
 * the store, since change_open() has repaired it. */
bool change_is_small(struct change *c);

/*
 * Compile what the open transaction sees or, where SMALL, update what is published with what the
 * change touched. The publication is ready to be installed when RBAC_OK.
 */
int change_prepare(struct change *c, struct publication *pub, bool small);

/* Compile and install the view of the store's content; the view that is there does not matter. */
int change_publish(struct change *c);

/*
 * The C library silently uses UTC for a zone that it does not find. If the zone of P was removed
 * since it was applied, F gets the offsets of the view OLD, which are in force (NULL: there is
 * none, and F stays as it is). RBAC_OK or RBAC_NOMEM.
 */
int change_keep_zone(const struct policy *p, const struct rbac_view *old, struct facts *f);

/* ---- announce.c ---- */

/* What C has done and made void, as the record AUDIT of the chain, which says the rest. RBAC_OK, or
 * an error with a message. */
int change_append_audit(struct change *c, struct store_audit *audit);

/*
 * The line of the system's log about C: number, hash, who, verb, and what was done as far as 600
 * bytes go. change_announce() writes it (syslog(3), authpriv) if C was made in this host's own
 * store. It may wait for the reader of the log: call it only after the lock has been released.
 */
void change_announcement(const struct change *c, struct buf *out);
void change_announce(const struct change *c);
void change_announce_audit(const struct change *c); /* announce_audit.c: the part of auditd */

#endif
