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

/*
 * A connection. It gets a process only when its request has arrived: a client that connects and
 * sends nothing, or disconnects again, must not cost a fork(2).
 */
struct link {
	pid_t pid; /* of its child; 0: it has none yet */
	uid_t uid;
	int fd; /* with a child: a copy; -1: closed, for its time is over */
	int64_t began;
	int64_t held; /* without a child: the request has come, and is served from then on; 0: no */
	int retry_in; /* peers.h */
};

struct listener {
	struct invocation *a;
	struct peers peers;
	struct link v[PEERS_OF_ALL];
	size_t n;
	int fd, signals;
	int exempt;           /* datagrams of pam_rbac; -1: none come */
	pid_t recorder;       /* the child that records them; 0: none */
	int64_t records_from; /* when it began */
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

static void forget(struct listener *l, size_t i, bool known, bool free_of_cost)
{
	struct link *c = &l->v[i];

	peers_end(&l->peers, c->uid, known, free_of_cost);
	if (c->fd >= 0)
		close(c->fd);
	*c = l->v[--l->n];
}

static void reap(struct listener *l)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid == l->recorder)
			l->recorder = 0;
		for (size_t i = 0; i < l->n; i++)
			if (l->v[i].pid == pid) {
				int said = WIFEXITED(status) ? WEXITSTATUS(status)
							     : CONNECTION_COSTS;
				forget(l, i, said & CONNECTION_KNOWN, !(said & CONNECTION_COSTS));
				break;
			}
	}
}

/* Datagrams of pam_rbac have arrived: one child at a time reads and records all of them. */
static void record(struct listener *l, int64_t now)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(connection_record(l->exempt, l->a));
	if (pid < 0) { /* else poll(2) would say again and again that one is there */
		char dropped;
		complain("serve: a login by an exemption is not recorded, only logged: no process "
			 "is free");
		(void)!recv(l->exempt, &dropped, 1, MSG_DONTWAIT);
		return;
	}
	l->recorder = pid;
	l->records_from = now;
}

/* The request of link I has arrived: fork a child for it. False: the link was removed. */
static bool serve_in_child(struct listener *l, size_t i)
{
	struct link *c = &l->v[i];
	pid_t pid = fork();

	if (pid == 0)
		_exit(connection_serve(c->fd, c->uid, c->retry_in, l->a));
	if (pid > 0) {
		c->pid = pid;
		return true;
	}
	connection_turn_away(c->fd, EXIT_TROUBLE, "busy: no process is free; try again");
	forget(l, i, false, true);
	return false;
}

/* ---- requests ---- */

/* Check whether the request of link I has arrived. False: the link was removed. */
static bool look(struct listener *l, size_t i, int64_t now)
{
	struct link *c = &l->v[i];
	char byte;
	ssize_t n = recv(c->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return true;
	if (n <= 0) { /* gone, without a request */
		forget(l, i, false, true);
		return false;
	}
	if (c->retry_in == 0)
		return serve_in_child(l, i);
	c->held = now + LISTENER_HOLD_MS;
	return true;
}

/*
 * Handle the links whose time is over. A peer that has sent no request is disconnected. A peer that
 * was held back is served. A peer whose command takes long is disconnected, and the command
 * continues. A child that hangs is killed.
 */
static bool judge_time(struct listener *l, size_t i, int64_t now)
{
	struct link *c = &l->v[i];
	int64_t age = now - c->began;

	if (!c->pid && c->held)
		return now < c->held || serve_in_child(l, i);
	if (!c->pid && age >= CONNECTION_READ_MS) {
		forget(l, i, false, true);
		return false;
	}
	if (c->pid && c->fd >= 0 && age >= LISTENER_CLOSE_MS) {
		shutdown(c->fd, SHUT_RDWR);
		close(c->fd);
		c->fd = -1;
	}
	if (c->pid && age >= LISTENER_KILL_MS)
		kill(c->pid, SIGKILL);
	return true;
}

static void judge_times(struct listener *l, int64_t now)
{
	if (l->recorder && now - l->records_from >= LISTENER_RECORD_MS &&
	    kill(l->recorder, SIGKILL) == 0) {
		complain("serve: logins by an exemption are not recorded, only logged: that took "
			 "longer than 10 minutes");
		l->records_from = now;
	}
	for (size_t i = 0; i < l->n;)
		i += judge_time(l, i, now); /* another takes the place of one that is forgotten */
}

/* ---- connections ---- */

static void begin(struct listener *l, int fd, int64_t now)
{
	struct link c = { .fd = fd, .began = now };

	if (!who_connected(fd, &c.uid)) {
		connection_turn_away(fd, EXIT_REFUSED, "refused: the kernel does not say who asks");
	} else if (!peers_begin(&l->peers, c.uid, now, &c.retry_in)) {
		connection_turn_away(fd, EXIT_TROUBLE,
				     "busy: too many requests are open; try again");
	} else {
		l->v[l->n++] = c;
		look(l, l->n - 1, now);
		return;
	}
	close(fd);
}

/* Accept only some connections at once, so that children that have ended are handled soon. */
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

/* The milliseconds until a link is due; -1: none. */
static int patience(const struct listener *l, int64_t now)
{
	int64_t due = l->forever || l->n || l->recorder ? INT64_MAX : l->last + LISTENER_IDLE_MS;

	for (size_t i = 0; i < l->n; i++) {
		const struct link *c = &l->v[i];
		int64_t end = c->held && !c->pid ? c->held
						 : c->began + (!c->pid      ? CONNECTION_READ_MS
							       : c->fd >= 0 ? LISTENER_CLOSE_MS
									    : LISTENER_KILL_MS);
		due = end < due ? end : due;
	}
	if (l->recorder && due > l->records_from + LISTENER_RECORD_MS)
		due = l->records_from + LISTENER_RECORD_MS;
	if (l->paused && due > now + ACCEPT_PAUSE_MS)
		due = now + ACCEPT_PAUSE_MS;
	return due == INT64_MAX ? -1 : due <= now ? 0 : (int)(due - now);
}

enum { POLL_SIGNALS, POLL_LISTENER, POLL_EXEMPT, POLL_LINKS };

/* Also poll the links that have not sent their request: the N-th of V from POLL_LINKS on is link
 * AT[N]. Returns the number of elements of V. */
static nfds_t list_polled(const struct listener *l, struct pollfd *v, size_t *at)
{
	bool deaf = l->paused || l->ending;
	bool records = l->recorder || l->ending;
	nfds_t n = POLL_LINKS;

	v[POLL_SIGNALS] = (struct pollfd){ .fd = l->signals, .events = POLLIN };
	v[POLL_LISTENER] = (struct pollfd){ .fd = deaf ? -1 : l->fd, .events = POLLIN };
	v[POLL_EXEMPT] = (struct pollfd){ .fd = records ? -1 : l->exempt, .events = POLLIN };
	for (size_t i = 0; i < l->n; i++)
		if (!l->v[i].pid && !l->v[i].held) {
			at[n] = i;
			v[n++] = (struct pollfd){ .fd = l->v[i].fd, .events = POLLIN };
		}
	return n;
}

static int loop(struct listener *l)
{
	struct pollfd v[PEERS_OF_ALL + POLL_LINKS];
	size_t at[PEERS_OF_ALL + POLL_LINKS];

	l->last = now_ms();
	while (!l->ending || l->n || l->recorder) {
		nfds_t polled = list_polled(l, v, at);
		int n = poll(v, polled, patience(l, now_ms()));
		int64_t now = now_ms();
		if (n < 0 && errno != EINTR) {
			complain("serve: poll: %s", strerror(errno));
			return RBAC_SYSTEM;
		}
		/* From the last one down: the link that replaces a removed one was handled. */
		for (nfds_t k = polled; n > 0 && k-- > POLL_LINKS;)
			if (v[k].revents)
				look(l, at[k], now);
		/* Connections up to now count: a command may have taken long. */
		if (l->n || l->recorder)
			l->last = now;
		read_signals(l);
		judge_times(l, now);
		if (n > 0 && v[POLL_EXEMPT].revents && !l->recorder)
			record(l, now);
		l->last = l->n || l->recorder ? now : l->last;
		if (!l->forever && !l->n && !l->recorder && n == 0 &&
		    now - l->last >= LISTENER_IDLE_MS)
			return RBAC_OK;
		if (v[POLL_LISTENER].revents || l->paused)
			accept_some(l, now);
	}
	return RBAC_OK;
}

/* The environment of a command is that of the listener, never that of a peer. */
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

int listener_run(const struct listener_sockets *s, bool forever, struct invocation *a)
{
	struct listener l = { .a = a, .fd = s->fd, .exempt = s->exempt, .forever = forever };
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
	close(l.fd);
	if (l.exempt >= 0)
		close(l.exempt);
	peers_free(&l.peers);
	return err;
}
