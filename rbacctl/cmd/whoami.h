/*
 * whoami.h - what `whoami` tells: gathered in whoami_store.c and whoami_facts.c, printed in
 * whoami.c and whoami_json.c.
 */
#ifndef RBACCTL_CMD_WHOAMI_H
#define RBACCTL_CMD_WHOAMI_H

#include "rbacctl/access/effective_access.h"
#include "rbacctl/access/requestable.h"
#include "rbacctl/host/people/person.h"

/* An assignment of the person, or a pending request: of the person's, or one that the person may
 * approve. Strings are the row's own, "" for nothing. */
struct whoami_row {
	uint64_t id;
	uint64_t request; /* of an assignment: that it was given for; 0: none */
	char *user, *role, *scope;
	char *state;   /* of a request: "pending"; of an assignment: what gave it, "request" */
	char *by;      /* who gave it, or asked */
	char *reason;  /* why */
	bool approves; /* the person may approve it */
};
struct whoami_rows {
	struct whoami_row *v;
	size_t n, cap;
};

struct whoami {
	struct invocation *a;
	const struct snapshot *snap;
	struct person person;
	struct holdings h; /* what counts; the flags of the user */
	struct effective_access e;
	struct requestables may;
	bool asked; /* the store was asked: GIVEN and REQUESTS are known */
	struct whoami_rows given, requests;
	bool shell; /* this process has the groups of the person's session */
	gid_t *gids;
	int n_gids;
	uint32_t *lacks, *keeps; /* gids of role groups: the session lacks them, has them still */
	size_t n_lacks, n_keeps, cap_lacks, cap_keeps;
};

/* Read into W what only the store has: from the files for root, else by the socket. W->asked says
 * whether there was an answer. RBAC_OK or RBAC_NOMEM. */
int whoami_ask_store(struct whoami *w);

/* The groups that a process began with stay as they were: W->lacks and W->keeps say what differs
 * from the groups of now. RBAC_OK or RBAC_NOMEM. */
int whoami_compare_session(struct whoami *w);

/* Is a request of the person for M pending? Then it is not to be asked for again. */
bool whoami_asked_for(const struct whoami *w, const struct requestable *m);

/* The row of assignment ID. NULL: it is not known. */
const struct whoami_row *whoami_given(const struct whoami *w, uint64_t id);

/* The keys that count for the person at SCOPE, with a blank between them. */
void whoami_keys(const struct whoami *w, const char *scope, struct buf *out);

/* Is E the first entry that counts now at its scope? Then its keys are told there. */
bool whoami_first_at(const struct whoami *w, size_t i);

/* "active", "suspended", "second name", "another uid", "unknown": of the person. */
const char *whoami_state(const struct whoami *w);

/* The name of group GID of the view, into OUT (RBAC_UNIX_GROUP_MAX + 1 bytes). */
void whoami_group(const struct whoami *w, uint32_t gid, char *out);

/* As JSON on stdout. RBAC_OK, RBAC_NOMEM or RBAC_SYSTEM. */
int whoami_json(const struct whoami *w);

void whoami_free(struct whoami *w);

#endif
