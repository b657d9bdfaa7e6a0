/*
 * role_conf.h - a role of a policy, as the text of a file of policy.d that defines a copy of it.
 */
#ifndef RBACCTL_CONFIG_ROLE_CONF_H
#define RBACCTL_CONFIG_ROLE_CONF_H

#include <stdbool.h>

#include "rbacctl/buf.h"
#include "rbacctl/model/model.h"

/* Can a role have this name? */
bool role_conf_is_name(const char *name);

/*
 * Append to OUT a file that defines role NEW with the settings of ROLE, which the loader takes
 * beside those of P. What cannot hold for two roles, or not for one that nobody holds yet (gid,
 * min, bootstrap, renamed_from), is left out; a comment says so, and names the places that have
 * ROLE by its name.
 */
void role_conf_write(const struct policy *p, int role, const char *new, struct buf *out);

#endif
