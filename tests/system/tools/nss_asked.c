/*
 * A source of passwd and group that knows nobody, and notes what rbacctl asks, and whether it holds
 * the lock of the store meanwhile: lines "held getpwnam bob" and "free getgrgid 5000" in
 * /tmp/asked, where that file exists. To be installed as libnss_asked.so.2. It is asked before the
 * sources behind it in nsswitch.conf.
 */
#include <fcntl.h>
#include <grp.h>
#include <nss.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define LOCK "/var/lib/rbac/store/lock"
#define NOTES "/tmp/asked"

#define EXPORTED __attribute__((visibility("default")))

/* Only one rbacctl runs at a time in the test: who holds the lock is who asks. */
static bool is_held(void)
{
	int fd = open(LOCK, O_RDONLY | O_CLOEXEC);
	bool held = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0;

	if (fd >= 0)
		close(fd);
	return held;
}

static bool is_rbacctl(void)
{
	char name[32] = "";
	FILE *f = fopen("/proc/self/comm", "re");

	if (!f)
		return false;
	bool yes = fgets(name, sizeof name, f) && strcmp(name, "rbacctl\n") == 0;
	fclose(f);
	return yes;
}

static enum nss_status note(const char *function, const char *what)
{
	char line[400];
	int fd = is_rbacctl() ? open(NOTES, O_WRONLY | O_APPEND | O_CLOEXEC) : -1;

	if (fd < 0)
		return NSS_STATUS_NOTFOUND;
	int n = snprintf(line, sizeof line, "%s %s %.300s\n", is_held() ? "held" : "free", function,
			 what);
	if (write(fd, line, (size_t)n) != n)
		fprintf(stderr, "%s: not written\n", NOTES);
	close(fd);
	return NSS_STATUS_NOTFOUND;
}

static enum nss_status note_number(const char *function, unsigned number)
{
	char text[16];

	snprintf(text, sizeof text, "%u", number);
	return note(function, text);
}

EXPORTED enum nss_status _nss_asked_getpwnam_r(const char *name, struct passwd *pw, char *buf,
					       size_t size, int *errnop);
EXPORTED enum nss_status _nss_asked_getpwuid_r(uid_t uid, struct passwd *pw, char *buf, size_t size,
					       int *errnop);
EXPORTED enum nss_status _nss_asked_setpwent(int stay);
EXPORTED enum nss_status _nss_asked_getpwent_r(struct passwd *pw, char *buf, size_t size,
					       int *errnop);
EXPORTED enum nss_status _nss_asked_getgrnam_r(const char *name, struct group *gr, char *buf,
					       size_t size, int *errnop);
EXPORTED enum nss_status _nss_asked_getgrgid_r(gid_t gid, struct group *gr, char *buf, size_t size,
					       int *errnop);
EXPORTED enum nss_status _nss_asked_setgrent(int stay);
EXPORTED enum nss_status _nss_asked_getgrent_r(struct group *gr, char *buf, size_t size,
					       int *errnop);
EXPORTED enum nss_status _nss_asked_initgroups_dyn(const char *user, gid_t group, long int *start,
						   long int *size, gid_t **groups, long int limit,
						   int *errnop);

enum nss_status _nss_asked_getpwnam_r(const char *name, struct passwd *pw, char *buf, size_t size,
				      int *errnop)
{
	(void)pw;
	(void)buf;
	(void)size;
	(void)errnop;
	return note("getpwnam", name);
}

enum nss_status _nss_asked_getpwuid_r(uid_t uid, struct passwd *pw, char *buf, size_t size,
				      int *errnop)
{
	(void)pw;
	(void)buf;
	(void)size;
	(void)errnop;
	return note_number("getpwuid", uid);
}

enum nss_status _nss_asked_setpwent(int stay)
{
	(void)stay;
	return NSS_STATUS_SUCCESS;
}

enum nss_status _nss_asked_getpwent_r(struct passwd *pw, char *buf, size_t size, int *errnop)
{
	(void)pw;
	(void)buf;
	(void)size;
	(void)errnop;
	return note("getpwent", "all");
}

enum nss_status _nss_asked_getgrnam_r(const char *name, struct group *gr, char *buf, size_t size,
				      int *errnop)
{
	(void)gr;
	(void)buf;
	(void)size;
	(void)errnop;
	return note("getgrnam", name);
}

enum nss_status _nss_asked_getgrgid_r(gid_t gid, struct group *gr, char *buf, size_t size,
				      int *errnop)
{
	(void)gr;
	(void)buf;
	(void)size;
	(void)errnop;
	return note_number("getgrgid", gid);
}

enum nss_status _nss_asked_setgrent(int stay)
{
	(void)stay;
	return NSS_STATUS_SUCCESS;
}

enum nss_status _nss_asked_getgrent_r(struct group *gr, char *buf, size_t size, int *errnop)
{
	(void)gr;
	(void)buf;
	(void)size;
	(void)errnop;
	return note("getgrent", "all");
}

enum nss_status _nss_asked_initgroups_dyn(const char *user, gid_t group, long int *start,
					  long int *size, gid_t **groups, long int limit,
					  int *errnop)
{
	(void)group;
	(void)start;
	(void)size;
	(void)groups;
	(void)limit;
	(void)errnop;
	return note("initgroups", user);
}
