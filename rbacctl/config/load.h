/*
 * load.h - texts to a checked policy.
 */
#ifndef RBACCTL_CONFIG_LOAD_H
#define RBACCTL_CONFIG_LOAD_H

#include "rbacctl/config/source.h"
#include "rbacctl/model/model.h"

/*
 * Load and check. Problems of syntax and of the traps of libconfig 1.5 come first; once all files
 * parse, every other problem is found in one run. RBAC_OK (there may be warnings), RBAC_INVALID
 * (problems->errors > 0, *OUT NULL), RBAC_NOMEM. Pure but for memory: no file, no LMDB, no look at
 * passwd or group.
 */
int policy_load(const struct policy_sources *sources, struct policy **out,
		struct problems *problems);

#endif
