/*
 * services.h - the PAM services that the login rules of a policy name.
 */
#ifndef RBACCTL_MODEL_SERVICES_H
#define RBACCTL_MODEL_SERVICES_H

#include <stddef.h>

#include "rbacctl/model/model.h"

/* Each once, *N of them, in the order in which the rules name them; the list is to be freed, the
 * names are P's. NULL: out of memory. */
const char **policy_services(const struct policy *p, size_t *n);

#endif
