/*
 * look.h - what may be wrong on this host, one function for each part of it. Each adds what it
 * finds to a list, with what it looked at and what it could not ask. Nothing is changed.
 *
 * Only what needs neither view nor store is here; access/doctor.h has the rest.
 */
#ifndef RBACCTL_HOST_DOCTOR_LOOK_H
#define RBACCTL_HOST_DOCTOR_LOOK_H

#include "rbacctl/host/doctor/finding.h"
#include "rbacctl/host/path_mode.h"
#include "rbacctl/model/model.h"

struct look {
	const struct policy *p; /* the applied policy; NULL: it cannot be read */
	const struct pam_folders *pam;
	bool root;         /* what root alone may read can be read */
	bool by_group;     /* something is assigned to a Unix group */
	const char *group; /* a group that a role is, with the name it has here; NULL: none */
	struct findings *out;
};

/* PAM: every service that a login rule names, or that asks our module. RBAC_OK or RBAC_NOMEM. */
int look_pam(const struct look *q);

/* PAM: the options of the lines that name our module, and who may write the files. C: the files of
 * a service that asks. */
void look_pam_options(const struct look *q, const struct pam_config *c, const char *service);
void look_pam_files(const struct look *q, const struct pam_config *c, const char *service);

/* The line of entry E as it counts: "account required pam_rbac.so quiet". */
void look_entry_text(struct findings *all, char **field, const struct pam_entry *e,
		     enum pam_stage stage);

/* F is about the modes of a file: set its place, what was found, what is wanted, and the repair.
 * DARK: others cannot read it; else others may write it. */
void look_at_mode(struct findings *out, struct finding *f, const struct path_mode *at, bool dark);

/* The modules' own files, and lines of nsswitch.conf without a source. False: a process that asks
 * for users or groups crashes, and so would this one. */
bool look_modules(const struct look *q);

/* nsswitch.conf */
void look_nsswitch(const struct look *q);

/* sshd, by `sshd -T`; sudo, by cvtsudoers(1). */
void look_sshd(const struct look *q);
void look_sudo(const struct look *q);

/* The program that asks as SERVICE does not ask PAM about the account: "UsePAM no
 * (/etc/ssh/sshd_config:3)" into TEXT. False: it does, or only root can tell. */
bool look_asker_is_off(const struct policy *p, const char *service, char *text, size_t size);

/* Caches of groups, units, file systems, confinement. */
void look_caches(const struct look *q);
void look_system(const struct look *q);
void look_units(const struct look *q);

/*
 * Does the line of E, which names our module, exempt USER by itself? The word that does,
 * "exempt_group=breakglass", into OPTION; P: the groups of whose range exempt nobody.
 */
bool look_line_exempts(const struct pam_entry *e, const struct policy *p, const char *user,
		       char *option, size_t size);

/* Does the C library find root and the group of root? Where not, one that is not found tells
 * nothing.
 */
bool look_groups_work(void);

/* How many of the members of GROUP could log in: their account is there, is not expired and has a
 * shell. -1: there is no such group. */
int look_living_members(const char *group);
bool look_is_living(const char *user);

#endif
