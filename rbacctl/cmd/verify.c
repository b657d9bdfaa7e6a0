/* verify, publish, log */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "rbacctl/change/change.h"
#include "rbacctl/cmd/cmd.h"
#include "rbacctl/command.h"
#include "rbacctl/host/doubles.h"
#include "rbacctl/host/zone.h"
#include "rbacctl/access/members.h"
#include "rbacctl/plain_text.h"
#include "rbacctl/host/group_clashes.h"
#include "rbacctl/view/publish.h"
#include "rbacctl/table.h"
#include "rbacctl/store/help.h"

enum { SHOWN = 20 };

struct faults {
	size_t n;
};

static void on_fault(void *ctx, const char *what)
{
	struct faults *f = ctx;
	f->n++;
	printf("FAULT  %s\n", what);
}

static void fault_with_help(struct faults *f, const char *what, const char *command)
{
	char text[COMMAND_MAX + 200];
	snprintf(text, sizeof text, "%s%s", what, command);
	on_fault(f, text);
}

/* Every record of the view, checksums and all; they are checked by reading them. */
static void verify_view(const struct invocation *a, struct faults *f)
{
	struct rbac_view v;
	struct rbac_bytes key = { 0 }, next, rec;
	size_t n = 0;
	int err = rbac_view_open(a->view, RBAC_TRUST_SELF, &v);
	if (err) {
		on_fault(f, "the view cannot be opened");
		printf("       %s: %s; to make it again: %s\n", a->view, rbac_error_text(err),
		       COMMAND("rbacctl publish"));
		return;
	}
	while ((err = rbac_view_next(&v, key, &next, &rec, NULL)) == RBAC_OK) {
		key = next;
		n++;
	}
	if (err != RBAC_NOTFOUND)
		fault_with_help(f, "a record of the view is damaged; to make the view again: ",
				COMMAND("rbacctl publish"));
	printf("view   generation %" PRIu64 ", %zu records\n", v.meta.generation, n);
	rbac_view_release(&v);
}

struct groups_clash {
	const struct snapshot *l;
	int64_t now;
	size_t n;
};

/* What only membership in a Unix group brings about cannot be refused; it is told. */
static int on_user(void *ctx, const char *user)
{
	struct groups_clash *g = ctx;
	struct holdings h;
	struct rules_clash clash = { 0 };
	const struct policy *p = g->l->p;
	struct source source = snapshot_source(g->l);
	int err = source_effective(&source, user, &h);
	if (!err)
		err = rules_exclusive(p, &h, true, g->now, &clash);
	if (err == RBAC_CONFLICT) {
		err = RBAC_OK;
		const struct policy_exclusive *set = &p->exclusives[clash.set];
		struct buf roles = { 0 };
		rules_clash_text(p, &h, true, &clash, &roles);
		printf("WARN   %s holds %s together at %s, against exclusive \"%s\" (%s:%u)\n",
		       user, buf_text(&roles), clash.scope, set->name, set->pos.file,
		       set->pos.line);
		buf_free(&roles);
		g->n++;
	}
	holdings_free(&h);
	return err;
}

static void on_other(void *ctx, int role, const char *text)
{
	if (role >= 0)
		on_fault(ctx, text);
	else
		printf("WARN   %s\n", text);
}

/* Other sources that answer for the groups of roles. */
static void verify_others(const struct invocation *a, struct faults *f)
{
	struct snapshot l;
	struct buf why = { 0 };
	if (snapshot_try(&l, a->view, &why) == RBAC_OK && group_clashes_of_policy(l.p, on_other, f))
		on_fault(
			f,
			"whether other sources have groups with the names of roles cannot be told");
	snapshot_close(&l);
	buf_free(&why);
}

static void verify_groups(const struct invocation *a)
{
	struct snapshot l;
	struct accounts accounts = { 0 };
	struct groups_clash g = { &l, a->now, 0 };
	int err = snapshot_open(&l, a->view);
	if (!err && l.p->n_exclusives) {
		err = members_accounts(&l, NULL, &accounts);
		if (!err)
			err = snapshot_users(&l, on_user, &g);
		if (!err)
			err = members_each(&l, on_user, &g);
		if (err)
			complain("who comes to hold exclusive roles through a Unix "
				 "group cannot be told: %s",
				 rbac_error_text(err));
	}
	accounts_free(&accounts);
	snapshot_close(&l);
}

/* The applied policy, which every change but apply goes by. */
static int verify_applied(struct store_txn *t, struct faults *f)
{
	struct policy_sources s = { 0 };
	struct policy *p = NULL;
	struct buf why = { 0 };
	int err = change_applied(t, &s, &p, &why);
	if (err == RBAC_DAMAGED) {
		fault_with_help(f,
				"the applied policy in the store cannot be "
				"read; to replace it with " RBAC_ETC_DIR ": ",
				COMMAND("rbacctl apply"));
		fputs(buf_text(&why), stdout);
	}
	if (!err && !host_zone_exists(p->zone))
		printf("WARN   this host has no time zone \"%s\" (/usr/share/zoneinfo): "
		       "the view keeps the offsets that it has\n",
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
	if (both)
		on_fault(ctx, text);
	else
		printf("WARN   %s\n", text);
}

static int verify_people(struct store_txn *t, struct faults *f)
{
	struct doubles d = { 0 };
	struct facts passwd = { 0 };
	int err = store_users_all(t, on_recorded, &d);
	if (!err && facts_read_passwd(&passwd))
		printf("WARN   passwd cannot be read: second names of one person "
		       "are not looked for\n");
	else if (!err)
		err = doubles_find(&d, &passwd, on_double, f);
	facts_free(&passwd);
	doubles_free(&d);
	return err;
}

/* ---- the content of the view: what a compile would write now ---- */

struct content {
	struct faults *f;
	size_t n;
};

static void on_difference(void *ctx, enum compare_how how, struct rbac_bytes key)
{
	static const char *const words[] = {
		[COMPARE_DIFFERS] = "differs in the view from what the store and this host say now",
		[COMPARE_MISSING] = "is missing in the view",
		[COMPARE_EXTRA] = "is in the view, and neither the store nor this host has it",
	};
	struct content *c = ctx;
	char name[600], line[800];

	compare_name(key, name, sizeof name);
	snprintf(line, sizeof line, "%s %s", name, words[how]);
	if (c->n++ < SHOWN)
		on_fault(c->f, line);
}

/* RBAC_OK also where it cannot be told; that is a fault. */
static void verify_content(const struct invocation *a, struct store_txn *t, struct faults *f)
{
	struct content c = { .f = f };
	struct rbac_view v;
	struct buf why = { 0 };

	if (rbac_view_open(a->view, RBAC_TRUST_SELF, &v))
		return; /* verify_view says it */
	int err = change_compare(t, &v, on_difference, &c, &why);
	if (err && err != RBAC_NOTFOUND) {
		on_fault(f, "the view cannot be compared with the store");
		fputs(buf_text(&why), stdout);
	}
	if (c.n > SHOWN)
		printf("       and %zu records more\n", c.n - SHOWN);
	if (c.n)
		printf("       users, groups or the time zone of this host have changed, "
		       "or the view was changed; to make it again: %s\n",
		       COMMAND("rbacctl publish"));
	rbac_view_release(&v);
	buf_free(&why);
}

static void verify_standing(const struct invocation *a, struct store_txn *t, struct faults *f)
{
	struct view_judged v;
	struct buf why = { 0 };

	if (change_judge_view(t, a->view, &v) || v.standing == VIEW_BEHIND) {
		fault_with_help(f, "the view does not match the store; to make it again: ",
				COMMAND("rbacctl publish"));
	} else if (v.standing != VIEW_SAME) {
		change_words_older(&v, &why);
		on_fault(f, buf_text(&why));
	} else if (!f->n) {
		verify_content(a, t, f);
	}
	buf_free(&why);
}

static int verify_store(struct invocation *a, struct faults *f, uint64_t *generation)
{
	struct store *s;
	struct store_txn t = { 0 };
	uint64_t bad = 0;
	char text[200];
	int err = store_open(a->store, STORE_READ, &s);
	if (!err)
		err = store_begin(s, &t);
	if (!err)
		err = store_verify(&t, on_fault, f);
	if (!err && store_audit_verify(&t, &bad)) {
		snprintf(text, sizeof text,
			 "the audit chain does not hold at change %" PRIu64
			 ": a record was changed, or is missing",
			 bad);
		on_fault(f, text);
	}
	if (!err)
		err = verify_applied(&t, f);
	if (!err)
		err = verify_people(&t, f);
	if (!err)
		err = store_generation(&t, generation);
	if (err)
		complain("%s%s", store_why(s), STORE_HELP(err));
	else {
		printf("store  generation %" PRIu64 "\n", *generation);
		if (*generation > 0)
			verify_standing(a, &t, f);
	}
	store_abort(&t);
	store_close(s);
	return err;
}

int cmd_verify(struct invocation *a, const struct args *args)
{
	struct faults f = { 0 };
	(void)args;
	uint64_t generation = 0;
	int err = verify_store(a, &f, &generation);
	if (err)
		return cmd_done(exit_of(err));
	if (generation == 0) {
		printf("no policy has been applied yet: %s\n", COMMAND_TO_INIT());
		return cmd_done(f.n ? EXIT_NO : EXIT_DONE);
	}
	verify_view(a, &f);
	verify_others(a, &f);
	verify_groups(a);
	printf("%s\n", f.n ? "NOT sound" : "sound: store, indexes, audit chain and view agree");
	return cmd_done(f.n ? EXIT_NO : EXIT_DONE);
}

/* What other sources say of our groups: it needs attention, and stops nothing. */
static int say_others(const struct change *c, int status)
{
	if (c->others.len == 0)
		return status;
	fflush(stdout);
	fputs(buf_text(&c->others), stderr);
	return c->clash && status == EXIT_DONE ? EXIT_NO : status;
}

static int accept_older(struct invocation *a)
{
	struct change c;
	int err = change_open_to_accept(&c, a);
	if (!err)
		err = change_accept_older(&c);
	return cmd_finish(&c, err);
}

int cmd_publish(struct invocation *a, const struct args *args)
{
	struct change c;
	if (args->value[OPT_ACCEPT_OLDER])
		return accept_older(a);
	int err = change_open_to_publish(&c, a);
	if (!err)
		err = change_publish_now(&c);
	if (!err)
		err = change_ask_others(&c);
	if (!err)
		plain_text_print(buf_text(&c.done));
	if (!err)
		printf("published generation %" PRIu64 "\n", c.committed ? c.change : c.change - 1);
	int others = say_others(&c, EXIT_DONE), status = change_close(&c, err);
	return cmd_done(status ? status : others);
}

/* ---- log ---- */

struct rows {
	const struct invocation *a;
	struct table *t;
};

static void print_lines(const char *text)
{
	struct buf shown = { 0 };

	plain_text_lines(&shown, text);
	for (const char *p = buf_text(&shown); *p;) {
		size_t len = strcspn(p, "\n");
		printf("    %.*s\n", (int)len, p);
		p += len + (p[len] == '\n');
	}
	buf_free(&shown);
}

static void print_words(const char *before, const char *text, const char *behind)
{
	struct buf shown = { 0 };

	plain_text_escape(&shown, text);
	printf("%s%s%s", before, buf_text(&shown), behind);
	buf_free(&shown);
}

static int on_record(void *ctx, const struct store_audit *r)
{
	struct rows *w = ctx;
	char change[32], when[32];
	snprintf(change, sizeof change, "%" PRIu64, r->change);
	policy_time_print(r->when, when);
	if (w->a->json) {
		table_row(w->t, -1,
			  (const char *[]){ change, when, r->actor, r->person, r->verb, r->text });
		return RBAC_OK;
	}
	printf("%s  %s  ", change, when);
	print_words("", r->verb, "");
	print_words("  by ", r->actor, "");
	print_words("  (", r->person, ")\n");
	print_lines(r->text);
	return RBAC_OK;
}

static const struct table_column log_columns[] = {
	{ "CHANGE", "change", TABLE_TEXT }, { "WHEN", "when", TABLE_TEXT },
	{ "ACTOR", "actor", TABLE_TEXT },   { "PERSON", "person", TABLE_TEXT },
	{ "VERB", "verb", TABLE_TEXT },     { "TEXT", "text", TABLE_TEXT },
};

int cmd_log(struct invocation *a, const struct args *args)
{
	struct store *s;
	struct store_txn t = { 0 };
	struct rows w = { a, NULL };
	uint64_t bad = 0;
	int status = EXIT_DONE;
	int err = store_open(a->store, STORE_READ, &s);
	if (!err)
		err = store_begin(s, &t);
	if (!err && a->json)
		w.t = table_new("log", true, log_columns, sizeof log_columns / sizeof *log_columns);
	if (!err)
		err = store_audit_each(&t, 0, on_record, &w);
	if (!err && a->json)
		err = table_print(w.t);
	if (err)
		complain("%s%s", store_why(s), STORE_HELP(err));
	if (!err && args->value[OPT_VERIFY]) {
		int broken = store_audit_verify(&t, &bad);
		fprintf(a->json ? stderr : stdout,
			broken ? "the chain does NOT hold at change %" PRIu64 "\n"
			       : "the chain holds\n",
			bad);
		status = broken ? EXIT_NO : EXIT_DONE;
	}
	table_free(w.t);
	store_abort(&t);
	store_close(s);
	return cmd_done(err ? exit_of(err) : status);
}
