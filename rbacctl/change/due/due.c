/* What time brings is written down, and what became of it. */
#include "rbacctl/change/due/due.h"

#include <stdlib.h>
#include <string.h>

#include "rbacctl/change/due/exempt.h"
#include "rbacctl/change/internal.h"

/* ---- write down ---- */

struct old {
	struct due_list l;
	int64_t before;
};

static int on_old(void *ctx, const struct store_notice *n)
{
	struct old *o = ctx;

	if (n->made < o->before)
		due_list_add(&o->l, n);
	return RBAC_OK;
}

/* What is too old goes; that somebody was never told is in the log then. */
static int drop_old(struct change *c)
{
	struct old o = { .before = c->a->now - DUE_KEEP };
	int err = store_notices_all(&c->t, on_old, &o);

	for (size_t i = 0; i < o.l.n && !err && !o.l.failed; i++) {
		const struct store_notice *n = &o.l.v[i];
		if (n->left)
			buf_printf(&c->done, "never told %s: %s: %s\n", n->person, n->text, n->why);
		err = store_notice_del(&c->t, n);
	}
	bool failed = o.l.failed;
	due_list_free(&o.l);
	return err      ? change_store_fail(c, err)
	       : failed ? change_fail(c, RBAC_NOMEM, "out of memory")
			: RBAC_OK;
}

static int write_all(struct change *c, const struct due_list *l)
{
	int err = RBAC_OK;

	for (size_t i = 0; i < l->n && !err; i++) {
		const struct store_notice *n = &l->v[i];
		err = store_notice_put(&c->t, n);
		buf_printf(&c->done, "tell %s: %s\n", n->person, n->text);
	}
	if (!err)
		err = store_number_put(&c->t, "due_time", (uint64_t)c->a->now);
	if (!err)
		err = store_number_put(&c->t, "due_change", c->change);
	return err ? change_store_fail(c, err) : RBAC_OK;
}

int change_due(struct change *c, const struct exempt_uses *found)
{
	struct due_list l;
	bool stale;

	size_t uses = 0;

	c->verb = "due";
	int err = change_due_find(c, &l, &stale);
	if (!err)
		err = change_exempt_new(c, found, &uses);
	c->nothing = l.n == 0 && !stale && !uses;
	if (!err && !c->nothing)
		err = drop_old(c);
	if (!err && !c->nothing)
		err = write_all(c, &l);
	if (!err && uses)
		err = change_exempt_record(c, found);
	if (!err && stale)
		buf_printf(&c->done, "the clock was set back\n");
	due_list_free(&l);
	return err;
}

int change_due_settle(struct change *c)
{
	struct due_list l;
	uint64_t last;
	bool stale;
	int err = store_number_get(&c->t, "due_time", &last);

	if (err)
		return err == RBAC_NOTFOUND ? RBAC_OK : change_store_fail(c, err);
	err = change_due_find(c, &l, &stale);
	if (!err && l.n)
		err = write_all(c, &l);
	due_list_free(&l);
	return err;
}

/* ---- look ---- */

struct looking {
	struct due_list *out;
	int64_t now;
};

static int on_notice(void *ctx, const struct store_notice *n)
{
	struct looking *l = ctx;

	/* A clock that was set back delays nothing. */
	if (n->left && (n->next <= l->now || n->made > l->now))
		due_list_add(l->out, n);
	return RBAC_OK;
}

int change_due_look(struct change *c, struct invocation *a, const struct exempt_uses *found,
		    bool *make, struct due_list *out)
{
	struct due_list new;
	bool stale;
	struct looking l = { out, a->now };
	size_t n, uses = 0;

	*make = false;
	*out = (struct due_list){ 0 };
	int err = change_open_to_look(c, a);
	if (err)
		return err;
	err = change_due_find(c, &new, &stale);
	n = new.n;
	due_list_free(&new);
	if (!err)
		err = change_exempt_new(c, found, &uses);
	*make = n || stale || uses;
	if (!err) {
		err = store_notices_all(&c->t, on_notice, &l);
		if (err)
			change_store_fail(c, err);
	}
	store_abort(&c->t); /* to tell may take its time, and an open transaction keeps pages */
	return !err && out->failed ? change_fail(c, RBAC_NOMEM, "out of memory") : err;
}

static int on_failed(void *ctx, const struct store_notice *n)
{
	if (n->left && n->tries >= NOTICE_TRIES)
		due_list_add(ctx, n);
	return RBAC_OK;
}

int due_failed(const char *store, struct due_list *out)
{
	struct store *s = NULL;
	struct store_txn t = { 0 };
	int err = store_open_to_read(store, &s, &t);

	*out = (struct due_list){ 0 };
	if (!err)
		err = store_notices_all(&t, on_failed, out);
	store_abort(&t);
	store_close(s);
	return !err && out->failed ? RBAC_NOMEM : err;
}

/* ---- when did it begin ---- */

struct began {
	const char *role;
	int64_t from;
	bool moved;
};

static int on_window(void *ctx, const struct store_assignment *a)
{
	struct began *b = ctx;
	int64_t from = a->from > a->when ? a->from : a->when;

	if (strcmp(a->role, b->role) == 0 && a->until >= b->from && from < b->from) {
		b->from = from;
		b->moved = true;
	}
	return RBAC_OK;
}

int64_t due_began(const char *store, const char *person, const char *role, int64_t end)
{
	struct store *s = NULL;
	struct store_txn t = { 0 };
	struct began b = { role, end, true };
	int err = store_open(store, STORE_READ, &s);

	if (!err)
		err = store_begin(s, &t);
	while (!err && b.moved) {
		b.moved = false;
		err = store_assignments_of(&t, person, on_window, &b);
	}
	store_abort(&t);
	store_close(s);
	return err || b.from == end ? 0 : b.from;
}

/* ---- what became of it ---- */

int change_due_record(struct change *c, const struct due_list *l)
{
	int err = RBAC_OK;

	c->verb = "due";
	c->nothing = l->n == 0;
	for (size_t i = 0; i < l->n && !err; i++) {
		const struct store_notice *n = &l->v[i];
		err = store_notice_put(&c->t, n);
		buf_printf(&c->done, "%s%s", n->left ? "not " : "",
			   n->kind == NOTICE_SESSIONS ? "ended of" : "told");
		buf_printf(&c->done, " %s: %s", n->person, notice_word(n->kind));
		if (n->role[0])
			buf_printf(&c->done, ", %s at %s", n->role, n->scope);
		if (n->left)
			buf_printf(&c->done, ": try %u of %d", n->tries, NOTICE_TRIES);
		if (n->why[0])
			buf_printf(&c->done, ": %s", n->why);
		buf_printf(&c->done, "\n");
	}
	return err ? change_store_fail(c, err) : RBAC_OK;
}
