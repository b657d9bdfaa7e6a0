/*
 * session_process.h - what /proc says of one process (proc(5)), for the files of sessions.h.
 */
#ifndef RBACCTL_HOST_SESSIONS_SESSION_PROCESS_H
#define RBACCTL_HOST_SESSIONS_SESSION_PROCESS_H

#include "rbacctl/host/sessions/sessions.h"

enum { SESSION_NOT_SET = UINT32_MAX };

struct process {
	pid_t pid, parent, sid;
	uint32_t uid, login, audit; /* SESSION_NOT_SET: not */
	unsigned tty;
	uint64_t began;
	char name[32];
	bool in_group; /* has one of the groups whose members are looked for */
	bool carries;  /* has one of the groups that were lost */
};

/* Is X one of the N numbers at V? */
static inline bool session_one_of(const uint32_t *v, size_t n, uint32_t x)
{
	for (size_t i = 0; i < n; i++)
		if (v[i] == x)
			return true;
	return false;
}

/* First who it is (UID, LOGIN, the groups), and then the rest, for one that matters; or all. False:
 * it is gone meanwhile. */
bool session_process_glance(const struct session_places *places,
			    const struct session_owners *owners, pid_t pid, struct process *p);
bool session_process_rest(const struct session_places *places, struct process *p);
bool session_process_read(const struct session_places *places, const struct session_owners *owners,
			  pid_t pid, struct process *p);

/* (sessions/need.c) Which of the sessions in S, and which processes, are to end; OTHERS are N
 * processes of root that belong to nobody. RBAC_OK or RBAC_NOMEM. */
int sessions_mark(const struct session_places *places, const struct session_owners *owners,
		  struct sessions *s, const struct process *others, size_t n);

/* When P began, seconds. */
int64_t session_process_since(const struct process *p);

/* Add P to session number AT of OUT. RBAC_OK or RBAC_NOMEM. */
int session_add_process(struct sessions *out, const struct process *p, size_t at);

#endif
