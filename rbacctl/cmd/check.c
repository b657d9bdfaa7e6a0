/* check: are the files in /etc/rbac correct, do they fit this host, and would apply accept them? */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "rbacctl/access/expects.h"
#include "rbacctl/change/change.h"
#include "rbacctl/cmd/cmd.h"
#include "rbacctl/cmd/json_values.h"
#include "rbacctl/command.h"
#include "rbacctl/config/source.h"
#include "rbacctl/host/etc/check_host.h"
#include "rbacctl/host/etc/etc.h"
#include "rbacctl/host/people/group_clashes.h"

/* A refusal without its first word, which is apply's to say. */
static const char *without_refused(const char *message)
{
	static const char word[] = "refused: ";
	return strncmp(message, word, sizeof word - 1) == 0 ? message + sizeof word - 1 : message;
}

/*
 * Apply, and roll back: with the same code and the same store. Takes over S and P. The exit status:
 * EXIT_NO where apply would refuse.
 */
static int try_apply(struct invocation *a, struct policy_sources *s, struct policy *p)
{
	struct change c;
	struct expects tests = { 0 };
	a->dry_run = a->tries_apply = true;
	int err = change_open_to_apply(&c, a);
	if (err) {
		policy_free(p);
		return change_close(&c, err);
	}
	c.tests = &tests;
	err = cmd_tests(a, &tests);
	bool said = err != RBAC_OK; /* what is wrong with tests.d */
	if (err)
		policy_free(p);
	else
		err = change_apply(&c, s, p, false, NULL);
	if (!err)
		err = change_commit(&c);
	expects_free(&tests);
	bool refused = err == RBAC_REFUSED || err == RBAC_CONFLICT || err == RBAC_INVALID ||
		       err == RBAC_NOTFOUND;
	if (!refused)
		return change_close(&c, err);
	if (!said)
		complain("apply would refuse this: %s",
			 c.message.len ? without_refused(buf_text(&c.message))
				       : rbac_error_text(err));
	change_close(&c, RBAC_OK);
	return EXIT_NO;
}

/* ---- where apply cannot be tried ---- */

struct clashes {
	const struct policy *p;
	struct problems *problems;
};

/* As apply has it: a group that only lies in our range gives nobody a role's rights. */
static void on_clash(void *ctx, int role, const struct group_clash *clash)
{
	const struct clashes *c = ctx;

	if (role >= 0)
		problem_error(c->problems, c->p->roles[role].pos, "%s", clash->text);
	else
		problem_warn(c->problems, c->p->group_pos, "%s", clash->text);
}

/* The groups of roles against what other sources of this host say. */
static int check_groups(const struct policy *p, struct problems *problems)
{
	struct clashes c = { p, problems };
	int err = group_clashes_of_policy(p, on_clash, &c);

	return err ? err : problems->errors ? RBAC_INVALID : RBAC_OK;
}

/* Say what is left out by that; ERROR: of access(2). */
static void say_untried(int error)
{
	if (error == ENOENT || error == ENOTDIR)
		fputs("note: there is no store yet: scopes, holders and recorded group ids were "
		      "not compared with one\n",
		      stderr);
	else
		fprintf(stderr,
			"note: only root can read the store: scopes, holders, limits, "
			"exclusive roles and recorded group ids were not compared with it; %s\n",
			COMMAND_WITH_SUDO());
}

static void say_end(const struct invocation *a, const struct problems *problems, const char *sound)
{
	size_t n = problems->warnings;

	if (n)
		printf("%s: %s; %zu thing%s need%s attention\n", a->etc, sound, n,
		       n == 1 ? "" : "s", n == 1 ? "s" : "");
	else
		printf("%s is sound: %s\n", a->etc, sound);
}

/* COMPARED: with what the store has. STATUS, unless it cannot be printed. */
static int print_json(const struct invocation *a, const struct problems *problems, int status,
		      bool compared)
{
	int err = json_print(json_pack("{s:i,s:o,s:b,s:b,s:o}", "schema", 1, "folder",
				       json_text(a->etc), "sound", status == EXIT_DONE, "compared",
				       (int)compared, "problems", json_problems(problems)));

	return err ? exit_of(err) : status;
}

int cmd_check(struct invocation *a, const struct args *args)
{
	struct policy_sources s = { 0 };
	struct problems problems = { 0 };
	struct policy *p;
	bool here = args->value[OPT_ELSEWHERE] == NULL;
	char sound[256] = "";
	int err = etc_read(a, here, &s, &p, &problems), status = EXIT_DONE;
	if (!err && here)
		err = check_host(p, &pam_here, a->now, &problems);
	int untried = here && access(a->store, R_OK | X_OK) != 0 ? errno : 0;
	if (!err && untried)
		err = check_groups(p, &problems);
	if (!a->json)
		etc_say(a, &s, &problems);
	if (!err && untried && !a->json)
		say_untried(untried);
	if (!err)
		snprintf(sound, sizeof sound,
			 "%zu kinds, %zu keys, %zu keychains, %zu roles, %zu login rules, "
			 "%zu assignments in files",
			 p->n_kinds, p->n_keys, p->n_keychains, p->n_roles, p->n_logins,
			 p->n_assignments);
	if (!err && here && !untried)
		status = try_apply(a, &s, p);
	else
		policy_free(p);
	bool tried = !err && status == EXIT_DONE;
	if (err == RBAC_INVALID || (tried && problems.warnings))
		status = EXIT_NO;
	else if (err)
		status = exit_of(err);
	if (a->json)
		status = print_json(a, &problems, status, !err && here && !untried);
	else if (tried)
		say_end(a, &problems, sound);
	problems_free(&problems);
	policy_sources_free(&s);
	return cmd_done(status);
}
