/*
 * parts.h - the steps that load.c takes, one or more for each section of the files. Private to
 * rbacctl/config.
 */
#ifndef RBACCTL_CONFIG_PARTS_H
#define RBACCTL_CONFIG_PARTS_H

#include "rbacctl/config/loader.h"

/* ---- declare.c: which names there are ---- */
void load_declare(struct loader *l);

/* ---- load_kinds.c: parents and owners first, what is judged by them when those are checked ----
 */
void load_kinds(struct loader *l);

/* ---- load_policy.c ---- */
void load_keys(struct loader *l);
void load_keychains(struct loader *l);
void load_plans(struct loader *l);
void load_exclusives(struct loader *l);
void load_users(struct loader *l);

/* The name in the setting S, renamed_from of WHAT: one that IS_NAME, and that TABLE has no more;
 * NULL: S is. It is the arena's. WORD is what it names ("key", "role"), for the message. */
const char *load_renamed_from(struct loader *l, config_setting_t *s, const char *what,
			      const struct policy_names *table,
			      bool (*is_name)(const char *, size_t), const char *word);

/* ---- load_role.c ---- */
void load_roles(struct loader *l);

/* ---- load_host.c, load_groups.c, load_assignments.c ---- */
void load_host(struct loader *l);
void load_host_groups(struct loader *l, config_setting_t *s);
void load_assignments(struct loader *l);

/* ---- load_by.c ---- */

/* The place where a by list is judged: at a scope of KIND; at the parent of one (create_by); or,
 * for users, nowhere in particular. */
enum load_by_at { LOAD_BY_KIND, LOAD_BY_PARENT, LOAD_BY_USERS };
void load_bys(struct loader *l, config_setting_t *s, const char *what, enum load_by_at at, int kind,
	      struct policy_bys *out);

/* ---- load_scope.c ---- */

/* The kind of the scope named by S; -1 with an error. */
int load_scope(struct loader *l, const config_setting_t *s, const char *what, const char *scope);

#endif
