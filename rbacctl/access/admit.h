/*
 * admit.h - may the user with this uid use the socket of `rbacctl serve`? The functions ask the
 * published view and passwd, and take no lock.
 */
#ifndef RBACCTL_ACCESS_ADMIT_H
#define RBACCTL_ACCESS_ADMIT_H

#include "rbacctl/buf.h"
#include "rbacctl/invocation.h"

/*
 * Returns RBAC_OK; RBAC_REFUSED; or the error of the view A->view. Refused are: a suspended user; a
 * user whose uid is not the recorded one; and, unless rbac.conf has
 * `serve = { system_accounts = true; }`, a system account, which has a uid below UID_MIN of the
 * file LOGIN_DEFS (login.defs(5)). If not RBAC_OK, the reason is appended to WHY, without a line
 * end.
 */
int admit_peer(const struct invocation *a, uid_t uid, const char *login_defs, struct buf *why);

#endif
