/*
 * client.h - a command of somebody who is not root, through the socket of `rbacctl serve`.
 */
#ifndef RBACCTL_SERVE_CLIENT_H
#define RBACCTL_SERVE_CLIENT_H

enum { CLIENT_NOT_THERE = -1 };

/*
 * Send the N words at WORDS to the listener at PATH, and print its answer on standard output and
 * error, without what could steer a terminal. The folder of PATH and the listener must be root's.
 * Returns the exit status, EXIT_TROUBLE with a complaint where no answer came, or CLIENT_NOT_THERE:
 * nobody listens at PATH.
 */
int client_ask(const char *path, int n, char *const *words);

/*
 * The same, but the standard output of a question goes into OUT, and nothing is printed. The exit
 * status; CLIENT_NOT_THERE: nobody listens, or no answer came.
 */
struct buf;
int client_fetch(const char *path, int n, char *const *words, struct buf *out);

#endif
