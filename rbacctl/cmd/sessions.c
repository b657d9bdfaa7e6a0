/* The open sessions of those from whom a change takes something: listed, and ended on demand. */
#include "rbacctl/host/sessions/sessions.h"

#include <grp.h>
#include <pwd.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rbacctl/access/impact.h"
#include "rbacctl/change/change.h"
#include "rbacctl/cmd/cmd.h"
#include "rbacctl/command.h"
#include "rbacctl/human_time.h"
#include "rbacctl/table.h"

static const struct table_column columns[] = {
	{ "USER", "user", TABLE_TEXT },
	{ "TTY", "tty", TABLE_TEXT },
	{ "FROM", "from", TABLE_TEXT },
	{ "SINCE", "since", TABLE_TEXT },
	{ "PROCESSES", "processes", TABLE_NUMBER },
	{ "WHAT", "what", TABLE_TEXT },
	{ "OWN", "own", TABLE_TEXT },
	{ "CARRIES", "carries", TABLE_LIST },
};

/* Numbers in the making, each once. */
struct numbers {
	uint32_t *v;
	size_t n, cap;
	bool failed;
};

static void add_number(struct numbers *n, uint32_t number)
{
	for (size_t i = 0; i < n->n; i++)
		if (n->v[i] == number)
			return;
	if (buf_room(&n->v, n->n, &n->cap, sizeof *n->v))
		n->v[n->n++] = number;
	else
		n->failed = true;
}

static void add_user(struct numbers *uids, const char *name)
{
	const struct passwd *pw = getpwnam(name);
	if (pw && pw->pw_uid != 0)
		add_number(uids, pw->pw_uid);
}

static void add_names(struct numbers *uids, struct numbers *gids, const struct impact_line *l)
{
	const char *name, *scope;
	for (size_t at = 0; impact_next_name(&l->users, &at, &name, &scope);)
		add_user(uids, name);
	for (size_t at = 0; impact_next_name(&l->groups, &at, &name, &scope);) {
		const struct group *gr = getgrnam(name + 1);
		if (gr && gr->gr_gid != 0)
			add_number(gids, gr->gr_gid);
	}
}

/* Whose sessions, and what they may need of what was lost. */
struct losers {
	struct numbers uids, gids, lost;
	const struct impact *impact;
};

static bool is_lost(const struct impact_line *l, enum impact_kind kind)
{
	return !l->gain && l->at == RBAC_TIME_MIN && l->kind == kind;
}

/* Whom the change was about, and who loses a login or a group at once. */
static int find_losers(const struct change *c, const struct impact *i, struct losers *l)
{
	*l = (struct losers){ .impact = i };
	if (c->whom[0] && c->whom[0] != '%')
		add_user(&l->uids, c->whom);
	for (size_t k = 0; k < i->n; k++) {
		if (!is_lost(&i->v[k], IMPACT_LOGIN) && !is_lost(&i->v[k], IMPACT_GROUP))
			continue;
		add_names(&l->uids, &l->gids, &i->v[k]);
		if (i->v[k].kind == IMPACT_GROUP)
			add_number(&l->lost, i->v[k].number);
	}
	return l->uids.failed || l->gids.failed || l->lost.failed ? RBAC_NOMEM : RBAC_OK;
}

static void free_losers(struct losers *l)
{
	free(l->uids.v);
	free(l->gids.v);
	free(l->lost.v);
}

static int is_denied(void *ctx, const char *user, const char *service)
{
	const struct losers *l = ctx;
	(void)user;
	for (size_t k = 0; k < l->impact->n; k++)
		if (is_lost(&l->impact->v[k], IMPACT_LOGIN) &&
		    strcmp(l->impact->v[k].what, service) == 0)
			return 1;
	return -1;
}

/* Who is suspended, or gone, keeps nothing. */
static bool loses_all(const struct change *c)
{
	return c->verb &&
	       (strcmp(c->verb, "user suspend") == 0 || strcmp(c->verb, "user forget") == 0);
}

/* ---- what is said ---- */

static void say_session(const struct session *s, int64_t now)
{
	char since[64];
	human_instant(s->since, now, since, sizeof since);
	printf("  %s%s%s%s%s since %s: %zu process%s (%s%s)%s%s\n", s->user,
	       s->tty[0] ? " on " : "", s->tty, s->from[0] ? " from " : "", s->from, since,
	       s->processes, s->processes == 1 ? "" : "es", s->what,
	       s->processes > 4 ? ", ..." : "", s->own ? ": this very session" : "",
	       s->ends ? "" : ": does not need what was lost");
}

/* Each process of session AT that carries a group that was lost. */
static void say_carriers(const struct sessions *s, size_t at)
{
	for (size_t i = 0; i < s->n_processes; i++) {
		const struct session_process *p = &s->processes[i];
		if (p->session == at && p->carries)
			printf("    process %d (%s) still has a lost group\n", (int)p->pid,
			       p->name);
	}
}

static void say_how_to_end(const struct sessions *s)
{
	const char *said = "";
	for (size_t i = 0; i < s->n; i++) {
		const char *user = s->v[i].user;
		if (s->v[i].own || strchr(user, ' ') || strcmp(said, user) == 0)
			continue;
		printf("  to end those of %s: %s\n", user, COMMAND("pkill -KILL -u %s", user));
		said = user;
	}
}

static bool any_ends(const struct sessions *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->v[i].ends && !s->v[i].own)
			return true;
	return false;
}

static void say_sessions(const struct change *c, const struct sessions *s)
{
	printf("%zu open session%s, with the groups and rights from %s beginning:\n", s->n,
	       s->n == 1 ? "" : "s", s->n == 1 ? "its" : "their");
	for (size_t i = 0; i < s->n; i++) {
		say_session(&s->v[i], c->a->now);
		if (c->a->lists_processes)
			say_carriers(s, i);
	}
	if (c->a->ends_sessions && c->a->dry_run)
		printf("  %s would be ended\n", any_ends(s) ? "they" : "none of them");
	else if (!c->a->ends_sessions && c->a->dry_run)
		printf("  to end them with the change: --end-sessions\n");
	else if (!c->a->ends_sessions)
		say_how_to_end(s);
}

/* ---- the session of the command itself ---- */

/* What find_losers() has found, for the end of this process. */
static struct {
	struct losers l;
	struct session_owners owners;
} last;

static void end_own(void)
{
	fflush(NULL);
	(void)sessions_end_own(&sessions_here, &last.owners);
	free_losers(&last.l);
}

static bool copy(struct numbers *to, const uint32_t *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		add_number(to, v[i]);
	return !to->failed;
}

/* When all is printed. The services were judged already: what is lost to this session is known by
 * then, so that all of it ends. */
static int end_own_last(const struct session_owners *owners)
{
	if (!copy(&last.l.uids, owners->uids, owners->n_uids) ||
	    !copy(&last.l.gids, owners->gids, owners->n_gids) || atexit(end_own) != 0)
		return EXIT_TROUBLE;
	last.owners = (struct session_owners){ .uids = last.l.uids.v,
					       .gids = last.l.gids.v,
					       .n_uids = last.l.uids.n,
					       .n_gids = last.l.gids.n,
					       .all = true };
	return EXIT_DONE;
}

static int end_them(const struct change *c, const struct session_owners *owners,
		    const struct sessions *s)
{
	size_t left = 0, own = 0;
	int err = sessions_end(&sessions_here, owners, &left);
	for (size_t i = 0; i < s->n; i++)
		own += s->v[i].own && s->v[i].ends;
	if (err || left) {
		complain("not all sessions were ended: %zu process%s of them left%s%s", left,
			 left == 1 ? " is" : "es are", err ? ": " : "",
			 err ? rbac_error_text(err) : "");
		return EXIT_TROUBLE;
	}
	if (!c->a->json)
		printf("  %s%s\n",
		       any_ends(s) ? "ended"
		       : own       ? "no other is ended"
				   : "none is ended",
		       own ? "; the one of this command ends last, now" : "");
	return own ? end_own_last(owners) : EXIT_DONE;
}

static int with_owners(const struct change *c, const struct session_owners *owners,
		       struct sessions *s)
{
	int err = sessions_find(&sessions_here, owners, s);
	if (err) {
		if (c->recorded)
			complain("change %" PRIu64 " is made, but open sessions cannot be listed: "
				 "%s",
				 c->change, rbac_error_text(err));
		else
			complain("open sessions cannot be listed: %s", rbac_error_text(err));
		return exit_of(err);
	}
	if (s->n == 0 && c->a->ends_sessions && !c->a->json)
		printf("no open session\n");
	if (s->n && !c->a->json)
		say_sessions(c, s);
	return s->n && c->a->ends_sessions && !c->a->dry_run ? end_them(c, owners, s) : EXIT_DONE;
}

int cmd_sessions(const struct change *c, const struct impact *i, struct sessions *s)
{
	struct losers l;
	*s = (struct sessions){ .n = 0 };
	int err = find_losers(c, i, &l);
	const struct session_owners owners = { .uids = l.uids.v,
					       .gids = l.gids.v,
					       .n_uids = l.uids.n,
					       .n_gids = l.gids.n,
					       .all = loses_all(c),
					       .lost = l.lost.v,
					       .n_lost = l.lost.n,
					       .denied = is_denied,
					       .ctx = &l,
					       .since = c->lost_since };
	int status = err ? exit_of(err) : with_owners(c, &owners, s);
	free_losers(&l);
	return status;
}

/* ---- sessions USER ---- */

/* Root, and who they are of: nobody else may see them. */
static bool may_list(const struct invocation *a, uid_t uid)
{
	uid_t asks = a->peer ? a->peer->uid : getuid();

	return asks == uid || (!a->peer && geteuid() == 0);
}

/* The numbers of the processes of session AT that carry a group which the person does not have. */
static void put_carriers(const struct sessions *s, size_t at, struct buf *out)
{
	for (size_t i = 0; i < s->n_processes; i++)
		if (s->processes[i].session == at && s->processes[i].carries)
			buf_printf(out, "%s%d", out->len ? " " : "", (int)s->processes[i].pid);
}

static void list_json(const struct sessions *s)
{
	struct table *t = table_new("sessions", true, columns, sizeof columns / sizeof *columns);
	char since[64], processes[24];

	for (size_t i = 0; i < s->n; i++) {
		const struct session *one = &s->v[i];
		policy_time_print(one->since, since);
		struct buf carriers = { 0 };
		snprintf(processes, sizeof processes, "%zu", one->processes);
		put_carriers(s, i, &carriers);
		table_row(t, -1,
			  (const char *[]){ one->user, one->tty, one->from, since, processes,
					    one->what, one->own ? "true" : "false",
					    carriers.len ? buf_text(&carriers) : "-" });
		buf_free(&carriers);
	}
	if (table_print(t))
		complain("%s", rbac_error_text(RBAC_NOMEM));
	table_free(t);
}

int cmd_sessions_of(struct invocation *a, const struct args *args)
{
	const struct passwd *pw = getpwnam(args->v[0]);
	struct sessions s;

	if (!pw) {
		complain("sessions %s: there is no such user (%s)", args->v[0],
			 COMMAND("getent passwd %s", args->v[0]));
		return EXIT_USAGE;
	}
	uid_t uid = pw->pw_uid;
	if (!may_list(a, uid)) {
		complain("sessions %s: refused: root lists the sessions of others", args->v[0]);
		return EXIT_REFUSED;
	}
	uint32_t *gone = NULL;
	size_t n_gone = 0;
	int err = cmd_groups_gone(a, args->v[0], &gone, &n_gone);
	const struct session_owners owners = {
		.uids = &uid, .n_uids = 1, .lost = gone, .n_lost = err ? 0 : n_gone
	};
	/* Where the view cannot be read, the sessions are still there to see. */
	err = sessions_find(&sessions_here, &owners, &s);
	free(gone);
	if (err)
		complain("open sessions cannot be listed: %s", rbac_error_text(err));
	else if (a->json)
		list_json(&s);
	else if (s.n == 0)
		printf("no open session\n");
	for (size_t i = 0; i < s.n && !err && !a->json; i++) {
		s.v[i].ends = true; /* nothing was lost */
		say_session(&s.v[i], a->now);
		say_carriers(&s, i);
	}
	sessions_free(&s);
	return cmd_done(exit_of(err));
}
