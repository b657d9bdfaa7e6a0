/*
 * check_host.h - what a correct configuration assumes but this host does not have: users, groups,
 * services, time zones that are not there, services with pam_rbac that no rule names. For `check`;
 * nothing here stops an apply, since the host may follow its files.
 */
#ifndef RBACCTL_HOST_ETC_CHECK_HOST_H
#define RBACCTL_HOST_ETC_CHECK_HOST_H

#include <stdint.h>

#include "rbacctl/host/pam/pam.h"
#include "rbacctl/model/model.h"

/* Adds warnings to PROBLEMS, with the line and the nearest name there is. RBAC_OK or RBAC_NOMEM. */
int check_host(const struct policy *p, const struct pam_folders *pam, int64_t now,
	       struct problems *problems);

/* The time zone alone: an error where `zone` names one that this host does not have (it would be
 * judged as UTC). */
void check_zone(const struct policy *p, struct problems *problems);

/*
 * The services whose PAM stack has pam_rbac and that no login rule of P names, of those that have a
 * PAM file: everyone is denied there but root and the exempt. Owned by the caller. RBAC_OK or
 * RBAC_NOMEM.
 */
int check_unruled(const struct policy *p, const struct pam_folders *pam, struct pam_names *out);

#endif
