/* diff, apply */
#include <errno.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "rbacctl/access/impact.h"
#include "rbacctl/change/change.h"
#include "rbacctl/cmd/cmd.h"
#include "rbacctl/command.h"
#include "rbacctl/config/source.h"
#include "rbacctl/host/etc.h"
#include "rbacctl/model/difference.h"
#include "rbacctl/plain_text.h"

/* What was in force before: its view, and the lines why that cannot be compared with another. */
struct before {
	struct snapshot snap;
	struct buf why;
};

static void say_impact(const struct change *c, const struct snapshot *before, const char *new,
		       const char *me)
{
	struct snapshot after;
	struct buf text = { 0 };
	int err = change_snapshot_open(c, new, &after);
	if (!err)
		err = impact_text(before, &after, me, c->a->now, &text);
	if (err)
		complain("whom this touches cannot be told: %s", rbac_error_text(err));
	else
		cmd_print(&text);
	buf_free(&text);
	snapshot_close(&after);
}

/* Whom C touches: the view at the path NEW beside the one before. Who types it is the one to be
 * locked out, whoever they act for. */
static void say_effects(const struct change *c, const struct before *before, const char *new)
{
	const struct passwd *pw = getpwuid(c->a->actor.uid);
	char me[RBAC_USER_MAX + 1] = "";
	if (pw && pw->pw_uid != 0)
		snprintf(me, sizeof me, "%s", pw->pw_name);
	if (before->snap.p)
		say_impact(c, &before->snap, new, me[0] ? me : NULL);
	else /* why is said once: by the notes of C where the store's policy is no better */
		printf("effect: not known, because the policy so far cannot be compared "
		       "(afterwards: %s)\n%s",
		       COMMAND("rbacctl explain USER"),
		       c->unread.len ? "" : buf_text(&before->why));
}

static void preview(struct change *c, const char *view)
{
	say_effects(c, c->preview_ctx, view);
}

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

/* Try to apply, and roll back: says whom it would touch, or why it would be refused. Takes over S
 * and P. */
static int diff_effects(struct invocation *a, struct before *before, struct policy_sources *s,
			struct policy *p, bool *differ)
{
	struct change c;
	a->dry_run = true;
	int err = change_open_to_apply(&c, a);
	c.preview = preview;
	c.preview_ctx = before;
	c.guarded = true;
	if (err)
		policy_free(p);
	else {
		*differ |= !policy_sources_equal(&c.sources, s);
		err = change_apply(&c, s, p, false, NULL);
	}
	if (!err)
		err = change_commit(&c);
	if (!err) {
		say_store(&c);
		cmd_report(&c);
	}
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

int cmd_diff(struct invocation *a, const struct args *args)
{
	struct policy_sources s = { 0 };
	struct policy *p;
	struct before before = { 0 };
	bool differ = false;
	(void)args;
	int err = etc_load(a, &s, &p);
	int status = err == RBAC_INVALID ? EXIT_NO : exit_of(err);
	if (!err)
		status = exit_of(snapshot_before(a, &before));
	if (!status) {
		printf("%s against what is applied (generation %" PRIu64 ")\n", a->etc,
		       before.snap.v.meta.generation);
		struct buf lines = { 0 };
		differ = !before.snap.p || difference_policies(before.snap.p, p, &lines) > 0;
		if (lines.failed)
			complain("out of memory: what differs cannot be printed");
		fputs(buf_text(&lines), stdout);
		buf_free(&lines);
	}
	/* Without root the store cannot be read: what the policies say is all that can be told. */
	bool readable = access(a->store, R_OK | X_OK) == 0;
	if (!status && !readable)
		fputs(buf_text(&before.why), stdout);
	if (!status && readable)
		status = diff_effects(a, &before, &s, p, &differ);
	else
		policy_free(p);
	snapshot_close(&before.snap);
	buf_free(&before.why);
	policy_sources_free(&s);
	if (!status)
		printf("%s%s\n",
		       differ ? "Nothing changed yet. To put it in force: " : "no difference",
		       differ ? COMMAND("rbacctl apply") : "");
	return cmd_done(status ? status : differ ? EXIT_NO : EXIT_DONE);
}

static void say_applied(struct change *c, const struct before *before)
{
	if (c->a->dry_run)
		printf("would be applied (--dry-run):\n");
	plain_text_print(buf_text(&c->done));
	if (!c->a->dry_run)
		printf("applied: change %" PRIu64 ", by %s\n", c->change, c->a->actor.name);
	if (!c->a->dry_run)
		say_effects(c, before, c->a->view);
	cmd_report(c);
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
	struct before before = { 0 };
	int err = etc_load(a, &s, &p);
	if (err) {
		policy_sources_free(&s);
		return err == RBAC_INVALID ? EXIT_NO : exit_of(err);
	}
	err = change_open_to_apply(&c, a);
	if (!err)
		err = load_etc_again(a, &s, &p);
	if (err == RBAC_INVALID && !c.message.len)
		buf_printf(&c.message,
			   "%s was changed while this command waited for another "
			   "change, and has errors now",
			   a->etc);
	bool nothing = !err && !c.unread.len && policy_sources_equal(&c.sources, &s);
	if (err || nothing)
		policy_free(p);
	if (nothing)
		printf("%s is what is applied (generation %" PRIu64 "): nothing to do\n", a->etc,
		       c.change - 1);
	if (!err && !nothing) {
		change_snapshot_try(&c, a->view, &before.snap,
				    &before.why); /* mapped: it stays readable when the
					  new one takes its name */
		c.preview = preview;
		c.preview_ctx = &before;
		c.guarded = args->value[OPT_FORCE] == NULL;
		if (!c.guarded)
			buf_printf(&c.done, "with --force\n");
		err = change_apply(&c, &s, p, args->value[OPT_DROP] != NULL, NULL);
		if (!err)
			err = change_commit(&c);
		if (!err)
			say_applied(&c, &before);
	}
	snapshot_close(&before.snap);
	buf_free(&before.why);
	policy_sources_free(&s);
	int status = change_close(&c, err);
	return cmd_done(err == RBAC_INVALID ? EXIT_NO : status);
}
