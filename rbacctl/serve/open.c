/* The sockets of the listener: from systemd, or made here. */
#define _GNU_SOURCE /* accept4, struct ucred */
#include "rbacctl/serve/listener.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/error.h"
#include "rbacctl/command.h"
#include "rbacctl/complain.h"

enum { FROM_SYSTEMD = 3 }; /* sd_listen_fds(3), SD_LISTEN_FDS_START */

static bool is_number(const char *text, long number)
{
	char *end;

	return text && *text && strtol(text, &end, 10) == number && !*end;
}

static bool socket_is(int fd, int option, int value)
{
	int got = -1;
	socklen_t len = sizeof got;

	return getsockopt(fd, SOL_SOCKET, option, &got, &len) == 0 && got == value;
}

/* Which of those from systemd it is: by its type. */
static void sort_in(int fd, struct listener_sockets *s)
{
	if (!socket_is(fd, SO_DOMAIN, AF_UNIX))
		return;
	if (socket_is(fd, SO_TYPE, SOCK_SEQPACKET) && socket_is(fd, SO_ACCEPTCONN, 1))
		s->fd = fd;
	else if (socket_is(fd, SO_TYPE, SOCK_DGRAM))
		s->exempt = fd;
}

static int from_systemd(struct listener_sockets *s)
{
	bool one = is_number(getenv("LISTEN_FDS"), 1), two = is_number(getenv("LISTEN_FDS"), 2);

	if (!is_number(getenv("LISTEN_PID"), (long)getpid()) || (!one && !two)) {
		complain("serve: expected a socket from systemd (rbacctl.socket); without "
			 "systemd: %s",
			 COMMAND("rbacctl serve --listen"));
		return RBAC_SYSTEM;
	}
	for (int i = 0; i < (two ? 2 : 1); i++)
		sort_in(FROM_SYSTEMD + i, s);
	if (s->fd >= 0)
		return RBAC_OK;
	complain("serve: the socket from systemd is not ListenSequentialPacket= with Accept=no");
	return RBAC_SYSTEM;
}

static int fail(const char *path, const char *what)
{
	complain("serve: %s: cannot %s: %s", path, what, strerror(errno));
	return RBAC_SYSTEM;
}

/* A folder that others can write to lets them put a socket of theirs into the place of ours. */
static int make_folder(const char *path)
{
	char folder[sizeof(struct sockaddr_un)];
	struct stat st;

	snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(path, '/') - path), path);
	if (mkdir(folder, 0755) == 0 && chmod(folder, 0755) != 0)
		return fail(folder, "set the mode of the folder");
	if (lstat(folder, &st) != 0)
		return fail(folder, "make the folder");
	if (!S_ISDIR(st.st_mode) || st.st_uid != geteuid() || (st.st_mode & 022)) {
		complain("serve: %s: expected a folder that root owns and nobody else can write to",
			 folder);
		return RBAC_SYSTEM;
	}
	return RBAC_OK;
}

/* Does anybody listen at AT? A socket that was left behind refuses. */
static bool somebody_listens(const struct sockaddr_un *at)
{
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool listens = fd >= 0 && (connect(fd, (const struct sockaddr *)at, sizeof *at) == 0 ||
				   errno == EAGAIN);

	if (fd >= 0)
		close(fd);
	return listens;
}

static int make_socket(const char *path, int *fd)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int err = make_folder(path);

	if (err)
		return err;
	snprintf(at.sun_path, sizeof at.sun_path, "%s", path);
	if (somebody_listens(&at)) {
		complain("serve: another listener has %s", path);
		return RBAC_CONFLICT;
	}
	if (unlink(path) != 0 && errno != ENOENT)
		return fail(path, "remove what was left behind");
	*fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (*fd < 0 || bind(*fd, (struct sockaddr *)&at, sizeof at) != 0)
		return fail(path, "make the socket");
	if (chmod(path, 0666) != 0)
		return fail(path, "set the mode");
	return RBAC_OK;
}

/* For datagrams of root's own processes. Another listener was looked for already. */
static int make_exempt(const char *path, int *fd)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };

	snprintf(at.sun_path, sizeof at.sun_path, "%s", path);
	if (unlink(path) != 0 && errno != ENOENT)
		return fail(path, "remove what was left behind");
	*fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	mode_t before = umask(0177);
	bool made = *fd >= 0 && bind(*fd, (struct sockaddr *)&at, sizeof at) == 0;
	umask(before);
	return made ? RBAC_OK : fail(path, "make the socket");
}

/* The kernel says which process sent a datagram (unix(7), SO_PASSCRED). */
static int prepare_exempt(const char *path, int fd)
{
	const int yes = 1;

	if (fd >= 0 && (setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &yes, sizeof yes) != 0 ||
			fcntl(fd, F_SETFD, FD_CLOEXEC) != 0 || fcntl(fd, F_SETFL, O_NONBLOCK) != 0))
		return fail(path, "prepare the socket");
	return RBAC_OK;
}

int listener_open(const char *path, const char *exempt, bool make, struct listener_sockets *s)
{
	*s = (struct listener_sockets){ -1, -1 };
	int err = make ? make_socket(path, &s->fd) : from_systemd(s);

	if (!err && make)
		err = make_exempt(exempt, &s->exempt);
	if (!err)
		err = prepare_exempt(exempt, s->exempt);
	if (err)
		return err;
	/* Again for one of systemd's: it may have another backlog. */
	if (listen(s->fd, LISTENER_BACKLOG) != 0)
		return fail(path, "listen");
	/* accept(2) is to say that there is nobody, where who came has gone again. */
	if (fcntl(s->fd, F_SETFD, FD_CLOEXEC) != 0 || fcntl(s->fd, F_SETFL, O_NONBLOCK) != 0)
		return fail(path, "prepare the socket");
	return RBAC_OK;
}
