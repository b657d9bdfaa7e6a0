/* status: how things stand, and what needs attention. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rbacctl/access/attention.h"
#include "rbacctl/access/doctor.h"
#include "rbacctl/buf.h"
#include "rbacctl/change/read/records.h"
#include "rbacctl/change/read/requests.h"
#include "rbacctl/change/read/reviews.h"
#include "rbacctl/cmd/cmd.h"
#include "rbacctl/cmd/status_host.h"
#include "rbacctl/cmd/store_findings.h"
#include "rbacctl/command.h"
#include "rbacctl/host/etc/etc.h"
#include "rbacctl/host/people/group_clashes.h"
#include "rbacctl/human_time.h"
#include "rbacctl/table.h"

struct report {
	const struct invocation *a;
	const struct snapshot *snap;
	struct table *t;
	bool member;    /* of a fleet */
	bool attention; /* a row needs it */
};

static void row(struct report *r, const char *what, const char *text)
{
	r->attention |= strcmp(what, "warn") == 0;
	int at = table_row(r->t, -1, (const char *[]){ what, text });
	if (strcmp(what, "warn") == 0)
		table_color(r->t, at, COLOR_NOTE);
}

static void on_text(void *ctx, const char *text)
{
	row(ctx, "warn", text);
}

static void gate(struct report *r)
{
	const struct policy *p = r->snap->p;
	struct buf on = { 0 };

	for (size_t i = 0; i < p->n_services; i++) {
		buf_printf(&on, "%s", i ? ", " : "");
		status_gate(p, p->services[i].name, &on);
	}
	row(r, "gate", on.len ? buf_text(&on) : "no login rule names a service");
	buf_free(&on);
	status_unruled(p, on_text, r);
}

/* Do programs see the groups of roles, by nsswitch.conf? */
static void groups(struct report *r)
{
	struct buf b = { 0 };

	status_groups(r->snap->p, &b);
	row(r, "groups", b.len ? buf_text(&b) : "on");
	buf_free(&b);
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

	status_exempt(r->snap->p, &b);
	row(r, "exempt",
	    b.failed ? rbac_error_text(RBAC_NOMEM)
	    : b.len  ? buf_text(&b)
		     : "nobody: keep a root shell open while you change login rules or PAM files");
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

static void on_other(void *ctx, int role, const struct group_clash *clash)
{
	(void)role;
	row(ctx, "warn", clash->text);
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
	r->attention |= cmd_confirm_rows(r->a, err ? NULL : &now.unconfirmed, r->t);
	/* It is root's to read; that root cannot read it is news. */
	if (err && geteuid() == 0)
		row(r, "warn", buf_text(&why));
	buf_free(&why);
}

struct waiting {
	struct report *r;
	size_t n;
};

static int on_waiting(void *ctx, const struct request_seen *s)
{
	struct waiting *w = ctx;
	char text[COMMAND_MAX + 400], id[24];

	w->n++;
	if (!s->stuck)
		return RBAC_OK;
	snprintf(id, sizeof id, "%" PRIu64, s->r->id);
	snprintf(text, sizeof text,
		 "request %s: too few people could approve it now (%.200s at %.300s, for %.100s); "
		 "to withdraw it: %s",
		 id, s->r->role, s->r->scope, s->r->user, COMMAND("rbacctl cancel %s", id));
	row(w->r, "warn", text);
	return RBAC_OK;
}

/* What people wait for; it is root's to read. */
static void requests(struct report *r)
{
	struct waiting w = { .r = r };
	struct buf why = { 0 };
	struct invocation a = *r->a;
	char text[80];

	if (geteuid() != 0)
		return;
	/* What keeps it from being read is told by the row of the view. */
	if (change_requests(&a, REQUESTS_OF_HOST, on_waiting, &w, &why) == RBAC_OK && w.n) {
		snprintf(text, sizeof text, "%zu pending (%s)", w.n,
			 COMMAND("rbacctl requests --as root"));
		row(r, "requests", text);
	}
	buf_free(&why);
}

struct due {
	struct report *r;
	size_t n, ending;
};

static int on_due(void *ctx, const struct review_seen *s)
{
	struct due *d = ctx;

	d->n += s->due <= d->r->a->now;
	d->ending += s->ends <= d->r->a->now + REVIEW_SOON;
	return RBAC_OK;
}

/* Which grants nobody has reviewed in time. */
static void reviews(struct report *r)
{
	const struct review_wanted wanted = { .of_host = true };
	struct due d = { .r = r };
	struct buf why = { 0 };
	struct invocation a = *r->a;
	char text[200];

	if (geteuid() != 0)
		return;
	if (change_reviews(&a, &wanted, on_due, &d, &why) == RBAC_OK && (d.n || d.ending)) {
		snprintf(text, sizeof text,
			 "reviews: %zu due, %zu end within 14 days if nobody reviews them (%s)",
			 d.n, d.ending, COMMAND("rbacctl review --as root"));
		row(r, "warn", text);
	}
	buf_free(&why);
}

static void on_attention(void *ctx, const char *what, const char *text)
{
	row(ctx, what, text);
}

/* What doctor finds and no other row tells. */
static void faults(struct report *r)
{
	static const char *const told[] = { "people.", "exempt.", "pam.service-unruled",
					    "pam.gate-through-include", "nss.group-clash" };
	struct findings found = { 0 };
	struct snapshot again = { 0 };
	char text[1500];
	int err = doctor_look(r->a, DOCTOR_FILES, &again, &found);

	cmd_store_findings(r->a, again.open, &found);
	r->attention |= err || findings_troubles(&found) > 0;
	for (size_t i = 0; i < found.n; i++) {
		const struct finding *f = &found.v[i];
		bool skip = !f->trouble;
		for (size_t j = 0; j < sizeof told / sizeof *told; j++)
			skip |= strncmp(f->id, told[j], strlen(told[j])) == 0;
		if (skip)
			continue;
		snprintf(text, sizeof text, "%.500s%s%.900s", f->file ? f->file : "",
			 f->file ? ": " : "", f->what ? f->what : f->id);
		row(r, "fault", text);
	}
	findings_free(&found);
	snapshot_close(&again);
}

static const struct table_column columns[] = {
	{ "WHAT", "what", TABLE_TEXT },
	{ "STATE", "state", TABLE_TEXT },
};

static int rows(struct report *r)
{
	const struct snapshot *snap = r->snap;

	if (snap->p) {
		gate(r);
		groups(r);
		host(r);
	}
	view(r);
	fleet(r);
	r->attention |= cmd_due_lines(r->a, r->t);
	files(r);
	requests(r);
	reviews(r);
	if (!snap->p)
		return RBAC_OK;
	break_glass(r);
	if (group_clashes_of_policy(snap->p, on_other, r))
		row(r, "warn",
		    "cannot find out whether other sources have groups with the names of roles");
	return attention_people(snap, r->a->now, on_attention, r);
}

/* Does the C library load a module that breaks off whoever asks for a group? Then nothing here asks
 * for one. */
static bool groups_can_be_asked(void)
{
	struct findings found = { 0 };
	struct look q = { .pam = &pam_here, .root = geteuid() == 0, .out = &found };
	bool yes = look_modules(&q);

	findings_free(&found);
	return yes;
}

int cmd_status(struct invocation *a, const struct args *args)
{
	struct snapshot snap;
	struct report r = { .a = a, .snap = &snap };
	bool check = args->value[OPT_CHECK] != NULL;
	struct buf why = { 0 };
	/* A policy that cannot be read has been told: what does not need it is told all the same.
	 * With --check a view that cannot be read is a fault like others. */
	int err = check ? snapshot_try(&snap, a->view, &why) : snapshot_open(&snap, a->view);
	int bad = RBAC_OK;
	bool asks = groups_can_be_asked();

	if (snap.open || check) {
		r.t = table_new("status", a->json, columns, sizeof columns / sizeof *columns);
		if (snap.open && asks)
			bad = rows(&r);
		if (check || !asks)
			faults(&r);
		if (!bad)
			bad = table_print(r.t);
		table_free(r.t);
	}
	buf_free(&why);
	snapshot_close(&snap);
	int status = exit_of(check ? bad : err ? err : bad);
	return cmd_done(!status && check && r.attention ? EXIT_NO : status);
}
