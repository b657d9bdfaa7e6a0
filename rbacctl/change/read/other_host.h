/*
 * other_host.h - a question about another host of a fleet, asked of the authority's store:
 * explain --host SCOPE.
 */
#ifndef RBACCTL_CHANGE_READ_OTHER_HOST_H
#define RBACCTL_CHANGE_READ_OTHER_HOST_H

#include "rbacctl/invocation.h"

/*
 * Compile the view that a host with the scope SCOPE would have, and let A->view be it until
 * as_of_end(). Root only. Facts of the host itself (accounts, Unix groups, the PAM stacks) are
 * those of this host. Returns an exit status; EXIT_DONE: done.
 */
int other_host_begin(struct invocation *a, const char *scope);
/* The same without saying so. */
int other_host_view(struct invocation *a, const char *scope);

#endif
