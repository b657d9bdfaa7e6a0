/*
 * sshd.h - findings about sshd, for look_sshd() and for what asks it about users.
 */
#ifndef RBACCTL_HOST_DOCTOR_SSHD_H
#define RBACCTL_HOST_DOCTOR_SSHD_H

#include "rbacctl/host/doctor/look.h"
#include "rbacctl/host/sshd/ask.h"
#include "rbacctl/host/sshd/conf.h"
#include "rbacctl/model/role_groups.h"

/* One daemon, as look_sshd() sees it. */
struct look_sshd_seen {
	const struct look *q;
	const struct sshd_daemon *d;
	struct sshd_asked asked; /* without a connection */
	char service[100];       /* as which it asks PAM */
	struct role_groups groups;
	int matches;
};

/* Groups that are not there, for everybody and in Match blocks. */
void look_sshd_groups(struct look_sshd_seen *s);

/* A finding about sshd, at the line of KEYWORD (NULL: the file as a whole) that has WORD (NULL:
 * any). CONFIG: the file that sshd reads. */
struct finding *look_sshd_add(const struct look *q, const char *id, const char *config,
			      const char *keyword, const char *word);

#endif
