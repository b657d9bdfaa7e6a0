/*
 * ending.h - which roles of a person end soon, by the view. Pure: no file, clock or allocation; the
 * time and the groups are in the query.
 */
#ifndef RBAC_PAM_ENDING_H
#define RBAC_PAM_ENDING_H

#include <stddef.h>
#include <stdint.h>

#include "common/subject.h"
#include "pam_rbac/text.h"

enum {
	RBAC_ENDING_MAX = 32,       /* how many are found */
	RBAC_ENDING_DAY = 86400,    /* in seconds */
	RBAC_ENDING_LOOKED_AT = 256 /* how many grants that end in time are looked at */
};

/* A role that ends. It borrows the view. */
struct rbac_ending {
	struct rbac_role role;
	struct rbac_bytes scope;
	int64_t until;
};

/*
 * The roles that the person of Q holds on this host now and will not hold in WITHIN seconds, the
 * soonest first, into OUT; *N says how many. Grants of one role at one scope that touch
 * or overlap are one, whoever holds them for the person. RBAC_OK or RBAC_DAMAGED.
 */
int rbac_ending_find(const struct rbac_subject_query *q, int64_t within,
		     struct rbac_ending out[RBAC_ENDING_MAX], size_t *n);

/* Append "rbac: ROLE at SCOPE ends in 3h 2m (17:20)" to T; the time of day by the zone of the
 * view. */
void rbac_ending_text(struct rbac_text *t, const struct rbac_meta *meta, int64_t now,
		      const struct rbac_ending *e);

#endif
