#include "rbacctl/host/confirm/login.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rbacctl/host/sessions/process_stat.h"

static FILE *open_file(const char *proc, pid_t pid, const char *name)
{
	char path[512];

	if (pid)
		snprintf(path, sizeof path, "%.400s/%d/%s", proc, (int)pid, name);
	else
		snprintf(path, sizeof path, "%.400s/self/%s", proc, name);
	return fopen(path, "re");
}

static bool by_audit(const char *proc, pid_t pid, char out[LOGIN_MAX])
{
	unsigned long session = UINT32_MAX;
	FILE *f = open_file(proc, pid, "sessionid");

	if (f && fscanf(f, "%lu", &session) != 1)
		session = UINT32_MAX;
	if (f)
		fclose(f);
	/* 4294967295: it was never set. */
	if (session >= UINT32_MAX)
		return false;
	snprintf(out, LOGIN_MAX, "audit:%lu", session);
	return true;
}

/* A line such as "0::/user.slice/user-1000.slice/session-3.scope". */
static bool by_logind(const char *proc, pid_t pid, char out[LOGIN_MAX])
{
	static const char before[] = "/session-", after[] = ".scope";
	char line[1024];
	FILE *f = open_file(proc, pid, "cgroup");
	bool found = false;

	while (f && !found && fgets(line, sizeof line, f)) {
		const char *id = strstr(line, before), *end = id ? strstr(id, after) : NULL;
		found = end != NULL;
		if (found)
			snprintf(out, LOGIN_MAX, "logind:%.*s",
				 (int)(end - id - (long)strlen(before)), id + strlen(before));
	}
	if (f)
		fclose(f);
	return found;
}

static bool is_server(const char *name)
{
	/* sshd forks for each login, also under the names sshd-session and sshd-auth. */
	return strncmp(name, "sshd", 4) == 0 || strcmp(name, "dropbear") == 0;
}

static void name_process(pid_t pid, uint64_t began, char out[LOGIN_MAX])
{
	snprintf(out, LOGIN_MAX, "process:%d:%" PRIu64, (int)pid, began);
}

/*
 * From the process upwards: the child of the topmost sshd, since that one may serve everybody; a
 * login(1) itself; else the last on the way that leads a session, the first process of the host
 * apart; else the leader of the session.
 */
static void by_ancestors(const char *proc, pid_t pid, char out[LOGIN_MAX])
{
	struct process_stat p, leader;
	bool served = false;
	pid_t below = 0;
	uint64_t below_began = 0;

	/* A parent began no later than its child (sessions/need.c). */
	uint64_t began = UINT64_MAX;

	for (int i = 0; pid > 0 && process_stat_read(proc, pid, &p) && p.began <= began; i++) {
		began = p.began;
		bool server = is_server(p.name);
		if (served && !server)
			return;
		if (i == 0 && process_stat_read(proc, p.session, &leader))
			name_process(p.session, leader.began, out);
		else if (i == 0)
			name_process(p.session, 0, out);
		if (server && below)
			name_process(below, below_began, out);
		else if (p.session == pid && pid != 1)
			name_process(pid, p.began, out);
		served |= server;
		if (strcmp(p.name, "login") == 0)
			return;
		below = pid;
		below_began = p.began;
		pid = p.parent;
	}
}

void login_of(const char *proc, pid_t pid, char out[LOGIN_MAX])
{
	out[0] = 0;
	if (!by_audit(proc, pid, out) && !by_logind(proc, pid, out))
		by_ancestors(proc, pid ? pid : getpid(), out);
}
