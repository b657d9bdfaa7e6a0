/* history, show, rollback; and diff between two changes */
#include "rbacctl/change/undo/history.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/cmd/cmd.h"
#include "rbacctl/command.h"
#include "rbacctl/config/source.h"
#include "rbacctl/human_time.h"
#include "rbacctl/number.h"
#include "rbacctl/plain_text.h"
#include "rbacctl/table.h"

/* ---- a line for each change ---- */

struct listing {
	const struct invocation *a;
	struct table *t;
};

static const struct table_column columns[] = {
	{ "CHANGE", "change", TABLE_NUMBER }, { "WHEN", "when", TABLE_TEXT },
	{ "ACTOR", "actor", TABLE_TEXT },     { "VERB", "verb", TABLE_TEXT },
	{ "GIVEN", "given", TABLE_NUMBER },   { "REVOKED", "revoked", TABLE_NUMBER },
	{ "OTHERS", "others", TABLE_NUMBER }, { "POLICY", "policy", TABLE_YES },
};

static void put_count(const struct history_change *x, size_t n, char out[32])
{
	snprintf(out, 32, "%zu", n);
	if (!x->journaled)
		out[0] = '\0';
}

static int on_change(void *ctx, const struct history_change *x)
{
	struct listing *l = ctx;
	char change[32], when[64], given[32], taken[32], others[32];

	snprintf(change, sizeof(change), "%" PRIu64, x->audit->change);
	if (l->a->json)
		policy_time_print(x->audit->when, when);
	else
		human_date_time(x->audit->when, when, sizeof(when));
	put_count(x, x->given, given);
	put_count(x, x->taken, taken);
	put_count(x, x->others, others);
	table_row(l->t, -1,
		  (const char *[]){ change, when, x->audit->actor, x->audit->verb, given, taken,
				    others, x->policy ? "yes" : "" });
	return RBAC_OK;
}

int cmd_history(struct invocation *a, const struct args *args)
{
	struct listing l = { .a = a };
	struct buf why = { 0 };

	(void)args;
	cmd_say_pruned(a);
	l.t = table_new("history", a->json, columns, sizeof(columns) / sizeof(*columns));
	int err = history_each(a->store, 0, UINT64_MAX, on_change, &l, &why);
	if (err)
		complain("%s", why.len ? buf_text(&why) : rbac_error_text(err));
	else
		err = table_print(l.t);
	table_free(l.t);
	buf_free(&why);
	return cmd_done(exit_of(err));
}

/* ---- numbers of changes ---- */

static bool read_number(const char *verb, const char *text, uint64_t *n)
{
	if (number_parse(text, 0, n))
		return true;
	complain("%s: \"%.100s\" is no number of a change; they are listed by: %s%s", verb, text,
		 COMMAND("rbacctl history"),
		 strcmp(verb, "show") == 0
			 ? "; did you mean \"user show\", \"role show\" or \"scope show\"?"
			 : "");
	return false;
}

static const struct table_column line_columns[] = { { "LINE", "line", TABLE_TEXT } };

/* Each line of TEXT as a row. */
static int print_rows(char *text)
{
	struct table *t = table_new("lines", true, line_columns, 1);
	char *rest = NULL;

	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		table_row(t, -1, (const char *[]){ line });
	int err = table_print(t);
	table_free(t);
	return err;
}

/* What differs between two changes, in lines. */
static int print_between(struct invocation *a, uint64_t from, uint64_t to)
{
	struct buf lines = { 0 }, why = { 0 };
	int err = history_between(a->store, from, to, &lines, &why);

	if (err)
		complain("%s", why.len ? buf_text(&why) : rbac_error_text(err));
	else if (a->json)
		err = print_rows(lines.len ? (char *)lines.p : (char[]){ "" });
	else
		plain_text_print(buf_text(&lines));
	buf_free(&lines);
	buf_free(&why);
	return err == RBAC_INVALID ? EXIT_USAGE : exit_of(err);
}

int cmd_diff_changes(struct invocation *a, const struct args *args)
{
	uint64_t from, to = 0;

	if (!read_number("diff", args->v[0], &from) ||
	    (args->n > 1 && !read_number("diff", args->v[1], &to)))
		return EXIT_USAGE;
	return cmd_done(print_between(a, from, to));
}

/* ---- one change ---- */

struct one {
	bool found, json, journaled;
};

static int on_one(void *ctx, const struct history_change *x)
{
	struct one *one = ctx;
	char when[64];
	struct buf head = { 0 };

	one->found = true;
	one->journaled = x->journaled;
	if (one->json)
		return RBAC_OK;
	human_date_time(x->audit->when, when, sizeof(when));
	buf_printf(&head, "change %" PRIu64 "  %s  %s  by %s  (%s)\n", x->audit->change, when,
		   x->audit->verb, x->audit->actor, x->audit->person);
	plain_text_print(buf_text(&head));
	if (!x->journaled)
		plain_text_print(x->audit->text);
	buf_free(&head);
	return RBAC_OK;
}

int cmd_show(struct invocation *a, const struct args *args)
{
	struct buf why = { 0 };
	struct one one = { .json = a->json };
	uint64_t n;

	if (!read_number("show", args->v[0], &n))
		return EXIT_USAGE;
	if (n == 0) {
		complain("show: there is no change 0: the first one is 1");
		return EXIT_USAGE;
	}
	int err = history_each(a->store, n, n, on_one, &one, &why);
	if (err)
		complain("%s", why.len ? buf_text(&why) : rbac_error_text(err));
	buf_free(&why);
	if (err)
		return exit_of(err);
	if (one.found && !one.journaled && !one.json)
		return cmd_done(EXIT_DONE); /* all that is known is in the log */
	/* Where there is no such change, this says so. */
	return cmd_done(print_between(a, n - 1, n));
}

int cmd_rollback(struct invocation *a, const struct args *args)
{
	struct change c;
	uint64_t to;

	if (!read_number("rollback", args->v[0], &to))
		return EXIT_USAGE;
	struct policy_sources applied = { 0 };
	a->touches_all = true;
	int err = change_open(&c, a, false);
	if (!err)
		err = change_rollback(&c, to);
	if (!err && c.nothing && !a->json)
		printf("the store is what it was after change %" PRIu64 ": nothing to do\n", to);
	if (!err)
		err = policy_sources_copy(&c.sources, &applied);
	int status = cmd_finish(&c, err);
	if (status == EXIT_DONE && !a->dry_run)
		cmd_say_files(a, &applied, "that is in force now");
	policy_sources_free(&applied);
	return status;
}
