/*
 * pack.h - a group record of the view as the C library's struct group, in the caller's buffer.
 */
#ifndef RBAC_NSS_PACK_H
#define RBAC_NSS_PACK_H

#include <grp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/wire.h"

/*
 * Fill *OUT from G; name, password and members lie in the BUFLEN bytes at BUF, which need no
 * alignment. Members are those always and those whose window is open at NOW, each once; none when
 * MEMBERS is false. RBAC_OK; RBAC_RANGE when BUF is too small; RBAC_INVALID when no buffer would
 * do; RBAC_DAMAGED. *OUT is written last, and only then.
 */
int rbac_pack_group(const struct rbac_group *g, bool members, int64_t now, struct group *out,
		    char *buf, size_t buflen);

#endif
