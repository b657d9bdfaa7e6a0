#define _GNU_SOURCE
#include "rbacctl/cut_short.h"

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "rbacctl/complain.h"

enum {
	LINE = 4300, /* of /proc/self/maps: numbers and a path */
	ROOM = 100   /* for what is said of it */
};

/* All of the following is called by a signal handler: async-signal-safe functions alone. */

static uintptr_t hex(const char **p)
{
	uintptr_t n = 0;

	for (;; (*p)++) {
		if (**p >= '0' && **p <= '9')
			n = n * 16 + (uintptr_t)(**p - '0');
		else if (**p >= 'a' && **p <= 'f')
			n = n * 16 + (uintptr_t)(**p - 'a' + 10);
		else
			return n;
	}
}

/* "7f12a000-7f12b000 r--p 00000000 fe:01 1234   /path": the path, where AT is within. */
static char *path_on(char *line, uintptr_t at)
{
	const char *p = line;
	uintptr_t begin = hex(&p), end = *p == '-' ? (p++, hex(&p)) : 0;

	return at >= begin && at < end ? strchr(line, '/') : NULL;
}

/* The file that is mapped at AT, into LINE. NULL: none. */
static char *find(uintptr_t at, char line[LINE])
{
	int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
	char part[512], *path = NULL;
	size_t len = 0;
	ssize_t n;

	while (fd >= 0 && !path && (n = read(fd, part, sizeof part)) > 0)
		for (ssize_t i = 0; i < n && !path; i++) {
			if (part[i] != '\n') {
				if (len < LINE - 1)
					line[len++] = part[i];
				continue;
			}
			line[len] = 0;
			len = 0;
			path = path_on(line, at);
		}
	if (fd >= 0)
		close(fd);
	return path;
}

/* Append TEXT at *AT of the LINE + ROOM bytes at OUT. */
static void add(char *out, size_t *at, const char *text)
{
	while (*text && *at < LINE + ROOM)
		out[(*at)++] = *text++;
}

/* Replace characters that a terminal would interpret, or that end a string of JSON, by "?". */
static void tame(char *path)
{
	for (; *path; path++)
		if (*path < ' ' || *path == '"' || *path == '\\' || *path == 127)
			*path = '?';
}

static void on_bus_error(int signal_number, siginfo_t *info, void *context)
{
	char line[LINE], out[LINE + ROOM];
	size_t len = 0;
	char *path = find((uintptr_t)info->si_addr, line);

	(void)context;
	if (!path) {
		signal(signal_number, SIG_DFL); /* the access is made again, and kills */
		return;
	}
	tame(path);
	add(out, &len, complain_is_in_json() ? "{\"error\":\"" : "rbacctl: ");
	add(out, &len, path);
	add(out, &len, " was truncated, or its disk fails: restore the file");
	add(out, &len, complain_is_in_json() ? "\"}\n" : "\n");
	(void)!write(STDERR_FILENO, out, len); /* one line, whoever else writes there */
	_exit(EXIT_TROUBLE);
}

void cut_short_watch(void)
{
	struct sigaction s = { .sa_sigaction = on_bus_error, .sa_flags = SA_SIGINFO };

	sigemptyset(&s.sa_mask);
	sigaction(SIGBUS, &s, NULL);
}

void cut_short_unwatch(void)
{
	signal(SIGBUS, SIG_DFL);
}
