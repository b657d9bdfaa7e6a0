/*
 * command.h - the command line that starts sshd: systemd.service(5), "Command lines", with
 * variables; and the options in it that sshd(8) goes by.
 */
#ifndef RBACCTL_HOST_SSHD_COMMAND_H
#define RBACCTL_HOST_SSHD_COMMAND_H

#include <stdbool.h>

#include "rbacctl/host/sshd/daemons.h"

struct sshd_command {
	char *line; /* NULL: none */
	char *file;
	unsigned at;
	struct sshd_variable {
		char *name, *value, *file;
		unsigned line;
	} * v;
	size_t n_variables, cap_variables;
};

/* The command is TEXT, at that line; an empty one removes it. FILE may be NULL. */
void sshd_command_line(struct sshd_command *c, const char *text, const char *file, unsigned line);

/* TEXT is "A=b 'C=d e'". */
void sshd_command_variables(struct sshd_command *c, const char *text, const char *file,
			    unsigned line);

/* The same of a file, a variable a line; a "-" before its path is taken off. */
void sshd_command_variables_of(struct sshd_command *c, const char *path);

/* The options into D. False: there is no command, or it starts another program. */
bool sshd_command_options(const struct sshd_command *c, struct sshd_daemon *d);
void sshd_command_free(struct sshd_command *c);

#endif
