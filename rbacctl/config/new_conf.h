/*
 * new_conf.h - the commented rbac.conf that init writes where there is none.
 */
#ifndef RBACCTL_CONFIG_NEW_CONF_H
#define RBACCTL_CONFIG_NEW_CONF_H

#include "rbacctl/buf.h"
#include "rbacctl/model/model.h"

/*
 * Append an rbac.conf for policy P and the host scope HOST. Its login rules go by the keys
 * login.ssh, login.console, login.sudo and login.su where P has them. Without those keys, every
 * role opens sshd, and the roles that P marks bootstrap open sudo: a role opens sudo only where the
 * policy says so.
 */
void new_conf_write(const struct policy *p, const char *host, struct buf *out);

#endif
