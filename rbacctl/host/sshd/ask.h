/*
 * ask.h - the effective configuration of sshd, as `sshd -T` prints it.
 */
#ifndef RBACCTL_HOST_SSHD_ASK_H
#define RBACCTL_HOST_SSHD_ASK_H

#include <stdbool.h>

#include "rbacctl/buf.h"
#include "rbacctl/host/sshd/daemons.h"

struct sshd_asked {
	struct buf said; /* lines of a setting in small letters and its value; else why not */
	int status;      /* the exit status of sshd; 0: SAID has the settings */
};

/* Is there an sshd on this host? */
bool sshd_is_there(void);

/*
 * Ask the daemon D. CONNECTION: for whom, "user=bob,host=...,addr=..." as sshd(8) has it; NULL: for
 * nobody, so that no Match block counts. False: it cannot be run, errno says why. To be freed in
 * any case.
 */
bool sshd_ask(const struct sshd_daemon *d, const char *connection, struct sshd_asked *a);
void sshd_asked_free(struct sshd_asked *a);

/* The next value of SETTING behind *FROM (NULL at first), into VALUE. False: there is no other. */
bool sshd_next_value(const struct sshd_asked *a, const char *setting, const char **from,
		     char *value, size_t size);

/* Does NAME match PATTERN, in which * and ? stand for anything? (ssh_config(5), PATTERNS) */
bool sshd_matches(const char *name, const char *pattern);

#endif
