/*
 * listener.h - the listener of `rbacctl serve`: one process that accepts, counts and forks.
 *
 * The socket is SOCK_SEQPACKET. systemd passes it (sd_listen_fds(3)), or the listener makes it.
 * When a request has arrived, the listener forks a child for its connection; a child that is killed
 * or hangs does not affect other connections. A user who has used up their changes (peers.h) gets
 * the answer after LISTENER_HOLD_MS, so that a loop of requests does not keep a processor busy.
 */
#ifndef RBACCTL_SERVE_LISTENER_H
#define RBACCTL_SERVE_LISTENER_H

#include <stdbool.h>

#include "rbacctl/invocation.h"

enum {
	/* Connections that wait to be accepted (listen(2)). A user who connects and closes without
	 * pause fills this queue, and others wait behind it: some microseconds for each place. */
	LISTENER_BACKLOG = 64,
	LISTENER_HOLD_MS = 250,
	/* After this time the listener closes a connection; its child finishes a change that has
	 * begun. */
	LISTENER_CLOSE_MS = 15000,
	/* After this time it kills the child, for example if passwd does not answer. */
	LISTENER_KILL_MS = 60000,
	/* The same for the child that records logins by an exemption, which waits at most
	 * LISTENER_RECORD_S seconds for the store's lock. */
	LISTENER_RECORD_MS = 600000,
	LISTENER_RECORD_S = 540,
	/* A listener on systemd's socket ends after this time without a connection. */
	LISTENER_IDLE_MS = 60000,
};

/*
 * Get the two sockets. S->fd is for commands: if MAKE, make it at PATH with mode 0666, in a folder
 * that root owns; otherwise take the socket that systemd has passed. S->exempt is for the datagrams
 * of pam_rbac (common/exempt_message.h): the same, at EXEMPT with mode 0600; -1 if systemd has not
 * passed one. Returns RBAC_OK; or, with a message, RBAC_CONFLICT if another process listens there,
 * or RBAC_SYSTEM.
 */
struct listener_sockets {
	int fd, exempt;
};
int listener_open(const char *path, const char *exempt, bool make, struct listener_sockets *s);

/*
 * Serve connections until SIGTERM or SIGINT; unless FOREVER, also until nobody has been connected
 * for LISTENER_IDLE_MS. Open connections are served to their end first. The function closes the
 * sockets. Returns RBAC_OK, or RBAC_SYSTEM with a message.
 */
int listener_run(const struct listener_sockets *s, bool forever, struct invocation *a);

#endif
