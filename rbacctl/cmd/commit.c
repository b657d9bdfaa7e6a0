/* The end of a changing command: commit, and what is said of it. */
#include <inttypes.h>
#include <stdio.h>

#include "rbacctl/change/change.h"
#include "rbacctl/cmd/cmd.h"
#include "rbacctl/command.h"
#include "rbacctl/config/source.h"
#include "rbacctl/plain_text.h"

static int open_with(struct change *c, struct invocation *a, bool here, char *const *names,
		     size_t n)
{
	a->names = names;
	a->n_names = n;
	int err = here ? change_open_on_member(c, a, false) : change_open(c, a, false);
	a->names = NULL;
	a->n_names = 0;
	return err;
}

int cmd_open(struct change *c, struct invocation *a, char *const *names, size_t n)
{
	return open_with(c, a, false, names, n);
}

int cmd_open_here(struct change *c, struct invocation *a, char *const *names, size_t n)
{
	return open_with(c, a, true, names, n);
}

/* TEXT, whose last line has its newline, as one note. */
static void remark_lines(const struct buf *text)
{
	if (text->len)
		remark("%.*s", (int)text->len - 1, buf_text(text));
}

void cmd_report(const struct change *c)
{
	const struct buf *said[] = { &c->voided, &c->notes };

	for (size_t i = 0; i < sizeof said / sizeof *said; i++)
		if (c->a->json)
			remark_lines(said[i]);
		else
			plain_text_print(buf_text(said[i]));
	if (c->a->json) {
		remark_lines(&c->others);
	} else if (c->others.len) {
		fflush(stdout);
		fputs(buf_text(&c->others), stderr);
	}
}

int cmd_commit(struct change *c, int err)
{
	if (!err)
		err = change_commit(c);
	if (err == RBAC_REFUSED && c->effects && c->a->dry_run && !c->a->json)
		cmd_impact(c, NULL);
	return err;
}

void cmd_say_done(const struct change *c)
{
	if (c->a->dry_run)
		printf("would be done (--dry-run):\n");
	plain_text_print(buf_text(&c->done));
}

int cmd_commit_told(struct change *c, int err)
{
	if (!err)
		err = change_commit(c);
	if (!err)
		cmd_say_done(c);
	return err;
}

static void say_done(const struct change *c)
{
	cmd_say_done(c);
	if (!c->a->dry_run)
		printf("  change %" PRIu64 ", by %s\n", c->change, c->a->actor.name);
}

int cmd_finish(struct change *c, int err)
{
	int after = EXIT_DONE;
	err = cmd_commit(c, err);
	if (!err && !c->nothing && !c->a->json)
		say_done(c);
	if (!err && (!c->nothing || c->a->json || c->a->lists_sessions))
		after = cmd_impact(c, NULL);
	if (!err)
		cmd_report(c);
	int status = change_close(c, err);
	return cmd_done(status ? status : after);
}

void cmd_say_files(const struct invocation *a, const struct policy_sources *s, const char *which)
{
	struct policy_sources here = { 0 };
	struct problems problems = { 0 };
	int err = policy_sources_read_parts(a->etc, &here, &problems);
	if (!err && here.n == 0)
		complain("%s has no files; to write those that are applied: %s", a->etc,
			 COMMAND("rbacctl export --to DIR"));
	else if (err || !policy_sources_equal(&here, s))
		complain("%s is not the policy %s; what differs: %s", a->etc, which,
			 COMMAND("rbacctl diff"));
	problems_free(&problems);
	policy_sources_free(&here);
}
