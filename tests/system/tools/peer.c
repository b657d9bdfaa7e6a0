/*
 * peer: somebody at the other end of the socket of `rbacctl serve`, well-behaved or not.
 *
 *	peer raw FILE              send the bytes of FILE as one message; print the answer
 *	peer width N WORD...       a request that says the terminal has N columns
 *	peer ask WORD...           a request; prints the answer, exits with its status
 *	peer descriptors WORD...   the same, with three descriptors
 *	peer claim UID OTHER WORD...   connect as UID, claim by SCM_CREDENTIALS to be OTHER (root)
 *	peer pass UID OTHER WORD...    connect as UID, ask as OTHER (root)
 *	peer vanish WORD...        send it and exit without reading
 *	peer deaf WORD...          send it, never read, stay until killed
 *	peer silent N              N connections that say nothing, until killed
 *	peer again N               the same, each made anew when it has been closed
 *	peer flood                 connect and close without pause, until killed
 *	peer ceaseless N WORD...   N processes that ask, read the answer and ask again, until killed
 *	peer listen                listen in the place of rbacctl, until killed
 *
 * Exit status 100: no answer came.
 */
#define _GNU_SOURCE /* struct ucred */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "rbacctl/serve/message.h"

enum { NO_ANSWER = 100, MANY = 1024 };

static int connected(void)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX, .sun_path = RBAC_SOCKET_PATH };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);

	if (fd < 0 || connect(fd, (struct sockaddr *)&at, sizeof at) != 0) {
		perror(RBAC_SOCKET_PATH);
		exit(NO_ANSWER);
	}
	return fd;
}

static struct buf request(unsigned width, char **words)
{
	struct buf b = { 0 };
	int n = 0;

	while (words[n])
		n++;
	if (!message_write(0, n, words, &b))
		exit(NO_ANSWER);
	b.p[6] = (uint8_t)width;
	b.p[7] = (uint8_t)(width >> 8);
	return b;
}

static int answer(int fd)
{
	static char bytes[MESSAGE_REPLY];
	bool reset = false;

	for (;;) {
		ssize_t n = recv(fd, bytes, sizeof bytes, 0);
		if (n < 0 && errno == ECONNRESET && !reset) {
			reset = true;
			continue;
		}
		if (n <= 0)
			return NO_ANSWER;
		if (bytes[0] == REPLY_STATUS)
			return (unsigned char)bytes[1];
		fwrite(bytes + 1, 1, (size_t)n - 1, stdout);
		fflush(stdout);
	}
}

/* The listener may have answered and hung up already. */
static void send_all(int fd, const struct buf *b)
{
	if (send(fd, b->p, b->len, MSG_NOSIGNAL) < 0 && errno != EPIPE)
		perror("send");
}

/* B with a control message of TYPE that holds the LEN bytes at DATA. */
static int send_with(int fd, const struct buf *b, int type, const void *data, size_t len)
{
	char control[CMSG_SPACE(64)] = { 0 };
	struct iovec v = { b->p, b->len };
	struct msghdr m = { .msg_iov = &v,
			    .msg_iovlen = 1,
			    .msg_control = control,
			    .msg_controllen = CMSG_SPACE(len) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = type;
	c->cmsg_len = CMSG_LEN(len);
	memcpy(CMSG_DATA(c), data, len);
	return sendmsg(fd, &m, MSG_NOSIGNAL) < 0 ? -1 : 0;
}

static int raw(const char *path)
{
	static char bytes[64 * 1024];
	FILE *f = fopen(path, "rb");
	struct buf b = { .p = (uint8_t *)bytes, .len = f ? fread(bytes, 1, sizeof bytes, f) : 0 };
	int fd = connected();

	if (!f)
		return NO_ANSWER;
	fclose(f);
	send_all(fd, &b);
	return answer(fd);
}

static int as_another(const char *how, char **words)
{
	uid_t uid = (uid_t)atoi(words[0]), other = (uid_t)atoi(words[1]);
	struct buf b = request(0, words + 2);

	if (setresuid(0, uid, 0) != 0)
		return NO_ANSWER;
	int fd = connected();
	if (setresuid(0, 0, 0) != 0)
		return NO_ANSWER;
	if (strcmp(how, "claim") == 0) {
		struct ucred claim = { .pid = getpid(), .uid = other, .gid = 0 };
		return send_with(fd, &b, SCM_CREDENTIALS, &claim, sizeof claim) ? NO_ANSWER
										: answer(fd);
	}
	if (setresuid(other, other, other) != 0)
		return NO_ANSWER;
	send_all(fd, &b);
	return answer(fd);
}

static void hold(int n, bool again)
{
	static struct pollfd v[MANY];

	for (int i = 0; i < n; i++)
		v[i] = (struct pollfd){ .fd = connected() };
	puts("there");
	fflush(stdout);
	for (;;) {
		poll(v, (nfds_t)n, -1);
		for (int i = 0; i < n; i++) {
			if (!v[i].revents)
				continue;
			close(v[i].fd);
			v[i].fd = again ? connected() : -1;
		}
	}
}

/* The others end with the first. */
static void ceaseless(int n, char **words)
{
	struct buf b = request(0, words);

	while (--n > 0)
		if (fork() == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			break;
		}
	for (;;) {
		int fd = connected();
		send_all(fd, &b);
		answer(fd);
		close(fd);
	}
}

static int in_its_place(void)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX, .sun_path = RBAC_SOCKET_PATH };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) != 0 || listen(fd, 10) != 0) {
		perror(RBAC_SOCKET_PATH);
		return NO_ANSWER;
	}
	return pause();
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "";

	if (strcmp(how, "raw") == 0 && argc == 3)
		return raw(argv[2]);
	if ((strcmp(how, "silent") == 0 || strcmp(how, "again") == 0) && argc == 3)
		hold(atoi(argv[2]) < MANY ? atoi(argv[2]) : MANY, strcmp(how, "again") == 0);
	if (strcmp(how, "listen") == 0)
		return in_its_place();
	if (strcmp(how, "ceaseless") == 0 && argc > 3)
		ceaseless(atoi(argv[2]), argv + 3);
	while (strcmp(how, "flood") == 0)
		close(connected());
	if ((strcmp(how, "claim") == 0 || strcmp(how, "pass") == 0) && argc > 4)
		return as_another(how, argv + 2);
	if (argc < 3)
		return NO_ANSWER;
	bool wide = strcmp(how, "width") == 0;
	struct buf b = request(wide ? (unsigned)atoi(argv[2]) : 0, argv + 2 + wide);
	int fd = connected();
	if (strcmp(how, "descriptors") == 0) {
		static const int three[] = { 0, 1, 2 };
		return send_with(fd, &b, SCM_RIGHTS, three, sizeof three) ? NO_ANSWER : answer(fd);
	}
	send_all(fd, &b);
	if (strcmp(how, "vanish") == 0)
		return 0;
	if (strcmp(how, "deaf") == 0)
		pause();
	return answer(fd);
}
