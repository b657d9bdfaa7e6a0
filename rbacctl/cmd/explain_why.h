/*
 * explain_why.h - pam_rbac's verdict in words, for explain.
 */
#ifndef RBACCTL_CMD_EXPLAIN_WHY_H
#define RBACCTL_CMD_EXPLAIN_WHY_H

#include "common/decide.h"
#include "rbacctl/access/remedy.h"
#include "rbacctl/buf.h"

/* Append why V, the answer to Q, is as it is: lines that begin with two blanks. */
void explain_why(const struct question *q, const struct rbac_verdict *v, struct buf *out);

#endif
