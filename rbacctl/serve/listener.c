#define _GNU_SOURCE /* accept4 */
#include "rbacctl/serve/listener.h"

#include <errno.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/error.h"
#include "rbacctl/complain.h"
#include "rbacctl/serve/connection.h"
#include "rbacctl/serve/peers.h"
#include "rbacctl/serve/who.h"

enum { ACCEPT_PAUSE_MS = 100 }; /* no descriptor or memory is free: a child that ends gives some */

struct child {
	pid_t pid;
	uid_t uid;
	int fd; /* a copy of its connection; -1: closed, for its time is over */
	int64_t began;
};

struct listener {
	struct invocation *a;
	struct peers peers;
	struct child v[PEERS_OF_ALL];
	size_t n;
	int fd, signals;
	bool forever, ending, paused;
	int64_t last; /* when somebody was there last */
};

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- children ---- */

static void forget(struct listener *l, size_t i, int status)
{
	struct child *c = &l->v[i];
	int said = WIFEXITED(status) ? WEXITSTATUS(status) : CONNECTION_COSTS;

	peers_end(&l->peers, c->uid, said & CONNECTION_KNOWN, !(said & CONNECTION_COSTS));
	if (c->fd >= 0)
		close(c->fd);
	*c = l->v[--l->n];
}

static void reap(struct listener *l)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (size_t i = 0; i < l->n; i++)
			if (l->v[i].pid == pid) {
				forget(l, i, status);
				break;
			}
}

/* Whose time is over: the peer is let go of, the command goes on; and who hangs is killed. */
static void judge_times(struct listener *l, int64_t now)
{
	for (size_t i = 0; i < l->n; i++) {
		struct child *c = &l->v[i];
		if (c->fd >= 0 && now - c->began >= LISTENER_CLOSE_MS) {
			shutdown(c->fd, SHUT_RDWR);
			close(c->fd);
			c->fd = -1;
		}
		if (now - c->began >= LISTENER_KILL_MS)
			kill(c->pid, SIGKILL);
	}
}

static void serve_in_child(struct listener *l, int fd, uid_t uid, int64_t now, int retry_in)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(connection_serve(fd, uid, retry_in, l->a));
	if (pid < 0) {
		connection_turn_away(fd, EXIT_TROUBLE, "busy: no process is free; try again");
		peers_end(&l->peers, uid, false, true);
		close(fd);
		return;
	}
	l->v[l->n++] = (struct child){ .pid = pid, .uid = uid, .fd = fd, .began = now };
}

/* ---- connections ---- */

static void begin(struct listener *l, int fd, int64_t now)
{
	uid_t uid;
	int retry_in;

	if (!who_connected(fd, &uid)) {
		connection_turn_away(fd, EXIT_REFUSED, "refused: the kernel does not say who asks");
	} else if (!peers_begin(&l->peers, uid, now, &retry_in)) {
		connection_turn_away(fd, EXIT_TROUBLE,
				     "busy: too many requests are open; try again");
	} else {
		serve_in_child(l, fd, uid, now, retry_in);
		return;
	}
	close(fd);
}

/* At most so many at once that children who ended are not kept waiting. */
static void accept_some(struct listener *l, int64_t now)
{
	l->paused = false;
	for (int i = 0; i < PEERS_OF_ALL; i++) {
		int fd = accept4(l->fd, NULL, NULL, SOCK_CLOEXEC);
		if (fd < 0) {
			l->paused = errno == EMFILE || errno == ENFILE || errno == ENOMEM ||
				    errno == ENOBUFS;
			return;
		}
		begin(l, fd, now);
	}
}

/* ---- the loop ---- */

static void read_signals(struct listener *l)
{
	struct signalfd_siginfo s;

	while (read(l->signals, &s, sizeof s) == sizeof s)
		l->ending |= s.ssi_signo != SIGCHLD;
	reap(l);
}

/* Until something is due, in milliseconds; -1: nothing is. */
static int patience(const struct listener *l, int64_t now)
{
	int64_t due = l->forever || l->n ? INT64_MAX : l->last + LISTENER_IDLE_MS;

	for (size_t i = 0; i < l->n; i++) {
		int64_t end = l->v[i].began +
			      (l->v[i].fd >= 0 ? LISTENER_CLOSE_MS : LISTENER_KILL_MS);
		due = end < due ? end : due;
	}
	if (l->paused && due > now + ACCEPT_PAUSE_MS)
		due = now + ACCEPT_PAUSE_MS;
	return due == INT64_MAX ? -1 : due <= now ? 0 : (int)(due - now);
}

static int loop(struct listener *l)
{
	l->last = now_ms();
	while (!l->ending || l->n) {
		bool deaf = l->paused || l->ending;
		struct pollfd p[2] = { { .fd = l->signals, .events = POLLIN },
				       { .fd = deaf ? -1 : l->fd, .events = POLLIN } };
		int n = poll(p, 2, patience(l, now_ms()));
		int64_t now = now_ms();
		if (n < 0 && errno != EINTR) {
			complain("serve: poll: %s", strerror(errno));
			return RBAC_SYSTEM;
		}
		read_signals(l);
		judge_times(l, now);
		l->last = l->n ? now : l->last;
		if (!l->forever && !l->n && n == 0 && now - l->last >= LISTENER_IDLE_MS)
			return RBAC_OK;
		if (p[1].revents || l->paused)
			accept_some(l, now);
	}
	return RBAC_OK;
}

/* What a command sees of its surroundings is the listener's, never a peer's. */
static void fix_surroundings(void)
{
	clearenv();
	setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", 1);
	setenv("LC_ALL", "C.UTF-8", 1);
	setlocale(LC_ALL, "");
	tzset();
	umask(077);
	if (chdir("/") != 0)
		complain("serve: /: %s", strerror(errno));
}

int listener_run(int fd, bool forever, struct invocation *a)
{
	struct listener l = { .a = a, .fd = fd, .forever = forever };
	sigset_t set;
	int err = RBAC_SYSTEM;

	fix_surroundings();
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	l.signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (l.signals < 0)
		complain("serve: signalfd: %s", strerror(errno));
	else
		err = loop(&l);
	if (l.signals >= 0)
		close(l.signals);
	close(fd);
	peers_free(&l.peers);
	return err;
}
