/*
 * verb_hints.h - guess what a user meant who typed a command that does not exist.
 *
 * It recognizes the first word of a family ("scope" alone), the second word of a verb alone
 * ("suspend"), the two words of a verb in the other order ("create scope"), words of other programs
 * ("grant", "user list"), and spelling mistakes (problem_nearest()).
 */
#ifndef RBACCTL_VERB_HINTS_H
#define RBACCTL_VERB_HINTS_H

/* Print that the N words at V, at least one, are not a command, and what may be meant. Returns
 * EXIT_USAGE. */
int verb_unknown(int n, char **v);

#endif
