/*
 * explain.h - what explain answers, before it is printed as text or as JSON.
 */
#ifndef RBACCTL_CMD_EXPLAIN_H
#define RBACCTL_CMD_EXPLAIN_H

#include "rbacctl/access/effective_access.h"
#include "rbacctl/access/remedy.h"
#include "rbacctl/host/people/person.h"

/* The texts are lines as they are printed. */
struct explained_service {
	const char *service; /* borrowed */
	bool allowed;
	bool root; /* allowed for uid 0: no rule is asked, and VERDICT is empty */
	bool line; /* allowed by the PAM line, whatever VERDICT says */
	struct rbac_verdict verdict;
	struct buf why, mend, notes;
};

struct explained {
	const struct question *q;
	const struct person *person;
	bool whole; /* of every service, with ACCESS */
	struct effective_access access;
	struct explained_service *services;
	size_t n_services;
	struct buf notes; /* on the person */
};

/* (explain_json.c) Print X as one object. RBAC_OK, RBAC_NOMEM, RBAC_SYSTEM. */
int explain_json(const struct explained *x);

#endif
