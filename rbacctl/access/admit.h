/*
 * admit.h - may the user with this uid use the socket at all? By the published view and
 * this host's passwd, without a lock.
 */
#ifndef RBACCTL_ACCESS_ADMIT_H
#define RBACCTL_ACCESS_ADMIT_H

#include "rbacctl/buf.h"
#include "rbacctl/invocation.h"

/*
 * RBAC_OK; RBAC_REFUSED: the person is suspended, has another uid than the recorded one, or is a
 * system account (below UID_MIN of the file LOGIN_DEFS, login.defs(5)) where rbac.conf does not say
 * serve = { system_accounts = true; }; or the error of the view A->view. WHY gets the reason,
 * without a line end.
 */
int admit_peer(const struct invocation *a, uid_t uid, const char *login_defs, struct buf *why);

#endif
