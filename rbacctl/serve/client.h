/*
 * client.h - send a command of a user who is not root through the socket of `rbacctl serve`.
 */
#ifndef RBACCTL_SERVE_CLIENT_H
#define RBACCTL_SERVE_CLIENT_H

enum { CLIENT_NOT_THERE = -1 };

/*
 * Send the N words at WORDS to the listener at PATH, and print its answer on standard output and
 * standard error, without control characters that a terminal would interpret. Root must own the
 * folder of PATH and the process of the listener. Returns the exit status of the command;
 * CLIENT_NOT_THERE if nobody listens at PATH; or EXIT_TROUBLE, with a message, if no answer came.
 */
int client_ask(const char *path, int n, char *const *words);

/*
 * The same for a question, but append its standard output to OUT, and print nothing. Returns the
 * exit status, or CLIENT_NOT_THERE if nobody listens or no answer came.
 */
struct buf;
int client_fetch(const char *path, int n, char *const *words, struct buf *out);

#endif
