/* edit: a file of /etc/rbac in an editor, checked before it takes the place of the old one. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rbacctl/access/expects.h"
#include "rbacctl/change/change.h"
#include "rbacctl/cmd/cmd.h"
#include "rbacctl/command.h"
#include "rbacctl/config/source.h"
#include "rbacctl/host/etc/edit_file.h"
#include "rbacctl/host/etc/etc.h"
#include "rbacctl/plain_text.h"
#include "rbacctl/print_problems.h"

struct editing {
	struct invocation *a;
	const struct args *args;
	struct edit_file f;
	struct buf why;
	char *text; /* what was written */
	size_t len;
	bool yes;
};

enum answer { ANSWER_EDIT, ANSWER_DISCARD, ANSWER_APPLY };

/* ---- the editor ---- */

static int wait_for(pid_t pid)
{
	int status = 0;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static const char no_editor[] = "vi"; /* what runs where none is named */

/* The words of $VISUAL or $EDITOR, as a shell reads them (environ(7)), with the copy behind them.
 */
static int run_editor(const char *copy)
{
	const char *visual = getenv("VISUAL"), *editor = getenv("EDITOR");
	const char *command = visual && *visual ? visual : editor && *editor ? editor : no_editor;
	char line[4096];
	struct sigaction ignore = { .sa_handler = SIG_IGN }, interrupt, quit;
	/* A script may name an editor that needs no terminal; vi does. */
	if (command == no_editor && !(isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))) {
		complain("refused: there is no terminal to edit on, and neither VISUAL nor EDITOR "
			 "names an editor");
		return EXIT_REFUSED;
	}
	if ((size_t)snprintf(line, sizeof line, "%s \"$1\"", command) >= sizeof line) {
		complain("VISUAL, EDITOR: too long a command");
		return EXIT_USAGE;
	}
	fflush(stdout);
	sigaction(SIGINT, &ignore, &interrupt);
	sigaction(SIGQUIT, &ignore, &quit);
	pid_t pid = fork();
	if (pid == 0) {
		sigaction(SIGINT, &interrupt, NULL);
		sigaction(SIGQUIT, &quit, NULL);
		execl("/bin/sh", "sh", "-c", line, "sh", copy, (char *)NULL);
		_exit(127);
	}
	int status = pid < 0 ? -1 : wait_for(pid);
	sigaction(SIGINT, &interrupt, NULL);
	sigaction(SIGQUIT, &quit, NULL);
	if (status == 0)
		return EXIT_DONE;
	complain("the editor (%s) ended with status %d: nothing was changed", command, status);
	return EXIT_TROUBLE;
}

/* ---- questions ---- */

/* Ask on the terminal. Without one, or with --yes, nothing is asked: OTHERWISE. */
static enum answer ask(const struct editing *e, const char *question, bool may_apply,
		       enum answer otherwise)
{
	char line[64];
	if (e->yes || !isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
		return otherwise;
	for (;;) {
		fflush(stdout);
		fprintf(stderr, "%s ", question);
		if (!fgets(line, sizeof line, stdin))
			return ANSWER_DISCARD;
		if (line[0] == 'e')
			return ANSWER_EDIT;
		if (line[0] == 'd')
			return ANSWER_DISCARD;
		if (line[0] == 'a' && may_apply)
			return ANSWER_APPLY;
	}
}

/* ---- is it sound? ---- */

/* All files as they would be. */
static int gather(const struct editing *e, struct policy_sources *all, struct problems *problems)
{
	struct policy_sources here = { 0 };
	int err = policy_sources_read_parts(e->a->etc, &here, problems);
	*all = (struct policy_sources){ 0 };
	for (size_t i = 0; i < here.n && !err; i++)
		if (strcmp(here.v[i].name, e->f.name) != 0)
			err = policy_sources_add(all, here.v[i].name, here.v[i].text,
						 here.v[i].len);
	if (!err)
		err = policy_sources_add(all, e->f.name, e->text, e->len);
	policy_sources_free(&here);
	return err;
}

static bool is_test(const struct editing *e)
{
	return strncmp(e->f.name, "tests.d/", strlen("tests.d/")) == 0;
}

/* The texts and the policy of what is in the copy; *P NULL: the file is a test. Problems are said.
 * RBAC_OK, RBAC_INVALID, ... */
static int check(const struct editing *e, struct policy_sources *all, struct policy **p)
{
	struct problems problems = { 0 };
	struct expects expects = { 0 };
	int err = RBAC_OK;
	*all = (struct policy_sources){ 0 };
	*p = NULL;
	if (is_test(e)) {
		struct policy_sources one = { 0 };
		err = policy_sources_add(&one, e->f.name, e->text, e->len);
		if (!err)
			err = expects_parse(&one, e->a->now, &expects, &problems);
		expects_free(&expects);
		policy_sources_free(&one);
	} else {
		err = gather(e, all, &problems);
		if (!err)
			err = etc_judge(true, all, p, &problems);
	}
	problems_print(&problems, stderr);
	if (err && err != RBAC_INVALID)
		complain("%s", rbac_error_text(err));
	problems_free(&problems);
	return err;
}

/* What an apply of it would do, or why it would be refused. Takes over ALL and P. */
static int try_apply(const struct editing *e, struct policy_sources *all, struct policy *p)
{
	struct change c;
	struct expects tests = { 0 };
	e->a->dry_run = true;
	e->a->groups_of = p;
	int err = change_open_to_apply(&c, e->a);
	e->a->groups_of = NULL;
	if (!err)
		err = cmd_tests(e->a, &tests);
	c.tests = &tests;
	if (err)
		policy_free(p);
	else
		err = change_apply(&c, all, p, e->args->value[OPT_DROP] != NULL, NULL);
	err = cmd_commit(&c, err);
	if (!err) {
		plain_text_print(buf_text(&c.done));
		cmd_impact(&c, NULL);
		cmd_report(&c);
	}
	e->a->dry_run = false;
	expects_free(&tests);
	return change_close(&c, err);
}

/* ---- put in place ---- */

static int install(struct editing *e)
{
	int err = edit_file_install(&e->f, &e->why);
	if (err) {
		complain("%s", buf_text(&e->why));
		return exit_of(err);
	}
	printf("wrote %s\n", e->f.path);
	if (is_test(e))
		return EXIT_DONE;
	int status = cmd_apply(e->a, e->args);
	if (status == EXIT_DONE)
		return status;
	err = edit_file_restore(&e->f, &e->why);
	complain(err ? "%s" : "%s is again what it was", err ? buf_text(&e->why) : e->f.path);
	return status;
}

/* One round: the editor, the checks, the question. False: it is over, with *STATUS. */
static bool edit_once(struct editing *e, int *status)
{
	struct policy_sources all;
	struct policy *p;
	*status = run_editor(e->f.copy);
	if (*status)
		return false;
	free(e->text);
	int err = edit_file_read(&e->f, &e->text, &e->len, &e->why);
	if (err) {
		complain("%s", buf_text(&e->why));
		*status = exit_of(err);
		return false;
	}
	bool same_length = e->len == e->f.before_len;
	if (same_length && (e->len == 0 || memcmp(e->text, e->f.before, e->len) == 0)) {
		printf("%s is unchanged\n", e->f.path);
		return false;
	}
	err = check(e, &all, &p);
	*status = err ? (err == RBAC_INVALID ? EXIT_NO : exit_of(err))
		  : p ? try_apply(e, &all, p)
		      : EXIT_DONE;
	if (err)
		policy_free(p);
	policy_sources_free(&all);
	enum answer answer = *status ? ask(e, "(e)dit again or (d)iscard?", false, ANSWER_DISCARD)
				     : ask(e, "(a)pply, (e)dit again or (d)iscard?", true,
					   e->yes ? ANSWER_APPLY : ANSWER_DISCARD);
	if (answer == ANSWER_EDIT)
		return true;
	if (answer == ANSWER_APPLY) {
		*status = install(e);
		return false;
	}
	if (*status == EXIT_DONE && !isatty(STDIN_FILENO)) {
		complain("refused: there is no terminal to ask on; --yes applies without a "
			 "question");
		*status = EXIT_REFUSED;
	}
	complain("%s stays as it was", e->f.path);
	return false;
}

int cmd_edit(struct invocation *a, const struct args *args)
{
	struct editing e = { .a = a, .args = args, .yes = args->value[OPT_YES] != NULL };
	int status = EXIT_DONE;
	int err = edit_file_open(&e.f, a->etc, args->n ? args->v[0] : NULL, &e.why);
	if (err) {
		complain(geteuid() && err == RBAC_SYSTEM
				 ? "%s; only root can change the files there: %s"
				 : "%s",
			 e.why.len ? buf_text(&e.why) : rbac_error_text(err), COMMAND_WITH_SUDO());
		status = err == RBAC_CONFLICT ? EXIT_TROUBLE : exit_of(err);
	} else {
		while (edit_once(&e, &status))
			;
	}
	edit_file_close(&e.f);
	buf_free(&e.why);
	free(e.text);
	return cmd_done(status);
}
