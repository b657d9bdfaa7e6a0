/* Acts as an actor: done, or tried and rolled back. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/policy/run.h"

typedef int act_fn(struct run *r, struct change *c, int first);

static int act_assign(struct run *r, struct change *c, int i)
{
	struct assign_request q = { .subject = r->w[i],
				    .role = r->w[i + 1],
				    .scope = r->w[i + 2],
				    .from = RBAC_TIME_MIN,
				    .until = RBAC_TIME_MAX,
				    .reason = run_option(r, i + 3, "reason"),
				    .replace = run_flag(r, i + 3, "replace"),
				    .force = run_flag(r, i + 3, "force") };
	const char *from = run_option(r, i + 3, "from"), *until = run_option(r, i + 3, "until");
	if ((from && !run_time(r, from, &q.from)) || (until && !run_time(r, until, &q.until)))
		run_wrong(r, "from= or until=: no time");
	return change_assign(c, &q);
}

static int act_revoke(struct run *r, struct change *c, int i)
{
	const char *id = run_option(r, i + 3, "id");
	struct revoke_request q = { .subject = r->w[i],
				    .role = r->w[i + 1],
				    .scope = r->w[i + 2],
				    .id = id ? strtoull(id, NULL, 10) : 0 };
	return change_revoke(c, &q);
}

static int act_create(struct run *r, struct change *c, int i)
{
	return change_scope_create(c, r->w[i], run_option(r, i + 1, "owner"));
}

static int act_delete(struct run *r, struct change *c, int i)
{
	return change_scope_delete(c, r->w[i], run_flag(r, i + 1, "recursive"),
				   run_flag(r, i + 1, "force"));
}

static int act_transfer(struct run *r, struct change *c, int i)
{
	return change_scope_transfer(c, r->w[i], r->w[i + 1], run_flag(r, i + 2, "keep-role"));
}

static int act_plan(struct run *r, struct change *c, int i)
{
	return change_scope_plan(c, r->w[i], strcmp(r->w[i + 1], "-") == 0 ? "" : r->w[i + 1]);
}

static int act_add(struct run *r, struct change *c, int i)
{
	return change_user_add(c, r->w[i], run_option(r, i + 1, "root"),
			       run_flag(r, i + 1, "force"));
}

static int act_suspend(struct run *r, struct change *c, int i)
{
	return change_user_suspend(c, r->w[i], true, run_flag(r, i + 1, "force"));
}

static int act_resume(struct run *r, struct change *c, int i)
{
	return change_user_suspend(c, r->w[i], false, false);
}

static int act_rename(struct run *r, struct change *c, int i)
{
	return change_user_rename(c, r->w[i], r->w[i + 1]);
}

static int act_rebind(struct run *r, struct change *c, int i)
{
	return change_user_rebind(c, r->w[i]);
}

static int act_rebind_all(struct run *r, struct change *c, int i)
{
	(void)r;
	(void)i;
	return change_user_rebind_all(c);
}

static int act_forget(struct run *r, struct change *c, int i)
{
	return change_user_forget(c, r->w[i]);
}

static const struct {
	const char *name;
	int args;
	act_fn *fn;
} acts[] = {
	{ "assign", 3, act_assign },
	{ "revoke", 3, act_revoke },
	{ "create", 1, act_create },
	{ "delete", 1, act_delete },
	{ "transfer", 2, act_transfer },
	{ "plan", 2, act_plan },
	{ "add", 1, act_add },
	{ "suspend", 1, act_suspend },
	{ "resume", 1, act_resume },
	{ "rename", 2, act_rename },
	{ "forget", 1, act_forget },
	{ "rebind", 1, act_rebind },
	{ "rebind-all", 0, act_rebind_all },
};

/* ACTOR does what stands from word FIRST on. What it comes to; what goes wrong with a store that is
 * tried only shows here. */
static int act(struct run *r, const char *actor, int first, bool really)
{
	struct change c;
	size_t k = 0;
	while (k < sizeof acts / sizeof *acts &&
	       (r->n <= first || strcmp(acts[k].name, r->w[first]) != 0))
		k++;
	if (k == sizeof acts / sizeof *acts || r->n < first + 1 + acts[k].args) {
		run_wrong(r, "no such act");
		return RBAC_OK;
	}
	int err = lab_begin(&r->lab, &c, actor, !really);
	if (!err)
		err = acts[k].fn(r, &c, first + 1);
	if (!err && !lab_verify_store(&r->lab, &c.t))
		run_case(r, false, "the store: %s", buf_text(&r->lab.said));
	return lab_end(&r->lab, &c, err);
}

static bool says(struct run *r)
{
	char parts[512], *part = parts;
	snprintf(parts, sizeof parts, "%s", r->expect ? r->expect : "");
	for (char *next; part; part = next) {
		next = strstr(part, " | ");
		if (next) {
			*next = 0;
			next += 3;
		}
		if (!strstr(buf_text(&r->lab.said), part))
			return false;
	}
	return true;
}

/* A refusal by a rule names the rule with its file and line, and who may. */
static bool is_refusal(int err)
{
	return err == RBAC_REFUSED || err == RBAC_CONFLICT;
}

static void expect(struct run *r, int err, bool ok, const char *what, const char *actor)
{
	run_case(r, ok && says(r), "%s by %s: expected %s%s%s: %s: %s", r->w[0], actor, what,
		 r->expect ? " with " : "", r->expect ? r->expect : "", rbac_error_text(err),
		 buf_text(&r->lab.said));
}

void run_do(struct run *r)
{
	int err = act(r, r->w[1], 2, true);
	expect(r, err, err == RBAC_OK, "done", r->w[1]);
}

void run_ok(struct run *r)
{
	int err = act(r, r->w[1], 2, false);
	expect(r, err, err == RBAC_OK, "allowed", r->w[1]);
}

void run_no(struct run *r)
{
	int err = act(r, r->w[1], 2, false);
	expect(r, err, is_refusal(err), "a refusal", r->w[1]);
}

void run_bad(struct run *r)
{
	int err = act(r, r->w[1], 2, false);
	expect(r, err, err == RBAC_INVALID, "a mistake", r->w[1]);
}

void run_may(struct run *r)
{
	if (r->n < 2 || strlen(r->w[1]) != (size_t)r->n_actors) {
		run_wrong(r, "one mark for each of the actors");
		return;
	}
	for (int i = 0; i < r->n_actors; i++) {
		if (r->w[1][i] == '-')
			continue;
		bool yes = r->w[1][i] == 'x';
		int err = act(r, r->actors[i], 2, false);
		run_case(r, yes ? err == RBAC_OK : is_refusal(err) && says(r),
			 "%s by %s: expected %s: %s: %s", r->w[2], r->actors[i],
			 yes ? "allowed" : "a refusal", rbac_error_text(err),
			 buf_text(&r->lab.said));
	}
}
