/* Open sessions that no rule allows: somebody used an exemption. */
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/decide.h"
#include "rbacctl/change/read/as_of.h"
#include "rbacctl/change/due/exempt.h"
#include "rbacctl/cmd/cmd.h"
#include "rbacctl/host/sessions/sessions.h"
#include "rbacctl/model/rules.h"

/* Numbers in the making. */
struct exempt_ids {
	uint32_t *v;
	size_t n, cap;
	bool failed;
};

static void add(struct exempt_ids *l, uint32_t id)
{
	if (id == 0)
		return;
	if (buf_room(&l->v, l->n, &l->cap, sizeof *l->v))
		l->v[l->n++] = id;
	else
		l->failed = true;
}

static void find_exempt(const struct policy *p, struct exempt_ids *uids, struct exempt_ids *gids)
{
	for (size_t i = 0; i < p->exempt_users.n; i++) {
		const struct passwd *pw = getpwnam(p->exempt_users.v[i]);
		if (pw)
			add(uids, pw->pw_uid);
	}
	for (size_t i = 0; i < p->exempt_groups.n; i++) {
		const struct group *gr = getgrnam(p->exempt_groups.v[i]);
		if (gr)
			add(gids, gr->gr_gid);
	}
}

/* What lets people in; nothing is to end. */
static int is_login(void *ctx, const char *user, const char *service)
{
	const struct policy *p = ctx;

	(void)user;
	return policy_service_find(p, service) || strcmp(service, "sshd") == 0 ||
			       strcmp(service, "login") == 0
		       ? 0
		       : -1;
}

/* ---- sessions of a role that has ended since ---- */

/*
 * What the store was when a session began takes time to look up, and the answer stays the same: a
 * line each of a file in the store's folder says whether a rule let the session in.
 */
struct judged {
	struct buf before, now; /* lines */
};

static void name_note(const struct invocation *a, char path[4200])
{
	snprintf(path, 4200, "%s/exempt.judged", a->store);
}

static void read_note(const struct invocation *a, struct judged *j)
{
	char path[4200], line[128];

	name_note(a, path);
	FILE *f = fopen(path, "re");
	while (f && fgets(line, sizeof line, f))
		buf_printf(&j->before, "%s", line);
	if (f)
		fclose(f);
}

/* What cannot be written is looked up again. */
static void write_note(const struct invocation *a, const struct judged *j)
{
	char path[4200];

	if (strcmp(buf_text(&j->before), buf_text(&j->now)) == 0)
		return;
	name_note(a, path);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
	if (f) {
		fputs(buf_text(&j->now), f);
		fclose(f);
	} else if (fd >= 0)
		close(fd);
}

/* Did a rule let S in at AT, by what the store was then? A session that is older than all that the
 * store knows was let in by nobody's exemption. */
static bool was_allowed(const struct invocation *a, const struct session *s, int64_t at)
{
	struct invocation then = *a;
	struct rbac_verdict verdict = { .allow = false };
	struct snapshot snap;
	struct buf why = { 0 };
	int err = as_of_begin_at(&then, at);

	if (err)
		return err == RBAC_INVALID;
	err = snapshot_try(&snap, then.view, &why);
	if (!err)
		err = snapshot_decide_by_rules(&snap, s->user, s->service, s->from, at, &verdict);
	snapshot_close(&snap);
	buf_free(&why);
	as_of_end(&then);
	return !err && verdict.allow;
}

/* The same, looked up once. ID is the session's. */
static bool was_allowed_noted(const struct invocation *a, const struct session *s, int64_t at,
			      const char *id, struct judged *j)
{
	char line[128];

	snprintf(line, sizeof line, "%s %lld no\n", id, (long long)at);
	if (!strstr(buf_text(&j->before), line)) {
		snprintf(line, sizeof line, "%s %lld yes\n", id, (long long)at);
		/* When a process began is known to a second. */
		if (!strstr(buf_text(&j->before), line) && !was_allowed(a, s, at) &&
		    !was_allowed(a, s, at + 1))
			snprintf(line, sizeof line, "%s %lld no\n", id, (long long)at);
	}
	buf_printf(&j->now, "%s", line);
	return strstr(line, " yes\n") != NULL;
}

/* ---- each ---- */

static void name_session(const struct session *s, const char *boot, char *id, size_t size)
{
	if (s->origin.pid)
		exempt_session_id(boot, s->origin.pid, s->origin.began, id, size);
	else
		snprintf(id, size, "%s/%llx", boot, (unsigned long long)s->key);
}

/* A session counts by what held when it began: a role that has ended since let it in too. */
static void judge(const struct invocation *a, const struct snapshot *snap, const struct session *s,
		  const char *boot, struct judged *j, struct exempt_uses *out)
{
	const int64_t at = s->in_since ? s->in_since : s->since;
	struct rbac_verdict verdict;
	char id[80];

	if (!s->service[0] || !exempt_is_login(s->service) ||
	    snapshot_decide_by_rules(snap, s->user, s->service, s->from, at, &verdict) ||
	    verdict.allow)
		return;
	name_session(s, boot, id, sizeof id);
	/* One connection may have several sessions of the kernel. */
	for (size_t i = 0; i < out->n; i++)
		if (out->v[i].session && strcmp(out->v[i].session, id) == 0)
			return;
	if (was_allowed_noted(a, s, at, id, j))
		return;
	exempt_uses_add(out, &(struct store_use){ .when = s->since,
						  .session = id,
						  .user = s->user,
						  .service = s->service,
						  .from = s->from });
}

int cmd_due_exempt(const struct invocation *a, struct exempt_uses *out)
{
	struct exempt_ids uids = { 0 }, gids = { 0 };
	struct snapshot snap;
	struct sessions s = { .n = 0 };
	struct judged judged = { { 0 }, { 0 } };
	struct buf why = { 0 };
	char boot[40];

	*out = (struct exempt_uses){ 0 };
	int err = snapshot_try(&snap, a->view, &why);
	if (!err && snap.p)
		find_exempt(snap.p, &uids, &gids);
	const struct session_owners owners = { .uids = uids.v,
					       .gids = gids.v,
					       .n_uids = uids.n,
					       .n_gids = gids.n,
					       .denied = is_login,
					       .ctx = (void *)snap.p };
	if (!err && uids.n + gids.n)
		err = sessions_find(&sessions_here, &owners, &s);
	exempt_boot_id(boot);
	read_note(a, &judged);
	for (size_t i = 0; i < s.n && !err; i++)
		judge(a, &snap, &s.v[i], boot, &judged, out);
	write_note(a, &judged);
	sessions_free(&s);
	snapshot_close(&snap);
	buf_free(&judged.before);
	buf_free(&judged.now);
	buf_free(&why);
	free(uids.v);
	free(gids.v);
	return err ? err : uids.failed || gids.failed || out->failed ? RBAC_NOMEM : RBAC_OK;
}
