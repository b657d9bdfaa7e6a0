/* fleet: one store for many hosts; an authority pushes signed sheets, members take them. */
#include "rbacctl/change/fleet/fleet.h"
#include "rbacctl/change/fleet/directory.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "rbacctl/cmd/cmd.h"
#include "rbacctl/cmd/json_values.h"
#include "rbacctl/command.h"
#include "rbacctl/human_time.h"
#include "rbacctl/plain_text.h"
#include "rbacctl/table.h"

enum { KEY_ENDS_SOON = 60 * 86400 }; /* seconds before the end of a key that push says so */

/* --every, into *SECONDS. */
static int interval(const struct args *args, uint32_t *seconds)
{
	int64_t t;

	*seconds = FLEET_INTERVAL;
	if (!args->value[OPT_EVERY])
		return EXIT_DONE;
	if (policy_duration_parse(args->value[OPT_EVERY], &t) || t > FLEET_INTERVAL_MAX) {
		complain("--every %s: expected a duration of at most 7d: " DURATION_FORMATS,
			 args->value[OPT_EVERY]);
		return EXIT_USAGE;
	}
	*seconds = (uint32_t)t;
	return EXIT_DONE;
}

int cmd_fleet_init(struct invocation *a, const struct args *args)
{
	struct change c;
	uint32_t every;
	int status = interval(args, &every);

	if (status)
		return status;
	int err = change_open_on_member(&c, a, false);
	if (!err)
		err = change_fleet_init(&c, args->v[0], every);
	bool made = !err;
	if (!err)
		err = change_commit(&c);
	if (made && ((err && !c.committed) || a->dry_run))
		change_fleet_init_undo(a);
	if (!err)
		cmd_say_done(&c);
	if (!err && !a->dry_run)
		printf("  keys in %s/fleet: keep root.key offline, and a copy of it; a person "
		       "who has authority.key can give every role on every host\n"
		       "  next: %s\n        %s\n",
		       a->state, COMMAND("rbacctl fleet enrol HOST --scope S"),
		       COMMAND("rbacctl fleet push --to DIR"));
	return cmd_done(change_close(&c, err));
}

/* With --dry-run there is no change, and no token. */
static int print_token(const struct change *c, const struct args *args, const char *token)
{
	json_t *o = json_schema();

	json_object_set_new(o, "host", json_text(args->v[0]));
	json_object_set_new(o, "scope", json_text(args->value[OPT_SCOPE]));
	json_object_set_new(o, "token", json_text(c->a->dry_run ? NULL : token));
	json_object_set_new(o, "change",
			    c->a->dry_run ? json_null() : json_integer((json_int_t)c->change));
	return json_print(o);
}

int cmd_fleet_enrol(struct invocation *a, const struct args *args)
{
	char token[FLEET_TOKEN_MAX];
	struct change c;

	if (!args->value[OPT_SCOPE]) {
		complain("fleet enrol: expected --scope S, the scope of the new member");
		return EXIT_USAGE;
	}
	int err = change_open_on_member(&c, a, false);
	if (!err)
		err = change_fleet_enrol(&c, args->v[0], args->value[OPT_SCOPE], token);
	if (!a->json)
		err = cmd_commit_told(&c, err);
	else if (!err)
		err = change_commit(&c);
	if (!err && a->json)
		err = print_token(&c, args, token);
	else if (!err && !a->dry_run)
		printf("  on %s: %s\n", args->v[0], THERE_COMMAND("rbacctl fleet join %s", token));
	return cmd_done(change_close(&c, err));
}

int cmd_fleet_join(struct invocation *a, const struct args *args)
{
	struct buf notes = { 0 }, why = { 0 };
	int err = fleet_join(a, args->v[0], &notes, &why);

	if (err)
		complain("%s", why.len ? buf_text(&why) : rbac_error_text(err));
	else
		printf("%s  next: %s\n", buf_text(&notes), COMMAND("rbacctl fleet take DIR"));
	buf_free(&notes);
	buf_free(&why);
	return cmd_done(exit_of(err));
}

/* The authority's key ends soon: EXIT_NO, and said. */
static int say_key_end(const struct invocation *a, const struct push_result *r)
{
	char rel[64];

	if (r->key_until - a->now >= KEY_ENDS_SOON)
		return EXIT_DONE;
	human_relative(r->key_until, a->now, rel, sizeof(rel));
	fflush(stdout);
	complain("the authority's key ends %s: members take nothing after that; a new one: %s", rel,
		 COMMAND("rbacctl fleet keys new"));
	return EXIT_NO;
}

static int print_pushed(const struct push_result *r, const char *to)
{
	json_t *o = json_schema();

	json_object_set_new(o, "folder", json_text(to));
	json_object_set_new(o, "written", json_integer((json_int_t)r->written));
	json_object_set_new(o, "sheets", json_integer((json_int_t)r->sheets));
	json_object_set_new(o, "change", json_integer((json_int_t)r->generation));
	json_object_set_new(o, "key_ends", json_instant(r->key_until));
	return json_print(o);
}

int cmd_fleet_push(struct invocation *a, const struct args *args)
{
	const char *to = args->value[OPT_TO];
	struct push_result r = { 0 };
	struct buf why = { 0 }, said = { 0 };

	if (!to && !fleet_has_directory(a)) {
		complain(
			"fleet push: expected --to DIR, the folder that is carried to the members; "
			"%s/fleet.conf, which would name a directory, is not there",
			a->etc);
		return EXIT_USAGE;
	}
	int err = to ? fleet_push_to_folder(a, to, &r, &why)
		     : fleet_push_to_directory(a, false, &r, &said, &why);
	if (err)
		complain("%s", why.len ? buf_text(&why) : rbac_error_text(err));
	else if (a->json)
		err = print_pushed(&r, to);
	else
		printf("%s: %zu of %zu sheets written, all as of change %" PRIu64 "\n",
		       to ? to : "the directory", r.written, r.sheets, r.generation);
	int status = err ? exit_of(err) : say_key_end(a, &r);
	buf_free(&why);
	buf_free(&said);
	return cmd_done(status);
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void cmd_fleet_sent(const struct invocation *a, bool quick)
{
	struct push_result r;
	struct buf why = { 0 }, said = { 0 };
	int64_t began = now_ms();

	if (!fleet_queue(a))
		return;
	fflush(stdout);
	int err = fleet_push_to_directory(a, quick, &r, &said, &why);
	if (err)
		complain("queued, the next push of the timer sends it: %s",
			 why.len ? buf_text(&why) : rbac_error_text(err));
	else if (!a->json)
		printf("  sent to the directory in %" PRId64 " ms\n", now_ms() - began);
	buf_free(&why);
	buf_free(&said);
}

int cmd_fleet_check(struct invocation *a, const struct args *args)
{
	struct buf said = { 0 }, why = { 0 };
	int status = 0;

	(void)args;
	if (!fleet_has_directory(a)) {
		complain(
			"%s/fleet.conf is not there: it names the directory, and docs/fleet.md has "
			"an example",
			a->etc);
		return EXIT_REFUSED;
	}
	int err = fleet_directory_ask(a, "check", &said, &status, &why);
	if (err) {
		complain("%s", buf_text(&why));
	} else if (a->json) {
		json_t *o = json_schema();
		json_object_set_new(o, "ok", json_boolean(status == 0));
		json_object_set_new(o, "lines", json_lines(buf_text(&said)));
		err = json_print(o);
	} else {
		plain_text_print(buf_text(&said));
	}
	buf_free(&said);
	buf_free(&why);
	return cmd_done(err ? exit_of(err) : status < 0 ? EXIT_TROUBLE : status);
}

int cmd_fleet_remove(struct invocation *a, const struct args *args)
{
	struct change c;
	int err = change_open_on_member(&c, a, false);

	if (!err)
		err = change_fleet_remove(&c, args->v[0]);
	return cmd_finish(&c, err);
}

/* Joined, and nothing taken yet: the token is all there is. */
static bool only_joined(const struct invocation *a, struct buf *why)
{
	return access(a->store, F_OK) != 0 && fleet_forget(a, why) == RBAC_OK;
}

static void say_left(const struct invocation *a, const char *host)
{
	const char *stop = fleet_has_directory(a) ? "systemctl disable --now rbac-follow "
						    "rbac-take.path rbac-take.timer"
						  : "stop what fetches the folder and takes it";

	if (!a->json)
		printf("  next: %s\n        on the authority: %s\n", stop,
		       THERE_COMMAND("rbacctl fleet remove %s", host));
}

int cmd_fleet_leave(struct invocation *a, const struct args *args)
{
	struct new_files files = { 0 };
	char host[RBAC_WORD_MAX + 1];
	struct buf why = { 0 };
	struct change c;

	(void)args;
	if (!a->dry_run && geteuid() == 0 && only_joined(a, &why)) {
		printf("the token is gone; nothing was taken from the fleet yet\n");
		buf_free(&why);
		return cmd_done(EXIT_DONE);
	}
	int err = change_open_on_member(&c, a, false);
	if (!err)
		err = change_fleet_leave(&c, &files, host);
	int status = cmd_finish(&c, err);
	if (c.committed) {
		if (fleet_forget(a, &why) == RBAC_SYSTEM)
			complain("%s", buf_text(&why));
		say_left(a, host);
	} else {
		new_files_remove(&files);
	}
	new_files_free(&files);
	buf_free(&why);
	return status;
}

/* ---- status ---- */

int cmd_fleet_lines(const struct invocation *a, struct table *t, bool *attention, bool *member)
{
	struct buf lines = { 0 }, why = { 0 };
	int err = fleet_status(a, &lines, attention, member, &why);

	if (err)
		table_row(t, -1, (const char *[]){ "warn", buf_text(&why) });
	for (char *p = lines.len ? (char *)lines.p : NULL; p && *p;) {
		char *tab = strchr(p, '\t'), *end = strchr(p, '\n');
		if (!tab || !end || tab > end)
			break;
		*tab = *end = '\0';
		table_row(t, -1, (const char *[]){ p, tab + 1 });
		p = end + 1;
	}
	buf_free(&lines);
	buf_free(&why);
	return err;
}

static const struct table_column columns[] = {
	{ "WHAT", "what", TABLE_TEXT },
	{ "STATE", "state", TABLE_TEXT },
};

int cmd_fleet_status(struct invocation *a, const struct args *args)
{
	struct table *t = table_new("fleet", a->json, columns, sizeof(columns) / sizeof(*columns));
	bool attention = false, member;
	int err = cmd_fleet_lines(a, t, &attention, &member);

	(void)args;
	if (!err && table_rows(t) == 0)
		table_row(t, -1, (const char *[]){ "fleet", "this host is in no fleet" });
	int bad = table_print(t);
	table_free(t);
	return cmd_done(err ? exit_of(err) : bad ? exit_of(bad) : attention ? EXIT_NO : EXIT_DONE);
}
