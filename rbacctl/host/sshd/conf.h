/*
 * conf.h - the lines of sshd_config(5), with those that it includes, in the order in which
 * sshd reads them. Only sshd computes the resulting settings (ask.h); the lines are for the
 * place of a setting, and for the Match blocks.
 */
#ifndef RBACCTL_HOST_SSHD_CONF_H
#define RBACCTL_HOST_SSHD_CONF_H

#include <stdbool.h>

struct sshd_line {
	const char *file;
	unsigned line;
	const char *keyword; /* as written */
	char *words;         /* what follows it; sshd_conf_word() takes it apart */
	bool match;          /* within a Match block */
};

/* The next word of *REST; NULL: there is none. Quotes are taken off. */
char *sshd_conf_word(char **rest);

/* Call FN for each line, until it returns false. What cannot be read is left out. False: so were
 * more than INCLUDED_FILES files. */
typedef bool sshd_line_fn(void *ctx, const struct sshd_line *l);
bool sshd_conf_each(const char *path, sshd_line_fn *fn, void *ctx);

/* The first line of KEYWORD in which one of the words is WORD (NULL: any), without regard to case.
 * False: none. */
bool sshd_conf_find(const char *path, const char *keyword, const char *word, char *file, int size,
		    unsigned *line);

#endif
