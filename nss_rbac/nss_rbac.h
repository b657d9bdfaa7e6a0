/*
 * nss_rbac.h - the six entry points that the C library calls (nsswitch.conf(5), "The GNU C Library:
 * Extending NSS"), and what they share. Nothing else is exported (nss_rbac.map).
 */
#ifndef RBAC_NSS_RBAC_H
#define RBAC_NSS_RBAC_H

#include <grp.h>
#include <nss.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/view.h"

#define RBAC_NSS_EXPORT __attribute__((visibility("default")))

RBAC_NSS_EXPORT enum nss_status _nss_rbac_getgrnam_r(const char *name, struct group *out, char *buf,
						     size_t buflen, int *errnop);
RBAC_NSS_EXPORT enum nss_status _nss_rbac_getgrgid_r(gid_t gid, struct group *out, char *buf,
						     size_t buflen, int *errnop);
RBAC_NSS_EXPORT enum nss_status _nss_rbac_setgrent(int stayopen);
RBAC_NSS_EXPORT enum nss_status _nss_rbac_getgrent_r(struct group *out, char *buf, size_t buflen,
						     int *errnop);
RBAC_NSS_EXPORT enum nss_status _nss_rbac_endgrent(void);
RBAC_NSS_EXPORT enum nss_status _nss_rbac_initgroups_dyn(const char *user, gid_t group,
							 long int *start, long int *size,
							 gid_t **groupsp, long int limit,
							 int *errnop);

/*
 * An RBAC_* result as the C library's. *ERRNOP is written for UNAVAIL and TRYAGAIN only, and errno
 * is put back to SAVED before (errnop often points at it). ERRNOP may be NULL.
 */
enum nss_status rbac_nss_status(int rc, int saved, int *errnop);

/* Are the members of G shown? */
bool rbac_nss_members(const struct rbac_view *v, const struct rbac_group *g);

/* Seconds since the epoch; not before V was published (rbac_meta_now). */
int64_t rbac_nss_now(const struct rbac_view *v);

#endif
