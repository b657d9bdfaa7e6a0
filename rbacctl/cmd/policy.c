/* check, apply */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "rbacctl/change/change.h"
#include "rbacctl/cmd/cmd.h"
#include "rbacctl/cmd/difference.h"
#include "rbacctl/publish/groups.h"

/* Read and check /etc/rbac; says every problem. */
static int load_etc(const struct admin *a, struct policy_sources *s, struct policy **p)
{
	struct problems problems = { 0 };
	struct role_groups groups = { 0 };
	*p = NULL;
	int err = policy_sources_read(a->etc, s, &problems);
	if (!err)
		err = policy_load(s, p, &problems);
	if (!err)
		err = role_groups_make(*p, &groups, &problems);
	role_groups_free(&groups);
	problems_print(&problems, stderr);
	if (problems.errors)
		complain("%s: %zu error%s, %zu warning%s; nothing was changed", a->etc, problems.errors, problems.errors == 1 ? "" : "s", problems.warnings,
			 problems.warnings == 1 ? "" : "s");
	problems_free(&problems);
	return err;
}

int cmd_check(struct admin *a, const struct args *args)
{
	struct policy_sources s = { 0 };
	struct policy *p;
	(void)args;
	int err = load_etc(a, &s, &p);
	if (!err)
		printf("%s is sound: %zu kinds, %zu keys, %zu keychains, %zu roles, %zu login rules, %zu assignments in files\n", a->etc, p->n_kinds, p->n_keys,
		       p->n_keychains, p->n_roles, p->n_logins, p->n_assignments);
	policy_free(p);
	policy_sources_free(&s);
	return cmd_done(err == RBAC_INVALID ? EXIT_NO : exit_of(err));
}

/* The view that would be, beside the one that is. */
static void preview(struct change *c, const char *view)
{
	difference_effects(c->preview_ctx, view, c->a->now);
}

/* Try to apply, and roll back: says whom it would touch, or why it would be refused. Takes over S and P. */
static int diff_effects(struct admin *a, const struct look *now, struct policy_sources *s, struct policy *p, bool *differ)
{
	struct change c;
	a->dry_run = true;
	int err = change_open(&c, a, false);
	c.preview = preview;
	c.preview_ctx = (void *)now;
	if (err)
		policy_free(p);
	else {
		*differ |= !policy_sources_equal(&c.sources, s);
		err = change_apply(&c, s, p, false, NULL);
	}
	if (!err)
		err = change_commit(&c);
	if (!err)
		cmd_report(&c);
	return change_close(&c, err);
}

int cmd_diff(struct admin *a, const struct args *args)
{
	struct policy_sources s = { 0 };
	struct policy *p;
	struct look l = { 0 };
	bool differ = false;
	(void)args;
	int err = load_etc(a, &s, &p);
	int status = err == RBAC_INVALID ? EXIT_NO : exit_of(err);
	if (!err)
		status = exit_of(look_open(&l, a->view));
	if (!status) {
		printf("%s against what is applied (generation %" PRIu64 ")\n", a->etc, l.v.meta.generation);
		differ = difference_policies(l.p, p) > 0;
	}
	/* Without root the store cannot be read: what the policies say is all that can be told. */
	if (!status && access(a->store, R_OK | X_OK) == 0)
		status = diff_effects(a, &l, &s, p, &differ);
	else
		policy_free(p);
	look_close(&l);
	policy_sources_free(&s);
	if (!status)
		printf(differ ? "Nothing changed yet.  rbacctl apply\n" : "no difference\n");
	return cmd_done(status ? status : differ ? EXIT_NO : EXIT_DONE);
}

static void say_applied(struct change *c, const struct look *before)
{
	if (c->a->dry_run)
		printf("would be applied (--dry-run):\n%s", buf_text(&c->done));
	else
		printf("%sapplied: change %" PRIu64 ", by %s\n", buf_text(&c->done), c->change, c->a->actor.name);
	if (!c->a->dry_run && before->open)
		difference_effects(before, c->a->view, c->a->now);
	cmd_report(c);
}

int cmd_apply(struct admin *a, const struct args *args)
{
	struct change c;
	struct policy_sources s = { 0 };
	struct policy *p;
	struct look before = { 0 };
	int err = load_etc(a, &s, &p);
	if (err) {
		policy_sources_free(&s);
		return err == RBAC_INVALID ? EXIT_NO : exit_of(err);
	}
	err = change_open(&c, a, false);
	bool nothing = !err && policy_sources_equal(&c.sources, &s);
	if (err || nothing)
		policy_free(p);
	if (nothing)
		printf("%s is what is applied (generation %" PRIu64 "): nothing to do\n", a->etc, c.change - 1);
	if (!err && !nothing) {
		look_open(&before, a->view);   /* mapped: it stays readable when the new one takes its name */
		c.preview = preview;
		c.preview_ctx = &before;
		err = change_apply(&c, &s, p, args->value[OPT_DROP] != NULL, NULL);
		if (!err)
			err = change_commit(&c);
		if (!err)
			say_applied(&c, &before);
	}
	look_close(&before);
	policy_sources_free(&s);
	return cmd_done(change_close(&c, err));
}
