/*
 * connection.h - serve one connection, in a child of the listener: read the request, run the
 * command, send the answer.
 *
 * The child has no other open descriptors; its standard input is /dev/null, its standard output and
 * error are files in memory. It sends nothing before the command has ended, so a slow peer never
 * holds the store's lock.
 */
#ifndef RBACCTL_SERVE_CONNECTION_H
#define RBACCTL_SERVE_CONNECTION_H

#include <sys/types.h>

#include "rbacctl/invocation.h"

enum {
	CONNECTION_READ_MS = 2000, /* for the request */
	CONNECTION_WRITE_S = 2,    /* for one message of the answer */
};

/* Bits of the child's exit status, for the listener: passwd has the uid; the request costs one of
 * its changes (peers.h). */
enum { CONNECTION_KNOWN = 1, CONNECTION_COSTS = 2 };

/*
 * Serve the peer of FD, which has the effective UID, and close FD. RETRY_IN: the seconds until UID
 * may make a change; 0: now. Call it in a child, which must then exit with the returned status.
 */
int connection_serve(int fd, uid_t uid, int retry_in, struct invocation *a);

/* Read the datagrams that wait at FD (common/exempt_message.h), and record the logins that they
 * report. Call it in a child, which must then exit with the returned status. */
int connection_record(int fd, struct invocation *a);

/* Send the peer of FD one message with the reason WHY and the exit STATUS; do not wait. */
void connection_turn_away(int fd, int status, const char *why);

#endif
