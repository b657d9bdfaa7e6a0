/*
 * checks.h - what follows from a policy as a whole, and what is wrong with it as a whole: the steps
 * that rbacctl/config/load.c takes once the settings are read. Private to rbacctl/model and
 * rbacctl/config. Each needs what those above it have made.
 */
#ifndef RBACCTL_MODEL_CHECKS_H
#define RBACCTL_MODEL_CHECKS_H

#include "rbacctl/model/model.h"

/* ---- check.c, closure.c ---- */
void policy_check_kinds(struct policy *p, struct problems *problems); /* no cycle; sets depths */
void policy_closure(struct policy *p, struct problems *problems);     /* roles' counts and keys */
void policy_close_kinds(struct policy *p);      /* what can count at scopes of each kind */
void policy_close_exclusives(struct policy *p); /* roles' places in exclusive sets */
void policy_check_roles(struct policy *p, struct problems *problems);
void policy_check_bys(struct policy *p, struct problems *problems);

/* ---- check_length.c: max_for, end, reason ---- */
void policy_check_length(struct policy *p, struct problems *problems);

/* ---- check_groups.c: the names of roles' groups here ---- */
void policy_check_groups(struct policy *p, struct problems *problems);

/* ---- check_rules.c: what can never match on this host; what nothing uses ---- */
void policy_check_rules(struct policy *p, struct problems *problems);
void policy_check_unused(struct policy *p, struct problems *problems);

#endif
