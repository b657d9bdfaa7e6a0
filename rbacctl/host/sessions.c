#include "rbacctl/host/sessions.h"

#include <ctype.h>
#include <dirent.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>
#include <utmp.h>

#include "common/error.h"
#include "rbacctl/buf.h"

enum { NOT_SET = UINT32_MAX, GROUPS_READ = 4096 };

const struct session_places sessions_here = { "/proc", "/run/systemd/sessions", NULL };

/* ---- one process ---- */

struct process {
	pid_t pid, sid;
	uint32_t uid, login, audit; /* NOT_SET: not */
	unsigned tty;
	uint64_t began;
	char name[32];
	bool in_group; /* has one of the groups that are looked for */
};

static FILE *open_file(const struct session_places *places, pid_t pid, const char *name)
{
	char path[512];
	snprintf(path, sizeof path, "%.400s/%d/%s", places->proc, (int)pid, name);
	return fopen(path, "re");
}

static uint32_t read_number(const struct session_places *places, pid_t pid, const char *name)
{
	unsigned long v = NOT_SET;
	FILE *f = open_file(places, pid, name);
	if (f && fscanf(f, "%lu", &v) != 1)
		v = NOT_SET;
	if (f)
		fclose(f);
	return (uint32_t)v;
}

static bool one_of(const uint32_t *v, size_t n, uint32_t x)
{
	for (size_t i = 0; i < n; i++)
		if (v[i] == x)
			return true;
	return false;
}

static void read_groups(const char *list, const struct session_owners *owners, struct process *p)
{
	char *end;
	for (const char *at = list; !p->in_group; at = end) {
		unsigned long gid = strtoul(at, &end, 10);
		if (end == at)
			return;
		p->in_group = one_of(owners->gids, owners->n_gids, (uint32_t)gid);
	}
}

static bool read_status(const struct session_places *places, const struct session_owners *owners,
			struct process *p)
{
	FILE *f = open_file(places, p->pid, "status");
	char *line = NULL;
	size_t size = 0;
	bool uid = false;
	while (f && getline(&line, &size, f) > 0) {
		if (sscanf(line, "Uid: %u", &p->uid) == 1)
			uid = true;
		else if (owners->n_gids && strncmp(line, "Groups:", 7) == 0)
			read_groups(line + 7, owners, p);
	}
	free(line);
	if (f)
		fclose(f);
	return uid;
}

/* PID (NAME) STATE PPID PGRP SESSION TTY ... BEGAN: fields 6, 7 and 22 (proc(5)). NAME may have
 * blanks and brackets: it ends at the last one. */
static bool read_stat(const struct session_places *places, struct process *p)
{
	char text[1024];
	FILE *f = open_file(places, p->pid, "stat");
	size_t len = f ? fread(text, 1, sizeof text - 1, f) : 0;
	if (f)
		fclose(f);
	text[len] = 0;
	const char *name = strchr(text, '('), *end = strrchr(text, ')');
	int sid, tty;
	unsigned long long began;
	if (!name || !end || end < name ||
	    sscanf(end + 1,
		   " %*c %*d %*d %d %d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d "
		   "%llu",
		   &sid, &tty, &began) != 3)
		return false;
	snprintf(p->name, sizeof p->name, "%.*s", (int)(end - name - 1), name + 1);
	p->sid = sid;
	p->tty = (unsigned)tty;
	p->began = began;
	return true;
}

/* False: it is gone meanwhile. */
static bool read_process(const struct session_places *places, const struct session_owners *owners,
			 pid_t pid, struct process *p)
{
	*p = (struct process){ .pid = pid };
	if (!read_status(places, owners, p) || !read_stat(places, p))
		return false;
	p->login = read_number(places, pid, "loginuid");
	p->audit = read_number(places, pid, "sessionid");
	return true;
}

static bool counts(const struct process *p, const struct session_owners *owners)
{
	if (p->uid != 0 && (one_of(owners->uids, owners->n_uids, p->uid) || p->in_group))
		return true;
	return p->uid == 0 && p->tty != 0 && p->login != NOT_SET && p->login != 0 &&
	       one_of(owners->uids, owners->n_uids, p->login);
}

/* ---- sessions ---- */

static uint64_t key_of(const struct process *p)
{
	return p->audit != NOT_SET ? (uint64_t)p->audit << 32 : (uint32_t)p->sid;
}

static int64_t when(uint64_t began)
{
	struct timespec now, up;
	long ticks = sysconf(_SC_CLK_TCK);
	clock_gettime(CLOCK_REALTIME, &now);
	clock_gettime(CLOCK_BOOTTIME, &up);
	return now.tv_sec - up.tv_sec + (int64_t)(began / (uint64_t)(ticks > 0 ? ticks : 100));
}

/* The name of a terminal by its device number (tty_nr of proc(5)): admin-guide/devices. */
static void name_tty(unsigned number, char *out, size_t size)
{
	unsigned major = major(number), minor = minor(number);
	if (major >= 136 && major <= 143)
		snprintf(out, size, "pts/%u", (major - 136) * 256 + minor);
	else if (major == 4 && minor < 64)
		snprintf(out, size, "tty%u", minor);
	else if (major == 4)
		snprintf(out, size, "ttyS%u", minor - 64);
}

static void name_user(const struct process *p, char *out)
{
	uint32_t uid = p->uid ? p->uid : p->login;
	const struct passwd *pw = getpwuid(uid);
	if (pw)
		snprintf(out, RBAC_USER_MAX + 1, "%s", pw->pw_name);
	else
		snprintf(out, RBAC_USER_MAX + 1, "uid %u", uid);
}

static void add_to_session(struct session *s, const struct process *p)
{
	size_t len = strlen(s->what);
	int64_t since = when(p->began);
	if (s->processes == 0 || since < s->since)
		s->since = since;
	if (!s->tty[0])
		name_tty(p->tty, s->tty, sizeof s->tty);
	if (s->processes < 4 && len + strlen(p->name) + 3 < sizeof s->what)
		snprintf(s->what + len, sizeof s->what - len, "%s%s", len ? ", " : "", p->name);
	s->processes++;
}

static int add_process(struct sessions *out, const struct process *p)
{
	size_t i = 0;
	while (i < out->n && out->v[i].key != key_of(p))
		i++;
	if (!buf_room(&out->processes, out->n_processes, &out->cap_processes,
		      sizeof *out->processes) ||
	    !buf_room(&out->v, out->n, &out->cap, sizeof *out->v))
		return RBAC_NOMEM;
	if (i == out->n) {
		out->v[i] = (struct session){ .key = key_of(p) };
		name_user(p, out->v[i].user);
		out->n++;
	}
	add_to_session(&out->v[i], p);
	out->processes[out->n_processes++] = (struct session_process){ p->pid, p->began, i };
	return RBAC_OK;
}

/* ---- where they came from ---- */

static bool has_process(const struct sessions *s, size_t session, pid_t pid)
{
	for (size_t i = 0; i < s->n_processes; i++)
		if (s->processes[i].pid == pid && s->processes[i].session == session)
			return true;
	return false;
}

static void take_from(struct session *s, const char *host, int len)
{
	if (!s->from[0])
		snprintf(s->from, sizeof s->from, "%.*s", len, host);
}

static void ask_utmp(const struct session_places *places, struct sessions *s)
{
	const struct utmp *u;
	if (places->utmp)
		utmpname(places->utmp);
	setutent();
	while ((u = getutent()))
		for (size_t i = 0; i < s->n && u->ut_type == USER_PROCESS; i++)
			if ((s->v[i].tty[0] &&
			     strncmp(u->ut_line, s->v[i].tty, sizeof u->ut_line) == 0) ||
			    has_process(s, i, u->ut_pid))
				take_from(&s->v[i], u->ut_host, (int)sizeof u->ut_host);
	endutent();
}

/* One session's file: KEY=VALUE lines. Its name is the audit session, where there is one. */
static void ask_logind_of(const struct session_places *places, const char *id, struct sessions *s)
{
	char path[512], line[512], host[257] = "";
	int leader = 0;
	snprintf(path, sizeof path, "%.200s/%.200s", places->logind, id);
	FILE *f = fopen(path, "re");
	while (f && fgets(line, sizeof line, f)) {
		line[strcspn(line, "\n")] = 0;
		sscanf(line, "LEADER=%d", &leader);
		if (strncmp(line, "REMOTE_HOST=", 12) == 0)
			snprintf(host, sizeof host, "%.256s", line + 12);
	}
	if (f)
		fclose(f);
	char *end;
	unsigned long audit = strtoul(id, &end, 10);
	for (size_t i = 0; i < s->n && host[0]; i++)
		if ((!*end && s->v[i].key == (uint64_t)audit << 32) || has_process(s, i, leader))
			take_from(&s->v[i], host, (int)sizeof host - 1);
}

static void ask_logind(const struct session_places *places, struct sessions *s)
{
	const struct dirent *e;
	DIR *d = opendir(places->logind);
	while (d && (e = readdir(d)))
		if (isalnum((unsigned char)e->d_name[0]) && !strchr(e->d_name, '.'))
			ask_logind_of(places, e->d_name, s);
	if (d)
		closedir(d);
}

/* ---- all ---- */

static void mark_own(const struct session_places *places, struct sessions *s)
{
	struct process p;
	const struct session_owners none = { .n_uids = 0 };
	if (!read_process(places, &none, getpid(), &p))
		return;
	for (size_t i = 0; i < s->n; i++)
		s->v[i].own = s->v[i].key == key_of(&p);
}

int sessions_find(const struct session_places *places, const struct session_owners *owners,
		  struct sessions *out)
{
	const struct dirent *e;
	*out = (struct sessions){ .n = 0 };
	if (owners->n_uids + owners->n_gids == 0)
		return RBAC_OK;
	DIR *d = opendir(places->proc);
	int err = d ? RBAC_OK : RBAC_SYSTEM;
	while (!err && (e = readdir(d))) {
		struct process p;
		int pid = isdigit((unsigned char)e->d_name[0]) ? atoi(e->d_name) : 0;
		if (pid > 0 && read_process(places, owners, pid, &p) && counts(&p, owners))
			err = add_process(out, &p);
	}
	if (d)
		closedir(d);
	if (!err && out->n) {
		ask_logind(places, out);
		ask_utmp(places, out);
		mark_own(places, out);
	}
	return err;
}

void sessions_free(struct sessions *s)
{
	free(s->v);
	free(s->processes);
	*s = (struct sessions){ .n = 0 };
}
