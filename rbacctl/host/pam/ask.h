/*
 * ask.h - ask the real libpam about an account, as the service itself would.
 */
#ifndef RBACCTL_HOST_PAM_ASK_H
#define RBACCTL_HOST_PAM_ASK_H

#include <stdbool.h>

#include "rbacctl/host/pam/stack.h"

enum { ASK_PAM_FAILED = -1 }; /* libpam cannot be asked, or breaks off */

/*
 * What pam_acct_mgmt(3) answers for USER and SERVICE (a code of enum pam_return), or
 * ASK_PAM_FAILED. For su and sudo USER is who calls them, and root the target. A child asks, and is
 * killed after ten seconds. The modules of the stack write their log lines.
 */
int ask_pam(const char *service, const char *user);

/* The same for USER who is exempt, where the process may mount: without a line in the log, in which
 * each use of an exemption is an alert. */
int ask_pam_exempt(const char *service, const char *user);

/* May the account stage of S be asked without an effect? False: *WHICH is the module that acts
 * (pam_faillock resets its count, pam_exec runs a command). */
bool ask_pam_is_harmless(const struct pam_stack *s, const char **which);

#endif
