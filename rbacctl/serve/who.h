/*
 * who.h - find out which user is at the other end of a connection. Only the kernel is asked.
 */
#ifndef RBACCTL_SERVE_WHO_H
#define RBACCTL_SERVE_WHO_H

#include <stdbool.h>

#include "rbacctl/buf.h"
#include "rbacctl/invocation.h"

/* The effective uid of the process that called connect(2) or listen(2) at the other end of FD
 * (SO_PEERCRED, unix(7)). False: the kernel does not tell it. */
bool who_connected(int fd, uid_t *uid);

/* Write the login uid of the process that connected into PEER, if the kernel tells it
 * (SO_PEERPIDFD, Linux 6.5). */
void who_logged_in(int fd, struct peer *peer);

/*
 * May UID use the socket at all? False for three kinds of uids: 0, so that nobody can act as root
 * through a setuid program or as the root of a container; the overflow uid, which stands for any
 * user of another user namespace (user_namespaces(7)); and a uid that passwd does not have. If not,
 * the reason is appended to WHY. *KNOWN: passwd has the uid.
 */
bool who_may_ask(uid_t uid, bool *known, struct buf *why);

#endif
