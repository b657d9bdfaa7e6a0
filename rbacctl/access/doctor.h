/*
 * doctor.h - find everything that is wrong with this host: by its files (host/look.h), and by the
 * answers of the C library and libpam, compared with the view.
 *
 * Nothing is changed or repaired. The caller checks the store
 * (change/records.h).
 */
#ifndef RBACCTL_ACCESS_DOCTOR_H
#define RBACCTL_ACCESS_DOCTOR_H

#include "rbacctl/access/snapshot.h"
#include "rbacctl/host/finding.h"
#include "rbacctl/host/look.h"

/* How much is asked. */
enum doctor_depth {
	DOCTOR_FILES, /* files, programs, the C library; and libpam, whose modules write log lines,
			 only where the lines of a stack do not tell what it answers; for status */
	DOCTOR_ASKS   /* libpam for every service */
};

/*
 * Open the view of A into *SNAP, which the caller closes, and look at everything. Where there is no
 * view, SNAP->open is false and a finding says so. RBAC_OK or RBAC_NOMEM; OUT is to be freed in any
 * case.
 */
int doctor_look(const struct invocation *a, enum doctor_depth depth, struct snapshot *snap,
		struct findings *out);

/* ---- its parts ---- */

struct doctor {
	const struct invocation *a;
	const struct snapshot *snap; /* open, with a policy */
	struct look look;
};

/* The groups of users and of roles, by getgrouplist(3) and getgrnam(3), beside the view. */
int doctor_groups(const struct doctor *d);

/* Names and uids, administrators, exempt users and groups. */
int doctor_people(const struct doctor *d);

/* Facts of this host that differ from the view: time zone, GIDs, the clock. */
int doctor_facts(const struct doctor *d);

/* Those whom sshd refuses by itself, by `sshd -T` for each. */
int doctor_sshd(const struct doctor *d);

/* Each service that asks, by libpam: somebody without a role, with one, and an exempt one. */
int doctor_gate(const struct doctor *d, enum doctor_depth depth);

#endif
