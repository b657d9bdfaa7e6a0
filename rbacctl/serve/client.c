#include "rbacctl/serve/client.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "rbacctl/complain.h"
#include "rbacctl/plain_text.h"
#include "rbacctl/serve/message.h"
#include "rbacctl/serve/who.h"

enum { PATIENCE_S = 20 }; /* the listener lets go after 15 s */

/* ---- is it root's ---- */

static bool folder_is_roots(const char *path)
{
	char folder[sizeof(struct sockaddr_un)];
	struct stat st;

	snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(path, '/') - path), path);
	return lstat(folder, &st) == 0 && S_ISDIR(st.st_mode) && st.st_uid == 0 &&
	       !(st.st_mode & 022);
}

static void tell(bool quiet, const char *path, const char *what)
{
	if (!quiet)
		complain("%s: %s", path, what);
}

/* A connection; CLIENT_NOT_THERE; or -2 with a complaint, unless QUIET. */
static int connect_to(const char *path, bool quiet)
{
	const struct timeval patience = { .tv_sec = PATIENCE_S };
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	uid_t uid;
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	snprintf(at.sun_path, sizeof at.sun_path, "%s", path);
	if (fd >= 0)
		setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
	if (fd < 0 || connect(fd, (struct sockaddr *)&at, sizeof at) != 0) {
		int e = errno;
		if (fd >= 0)
			close(fd);
		if (e == ENOENT || e == ECONNREFUSED)
			return CLIENT_NOT_THERE;
		tell(quiet, path, e == EAGAIN ? "busy; try again" : strerror(e));
		return -2;
	}
	if (folder_is_roots(path) && who_connected(fd, &uid) && uid == 0)
		return fd;
	tell(quiet, path, "root does not own the folder or the listener, so nothing was sent");
	close(fd);
	return -2;
}

/* ---- asking ---- */

static unsigned terminal_width(void)
{
	struct winsize w;

	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 ? w.ws_col : 0;
}

struct answer {
	struct buf out, err;
	int status; /* -1: it has not come yet */
};

static void take(struct answer *a, const char *p, size_t len)
{
	if (p[0] == REPLY_OUT)
		buf_put(&a->out, p + 1, len - 1);
	else if (p[0] == REPLY_ERR)
		buf_put(&a->err, p + 1, len - 1);
	else if (p[0] == REPLY_STATUS && len == 2)
		a->status = (uint8_t)p[1];
}

/* ECONNRESET: the listener answered without having read the request, and the answer comes next. */
static bool receive(int fd, struct answer *a)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char *bytes = malloc(MESSAGE_REPLY);
	bool reset = false, going = bytes != NULL;

	while (going && a->status < 0) {
		if (poll(&p, 1, PATIENCE_S * 1000) != 1)
			break;
		ssize_t n = recv(fd, bytes, MESSAGE_REPLY, 0);
		if (n > 0)
			take(a, bytes, (size_t)n);
		going = n > 0 || (n < 0 && errno == ECONNRESET && !reset);
		reset |= n < 0;
	}
	free(bytes);
	return a->status >= 0;
}

static void print(struct buf *text, FILE *to)
{
	buf_u8(text, 0);
	if (text->failed) {
		fputs("rbacctl: out of memory\n", stderr);
		return;
	}
	plain_text_tame((char *)text->p);
	fputs((const char *)text->p, to);
	fflush(to);
}

int client_ask(const char *path, int n, char *const *words)
{
	struct buf request = { 0 };
	struct answer a = { .status = -1 };
	int fd = connect_to(path, false);

	if (fd < 0)
		return fd == CLIENT_NOT_THERE ? fd : EXIT_TROUBLE;
	if (!message_write(terminal_width(), n, words, &request)) {
		complain("the command has more than 64 words or 16 KiB");
		a.status = EXIT_USAGE;
	} else {
		/* That the listener has hung up already is no error: it may have said why. */
		send(fd, request.p, request.len, MSG_NOSIGNAL);
		if (receive(fd, &a)) {
			print(&a.out, stdout);
			print(&a.err, stderr);
		} else {
			complain("%s: no answer; the change may have been made nevertheless", path);
			a.status = EXIT_TROUBLE;
		}
	}
	close(fd);
	buf_free(&request);
	buf_free(&a.out);
	buf_free(&a.err);
	return a.status;
}

int client_fetch(const char *path, int n, char *const *words, struct buf *out)
{
	struct buf request = { 0 };
	struct answer a = { .status = -1 };
	int fd = connect_to(path, true);

	if (fd < 0)
		return CLIENT_NOT_THERE;
	if (message_write(terminal_width(), n, words, &request)) {
		send(fd, request.p, request.len, MSG_NOSIGNAL);
		if (!receive(fd, &a))
			a.status = CLIENT_NOT_THERE;
	}
	close(fd);
	buf_put(out, a.out.p, a.out.len);
	buf_free(&request);
	buf_free(&a.out);
	buf_free(&a.err);
	return a.status;
}
