/*
 * explain_line.h - what the PAM line of a service adds to pam_rbac's verdict, for explain.
 */
#ifndef RBACCTL_CMD_EXPLAIN_LINE_H
#define RBACCTL_CMD_EXPLAIN_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/decide.h"
#include "rbacctl/buf.h"
#include "rbacctl/model/model.h"

/* Does a line of SERVICE that asks rbac exempt USER by itself? What says so, "exempt_group=admins
 * on the PAM line (/etc/pam.d/sshd:3)", into TEXT. */
bool explain_line_exempts(const struct policy *p, const char *service, const char *user, char *text,
			  size_t size);

/* Append, as lines "  note   TEXT", what makes the verdict V of pam_rbac count otherwise, or not at
 * all: the service does not ask rbac, its stack ignores a denial, an option leaves the user to
 * other modules. */
void explain_line_notes(const struct policy *p, const char *service, const struct rbac_verdict *v,
			struct buf *out);

#endif
