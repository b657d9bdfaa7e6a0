/*
 * sessions.h - the open sessions of some users: which processes they have now, since when and from
 * where; and how to end them.
 *
 * A role that is revoked takes nothing from a process that runs: it keeps the groups and the uid
 * that it began with. /proc says what runs (proc(5)), logind's files in /run/systemd/sessions and
 * utmp(5) say where it came from. No bus is asked, and nothing here blocks for longer than ending
 * the sessions takes.
 */
#ifndef RBACCTL_HOST_SESSIONS_H
#define RBACCTL_HOST_SESSIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/name.h"

/* Where to look; for tests. */
struct session_places {
	const char *proc;   /* /proc */
	const char *logind; /* /run/systemd/sessions: it need not be there */
	const char *utmp;   /* NULL: the C library's */
};
extern const struct session_places sessions_here;

/* Whose: the users of UIDS, and whoever has one of GIDS among the groups of a process. Not root. */
struct session_owners {
	const uint32_t *uids, *gids;
	size_t n_uids, n_gids;
};

struct session {
	uint64_t key; /* what its processes have in common: the audit session, or the session id */
	char user[RBAC_USER_MAX + 1];
	char tty[32];     /* "pts/3"; "": none */
	char from[257];   /* the remote host; "": none, or not known */
	char what[64];    /* names of its first processes: "sshd, bash, vim" */
	int64_t since;    /* when the first of its processes began, seconds */
	size_t processes; /* how many it has */
	bool own;         /* this very process is in it */
};

struct session_process {
	pid_t pid;
	uint64_t began; /* in clock ticks after boot: a number that is given again has another */
	size_t session; /* position in the list */
};

struct sessions {
	struct session *v;
	size_t n, cap;
	struct session_process *processes;
	size_t n_processes, cap_processes;
};

/*
 * Find them: processes of which the real uid is one of OWNERS, and those of root that such a user
 * started by sudo or su on a terminal (the login uid says so). Daemons that were started so have no
 * terminal, and are left alone. RBAC_OK, RBAC_NOMEM, or RBAC_SYSTEM: there is no /proc. To be freed
 * in any case.
 */
int sessions_find(const struct session_places *places, const struct session_owners *owners,
		  struct sessions *out);
void sessions_free(struct sessions *s);

/*
 * (sessions_end.c) End all of them but the one that this process is in: SIGHUP, and after a second
 * SIGKILL for what is left, until nothing new turns up. *LEFT gets how many processes could not be
 * ended. RBAC_OK or as sessions_find().
 */
int sessions_end(const struct session_places *places, const struct session_owners *owners,
		 size_t *left);

#endif
