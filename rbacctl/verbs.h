/*
 * verbs.h - the verbs of rbacctl, one row each in verbs.c: name, function, options, arguments,
 * help.
 */
#ifndef RBACCTL_VERBS_H
#define RBACCTL_VERBS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "rbacctl/invocation.h"
#include "rbacctl/options.h"

struct verb {
	const char *name;                                          /* "assign", "scope create" */
	int (*run)(struct invocation *a, const struct args *args); /* returns the exit status */
	uint64_t options;  /* that it takes beside OPTIONS_OF_ALL */
	int min, max;      /* positional arguments */
	const char *usage; /* what follows the name */
	const char *what;  /* one line */
	const char *help;  /* more, for --help; NULL: nothing more */
};

/* The verb that ARGV begins with, one word or two; *WORDS gets how many. NULL: none. */
const struct verb *verb_find(int argc, char **argv, int *words);

/* Complain that ARGV begins with no verb, and say what is near. Returns EXIT_USAGE. */
int verb_unknown(int argc, char **argv);

/*
 * What follows the verb, whose last word is ARGV[0], into *ARGS. False: there is nothing to run,
 * and *STATUS is the exit status: --help was given, or the arguments were wrong and that was said.
 */
bool verb_read(const struct verb *v, int argc, char **argv, struct args *args, int *status);

/* Print the help of V on stdout, or that of rbacctl on TO. Return the exit status: EXIT_USAGE where
 * TO is not stdout. */
int verb_help(const struct verb *v);
int verbs_help(FILE *to);

#endif
