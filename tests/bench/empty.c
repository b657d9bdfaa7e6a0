/* libnss_empty.so.2: the module that knows nothing. What the C library takes to ask, whoever is
 * asked. */
#include <grp.h>
#include <nss.h>

#define EXPORT __attribute__((visibility("default")))

EXPORT enum nss_status _nss_empty_getgrnam_r(const char *name, struct group *out, char *buf,
					     size_t len, int *err);
EXPORT enum nss_status _nss_empty_getgrgid_r(gid_t gid, struct group *out, char *buf, size_t len,
					     int *err);
EXPORT enum nss_status _nss_empty_setgrent(int stayopen);
EXPORT enum nss_status _nss_empty_getgrent_r(struct group *out, char *buf, size_t len, int *err);
EXPORT enum nss_status _nss_empty_endgrent(void);
EXPORT enum nss_status _nss_empty_initgroups_dyn(const char *user, gid_t group, long *start,
						 long *size, gid_t **gids, long limit, int *err);

enum nss_status _nss_empty_getgrnam_r(const char *name, struct group *out, char *buf, size_t len,
				      int *err)
{
	(void)name, (void)out, (void)buf, (void)len, (void)err;
	return NSS_STATUS_NOTFOUND;
}

enum nss_status _nss_empty_getgrgid_r(gid_t gid, struct group *out, char *buf, size_t len, int *err)
{
	(void)gid, (void)out, (void)buf, (void)len, (void)err;
	return NSS_STATUS_NOTFOUND;
}

enum nss_status _nss_empty_setgrent(int stayopen)
{
	(void)stayopen;
	return NSS_STATUS_SUCCESS;
}

enum nss_status _nss_empty_getgrent_r(struct group *out, char *buf, size_t len, int *err)
{
	(void)out, (void)buf, (void)len, (void)err;
	return NSS_STATUS_NOTFOUND;
}

enum nss_status _nss_empty_endgrent(void)
{
	return NSS_STATUS_SUCCESS;
}

enum nss_status _nss_empty_initgroups_dyn(const char *user, gid_t group, long *start, long *size,
					  gid_t **gids, long limit, int *err)
{
	(void)user, (void)group, (void)start, (void)size, (void)gids, (void)limit, (void)err;
	return NSS_STATUS_NOTFOUND;
}
