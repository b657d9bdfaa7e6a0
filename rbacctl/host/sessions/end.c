/* End sessions: logind is asked to, where it knows them; then every process of them, by a
 * descriptor of the process, so that no other process is hit that got the number meanwhile. */
#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "common/error.h"
#include "rbacctl/host/sessions/process_stat.h"
#include "rbacctl/host/program.h"
#include "rbacctl/host/sessions/sessions.h"

/* A process that forks while it is ended may leave a child: look again, so many times. */
enum { ROUNDS = 5, TERM_STEPS = 100 };
enum { ASKED_AT_ONCE = 64, LOGIND_SECONDS = 5 };
static const struct timespec step = { .tv_nsec = 50000000 };

/* Is PID still the process that BEGAN then? Its stat file says so (proc(5), field 22). */
static bool is_same(const struct session_places *places, const struct session_process *p)
{
	struct process_stat now;

	return process_stat_read(places->proc, p->pid, &now) && now.began == p->began;
}

static void signal_one(const struct session_places *places, const struct session_process *p,
		       int number)
{
	int fd = (int)syscall(SYS_pidfd_open, p->pid, 0);
	if (fd < 0 && errno != ENOSYS)
		return; /* it is gone */
	if (is_same(places, p)) {
		if (fd >= 0)
			syscall(SYS_pidfd_send_signal, fd, number, NULL, 0);
		else /* Linux before 5.3 */
			kill(p->pid, number);
	}
	if (fd >= 0)
		close(fd);
}

/* Those of this process's own session, without this process, or all others. Returns how many were
 * signalled. */
static size_t signal_all(const struct session_places *places, const struct sessions *s, int number,
			 bool own)
{
	size_t n = 0;
	for (size_t i = 0; i < s->n_processes; i++) {
		const struct session *of = &s->v[s->processes[i].session];
		if (of->own != own || !of->ends || s->processes[i].pid == getpid())
			continue;
		signal_one(places, &s->processes[i], number);
		n++;
	}
	return n;
}

/* Ask logind to end those of S that it knows. What comes of it is seen in /proc: a logind that does
 * not answer changes nothing. */
static void ask_logind(const struct session_places *places, const struct sessions *s)
{
	const char *argv[ASKED_AT_ONCE + 4] = { places->loginctl, "--no-ask-password",
						"terminate-session" };
	size_t n = 3;
	struct buf said = { 0 };
	int status;

	for (size_t i = 0; i < s->n && n < ASKED_AT_ONCE + 3; i++)
		if (s->v[i].ends && !s->v[i].own && s->v[i].logind[0])
			argv[n++] = s->v[i].logind;
	if (places->loginctl && n > 3)
		(void)program_run(argv, LOGIND_SECONDS, &said, &status);
	buf_free(&said);
}

/* Find them again and send NUMBER (0: none) to each. *N: how many there are. */
static int round_of(const struct session_places *places, const struct session_owners *owners,
		    int number, bool own, size_t *n)
{
	struct sessions s = { .n = 0 };
	int err = sessions_find(places, owners, &s);
	if (!err && number == SIGHUP && !own)
		ask_logind(places, &s);
	*n = err ? 0 : signal_all(places, &s, number, own);
	sessions_free(&s);
	return err;
}

static int end(const struct session_places *places, const struct session_owners *owners, bool own,
	       size_t *left)
{
	int err = round_of(places, owners, SIGHUP, own, left);
	if (!err && *left)
		err = round_of(places, owners, SIGTERM, own, left);
	if (!err && *left) /* who is stopped hears nothing */
		err = round_of(places, owners, SIGCONT, own, left);
	for (int i = 0; i < TERM_STEPS && !err && *left; i++) {
		nanosleep(&step, NULL);
		err = round_of(places, owners, 0, own, left);
	}
	for (int i = 0; i < ROUNDS && !err && *left; i++) {
		err = round_of(places, owners, SIGKILL, own, left);
		nanosleep(&step, NULL);
	}
	return err || !*left ? err : round_of(places, owners, 0, own, left);
}

int sessions_end(const struct session_places *places, const struct session_owners *owners,
		 size_t *left)
{
	return end(places, owners, false, left);
}

int sessions_end_own(const struct session_places *places, const struct session_owners *owners)
{
	size_t left;

	/* sudo(8) passes on what it gets, and a terminal that goes says so. */
	signal(SIGHUP, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	return end(places, owners, true, &left);
}
