/* diff, apply */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rbacctl/access/expects.h"
#include "rbacctl/access/snapshot.h"
#include "rbacctl/change/change.h"
#include "rbacctl/cmd/cmd.h"
#include "rbacctl/command.h"
#include "rbacctl/config/source.h"
#include "rbacctl/host/people/canonical.h"
#include "rbacctl/host/etc/etc.h"
#include "rbacctl/model/difference.h"
#include "rbacctl/plain_text.h"

/* What was in force before: its view, and the lines why that cannot be compared with another. */
struct before {
	struct snapshot snap;
	struct buf why;
};

/* What would change in the store: scopes and assignments that stand in files. */
static void say_store(const struct change *c)
{
	struct buf shown = { 0 };
	plain_text_lines(&shown, buf_text(&c->done));
	const char *p = buf_text(&shown);
	for (size_t len; *p; p += len + (p[len] == '\n')) {
		len = strcspn(p, "\n");
		if (strncmp(p, "file ", 5) != 0)
			printf("store: %.*s\n", (int)len, p);
	}
	buf_free(&shown);
}

/* Open for an apply of P (change_open_to_apply): passwd is asked for whom P names before the lock
 * is taken. */
static int open_to_apply(struct change *c, struct invocation *a, const struct policy *p)
{
	char **names;
	size_t n;
	if (canonical_names(p, &names, &n) == RBAC_OK) {
		a->names = names;
		a->n_names = n;
	}
	a->groups_of = p;
	int err = change_open_to_apply(c, a);
	a->groups_of = NULL;
	a->names = NULL;
	a->n_names = 0;
	free(names);
	return err;
}

/* Try to apply, and roll back: says whom it would touch, or why it would be refused. Takes over S
 * and P. */
static int diff_effects(struct invocation *a, struct policy_sources *s, struct policy *p,
			const struct buf *settings, bool *differ)
{
	struct change c;
	struct expects tests = { 0 };
	a->dry_run = a->tries_apply = true;
	int err = open_to_apply(&c, a, p);
	if (!err)
		err = cmd_tests(a, &tests);
	c.tests = &tests;
	if (err)
		policy_free(p);
	else {
		*differ |= !policy_sources_equal(&c.sources, s);
		err = change_apply(&c, s, p, false, NULL);
	}
	err = cmd_commit(&c, err);
	if (!err) {
		if (!a->json)
			say_store(&c);
		cmd_impact(&c, buf_text(settings));
		cmd_report(&c);
	}
	expects_free(&tests);
	return change_close(&c, err);
}

/* What is applied, for diff: a policy that cannot be read is no reason not to say whether the new
 * one would do. */
static int snapshot_before(const struct invocation *a, struct before *before)
{
	int err = snapshot_try(&before->snap, a->view, &before->why);
	if (!err || before->snap.open)
		return RBAC_OK;
	snapshot_close(&before->snap);
	return snapshot_open(&before->snap, a->view); /* says it, with what would help */
}

/* What the policies differ in, a line each, into LINES. */
static bool diff_settings(const struct invocation *a, const struct before *before,
			  const struct policy *p, struct buf *lines)
{
	bool differ = !before->snap.p || difference_policies(before->snap.p, p, lines) > 0;
	if (lines->failed)
		complain("out of memory: what differs cannot be printed");
	if (!a->json)
		printf("%s against what is applied (generation %" PRIu64 ")\n%s", a->etc,
		       before->snap.v.meta.generation, buf_text(lines));
	return differ;
}

/* Without root the store cannot be read: what the policies say is all that can be told. */
static void diff_unread(const struct invocation *a, const struct before *before,
			const struct buf *lines)
{
	fputs(buf_text(&before->why), a->json ? stderr : stdout);
	if (a->json)
		cmd_impact(NULL, buf_text(lines));
}

int cmd_diff(struct invocation *a, const struct args *args)
{
	struct policy_sources s = { 0 };
	struct policy *p;
	struct before before = { 0 };
	struct buf lines = { 0 };
	bool differ = false, readable = access(a->store, R_OK | X_OK) == 0;
	if (args->n > 0)
		return cmd_diff_changes(a, args);
	int err = etc_load(a, &s, &p);
	int status = err == RBAC_INVALID ? EXIT_NO : exit_of(err);
	if (!err)
		status = exit_of(snapshot_before(a, &before));
	if (!status)
		differ = diff_settings(a, &before, p, &lines);
	if (!status && !readable)
		diff_unread(a, &before, &lines);
	if (!status && readable)
		status = diff_effects(a, &s, p, &lines, &differ);
	else
		policy_free(p);
	snapshot_close(&before.snap);
	buf_free(&before.why);
	buf_free(&lines);
	policy_sources_free(&s);
	if (!status && !a->json)
		printf("%s%s\n",
		       differ ? "Nothing changed yet. To put it in force: " : "no difference",
		       differ ? COMMAND("rbacctl apply") : "");
	return cmd_done(status ? status : differ ? EXIT_NO : EXIT_DONE);
}

static void say_nothing(const struct change *c)
{
	printf("%s is what is applied (generation %" PRIu64 "): nothing to do\n", c->a->etc,
	       c->change - 1);
}

static void say_applied(const struct change *c)
{
	if (c->a->dry_run)
		printf("would be applied (--dry-run):\n");
	plain_text_print(buf_text(&c->done));
	if (!c->a->dry_run)
		printf("applied: change %" PRIu64 ", by %s\n", c->change, c->a->actor.name);
}

/*
 * /etc was read before the lock was taken, which may have taken long: where the files are others by
 * now, read and check them anew, so that what is applied is what stands there at that moment.
 */
static int load_etc_again(const struct invocation *a, struct policy_sources *s, struct policy **p)
{
	struct policy_sources now = { 0 };
	struct problems problems = { 0 };
	int err = policy_sources_read(a->etc, &now, &problems);
	bool same = !err && policy_sources_equal(&now, s);
	policy_sources_free(&now);
	problems_free(&problems);
	if (same)
		return RBAC_OK;
	policy_free(*p);
	policy_sources_free(s);
	return etc_load(a, s, p);
}

int cmd_apply(struct invocation *a, const struct args *args)
{
	struct change c;
	struct policy_sources s = { 0 };
	struct policy *p;
	struct expects tests = { 0 };
	int err = etc_load(a, &s, &p);
	int tests_err = cmd_tests(a, &tests);
	if (!err && tests_err)
		policy_free(p);
	err = err ? err : tests_err;
	if (err) {
		expects_free(&tests);
		policy_sources_free(&s);
		return err == RBAC_INVALID ? EXIT_NO : exit_of(err);
	}
	err = open_to_apply(&c, a, p);
	c.tests = &tests;
	if (!err)
		err = load_etc_again(a, &s, &p);
	if (err == RBAC_INVALID && !c.message.len)
		buf_printf(&c.message,
			   "%s was changed while this command waited for another "
			   "change, and has errors now",
			   a->etc);
	bool nothing = !err && !c.unread.len && policy_sources_equal(&c.sources, &s);
	c.nothing = nothing;
	if (err || nothing)
		policy_free(p);
	if (!err && !nothing)
		err = change_apply(&c, &s, p, args->value[OPT_DROP] != NULL, NULL);
	err = cmd_commit(&c, err);
	if (!err && !a->json)
		(nothing ? say_nothing : say_applied)(&c);
	if (!err && (!nothing || a->json))
		cmd_impact(&c, NULL);
	if (!err)
		cmd_report(&c);
	policy_sources_free(&s);
	expects_free(&tests);
	int status = change_close(&c, err);
	return cmd_done(err == RBAC_INVALID ? EXIT_NO : status);
}
