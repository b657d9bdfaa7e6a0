/*
 * A passwd source as SSSD and winbind are one: it knows the users of /etc/passwd in any case and
 * with a realm (BOB, bob@realm), and answers with the name as it is written there. It knows groups
 * of its own too. To be installed as libnss_names.so.2. It reads the file itself: a source must not
 * ask passwd.
 */
#include <ctype.h>
#include <errno.h>
#include <grp.h>
#include <nss.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>

__attribute__((visibility("default"))) enum nss_status _nss_names_getpwnam_r(const char *name,
									     struct passwd *pw,
									     char *buf, size_t size,
									     int *errnop);

enum nss_status _nss_names_getpwnam_r(const char *name, struct passwd *pw, char *buf, size_t size,
				      int *errnop)
{
	char plain[256];
	size_t len = strcspn(name, "@");
	struct passwd *found = NULL;

	if (len >= sizeof plain || (name[len] && strcmp(name + len, "@realm") != 0))
		return NSS_STATUS_NOTFOUND;
	for (size_t i = 0; i < len; i++)
		plain[i] = (char)tolower((unsigned char)name[i]);
	plain[len] = '\0';
	FILE *f = fopen("/etc/passwd", "re");
	if (!f) {
		*errnop = errno;
		return NSS_STATUS_UNAVAIL;
	}
	int rc;
	while ((rc = fgetpwent_r(f, pw, buf, size, &found)) == 0 && strcmp(pw->pw_name, plain) != 0)
		;
	fclose(f);
	if (rc == ERANGE) {
		*errnop = ERANGE;
		return NSS_STATUS_TRYAGAIN;
	}
	return rc == 0 ? NSS_STATUS_SUCCESS : NSS_STATUS_NOTFOUND;
}

__attribute__((visibility("default"))) enum nss_status _nss_names_initgroups_dyn(
	const char *user, gid_t group, long int *start, long int *size, gid_t **groups,
	long int limit, int *errnop);

/*
 * As a directory's client has it: it maps a cache, and says UNAVAIL for a reason of its own when it
 * cannot. The groups are those of the lines "USER GID" of /etc/teams.
 */
enum nss_status _nss_names_initgroups_dyn(const char *user, gid_t group, long int *start,
					  long int *size, gid_t **groups, long int limit,
					  int *errnop)
{
	enum { CACHE = 10 << 20 };
	char line[512], name[256];
	unsigned gid;
	void *cache = mmap(NULL, CACHE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	FILE *f = cache == MAP_FAILED ? NULL : fopen("/etc/teams", "re");

	(void)group;
	if (cache != MAP_FAILED)
		munmap(cache, CACHE);
	if (!f) {
		*errnop = ECONNREFUSED;
		return NSS_STATUS_UNAVAIL;
	}
	/* The C library's array has room for one more. */
	while (fgets(line, sizeof line, f))
		if (sscanf(line, "%255s %u", name, &gid) == 2 && strcmp(name, user) == 0 &&
		    *start < *size && (limit <= 0 || *start < limit))
			(*groups)[(*start)++] = gid;
	fclose(f);
	return NSS_STATUS_SUCCESS;
}

__attribute__((visibility("default"))) enum nss_status _nss_names_getgrnam_r(const char *name,
									     struct group *gr,
									     char *buf, size_t size,
									     int *errnop);

/* The groups of /etc/group, in any case. */
enum nss_status _nss_names_getgrnam_r(const char *name, struct group *gr, char *buf, size_t size,
				      int *errnop)
{
	struct group *found = NULL;
	FILE *f = fopen("/etc/group", "re");

	if (!f) {
		*errnop = errno;
		return NSS_STATUS_UNAVAIL;
	}
	int rc;
	while ((rc = fgetgrent_r(f, gr, buf, size, &found)) == 0 &&
	       strcasecmp(gr->gr_name, name) != 0)
		;
	fclose(f);
	if (rc == ERANGE) {
		*errnop = ERANGE;
		return NSS_STATUS_TRYAGAIN;
	}
	return rc == 0 ? NSS_STATUS_SUCCESS : NSS_STATUS_NOTFOUND;
}
