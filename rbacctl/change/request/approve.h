/*
 * approve.h - what cancel uses of it; the acts are in request.h.
 */
#ifndef RBACCTL_CHANGE_REQUEST_APPROVE_H
#define RBACCTL_CHANGE_REQUEST_APPROVE_H

#include "rbacctl/change/rules/request_rules.h"

/* Request ID, which is pending, into R; else a refusal that says what it is. (approve.c) */
int request_need_pending(struct change *c, uint64_t id, struct store_request *r);

#endif
