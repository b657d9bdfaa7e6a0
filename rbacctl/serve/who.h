/*
 * who.h - who is at the other end of a connection: what the kernel says, and nothing else.
 */
#ifndef RBACCTL_SERVE_WHO_H
#define RBACCTL_SERVE_WHO_H

#include <stdbool.h>

#include "rbacctl/buf.h"
#include "rbacctl/invocation.h"

/* The effective uid of the process that called connect(2) or listen(2) at the other end of FD
 * (SO_PEERCRED). False: the kernel does not say. */
bool who_connected(int fd, uid_t *uid);

/* The login uid of the process that connected, into PEER (SO_PEERPIDFD, Linux 6.5). */
void who_logged_in(int fd, struct peer *peer);

/*
 * May UID ask at all? False for uid 0, so that neither a setuid program nor the root of a container
 * is used to act for somebody; for the overflow uid, which is anybody of another user namespace;
 * and for a uid that passwd does not have. WHY gets the reason. *KNOWN: passwd has it.
 */
bool who_may_ask(uid_t uid, bool *known, struct buf *why);

#endif
