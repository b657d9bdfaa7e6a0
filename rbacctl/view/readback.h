/*
 * readback.h - check that the readers can read a new view, before it is published. For finish.c.
 */
#ifndef RBACCTL_VIEW_READBACK_H
#define RBACCTL_VIEW_READBACK_H

#include "rbacctl/view/output.h"

/*
 * Read the SIZE bytes at MAP with liblmdb (through O's environment) and with common/walk, and
 * compare: the records, their order, their checksums and their number; of a copy only the records
 * in O->touched. No write transaction may be open. Returns RBAC_OK, or an error with its reason in
 * O->why.
 */
int readback(struct output *o, const void *map, size_t size);

#endif
