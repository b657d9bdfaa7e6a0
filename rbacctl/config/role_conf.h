/*
 * role_conf.h - for `role clone`: write a file of policy.d that defines a copy of a role.
 */
#ifndef RBACCTL_CONFIG_ROLE_CONF_H
#define RBACCTL_CONFIG_ROLE_CONF_H

#include <stdbool.h>

#include "rbacctl/buf.h"
#include "rbacctl/model/model.h"

/* Is NAME a valid name of a role? */
bool role_conf_is_name(const char *name);

/*
 * Append a file that defines the role NEW with the settings of ROLE to OUT. The file can be added
 * to the files of P. Settings that two roles cannot share, or that a role without holders cannot
 * have, are left out (gid, min, bootstrap, renamed_from). A comment names these, and the places of
 * the policy that refer to ROLE by name.
 */
void role_conf_write(const struct policy *p, int role, const char *new, struct buf *out);

#endif
