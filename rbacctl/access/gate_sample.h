/*
 * gate_sample.h - choose users to ask libpam about. For one service, by the decision of pam_rbac
 * now: some users whom it denies, some whom a rule allows, and some who are exempt.
 */
#ifndef RBACCTL_ACCESS_GATE_SAMPLE_H
#define RBACCTL_ACCESS_GATE_SAMPLE_H

#include "rbacctl/access/snapshot.h"
#include "rbacctl/host/doctor/finding.h"

enum { GATE_SAMPLE_MAX = 20 }; /* of each kind */

/* The caller sets all members but the three lists, which must be empty. */
struct gate_sample {
	const struct snapshot *snap;
	int64_t now;
	const char *service;
	/* The line of pam_rbac whose exempt options count, NULL if there is none yet. If STACK is
	 * not NULL, the options of each line of pam_rbac in it count. */
	const struct pam_entry *gate;
	const struct pam_stack *stack;
	struct findings *out; /* is marked if there is no memory */
	struct finding_list holders, roleless, exempt;
};

/* Fill the lists, with users whose accounts can be used to log in. Free them afterwards. */
void gate_sample_gather(struct gate_sample *s);
void gate_sample_free(struct gate_sample *s);

/* Does RESULT, of ask_pam(), mean that the user may log in? */
bool gate_passes(int result);

#endif
