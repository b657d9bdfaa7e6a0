/* status: how things stand, and what needs attention. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rbacctl/access/attention.h"
#include "rbacctl/access/doctor.h"
#include "rbacctl/buf.h"
#include "rbacctl/change/records.h"
#include "rbacctl/change/request.h"
#include "rbacctl/change/review.h"
#include "rbacctl/cmd/cmd.h"
#include "rbacctl/cmd/store_findings.h"
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

/* What the gate of SERVICE comes to, as its stack stands. */
static void gate_state(const struct policy *p, const char *service, struct buf *out)
{
	struct pam_config c;
	char asker[700];
	struct pam_judged j = { 0 };
	int err = pam_config_read(&pam_here, service, &c);

	if (!err)
		err = pam_judge(&pam_here, &c, service, true, &j);
	const struct pam_place *at = j.because ? &j.because->at : j.denier ? &j.denier->at : NULL;
	bool denied = j.gate && j.effect[PAM_HOLDER] == PAM_EFFECT_DENY;
	buf_printf(out, "%s: ", service);
	if (!err && c.refused)
		buf_printf(out, "denies everybody: libpam refuses %s", c.file);
	else if (err || j.state == PAM_GATE_OFF)
		buf_printf(out, "off");
	else if (denied && at)
		buf_printf(out, "denies everybody: %s:%u", at->file, at->line);
	else if (denied)
		buf_printf(out, "denies everybody: %s", c.file);
	else if (j.state == PAM_GATE_IGNORED && at)
		buf_printf(out, "reached, denial ignored at %s:%u", at->file, at->line);
	else if (j.state == PAM_GATE_UNREACHED && at)
		buf_printf(out, "never reached: %s:%u ends the stack", at->file, at->line);
	else if (j.state == PAM_GATE_EXPIRED && at)
		buf_printf(out, "not reached when a password has expired: %s:%u ends the stack",
			   at->file, at->line);
	else if (look_asker_is_off(p, service, asker, sizeof asker))
		buf_printf(out, "off: %s", asker);
	else
		buf_printf(out, "on");
	pam_config_free(&c);
}

static void gate(struct report *r)
{
	const struct policy *p = r->snap->p;
	struct buf on = { 0 };

	for (size_t i = 0; i < p->n_services; i++) {
		buf_printf(&on, "%s", i ? ", " : "");
		gate_state(p, p->services[i].name, &on);
	}
	row(r, "gate", on.len ? buf_text(&on) : "no login rule names a service");
	unruled_services(r);
	buf_free(&on);
}

/* Do programs see the groups of roles, by nsswitch.conf? */
static void groups(struct report *r)
{
	struct findings found = { 0 };
	struct look q = { .p = r->snap->p, .out = &found };
	struct buf b = { 0 };

	look_nsswitch(&q);
	for (size_t i = 0; i < found.n; i++) {
		buf_printf(&b, "%shidden: %s", i ? "; " : "", found.v[i].file);
		if (found.v[i].line)
			buf_printf(&b, ":%u", found.v[i].line);
		buf_printf(&b, ": %s", found.v[i].what);
	}
	row(r, "groups", b.len ? buf_text(&b) : "on");
	findings_free(&found);
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
	for (size_t i = 0; i < r->snap->p->exempt_users.n; i++)
		buf_printf(&b, "%s%s", b.len ? ", " : "", r->snap->p->exempt_users.v[i]);
	for (size_t i = 0; i < r->snap->p->exempt_groups.n; i++) {
		const char *name = r->snap->p->exempt_groups.v[i];
		int living = look_living_members(name);
		if (living < 0)
			buf_printf(&b, "%s%%%s (no such group)", b.len ? ", " : "", name);
		else
			buf_printf(&b, "%s%%%s (%d can log in)", b.len ? ", " : "", name, living);
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
	r->attention |= cmd_confirm_rows(r->a, err ? NULL : &now.waits, r->t);
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
		 "to take it back: %s",
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
					    "nss.group-clash" };
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

int cmd_status(struct invocation *a, const struct args *args)
{
	struct snapshot snap;
	struct report r = { .a = a, .snap = &snap };
	bool check = args->value[OPT_CHECK] != NULL;
	int err = snapshot_open(&snap, a->view), bad = RBAC_OK;
	/* A policy that cannot be read has been told: what does not need it is told all the same.
	 */
	if (snap.open) {
		r.t = table_new("status", a->json, columns, sizeof columns / sizeof *columns);
		if (snap.p) {
			gate(&r);
			groups(&r);
			host(&r);
		}
		view(&r);
		fleet(&r);
		r.attention |= cmd_due_lines(a, r.t);
		files(&r);
		requests(&r);
		reviews(&r);
		if (snap.p) {
			break_glass(&r);
			if (group_clashes_of_policy(snap.p, on_other, &r))
				row(&r, "warn",
				    "whether other sources have groups with the names "
				    "of roles cannot be told");
			bad = attention_people(&snap, a->now, on_attention, &r);
		}
		if (check)
			faults(&r);
		if (!bad)
			bad = table_print(r.t);
		table_free(r.t);
	}
	snapshot_close(&snap);
	int status = exit_of(err ? err : bad);
	return cmd_done(!status && check && r.attention ? EXIT_NO : status);
}
