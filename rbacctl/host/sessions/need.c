/* Which sessions need what was lost: by their service, and by the groups of their processes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "rbacctl/host/sessions/session_process.h"

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

/* The processes of S by their numbers, for the way up through them. */
struct known {
	struct step {
		pid_t pid;
		size_t session;
		bool climbed; /* its ancestors were looked at */
	} * v;
	size_t n;
	size_t *way, n_way; /* those that the way up went through, at most N */
};

static int by_pid(const void *a, const void *b)
{
	pid_t x = ((const struct step *)a)->pid, y = ((const struct step *)b)->pid;

	return (x > y) - (x < y);
}

static int know(struct known *k, const struct sessions *s)
{
	*k = (struct known){ .v = calloc(s->n_processes + 1, sizeof *k->v),
			     .n = s->n_processes,
			     .way = calloc(s->n_processes + 1, sizeof *k->way) };
	if (!k->v || !k->way)
		return RBAC_NOMEM;
	for (size_t i = 0; i < k->n; i++)
		k->v[i] = (struct step){ s->processes[i].pid, s->processes[i].session, false };
	qsort(k->v, k->n, sizeof *k->v, by_pid);
	return RBAC_OK;
}

static struct step *find_step(const struct known *k, pid_t pid)
{
	const struct step wanted = { .pid = pid };

	return bsearch(&wanted, k->v, k->n, sizeof *k->v, by_pid);
}

static void take_origin(struct session *s, struct session_origin origin, const char *service)
{
	if (s->origin.pid)
		return;
	s->origin = origin;
	if (!s->service[0])
		snprintf(s->service, sizeof s->service, "%s", service);
}

/*
 * The nearest ancestor of root's that is a service: where the session comes from, and unless logind
 * has said so its service. A name that a process of the person has given itself does not count.
 * However many ancestors there are, each process of the person is looked at once.
 */
static void climb(const struct session_places *places, const struct session_owners *o,
		  struct known *k, struct sessions *all, struct step *from)
{
	const struct session_owners none = { .n_uids = 0 };
	const char *user = all->v[from->session].user;
	char service[sizeof all->v->service] = "";
	struct session_origin origin = { .pid = 0 };
	struct process p;

	k->n_way = 0;
	/* A parent began no later than its child: else the child was not its, and the number is
	 * that of a process which took the parent's place. */
	pid_t pid = from->pid;
	for (uint64_t began = UINT64_MAX; pid > 1 && !origin.pid; began = p.began, pid = p.parent) {
		struct step *at = find_step(k, pid);
		if (at && strcmp(all->v[at->session].user, user) != 0)
			at = NULL;
		if (at && at->climbed) {
			const struct session *s = &all->v[at->session];
			origin = s->origin;
			snprintf(service, sizeof service, "%s", s->service);
			break;
		}
		if (!session_process_read(places, &none, pid, &p) || p.began > began)
			break;
		if (p.uid == 0 && is_service(o, user, p.name, service, sizeof service))
			origin = (struct session_origin){ p.pid, p.began };
		if (at) {
			at->climbed = true;
			k->way[k->n_way++] = at->session;
		}
	}
	for (size_t i = 0; i < k->n_way && origin.pid; i++)
		take_origin(&all->v[k->way[i]], origin, service);
}

static int find_services(const struct session_places *places, const struct session_owners *o,
			 struct sessions *s)
{
	struct known k;
	int err = know(&k, s);

	for (size_t i = 0; i < s->n_processes && !err; i++) {
		struct step *from = find_step(&k, s->processes[i].pid);
		if (!s->v[from->session].origin.pid && !from->climbed)
			climb(places, o, &k, s, from);
	}
	free(k.v);
	free(k.way);
	return err;
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
	if (owners->denied && !err)
		err = find_services(places, owners, s);
	for (size_t i = 0; i < s->n; i++)
		s->v[i].ends = owners->all || is_left_behind(owners, &s->v[i]) ||
			       (s->v[i].service[0] &&
				is_lost(owners, s->v[i].user, s->v[i].service));
	for (size_t i = 0; i < s->n_processes; i++)
		s->v[s->processes[i].session].ends |= s->processes[i].carries;
	return err;
}
