/*
 * by.h - `by` lists (who may do something) as text. docs/design.md, "Meaning", defines them.
 */
#ifndef RBACCTL_MODEL_BY_H
#define RBACCTL_MODEL_BY_H

#include <stdbool.h>

#include "rbacctl/buf.h"
#include "rbacctl/model/model.h"

/* Is the list exactly [ "owner" ]? Then nobody else may, except root with --force. */
bool policy_only_owner(const struct policy_bys *bys);

/* Append the list as text for messages, such as "key space.users.manage or ownership of the
 * organization"; "nobody" for an empty list. */
void policy_by_text(const struct policy *p, const struct policy_bys *bys, struct buf *out);

#endif
