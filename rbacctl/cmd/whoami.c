/* whoami: what the person who types it has here: roles, keys, groups, services, until when. */
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "rbacctl/cmd/cmd.h"
#include "rbacctl/cmd/explain_line.h"
#include "rbacctl/cmd/whoami.h"
#include "rbacctl/command.h"
#include "rbacctl/host/people/actor.h"
#include "rbacctl/human_time.h"
#include "rbacctl/plain_text.h"

/* ---- who ---- */

/* Root's command is that of the person who typed it; anybody else is whom the kernel says. */
static int find_person(struct whoami *w)
{
	struct buf why = { 0 };
	const struct passwd *pw = geteuid() == 0 ? NULL : getpwuid(geteuid());
	int err = geteuid() == 0 ? actor_find(w->a->as, &w->a->actor, &why)
		  : w->a->as     ? RBAC_REFUSED
		  : pw           ? RBAC_OK
				 : RBAC_INVALID;

	if (why.len)
		complain("%s", buf_text(&why));
	else if (err == RBAC_REFUSED)
		complain("refused: --as %s: only root acts for another", w->a->as);
	else if (err)
		complain("whoami: passwd has nobody with uid %u", (unsigned)geteuid());
	buf_free(&why);
	if (!err && !pw && w->a->as)
		return snapshot_person(w->snap, w->a->actor.name, &w->person);
	if (!err && person_find(pw ? pw->pw_name : w->a->actor.name, &w->person)) {
		complain("%s is not the name of a user that can be recorded (%s)", w->person.name,
			 COMMAND("getent passwd %s", w->person.name));
		err = RBAC_INVALID;
	}
	w->shell = !err && w->person.uid == geteuid();
	return exit_of(err);
}

/* ---- for people ---- */

static void say_given(const struct whoami *w, const struct held *e)
{
	const struct whoami_row *g = e->owner || e->via ? NULL : whoami_given(w, e->id);

	if (e->owner)
		printf(", as its owner");
	else if (e->via)
		printf(", through the Unix group %s", e->via);
	else if (g && g->request)
		printf(", request %" PRIu64 ", approved by %s", g->request, g->by);
	else if (g)
		printf(", given by %s", g->by);
}

static void say_roles(const struct whoami *w)
{
	char ends[128];

	for (size_t i = 0; i < w->h.n; i++) {
		const struct held *e = &w->h.v[i];
		if (e->window.until <= w->a->now)
			continue;
		printf("  %s at %s", w->snap->p->roles[e->role].name, e->scope);
		cmd_end(e->window.from, w->a->now, false, ends, sizeof ends);
		if (e->window.from > w->a->now)
			printf(" from %s", ends);
		cmd_end(e->window.until, w->a->now, false, ends, sizeof ends);
		if (e->window.until != RBAC_TIME_MAX)
			printf(" until %s", ends);
		say_given(w, e);
		putchar('\n');
	}
}

static int say_keys(const struct whoami *w)
{
	struct buf keys = { 0 };
	bool failed = false;

	for (size_t i = 0; i < w->h.n && !failed; i++) {
		if (!whoami_first_at(w, i))
			continue;
		buf_reset(&keys);
		whoami_keys(w, w->h.v[i].scope, &keys);
		failed = keys.failed;
		if (keys.len)
			printf("  keys at %s: %s\n", w->h.v[i].scope, buf_text(&keys));
	}
	buf_free(&keys);
	return failed ? RBAC_NOMEM : RBAC_OK;
}

/* What a PAM line opens, whatever roles they hold. */
static void say_exempt(const struct whoami *w)
{
	const struct policy *p = w->snap->p;
	char by[400];

	for (size_t i = 0; i < p->n_services; i++)
		if (explain_line_exempts(p, p->services[i].name, w->person.name, by, sizeof by))
			printf("  exempt here: %s, by %s\n", p->services[i].name, by);
}

static void say_access(const struct whoami *w)
{
	for (size_t i = 0; i < w->e.n_groups; i++)
		printf("%s%s%s", i ? " " : "  groups here: ", w->e.groups[i].name,
		       w->e.groups[i].extra ? " (Unix)" : "");
	printf("%s", w->e.n_groups ? "\n" : "");
	for (size_t i = 0; i < w->e.n_services; i++)
		printf("%s%s%s%s", i ? ", " : "  services here: ", w->e.services[i].name,
		       *w->e.services[i].when ? " " : "", w->e.services[i].when);
	printf("%s", w->e.n_services ? "\n" : "  services here: none\n");
	say_exempt(w);
}

static void say_session(const struct whoami *w)
{
	char name[RBAC_UNIX_GROUP_MAX + 1];

	for (size_t i = 0; i < w->n_lacks; i++) {
		whoami_group(w, w->lacks[i], name);
		printf("%s%s",
		       i                ? ", "
		       : w->n_lacks > 1 ? "  this shell lacks the groups "
					: "  this shell lacks the group ",
		       name);
	}
	printf("%s", w->n_lacks ? ": log in again\n" : "");
	for (size_t i = 0; i < w->n_keeps; i++) {
		whoami_group(w, w->keeps[i], name);
		printf("%s%s", i ? ", " : "  this shell still has, until it ends: ", name);
	}
	printf("%s", w->n_keeps ? "\n" : "");
}

static void say_requests(const struct whoami *w)
{
	char id[24];
	size_t n = 0;

	for (size_t i = 0; i < w->requests.n; i++) {
		const struct whoami_row *r = &w->requests.v[i];
		if (r->approves)
			continue;
		snprintf(id, sizeof id, "%" PRIu64, r->id);
		printf("  your request %s is pending: %s at %s%s%s        (%s)\n", id, r->role,
		       r->scope, strcmp(r->user, w->person.name) ? " for " : "",
		       strcmp(r->user, w->person.name) ? r->user : "",
		       COMMAND("rbacctl cancel %s", id));
	}
	for (size_t i = 0; i < w->requests.n; i++)
		if (w->requests.v[i].approves)
			printf("%s %" PRIu64, n++ ? "," : "  you may approve: request",
			       w->requests.v[i].id);
	if (n)
		printf("        (%s)\n", COMMAND("rbacctl requests"));
}

static void say_more(const struct whoami *w)
{
	const struct policy *p = w->snap->p;

	size_t n = 0;
	for (size_t i = 0; i < w->may.n; i++) {
		const struct policy_role *r = &p->roles[w->may.v[i].role];
		struct buf how = { 0 };
		if (whoami_asked_for(w, &w->may.v[i]))
			continue;
		printf("%s", n++ ? "" : "  to request more roles:\n");
		requestable_how(r, &how);
		printf("    %s%s        (%s)\n", invocation_where(w->a),
		       COMMAND_AT(!w->a->member,
				  "rbacctl request %s --scope %s --for %s --reason WHY", r->name,
				  w->may.v[i].scope, requestable_length(r)),
		       buf_text(&how));
		buf_free(&how);
	}
}

static void say_state(const struct whoami *w)
{
	const struct holdings *h = &w->h;

	if (w->person.uid == 0)
		printf("  root passes every service, and needs no role\n");
	else if (h->suspended)
		printf("  suspended, which denies everything\n");
	else if (h->second)
		printf("  a second name of a recorded person, which has no roles\n");
	else if (h->uid_changed)
		printf("  recorded with uid %u: roles of that uid do not count\n", h->uid);
	else if (h->n == 0)
		printf("  no role\n");
}

static int say(const struct whoami *w)
{
	printf("%s (uid %u), ", w->person.name, w->person.uid);
	cmd_say_host(w->snap);
	say_state(w);
	say_roles(w);
	int err = say_keys(w);
	if (w->person.uid != 0)
		say_access(w);
	say_session(w);
	say_requests(w);
	if (w->person.uid != 0)
		say_more(w);
	return err;
}

/* ---- all of it ---- */

static int gather(struct whoami *w)
{
	struct source source = snapshot_source(w->snap);
	int err = source_effective(&source, w->person.name, &w->h);

	if (!err)
		err = effective_access_of(w->snap, w->person.name, w->a->now, &w->e);
	if (!err && w->person.uid != 0)
		err = requestable_of(w->snap, w->person.name, &w->h, w->a->now, &w->may);
	if (!err && w->shell && w->person.uid != 0)
		err = whoami_compare_session(w);
	return err ? err : whoami_ask_store(w);
}

int cmd_whoami(struct invocation *a, const struct args *args)
{
	struct snapshot snap;
	struct whoami w = { .a = a, .snap = &snap };
	(void)args;
	int err = snapshot_open(&snap, a->view);
	int status = err ? exit_of(err) : find_person(&w);

	if (!status) {
		err = gather(&w);
		if (!err)
			err = a->json ? whoami_json(&w) : say(&w);
		if (err)
			complain("%s", rbac_error_text(err));
		status = exit_of(err);
	}
	whoami_free(&w);
	snapshot_close(&snap);
	return cmd_done(status);
}
