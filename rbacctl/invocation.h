/*
 * invocation.h - this run of rbacctl: which folders it works on, what the options that every verb
 * takes say, what time it is, and who acts. main makes one; each command gets it.
 */
#ifndef RBACCTL_INVOCATION_H
#define RBACCTL_INVOCATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/name.h"

/*
 * The actor is always a person: the one whom the claims of host/people/actor.h name. Root's
 * authority is used with --as root, or when no claim names anybody else. actor_find() fills it.
 */
struct actor {
	char name[RBAC_USER_MAX + 1]; /* whose authority: "alice"; "root" when ROOT */
	char person[2048]; /* for the audit: "alice (uid 1000) as root; login uid 1000 (alice), real
			      uid 0 (root)" */
	uid_t uid;         /* of the person who typed it */
	uid_t uids[6];     /* of everybody whom a claim names, but root: the first N_UIDS */
	size_t n_uids;     /* 0: who types is root, and it is unknown which person that is */
	uid_t as;          /* whom --as names, where passwd has them; 0: root, or nobody */
	bool root;
};

/*
 * Somebody who asks through the socket of `rbacctl serve`: whom the kernel says has connected
 * (unix(7), SO_PEERCRED), never what the request says.
 */
enum peer_login {
	PEER_LOGIN_NONE,  /* never set, or this kernel does not tell (before SO_PEERPIDFD, 6.5) */
	PEER_LOGIN_KNOWN, /* LOGIN is it */
	PEER_LOGIN_GONE,  /* the process that connected has ended */
};

struct peer {
	uid_t uid; /* the effective uid of connect(2) */
	enum peer_login login_is;
	uid_t login;    /* PEER_LOGIN_KNOWN: the login uid of that process */
	unsigned width; /* columns of its terminal; 0: none */
	int retry_in;   /* seconds until it may make a change; 0: now */
	/*
	 * A first pass judges by what the store holds, without the lock. What would be refused then
	 * is refused; what would write sets WOULD_WRITE, and is run again with the lock.
	 */
	bool judging, would_write;
};

struct invocation;

/* Run the N words at WORDS for PEER: rbacctl/run.c. Returns the exit status; *CHANGE: it was a
 * change or a refusal, and not a question that was answered. */
typedef int peer_run_fn(struct invocation *a, struct peer *peer, int n, char **words, bool *change);

/* Record what the datagrams at FD tell of logins by an exemption: rbacctl/run.c. The exit status.
 */
typedef int exempt_fn(struct invocation *a, int fd);

struct invocation {
	const char *etc;   /* /etc/rbac */
	const char *state; /* /var/lib/rbac */
	char view[4096];   /* STATE/view/view.mdb */
	char store[4096];  /* STATE/store */
	const char *as;    /* --as, NULL */
	uint64_t as_of;    /* --as-of: the change that it came to; 0: the store of now */
	bool json, dry_run;
	bool force; /* --force: the guard of change/commit/guard.c refuses nothing */
	bool lists_sessions, ends_sessions; /* revoke, user suspend, user forget; --end-sessions */
	bool lists_processes; /* --list-sessions: each process that carries what was lost */
	bool member;          /* of a fleet: roles are given on its authority */
	bool recorded;        /* a change was made, and is in the log */
	bool revert_failed;   /* what was not confirmed cannot be reverted, and that was told */
	bool tries_apply;     /* diff and check: an apply is tried, and rolled back */
	int wait; /* --wait: seconds to wait for another change; 0: as store.h says; -1: not at all
		   */
	int64_t confirm;   /* --confirm: seconds in which another login must confirm it; 0: none */
	int64_t now;       /* seconds */
	int64_t published; /* when the view was, before which NOW never is; 0: that is not known */
	int64_t behind;    /* seconds that the clock lies before NOW: before the last change */
	size_t update_users; /* from how many users on a small change is an update (update.h); 0:
				UPDATE_USERS. For tests */
	/* Users and "%group"s that the command is about: asked for before the store is locked, so
	 * that nobody waits for a directory. Borrowed. */
	char *const *names;
	size_t n_names;
	/* The same of the groups that this policy's roles make; NULL: of none. Borrowed. */
	const struct policy *groups_of;
	bool touches_all; /* the change may take a role away from anybody: what the guard will ask
			     is asked before the lock, too */
	struct actor actor;
	struct peer *peer;         /* NULL: not through the socket */
	const char *socket;        /* by which who typed it asks what the store has; NULL: none */
	peer_run_fn *run_for_peer; /* for `serve` */
	exempt_fn *record_exempt;  /* the same */
	const struct verb *verbs;  /* all there are (verbs.h), for completion */
	size_t n_verbs;
};

/* The words before a command that gives or takes a role: COMMAND_AT(!a->member, ...). */
#define INVOCATION_ON_AUTHORITY "on the authority of the fleet: "
static inline const char *invocation_where(const struct invocation *a)
{
	return a->member ? INVOCATION_ON_AUTHORITY : "";
}

#endif
