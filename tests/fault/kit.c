#include "tests/fault/kit.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { SECONDS = 60, LONGER = 20, SLOWER = 20, LEFT_OUT = 77 };

static const char *running = "";

bool kit_long(void)
{
	const char *s = getenv("RBAC_FAULT_LONG");
	return s && *s;
}

enum kit_watch kit_watch(void)
{
#ifdef KIT_BUILT_WITH
	return KIT_BUILT_WITH;
#else
	return getenv("RBAC_VALGRIND") ? KIT_VALGRIND : KIT_ALONE;
#endif
}

void kit_not_under(unsigned watches, const char *why)
{
	if (!(watches & kit_watch()))
		return;
	kit_note("left out here: %s", why);
	_exit(LEFT_OUT);
}

unsigned long kit_count(unsigned long in_short, unsigned long in_long)
{
	unsigned long n = kit_long() ? in_long : in_short;
	return kit_watch() == KIT_VALGRIND ? n / SLOWER + 1 : n;
}

unsigned long kit_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (unsigned long)t.tv_sec * 1000 + (unsigned long)t.tv_nsec / 1000000;
}

void kit_note(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	printf("    %s: ", running);
	vprintf(fmt, ap);
	putchar('\n');
	va_end(ap);
	fflush(stdout);
}

void kit_fail(const char *file, int line, const char *fmt, ...)
{
	/* One write from the stack: the host may have no descriptor but this, no memory, and
	 * threads. */
	char text[1024];
	va_list ap;
	int n = snprintf(text, sizeof text, "    %s:%d: does not hold: ", file, line);
	va_start(ap, fmt);
	n += vsnprintf(text + n, sizeof text - (size_t)n, fmt, ap);
	va_end(ap);
	if (n > (int)sizeof text - 2)
		n = (int)sizeof text - 2;
	text[n++] = '\n';
	if (write(2, text, (size_t)n) < 0)
		_exit(2);
	_exit(1);
}

int kit_fork(void (*fn)(void *ctx), void *ctx, unsigned seconds)
{
	int status;
	fflush(NULL);
	pid_t pid = fork();
	need(pid >= 0);
	if (pid == 0) {
		signal(SIGALRM, SIG_DFL);
		alarm(seconds);
		fn(ctx);
		fflush(NULL);
		_exit(0);
	}
	while (waitpid(pid, &status, 0) < 0)
		need(errno == EINTR);
	/* A case leads a group of its own: nothing of it outlives it. */
	kill(-pid, SIGKILL);
	return status;
}

static void run_case(void *ctx)
{
	setpgid(0, 0);
	((const struct kit_case *)ctx)->run();
}

enum outcome { HOLDS, FAILS, OUT };

static enum outcome outcome_of(const struct kit_case *c)
{
	unsigned seconds = (c->seconds ? c->seconds : SECONDS) *
			   (kit_long() || kit_watch() ? LONGER : 1);
	unsigned long from = kit_ms();
	running = c->name;
	int status = kit_fork(run_case, (void *)(size_t)c, seconds);
	if (WIFEXITED(status) && WEXITSTATUS(status) == LEFT_OUT)
		return OUT;
	bool ok = status == 0;
	printf("%s - %s (%lu ms)", ok ? "ok" : "not ok", c->name, kit_ms() - from);
	if (WIFSIGNALED(status))
		printf(": %s%s", strsignal(WTERMSIG(status)),
		       WTERMSIG(status) == SIGALRM ? ", it took too long" : "");
	putchar('\n');
	fflush(stdout);
	return ok ? HOLDS : FAILS;
}

int kit_main(int argc, char **argv, const struct kit_case *cases, size_t n)
{
	size_t n_of[] = { [HOLDS] = 0, [FAILS] = 0, [OUT] = 0 };
	const struct rlimit none = { 0, 0 };
	setrlimit(RLIMIT_CORE, &none);
	for (size_t i = 0; i < n; i++)
		if (argc < 2 || strstr(cases[i].name, argv[1]))
			n_of[outcome_of(&cases[i])]++;
	printf("%s: %zu of %zu hold\n", argv[0], n_of[HOLDS], n_of[HOLDS] + n_of[FAILS]);
	return n_of[FAILS] || !n_of[HOLDS] ? 1 : 0;
}
