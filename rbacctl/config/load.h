/*
 * load.h - make a checked policy from texts.
 */
#ifndef RBACCTL_CONFIG_LOAD_H
#define RBACCTL_CONFIG_LOAD_H

#include "rbacctl/config/source.h"
#include "rbacctl/model/model.h"

/*
 * Load and check a policy. If a file has an error of syntax, or something that libconfig 1.5 would
 * misread, only such problems are reported; otherwise all other problems are reported at once.
 * Reads no file, and does not ask passwd or group. Returns RBAC_OK, perhaps with warnings in
 * PROBLEMS; RBAC_INVALID with problems->errors > 0 and *OUT NULL; or RBAC_NOMEM. Free *OUT with
 * policy_free(); it does not borrow SOURCES.
 */
int policy_load(const struct policy_sources *sources, struct policy **out,
		struct problems *problems);

#endif
