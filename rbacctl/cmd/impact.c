/* Whom a change touches, after it or in its place (--dry-run, diff): for people, and as JSON. */
#include "rbacctl/access/impact.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "rbacctl/change/change.h"
#include "rbacctl/cmd/cmd.h"
#include "rbacctl/command.h"
#include "rbacctl/host/sessions/sessions.h"
#include "rbacctl/table.h"

static const struct table_column effect_columns[] = {
	{ "EFFECT", "effect", TABLE_TEXT },   { "CHANGE", "change", TABLE_TEXT },
	{ "WHO", "who", TABLE_TEXT },         { "WHAT", "what", TABLE_TEXT },
	{ "KEYS", "keys", TABLE_LIST },       { "SCOPE", "scope", TABLE_TEXT },
	{ "NUMBER", "number", TABLE_NUMBER }, { "LIMIT", "limit", TABLE_NUMBER },
	{ "RULE", "rule", TABLE_TEXT },       { "WHEN", "when", TABLE_TEXT },
	{ "BEFORE", "before", TABLE_TEXT },   { "AT", "at", TABLE_TEXT },
};

static const char *const kinds[] = {
	[IMPACT_LOGIN] = "login", [IMPACT_TIMES] = "login",     [IMPACT_GROUP] = "group",
	[IMPACT_KEYS] = "keys",   [IMPACT_ANYONE] = "login",    [IMPACT_ROLE_GROUP] = "host-group",
	[IMPACT_LATER] = "later", [IMPACT_MINIMUM] = "minimum",
};

static const char *or_dash(const char *text)
{
	return *text ? text : "-";
}

static const char *change_word(const struct impact_line *l)
{
	return l->kind == IMPACT_TIMES     ? "times"
	       : l->kind == IMPACT_MINIMUM ? "below"
	       : l->kind == IMPACT_LATER   ? "more"
	       : l->gain                   ? "gain"
					   : "lose";
}

static void add_row(struct table *t, const struct impact_line *l, const char *who,
		    const char *scope)
{
	char number[16] = "-", limit[16] = "-", at[32] = "-";
	bool times = l->kind == IMPACT_TIMES, keys = l->kind == IMPACT_KEYS;
	struct buf list = { 0 };
	for (const char *p = l->what; keys && *p; p++)
		if (*p != ',')
			buf_printf(&list, "%c", *p);
	if (l->kind == IMPACT_GROUP || l->kind == IMPACT_ROLE_GROUP || l->kind == IMPACT_MINIMUM)
		snprintf(number, sizeof number, "%u", l->number);
	if (l->kind == IMPACT_MINIMUM)
		snprintf(limit, sizeof limit, "%u", l->limit);
	if (l->at != RBAC_TIME_MIN)
		policy_time_print(l->at, at);
	table_row(t, -1,
		  (const char *[]){ kinds[l->kind], change_word(l), or_dash(who),
				    keys ? "-" : or_dash(l->what), buf_text(&list), or_dash(scope),
				    number, limit, or_dash(l->rule),
				    times && !*l->when ? "always" : or_dash(l->when),
				    !times    ? "-"
				    : *l->was ? l->was
					      : "always",
				    at });
	buf_free(&list);
}

static void add_names(struct table *t, const struct impact_line *l, const struct impact_names *n)
{
	const char *name, *scope;
	for (size_t at = 0; impact_next_name(n, &at, &name, &scope);)
		add_row(t, l, name, scope);
}

static void add_line(struct table *t, const struct impact_line *l)
{
	if (l->users.n + l->groups.n == 0)
		add_row(t, l, l->kind == IMPACT_ANYONE ? "everybody else" : "", "");
	add_names(t, l, &l->users);
	add_names(t, l, &l->groups);
}

/* Who administers afterwards, where that is known. */
static void add_administrators(struct table *t, const struct impact *i)
{
	const char *name, *scope;
	for (size_t at = 0; i->admins_known && impact_next_name(&i->admins, &at, &name, &scope);)
		table_row(t, -1,
			  (const char *[]){ "administrator", "is", name, "-", "-", "-", "-", "-",
					    "-", "-", "-", "-" });
}

/* The change itself comes first: who made it, or would. */
static void add_change(struct table *t, const struct change *c)
{
	char number[32];
	snprintf(number, sizeof number, "%" PRIu64, c->nothing ? c->change - 1 : c->change);
	table_row(t, -1,
		  (const char *[]){ "change",
				    c->nothing      ? "none"
				    : c->a->dry_run ? "would be"
						    : "made",
				    c->a->actor.name, c->verb ? c->verb : "-", "-", "-", number,
				    "-", "-", "-", "-", "-" });
}

/* A row for each line of LINES. */
static void add_settings(struct table *t, const char *lines)
{
	for (size_t len; *lines; lines += len + (lines[len] == '\n')) {
		char line[1024];
		len = strcspn(lines, "\n");
		snprintf(line, sizeof line, "%.*s", (int)len, lines);
		table_row(t, -1,
			  (const char *[]){ "setting", "-", "-", line, "-", "-", "-", "-", "-", "-",
					    "-", "-" });
	}
}

static void add_sessions(struct table *t, const struct change *c, const struct sessions *s)
{
	for (size_t k = 0; k < s->n; k++) {
		const struct session *one = &s->v[k];
		char number[32], since[32];
		bool ended = c->a->ends_sessions && !c->a->dry_run && !one->own && one->ends;
		snprintf(number, sizeof number, "%zu", one->processes);
		policy_time_print(one->since, since);
		table_row(t, -1,
			  (const char *[]){ "session", ended ? "ended" : "open", one->user,
					    or_dash(one->tty), "-", "-", number, "-", "-",
					    or_dash(one->from), "-", since });
	}
}

/* Each process of S that carries a group which was lost: --list-sessions. */
static void add_carriers(struct table *t, const struct sessions *s)
{
	for (size_t k = 0; k < s->n_processes; k++) {
		const struct session_process *one = &s->processes[k];
		char number[32];
		snprintf(number, sizeof number, "%d", (int)one->pid);
		if (one->carries)
			table_row(t, -1,
				  (const char *[]){ "process", "carries", s->v[one->session].user,
						    one->name, "-", "-", number, "-", "-", "-", "-",
						    "-" });
	}
}

static void print_json(const struct change *c, const struct impact *i, const char *settings,
		       const struct sessions *s)
{
	struct table *t = table_new("effects", true, effect_columns,
				    sizeof effect_columns / sizeof *effect_columns);
	if (c)
		add_change(t, c);
	add_settings(t, settings ? settings : "");
	for (size_t k = 0; k < i->n; k++)
		add_line(t, &i->v[k]);
	add_administrators(t, i);
	if (c)
		add_sessions(t, c, s);
	if (c && c->a->lists_processes)
		add_carriers(t, s);
	if (table_print(t) == RBAC_NOMEM)
		complain("%s", rbac_error_text(RBAC_NOMEM));
	table_free(t);
}

static void print_text(const struct change *c, const struct impact *i)
{
	struct buf text = { 0 };
	impact_text(i, c->a->now, &text);
	cmd_print(&text);
}

/* Why is said once: by the notes of C where the store's policy is no better. */
static void print_unknown(const struct change *c, const struct buf *why)
{
	FILE *to = c->a->json ? stderr : stdout;
	fprintf(to,
		"effect: not known, because the policy before this change cannot be read "
		"(after the change: %s)\n%s",
		COMMAND("rbacctl explain USER"), c->unread.len ? "" : buf_text(why));
}

static bool is_json(const struct change *c)
{
	return !c || c->a->json;
}

int cmd_impact(struct change *c, const char *settings)
{
	struct impact i = { .n = 0 };
	struct sessions sessions = { .n = 0 };
	struct buf why = { 0 };
	int status = EXIT_DONE, err = c ? change_impact(c, &i, &why) : RBAC_OK;
	bool nothing = err == RBAC_NOTFOUND, unknown = err == RBAC_DAMAGED && why.len;
	if (unknown)
		print_unknown(c, &why);
	else if (err && !nothing)
		complain("cannot find out who is affected: %s", rbac_error_text(err));
	if (!err && !is_json(c))
		print_text(c, &i);
	if (c && c->a->lists_sessions)
		status = cmd_sessions(c, &i, &sessions);
	if (is_json(c))
		print_json(c, &i, settings, &sessions);
	sessions_free(&sessions);
	impact_free(&i);
	buf_free(&why);
	return status;
}
