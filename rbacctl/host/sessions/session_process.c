#include "rbacctl/host/sessions/session_process.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "common/error.h"
#include "rbacctl/buf.h"
#include "rbacctl/host/sessions/process_stat.h"

enum { STATUS_USUAL = 4096, STATUS_MOST = 1 << 20 }; /* bytes; that is 65,536 groups */

static uint32_t read_number(const struct session_places *places, pid_t pid, const char *name)
{
	char text[32], *end;

	process_file_read(places->proc, pid, name, text, sizeof text);
	unsigned long v = strtoul(text, &end, 10);
	return end == text ? SESSION_NOT_SET : (uint32_t)v;
}

static void read_groups(const char *list, const struct session_owners *owners, struct process *p)
{
	char *end;
	for (const char *at = list;; at = end) {
		unsigned long gid = strtoul(at, &end, 10);
		if (end == at)
			return;
		p->in_group |= session_one_of(owners->gids, owners->n_gids, (uint32_t)gid);
		p->carries |= session_one_of(owners->lost, owners->n_lost, (uint32_t)gid);
	}
}

/* The file has the name of the program first, in which the kernel writes no newline as such. */
static bool read_lines(const char *text, const struct session_owners *owners, struct process *p)
{
	const char *uid = strstr(text, "\nUid:");
	const char *groups = owners->n_gids + owners->n_lost ? strstr(text, "\nGroups:") : NULL;

	if (groups)
		read_groups(groups + strlen("\nGroups:"), owners, p);
	return uid && sscanf(uid, "\nUid: %u", &p->uid) == 1;
}

static bool read_status(const struct session_places *places, const struct session_owners *owners,
			struct process *p)
{
	char usual[STATUS_USUAL], *text = usual, *more = NULL;
	size_t size = sizeof usual;

	while (process_file_read(places->proc, p->pid, "status", text, size) == size - 1 &&
	       size < STATUS_MOST) {
		size *= 4;
		char *grown = realloc(more, size);
		if (!grown)
			break;
		text = more = grown;
	}
	bool known = read_lines(text, owners, p);
	free(more);
	return known;
}

static bool read_stat(const struct session_places *places, struct process *p)
{
	struct process_stat st;

	if (!process_stat_read(places->proc, p->pid, &st))
		return false;
	memcpy(p->name, st.name, sizeof p->name);
	p->parent = st.parent;
	p->sid = st.session;
	p->tty = st.tty;
	p->began = st.began;
	return true;
}

bool session_process_glance(const struct session_places *places,
			    const struct session_owners *owners, pid_t pid, struct process *p)
{
	*p = (struct process){ .pid = pid };
	if (!read_status(places, owners, p))
		return false;
	p->login = read_number(places, pid, "loginuid");
	return true;
}

bool session_process_rest(const struct session_places *places, struct process *p)
{
	if (!read_stat(places, p))
		return false;
	/* The kernel sets both at once, or neither. */
	p->audit = p->login == SESSION_NOT_SET ? SESSION_NOT_SET
					       : read_number(places, p->pid, "sessionid");
	return true;
}

bool session_process_read(const struct session_places *places, const struct session_owners *owners,
			  pid_t pid, struct process *p)
{
	return session_process_glance(places, owners, pid, p) && session_process_rest(places, p);
}

/* ---- its part in a session ---- */

/* When this host began, by the kernel ("btime" of proc(5), /proc/stat); looked up once, since that
 * file counts every interrupt. */
static int64_t booted(void)
{
	static int64_t at;
	struct timespec now, up;
	char line[512];
	long long seconds = 0;

	if (at)
		return at;
	FILE *f = fopen("/proc/stat", "re");
	while (f && !seconds && fgets(line, sizeof line, f))
		if (sscanf(line, "btime %lld", &seconds) != 1)
			seconds = 0;
	if (f)
		fclose(f);
	clock_gettime(CLOCK_REALTIME, &now);
	clock_gettime(CLOCK_BOOTTIME, &up);
	at = seconds ? seconds : now.tv_sec - up.tv_sec;
	return at;
}

int64_t session_process_since(const struct process *p)
{
	long ticks = sysconf(_SC_CLK_TCK);

	return booted() + (int64_t)(p->began / (uint64_t)(ticks > 0 ? ticks : 100));
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

static void add_to_session(struct session *s, const struct process *p)
{
	size_t len = strlen(s->what);
	int64_t since = session_process_since(p);
	if (s->processes == 0 || since < s->since)
		s->since = since;
	if (!s->tty[0])
		name_tty(p->tty, s->tty, sizeof s->tty);
	if (s->processes < 4 && len + strlen(p->name) + 3 < sizeof s->what)
		snprintf(s->what + len, sizeof s->what - len, "%s%s", len ? ", " : "", p->name);
	s->processes++;
}

int session_add_process(struct sessions *out, const struct process *p, size_t at)
{
	if (!buf_room(&out->processes, out->n_processes, &out->cap_processes,
		      sizeof *out->processes))
		return RBAC_NOMEM;
	struct session_process *new = &out->processes[out->n_processes++];
	*new = (struct session_process){ .pid = p->pid,
					 .parent = p->parent,
					 .began = p->began,
					 .session = at,
					 .uid = p->uid,
					 .member = p->in_group,
					 .carries = p->carries };
	memcpy(new->name, p->name, sizeof new->name);
	add_to_session(&out->v[at], p);
	return RBAC_OK;
}
