/*
 * look_sshd.h - findings about sshd, for look_sshd() and for what asks it about users.
 */
#ifndef RBACCTL_HOST_LOOK_SSHD_H
#define RBACCTL_HOST_LOOK_SSHD_H

#include "rbacctl/host/look.h"
#include "rbacctl/host/sshd_ask.h"
#include "rbacctl/host/sshd_conf.h"

/* A finding about sshd, at the line of KEYWORD (NULL: the file as a whole) that has WORD (NULL:
 * any). CONFIG: the file that sshd reads. */
struct finding *look_sshd_add(const struct look *q, const char *id, const char *config,
			      const char *keyword, const char *word);

#endif
