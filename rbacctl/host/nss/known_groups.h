/*
 * known_groups.h - who has a name or a GID of a role's group already, by getgrnam(3) and
 * getgrgid(3): asked for before the lock of the store is taken, and used under it.
 */
#ifndef RBACCTL_HOST_NSS_KNOWN_GROUPS_H
#define RBACCTL_HOST_NSS_KNOWN_GROUPS_H

#include <stddef.h>
#include <stdint.h>

/* All zeros: nothing was asked. */
struct known_groups {
	struct known_group {
		char *name;   /* what was asked for: this name, and */
		uint32_t gid; /* this GID */
		/* The GID of the group of that name, and the name of the group of that GID; 0 and
		 * NULL: there is none. */
		uint32_t has_gid;
		char *has_name;
	} * v;
	size_t n, cap;
};

/* Ask for NAME and GID, and keep the answer. RBAC_OK or RBAC_NOMEM. */
int known_groups_ask(struct known_groups *k, const char *name, uint32_t gid);

/* All that is asked for has been: sort them. */
void known_groups_done(struct known_groups *k);

/* The answer for NAME and GID, of K that is done; NULL: it was not asked for. */
const struct known_group *known_groups_find(const struct known_groups *k, const char *name,
					    uint32_t gid);

void known_groups_free(struct known_groups *k);

#endif
