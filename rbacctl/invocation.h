/*
 * invocation.h - one run of rbacctl: the folders, the options that many verbs have, the time, and
 * who acts. main() makes it; each verb gets it.
 */
#ifndef RBACCTL_INVOCATION_H
#define RBACCTL_INVOCATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/name.h"

/*
 * The actor is always a person, the one that the claims of host/people/actor.h name. Root's
 * authority is used with --as root, or if no claim names another user. actor_find() fills it in.
 */
struct actor {
	char name[RBAC_USER_MAX + 1]; /* the user whose authority is used; "root" if ROOT */
	char person[2048]; /* for the audit record: "alice (uid 1000) as root; login uid 1000
			      (alice), real uid 0 (root)" */
	uid_t uid;         /* the uid of the person who typed the command */
	uid_t uids[6];     /* the first N_UIDS: every uid but 0 that a claim names */
	size_t n_uids;     /* 0: root typed it, and no claim says which person that is */
	uid_t as;          /* the uid of --as; 0: root, not given, or not in passwd */
	bool root;
};

/*
 * The user at the other end of the socket of `rbacctl serve`, as the kernel reports it (unix(7),
 * SO_PEERCRED). Nothing in the request can change it.
 */
enum peer_login {
	PEER_LOGIN_NONE,  /* never set, or the kernel does not tell it (SO_PEERPIDFD, Linux 6.5) */
	PEER_LOGIN_KNOWN, /* it is in LOGIN */
	PEER_LOGIN_GONE,  /* the process that connected has ended */
};

struct peer {
	uid_t uid; /* the effective uid of connect(2) */
	enum peer_login login_is;
	uid_t login;    /* PEER_LOGIN_KNOWN: the login uid of that process */
	unsigned width; /* columns of its terminal; 0: none */
	int retry_in;   /* seconds until it may make a change; 0: now */
	/*
	 * JUDGING: a first pass opens the store for reading, without the lock. If a rule refuses
	 * the command, it ends there. If the command would write, WOULD_WRITE is set, and the
	 * command runs again with the lock.
	 */
	bool judging, would_write;
};

struct invocation;

/* Run the command of N words at WORDS for PEER (rbacctl/run.c). Returns the exit status; *CHANGE is
 * true for a change or a refusal, false for a question that was answered. */
typedef int peer_run_fn(struct invocation *a, struct peer *peer, int n, char **words, bool *change);

/* Record the logins by an exemption that the datagrams at FD report (rbacctl/run.c). Returns the
 * exit status. */
typedef int exempt_fn(struct invocation *a, int fd);

struct invocation {
	const char *etc;   /* /etc/rbac */
	const char *state; /* /var/lib/rbac */
	char view[4096];   /* STATE/view/view.mdb */
	char store[4096];  /* STATE/store */
	const char *as;    /* --as, NULL */
	uint64_t as_of;    /* --as-of: the number of that change; 0: not given */
	bool json, dry_run;
	bool force; /* --force: the guard of change/commit/guard.c refuses nothing */
	bool lists_sessions, ends_sessions; /* revoke, user suspend, user forget; --end-sessions */
	bool lists_processes;               /* --list-sessions */
	bool member;                        /* this host is a member of a fleet */
	bool recorded;                      /* a change was made, and is in the log */
	bool revert_failed; /* an unconfirmed change cannot be reverted; a message said so */
	bool tries_apply;   /* diff and check: apply is tried, and rolled back */
	int wait; /* --wait: seconds to wait for another change; 0: STORE_WAIT; -1: do not wait */
	int64_t confirm;     /* --confirm: seconds until the change is reverted; 0: not given */
	int64_t now;         /* seconds since 1970; never before PUBLISHED */
	int64_t published;   /* when the view was published, seconds since 1970; 0: not known */
	int64_t behind;      /* how many seconds the clock is behind NOW */
	size_t update_users; /* for tests: used instead of UPDATE_USERS (view/update.h); 0: not */
	/* Users and "%group"s that the command is about: passwd and group are asked about them
	 * before the store is locked, so that no other change waits for a directory. Borrowed. */
	char *const *names;
	size_t n_names;
	/* The same for the groups that the roles of this policy make; NULL: none. Borrowed. */
	const struct policy *groups_of;
	bool touches_all; /* the change may revoke a role of any user: also ask before the lock
			     what change/commit/guard.c needs */
	struct actor actor;
	struct peer *peer;         /* NULL: not through the socket */
	const char *socket;        /* the socket for questions that need the store; NULL: none */
	peer_run_fn *run_for_peer; /* for `serve` */
	exempt_fn *record_exempt;  /* for `serve` */
	const struct verb *verbs;  /* all verbs (verbs.h), for completion */
	size_t n_verbs;
};

/* The text before a suggested command that changes roles: "" or INVOCATION_ON_AUTHORITY. Use it
 * with COMMAND_AT(!a->member, ...). */
#define INVOCATION_ON_AUTHORITY "on the authority of the fleet: "
static inline const char *invocation_where(const struct invocation *a)
{
	return a->member ? INVOCATION_ON_AUTHORITY : "";
}

#endif
