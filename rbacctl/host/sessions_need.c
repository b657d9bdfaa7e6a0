/* Which sessions need what was lost: by their service, and by the groups of their processes. */
#include <stdio.h>
#include <string.h>

#include "common/error.h"
#include "rbacctl/host/session_process.h"

enum { ANCESTORS = 32 };

/* ---- the service ---- */

/* The service that a process of root's named NAME lets people in by; DENIED knows which there are.
 * OpenSSH 9.8 calls the one of a session sshd-session. */
static bool is_service(const struct session_owners *o, const char *user, const char *name,
		       char *service, size_t size)
{
	snprintf(service, size, "%.*s", (int)strcspn(name, " :"), name);
	char *tail = strstr(service, "-session");
	if (tail)
		*tail = 0;
	return strcmp(service, "sudo") != 0 && strcmp(service, "su") != 0 &&
	       o->denied(o->ctx, user, service) >= 0;
}

/* The nearest ancestor of root's that is a service: where the session comes from, and unless logind
 * has said so its service. A name that a process of the person has given itself counts for nothing.
 */
static void climb(const struct session_places *places, const struct session_owners *o, pid_t pid,
		  struct session *s)
{
	const struct session_owners none = { .n_uids = 0 };
	char service[sizeof s->service];
	struct process p;

	for (int i = 0; i < ANCESTORS && pid > 1; i++, pid = p.parent) {
		if (!session_process_read(places, &none, pid, &p))
			return;
		if (p.uid != 0 || !is_service(o, s->user, p.name, service, sizeof service))
			continue;
		s->origin = (struct session_origin){ p.pid, p.began };
		if (!s->service[0])
			memcpy(s->service, service, sizeof service);
		return;
	}
}

static void find_services(const struct session_places *places, const struct session_owners *o,
			  struct sessions *s)
{
	for (size_t i = 0; i < s->n_processes; i++) {
		struct session *of = &s->v[s->processes[i].session];
		if (!of->origin.pid)
			climb(places, o, s->processes[i].pid, of);
	}
}

/* ---- the processes ---- */

static size_t find(const struct sessions *s, pid_t pid)
{
	size_t i = 0;

	while (i < s->n_processes && s->processes[i].pid != pid)
		i++;
	return i;
}

/* What root runs for somebody without a login uid, as sudo does on a kernel that has none: it is
 * part of the session that it descends from. */
static int add_descendants(struct sessions *s, const struct process *others, size_t n)
{
	bool more = true;
	int err = RBAC_OK;

	while (more && !err) {
		more = false;
		for (size_t i = 0; i < n && !err; i++) {
			size_t parent = find(s, others[i].parent);
			if (parent == s->n_processes || find(s, others[i].pid) < s->n_processes)
				continue;
			err = session_add_process(s, &others[i], s->processes[parent].session);
			more = true;
		}
	}
	return err;
}

/* ---- all ---- */

static bool is_lost(const struct session_owners *o, const char *user, const char *service)
{
	return o->denied && o->denied(o->ctx, user, service) == 1;
}

/* Of S nothing is left that shows what it needed: did it begin with what was lost? When a process
 * began is known to a second. */
static bool is_left_behind(const struct session_owners *o, const struct session *s)
{
	return !s->as_person && s->since + 1 >= o->since &&
	       (o->n_lost || is_lost(o, s->user, "sudo") || is_lost(o, s->user, "su"));
}

int sessions_mark(const struct session_places *places, const struct session_owners *owners,
		  struct sessions *s, const struct process *others, size_t n)
{
	if (!sessions_need_something(owners))
		return RBAC_OK;
	int err = add_descendants(s, others, n);
	if (owners->denied)
		find_services(places, owners, s);
	for (size_t i = 0; i < s->n; i++)
		s->v[i].ends = owners->all || is_left_behind(owners, &s->v[i]) ||
			       (s->v[i].service[0] &&
				is_lost(owners, s->v[i].user, s->v[i].service));
	for (size_t i = 0; i < s->n_processes; i++)
		s->v[s->processes[i].session].ends |= s->processes[i].carries;
	return err;
}
