/*
 * exempt_notice.h - tell `rbacctl serve` that an exemption let somebody in.
 */
#ifndef RBAC_PAM_EXEMPT_NOTICE_H
#define RBAC_PAM_EXEMPT_NOTICE_H

#include "pam_rbac/report.h"

/*
 * One datagram to the socket of root's (common/exempt_message.h). Never waits, changes no errno and
 * leaves no descriptor; where nobody listens, or the process is not root's, nothing happens.
 */
void rbac_exempt_notice(const struct rbac_asked *asked);

#endif
