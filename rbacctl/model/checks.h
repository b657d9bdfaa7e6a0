/*
 * checks.h - the last steps of loading a policy, after rbacctl/config/load.c has read the settings:
 * compute the closures, and check the policy as a whole. Call them in this order. Errors are added
 * to PROBLEMS. Private to rbacctl/model and rbacctl/config.
 */
#ifndef RBACCTL_MODEL_CHECKS_H
#define RBACCTL_MODEL_CHECKS_H

#include "rbacctl/model/model.h"

/* ---- check.c, closure.c ---- */
void policy_check_kinds(struct policy *p, struct problems *problems); /* no cycle; sets depths */
void policy_closure(struct policy *p, struct problems *problems);     /* sets counts and keys */
void policy_close_kinds(struct policy *p);      /* sets counts and keys of the kinds */
void policy_close_exclusives(struct policy *p); /* sets members of the roles */
void policy_check_roles(struct policy *p, struct problems *problems);
void policy_check_bys(struct policy *p, struct problems *problems);

/* ---- check_length.c: max_for, end, reason ---- */
void policy_check_length(struct policy *p, struct problems *problems);

/* ---- check_groups.c: the names of the roles' groups on this host ---- */
void policy_check_groups(struct policy *p, struct problems *problems);

/* ---- check_rules.c: rules that can never match on this host; definitions that nothing uses ----
 */
void policy_check_rules(struct policy *p, struct problems *problems);
void policy_check_unused(struct policy *p, struct problems *problems);

#endif
