/*
 * sessions.h - the open sessions of some users: which processes they have now, since when and from
 * where; and how to end them.
 *
 * A role that is revoked takes nothing from a process that runs: it keeps the groups and the uid
 * that it began with. /proc says what runs (proc(5)), logind's files in /run/systemd/sessions and
 * utmp(5) say where it came from. Finding them asks no bus, and nothing here blocks for longer than
 * ending the sessions takes.
 */
#ifndef RBACCTL_HOST_SESSIONS_SESSIONS_H
#define RBACCTL_HOST_SESSIONS_SESSIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/name.h"

/* The folders and files to read; tests set others. */
struct session_places {
	const char *proc;     /* /proc */
	const char *logind;   /* /run/systemd/sessions: it need not be there */
	const char *utmp;     /* NULL: the C library's */
	const char *loginctl; /* the program that asks logind to end a session; NULL: none */
};
extern const struct session_places sessions_here;

/*
 * Whose: the users of UIDS, and whoever has one of GIDS among the groups of a process. Not root.
 *
 * Which of their sessions are to end: ALL; those of a service that DENIED says is not allowed any
 * more (1; 0: it is; -1: it says nothing of that service); and those that have a process with one
 * of the groups LOST. Where none of the three is given none ends.
 *
 * A session may have left behind a process that runs as somebody else, as root behind sudo, and
 * nothing that shows what it needed. It ends where a group, sudo or su was lost and it is not older
 * than what was lost, which began SINCE.
 */
struct session_owners {
	const uint32_t *uids, *gids;
	size_t n_uids, n_gids;
	bool all;
	const uint32_t *lost;
	size_t n_lost;
	int (*denied)(void *ctx, const char *user, const char *service);
	void *ctx;
	int64_t since; /* seconds; 0: not known */
};

static inline bool sessions_need_something(const struct session_owners *o)
{
	return o->all || o->n_lost || o->denied;
}

/* The process of root's that let a session in. */
struct session_origin {
	pid_t pid; /* 0: not known */
	uint64_t began;
};

struct session {
	uint64_t key; /* what its processes have in common: the audit session, or the session id */
	char user[RBAC_USER_MAX + 1];
	char tty[32];     /* "pts/3"; "": none */
	char from[257];   /* the remote host; "": none, or not known */
	char what[64];    /* names of its first processes: "sshd, bash, vim" */
	int64_t since;    /* when the first of its processes began, seconds */
	size_t processes; /* how many it has */
	char logind[32];  /* logind's name of it, which is the audit session; "": it has none */
	char service[65]; /* by which it was let in: "sshd"; "": not known */
	struct session_origin origin;
	bool as_person;   /* a process of it runs as the person: */
	int64_t in_since; /* the first of them since then; 0: there is none */
	bool own;         /* this very process is in it */
	bool ends;        /* it is to end */
};

struct session_process {
	pid_t pid, parent;
	uint64_t began; /* in clock ticks after boot: a number that is given again has another */
	size_t session; /* position in the list */
	uint32_t uid;
	bool member;  /* it is there for one of the GIDS */
	bool carries; /* one of the groups that were lost */
	char name[32];
};

struct sessions {
	struct session *v;
	size_t n, cap;
	struct session_process *processes;
	size_t n_processes, cap_processes;
};

/*
 * Find them: processes of which the real uid is one of OWNERS, and those of root that such a user
 * started by sudo or su on a terminal (the login uid says so). Where something is to end, also all
 * others that have the login uid, and what root's processes without one descend from them. RBAC_OK,
 * RBAC_NOMEM, or RBAC_SYSTEM: there is no /proc. To be freed in any case.
 */
int sessions_find(const struct session_places *places, const struct session_owners *owners,
		  struct sessions *out);
void sessions_free(struct sessions *s);

/*
 * (end.c) End those that are to end, but for the one that this process is in: logind is
 * asked first (TerminateSession of org.freedesktop.login1(5)), as far as it knows the session by
 * the audit session, in which nobody else has a process. Then all get SIGHUP,
 * SIGTERM, and after five seconds SIGKILL for what is left, until nothing new turns up. *LEFT gets
 * how many processes could not be ended. RBAC_OK or as sessions_find().
 */
int sessions_end(const struct session_places *places, const struct session_owners *owners,
		 size_t *left);

/* The same for the session that this process is in, where it is to end; but for this process
 * itself, which hears no SIGHUP and no SIGTERM from then on. */
int sessions_end_own(const struct session_places *places, const struct session_owners *owners);

#endif
