/* log: every change, as the store has it; log --prune. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "rbacctl/access/may_see.h"
#include "rbacctl/change/undo/log_prune.h"
#include "rbacctl/change/read/records.h"
#include "rbacctl/cmd/cmd.h"
#include "rbacctl/host/time/local_time.h"
#include "rbacctl/human_time.h"
#include "rbacctl/number.h"
#include "rbacctl/plain_text.h"
#include "rbacctl/table.h"

struct rows {
	const struct invocation *a;
	struct table *t;
	struct may_see sees;
	size_t n; /* told */
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

static void print_record(const struct rows *w, const struct store_audit *r, const char *text)
{
	char change[32], when[64];
	snprintf(change, sizeof change, "%" PRIu64, r->change);
	if (w->a->json)
		policy_time_print(r->when, when);
	else
		human_date_time(r->when, when, sizeof when);
	if (w->a->json) {
		table_row(w->t, -1,
			  (const char *[]){ change, when, r->actor, r->person, r->verb, text });
		return;
	}
	printf("%s  %s  ", change, when);
	print_words("", r->verb, "");
	print_words("  by ", r->actor, "");
	print_words("  (", r->person, ")\n");
	print_lines(text);
}

static int on_record(void *ctx, const struct store_audit *r)
{
	struct rows *w = ctx;
	struct buf text = { 0 };

	if (may_see_record(&w->sees, r->actor, r->text, &text)) {
		print_record(w, r, buf_text(&text));
		w->n++;
	}
	buf_free(&text);
	return text.failed ? RBAC_NOMEM : RBAC_OK;
}

static const struct table_column columns[] = {
	{ "CHANGE", "change", TABLE_NUMBER }, { "WHEN", "when", TABLE_TEXT },
	{ "ACTOR", "actor", TABLE_TEXT },     { "PERSON", "person", TABLE_TEXT },
	{ "VERB", "verb", TABLE_TEXT },       { "TEXT", "text", TABLE_TEXT },
};

/* Whom --by and --user name. */
struct named {
	struct person by, user;
};

static void read_persons(const struct args *args, struct named *named, struct records_filter *f)
{
	const char *by = args->value[OPT_BY], *user = args->value[OPT_USER];

	f->by = cmd_person(by, &named->by);
	f->by_typed = f->by != by ? by : NULL;
	f->subject = cmd_person(user, &named->user);
	f->subject_typed = f->subject != user ? user : NULL;
}

/* --since, --until, --by, ... The exit status, with a complaint when not EXIT_DONE. F borrows
 * NAMED. */
static int read_filter(const struct invocation *a, const struct args *args, struct named *named,
		       struct records_filter *f)
{
	int64_t *const times[] = { &f->since, &f->until };
	const char *const texts[] = { args->value[OPT_SINCE], args->value[OPT_UNTIL] };
	const char *why, *number = args->value[OPT_CHANGE];

	*f = (struct records_filter){ .role = args->value[OPT_ROLE],
				      .scope = args->value[OPT_SCOPE] };
	read_persons(args, named, f);
	for (int i = 0; i < 2; i++)
		if (texts[i] && local_time_parse(texts[i], a->now, times[i], &why)) {
			complain("--%s %s: %s", i ? "until" : "since", texts[i], why);
			return EXIT_USAGE;
		}
	/* What of a record others may not see is not to be guessed either. */
	if (a->peer && (f->scope || f->subject)) {
		complain("refused: --%s does not go through the socket: it is for root",
			 f->scope ? "scope" : "user");
		return EXIT_REFUSED;
	}
	if (!number)
		return EXIT_DONE;
	if (number_parse(number, 1, &f->change))
		return EXIT_DONE;
	complain("--change %s: expected the number of a change", number);
	return EXIT_USAGE;
}

static const struct table_column head_columns[] = {
	{ "CHANGE", "change", TABLE_NUMBER },
	{ "HASH", "hash", TABLE_TEXT },
};

static int print_head(const struct invocation *a)
{
	struct buf why = { 0 };
	uint8_t hash[STORE_HASH];
	uint64_t generation;
	char number[32], digits[2 * STORE_HASH + 1];
	int err = records_head(a->store, &generation, hash, &why);

	if (err) {
		complain("%s", buf_text(&why));
		buf_free(&why);
		return cmd_done(exit_of(err));
	}
	buf_free(&why);
	snprintf(number, sizeof(number), "%" PRIu64, generation);
	for (size_t i = 0; i < sizeof(hash); i++)
		snprintf(digits + 2 * i, 3, "%02x", hash[i]);
	if (!a->json) {
		printf("%s %s\n", number, digits);
		return cmd_done(EXIT_DONE);
	}
	struct table *t = table_new("head", true, head_columns, 2);
	table_row(t, -1, (const char *[]){ number, digits });
	err = table_print(t);
	table_free(t);
	return cmd_done(exit_of(err));
}

/* ---- what was pruned ---- */

void cmd_say_pruned(const struct invocation *a)
{
	uint64_t change;

	if (!a->json && log_pruned(a->store, &change) == RBAC_OK && change)
		complain("the log begins with change %" PRIu64 ": those before it were pruned",
			 change + 1);
}

/* There is no change N to be told. Who is not root learns nothing of what there is. */
static int say_missing(const struct invocation *a, uint64_t n)
{
	uint64_t last = 0, pruned = 0;
	uint8_t hash[STORE_HASH];
	struct buf why = { 0 };

	if (a->peer)
		return EXIT_DONE;
	int err = records_head(a->store, &last, hash, &why);
	if (!err)
		err = log_pruned(a->store, &pruned);
	buf_free(&why);
	if (err || (n > pruned && n <= last))
		return exit_of(err);
	if (n > last)
		complain("there is no change %" PRIu64 ": the last one is %" PRIu64, n, last);
	else
		complain("change %" PRIu64 " was pruned from the log, which begins with change "
			 "%" PRIu64,
			 n, pruned + 1);
	return EXIT_USAGE;
}

static int prune(struct invocation *a, const char *before)
{
	struct change c;
	int err = change_open_on_member(&c, a, false);

	if (!err)
		err = change_log_prune(&c, before);
	return cmd_finish(&c, err);
}

/* --prune stands alone, and --dry-run, --force and --as with it. */
static int check_prune(const struct args *args)
{
	static const struct {
		enum opt option;
		const char *word;
		bool with; /* goes with --prune, and only with it */
	} options[] = {
		{ OPT_SINCE, "since", false },   { OPT_UNTIL, "until", false },
		{ OPT_BY, "by", false },         { OPT_USER, "user", false },
		{ OPT_ROLE, "role", false },     { OPT_SCOPE, "scope", false },
		{ OPT_CHANGE, "change", false }, { OPT_VERIFY, "verify", false },
		{ OPT_HEAD, "head", false },     { OPT_DRY_RUN, "dry-run", true },
		{ OPT_FORCE, "force", true },    { OPT_AS, "as", true },
	};
	bool prunes = args->value[OPT_PRUNE] != NULL;

	for (size_t i = 0; i < sizeof options / sizeof *options; i++)
		if (args->value[options[i].option] && options[i].with != prunes) {
			complain("log: --%s %s --prune", options[i].word,
				 prunes ? "does not go with" : "goes only with");
			return EXIT_USAGE;
		}
	return EXIT_DONE;
}

int cmd_log(struct invocation *a, const struct args *args)
{
	struct rows w = { .a = a };
	struct records_filter filter;
	struct named named;
	struct records_chain chain = { 0 };
	struct buf why = { 0 };
	bool verify = args->value[OPT_VERIFY] != NULL;
	int status = check_prune(args);
	if (!status && args->value[OPT_PRUNE])
		return prune(a, args->value[OPT_PRUNE]);
	if (!status && args->value[OPT_HEAD])
		return print_head(a);
	if (!status)
		status = read_filter(a, args, &named, &filter);
	if (status)
		return status;
	int err = may_see_open(a, &w.sees);
	if (err) {
		may_see_close(&w.sees);
		return exit_of(err);
	}
	if (!filter.change)
		cmd_say_pruned(a);
	if (a->json)
		w.t = table_new("log", true, columns, sizeof columns / sizeof *columns);
	err = records_log(a->store, &filter, on_record, &w, verify ? &chain : NULL, &why);
	if (err)
		complain("%s", buf_text(&why));
	else if (a->json)
		err = table_print(w.t);
	if (!err && verify)
		fprintf(a->json ? stderr : stdout,
			chain.broken ? "the chain does NOT hold at change %" PRIu64 "\n"
				     : "the chain holds\n",
			chain.at);
	table_free(w.t);
	may_see_close(&w.sees);
	buf_free(&why);
	if (!err && filter.change && w.n == 0)
		status = say_missing(a, filter.change);
	else if (!err && w.n == 0 && !a->json)
		remark("%s", a->peer ? "nothing in the log matches that you may see"
				     : "nothing in the log matches");
	return cmd_done(err ? exit_of(err) : chain.broken ? EXIT_NO : status);
}
