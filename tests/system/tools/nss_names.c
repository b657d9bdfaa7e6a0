/*
 * A passwd source as SSSD and winbind are one: it knows the users of /etc/passwd in any case and with a realm (BOB, bob@realm), and answers
 * with the name as it is written there. To be installed as libnss_names.so.2. It reads the file itself: a source must not ask passwd.
 */
#include <ctype.h>
#include <errno.h>
#include <nss.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>

__attribute__((visibility("default"))) enum nss_status _nss_names_getpwnam_r(const char *name, struct passwd *pw, char *buf, size_t size, int *errnop);

enum nss_status _nss_names_getpwnam_r(const char *name, struct passwd *pw, char *buf, size_t size, int *errnop)
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
