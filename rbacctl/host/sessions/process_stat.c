#include "rbacctl/host/sessions/process_stat.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

size_t process_file_read(const char *proc, pid_t pid, const char *name, char *text, size_t size)
{
	char path[512];
	size_t len = 0;

	snprintf(path, sizeof path, "%.400s/%d/%.60s", proc, (int)pid, name);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	/* The kernel gives all of such a file at once, as far as there is room. */
	ssize_t got = fd < 0 ? -1 : read(fd, text, size - 1);
	len = got > 0 ? (size_t)got : 0;
	text[len] = 0;
	if (fd >= 0)
		close(fd);
	return len;
}

/* PID (NAME) STATE PPID PGRP SESSION TTY ... BEGAN: fields 4, 6, 7 and 22. NAME may have blanks and
 * brackets: it ends at the last one. */
bool process_stat_read(const char *proc, pid_t pid, struct process_stat *out)
{
	char text[1024];

	process_file_read(proc, pid, "stat", text, sizeof text);
	const char *name = strchr(text, '('), *end = strrchr(text, ')');
	int parent, session, tty;
	unsigned long long began;
	if (!name || !end || end < name ||
	    sscanf(end + 1,
		   " %*c %d %*d %d %d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d "
		   "%llu",
		   &parent, &session, &tty, &began) != 4)
		return false;
	snprintf(out->name, sizeof out->name, "%.*s", (int)(end - name - 1), name + 1);
	out->parent = parent;
	out->session = session;
	out->tty = (unsigned)tty;
	out->began = began;
	return true;
}
