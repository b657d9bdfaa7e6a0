/*
 * doctor.h - find what is wrong with this host: check its files (host/doctor/look.h), and compare
 * the answers of the C library and of libpam with the view. docs/doctor.md lists the findings.
 *
 * The functions change nothing. The caller checks the store (change/read/records.h).
 */
#ifndef RBACCTL_ACCESS_DOCTOR_H
#define RBACCTL_ACCESS_DOCTOR_H

#include "rbacctl/access/snapshot.h"
#include "rbacctl/host/doctor/finding.h"
#include "rbacctl/host/doctor/look.h"

enum doctor_depth {
	/* For `status`: files, programs and the C library. libpam is asked, which writes log lines,
	 * only about stacks whose lines do not tell the result. */
	DOCTOR_FILES,
	DOCTOR_ASKS /* also ask libpam about every service */
};

/*
 * Open the view of A into *SNAP, check everything, and add the findings to OUT. If there is no
 * view, SNAP->open is false, and a finding says so. Returns RBAC_OK or RBAC_NOMEM. Close SNAP and
 * free OUT in any case.
 */
int doctor_look(const struct invocation *a, enum doctor_depth depth, struct snapshot *snap,
		struct findings *out);

/* ---- the parts of doctor_look(); each returns enum rbac_error ---- */

struct doctor {
	const struct invocation *a;
	const struct snapshot *snap; /* open, with a policy */
	struct look look;
};

/* Compare the groups that getgrouplist(3) and getgrnam(3) return with those of the view. */
int doctor_groups(const struct doctor *d);

/* Names and uids, administrators, exempt users and groups. */
int doctor_people(const struct doctor *d);

/* Facts of this host that differ from the view: time zone, GIDs, the clock. */
int doctor_facts(const struct doctor *d);

/* Users whom sshd refuses before it asks PAM: runs `sshd -T` for each user of a sample. */
int doctor_sshd(const struct doctor *d);

/* For each service with pam_rbac, ask libpam about a user without a role, a user with one, and an
 * exempt user. */
int doctor_gate(const struct doctor *d, enum doctor_depth depth);

#endif
