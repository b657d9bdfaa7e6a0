/*
 * rules.h - what login rules say: which services they are about, and which roles they let in.
 */
#ifndef RBACCTL_MODEL_RULES_H
#define RBACCTL_MODEL_RULES_H

#include "rbacctl/model/model.h"

/* The service of that name and the rules that name it; NULL: none does. P->services has all. */
const struct policy_service *policy_service_find(const struct policy *p, const char *name);

/* Does RULE let in who holds ROLE, where ROLE counts on this host? By one of its keys or roles. */
bool policy_rule_takes(const struct policy *p, const struct policy_login *rule, int role);

/* By which: the first of its keys that ROLE brings in *KEY, or else the first of its roles that
 * ROLE comes to in *AS; -1 in the other. */
void policy_rule_by(const struct policy *p, const struct policy_login *rule, int role, int *key,
		    int *as);

/* Is there no capital letter in SERVICE? libpam lowers them (pam_start(3)), so that a name that has
 * one is never judged. */
bool policy_service_is_lower(const char *service);

/* Has SERVICE no remote host, as PAM tells it? Does a person begin a session by it? By the names
 * that distributions use. */
bool policy_service_is_local(const char *service);
bool policy_service_is_login(const char *service);

/* What the two above go by, made once the rules are read. Private to rbacctl/model and
 * rbacctl/config. */
void policy_index_rules(struct policy *p);

#endif
