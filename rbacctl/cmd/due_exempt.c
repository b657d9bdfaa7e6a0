/* Open sessions that no rule allows: somebody used an exemption. */
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/decide.h"
#include "rbacctl/change/exempt.h"
#include "rbacctl/cmd/cmd.h"
#include "rbacctl/host/sessions.h"
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

/* One boot from another: a session has its number again. */
static void read_boot(char out[40])
{
	FILE *f = fopen("/proc/sys/kernel/random/boot_id", "re");

	if (!f || fscanf(f, "%39s", out) != 1)
		strcpy(out, "-");
	if (f)
		fclose(f);
}

static void judge(const struct snapshot *snap, const struct session *s, const char *boot,
		  int64_t now, struct exempt_uses *out)
{
	struct rbac_verdict verdict;
	char id[80];

	if (!s->service[0] ||
	    snapshot_decide_by_rules(snap, s->user, s->service, s->from, now, &verdict) ||
	    verdict.allow)
		return;
	/* One connection may have several sessions of the kernel. */
	snprintf(id, sizeof id, "%s/%llx", boot,
		 (unsigned long long)(s->origin ? s->origin : s->key));
	for (size_t i = 0; i < out->n; i++)
		if (out->v[i].session && strcmp(out->v[i].session, id) == 0)
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
	read_boot(boot);
	for (size_t i = 0; i < s.n && !err; i++)
		judge(&snap, &s.v[i], boot, a->now, out);
	sessions_free(&s);
	snapshot_close(&snap);
	buf_free(&why);
	free(uids.v);
	free(gids.v);
	return err ? err : uids.failed || gids.failed || out->failed ? RBAC_NOMEM : RBAC_OK;
}
