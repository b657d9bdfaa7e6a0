/*
 * stricter STATE store|both: the policy that is applied becomes one that this rbacctl cannot read:
 * a setting that it does not know, on a line of its own at the end of policy.d. store: in the store
 * alone, as an apply that was killed before its view was there; both: in the view too, as an
 * rbacctl that took the setting would have applied it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sodium.h>

#include "rbacctl/change/change.h"
#include "rbacctl/config/source.h"
#include "rbacctl/view/publish.h"

static const char more[] = "\nnovelty = 1;\n";

static int spoil(struct policy_sources *s)
{
	struct policy_text *t = &s->v[s->n - 1];
	char *text = realloc(t->text, t->len + sizeof more);
	if (!text)
		return RBAC_NOMEM;
	memcpy(text + t->len, more, sizeof more);
	t->text = text;
	t->len += sizeof more - 1;
	return RBAC_OK;
}

static int in_store(const struct invocation *a)
{
	struct store *s;
	struct store_txn t = { 0 };
	struct policy_sources texts = { 0 };
	struct store_audit audit = {
		.when = a->now, .actor = "root", .person = "root", .verb = "apply", .text = ""
	};
	uint64_t applied = 0;
	int err = store_open(a->store, STORE_CHANGE, &s);
	if (!err)
		err = store_begin(s, &t);
	if (!err)
		err = store_number_get(&t, "applied", &applied);
	if (!err)
		err = store_texts_get(&t, 0, &texts);
	if (!err)
		err = spoil(&texts);
	if (!err)
		err = store_texts_put(&t, applied, &texts);
	if (!err)
		err = store_audit_append(&t, &audit);
	if (!err)
		err = store_commit(&t);
	policy_sources_free(&texts);
	store_abort(&t);
	store_close(s);
	return err;
}

static int in_both(struct invocation *a)
{
	struct change c;
	int err = change_open(&c, a, false);
	if (!err)
		err = spoil(&c.sources);
	if (!err)
		err = store_texts_put(&c.t, c.change, &c.sources);
	c.verb = "apply";
	if (!err)
		err = change_commit(&c);
	return change_close(&c, err);
}

int main(int argc, char **argv)
{
	struct invocation a = { .as = "root", .now = time(NULL) };
	if (argc != 3 || sodium_init() < 0)
		return 2;
	a.etc = a.state = argv[1];
	snprintf(a.store, sizeof a.store, "%s/store", argv[1]);
	publish_view_path(argv[1], a.view, sizeof a.view);
	return strcmp(argv[2], "both") == 0 ? in_both(&a) : in_store(&a);
}
