/*
 * rules.h - questions about login rules: which services do they name, and which roles do they
 * allow?
 */
#ifndef RBACCTL_MODEL_RULES_H
#define RBACCTL_MODEL_RULES_H

#include "rbacctl/model/model.h"

/* The service NAME and the rules that name it; NULL: no rule does. P->services has all services. */
const struct policy_service *policy_service_find(const struct policy *p, const char *name);

/* Does RULE allow a user for whom ROLE counts on this host, by one of its keys or roles? */
bool policy_rule_takes(const struct policy *p, const struct policy_login *rule, int role);

/* By which entry does it allow that? *KEY gets the first of its keys that ROLE has; or else *AS
 * gets the first of its roles that ROLE is or includes. The other one is set to -1. */
void policy_rule_by(const struct policy *p, const struct policy_login *rule, int role, int *key,
		    int *as);

/* Is SERVICE without capital letters? libpam changes them to small ones (pam_start(3)), so a name
 * with a capital letter never matches. */
bool policy_service_is_lower(const char *service);

/* _is_local: does SERVICE never pass a remote host to PAM? _is_login: does a person begin a session
 * with SERVICE? Both compare SERVICE with the names that distributions use. */
bool policy_service_is_local(const char *service);
bool policy_service_is_login(const char *service);

/* Compute P->services and the sets of each rule, after the rules are read. Private to rbacctl/model
 * and rbacctl/config. */
void policy_index_rules(struct policy *p);

#endif
