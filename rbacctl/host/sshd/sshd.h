/*
 * sshd.h - what sshd_config(5) of this machine says, in the files where distributions put it.
 */
#ifndef RBACCTL_HOST_SSHD_SSHD_H
#define RBACCTL_HOST_SSHD_SSHD_H

#include <stdbool.h>

/* Is there an sshd here that tells PAM the address of the remote host, not its name (no UseDNS)? */
bool sshd_tells_addresses(void);

#endif
