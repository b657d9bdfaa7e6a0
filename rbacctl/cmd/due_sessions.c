/* The sessions that need a role which has ended. */
#define _DEFAULT_SOURCE /* getgrouplist() */
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/access/effective_access.h"
#include "rbacctl/change/due/due.h"
#include "rbacctl/cmd/cmd.h"
#include "rbacctl/host/sessions/sessions.h"
#include "rbacctl/model/problem.h"
#include "rbacctl/model/role_groups.h"
#include "rbacctl/model/rules.h"

enum { GROUPS_MAX = 1 << 16 };

struct needing {
	const struct policy *p;
	struct effective_access now; /* what the person has without the role */
	gid_t *groups;               /* all that the person has now */
	int n_groups;
	uint32_t *lost;
	size_t n_lost, cap;
	bool failed;
};

/* ---- the groups that went with the role ---- */

static bool has_now(const struct needing *n, uint32_t gid)
{
	for (int i = 0; i < n->n_groups; i++)
		if (n->groups[i] == gid)
			return true;
	for (size_t i = 0; i < n->now.n_groups; i++)
		if (n->now.groups[i].gid == gid)
			return true;
	return false;
}

static void add_lost(struct needing *n, uint32_t gid)
{
	if (gid == 0 || has_now(n, gid))
		return;
	if (buf_room(&n->lost, n->n_lost, &n->cap, sizeof *n->lost))
		n->lost[n->n_lost++] = gid;
	else
		n->failed = true;
}

/* Of any role where ROLE is -1; as find_lost(). */
static bool brings(const struct policy *p, int role, int other)
{
	return role < 0 || policy_role_counts(p, role, other);
}

static void add_extras(struct needing *n, int role)
{
	for (size_t i = 0; i < n->p->n_extras; i++) {
		const struct policy_extra *x = &n->p->extras[i];
		for (size_t g = 0; brings(n->p, role, x->role) && g < x->unix_groups.n; g++) {
			const struct group *gr = getgrnam(x->unix_groups.v[g]);
			if (gr)
				add_lost(n, gr->gr_gid);
		}
	}
}

static int find_lost(struct needing *n, int role)
{
	struct role_groups groups;
	struct problems problems = { 0 };
	int err = role_groups_make(n->p, &groups, &problems);

	for (size_t i = 0; i < groups.n && !err; i++)
		if (brings(n->p, role, groups.v[i].role))
			add_lost(n, groups.v[i].gid);
	if (!err)
		add_extras(n, role);
	role_groups_free(&groups);
	problems_free(&problems);
	return n->failed ? RBAC_NOMEM : err;
}

/* The person's groups by every source of this host. */
static int find_groups(struct needing *n, const char *person, gid_t primary)
{
	for (int room = 64; room <= GROUPS_MAX; room *= 4) {
		gid_t *groups = realloc(n->groups, (size_t)room * sizeof *groups);
		if (!groups)
			return RBAC_NOMEM;
		n->groups = groups;
		n->n_groups = room;
		if (getgrouplist(person, primary, groups, &n->n_groups) >= 0)
			return RBAC_OK;
	}
	return RBAC_SYSTEM;
}

/* ---- the sessions ---- */

static int is_denied(void *ctx, const char *user, const char *service)
{
	const struct needing *n = ctx;

	(void)user;
	if (!policy_service_find(n->p, service))
		return -1;
	return effective_service(&n->now, service) ? 0 : 1;
}

static void say(const struct sessions *s, struct buf *said)
{
	size_t sessions = 0, processes = 0;

	for (size_t i = 0; i < s->n; i++) {
		if (!s->v[i].ends)
			continue;
		sessions++;
		processes += s->v[i].processes;
	}
	if (sessions == 0)
		buf_printf(said, "no session needed it");
	else
		buf_printf(said, "%zu session%s, %zu process%s", sessions, sessions == 1 ? "" : "s",
			   processes, processes == 1 ? "" : "es");
	for (size_t i = 0; i < s->n; i++)
		if (s->v[i].ends)
			buf_printf(said, " (%s%s%s%s%s)", s->v[i].what,
				   s->v[i].tty[0] ? " on " : "", s->v[i].tty,
				   s->v[i].from[0] ? " from " : "", s->v[i].from);
}

static bool end_all(struct needing *n, uid_t uid, int64_t since, struct buf *said)
{
	const struct session_owners owners = { .uids = &uid,
					       .n_uids = 1,
					       .lost = n->lost,
					       .n_lost = n->n_lost,
					       .denied = is_denied,
					       .ctx = n,
					       .since = since };
	struct sessions s = { .n = 0 };
	size_t left = 0;
	int err = sessions_find(&sessions_here, &owners, &s);

	if (!err)
		say(&s, said);
	sessions_free(&s);
	if (!err)
		err = sessions_end(&sessions_here, &owners, &left);
	if (err)
		buf_printf(said, "cannot list sessions: %s", rbac_error_text(err));
	else if (left)
		buf_printf(said, "; %zu are left", left);
	return !err && !left;
}

static void needing_free(struct needing *n)
{
	effective_access_free(&n->now);
	free(n->groups);
	free(n->lost);
}

static int prepare(struct needing *n, const struct snapshot *snap, const char *person, int64_t now,
		   int role, gid_t primary)
{
	n->p = snap->p;
	int err = effective_access_of(snap, person, now, &n->now);
	if (!err)
		err = find_groups(n, person, primary);
	return err ? err : find_lost(n, role);
}

bool cmd_due_end(const struct invocation *a, const struct store_notice *notice, struct buf *said)
{
	struct snapshot snap;
	struct needing n = { .p = NULL };
	const struct passwd *pw = getpwnam(notice->person);
	bool done = false;

	if (!pw || pw->pw_uid == 0) {
		buf_printf(said, pw ? "root keeps its sessions" : "no such user now");
		return true;
	}
	uid_t uid = pw->pw_uid;
	gid_t primary = pw->pw_gid;
	int err = snapshot_try(&snap, a->view, said);
	int number = !err && snap.p ? policy_role_find(snap.p, notice->role) : -1;
	if (!err && snap.p && number < 0) {
		buf_printf(said, "the role is gone");
		done = true;
	} else if (!err && snap.p) {
		int64_t since = due_began(a->store, notice->person, notice->role, notice->instant);
		err = prepare(&n, &snap, notice->person, a->now, number, primary);
		if (err)
			buf_printf(said, "%s", rbac_error_text(err));
		else
			done = end_all(&n, uid, since, said);
	}
	needing_free(&n);
	snapshot_close(&snap);
	return done;
}

int cmd_groups_gone(const struct invocation *a, const char *person, uint32_t **gids, size_t *n)
{
	struct snapshot snap;
	struct needing gone = { .p = NULL };
	struct buf why = { 0 };
	const struct passwd *pw = getpwnam(person);
	gid_t primary = pw ? pw->pw_gid : 0;
	int err = snapshot_try(&snap, a->view, &why);

	if (!err && snap.p && pw)
		err = prepare(&gone, &snap, person, a->now, -1, primary);
	*gids = gone.lost;
	*n = err ? 0 : gone.n_lost;
	gone.lost = NULL;
	needing_free(&gone);
	snapshot_close(&snap);
	buf_free(&why);
	return err;
}
