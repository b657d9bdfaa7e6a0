/*
 * readback.h - what was written for the readers is read as they will read it. For finish.c.
 */
#ifndef RBACCTL_VIEW_READBACK_H
#define RBACCTL_VIEW_READBACK_H

#include "rbacctl/view/output.h"

/*
 * Compare what liblmdb, through O's environment, and common/walk make of the SIZE bytes at MAP: all
 * records, their order, checksums and number; of a copy the records that were touched. No write
 * transaction may be open. RBAC_OK, or an error with O's words for it.
 */
int readback(struct output *o, const void *map, size_t size);

#endif
