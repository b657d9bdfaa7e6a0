/*
 * difference.h - compare two policies.
 */
#ifndef RBACCTL_MODEL_DIFFERENCE_H
#define RBACCTL_MODEL_DIFFERENCE_H

#include <stddef.h>

#include "rbacctl/buf.h"
#include "rbacctl/model/model.h"

/* Append one line to OUT for each setting that differs in NEW, with its file and line. Returns the
 * number of lines. */
size_t difference_policies(const struct policy *old, const struct policy *new, struct buf *out);

#endif
