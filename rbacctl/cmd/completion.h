/*
 * completion.h - which words fit at the end of a command line, for the shells.
 */
#ifndef RBACCTL_CMD_COMPLETION_H
#define RBACCTL_CMD_COMPLETION_H

#include "rbacctl/invocation.h"

/*
 * Print what fits in the place of V[N - 1], which may be empty or half a word, behind the words
 * before it: a line for each, the word, a tab and what it is (nothing where that is not known).
 * Verbs, options and words of the usage come from the table of verbs; roles, keys, scopes and users
 * from the view, where there is one. What cannot be told is left out without a word: a shell is
 * listening. Returns the exit status.
 */
int completion_words(const struct invocation *a, char **v, int n);

#endif
