/*
 * difference.h - two policies side by side: what is otherwise in the new one.
 */
#ifndef RBACCTL_MODEL_DIFFERENCE_H
#define RBACCTL_MODEL_DIFFERENCE_H

#include <stddef.h>

#include "rbacctl/buf.h"
#include "rbacctl/model/model.h"

/* Append a line to OUT for each thing that is otherwise in NEW, by file and line. Returns how
 * many. */
size_t difference_policies(const struct policy *old, const struct policy *new, struct buf *out);

#endif
