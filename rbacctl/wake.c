#include "rbacctl/wake.h"

#include <errno.h>
#include <stddef.h>

static void on_alarm(int signal)
{
	(void)signal;
}

bool wake_begin(struct wake *w, int seconds)
{
	const struct itimerval end_of_wait = { .it_value = { seconds, 0 },
					       .it_interval = { 0, 100000 } };
	const struct sigaction wake = { .sa_handler = on_alarm }; /* no SA_RESTART */
	sigset_t alarm;

	if (sigaction(SIGALRM, &wake, &w->action))
		return false;
	clock_gettime(CLOCK_MONOTONIC, &w->end);
	w->end.tv_sec += seconds;
	/* Whoever started us may have blocked the signal. */
	sigemptyset(&alarm);
	sigaddset(&alarm, SIGALRM);
	sigprocmask(SIG_UNBLOCK, &alarm, &w->mask);
	setitimer(ITIMER_REAL, &end_of_wait, &w->timer);
	return true;
}

bool wake_due(const struct wake *w)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec > w->end.tv_sec ||
	       (t.tv_sec == w->end.tv_sec && t.tv_nsec >= w->end.tv_nsec);
}

void wake_end(struct wake *w)
{
	int e = errno;

	setitimer(ITIMER_REAL, &w->timer, NULL);
	sigprocmask(SIG_SETMASK, &w->mask, NULL);
	sigaction(SIGALRM, &w->action, NULL);
	errno = e;
}
