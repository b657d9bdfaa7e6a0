#define _GNU_SOURCE /* struct ucred */
#include "rbacctl/serve/who.h"

#include <errno.h>
#include <poll.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77 /* <asm-generic/socket.h> of Linux 6.5 */
#endif

#define OVERFLOW_UID 65534 /* where /proc does not say (proc_sys_kernel(5)) */
#define LOGIN_UID_UNSET ((uid_t)-1)

bool who_connected(int fd, uid_t *uid)
{
	struct ucred cred;
	socklen_t len = sizeof cred;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) != 0 || len != sizeof cred)
		return false;
	*uid = cred.uid;
	return cred.uid != (uid_t)-1;
}

/* ---- the login uid ---- */

/* The number behind WORD on a line of the file at PATH; WORD "": the file is the number. */
static bool number_in(const char *path, const char *word, unsigned *out)
{
	char line[128];
	bool found = false;
	FILE *f = fopen(path, "re");
	size_t len = strlen(word);

	while (f && !found && fgets(line, sizeof line, f))
		found = strncmp(line, word, len) == 0 && sscanf(line + len, "%u", out) == 1;
	if (f)
		fclose(f);
	return found;
}

/* A pidfd can be read once its process has ended (pidfd_open(2)). */
static bool has_ended(int pidfd)
{
	struct pollfd p = { .fd = pidfd, .events = POLLIN };

	return poll(&p, 1, 0) != 0;
}

/* The pid in /proc is that of the process as long as the process has not ended. */
static bool read_login(int pidfd, uid_t *login)
{
	char path[64];
	unsigned pid, uid;

	snprintf(path, sizeof path, "/proc/self/fdinfo/%d", pidfd);
	if (!number_in(path, "Pid:", &pid) || pid == 0)
		return false;
	snprintf(path, sizeof path, "/proc/%u/loginuid", pid);
	if (!number_in(path, "", &uid))
		uid = LOGIN_UID_UNSET; /* a kernel without audit */
	*login = uid;
	return !has_ended(pidfd);
}

void who_logged_in(int fd, struct peer *peer)
{
	int pidfd = -1;
	socklen_t len = sizeof pidfd;

	peer->login_is = PEER_LOGIN_NONE;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERPIDFD, &pidfd, &len) != 0) {
		if (errno != ENOPROTOOPT)
			peer->login_is = PEER_LOGIN_GONE;
		return;
	}
	if (!read_login(pidfd, &peer->login))
		peer->login_is = PEER_LOGIN_GONE;
	else if (peer->login != LOGIN_UID_UNSET)
		peer->login_is = PEER_LOGIN_KNOWN;
	close(pidfd);
}

/* ---- may it ask ---- */

static uid_t overflow_uid(void)
{
	unsigned uid;

	return number_in("/proc/sys/kernel/overflowuid", "", &uid) ? (uid_t)uid : OVERFLOW_UID;
}

bool who_may_ask(uid_t uid, bool *known, struct buf *why)
{
	*known = false;
	if (uid == 0) {
		buf_printf(why, "refused: root does not use the socket");
		return false;
	}
	if (uid == overflow_uid()) {
		buf_printf(why,
			   "refused: uid %u stands for any user of another user namespace, so it "
			   "is unknown who asks",
			   (unsigned)uid);
		return false;
	}
	*known = getpwuid(uid) != NULL;
	if (!*known)
		buf_printf(why,
			   "refused: passwd has no user with uid %u, so it is unknown who asks",
			   (unsigned)uid);
	return *known;
}
