/*
 * pack.h - turns a group record of the view into the C library's struct group, in the caller's
 * buffer. Pure.
 */
#ifndef RBAC_NSS_PACK_H
#define RBAC_NSS_PACK_H

#include <grp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/wire.h"

/*
 * Fill *OUT from G. Name, password and members are copied into the BUFLEN bytes at BUF, which may
 * have any alignment. The members are the permanent ones and those whose window is open at NOW
 * (seconds since the epoch), each once; none if MEMBERS is false.
 *
 * RBAC_OK; RBAC_RANGE: BUF is too small; RBAC_INVALID: the group needs more than INT_MAX bytes,
 * which no caller has; RBAC_DAMAGED. *OUT is written only with RBAC_OK.
 */
int rbac_pack_group(const struct rbac_group *g, bool members, int64_t now, struct group *out,
		    char *buf, size_t buflen);

#endif
