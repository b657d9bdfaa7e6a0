/*
 * verbs.h - the verbs of rbacctl, one row each in verb_table.c: name, function, options, arguments,
 * help.
 */
#ifndef RBACCTL_VERBS_H
#define RBACCTL_VERBS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "rbacctl/invocation.h"
#include "rbacctl/options.h"

/*
 * Among the options of a row: somebody who is not root gets the verb through the socket of `serve`.
 * A question changes nothing. The default is that a verb does not pass.
 */
#define PASSES (UINT64_C(1) << 63)
#define PASSES_QUESTION (PASSES | UINT64_C(1) << 62)
#define PASSES_ASSIGNMENTS (PASSES_QUESTION | UINT64_C(1) << 61) /* `list assignments` alone */

struct verb {
	const char *name;                                          /* "assign", "scope create" */
	int (*run)(struct invocation *a, const struct args *args); /* returns the exit status */
	uint64_t options;  /* that it takes beside OPTIONS_OF_ALL */
	int min, max;      /* positional arguments */
	const char *usage; /* what follows the name */
	const char *what;  /* one line */
	const char *help;  /* more, for --help; NULL: nothing more */
};

/* All verbs, in the order of --help. */
const struct verb *verbs_all(size_t *n);

/* Does V, with ARGS, go through the socket? */
bool verb_passes(const struct verb *v, const struct args *args);

/* The verb that the N words at V begin with, one word or two; *WORDS gets how many. NULL: none. */
const struct verb *verb_find(int n, char **v, int *words);

/*
 * Reads the command line, with the program's name first, into *ARGS; WORDS is how many words the
 * verb has. False: there is nothing to run, and *STATUS is the exit status: --help was given, or
 * the arguments were wrong and that was said.
 */
bool verb_read(const struct verb *v, int words, int argc, char **argv, struct args *args,
	       int *status);

/*
 * Print help on stdout: of V; of the verbs that begin with WORD, such as "scope" (false: there are
 * none); of rbacctl, on TO. Return the exit status: EXIT_USAGE where TO is not stdout.
 */
int verb_help(const struct verb *v);
bool verbs_help_family(const char *word, int *status);
int verbs_help(FILE *to);

#endif
