#define _GNU_SOURCE /* close_range, memfd_create */
#include "rbacctl/serve/connection.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>

#include "rbacctl/complain.h"
#include "rbacctl/serve/message.h"
#include "rbacctl/serve/who.h"

enum { PEER_FD = 3 };

/* ---- the child's own descriptors ---- */

static bool put_at(int fd, int at)
{
	if (fd < 0 || fd == at)
		return fd == at;
	bool done = dup2(fd, at) == at;
	close(fd);
	return done;
}

/* Make FD PEER_FD, give the child its own descriptors 0, 1 and 2, and close all others. */
static bool own_descriptors(int fd)
{
	return put_at(fd, PEER_FD) && close_range(PEER_FD + 1, ~0U, 0) == 0 &&
	       put_at(open("/dev/null", O_RDONLY), STDIN_FILENO) &&
	       put_at(memfd_create("out", 0), STDOUT_FILENO) &&
	       put_at(memfd_create("err", 0), STDERR_FILENO);
}

static void own_signals(void)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGTERM, SIG_IGN); /* the listener ends; what was begun is finished */
}

/* ---- the answer ---- */

/* Send one message of the answer. False: the peer does not read, or has closed the connection. */
static bool send_piece(int fd, char what, const void *text, size_t len, int flags)
{
	struct iovec v[2] = { { &what, 1 }, { (void *)text, len } };
	const struct msghdr m = { .msg_iov = v, .msg_iovlen = 2 };
	ssize_t n;

	do {
		n = sendmsg(fd, &m, MSG_NOSIGNAL | flags);
	} while (n < 0 && errno == EINTR);
	return n == (ssize_t)len + 1;
}

/* Send the content of the file FD, at most *LEFT bytes. False: the peer has gone. */
static bool send_file(char what, int fd, size_t *left, bool *cut)
{
	struct stat st;
	bool there = true;

	if (fstat(fd, &st) != 0 || st.st_size == 0)
		return true;
	size_t len = (size_t)st.st_size < *left ? (size_t)st.st_size : *left;
	*cut |= len < (size_t)st.st_size;
	*left -= len;
	const char *text = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (text == MAP_FAILED)
		return false;
	for (size_t at = 0, n; at < len && there; at += n) {
		n = message_piece(text + at, len - at);
		there = send_piece(PEER_FD, what, text + at, n, 0);
	}
	munmap((void *)text, (size_t)st.st_size);
	return there;
}

static void send_answer(int status)
{
	static const char said[] = "rbacctl: the answer is longer than 4 MiB, and ends here\n";
	const struct timeval patience = { .tv_sec = CONNECTION_WRITE_S };
	size_t left = MESSAGE_ALL - sizeof said;
	bool cut = false;
	uint8_t code;

	fflush(stdout);
	fflush(stderr);
	setsockopt(PEER_FD, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
	if (!send_file(REPLY_OUT, STDOUT_FILENO, &left, &cut) ||
	    !send_file(REPLY_ERR, STDERR_FILENO, &left, &cut))
		return;
	if (cut && !send_piece(PEER_FD, REPLY_ERR, said, sizeof said - 1, 0))
		return;
	code = (uint8_t)(cut ? EXIT_TROUBLE : status);
	send_piece(PEER_FD, REPLY_STATUS, &code, 1, 0);
}

void connection_turn_away(int fd, int status, const char *why)
{
	uint8_t code = (uint8_t)status;
	char text[200];
	int len = snprintf(text, sizeof text, "rbacctl: %.180s\n", why);

	if (send_piece(fd, REPLY_ERR, text, (size_t)len, MSG_DONTWAIT))
		send_piece(fd, REPLY_STATUS, &code, 1, MSG_DONTWAIT);
}

/* ---- the request ---- */

/* Read the request into BYTES of MESSAGE_MAX + 1. Returns its length; 0: none arrived in time. The
 * kernel closes descriptors that come with it, because we do not receive them (unix(7),
 * SCM_RIGHTS). */
static size_t receive(char *bytes)
{
	struct pollfd p = { .fd = PEER_FD, .events = POLLIN };
	int n;

	do {
		n = poll(&p, 1, CONNECTION_READ_MS);
	} while (n < 0 && errno == EINTR);
	if (n != 1)
		return 0;
	ssize_t len = recv(PEER_FD, bytes, MESSAGE_MAX + 1, MSG_DONTWAIT | MSG_TRUNC);
	return len > 0 ? (size_t)len : 0;
}

static int run_request(struct invocation *a, struct peer *peer, char *bytes, size_t len)
{
	struct message m;
	bool change = true;
	const char *wrong = message_read(bytes, len, &m);
	int status = EXIT_USAGE;

	if (wrong) {
		complain("%s", wrong);
	} else {
		peer->width = m.width;
		status = a->run_for_peer(a, peer, m.n, m.words, &change);
	}
	send_answer(status);
	return change ? CONNECTION_COSTS : 0;
}

int connection_serve(int fd, uid_t uid, int retry_in, struct invocation *a)
{
	struct peer peer = { .uid = uid, .retry_in = retry_in };
	struct buf why = { 0 };
	bool known = false;
	int costs = CONNECTION_COSTS;

	own_signals();
	if (!own_descriptors(fd))
		return 0;
	if (!who_may_ask(uid, &known, &why)) {
		complain("%s", buf_text(&why));
		send_answer(EXIT_REFUSED);
	} else {
		who_logged_in(PEER_FD, &peer);
		char *bytes = malloc(MESSAGE_MAX + 1);
		size_t len = bytes ? receive(bytes) : 0;
		costs = len ? run_request(a, &peer, bytes, len) : 0;
		free(bytes);
	}
	buf_free(&why);
	close(PEER_FD);
	return costs | (known ? CONNECTION_KNOWN : 0);
}

int connection_record(int fd, struct invocation *a)
{
	own_signals();
	if (!put_at(fd, PEER_FD) || close_range(PEER_FD + 1, ~0U, 0) != 0)
		return EXIT_TROUBLE;
	return a->record_exempt(a, PEER_FD);
}
