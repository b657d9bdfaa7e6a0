/*
 * gate_sample.h - users to ask libpam about: by what pam_rbac decides for a service now, some who
 * are denied, some who are allowed by a rule, some who are exempt.
 */
#ifndef RBACCTL_ACCESS_GATE_SAMPLE_H
#define RBACCTL_ACCESS_GATE_SAMPLE_H

#include "rbacctl/access/snapshot.h"
#include "rbacctl/host/finding.h"

enum { GATE_SAMPLE_MAX = 20 }; /* of each kind */

/* The caller sets the members before the lists; the lists are empty at first. */
struct gate_sample {
	const struct snapshot *snap;
	int64_t now;
	const char *service;
	const struct pam_entry
		*gate; /* whose options exempt too; NULL: there is no such line yet */
	const struct pam_stack *stack; /* each line of pam_rbac in it exempts; NULL: only GATE */
	struct findings *out;          /* where being out of memory is noted */
	struct finding_list holders, roleless, exempt;
};

/* Only users whose account could log in. To be freed. */
void gate_sample_gather(struct gate_sample *s);
void gate_sample_free(struct gate_sample *s);

/* Does RESULT of ask_pam() let in? */
bool gate_passes(int result);

#endif
