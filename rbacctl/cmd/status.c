/* status: how things stand, and what needs attention. */
#include <grp.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rbacctl/access/attention.h"
#include "rbacctl/buf.h"
#include "rbacctl/change/records.h"
#include "rbacctl/cmd/cmd.h"
#include "rbacctl/command.h"
#include "rbacctl/host/check_host.h"
#include "rbacctl/host/etc.h"
#include "rbacctl/host/group_clashes.h"
#include "rbacctl/human_time.h"
#include "rbacctl/table.h"

struct report {
	const struct invocation *a;
	const struct snapshot *snap;
	struct table *t;
	bool member; /* of a fleet */
};

static void row(struct report *r, const char *what, const char *text)
{
	table_row(r->t, -1, (const char *[]){ what, text });
}

/* A stack that asks us about a service that no rule names denies everyone but root and the exempt.
 */
static void unruled_services(struct report *r)
{
	struct pam_names unruled;
	char text[800];
	if (check_unruled(r->snap->p, &pam_here, &unruled) == RBAC_OK)
		for (size_t i = 0; i < unruled.n; i++) {
			snprintf(text, sizeof text,
				 "/etc/pam.d/%.300s names pam_rbac.so, and no login rule names "
				 "the service: everybody but root and the exempt is denied there",
				 unruled.v[i]);
			row(r, "warn", text);
		}
	pam_names_free(&unruled);
}

static void gate(struct report *r)
{
	const struct policy *p = r->snap->p;
	struct buf on = { 0 };
	/* Whether a service asks us is the business of its PAM stack: look whether it names the
	 * module. */
	for (size_t i = 0; i < p->n_services; i++)
		buf_printf(&on, "%s%s: %s", i ? ", " : "", p->services[i].name,
			   pam_gate_of(&pam_here, p->services[i].name) != PAM_OPEN ? "on" : "off");
	row(r, "gate", on.len ? buf_text(&on) : "no login rule names a service");
	unruled_services(r);
	buf_free(&on);
}

static void host(struct report *r)
{
	struct buf b = { 0 };
	buf_printf(&b, "%s", r->snap->p->host_any ? "any scope" : "");
	for (size_t i = 0; i < r->snap->p->hosts.n; i++)
		buf_printf(&b, "%s%s", i ? ", " : "", r->snap->p->hosts.v[i]);
	row(r, "host", buf_text(&b));
	buf_free(&b);
}

static void break_glass(struct report *r)
{
	struct buf b = { 0 };
	for (size_t i = 0; i < r->snap->p->exempt_users.n; i++)
		buf_printf(&b, "%s%s", b.len ? ", " : "", r->snap->p->exempt_users.v[i]);
	for (size_t i = 0; i < r->snap->p->exempt_groups.n; i++) {
		const struct group *g = getgrnam(r->snap->p->exempt_groups.v[i]);
		size_t n = 0;
		while (g && g->gr_mem[n])
			n++;
		buf_printf(&b, "%s%%%s (%s%.0zu%s)", b.len ? ", " : "",
			   r->snap->p->exempt_groups.v[i], g ? "" : "no such group", g ? n : 0,
			   g && n == 0 ? "0" : "");
	}
	row(r, "exempt",
	    b.len ? buf_text(&b) : "nobody: keep a root shell open when you change the gate");
	buf_free(&b);
}

static void files(struct report *r)
{
	char text[600];
	/* On a member the policy is the fleet's, and /etc/rbac has host.conf alone. */
	if (r->member)
		return;
	switch (etc_compare(r->a->etc, &r->snap->sources)) {
	case ETC_APPLIED:
		snprintf(text, sizeof text, "%.300s is what is applied", r->a->etc);
		break;
	case ETC_DIFFERS:
		snprintf(text, sizeof text, "%.300s differs from what is applied (%s)", r->a->etc,
			 COMMAND("rbacctl diff"));
		break;
	case ETC_UNREADABLE:
		snprintf(text, sizeof text, "%.300s cannot be read (%s)", r->a->etc,
			 COMMAND("rbacctl check"));
		break;
	}
	row(r, "files", text);
}

/* What the store says of a fleet; it is root's to read. */
static void fleet(struct report *r)
{
	bool attention;

	if (geteuid() != 0)
		return;
	(void)cmd_fleet_lines(r->a, r->t, &attention, &r->member);
}

static void on_other(void *ctx, int role, const char *text)
{
	(void)role;
	row(ctx, "warn", text);
}

static void view(struct report *r)
{
	char text[COMMAND_MAX + 200], rel[64], state[COMMAND_MAX + 80] = "";
	struct records_state now;
	struct buf why = { 0 };
	human_relative(r->snap->v.meta.published, r->a->now, rel, sizeof rel);
	int err = records_state(r->a, &now, &why);
	if (!err && now.judged.history == VIEW_SAME)
		snprintf(state, sizeof state, ", matches the store");
	else if (!err)
		snprintf(state, sizeof state, ", but the store is at %" PRIu64 " (%s)",
			 now.generation,
			 now.judged.history == VIEW_BEHIND
				 ? COMMAND("rbacctl publish")
				 : COMMAND("rbacctl publish --accept-older-store --as root"));
	snprintf(text, sizeof text, "generation %" PRIu64 "%s, published %s",
		 r->snap->v.meta.generation, state, rel);
	row(r, "view", text);
	/* It is root's to read; that root cannot read it is news. */
	if (err && geteuid() == 0)
		row(r, "warn", buf_text(&why));
	buf_free(&why);
}

static void on_attention(void *ctx, const char *what, const char *text)
{
	row(ctx, what, text);
}

static const struct table_column columns[] = {
	{ "WHAT", "what", TABLE_TEXT },
	{ "STATE", "state", TABLE_TEXT },
};

int cmd_status(struct invocation *a, const struct args *args)
{
	struct snapshot snap;
	struct report r = { .a = a, .snap = &snap };
	(void)args;
	int err = snapshot_open(&snap, a->view), bad = RBAC_OK;
	/* A policy that cannot be read has been told: what does not need it is told all the same.
	 */
	if (snap.open) {
		r.t = table_new("status", a->json, columns, sizeof columns / sizeof *columns);
		if (snap.p) {
			gate(&r);
			host(&r);
		}
		view(&r);
		fleet(&r);
		files(&r);
		if (snap.p) {
			break_glass(&r);
			if (group_clashes_of_policy(snap.p, on_other, &r))
				row(&r, "warn",
				    "whether other sources have groups with the names "
				    "of roles cannot be told");
			bad = attention_people(&snap, a->now, on_attention, &r);
		}
		if (!bad)
			bad = table_print(r.t);
		table_free(r.t);
	}
	snapshot_close(&snap);
	return cmd_done(exit_of(err ? err : bad));
}
