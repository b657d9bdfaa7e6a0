#include "rbacctl/change/fleet/reads.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "rbacctl/carrier/folder.h"
#include "rbacctl/change/fleet/fleet.h"
#include "rbacctl/change/fleet/acts.h"
#include "rbacctl/change/internal.h"
#include "rbacctl/fleet/sheet.h"

bool fleet_reads_has(const struct fleet_reads *r, const char *scope)
{
	for (size_t i = 0; i < r->n; i++)
		if (strcmp(r->v[i], scope) == 0)
			return true;
	return false;
}

int fleet_reads_add(struct fleet_reads *r, const struct policy *p, const char *scope)
{
	char at[RBAC_SCOPE_MAX + 1], above[RBAC_SCOPE_MAX + 1];

	snprintf(at, sizeof(at), "%s", scope);
	for (;;) {
		if (fleet_reads_has(r, at))
			return RBAC_OK;
		if (!buf_room(&r->v, r->n, &r->cap, sizeof(*r->v)))
			return RBAC_NOMEM;
		strcpy(r->v[r->n++], at);
		if (policy_scope_parent(p, at, above) != RBAC_OK)
			return RBAC_OK;
		strcpy(at, above);
	}
}

/* ---- a directory's hosts ---- */

_Static_assert(FOLDER_FOLLOWS_MAX >= POLICY_DEPTH_MAX + 1, "no list of a member is cut");

struct hosts {
	const struct policy *p;
	const char *dir;
	struct buf *why;
};

static int put_host(const struct hosts *x, const char *host, const struct buf *text)
{
	char path[PATH_MAX];
	struct buf old = { 0 };

	snprintf(path, sizeof(path), "%s/hosts/%s", x->dir, host);
	int err = folder_read(path, FOLDER_HOST_MAX, &old);
	bool same = !err && old.len == text->len && memcmp(old.p, text->p, text->len) == 0;
	buf_free(&old);
	if (same)
		return RBAC_OK;
	err = folder_put(path, text->p, text->len, true);
	if (err)
		buf_printf(x->why, "%s: %s", path, strerror(errno));
	return err;
}

static int on_member(void *ctx, const char *host, const struct store_member *m)
{
	const struct hosts *x = ctx;
	struct fleet_reads r = { 0 };
	struct buf text = { 0 };
	int err = RBAC_OK;

	if (!*m->scope) {
		buf_printf(&text, "removed\n");
	} else {
		err = fleet_reads_add(&r, x->p, m->scope);
		buf_printf(&text, "%s\n", FLEET_SHEET);
		for (size_t i = 0; i < r.n; i++)
			buf_printf(&text, "%s\n", r.v[i]);
	}
	if (!err)
		err = text.failed ? RBAC_NOMEM : put_host(x, host, &text);
	free(r.v);
	buf_free(&text);
	return err;
}

int fleet_push_hosts(struct store_txn *t, const char *dir, struct buf *why)
{
	struct policy_sources s = { 0 };
	struct policy *p = NULL;
	char path[PATH_MAX];
	int err = change_applied(t, &s, &p, why);

	snprintf(path, sizeof(path), "%s/hosts", dir);
	if (!err && mkdir(path, 0755) != 0 && errno != EEXIST) {
		buf_printf(why, "%s: %s", path, strerror(errno));
		err = RBAC_SYSTEM;
	}
	if (!err)
		err = store_members_all(t, on_member, &(struct hosts){ p, dir, why });
	policy_free(p);
	policy_sources_free(&s);
	return err;
}

/* ---- all members ---- */

static int keep_member(void *ctx, const char *host, const struct store_member *m)
{
	struct fleet_members *all = ctx;

	if (!*m->scope)
		return RBAC_OK; /* removed */
	if (!buf_room(&all->v, all->n, &all->cap, sizeof(*all->v)))
		return RBAC_NOMEM;
	snprintf(all->v[all->n].host, sizeof(all->v->host), "%s", host);
	snprintf(all->v[all->n++].scope, sizeof(all->v->scope), "%s", m->scope);
	return RBAC_OK;
}

int fleet_members_read(const struct invocation *a, struct fleet_members *out, struct buf *why)
{
	struct store *s = NULL;
	struct store_txn t = { 0 };
	struct store_fleet self;
	int err = store_open_to_read(a->store, &s, &t);

	if (!err)
		err = store_fleet_get(&t, &self);
	if (!err && self.role != STORE_FLEET_AUTHORITY)
		err = RBAC_NOTFOUND;
	if (!err)
		err = store_members_all(&t, keep_member, out);
	return fleet_read_end(s, &t, err,
			      "this host is not the authority of a fleet: it knows no other hosts",
			      why);
}
