/*
 * parts.h - the steps of load.c, one or more for each section of the files. Private to
 * rbacctl/config. Errors are added to L->problems.
 */
#ifndef RBACCTL_CONFIG_PARTS_H
#define RBACCTL_CONFIG_PARTS_H

#include "rbacctl/config/loader.h"

/* ---- declare.c: collect the names of all definitions ---- */
void load_declare(struct loader *l);

/* ---- load_kinds.c: first parents and owners, then the settings that depend on them ---- */
void load_kinds(struct loader *l);

/* ---- load_policy.c ---- */
void load_keys(struct loader *l);
void load_keychains(struct loader *l);
void load_plans(struct loader *l);
void load_exclusives(struct loader *l);
void load_users(struct loader *l);

/* Read S, the setting renamed_from of WHAT (may be NULL; then NULL). The name must be valid
 * (IS_NAME), and TABLE must not have it any more. The result is in the policy's memory. WORD is
 * what it names ("key", "role"), for messages. */
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

/* The scope at which a by list is judged: one of KIND; the parent of one (create_by); or, for
 * users, any root scope. */
enum load_by_at { LOAD_BY_KIND, LOAD_BY_PARENT, LOAD_BY_USERS };
void load_bys(struct loader *l, config_setting_t *s, const char *what, enum load_by_at at, int kind,
	      struct policy_bys *out);

/* ---- load_scope.c ---- */

/* The kind of the scope named by S; -1 with an error. */
int load_scope(struct loader *l, const config_setting_t *s, const char *what, const char *scope);

#endif
