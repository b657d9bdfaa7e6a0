/*
 * names.h - who there is in the bench's world: N users u0000000.., three groups each, 300 members a
 * group. The same names and numbers stand in the view and in every peer's file.
 */
#ifndef RBAC_BENCH_NAMES_H
#define RBAC_BENCH_NAMES_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { GROUPS_PER_USER = 3, MEMBERS_PER_GROUP = 300, CROWD = 200000 };
enum { GID_MIN = 2010000000, GID_MAX = 2139999999, GID_STEP = 12917 };
enum { ROLES = 64 };               /* a group of number G belongs to role G % ROLES */
enum { NAME_SIZE = 20, FEW = 50 }; /* users that are in /etc/passwd, as run.sh writes it */
enum {
	CROWD_GID = GID_MAX
}; /* one more group, that everybody of the first CROWD users is in; only where asked for */

#define BENCH_SERVICE "bench" /* the PAM service that a login rule names */
#define BENCH_SCOPE "host:main"

static inline uint32_t group_count(uint32_t users)
{
	return users * GROUPS_PER_USER / MEMBERS_PER_GROUP;
}

static inline uint32_t group_of(uint32_t users, uint32_t user, unsigned k)
{
	uint32_t groups = group_count(users);

	return (user + k * (groups / GROUPS_PER_USER + 1)) % groups;
}

static inline uint32_t group_gid(uint32_t group)
{
	return GID_MIN + group * GID_STEP;
}

static inline void user_name(char out[NAME_SIZE], uint32_t user)
{
	snprintf(out, NAME_SIZE, "u%07u", user);
}

static inline uint32_t user_uid(uint32_t user)
{
	return 100000 + user;
}

static inline void group_name(char out[NAME_SIZE], uint32_t group)
{
	snprintf(out, NAME_SIZE, "g%05u", group);
}

#endif
