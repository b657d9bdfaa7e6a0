#include "rbacctl/host/process_stat.h"

#include <stdio.h>
#include <string.h>

/* PID (NAME) STATE PPID PGRP SESSION TTY ... BEGAN: fields 4, 6, 7 and 22. NAME may have blanks and
 * brackets: it ends at the last one. */
bool process_stat_read(const char *proc, pid_t pid, struct process_stat *out)
{
	char path[512], text[1024];

	snprintf(path, sizeof path, "%.400s/%d/stat", proc, (int)pid);
	FILE *f = fopen(path, "re");
	size_t len = f ? fread(text, 1, sizeof text - 1, f) : 0;
	if (f)
		fclose(f);
	text[len] = 0;
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
