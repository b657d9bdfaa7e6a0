/*
 * zone_offsets.h - a time zone of this host as a table of UTC offsets. A view carries that table,
 * so that no reader asks the C library, and with it TZ, for the time of day.
 */
#ifndef RBACCTL_HOST_TIME_ZONE_OFFSETS_H
#define RBACCTL_HOST_TIME_ZONE_OFFSETS_H

#include <stddef.h>
#include <stdint.h>

struct zone_offset {
	int64_t from;   /* seconds since 1970: this offset holds from here to the next entry */
	int32_t offset; /* seconds east of UTC */
};

/*
 * The offsets of ZONE, a name of tzdata (NULL: /etc/localtime), from 2020 to 30 years after the
 * year of NOW, ascending, as *OUT (malloc; the caller frees it) with *N entries. The C library
 * computes them; TZ is as before afterwards. RBAC_OK or RBAC_NOMEM.
 */
int zone_offsets(const char *zone, int64_t now, struct zone_offset **out, size_t *n);

#endif
