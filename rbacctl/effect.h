/*
 * effect.h - what a user has on this host by a view: groups and services. Before and after a change, it is its effect.
 */
#ifndef RBACCTL_EFFECT_H
#define RBACCTL_EFFECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rbacctl/look.h"

struct standing_group { char name[RBAC_UNIX_GROUP_MAX + 1]; bool extra; };
struct standing_service { const char *name; uint32_t line; bool restricted; };   /* name borrows the policy; restricted: from or hours, not met now */

struct standing {
	struct standing_group *groups; size_t n_groups;
	const struct standing_group **by_name;                   /* the same, sorted */
	struct standing_service *services; size_t n_services;    /* that let the user in, hours and addresses aside */
	bool suspended, uid_changed, second, recorded, absent;
};

/* RBAC_OK, RBAC_NOMEM, RBAC_DAMAGED. Free it in any case, before L is closed. */
int standing_of(const struct look *l, const char *user, int64_t now, struct standing *s);

/* The same for whoever is in the Unix group GID, by that alone; GROUP is its name with the %. */
int standing_of_members(const struct look *l, const char *group, uint32_t gid, int64_t now, struct standing *s);

void standing_free(struct standing *s);

bool standing_has_group(const struct standing *s, const char *name);
const struct standing_service *standing_service(const struct standing *s, const char *name);

/* Print the lines "groups here ..." and "logins here ..." of what is different in AFTER. Prints nothing when nothing is. */
void standing_print_difference(const struct standing *before, const struct standing *after);

/* Every service that some login rule of P names, each once, in order of the rules; to be freed (names borrow P). */
const char **effect_services(const struct policy *p, size_t *n);

/* Who may act as an administrator: holds a role that is marked bootstrap, or can assign one. */
bool effect_is_admin(const struct look *l, const char *user, int64_t now);
bool effect_are_admins(const struct look *l, uint32_t gid, int64_t now);     /* the members of that Unix group, by that alone */

#endif
