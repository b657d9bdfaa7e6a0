#include "rbacctl/access/snapshot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rbacctl/access/which_scope.h"
#include "rbacctl/config/lex.h"
#include "rbacctl/config/load.h"
#include "rbacctl/host/people/canonical.h"
#include "rbacctl/host/nss/accounts.h"
#include "rbacctl/complain.h"
#include "rbacctl/command.h"

static int take_file(struct snapshot *snap, struct rbac_bytes key, struct rbac_bytes rec)
{
	char name[RBAC_WALK_KEY_MAX + 1];
	memcpy(name, key.p + 1, key.len - 1);
	name[key.len - 1] = 0;
	return policy_sources_add(&snap->sources, name, (const char *)rec.p, rec.len);
}

/* Walk the records of TYPE. */
typedef int record_fn(void *ctx, struct rbac_bytes key, struct rbac_bytes rec);

static int each(const struct snapshot *snap, uint8_t type, record_fn *fn, void *ctx)
{
	struct rbac_bytes key = { &type, 1 }, next, rec;
	int err;
	while ((err = rbac_view_next(&snap->v, key, &next, &rec, NULL)) == RBAC_OK) {
		if (next.p[0] != type)
			return RBAC_OK;
		err = fn(ctx, next, rec);
		if (err)
			return err;
		key = next;
	}
	return err == RBAC_NOTFOUND ? RBAC_OK : err;
}

static int on_file(void *ctx, struct rbac_bytes key, struct rbac_bytes rec)
{
	return take_file(ctx, key, rec);
}

static bool has_text(const struct snapshot *snap, const struct policy_text *applied)
{
	const struct policy_text *t = policy_sources_find(&snap->sources, applied->name);
	char *blanked = t && t->len == applied->len ? malloc(applied->len + 1) : NULL;
	if (!blanked)
		return false;
	memcpy(blanked, applied->text, applied->len);
	policy_text_blank_comments(blanked, applied->len);
	bool same = memcmp(blanked, t->text, t->len) == 0;
	free(blanked);
	return same;
}

bool snapshot_has_texts(const struct snapshot *snap, const struct policy_sources *sources)
{
	size_t n = 0;
	for (size_t i = 0; i < sources->n; i++) {
		/* Only the store has who holds what. */
		if (strncmp(sources->v[i].name, "assignments.d/", 14) == 0)
			continue;
		if (!has_text(snap, &sources->v[i]))
			return false;
		n++;
	}
	return n == snap->sources.n;
}

/* A policy that the caller has loaded from the texts in the view; NULL: none. */
static const struct policy *find_lent(const struct snapshot *snap, const struct lent_policy *lent,
				      size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (lent[i].p && snapshot_has_texts(snap, lent[i].sources))
			return lent[i].p;
	return NULL;
}

static int load_policy(struct snapshot *snap, const char *path, struct buf *why)
{
	struct problems problems = { 0 };
	int err = policy_load(&snap->sources, &snap->own, &problems);
	if (!err)
		err = canonical_rules(snap->own, NULL, NULL, NULL);
	if (err == RBAC_INVALID) {
		buf_printf(why, "the policy in the view %s cannot be read by this rbacctl:\n",
			   path);
		problems_excerpt(&problems, why);
		err = RBAC_DAMAGED;
	} else if (err) {
		buf_printf(why, "%s\n", rbac_error_text(err));
	}
	problems_free(&problems);
	snap->p = err ? NULL : snap->own;
	return err;
}

int snapshot_try(struct snapshot *snap, const char *path, struct buf *why)
{
	return snapshot_try_with(snap, path, NULL, 0, why);
}

int snapshot_try_with(struct snapshot *snap, const char *path, const struct lent_policy *lent,
		      size_t n, struct buf *why)
{
	*snap = (struct snapshot){ 0 };
	int err = rbac_view_open(path, RBAC_TRUST_SELF, &snap->v);
	if (err) {
		buf_printf(why, "the view %s: %s\n", path, rbac_error_text(err));
		return err;
	}
	snap->open = true;
	err = each(snap, RBAC_REC_FILE, on_file, snap);
	if (!err)
		snap->p = find_lent(snap, lent, n);
	if (!err)
		return snap->p ? RBAC_OK : load_policy(snap, path, why);
	buf_printf(why, "the policy in the view %s: %s\n", path, rbac_error_text(err));
	snapshot_close(snap);
	return err;
}

/* What would help, into H. A view that is absent was never made, or it was removed and its store is
 * still there. */
static const char *help(const struct snapshot *snap, const char *path, int err, struct advice *h)
{
	char store[4200];
	/* PATH is STATE/view/view.mdb, and the store is STATE/store. */
	size_t state = strlen(path) - strlen("view/view.mdb");
	snprintf(store, sizeof store, "%.*sstore", (int)state, path);
	if (snap->open)
		snprintf(h->text, sizeof h->text,
			 "logins and groups still use it; "
			 "for root to replace that policy with " RBAC_ETC_DIR ": %s",
			 COMMAND("rbacctl apply"));
	else if (err == RBAC_ABSENT && access(store, F_OK))
		snprintf(h->text, sizeof h->text, "for root to make it: %s", COMMAND_TO_INIT());
	else
		snprintf(h->text, sizeof h->text, "for root to make it again: %s",
			 COMMAND("rbacctl publish"));
	return h->text;
}

int snapshot_open(struct snapshot *snap, const char *path)
{
	return snapshot_open_with(snap, path, NULL, 0);
}

int snapshot_open_with(struct snapshot *snap, const char *path, const struct lent_policy *lent,
		       size_t n)
{
	struct buf why = { 0 };
	int err = snapshot_try_with(snap, path, lent, n, &why);
	if (err) /* WHY ends its last line */
		complain("%.*s%s%s", (int)why.len - 1, buf_text(&why), snap->open ? "\n  " : "; ",
			 help(snap, path, err, &(struct advice){ "" }));
	buf_free(&why);
	return err;
}

void snapshot_close(struct snapshot *snap)
{
	policy_free(snap->own);
	policy_sources_free(&snap->sources);
	if (snap->open)
		rbac_view_release(&snap->v);
	*snap = (struct snapshot){ 0 };
}

struct each_scope {
	which_scope_fn *fn;
	void *arg;
};

static int on_each_scope(void *ctx, const char *scope, const struct rbac_scope_rec *rec)
{
	const struct each_scope *e = ctx;

	(void)rec;
	return e->fn(e->arg, scope);
}

static int each_scope(void *ctx, which_scope_fn *fn, void *arg)
{
	const struct snapshot *const *snap = ctx;

	return snapshot_scopes(*snap, on_each_scope, &(struct each_scope){ fn, arg });
}

int snapshot_which_scope(const struct snapshot *snap, int role, char *out, struct buf *why)
{
	const struct which_scope_list list = { each_scope, &snap };

	return which_scope(snap->p, role, &list, out, why);
}

void snapshot_nearest_scope(const struct snapshot *snap, const char *word, struct buf *out)
{
	const struct which_scope_list list = { each_scope, &snap };

	which_scope_nearest(&list, word, out);
}

int snapshot_scope(const struct snapshot *snap, const char *scope, struct rbac_scope_rec *out)
{
	struct rbac_bytes rec;
	struct rbac_scope_rec r;
	int err = rbac_view_get(&snap->v, RBAC_REC_SCOPE, scope, strlen(scope), &rec);
	return err ? err : rbac_scope_decode(rec, out ? out : &r);
}

bool snapshot_has_user(const struct snapshot *snap, const char *user)
{
	struct rbac_bytes rec;
	return rbac_view_get(&snap->v, RBAC_REC_USER, user, strlen(user), &rec) != RBAC_NOTFOUND;
}

int snapshot_person(const struct snapshot *snap, const char *typed, struct person *p)
{
	if (person_find(typed, p)) {
		complain("%s is not the name of a user that can be recorded (%s)", p->name,
			 COMMAND("getent passwd %s", p->name));
		return EXIT_USAGE;
	}
	if (p->state != PERSON_KNOWN && !snapshot_has_user(snap, p->name)) {
		complain(
			p->state == PERSON_UNASKED
				? "passwd does not answer for \"%s\" now (%s), and none is recorded"
				: "passwd knows no user \"%s\" (%s finds none), "
				  "and none is recorded",
			p->name, COMMAND("getent passwd %s", p->name));
		return EXIT_USAGE;
	}
	if (p->differs)
		remark("%s is %s here", typed, p->name);
	return EXIT_DONE;
}

struct walk {
	source_user_fn *user;
	snapshot_scope_fn *scope;
	source_gid_fn *group;
	snapshot_group_fn *role_group;
	void *ctx;
};

static int on_user(void *ctx, struct rbac_bytes key, struct rbac_bytes rec)
{
	struct walk *w = ctx;
	char name[RBAC_WALK_KEY_MAX + 1];
	(void)rec;
	memcpy(name, key.p + 1, key.len - 1);
	name[key.len - 1] = 0;
	return w->user(w->ctx, name);
}

int snapshot_users(const struct snapshot *snap, source_user_fn *fn, void *ctx)
{
	struct walk w = { .user = fn, .ctx = ctx };
	return each(snap, RBAC_REC_USER, on_user, &w);
}

static int on_scope(void *ctx, struct rbac_bytes key, struct rbac_bytes rec)
{
	struct walk *w = ctx;
	struct rbac_scope_rec r;
	char name[RBAC_WALK_KEY_MAX + 1];
	memcpy(name, key.p + 1, key.len - 1);
	name[key.len - 1] = 0;
	int err = rbac_scope_decode(rec, &r);
	return err ? err : w->scope(w->ctx, name, &r);
}

int snapshot_scopes(const struct snapshot *snap, snapshot_scope_fn *fn, void *ctx)
{
	struct walk w = { .scope = fn, .ctx = ctx };
	return each(snap, RBAC_REC_SCOPE, on_scope, &w);
}

static int on_group(void *ctx, struct rbac_bytes key, struct rbac_bytes rec)
{
	struct walk *w = ctx;
	struct rbac_group g;
	(void)key;
	int err = rbac_group_decode(rec, &g);
	return err ? err : w->role_group(w->ctx, (const char *)g.name, g.gid);
}

int snapshot_groups(const struct snapshot *snap, snapshot_group_fn *fn, void *ctx)
{
	struct walk w = { .role_group = fn, .ctx = ctx };
	return each(snap, RBAC_REC_GID, on_group, &w);
}

static int on_unix(void *ctx, struct rbac_bytes key, struct rbac_bytes rec)
{
	struct walk *w = ctx;
	(void)rec;
	if (key.len != 5)
		return RBAC_DAMAGED;
	return w->group(w->ctx, (uint32_t)key.p[1] << 24 | (uint32_t)key.p[2] << 16 |
					(uint32_t)key.p[3] << 8 | key.p[4]);
}

int snapshot_unix_groups(const struct snapshot *snap, source_gid_fn *fn, void *ctx)
{
	struct walk w = { .group = fn, .ctx = ctx };
	return each(snap, RBAC_REC_UNIX, on_unix, &w);
}

typedef int decide_fn(const struct rbac_view *v, const struct rbac_request *rq,
		      struct rbac_verdict *out);

static int ask(decide_fn *decide, const struct snapshot *snap, const char *user,
	       const char *service, const char *rhost, int64_t now, struct rbac_verdict *out)
{
	struct gids gids;
	int err = accounts_gids(snap->accounts, user, &gids);
	if (err)
		return err;
	uint32_t uid = accounts_uid(snap->accounts, user);
	const struct rbac_request rq = { user,   uid,    service, rhost,
					 gids.v, gids.n, now,     uid == RBAC_NO_UID };
	err = decide(&snap->v, &rq, out);
	gids_free(&gids);
	return err;
}

int snapshot_decide(const struct snapshot *snap, const char *user, const char *service,
		    const char *rhost, int64_t now, struct rbac_verdict *out)
{
	return ask(rbac_decide, snap, user, service, rhost, now, out);
}

int snapshot_decide_by_rules(const struct snapshot *snap, const char *user, const char *service,
			     const char *rhost, int64_t now, struct rbac_verdict *out)
{
	return ask(rbac_decide_by_rules, snap, user, service, rhost, now, out);
}
