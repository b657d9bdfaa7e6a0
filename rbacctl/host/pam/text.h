/*
 * text.h - the lines and words of a PAM file, cut as libpam cuts them (pam.conf(5), and libpam
 * itself where the page is silent: tests/unit/rbacctl/test_pam_stack compares both).
 */
#ifndef RBACCTL_HOST_PAM_TEXT_H
#define RBACCTL_HOST_PAM_TEXT_H

#include <stdbool.h>
#include <stdio.h>

/* libpam of Debian 12 (1.5) cuts a longer line, and takes its rest for a line of its own. Later
 * ones do not. Bytes, with the NUL. */
enum { PAM_LINE = 1024 };

struct pam_text {
	FILE *file;
	char line[PAM_LINE]; /* without comment, continuations joined */
	unsigned number;     /* of the line on which it began; the first is 1 */
	unsigned read;       /* lines read so far */
	bool cut;            /* it was longer than PAM_LINE - 1 bytes */
};

enum pam_text_result {
	PAM_TEXT_LINE,
	PAM_TEXT_END,
	PAM_TEXT_BAD, /* a continuation without a line behind it: libpam refuses the whole file */
};

/* The next line that is not empty, into T->line. */
enum pam_text_result pam_text_next(struct pam_text *t);

/*
 * The next word of *P, which moves behind it; NULL: there is none. A word that begins with [ goes
 * to the next ], without both; \] in it is a ]. Both are changed in place.
 */
char *pam_text_word(char **p);

/*
 * The control CONTROL, "required" or what stands in [ ], into ACTIONS of PAM_RETURNS elements (see
 * stack.h). NULL, or what libpam does not understand of it: then every action is bad.
 */
const char *pam_text_control(const char *control, int *actions);

/* The name that pam.conf(5) has for return code RET, "perm_denied"; -1 where NAME is none. */
const char *pam_return_name(int ret);
int pam_return_of(const char *name);

#endif
