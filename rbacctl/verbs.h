/*
 * verbs.h - the verbs of rbacctl. Each has a row in verb_table.c: name, function, options,
 * arguments and help.
 */
#ifndef RBACCTL_VERBS_H
#define RBACCTL_VERBS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "rbacctl/invocation.h"
#include "rbacctl/options.h"

/*
 * Flags among the options of a row: a user who is not root may run the verb through the socket of
 * `serve`. A question changes nothing. Without a flag, the verb never goes through the socket.
 */
#define PASSES (UINT64_C(1) << 63)
#define PASSES_QUESTION (PASSES | UINT64_C(1) << 62)
#define PASSES_ASSIGNMENTS (PASSES_QUESTION | UINT64_C(1) << 61) /* `list assignments` alone */

struct verb {
	const char *name;                                          /* "assign", "scope create" */
	int (*run)(struct invocation *a, const struct args *args); /* returns the exit status */
	uint64_t options;  /* its options in addition to OPTIONS_OF_ALL, and the flags above */
	int min, max;      /* how many arguments it takes */
	const char *usage; /* the text after the name in --help */
	const char *what;  /* one line */
	const char *help;  /* more, for --help; NULL: nothing more */
};

/* All verbs, in the order of --help. */
const struct verb *verbs_all(size_t *n);

/* May V with ARGS go through the socket? */
bool verb_passes(const struct verb *v, const struct args *args);

/* The verb that the N words at V begin with; *WORDS gets the number of its words, 1 or 2. NULL:
 * none.
 */
const struct verb *verb_find(int n, char **v, int *words);

/*
 * Parse the command line ARGV, with the program's name first, into *ARGS; WORDS is the number of
 * words of the verb. False: there is nothing to run, because --help was given, or because the
 * arguments are wrong, with a message; *STATUS is then the exit status.
 */
bool verb_read(const struct verb *v, int words, int argc, char **argv, struct args *args,
	       int *status);

/*
 * Print help: verb_help() about V; verbs_help_family() about the verbs that begin with WORD, such
 * as "scope" (false: there are none); verbs_help() about rbacctl, on TO. They return, or set
 * *STATUS to, the exit status; it is EXIT_USAGE if TO is not stdout.
 */
int verb_help(const struct verb *v);
bool verbs_help_family(const char *word, int *status);
int verbs_help(FILE *to);

#endif
