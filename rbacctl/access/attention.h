/*
 * attention.h - for `status`: what needs attention about the users of a view. The topics are: who
 * can administer, assignments that end soon, names and uids that differ from passwd, and roles that
 * will have fewer holders than `min` when windows end.
 */
#ifndef RBACCTL_ACCESS_ATTENTION_H
#define RBACCTL_ACCESS_ATTENTION_H

#include <stdint.h>

#include "rbacctl/access/snapshot.h"

/* WHAT is "admins" (once), "soon", "note" or "warn"; TEXT is one line, valid during the call. At
 * most ten lines of one kind are passed, and then one with the number of the others. */
typedef void attention_fn(void *ctx, const char *what, const char *text);

/* Call FN for each line. RBAC_OK, RBAC_NOMEM, RBAC_DAMAGED, or an error of passwd or group. */
int attention_people(const struct snapshot *snap, int64_t now, attention_fn *fn, void *ctx);

#endif
