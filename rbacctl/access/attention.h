/*
 * attention.h - what needs attention about the people of a view: who can administer, what ends
 * soon, names and uids that do not fit to passwd, and a minimum that will be undercut when windows
 * end.
 */
#ifndef RBACCTL_ACCESS_ATTENTION_H
#define RBACCTL_ACCESS_ATTENTION_H

#include <stdint.h>

#include "rbacctl/access/snapshot.h"

/* WHAT: "admins" (once), "soon", "note" or "warn", as doctor tells a note from trouble. Ten of each
 * are told; one line more
 * says how many others there are. */
typedef void attention_fn(void *ctx, const char *what, const char *text);

/* RBAC_OK, RBAC_NOMEM, RBAC_DAMAGED, or the error of a source of this host. */
int attention_people(const struct snapshot *snap, int64_t now, attention_fn *fn, void *ctx);

#endif
