/* A transaction of the store, and what it has written that a view shows. */
#include <stdlib.h>
#include <string.h>

#include "rbacctl/store/journal.h"

int store_begin(struct store *s, struct store_txn *t)
{
	*t = (struct store_txn){ .s = s, .write = s->writable };
	return store_lmdb(s, mdb_txn_begin(s->env, NULL, s->writable ? 0 : MDB_RDONLY, &t->txn),
			  "begin");
}

static void touch(struct store_txn *t, char **v, size_t *n, const char *name)
{
	for (size_t i = 0; i < *n && !t->touched.all; i++)
		if (strcmp(v[i], name) == 0)
			return;
	if (t->touched.all)
		return;
	if (*n < STORE_TOUCHED_MAX && (v[*n] = strdup(name)))
		++*n;
	else
		t->touched.all = true;
}

void store_touch_subject(struct store_txn *t, const char *subject)
{
	touch(t, t->touched.subjects, &t->touched.n_subjects, subject);
}

void store_touch_scope(struct store_txn *t, const char *scope)
{
	touch(t, t->touched.scopes, &t->touched.n_scopes, scope);
}

static void untouch(struct store_txn *t)
{
	for (size_t i = 0; i < t->touched.n_subjects; i++)
		free(t->touched.subjects[i]);
	for (size_t i = 0; i < t->touched.n_scopes; i++)
		free(t->touched.scopes[i]);
	t->touched = (struct store_touched){ 0 };
}

int store_commit(struct store_txn *t)
{
	MDB_txn *txn = t->txn;
	store_let_go(t);
	t->txn = NULL;
	untouch(t);
	journal_forget(t);
	return store_lmdb(t->s, mdb_txn_commit(txn), "commit");
}

void store_abort(struct store_txn *t)
{
	store_let_go(t);
	if (t->txn)
		mdb_txn_abort(t->txn);
	t->txn = NULL;
	untouch(t);
	journal_forget(t);
}
