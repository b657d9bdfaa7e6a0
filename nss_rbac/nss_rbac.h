/*
 * nss_rbac.h - the six entry points that the C library calls, and what they share. The rules for
 * them are in nsswitch.conf(5) and in the manual of the GNU C Library, "Extending NSS". The module
 * exports nothing else (nss_rbac.map).
 *
 * An entry point writes the caller's output only when it succeeds. It restores errno, and writes
 * *ERRNOP only with UNAVAIL and TRYAGAIN. It may be called from any thread and in a child.
 */
#ifndef RBAC_NSS_RBAC_H
#define RBAC_NSS_RBAC_H

#include <grp.h>
#include <nss.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/error.h"
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

/* Results of this module, beside those of common/error.h. */
enum {
	RBAC_NSS_BUSY =
		RBAC_ERROR_COUNT, /* another thread is in the enumeration: TRYAGAIN, EAGAIN */
	RBAC_NSS_NOT_BEGUN, /* no enumeration has begun; getgrent begins one and never returns it */
};

/*
 * Translate a result into the C library's status, and set *ERRNOP as nss_rbac(8) has it, for
 * UNAVAIL and TRYAGAIN only. errno becomes SAVED before that, because ERRNOP often points at errno.
 * ERRNOP may be NULL.
 */
enum nss_status rbac_nss_status(int err, int saved, int *errnop);

/* Does an answer list the members of G? */
bool rbac_nss_members(const struct rbac_view *v, const struct rbac_group *g);

/* Seconds since the epoch, not before the publication of V (rbac_meta_now()). */
int64_t rbac_nss_now(const struct rbac_view *v);

#endif
