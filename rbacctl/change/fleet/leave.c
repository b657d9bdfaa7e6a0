/* A member goes: what it has is its own from then on. */
#include "rbacctl/change/fleet/fleet.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rbacctl/change/fleet/acts.h"
#include "rbacctl/change/fleet/paths.h"
#include "rbacctl/command.h"
#include "rbacctl/host/etc/etc.h"

static int need_member(struct change *c, struct store_fleet *self)
{
	int err = store_fleet_get(&c->t, self);

	if (err == RBAC_NOTFOUND)
		return change_fail(c, RBAC_REFUSED, "refused: this host is in no fleet (%s)",
				   COMMAND("rbacctl fleet status"));
	if (err)
		return change_store_fail(c, err);
	if (self->role == STORE_FLEET_MEMBER)
		return RBAC_OK;
	return change_fail(c, RBAC_REFUSED,
			   "refused: this host is the authority of the fleet %s, and its members "
			   "would hear nothing more; another host can take its place: %s",
			   self->name, THERE_COMMAND("rbacctl fleet take-over"));
}

/* ---- files ---- */

/* What is in /etc/rbac and did not come from the fleet would count with the next apply. */
static int refuse_other(struct change *c, const struct policy_sources *there)
{
	for (size_t i = 0; i < there->n; i++) {
		const struct policy_text *now = &there->v[i],
					 *of_fleet = policy_sources_find(&c->sources, now->name);
		if (strcmp(now->name, "host.conf") == 0 ||
		    (of_fleet && of_fleet->len == now->len &&
		     memcmp(of_fleet->text, now->text, now->len) == 0))
			continue;
		return change_fail(c, RBAC_REFUSED,
				   "refused: %s/%s is not what the fleet has applied here, and "
				   "would count from the next apply on; move it away first",
				   c->a->etc, now->name);
	}
	return RBAC_OK;
}

static int write_policy(struct change *c, struct new_files *files)
{
	struct policy_sources there = { 0 };
	struct problems problems = { 0 };
	struct buf why = { 0 };
	int err = policy_sources_read_parts(c->a->etc, &there, &problems);

	if (err == RBAC_INVALID) {
		problems_excerpt(&problems, &why);
		change_fail(c, err, "%s cannot be read:\n%s", c->a->etc, buf_text(&why));
	}
	if (!err)
		err = refuse_other(c, &there);
	if (!err && !c->a->dry_run) {
		err = etc_write(c->a->etc, &c->sources, &there, files);
		if (err)
			change_fail(c, err, "%s: the files cannot be written: %s", c->a->etc,
				    err == RBAC_NOMEM ? rbac_error_text(err) : strerror(errno));
	}
	for (size_t i = 0; i < c->sources.n && !err; i++)
		if (!policy_sources_find(&there, c->sources.v[i].name))
			buf_printf(&c->done, "file +%s/%s\n", c->a->etc, c->sources.v[i].name);
	policy_sources_free(&there);
	problems_free(&problems);
	buf_free(&why);
	return err;
}

/* ---- rows ---- */

struct leaving {
	struct change *c;
	uint64_t *ids;
	size_t n, cap;
	uint64_t last;
	struct buf scopes; /* names, each with its NUL: FN of a walk may not write */
	size_t n_scopes;
};

static int on_assignment(void *ctx, const struct store_assignment *a)
{
	struct leaving *x = ctx;

	if (a->id > x->last)
		x->last = a->id;
	if (strcmp(a->source, STORE_SOURCE_FLEET) != 0)
		return RBAC_OK;
	if (!buf_room(&x->ids, x->n, &x->cap, sizeof(*x->ids)))
		return RBAC_NOMEM;
	x->ids[x->n++] = a->id;
	return RBAC_OK;
}

static int on_scope(void *ctx, const char *scope, const struct store_scope *s)
{
	struct leaving *x = ctx;

	if (strcmp(s->source, STORE_SOURCE_FLEET) != 0)
		return RBAC_OK;
	x->n_scopes++;
	buf_put(&x->scopes, scope, strlen(scope) + 1);
	return x->scopes.failed ? RBAC_NOMEM : RBAC_OK;
}

static int own_scopes(struct leaving *x)
{
	struct store_txn *t = &x->c->t;
	struct store_scope s;
	int err = RBAC_OK;

	for (size_t at = 0; at < x->scopes.len && !err;) {
		const char *name = (const char *)x->scopes.p + at;
		err = store_scope_get(t, name, &s);
		if (!err) {
			s.source = "command";
			err = store_scope_put(t, name, &s);
		}
		at += strlen(name) + 1;
	}
	return err;
}

static int own_assignments(struct leaving *x)
{
	struct store_txn *t = &x->c->t;
	struct store_assignment a;
	int err = RBAC_OK;

	for (size_t i = 0; i < x->n && !err; i++) {
		err = store_assignment_get(t, x->ids[i], &a);
		if (!err) {
			a.source = "command";
			err = store_assignment_put(t, &a);
		}
	}
	return err;
}

/* New assignments get numbers behind those of the authority. */
static int own_rows(struct change *c)
{
	struct leaving x = { .c = c };
	uint64_t last = 0;
	int err = store_assignments_all(&c->t, on_assignment, &x);

	if (!err)
		err = store_scopes_all(&c->t, on_scope, &x);
	if (!err)
		err = own_scopes(&x);
	if (!err)
		err = own_assignments(&x);
	if (!err)
		err = store_last_id(&c->t, &last);
	if (!err && x.last > last)
		err = store_last_id_put(&c->t, x.last);
	if (!err)
		err = store_fleet_clear(&c->t);
	buf_printf(&c->done, "%zu assignments and %zu scopes of the fleet are this host's own\n",
		   x.n, x.n_scopes);
	free(x.ids);
	buf_free(&x.scopes);
	return err ? change_store_fail(c, err) : RBAC_OK;
}

int change_fleet_leave(struct change *c, struct new_files *files, char *host)
{
	struct store_fleet self;

	c->verb = "fleet leave";
	int err = fleet_need_root(c);
	if (!err)
		err = need_member(c, &self);
	if (err)
		return err;
	snprintf(host, RBAC_WORD_MAX + 1, "%s", self.host);
	buf_printf(&c->done, "fleet -%s, member %s\n", self.name, self.host);
	err = write_policy(c, files);
	return err ? err : own_rows(c);
}

int fleet_forget(const struct invocation *a, struct buf *why)
{
	struct fleet_path token = fleet_path(a, FLEET_TOKEN_FILE);
	char path[PATH_MAX];

	if (unlink(token.text) != 0) {
		if (errno == ENOENT)
			return RBAC_NOTFOUND;
		buf_printf(why, "%s: it cannot be removed: %s", token.text, strerror(errno));
		return RBAC_SYSTEM;
	}
	for (size_t i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "%.4000s/follow/%s", a->state, i ? "ack" : "sheets");
		unlink(path); /* where it stays, rbac-follow follows, and nothing is taken */
	}
	return RBAC_OK;
}
