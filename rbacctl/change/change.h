/*
 * change.h - every change of the store: rules -> store -> audit -> publish, in one transaction.
 *
 *	struct change c;
 *	int err = change_open(&c, a, false);           lock, applied policy, repair after a crash
 *	if (!err)
 *		err = change_assign(&c, &request);     check the rules, write
 *	if (!err)
 *		err = change_commit(&c);               audit, view, commit, rename
 *	status = change_close(&c, err);                print C's message when ERR; release
 *everything
 *
 * An act that is refused or fails leaves the store as it was: nothing is written before the commit.
 * The message for the administrator is in c->message; what was done, for people and for the audit,
 * in c->done. What only the files of this folder share is in internal.h.
 */
#ifndef RBACCTL_CHANGE_CHANGE_H
#define RBACCTL_CHANGE_CHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rbacctl/access/rules.h"
#include "rbacctl/access/snapshot.h"
#include "rbacctl/access/source_store.h"
#include "rbacctl/access/who.h"
#include "rbacctl/buf.h"
#include "rbacctl/config/source.h"
#include "rbacctl/host/people/facts.h"
#include "rbacctl/host/nss/known_groups.h"
#include "rbacctl/host/people/person.h"
#include "rbacctl/invocation.h"
#include "rbacctl/lookup.h"
#include "rbacctl/model/model.h"
#include "rbacctl/model/role_groups.h"
#include "rbacctl/store/store.h"
#include "rbacctl/view/compare.h"

struct change {
	struct invocation *a;
	struct store *s;
	struct store_txn t;
	struct policy_sources
		sources; /* of the applied policy; after change_apply: of the new one */
	struct policy
		*p; /* loaded from SOURCES; NULL before the first init, and where it is UNREAD */
	struct policy_sources early_sources; /* those of EARLY */
	struct policy *early; /* the applied policy as it was before the lock; NULL: not loaded */
	struct policy_sources old_sources; /* after change_apply: those before, and what was */
	struct policy *old;                /* loaded from them; NULL: none */
	struct buf unread; /* change_open_to_apply: why what is applied cannot be used, in lines;
			      empty: it can */
	struct holdings actor; /* what the actor holds, at change_open */
	struct buf message;    /* the error message */
	struct buf done;       /* what was done: lines of the audit record */
	struct buf notes;      /* what else the administrator should know */
	struct buf voided;   /* requests that the commit made void, in lines of the audit record */
	char whom[512];      /* whom the act was about: the name of a person as passwd has it, or
				"%group" */
	size_t n_understood; /* notes of names that were typed otherwise */
	struct facts_known known; /* what passwd and group said before the lock was taken */
	struct source_account asked_actor; /* the same of the actor, for ACTOR */
	struct accounts_memo asked_people; /* and of others, for the guard and the refusals */
	struct accounts people;            /* with those */
	struct known_groups groups;        /* who has the names and GIDs of roles' groups already */
	char typed[RBAC_USER_MAX + 1];     /* change_who_types(), once asked; "": root alone */
	bool typed_asked;
	struct facts passwd; /* the users that passwd lists, once change_read_passwd() was called */
	struct uids uids;    /* the recorded names of each uid */
	struct source_store source; /* for change_source() */
	struct buf others; /* other sources that have a group of ours (host/people/group_clashes.h):
			      lines "rbacctl: warning: ..." */
	bool clash;        /* one of them has the name or the gid of a role's group */
	const char *verb;  /* set by the act */
	int64_t lost_since; /* revoke: when the first of what it takes began; 0: another act */
	uint64_t change;    /* the number of this change: the generation + 1 */
	uint64_t last_id;   /* of the last assignment made */
	uint64_t first_id;  /* of the first that an apply has made of the files */
	bool recorded;      /* it is in the log: HEAD is the hash of its record */
	uint8_t head[STORE_HASH];
	bool committed; /* change_commit came past the point of no return, or cannot tell that it
			      did not */
	bool published; /* change_open found a view that was not the store's, and has published
			 * again
			 */
	bool made_state,
		made_view; /* init: the state folder and the view's folder were not there before */
	bool not_reverted; /* change_open found a change that is overdue (unconfirmed.h), could
				not revert it, and said so */
	bool scope_hinted; /* the nearest scope was looked for already */
	bool goes_on; /* the act continues after a refusal, as an import does to report all of them
		       */
	struct {
		const struct policy_bys *bys; /* NULL: nothing */
		int role;
		bool force;
		struct who_scopes scopes; /* none: wherever it counts */
		bool anywhere;
	} who_may;      /* what change_who_may_later() left */
	bool nothing;   /* there was nothing to do: commit does nothing */
	bool unguarded; /* this change cannot lock anybody out: no guard, no effects (init, publish)
			 */
	const struct expects *tests; /* the caller's: what must hold in the view to come, or commit
				       refuses (access/expects.h); NULL: nothing */
	struct effects *effects; /* what change_impact() compares; NULL: there is nothing. Private
				    to effects.c */
};

/* ---- opening ---- */

/*
 * Take the lock and open. If the view is not of the store's generation and head, it is compiled
 * again first. CREATE: for init: make the store; a policy need not exist. RBAC_OK, or an error and
 * C->message.
 */
int change_open(struct change *c, struct invocation *a, bool create);

/*
 * The same for change_apply, which does not need the applied policy: if this rbacctl cannot read
 * it, or cannot make a view of it, that is not an error here; C->unread gets the reason, and
 * change_apply replaces the policy. C->actor stays empty, because no rule is asked.
 */
int change_open_to_apply(struct change *c, struct invocation *a);

/* The same for change_restore(): also where the view is newer than the store, or of another
 * history, and where no policy was ever applied. */
int change_open_to_restore(struct change *c, struct invocation *a);

/* The same for change_repair_rows(), on a member of a fleet too: it publishes itself. */
int change_open_to_repair_rows(struct change *c, struct invocation *a);

/* The same without the lock: nothing can be written, and the view is left as it is. */
int change_open_to_look(struct change *c, struct invocation *a);

/* change_open() for a change that concerns only this host, such as its uids: also possible on a
 * member of a fleet, where every other change is refused with the command to type on the authority.
 * TAKE: for change_take(), which makes the store if there is none, and needs no actor; otherwise as
 * change_open_to_apply(). */
int change_open_on_member(struct change *c, struct invocation *a, bool take);

/* After it, for an assignment of ROLE that ends at UNTIL: on a member RBAC_REFUSED with a message,
 * unless the policy marks ROLE `local` and there is an end. Elsewhere RBAC_OK. */
int change_local_role(struct change *c, const char *role, int64_t until);

/* The same for publish, which needs no right: the actor is only recorded, and errors about the
 * actor are ignored. */
int change_open_to_publish(struct change *c, struct invocation *a);

/* The same for change_user_rebind_all(): every recorded user is looked up in passwd before the lock
 * is taken, so that a migration of thousands of users does not delay other changes. */
int change_open_to_rebind(struct change *c, struct invocation *a);

/*
 * Open although the view is newer than the store, or of another history; every other change is
 * refused in that state. Then change_accept_older() records that root accepts the store, and
 * change_commit() publishes.
 */
int change_open_to_accept(struct change *c, struct invocation *a);
int change_accept_older(struct change *c);

/* ---- what has been opened ---- */

/* Set C->message, unless it is set already. Returns ERR. */
int change_fail(struct change *c, int err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * The view at PATH, with the policy that C has loaded already where the view has its texts: one
 * command parses a policy once. As snapshot_open() and snapshot_try() (WHY). To be closed before C.
 */
int change_snapshot_open(const struct change *c, const char *path, struct snapshot *snap);
int change_snapshot_try(const struct change *c, const char *path, struct snapshot *snap,
			struct buf *why);

/* Commit. With a->dry_run: roll back, and print what would happen. RBAC_OK, or an error and
 * C->message. */
int change_commit(struct change *c);

/* Prints the message on stderr when there is one. Returns the exit status that goes with ERR. */
int change_close(struct change *c, int err);

/*
 * The users whom the change affects, or would affect: after change_commit() that was RBAC_OK, also
 * with a->dry_run. The lock is released first; after it C is only to be closed. RBAC_OK and *OUT,
 * to be freed in any case; RBAC_NOTFOUND: there was nothing to do; RBAC_DAMAGED: the view that was
 * in force cannot be compared, and WHY gets lines that say why; RBAC_NOMEM, RBAC_SYSTEM.
 */
struct impact;
int change_impact(struct change *c, struct impact *out, struct buf *why);

/* ---- publish ---- */

/*
 * `publish`: record the uids that passwd knows by now, as a separate change, and publish the view.
 * An error about a uid does not prevent the publication.
 */
int change_publish_now(struct change *c);

/*
 * Ask every source of groups for the names and gids of ours, once the view is installed; into
 * C->others. The store is closed first, so that no other change waits for a directory. After it, C
 * may only be closed. RBAC_OK or RBAC_NOMEM.
 */
int change_ask_others(struct change *c);

/*
 * Every rbacctl that root runs calls this first: if there is a store and the view is not the one of
 * the store, publish; and revert a change that nobody confirmed in time (unconfirmed.h). Checks
 * without the lock first, which is cheap. Errors are not reported here, but by the command itself
 * when it meets them.
 */
void change_repair(struct invocation *a);

/* ---- acts; each needs c->p ---- */

enum { ASSIGN_REASON_MAX = 512 }; /* bytes */
struct assign_request {
	const char *subject, *role, *scope;
	int64_t from, until;
	const char *reason;
	bool replace, force;
	bool approved;      /* by a request, whose rules were checked: assign_by is not asked */
	uint64_t request;   /* its number; 0: none */
	const char *source; /* NULL: "command" */
	bool judged_later; /* the caller asks for maximum and exclusive sets, and notes Unix groups,
			      when all is in */
};
int change_assign(struct change *c, const struct assign_request *r);

/*
 * Call SAY with a line, newline and all, for each of the last N assignments that C has made, by id;
 * also after change_commit(). RBAC_OK, or an error with a message.
 */
int change_list_given(struct change *c, size_t n, void (*say)(const char *line));

struct revoke_request {
	const char *subject, *role, *scope; /* SCOPE NULL: needs ID */
	uint64_t id;                        /* 0: all of this subject, role and scope */
};
int change_revoke(struct change *c, const struct revoke_request *r);

/*
 * The scope that an assign or revoke of ROLE means: GIVEN (--scope), or where that is NULL what
 * which_scope() says (access/which_scope.h). change_scope_of: that of assignment ID. OUT has
 * RBAC_SCOPE_MAX + 1 bytes. NULL: with a message, RBAC_INVALID is to be returned.
 */
const char *change_scope_meant(struct change *c, const char *role, const char *given, char *out);
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
 * each. FORCE (root): also if a role then has fewer holders than its minimum; otherwise an owner
 * could not be suspended.
 */
int change_user_suspend(struct change *c, const char *user, bool suspend, bool force);
int change_user_rename(struct change *c, const char *from, const char *to);
int change_user_forget(struct change *c, const char *user);

/* rebind.c: the same person has another uid; everything is kept. _all: everybody whose uid passwd
 * says otherwise. */
int change_user_rebind(struct change *c, const char *user);
int change_user_rebind_all(struct change *c); /* after change_open_to_rebind() */

/*
 * Make the texts in NEW the applied policy, and the assignments and scopes of assignments.d those
 * in the store. DROP: remove from the store what the new policy no longer has. INIT (NULL: not the
 * first time): make the root scope and the host's, with those between, and give ADMIN the bootstrap
 * roles ("": there is no bootstrap role, and nobody is made administrator); or, instead of all
 * that, call FILL, which writes what the store is to hold, and returns RBAC_OK or an error with a
 * message. Takes over NEW and POLICY, whatever it returns.
 */
struct init_request {
	const char *root, *admin;
	int (*fill)(struct change *c, void *ctx); /* NULL: none */
	void *ctx;
	const char *verb; /* NULL: "init" */
};
int change_apply(struct change *c, struct policy_sources *new, struct policy *policy, bool drop,
		 const struct init_request *init);

/* ---- questions about a store that is only read: verify, status ---- */

/*
 * The applied policy as the store has it. RBAC_OK; RBAC_NOTFOUND: none was ever applied;
 * RBAC_DAMAGED: it cannot be read by this rbacctl, and WHY gets lines that say where and why;
 * RBAC_NOMEM, or the store's error. *S and *P are to be freed in any case. _with: KNOWN is
 * what passwd has been asked already.
 */
int change_applied(struct store_txn *t, struct policy_sources *s, struct policy **p,
		   struct buf *why);
int change_applied_with(struct store_txn *t, const struct facts_known *known,
			struct policy_sources *s, struct policy **p, struct buf *why);

/* Whose history does the view at PATH belong to? older_store.c says what each means. RBAC_OK or the
 * store's error. */
enum view_history {
	VIEW_SAME,
	VIEW_BEHIND,
	VIEW_NEWER,
	VIEW_OF_ANOTHER
}; /* BEHIND: an earlier change, or no view that counts */
struct view_judged {
	enum view_history history;
	uint64_t view, store;
}; /* the numbers of their last changes */
int change_judge_view(struct store_txn *t, const char *path, struct view_judged *out);

/*
 * For a reader, who has no lock: wait for the change that is being made, up to CHANGE_SETTLE
 * seconds, and begin T anew; no other change begins until the store is closed. Where the lock
 * cannot be had, as on a file system that is read-only, T begins anew all the same. RBAC_OK or the
 * store's error.
 */
enum { CHANGE_SETTLE = 5 };
int change_begin_anew(struct store_txn *t);

/* change_judge_view(); where the two do not match, once more after change_begin_anew(). So a change
 * that ends while the store is read is not taken for an old store. */
int change_judge_settled(struct store_txn *t, const char *path, struct view_judged *out);

/* What happened, where it is VIEW_NEWER or VIEW_OF_ANOTHER, and what root can do: lines without the
 * last newline. */
void change_older_text(const struct view_judged *v, struct buf *out);

/*
 * Compile anew what T sees and this host says, and compare it with the view V record for record; FN
 * is told what differs. Nothing is written. RBAC_OK; RBAC_NOTFOUND: no policy was ever applied; or
 * an error, with lines in WHY.
 */
int change_compare(struct store_txn *t, const struct rbac_view *v, compare_fn *fn, void *ctx,
		   struct buf *why);

#endif
