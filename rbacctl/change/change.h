/*
 * change.h - the only door to a change: rules -> store -> audit -> publish, in one transaction.
 *
 *	struct change c;
 *	int err = change_open(&c, admin);                 lock, applied policy, repair of what a
 *crash left if (!err) err = change_assign(&c, &request);      checks the rules, writes if (!err)
 *err = change_commit(&c);                audit, view, commit, rename change_close(&c); prints C's
 *message when ERR, lets go of everything
 *
 * An act that is refused or fails leaves the store as it was: nothing is written before the commit.
 *The message for the administrator is in c->message; what was done, for people and for the audit,
 *in c->done.
 */
#ifndef RBACCTL_CHANGE_CHANGE_H
#define RBACCTL_CHANGE_CHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rbacctl/invocation.h"
#include "rbacctl/buf.h"
#include "rbacctl/access/source_store.h"
#include "rbacctl/lookup.h"
#include "rbacctl/host/person.h"
#include "rbacctl/model/model.h"
#include "rbacctl/view/compare.h"
#include "rbacctl/model/role_groups.h"
#include "rbacctl/access/rules.h"
#include "rbacctl/store/store.h"
#include "rbacctl/access/who.h"

struct change {
	struct invocation *a;
	struct store *s;
	struct store_txn t;
	struct policy_sources
		sources; /* of the applied policy; after change_apply: of the new one */
	struct policy
		*p; /* loaded from SOURCES; NULL before the first init, and where it is UNREAD */
	struct buf unread; /* change_open_to_apply: why what is applied cannot be used, in lines;
			      empty: it can */
	struct holdings actor; /* what the actor holds, at change_open */
	struct buf message;    /* why not */
	struct buf done;       /* what was done: lines of the audit record */
	struct buf notes;      /* what the administrator should know beside it */
	char whom[512];        /* whom the act was about: the name of a person as passwd has it, or
				  "%group" */
	size_t n_understood;   /* notes of names that were typed otherwise */
	struct facts_known known; /* what passwd and group said before the lock was taken */
	struct facts passwd; /* the users that passwd lists, once change_read_passwd() was called */
	struct uids uids;    /* the recorded names of each uid */
	struct source_store source; /* for change_source() */
	struct buf others; /* other sources that have a group of ours (host/group_clashes.h): lines
			      "rbacctl: warning: ..." */
	bool clash;        /* one of them has the name or the gid of a role's group */
	const char *verb;  /* set by the act */
	uint64_t change;   /* the number of this change: the generation + 1 */
	uint64_t last_id;  /* of the last assignment made */
	bool committed;    /* change_commit came past the point of no return, or cannot tell that it
			      did not */
	bool published; /* change_open found a view that was not the store's, and has published anew
			 */
	bool made_state,
		made_view; /* init: the state folder and the view's folder were not there before */
	bool nothing;      /* there was nothing to do: commit does nothing */
	bool guarded; /* change_commit refuses what locks the administrators out (change_guard) */
	void (*preview)(struct change *c, const char *view); /* with a->dry_run: called with the
								view that would be; NULL: not */
	void *preview_ctx;
};

/*
 * Take the lock and open. The view is compiled anew first when it is not the one of the store's
 * generation and head. CREATE: for init; the store is made, and there need be no policy. RBAC_OK or
 * an error with a message.
 */
int change_open(struct change *c, struct invocation *a, bool create);

/*
 * The same for change_apply, which needs nothing of the policy that is applied: one that this
 * rbacctl cannot read, or make a view of, is no error here but told in UNREAD, so that another can
 * take its place. What the actor holds is left out: no rule is asked.
 */
int change_open_to_apply(struct change *c, struct invocation *a);

/* The same for publish, which needs nobody's authority: who acts is told for the audit, and nothing
 * about it is an error. */
int change_open_to_publish(struct change *c, struct invocation *a);

/*
 * The applied policy as the store has it. RBAC_OK; RBAC_NOTFOUND: none was ever applied;
 * RBAC_DAMAGED: it cannot be read by this rbacctl, and WHY gets lines that say where and why;
 * RBAC_NOMEM, or the store's error. *S and *P are to be freed in any case.
 */
int change_applied(struct store_txn *t, struct policy_sources *s, struct policy **p,
		   struct buf *why);

/*
 * Refuse what would lock the administrators out of this host (lockout.h): the view in force beside
 * the one at the path NEW. Without a view in force that can be read there is nothing to lose.
 * RBAC_OK, RBAC_REFUSED with a message, RBAC_NOMEM, RBAC_DAMAGED.
 */
int change_guard(struct change *c, const char *new);
/* Whose history does the view at PATH belong to? older_store.c says what each means. RBAC_OK or the
 * store's error. */
enum view_standing {
	VIEW_SAME,
	VIEW_BEHIND,
	VIEW_NEWER,
	VIEW_OF_ANOTHER
}; /* BEHIND: an earlier change, or no view that counts */
struct view_judged {
	enum view_standing standing;
	uint64_t view, store;
}; /* the numbers of their last changes */
int change_judge_view(struct store_txn *t, const char *path, struct view_judged *out);

/* What happened, where it is VIEW_NEWER or VIEW_OF_ANOTHER, and what root can do: lines without the
 * last newline. */
void change_words_older(const struct view_judged *v, struct buf *out);

/*
 * Open although the view is newer than the store, or of another history; everything else is refused
 * then. An act: change_accept_older() records root's word, and change_commit() publishes.
 */
int change_open_to_accept(struct change *c, struct invocation *a);
int change_accept_older(struct change *c);

/*
 * Compile anew what T sees and this host says, and compare it with the view V record for record; FN
 * is told what differs. Nothing is written. RBAC_OK; RBAC_NOTFOUND: no policy was ever applied; or
 * an error, with lines in WHY.
 */
int change_compare(struct store_txn *t, const struct rbac_view *v, compare_fn *fn, void *ctx,
		   struct buf *why);

/*
 * The C library judges a zone that it does not find as UTC, without a word. Where the zone of P has
 * gone since it was applied, F gets the offsets of the view OLD, which are in force (NULL: there is
 * none, and F stays as it is). RBAC_OK or RBAC_NOMEM.
 */
int change_keep_zone(const struct policy *p, const struct rbac_view *old, struct facts *f);

/* With a->dry_run: rolls back, and says what would be. */
int change_commit(struct change *c);

/* Prints the message on stderr when there is one. Returns the exit status that goes with ERR. */
int change_close(struct change *c, int err);

/*
 * What every rbacctl of root's does first: where there is a store and the view is not of it,
 * publish. Looks without the lock; cheap when all is well. Failures are said when the command
 * itself meets them.
 */
void change_repair(struct invocation *a);

/* Compile and install the view of what the store holds, whatever is there. */
int change_publish(struct change *c);

/*
 * `publish`: uids that are known now are recorded as a change of their own, and the view is
 * published. What keeps a uid from being recorded does not keep the view from being published.
 */
int change_publish_now(struct change *c);

/*
 * Ask every source of groups for the names and gids of ours, once the view is installed; into
 * C->others. The store is closed first: nobody waits for a directory. After it C is only to be
 * closed. RBAC_OK or RBAC_NOMEM.
 */
int change_ask_others(struct change *c);

/* ---- acts; each needs c->p ---- */
struct assign_request {
	const char *subject, *role, *scope;
	int64_t from, until;
	const char *reason;
	bool replace, force;
	const char *source; /* NULL: "command" */
	bool judged_later; /* the caller asks for maximum and exclusive sets, and notes Unix groups,
			      when all is in */
};
int change_assign(struct change *c, const struct assign_request *r);

/* The half of it that has no subject: role and scope exist and fit, the actor may. *ROLE gets its
 * index. */
int change_may_assign(struct change *c, const struct assign_request *r, int *role);

/*
 * Giving a role that brings an extra Unix group, also by inclusion and by making someone an owner,
 * takes root or someone who holds that role there. BYS: who may give it otherwise, for the refusal.
 */
int change_check_extras(struct change *c, int role, const char *scope,
			const struct policy_bys *bys);

/* A window that has a beginning before its end, and an end that is to come. */
int change_check_window(struct change *c, int64_t from, int64_t until);

/* Does what stands from A_FROM until A_UNTIL cover all that is still to come of FROM until UNTIL?
 * Who holds the one has nothing of the other. */
static inline bool change_covers(const struct change *c, int64_t a_from, int64_t a_until,
				 int64_t from, int64_t until)
{
	return a_from <= (from > c->a->now ? from : c->a->now) && a_until >= until;
}

/* Note which Unix groups ROLE brings on this host. */
void change_note_extras(struct change *c, int role);

struct revoke_request {
	const char *subject, *role, *scope; /* SCOPE NULL: needs ID */
	uint64_t id;                        /* 0: all of this subject, role and scope */
};
int change_revoke(struct change *c, const struct revoke_request *r);

/*
 * The scope that an assign or revoke means: GIVEN (--scope), or the host's by the applied policy,
 * where GIVEN is NULL. change_scope_of: that of assignment ID, into OUT (RBAC_SCOPE_MAX + 1 bytes).
 * NULL: with a message, RBAC_INVALID is to be returned.
 */
const char *change_scope_meant(struct change *c, const char *given);
const char *change_scope_of(struct change *c, uint64_t id, char *out);

int change_scope_create(struct change *c, const char *scope,
			const char *owner); /* OWNER NULL: the actor */
int change_scope_delete(struct change *c, const char *scope, bool recursive, bool force);
int change_scope_transfer(struct change *c, const char *scope, const char *to, bool keep_role);
int change_scope_plan(struct change *c, const char *scope, const char *plan);

int change_user_add(struct change *c, const char *user, const char *root,
		    bool force); /* ROOT: under which root scope; NULL: the only one */
/*
 * suspend.c. Every recorded name of the person is suspended or resumed, and the right is needed for
 * each. FORCE (root): although a role falls below its minimum; an owner could not be stopped
 * otherwise.
 */
int change_user_suspend(struct change *c, const char *user, bool suspend, bool force);
int change_user_rename(struct change *c, const char *from, const char *to);
int change_user_forget(struct change *c, const char *user);

/* rebind.c: the same person has another uid; everything is kept. _all: everybody whose uid passwd
 * says otherwise. */
int change_user_rebind(struct change *c, const char *user);
int change_user_rebind_all(struct change *c);

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

/*
 * Make the texts in NEW the applied policy, and the assignments and scopes of assignments.d those
 * in the store. DROP: the administrator has decided that what the new policy no longer has is to
 * go. INIT (NULL: not the first time): make the root scope and the host's, with those between, and
 * give ADMIN the bootstrap roles ("": there is no bootstrap role, and nobody is made
 * administrator). Takes over NEW and POLICY, whatever it returns.
 */
struct init_request {
	const char *root, *admin;
};
int change_apply(struct change *c, struct policy_sources *new, struct policy *policy, bool drop,
		 const struct init_request *init);

/* ---- for the files of this folder ---- */
int change_fail(struct change *c, int err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));    /* message; returns ERR */
int change_store_fail(struct change *c, int err); /* the store's words */

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

/* Who may what Q asks, as the refusal says it. */
void change_who_may(const struct who_question *q, bool force, struct buf *out);

/* SCOPE exists and is of a known kind; KIND gets it. Says what is near when not. */
int change_need_scope(struct change *c, const char *scope, int *kind);

/* ---- people.c: whom a name means, and who is recorded ---- */

/*
 * Whom TYPED means, for an act that gives something; what was understood is noted where it differs,
 * and put into C->whom. RBAC_OK, RBAC_INVALID (no name), or RBAC_REFUSED (recorded as it was typed,
 * and passwd has another name for that person).
 */
int change_person(struct change *c, const char *typed, struct person *out);

/*
 * Whom TYPED means, for an act on what is recorded: a record of exactly that name comes first, so
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
 * Whom UID was recorded for first, into OUT[RBAC_USER_MAX + 1]; "": nobody. At the gate too
 * (view/uid_index.c) that name alone holds what the person holds.
 */
int change_first_name(struct change *c, uint32_t uid, char *out);

/* Write the record of USER, and keep C->uids in step. */
int change_put_user(struct change *c, const char *user, const struct store_user *u);

/* Look once at all that passwd lists, for a change that names many. */
int change_read_passwd(struct change *c);

/* The ways out for USER, whose uid is not the recorded one, as lines for a message. */
void change_settle(const char *user, struct buf *out);

/*
 * Direct holders of ROLE at SCOPE, the owner included, suspended ones left out. To be freed.
 * _living: only those whose account exists, for `min`; how many were left out for that is in GONE,
 * the first of them in GONE_NAME.
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
int change_holders_add(struct change *c, struct holders *h, const char *user, struct rbac_window w);

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

/* What the open transaction sees, as a source of users, holdings and owners. It borrows C. */
struct source change_source(struct change *c);

/* The owner of SCOPE into OUT (RBAC_USER_MAX + 1 bytes); "": none. */
int change_owner(struct change *c, const char *scope, char *out);

struct rules_actor change_actor(const struct change *c);

#endif
