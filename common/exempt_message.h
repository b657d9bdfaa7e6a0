/*
 * exempt_message.h - the datagram by which pam_rbac tells `rbacctl serve` of a login that an
 * exemption let in. The socket is root's alone; the sender never waits, and what does not arrive is
 * in the system's log.
 *
 * The magic, then three words, each ended by NUL: the user as passwd has the name, the service, the
 * remote host ("": none). One datagram has at most RBAC_EXEMPT_MESSAGE bytes; a word that does not
 * fit is cut.
 */
#ifndef RBAC_COMMON_EXEMPT_MESSAGE_H
#define RBAC_COMMON_EXEMPT_MESSAGE_H

#define RBAC_EXEMPT_MAGIC "rbacx\001"
enum { RBAC_EXEMPT_MESSAGE = 1024, RBAC_EXEMPT_WORD = 256 };

#endif
