/*
 * listener.h - the listener of `rbacctl serve`: one process that accepts, counts and forks.
 *
 * The socket is SOCK_SEQPACKET. systemd hands it over (sd_listen_fds(3)), or the listener makes it.
 * Each connection gets a child of its own once its request has come; a child that is killed, or
 * that hangs, loses nobody else's request. Who has spent their changes (peers.h) is answered after
 * LISTENER_HOLD_MS: asking again and again then keeps no processor busy.
 */
#ifndef RBACCTL_SERVE_LISTENER_H
#define RBACCTL_SERVE_LISTENER_H

#include <stdbool.h>

#include "rbacctl/invocation.h"

enum {
	/* Connections that wait to be accepted. Who connects and closes without pause fills them,
	 * and others wait until they are through: some microseconds each. */
	LISTENER_BACKLOG = 64,
	LISTENER_HOLD_MS = 250,
	LISTENER_CLOSE_MS =
		15000, /* the connection is closed; a change that has begun is finished */
	LISTENER_KILL_MS = 60000,    /* the child is killed: passwd, say, does not answer */
	LISTENER_RECORD_MS = 600000, /* the same of the one that records logins by an exemption: it
					waits for the store's lock as long as LISTENER_RECORD_S */
	LISTENER_RECORD_S = 540,
	LISTENER_IDLE_MS = 60000, /* without a connection: the listener of systemd's socket ends */
};

/*
 * The socket at PATH into S->fd: MAKE: make it, in a folder that root owns, for everybody (0666);
 * else the one that systemd handed over. S->exempt gets the one that pam_rbac sends datagrams to
 * (common/exempt_message.h), for root alone (0600), which is made at EXEMPT; -1: systemd has handed
 * over none. RBAC_OK, RBAC_CONFLICT (somebody listens there), or RBAC_SYSTEM, with a complaint.
 */
struct listener_sockets {
	int fd, exempt;
};
int listener_open(const char *path, const char *exempt, bool make, struct listener_sockets *s);

/*
 * Serve until SIGTERM or SIGINT, or where not FOREVER until nobody has connected for
 * LISTENER_IDLE_MS; those who are connected are served first. The sockets become the listener's.
 * RBAC_OK, or RBAC_SYSTEM with a complaint.
 */
int listener_run(const struct listener_sockets *s, bool forever, struct invocation *a);

#endif
