/* review: which grants are due, and the statement that they are still needed. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "rbacctl/change/acts/review.h"
#include "rbacctl/change/read/reviews.h"
#include "rbacctl/cmd/cmd.h"
#include "rbacctl/command.h"
#include "rbacctl/human_time.h"
#include "rbacctl/number.h"
#include "rbacctl/table.h"

struct rows {
	const struct invocation *a;
	struct table *t;
};

static const struct table_column columns[] = {
	{ "ID", "id", TABLE_NUMBER },
	{ "SUBJECT", "subject", TABLE_TEXT },
	{ "ROLE", "role", TABLE_TEXT },
	{ "SCOPE", "scope", TABLE_TEXT },
	{ "SINCE", "since", TABLE_TEXT },
	{ "BY", "by", TABLE_TEXT },
	{ "LAST REVIEW", "reviewed", TABLE_TEXT },
	{ "DUE", "due", TABLE_TEXT },
	{ "ENDS", "ends", TABLE_TEXT }, /* if nobody reviews it */
	{ "TO END IT", "to_end", TABLE_TEXT },
};

/* The day, in local time; NEVER for 0. */
static void put_day(int64_t t, bool json, const char *never, char *out, size_t size)
{
	if (t == 0)
		snprintf(out, size, "%s", json ? "-" : never);
	else if (json)
		cmd_end(t, t, true, out, size);
	else {
		human_date_time(t, out, size);
		out[strcspn(out, " ")] = '\0';
	}
}

static void put_relative(int64_t t, const struct invocation *a, char *out, size_t size)
{
	if (a->json || t == RBAC_TIME_MAX)
		cmd_end(t, a->now, a->json, out, size);
	else
		human_relative(t, a->now, out, size);
}

/* How S is ended: by a command, or in the file that gives it. */
static const char *to_end(const struct review_seen *s, struct command *line)
{
	char id[24];

	if (*s->source)
		return s->source;
	if (s->id == 0)
		return command_line(line, "rbacctl scope transfer %s USER", s->scope);
	snprintf(id, sizeof id, "%" PRIu64, s->id);
	return command_line(line, "rbacctl review revoke %s", id);
}

static int on_grant(void *ctx, const struct review_seen *s)
{
	struct rows *w = ctx;
	char id[24] = "-", since[64], reviewed[64], due[64], ends[64];

	if (s->id)
		snprintf(id, sizeof id, "%" PRIu64, s->id);
	put_day(s->given, w->a->json, "-", since, sizeof since);
	put_day(s->reviewed, w->a->json, "never", reviewed, sizeof reviewed);
	put_relative(s->due, w->a, due, sizeof due);
	put_relative(s->ends, w->a, ends, sizeof ends);
	table_row(w->t, -1,
		  (const char *[]){ id, s->subject, s->role, s->scope, since, *s->by ? s->by : "-",
				    reviewed, due, ends, to_end(s, &(struct command){ "" }) });
	return RBAC_OK;
}

int cmd_review(struct invocation *a, const struct args *args)
{
	struct rows w = { a,
			  table_new("review", a->json, columns, sizeof columns / sizeof *columns) };
	const struct review_wanted wanted = { .name = args->n ? args->v[0] : NULL,
					      .all = args->value[OPT_ALL] != NULL };
	struct buf why = { 0 };
	int err = change_reviews(a, &wanted, on_grant, &w, &why);

	return cmd_list_done(a, w.t, err, &why);
}

/* ---- keep, revoke ---- */

static int read_ids(const struct args *args, uint64_t *ids)
{
	for (int i = 0; i < args->n; i++) {
		const char *text = args->v[i];
		if (number_parse(text, 1, &ids[i]))
			continue;
		complain("review: %s: expected the number of an assignment (%s)", text,
			 COMMAND("rbacctl review"));
		return EXIT_USAGE;
	}
	return EXIT_DONE;
}

static int act(struct invocation *a, const struct args *args,
	       int (*fn)(struct change *c, const uint64_t *ids, size_t n))
{
	struct change c;
	uint64_t ids[REVIEW_IDS];
	int status = read_ids(args, ids);

	if (status)
		return status;
	int err = change_open(&c, a, false);
	return cmd_finish(&c, err ? err : fn(&c, ids, (size_t)args->n));
}

int cmd_review_keep(struct invocation *a, const struct args *args)
{
	return act(a, args, change_review_keep);
}

int cmd_review_revoke(struct invocation *a, const struct args *args)
{
	return act(a, args, change_review_revoke);
}
