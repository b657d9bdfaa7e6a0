/*
 * daemons.h - the daemons of sshd that this host starts, and the options that each gets: from
 * the units of systemd that are enabled, from processes of root's that run, and where there is
 * neither from the unit's usual file of options.
 */
#ifndef RBACCTL_HOST_SSHD_DAEMONS_H
#define RBACCTL_HOST_SSHD_DAEMONS_H

#include <stdbool.h>
#include <stddef.h>

#define SSHD_PROGRAM "/usr/sbin/sshd"
#define SSHD_CONFIG "/etc/ssh/sshd_config"

enum { SSHD_DAEMONS = 8 };

/* One option, "-f" or "/etc/ssh/other", and where it stands; LINE 0: no line of a file. */
struct sshd_word {
	char *text;
	char *file;
	unsigned line;
};

struct sshd_daemon {
	struct sshd_word *v; /* as `sshd -T` may take them */
	size_t n, cap;
	char config[4096]; /* the file that it reads */
	char program[100]; /* the last part of the name that it is started by */
	char called[300];  /* "ssh.service", "process 12"; "" for the usual one */
};

/* At most SSHD_DAEMONS, each with options that no other has; one at least. That of ssh.service or
 * sshd.service comes first. To be freed. */
struct sshd_daemons {
	struct sshd_daemon v[SSHD_DAEMONS];
	size_t n;
	bool more; /* there are others */
};
void sshd_daemons_find(struct sshd_daemons *all);
void sshd_daemons_free(struct sshd_daemons *all);

#endif
