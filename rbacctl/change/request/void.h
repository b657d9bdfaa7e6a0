/*
 * void.h - requests that a change makes impossible.
 */
#ifndef RBACCTL_CHANGE_REQUEST_VOID_H
#define RBACCTL_CHANGE_REQUEST_VOID_H

#include "rbacctl/change/rules/request_rules.h"

/* Can R, which is pending by what was written, still be approved, by whoever may? RBAC_OK;
 * RBAC_REFUSED, and WHY gets why not; or an error with a message. */
int request_possible(struct change *c, const struct store_request *r, struct buf *why);

/*
 * Requests that are pending, and that what the transaction has written makes impossible, are void
 * since this change; approvals that do not count any more are struck. Each is named in C->voided.
 * RBAC_OK, or an error with a message.
 */
int change_void_requests(struct change *c);

#endif
