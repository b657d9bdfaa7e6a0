/*
 * verb_hints.h - what somebody meant who typed a command that does not exist.
 *
 * Known are: the second words of a family ("scope" alone), a verb or its second word by itself
 * ("suspend"), the two words of a verb in the other order ("create scope"), words of other programs
 * ("grant", "user list"), and slips of the finger (problem_nearest).
 */
#ifndef RBACCTL_VERB_HINTS_H
#define RBACCTL_VERB_HINTS_H

/* Complain that the N words at V, at least one, begin with no verb, and say what is near. Returns
 * EXIT_USAGE. */
int verb_unknown(int n, char **v);

#endif
