/*
 * reads.h - which sheets a host of a fleet reads: the fleet's, its scopes, and those above.
 */
#ifndef RBACCTL_CHANGE_FLEET_READS_H
#define RBACCTL_CHANGE_FLEET_READS_H

#include "common/name.h"
#include "rbacctl/model/model.h"
#include "rbacctl/store/fleet.h"

/* Scopes, each once; those above after those below. All zeros: none; free V. */
struct fleet_reads {
	char (*v)[RBAC_SCOPE_MAX + 1];
	size_t n, cap;
};

bool fleet_reads_has(const struct fleet_reads *r, const char *scope);
/* Add SCOPE and those above it. RBAC_OK or RBAC_NOMEM. */
int fleet_reads_add(struct fleet_reads *r, const struct policy *p, const char *scope);

/* For a directory: the files DIR/hosts/HOST, a sheet on each line, by the members of T's store.
 * RBAC_OK, or an error with words in WHY. */
int fleet_push_hosts(struct store_txn *t, const char *dir, struct buf *why);

#endif
