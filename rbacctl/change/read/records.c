#include "rbacctl/change/read/records.h"

#include <stdio.h>
#include <string.h>

#include "common/error.h"
#include "rbacctl/store/help.h"
#include "rbacctl/store/holdings.h"
#include "rbacctl/store/request.h"
#include "rbacctl/store/rows.h"

/* The store, open for reading. To be closed with close_store() whatever open_store() returns. */
struct reading {
	struct store *s;
	struct store_txn t;
};

static int open_store(const char *store, struct reading *r)
{
	*r = (struct reading){ 0 };
	return store_open_to_read(store, &r->s, &r->t);
}

static int close_store(struct reading *r, int err, struct buf *why)
{
	if (err)
		buf_printf(why, "%s%s", store_why(r->s), STORE_HELP(err));
	store_abort(&r->t);
	store_close(r->s);
	return err;
}

/* ---- assignments ---- */

struct telling {
	struct policy_sources sources;
	struct policy *p; /* NULL: it cannot be read; then nothing is told of reviews */
	records_assignment_fn *fn;
	void *ctx;
};

static int tell(void *ctx, const struct store_assignment *a)
{
	const struct telling *l = ctx;
	struct records_review v = { RBAC_TIME_MAX, a->until };
	int role = l->p ? policy_role_find(l->p, a->role) : -1;

	if (role >= 0) {
		v.due = policy_review_due(&l->p->roles[role], store_review_since(a));
		v.ends = store_window(&l->p->roles[role], a).until;
	}
	return l->fn(l->ctx, a, &v);
}

static void read_policy(struct reading *r, struct telling *l)
{
	struct buf unsaid = { 0 };

	if (change_applied(&r->t, &l->sources, &l->p, &unsaid)) {
		policy_free(l->p);
		l->p = NULL;
	}
	buf_free(&unsaid);
}

static void forget_policy(struct telling *l)
{
	policy_free(l->p);
	policy_sources_free(&l->sources);
}

int records_assignments(const char *store, records_assignment_fn *fn, void *ctx, struct buf *why)
{
	struct reading r;
	struct telling l = { .fn = fn, .ctx = ctx };
	int err = open_store(store, &r);
	if (!err) {
		read_policy(&r, &l);
		err = store_assignments_all(&r.t, tell, &l);
	}
	err = close_store(&r, err, why);
	forget_policy(&l);
	return err;
}

/* Two lists by rising ids, beside each other: the assignments of now, and the rows that were
 * otherwise after the change, AFTER what they were. */
struct as_it_was {
	struct store_rows rows;
	size_t at; /* of ROWS: those before it have been told, or are no assignments */
	struct telling *l;
};

static int tell_row(struct as_it_was *w, const struct store_row *row)
{
	struct store_assignment a;

	if (!row->after.mv_data)
		return RBAC_OK;
	return store_assignment_decode(&row->key, &row->after, &a) ? RBAC_DAMAGED : tell(w->l, &a);
}

/* Those with ids below END. */
static int tell_rows(struct as_it_was *w, uint64_t end)
{
	int err = RBAC_OK;

	for (; w->at < w->rows.n && !err; w->at++) {
		const struct store_row *row = &w->rows.v[w->at];
		if (row->table != T_ASSIGN || row->key.mv_size != 8)
			continue;
		if (store_from_be64(row->key.mv_data) >= end)
			break;
		err = tell_row(w, row);
	}
	return err;
}

static int on_assignment_now(void *ctx, const struct store_assignment *a)
{
	struct as_it_was *w = ctx;
	int err = tell_rows(w, a->id);

	if (err)
		return err;
	if (w->at < w->rows.n && w->rows.v[w->at].table == T_ASSIGN &&
	    store_from_be64(w->rows.v[w->at].key.mv_data) == a->id)
		return tell_row(w, &w->rows.v[w->at++]);
	return tell(w->l, a);
}

int records_assignments_as_of(const char *store, uint64_t change, records_assignment_fn *fn,
			      void *ctx, struct buf *why)
{
	struct reading r;
	struct telling l = { .fn = fn, .ctx = ctx };
	struct as_it_was w = { .l = &l };
	uint64_t generation = 0;
	int err = open_store(store, &r);

	if (!err)
		err = store_generation(&r.t, &generation);
	if (!err)
		err = store_rows_between(&r.t, change, generation, &w.rows);
	store_rows_invert(&w.rows);
	if (!err) {
		read_policy(&r, &l);
		err = store_assignments_all(&r.t, on_assignment_now, &w);
	}
	if (!err)
		err = tell_rows(&w, UINT64_MAX);
	store_rows_free(&w.rows);
	err = close_store(&r, err, why);
	forget_policy(&l);
	return err;
}

int records_assignment(const char *store, uint64_t id, records_assignment_fn *fn, void *ctx)
{
	struct reading r;
	struct store_assignment x;
	struct telling l = { .fn = fn, .ctx = ctx };
	struct buf unsaid = { 0 };
	int err = open_store(store, &r);
	if (!err) {
		read_policy(&r, &l);
		err = store_assignment_get(&r.t, id, &x);
	}
	if (!err)
		err = tell(&l, &x);
	err = close_store(&r, err, &unsaid);
	forget_policy(&l);
	buf_free(&unsaid);
	return err;
}

/* ---- the log ---- */

struct filtering {
	struct reading *r;
	const struct records_filter *f;
	records_log_fn *fn;
	void *ctx;
	bool found;  /* a row of this change is one that is asked for */
	bool worded; /* it has rows that its text tells, or none */
};

static bool same(const char *wanted, const char *is)
{
	return !wanted || strcmp(wanted, is) == 0;
}

static bool is_subject(const struct records_filter *f, const char *is)
{
	return same(f->subject, is) || (f->subject_typed && strcmp(f->subject_typed, is) == 0);
}

static bool is_by(const struct records_filter *f, const char *actor)
{
	return same(f->by, actor) || (f->by_typed && strcmp(f->by_typed, actor) == 0);
}

static bool is_assignment(const struct records_filter *f, const MDB_val *key, const MDB_val *value)
{
	struct store_assignment a;

	return value->mv_data && store_assignment_decode(key, value, &a) == RBAC_OK &&
	       is_subject(f, a.subject) && same(f->role, a.role) && same(f->scope, a.scope);
}

static bool is_scope(const struct records_filter *f, const char *name, const MDB_val *value)
{
	struct store_scope s;

	return !f->role && value->mv_data && store_scope_decode(value, &s) == RBAC_OK &&
	       same(f->scope, name) && is_subject(f, s.owner);
}

static bool is_request(const struct records_filter *f, const MDB_val *key, const MDB_val *value)
{
	struct store_request r;

	return value->mv_data && store_request_decode(key, value, &r) == RBAC_OK &&
	       (is_subject(f, r.user) || is_subject(f, r.asker)) && same(f->role, r.role) &&
	       same(f->scope, r.scope);
}

static int on_row(void *ctx, const struct store_row *row)
{
	struct filtering *x = ctx;
	const struct records_filter *f = x->f;
	char name[512];

	x->worded = row->table == T_REQUEST || (x->worded && row->table == T_PENDING);
	snprintf(name, sizeof(name), "%.*s", (int)row->key.mv_size, (const char *)row->key.mv_data);
	if (row->table == T_ASSIGN)
		x->found |= is_assignment(f, &row->key, &row->before) ||
			    is_assignment(f, &row->key, &row->after);
	else if (row->table == T_SCOPE)
		x->found |= is_scope(f, name, &row->before) || is_scope(f, name, &row->after);
	else if (row->table == T_REQUEST)
		x->found |= is_request(f, &row->key, &row->before) ||
			    is_request(f, &row->key, &row->after);
	else if (row->table == T_USER)
		x->found |= !f->role && !f->scope && is_subject(f, name);
	return RBAC_OK;
}

/* WORD, which may have a sign before it, is one of TEXT. */
static bool has_word(const char *text, const char *word)
{
	size_t len = word ? strlen(word) : 0;

	for (const char *p = text; len && (p = strstr(p, word)); p++)
		if ((p == text || strchr(" +-?\n", p[-1])) && strchr(" :\n", p[len]))
			return true;
	return !len;
}

static int on_filtered(void *ctx, const struct store_audit *a)
{
	struct filtering *x = ctx;
	const struct records_filter *f = x->f;

	if ((f->change && a->change != f->change) || (f->since && a->when < f->since) ||
	    (f->until && a->when >= f->until) || !is_by(f, a->actor))
		return RBAC_OK;
	x->found = !f->subject && !f->role && !f->scope;
	x->worded = true;
	int err = x->found ? RBAC_OK : store_journal_each(&x->r->t, a->change, on_row, x);
	if (err == RBAC_NOTFOUND || (!err && !x->found && x->worded)) {
		x->found = (has_word(a->text, f->subject) ||
			    (f->subject_typed && has_word(a->text, f->subject_typed))) &&
			   has_word(a->text, f->role) && has_word(a->text, f->scope);
		err = RBAC_OK;
	}
	return err || !x->found ? err : x->fn(x->ctx, a);
}

int records_log(const char *store, const struct records_filter *filter, records_log_fn *fn,
		void *ctx, struct records_chain *chain, struct buf *why)
{
	struct reading r;
	struct filtering x = { .r = &r, .f = filter, .fn = fn, .ctx = ctx };
	int err = open_store(store, &r);
	if (!err)
		err = store_audit_each(&r.t, 0, filter ? on_filtered : fn,
				       filter ? (void *)&x : ctx);
	if (!err && chain)
		chain->broken = store_audit_verify(&r.t, &chain->at) != RBAC_OK;
	return close_store(&r, err, why);
}

int records_head(const char *store, uint64_t *generation, uint8_t hash[STORE_HASH], struct buf *why)
{
	struct reading r;
	int err = open_store(store, &r);
	if (!err)
		err = store_generation(&r.t, generation);
	if (!err)
		err = store_audit_head(&r.t, hash);
	return close_store(&r, err, why);
}

int records_state(const struct invocation *a, struct records_state *out, struct buf *why)
{
	struct reading r;
	*out = (struct records_state){ .judged = { .history = VIEW_SAME } };
	int err = open_store(a->store, &r);
	if (!err)
		err = store_generation(&r.t, &out->generation);
	if (!err)
		err = change_judge_settled(&r.t, a->view, &out->judged);
	if (!err)
		err = unconfirmed_read(&r.t, a->now, &out->unconfirmed);
	return close_store(&r, err, why);
}
