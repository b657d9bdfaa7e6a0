/*
 * notices.h - the notices of a request.
 */
#ifndef RBACCTL_CHANGE_REQUEST_NOTICES_H
#define RBACCTL_CHANGE_REQUEST_NOTICES_H

#include "rbacctl/change/rules/due_list.h"
#include "rbacctl/store/request.h"

/* What there is to tell of a request that is pending, and of any other; CTX is the
 * struct due_finding. */
int due_on_pending(void *ctx, const struct store_request *r);
int due_on_request(void *ctx, const struct store_request *r);

/*
 * Where `due` has run on this host within a day: write down who is told of request ID, which this
 * change has made or decided; part of that act. SAID gets a line of the audit record for each,
 * *TOLD how many. Else `due` finds it whenever it runs.
 */
int change_due_request(struct change *c, uint64_t id, struct buf *said, size_t *told);

#endif
