#include "rbacctl/change/read/verify.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "rbacctl/access/members.h"
#include "rbacctl/access/rules.h"
#include "rbacctl/change/change.h"
#include "rbacctl/change/undo/log_prune.h"
#include "rbacctl/change/read/repair_rows.h"
#include "rbacctl/command.h"
#include "rbacctl/complain.h"
#include "rbacctl/config/source.h"
#include "rbacctl/host/people/doubles.h"
#include "rbacctl/host/people/group_clashes.h"
#include "rbacctl/host/time/zone.h"
#include "rbacctl/store/help.h"
#include "rbacctl/store/journal.h"

enum { SHOWN = 20 };

static void on_fault(void *ctx, const char *what)
{
	verify_say(ctx, VERIFY_FAULT, "%s", what);
}

/* ---- the view by itself ---- */

/* Every record of the view, checksums and all; they are checked by reading them. */
static void check_records(struct verify *v, const char *path)
{
	struct rbac_view view;
	struct rbac_bytes key = { 0 }, next, rec;
	size_t n = 0;
	int err = rbac_view_open(path, RBAC_TRUST_SELF, &view);
	if (err) {
		verify_say(v, VERIFY_FAULT, "the view cannot be opened");
		verify_say(v, VERIFY_MORE, "%s: %s; to make it again: %s", path,
			   rbac_error_text(err), COMMAND("rbacctl publish"));
		return;
	}
	while ((err = rbac_view_next(&view, key, &next, &rec, NULL)) == RBAC_OK) {
		key = next;
		n++;
	}
	if (err != RBAC_NOTFOUND)
		verify_say(v, VERIFY_FAULT,
			   "a record of the view is damaged; to make the view again: %s",
			   COMMAND("rbacctl publish"));
	verify_say(v, VERIFY_VIEW, "generation %" PRIu64 ", %zu records", view.meta.generation, n);
	rbac_view_release(&view);
}

struct groups_clash {
	struct verify *v;
	const struct snapshot *snap;
	int64_t now;
};

/* What only membership in a Unix group brings about cannot be refused; it is told. */
static int on_user(void *ctx, const char *user)
{
	struct groups_clash *g = ctx;
	struct holdings h;
	struct rules_clash clash = { 0 };
	const struct policy *p = g->snap->p;
	struct source source = snapshot_source(g->snap);
	int err = source_effective(&source, user, &h);
	if (!err)
		err = rules_exclusive(p, &h, true, g->now, &clash);
	if (err == RBAC_CONFLICT) {
		err = RBAC_OK;
		const struct policy_exclusive *set = &p->exclusives[clash.set];
		struct buf roles = { 0 };
		rules_clash_text(p, &h, true, &clash, &roles);
		verify_say(g->v, VERIFY_WARNING,
			   "%s holds %s together at %s, against exclusive \"%s\" (%s:%u)", user,
			   buf_text(&roles), clash.scope, set->name, set->pos.file, set->pos.line);
		buf_free(&roles);
	}
	holdings_free(&h);
	return err;
}

static void on_other(void *ctx, int role, const struct group_clash *clash)
{
	verify_say(ctx, role >= 0 ? VERIFY_FAULT : VERIFY_WARNING, "%s", clash->text);
}

/* Other sources that answer for the groups of roles. */
static void check_others(struct verify *v, const struct invocation *a)
{
	struct snapshot snap;
	struct buf why = { 0 };
	if (snapshot_try(&snap, a->view, &why) == RBAC_OK &&
	    group_clashes_of_policy(snap.p, on_other, v))
		verify_say(v, VERIFY_FAULT,
			   "cannot find out whether other sources have groups with the names "
			   "of roles");
	snapshot_close(&snap);
	buf_free(&why);
}

static void check_exclusive(struct verify *v, const struct invocation *a)
{
	struct snapshot snap;
	struct accounts accounts = { 0 };
	struct groups_clash g = { v, &snap, a->now };
	int err = snapshot_open(&snap, a->view);
	if (!err && snap.p->n_exclusives) {
		err = members_accounts(&snap, NULL, &accounts);
		if (!err)
			err = snapshot_users(&snap, on_user, &g);
		if (!err)
			err = members_each(&snap, on_user, &g);
		if (err)
			complain("the users who hold exclusive roles through a Unix "
				 "group cannot be determined: %s",
				 rbac_error_text(err));
	}
	accounts_free(&accounts);
	snapshot_close(&snap);
}

void verify_view(struct verify *v, const struct invocation *a)
{
	check_records(v, a->view);
	check_others(v, a);
	check_exclusive(v, a);
}

/* ---- the store ---- */

/* The applied policy, which every change but apply goes by. */
static int check_applied(struct verify *v, struct store_txn *t)
{
	struct policy_sources s = { 0 };
	struct policy *p = NULL;
	struct buf why = { 0 };
	int err = change_applied(t, &s, &p, &why);
	if (err == RBAC_DAMAGED) {
		verify_say(v, VERIFY_FAULT,
			   "the applied policy in the store cannot be read; "
			   "to replace it with " RBAC_ETC_DIR ": %s",
			   COMMAND("rbacctl apply"));
		verify_say(v, VERIFY_LINES, "%s", buf_text(&why));
	}
	if (!err && !host_zone_exists(p->zone))
		verify_say(v, VERIFY_WARNING,
			   "this host has no time zone \"%s\" (/usr/share/zoneinfo): "
			   "the view keeps the offsets that it has",
			   p->zone ? p->zone : "/etc/localtime");
	policy_free(p);
	policy_sources_free(&s);
	buf_free(&why);
	return err == RBAC_DAMAGED || err == RBAC_NOTFOUND ? RBAC_OK : err;
}

/* ---- two names of one person ---- */

static int on_recorded(void *ctx, const char *name, const struct store_user *u)
{
	return doubles_add(ctx, name, u->uid);
}

/* What both hold has to be made one; a second name in passwd holds nothing, and is told. */
static void on_double(void *ctx, const char *text, bool both)
{
	verify_say(ctx, both ? VERIFY_FAULT : VERIFY_WARNING, "%s", text);
}

static int check_people(struct verify *v, struct store_txn *t)
{
	struct doubles d = { 0 };
	struct facts passwd = { 0 };
	int err = store_users_all(t, on_recorded, &d);
	if (!err && facts_read_passwd(&passwd))
		verify_say(v, VERIFY_WARNING,
			   "passwd cannot be read: second names of one person are not looked for");
	else if (!err)
		err = doubles_find(&d, &passwd, on_double, v);
	facts_free(&passwd);
	doubles_free(&d);
	return err;
}

/* ---- the journal ---- */

struct journal_faults {
	struct verify *v;
	size_t n;
};

static void on_journal(void *ctx, const char *what)
{
	struct journal_faults *f = ctx;

	if (f->n++ < SHOWN)
		verify_say(f->v, VERIFY_FAULT, "%s", what);
}

/* The journal from the baseline on, against the tables. *LOG_CHANGED: faults of the journal itself.
 */
static int check_journal(struct verify *v, struct store_txn *t, bool *log_changed)
{
	struct journal_faults f = { .v = v };
	struct journal_found found = { 0 };
	int err = store_journal_compare(t, on_journal, &f, &found);

	if (f.n > SHOWN)
		verify_say(v, VERIFY_MORE, "and %zu more", f.n - SHOWN);
	if (f.n)
		verify_say(v, VERIFY_MORE,
			   "something else wrote to the store; the view stays in force");
	*log_changed = found.unsound > 0;
	return err;
}

static void say_what_helps(struct verify *v, const struct invocation *a, bool log_changed)
{
	struct buf lines = { 0 };

	if (log_changed) {
		repair_log_changed_text(a, &lines);
		verify_say(v, VERIFY_MORE, "%s", buf_text(&lines));
	} else if (v->faults) {
		verify_say(v, VERIFY_MORE, "to restore what the log says: %s",
			   COMMAND("rbacctl verify --repair --as root"));
	}
	buf_free(&lines);
}

/* Since when the log goes back, and who has signed what it begins with. */
static int check_baseline(struct verify *v, const struct invocation *a, struct store_txn *t)
{
	struct store_baseline b;
	char key[2 * BASELINE_PUBLIC + 1];
	int err = store_baseline_get(t, &b);

	if (err || !b.pruned)
		return err;
	for (size_t i = 0; i < sizeof(b.public); i++)
		snprintf(key + 2 * i, 3, "%02x", b.public[i]);
	enum log_signed is = log_prune_signed(a, &b);
	verify_say(v, VERIFY_STORE,
		   "log pruned up to change %" PRIu64 "; its baseline is signed by key %s",
		   b.change, key);
	if (is == LOG_FORGED)
		verify_say(v, VERIFY_FAULT, "the signature of the baseline is not that of its key");
	else if (is == LOG_OTHER_KEY)
		verify_say(v, VERIFY_WARNING, "the key of this host (%s/log.key) is another one",
			   a->store);
	else if (is == LOG_NO_KEY)
		verify_say(
			v, VERIFY_WARNING,
			"that key is not on this host: compare it with the one that you have kept");
	return RBAC_OK;
}

/* The tables and the log; then what helps where they are at fault. */
static int check_rows(struct verify *v, const struct invocation *a, struct store_txn *t)
{
	uint64_t bad = 0;
	bool log_changed = false;
	verify_step(v, "the tables of the store");
	int err = store_verify(t, on_fault, v);

	if (err == RBAC_DAMAGED) {
		verify_say(v, VERIFY_FAULT, "%s", store_why(t->s));
		err = RBAC_OK;
	}
	verify_step(v, "the journal");
	if (!err)
		err = check_journal(v, t, &log_changed);
	verify_step(v, "the audit chain");
	if (!err && store_audit_verify(t, &bad)) {
		verify_say(v, VERIFY_FAULT,
			   "the audit chain does not hold at change %" PRIu64
			   ": a record was changed, or is missing",
			   bad);
		log_changed = true;
	}
	if (!err)
		say_what_helps(v, a, log_changed);
	return err;
}

static int check_store(struct verify *v, const struct invocation *a, struct store_txn *t)
{
	int err = check_rows(v, a, t);

	if (!err)
		err = check_baseline(v, a, t);
	if (!err)
		err = check_applied(v, t);
	return err ? err : check_people(v, t);
}

int verify_store(struct verify *v, const struct invocation *a, uint64_t *generation,
		 struct buf *why)
{
	struct store *s;
	struct store_txn t = { 0 };
	int err = store_open_to_read(a->store, &s, &t);
	if (!err)
		err = check_store(v, a, &t);
	if (!err)
		err = store_generation(&t, generation);
	if (err) {
		buf_printf(why, "%s%s", store_why(s), STORE_HELP(err));
	} else {
		verify_say(v, VERIFY_STORE, "generation %" PRIu64, *generation);
		verify_step(v, "what a compile would write now");
		if (*generation > 0)
			verify_history(v, a->view, &t);
	}
	store_abort(&t);
	store_close(s);
	return err;
}
