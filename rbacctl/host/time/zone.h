/*
 * zone.h - the time zones that this machine knows: files of tzfile(5) below /usr/share/zoneinfo.
 */
#ifndef RBACCTL_HOST_TIME_ZONE_H
#define RBACCTL_HOST_TIME_ZONE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Does the C library find ZONE (NULL: /etc/localtime)? It takes UTC for what it does not find,
 * without a word. A host without /etc/localtime is in UTC (localtime(5)); one whose link leads
 * nowhere, or to no zone, is not.
 */
bool host_zone_exists(const char *zone);

/* The zone whose name is nearest to ZONE, into OUT; false: none is near, or they cannot be listed.
 */
bool host_zone_nearest(const char *zone, char *out, size_t size);

#endif
