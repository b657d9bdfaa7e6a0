/*
 * new_conf.h - the commented rbac.conf that `init` writes if there is none.
 */
#ifndef RBACCTL_CONFIG_NEW_CONF_H
#define RBACCTL_CONFIG_NEW_CONF_H

#include "rbacctl/buf.h"
#include "rbacctl/model/model.h"

/*
 * Append an rbac.conf for policy P and the host scope HOST to OUT. Its login rules use the keys
 * login.ssh, login.console, login.sudo and login.su, if P has them. If P has none of them, the
 * rules allow sshd for every role, and sudo only for the roles that P marks bootstrap.
 */
void new_conf_write(const struct policy *p, const char *host, struct buf *out);

#endif
