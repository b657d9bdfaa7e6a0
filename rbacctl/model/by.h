/*
 * by.h - `by` lists in words: who may do something, as docs/design.md, "Meaning", has it.
 */
#ifndef RBACCTL_MODEL_BY_H
#define RBACCTL_MODEL_BY_H

#include <stdbool.h>

#include "rbacctl/buf.h"
#include "rbacctl/model/model.h"

/* Is the list just [ "owner" ]: then nobody else may, root's --force aside. */
bool policy_only_owner(const struct policy_bys *bys);

/* "key space.users.manage or ownership of the organization", for messages; "nobody" for an empty
 * list. */
void policy_by_text(const struct policy *p, const struct policy_bys *bys, struct buf *out);

#endif
