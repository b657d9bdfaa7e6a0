/*
 * connection.h - one connection, in a child of the listener: who asks, what, and the answer.
 *
 * The child has no other descriptor, /dev/null as its standard input, and files in memory as its
 * standard output and error: nothing is written to the peer before the command has ended, so a
 * slow peer never holds the store's lock.
 */
#ifndef RBACCTL_SERVE_CONNECTION_H
#define RBACCTL_SERVE_CONNECTION_H

#include <sys/types.h>

#include "rbacctl/invocation.h"

enum {
	CONNECTION_READ_MS = 2000, /* for the request */
	CONNECTION_WRITE_S = 2,    /* for one message of the answer */
};

/* What the child's exit status tells the listener. */
enum { CONNECTION_KNOWN = 1, CONNECTION_COSTS = 2 };

/*
 * Serve the peer of FD, which is UID and may make a change in RETRY_IN seconds (0: now); close it.
 * RUN runs the command for it. Called in a child that only exits with what this returns.
 */
int connection_serve(int fd, uid_t uid, int retry_in, struct invocation *a);

/* Take the datagrams that wait at FD (common/exempt_message.h), and record what they tell. Called
 * in a child that only exits with what this returns. */
int connection_record(int fd, struct invocation *a);

/* Tell the peer of FD why it is not served, in one message and with STATUS, without waiting. */
void connection_turn_away(int fd, int status, const char *why);

#endif
