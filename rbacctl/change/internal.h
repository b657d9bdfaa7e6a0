/*
 * internal.h - what the files of this folder share; change.h has what commands call.
 */
#ifndef RBACCTL_CHANGE_INTERNAL_H
#define RBACCTL_CHANGE_INTERNAL_H

#include "rbacctl/change/change.h"

struct publication;

/* ---- fail.c ---- */

/* change_fail() of change.h with the store's words. Returns ERR. */
int change_store_fail(struct change *c, int err);

/* ---- source.c ---- */

/* The open transaction as a source of users, holdings and owners. It borrows C. */
struct source change_source(struct change *c);

/* The owner of SCOPE into OUT (RBAC_USER_MAX + 1 bytes); "": none. */
int change_owner(struct change *c, const char *scope, char *out);

struct rules_actor change_actor(const struct change *c);

/* The users who may do what Q asks, in the words of the refusal. */
void change_who_may(const struct who_question *q, bool force, struct buf *out);

/* Who may approve or review but two people (NULL: none), and TOLD of them are told. */
void change_who_may_but(const struct who_question *q, const char *one, const char *other,
			size_t told, struct buf *out);

/* ---- permission.c ---- */

/* The rule: may the actor, by BYS, do WHAT ("assign space-admin") at SCOPE? If not: a refusal with
 * rule, lack, who may. */
int change_may(struct change *c, const struct policy_bys *bys, const char *what, const char *scope);

/* The same for giving ROLE at SCOPE, which may bring an extra Unix group. */
int change_may_give(struct change *c, const struct policy_bys *bys, const char *what, int role,
		    const char *scope);

/*
 * The same for an act on USER ("suspend users"): the right is needed at the root scope above
 * everything that USER holds or owns, also through Unix groups.
 */
int change_may_user(struct change *c, const struct policy_bys *bys, const char *what,
		    const char *user);

/* ---- extras.c ---- */

/*
 * Giving a role that brings an extra Unix group, also by inclusion and by making someone an owner,
 * takes root or someone who holds that role there. BYS: who may give it otherwise, for the refusal.
 */
int change_check_extras(struct change *c, int role, const char *scope,
			const struct policy_bys *bys);

/* Note which Unix groups ROLE brings on this host. */
void change_note_extras(struct change *c, int role);

/* ---- which_scope.c, scopes.c ---- */

/* SCOPE exists and is of a known kind; KIND gets it. Says what is near when not. */
int change_need_scope(struct change *c, const char *scope, int *kind);

/* SCOPE itself and every scope below it, by name. To be freed. */
struct scopes_below {
	char **v;
	size_t n, cap;
};
int change_scopes_below(struct change *c, const char *top, struct scopes_below *out);
void change_scopes_below_free(struct scopes_below *b);

/* "transfer account:main" into OUT: the words of an act on a scope, for messages. Returns OUT. */
const char *change_say(char *out, size_t size, const char *what, const char *scope);

/* The rules for the role that comes with owning SCOPE, of kind KIND, once OWNER ("": nobody) is
 * written. */
int change_check_owner(struct change *c, const char *scope, int kind, const char *owner);

/* The file and line that give SCOPE its owner; NULL: no file does. */
const struct policy_file_scope *change_file_owner(const struct change *c, const char *scope);

/* RBAC_REFUSED where a file gives SCOPE its owner (or else its plan): the next apply would revert a
 * change of it. */
int change_said_in_file(struct change *c, const char *scope, bool owner);

/* ---- from_file.c ---- */

/* SOURCE is a command, not a line of a file. */
bool change_by_hand(const char *source);

/* ---- matches.c ---- */

int change_find_role(struct change *c, const char *name, int *role);

/* The assignments of one subject that are of ROLE at SCOPE. V is to be freed; the texts in it
 * borrow the transaction. */
struct matches {
	const char *role, *scope;
	uint64_t id; /* 0: any */
	struct store_assignment *v;
	size_t n, cap;
};
int change_find_matches(struct change *c, const char *subject, struct matches *m);
int change_remove_matches(struct change *c, const struct matches *m);

/* Has A ended, by its window or because nobody reviewed it? */
bool change_has_ended(const struct change *c, const struct store_assignment *a);

/* RBAC_REFUSED where A came from a file. */
int change_not_from_file(struct change *c, const struct store_assignment *a);

/* ---- revoke.c ---- */

/* change_revoke() for an actor who was checked by another rule than remove_by. */
int change_revoke_judged(struct change *c, const struct revoke_request *r);

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

/* ---- people.c: whom a name means, and who is recorded ---- */

/* Whom TYPED means, for an act that gives something, also into C->whom; a difference is noted.
 * RBAC_OK, RBAC_INVALID, or RBAC_REFUSED (recorded as typed, and passwd has another name).
 * change_group: *SUBJECT, a "%group", likewise. */
int change_person(struct change *c, const char *typed, struct person *out);
int change_group(struct change *c, const char **subject);

/* Whom TYPED means, for an act on what is recorded: a record of exactly that name comes first, so
 * that a second name which an old store has can be settled. RBAC_OK and *U; RBAC_NOTFOUND without a
 * message, and *OUT is set; or an error with one. change_need_user: RBAC_NOTFOUND is a mistake
 * (RBAC_INVALID).
 */
int change_recorded(struct change *c, const char *typed, struct person *out, struct store_user *u);
int change_need_user(struct change *c, const char *typed, struct person *out, struct store_user *u);

/*
 * Record P when it is not yet, with the uid that passwd says; a uid that is not recorded yet is. A
 * name that passwd does not know is refused unless FORCE, a uid that is recorded under another name
 * (other than ALSO, which is about to go) always.
 */
int change_record_user(struct change *c, const struct person *p, bool force);
int change_record_as(struct change *c, const struct person *p, bool force, const char *also);

/* Another recorded name of UID than NAME and ALSO (NULL: none), into *OTHER; NULL: there is none.
 */
int change_other_name(struct change *c, uint32_t uid, const char *name, const char *also,
		      const char **other);

/*
 * Whom UID was recorded for first, into OUT[RBAC_USER_MAX + 1]; "": nobody. For
 * pam_rbac too (view/uid_index.c), only that name has the roles of the person.
 */
int change_first_name(struct change *c, uint32_t uid, char *out);

/* Write the record of USER, and update C->uids. */
int change_put_user(struct change *c, const char *user, const struct store_user *u);

/*
 * Look NAME up in passwd: in the answers from before the lock was taken, if they have one.
 * As person_find().
 */
int change_passwd_says(struct change *c, const char *name, struct person *out);

/* Look once at all that passwd lists, for a change that names many. */
int change_read_passwd(struct change *c);

/* The commands that help for USER, whose uid is not the recorded one, as lines for a message. */
void change_settle(const char *user, struct buf *out);

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

/* ---- effects.c, guard.c, zone.c ---- */

/*
 * The view in force beside the one that the change gives, at the path NEW, and whom the change
 * touched: to be kept until change_close(). Asked before the commit, while both are there. A view
 * in force that cannot be read is no error: there is nothing to compare with then. RBAC_OK, or an
 * error with a message.
 */
struct effects {
	struct snapshot before, after;
	struct buf why; /* not comparable: why, in lines */
	bool comparable, all;
	char **subjects;
	size_t n, cap;
};
int change_keep_effects(struct change *c, const char *new);
void change_free_effects(struct change *c);

/*
 * The line of the system's log about C: number, hash, who, verb, and what was done as far as 600
 * bytes go. change_announce() writes it (syslog(3), authpriv) if C was made in this host's own
 * store. It may wait for the reader of the log: call it only after the lock has been released.
 */
void change_announcement(const struct change *c, struct buf *out);
void change_announce(const struct change *c);
void change_announce_audit(const struct change *c); /* announce_audit.c: the part of auditd */

/* The name of the person who typed the command, not of the user they act for; NULL: root, or nobody
 * that passwd knows. *OUT has RBAC_USER_MAX + 1 bytes. */
const char *change_who_types(const struct change *c, char *out);

/*
 * Refuse what would lock the administrators or who types it out of this host (lockout.h), by the
 * two views of C->effects. Without a view in force that can be read there is nothing to lose.
 * RBAC_OK, RBAC_REFUSED with a message, RBAC_NOMEM, RBAC_DAMAGED. With a->force what would be lost
 * is noted, and it is RBAC_OK.
 */
int change_guard(struct change *c);

/*
 * The C library silently uses UTC for a zone that it does not find. If the zone of P was removed
 * since it was applied, F gets the offsets of the view OLD, which are in force (NULL: there is
 * none, and F stays as it is). RBAC_OK or RBAC_NOMEM.
 */
int change_keep_zone(const struct policy *p, const struct rbac_view *old, struct facts *f);

/* ---- run_tests.c ---- */

/* Ask c->tests of the view at the path VIEW. RBAC_OK; RBAC_REFUSED where one does not hold and
 * a->force is not set; RBAC_NOMEM, RBAC_DAMAGED. */
int change_run_tests(struct change *c, const char *view);

/* ---- prepare.c ---- */

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

/* ---- migrate.c ---- */

/* Migrate C's store, between two transactions (store/migrate.h). RBAC_OK, or an error with a
 * message. */
int change_migrate(struct change *c);

/* ---- announce.c ---- */

/* What C has done and made void, as the record AUDIT of the chain, which says the rest. RBAC_OK, or
 * an error with a message. */
int change_append_audit(struct change *c, struct store_audit *audit);

/* ---- clock.c ---- */

/* RBAC_SYSTEM, with a message, if the clock is minutes behind the last change, and root did not
 * give --force. The trial of `diff` and `check` does not count as a change. */
int change_need_clock(struct change *c);

/* ---- transaction.c ---- */

/* Begin a transaction of C's store: C->t, C->change. */
int change_begin(struct change *c);

/* Settle what an earlier change could not know of people, or an old store left open: uids, and
 * suspensions of second names. *N: how many records change. */
int change_settle_people(struct change *c, size_t *n);

/* Append what SUBJECT, a recorded name or a %group, has of ROLE, also through Unix groups and by
 * roles that include it: a line, and one more for each, with the command that would take it away.
 * Nothing where it has nothing. */
int change_still_held(struct change *c, const char *subject, int role, struct buf *out);

#endif
