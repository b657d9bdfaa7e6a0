/*
 * host.c - the host that a command under test sees: linked into rbacctl, with
 * tests/policy/passwd.c.
 *
 * The file that RBAC_TEST_HOST names says who is in passwd and group, what time it is and what the
 * login uid is; run.py writes it from a case. /etc/pam.d and /usr/lib/pam.d are the folders pam.d
 * and usr-pam.d of the working folder. The host is called "lab".
 */
/* Both names of a function are defined here, the one with 64 as well; the headers are not to make
 * them one. */
#undef _FILE_OFFSET_BITS
#undef _TIME_BITS
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/policy/passwd.h"

FILE *fopen64(const char *path, const char *mode);
void randombytes_buf(void *const buf, const size_t size);

static time_t now;
static char login_uid[64], session_id[64];
static unsigned drawn; /* random numbers so far */

/* "user NAME UID GID [GID...]": the gids after the first are groups that list the user. */
static void read_user(char *rest)
{
	char name[300];
	unsigned uid, gid;
	int at = 0;
	if (sscanf(rest, "%299s %u %u%n", name, &uid, &gid, &at) != 3)
		abort();
	passwd_user(name, uid, gid);
	for (char *word = strtok(rest + at, " \n"); word; word = strtok(NULL, " \n"))
		passwd_member(name, (gid_t)strtoul(word, NULL, 10));
}

static void read_line(char *line)
{
	char word[32], name[300], other[300];
	unsigned gid;
	long long seconds;
	int at = 0, words;
	if (sscanf(line, "%31s %n", word, &at) != 1)
		return;
	if (strcmp(word, "user") == 0)
		read_user(line + at);
	else if (strcmp(word, "group") == 0 &&
		 (words = sscanf(line + at, "%299s %u %299s", name, &gid, other)) >= 2) {
		passwd_group(name, gid);
		if (words == 3)
			passwd_group_says(name, other);
	} else if (strcmp(word, "remote-group") == 0 &&
		   sscanf(line + at, "%299s %u", name, &gid) == 2)
		passwd_remote_group(name, gid);
	else if (strcmp(word, "alias") == 0 && sscanf(line + at, "%299s %299s", name, other) == 2)
		passwd_alias(name, other);
	else if (strcmp(word, "silent") == 0 && sscanf(line + at, "%299s", name) == 1)
		passwd_silence(name);
	else if (strcmp(word, "now") == 0 && sscanf(line + at, "%lld", &seconds) == 1)
		now = (time_t)seconds;
	else if (strcmp(word, "drawn") == 0 && sscanf(line + at, "%u", &gid) == 1)
		drawn = gid;
	else if (strcmp(word, "loginuid") == 0)
		sscanf(line + at, "%63s", login_uid);
	else if (strcmp(word, "sessionid") == 0)
		sscanf(line + at, "%63s", session_id);
	else
		abort();
}

__attribute__((constructor)) static void begin(void)
{
	char line[1000];
	const char *path = getenv("RBAC_TEST_HOST");
	FILE *f = path ? fopen(path, "r") : NULL;
	passwd_reset();
	if (!f)
		abort();
	while (fgets(line, sizeof line, f))
		read_line(line);
	fclose(f);
}

time_t time(time_t *t)
{
	if (t)
		*t = now;
	return now;
}

/* Where PATH is on this host. */
static const char *placed(const char *path, char out[600])
{
	static const struct {
		const char *from, *to;
	} moved[] = { { "/etc/pam.d", "pam.d" },
		      { "/usr/lib/pam.d", "usr-pam.d" },
		      { "/etc/pam.conf", "pam.conf" },
		      { "/nonexistent/nsswitch.conf", "nsswitch.conf" },
		      { RBAC_PAM_DIR, "security" } };
	for (size_t i = 0; i < sizeof moved / sizeof *moved; i++) {
		size_t len = strlen(moved[i].from);
		if (strncmp(path, moved[i].from, len) == 0 &&
		    (path[len] == '/' || path[len] == 0)) {
			snprintf(out, 600, "%s%.500s", moved[i].to, path + len);
			return out;
		}
	}
	return path;
}

/* libsodium's: the same keys each time, so that a case can name a token. */
void randombytes_buf(void *const buf, const size_t size)
{
	memset(buf, (unsigned char)++drawn, size);
}

int gethostname(char *name, size_t len)
{
	snprintf(name, len, "lab");
	return 0;
}

static FILE *text_file(char *text)
{
	if (text[0])
		return fmemopen(text, strlen(text), "r");
	errno = ENOENT;
	return NULL;
}

static FILE *open_there(const char *path, const char *mode)
{
	static FILE *(*real)(const char *, const char *);
	char place[600];
	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "fopen");
	if (strcmp(path, "/proc/self/loginuid") == 0)
		return text_file(login_uid);
	if (strcmp(path, "/proc/self/sessionid") == 0)
		return text_file(session_id);
	return real(placed(path, place), mode);
}

FILE *fopen(const char *path, const char *mode)
{
	return open_there(path, mode);
}

FILE *fopen64(const char *path, const char *mode)
{
	return open_there(path, mode);
}

/* Programs and units that this machine may have, and the modules: they are not on this host. */
static bool is_hidden(const char *path)
{
	static const char *const hidden[] = { "/usr/sbin/sshd",  "/usr/bin/sudo",
					      "/bin/login",      "/bin/su",
					      "/run/systemd",    "/usr/bin/systemctl",
					      "/etc/nologin",    "/run/nologin",
					      "/etc/sssd",       "/etc/nscd.conf",
					      "/etc/apparmor.d", RBAC_LIB_DIR "/libnss_rbac.so.2",
					      RBAC_PAM_DIR };

	for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
		if (strncmp(path, hidden[i], strlen(hidden[i])) == 0)
			return true;
	return false;
}

int access(const char *path, int mode)
{
	char place[600];

	if (!is_hidden(path))
		return faccessat(AT_FDCWD, placed(path, place), mode, 0);
	errno = ENOENT;
	return -1;
}

void *dlopen(const char *name, int how)
{
	static void *(*real)(const char *, int);

	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "dlopen");
	return real(name && strcmp(name, "libnss_rbac.so.2") == 0 ? "/nonexistent" : name, how);
}

DIR *opendir(const char *path)
{
	static DIR *(*real)(const char *);
	char place[600];
	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "opendir");
	/* No process runs there: the names in its folder are no numbers. */
	return real(strcmp(path, "/proc") == 0 ? "." : placed(path, place));
}
