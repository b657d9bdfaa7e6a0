#include "rbacctl/host/sessions/sessions.h"

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
#include "rbacctl/host/sessions/session_process.h"

const struct session_places sessions_here = { "/proc", "/run/systemd/sessions", NULL,
					      "/usr/bin/loginctl" };

/* ---- whose ---- */

static bool is_logged_in(const struct process *p, const struct session_owners *owners)
{
	return p->login != SESSION_NOT_SET && p->login != 0 &&
	       session_one_of(owners->uids, owners->n_uids, p->login);
}

/* What is to end is all that a person has; else a daemon that root runs is nobody's session. */
static bool counts(const struct process *p, const struct session_owners *owners)
{
	if (p->uid != 0 && (session_one_of(owners->uids, owners->n_uids, p->uid) || p->in_group))
		return true;
	if (sessions_need_something(owners))
		return is_logged_in(p, owners);
	return p->uid == 0 && p->tty != 0 && is_logged_in(p, owners);
}

/* ---- sessions ---- */

static uint64_t key_of(const struct process *p)
{
	return p->audit != SESSION_NOT_SET ? (uint64_t)p->audit << 32 : (uint32_t)p->sid;
}

/* Asked for once, also where somebody has a thousand sessions: passwd may be a directory. */
struct named {
	uint32_t uid; /* 0: nobody yet */
	char name[RBAC_USER_MAX + 1];
};

static const char *name_user(const struct process *p, struct named *last)
{
	uint32_t uid = p->login != SESSION_NOT_SET && p->login ? p->login : p->uid;

	if (uid == last->uid && uid != 0)
		return last->name;
	const struct passwd *pw = getpwuid(uid);
	last->uid = uid;
	if (pw)
		snprintf(last->name, sizeof last->name, "%s", pw->pw_name);
	else
		snprintf(last->name, sizeof last->name, "uid %u", uid);
	return last->name;
}

static int add_process(struct sessions *out, const struct process *p, struct named *last)
{
	size_t i = 0;
	while (i < out->n && out->v[i].key != key_of(p))
		i++;
	if (!buf_room(&out->v, out->n, &out->cap, sizeof *out->v))
		return RBAC_NOMEM;
	if (i == out->n) {
		out->v[i] = (struct session){ .key = key_of(p) };
		snprintf(out->v[i].user, sizeof out->v[i].user, "%s", name_user(p, last));
		out->n++;
	}
	return session_add_process(out, p, i);
}

static int add_counted(struct sessions *out, const struct process *p,
		       const struct session_owners *owners, struct named *last)
{
	int err = add_process(out, p, last);

	if (!err && p->uid != 0 &&
	    (session_one_of(owners->uids, owners->n_uids, p->uid) || p->in_group)) {
		struct session *s = &out->v[out->processes[out->n_processes - 1].session];
		int64_t since = session_process_since(p);
		s->as_person = true;
		s->in_since = s->in_since && s->in_since < since ? s->in_since : since;
	}
	return err;
}

/* ---- where they came from ---- */

/* The session that PID is in; S->n: none. */
static size_t session_of(const struct sessions *s, pid_t pid)
{
	for (size_t i = 0; i < s->n_processes; i++)
		if (s->processes[i].pid == pid)
			return s->processes[i].session;
	return s->n;
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
	while ((u = getutent())) {
		size_t of = u->ut_type == USER_PROCESS ? session_of(s, u->ut_pid) : 0;
		for (size_t i = 0; i < s->n && u->ut_type == USER_PROCESS; i++)
			if ((s->v[i].tty[0] &&
			     strncmp(u->ut_line, s->v[i].tty, sizeof u->ut_line) == 0) ||
			    i == of)
				take_from(&s->v[i], u->ut_host, (int)sizeof u->ut_host);
	}
	endutent();
}

/* One session's file: KEY=VALUE lines. Its name is the audit session, where there is one. */
static void ask_logind_of(const struct session_places *places, const char *id, struct sessions *s)
{
	char path[512], line[512], host[257] = "", service[65] = "";
	int leader = 0;
	snprintf(path, sizeof path, "%.200s/%.200s", places->logind, id);
	FILE *f = fopen(path, "re");
	while (f && fgets(line, sizeof line, f)) {
		line[strcspn(line, "\n")] = 0;
		sscanf(line, "LEADER=%d", &leader);
		sscanf(line, "SERVICE=%64s", service);
		if (strncmp(line, "REMOTE_HOST=", 12) == 0)
			snprintf(host, sizeof host, "%.256s", line + 12);
	}
	if (f)
		fclose(f);
	char *end;
	unsigned long audit = strtoul(id, &end, 10);
	size_t of = session_of(s, leader);
	for (size_t i = 0; i < s->n; i++) {
		bool same = !*end && s->v[i].key == (uint64_t)audit << 32;
		if (!same && i != of)
			continue;
		take_from(&s->v[i], host, (int)sizeof host - 1);
		snprintf(s->v[i].service, sizeof s->v[i].service, "%s", service);
		if (same)
			snprintf(s->v[i].logind, sizeof s->v[i].logind, "%.31s", id);
	}
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
	if (!session_process_read(places, &none, getpid(), &p))
		return;
	for (size_t i = 0; i < s->n; i++)
		s->v[i].own = s->v[i].key == key_of(&p);
}

struct finding {
	const struct session_places *places;
	const struct session_owners *owners;
	struct sessions *out;
	struct process *others; /* of root; some are of a member's of a group: by the login uid */
	size_t n, cap;
	struct named named;
};

/* Most processes of a host are somebody else's: two of their four files are not read. */
static bool matters(const struct process *p, const struct session_owners *owners)
{
	return (p->uid == 0 && sessions_need_something(owners)) || p->in_group ||
	       session_one_of(owners->uids, owners->n_uids, p->uid) || is_logged_in(p, owners);
}

static int look_at(struct finding *f, pid_t pid)
{
	struct process p;
	if (!session_process_glance(f->places, f->owners, pid, &p) || !matters(&p, f->owners) ||
	    !session_process_rest(f->places, &p))
		return RBAC_OK;
	if (counts(&p, f->owners))
		return add_counted(f->out, &p, f->owners, &f->named);
	if (p.uid != 0 || !sessions_need_something(f->owners))
		return RBAC_OK;
	if (!buf_room(&f->others, f->n, &f->cap, sizeof *f->others))
		return RBAC_NOMEM;
	f->others[f->n++] = p;
	return RBAC_OK;
}

/* What runs as root for those who are there as members of a group: by the login uid. The others are
 * nobody's. */
static int add_of_members(struct finding *f)
{
	size_t n = f->n, members = f->out->n_processes;
	int err = RBAC_OK;

	f->n = 0;
	for (size_t i = 0; i < n && !err; i++) {
		const struct process p = f->others[i];
		bool known = p.login != SESSION_NOT_SET && p.login != 0, member = false;
		for (size_t k = 0; k < members && known && !member; k++)
			member = f->out->processes[k].member && f->out->processes[k].uid == p.login;
		if (member)
			err = add_process(f->out, &p, &f->named);
		else if (!known)
			f->others[f->n++] = p;
	}
	return err;
}

int sessions_find(const struct session_places *places, const struct session_owners *owners,
		  struct sessions *out)
{
	struct finding f = { .places = places, .owners = owners, .out = out };
	const struct dirent *e;
	*out = (struct sessions){ .n = 0 };
	if (owners->n_uids + owners->n_gids == 0)
		return RBAC_OK;
	DIR *d = opendir(places->proc);
	int err = d ? RBAC_OK : RBAC_SYSTEM;
	while (!err && (e = readdir(d))) {
		int pid = isdigit((unsigned char)e->d_name[0]) ? atoi(e->d_name) : 0;
		if (pid > 0)
			err = look_at(&f, pid);
	}
	if (d)
		closedir(d);
	if (!err)
		err = add_of_members(&f);
	if (!err && out->n) {
		ask_logind(places, out);
		ask_utmp(places, out);
		err = sessions_mark(places, owners, out, f.others, f.n);
		mark_own(places, out);
	}
	free(f.others);
	return err;
}

void sessions_free(struct sessions *s)
{
	free(s->v);
	free(s->processes);
	*s = (struct sessions){ .n = 0 };
}
