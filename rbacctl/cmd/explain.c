/* explain: pam_rbac's own verdict, in words; and for a refusal the smallest change that would allow
 * it. */
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/cmd/cmd.h"
#include "rbacctl/cmd/explain.h"
#include "rbacctl/cmd/explain_line.h"
#include "rbacctl/cmd/explain_why.h"
#include "rbacctl/command.h"
#include "rbacctl/model/rules.h"
#include "rbacctl/terminal.h"

/* ---- one service ---- */

/* su is judged by who calls it; uid 0 always passes. */
static bool always_passes(const struct question *q)
{
	const struct passwd *pw = getpwnam(q->user);

	return pw && pw->pw_uid == 0;
}

static void note_unjudged(const char *service, struct buf *out)
{
	buf_printf(out, "  not judged here: %sother PAM modules\n",
		   strcmp(service, "sshd") == 0       ? "sshd's AllowGroups and AllowUsers, "
		   : strncmp(service, "sudo", 4) == 0 ? "sudoers, "
						      : "");
}

/* The answer for q->service; RBAC_OK or RBAC_DAMAGED. *OUT is to be freed in any case. */
static int judge(const struct question *q, struct explained_service *out)
{
	const struct policy *p = q->snap->p;
	char by[5000];

	*out = (struct explained_service){ .service = q->service };
	if (always_passes(q)) {
		out->allowed = out->root = true;
		buf_printf(&out->why, "uid 0 always passes\n");
		return RBAC_OK;
	}
	int err = snapshot_decide(q->snap, q->user, q->service, q->rhost, q->t, &out->verdict);
	if (err)
		return err;
	/* The line is asked before the view (pam_rbac(8)). */
	out->line = explain_line_exempts(p, q->service, q->user, by, sizeof by);
	out->allowed = out->verdict.allow || out->line;
	if (out->line)
		buf_printf(&out->why, "  by %s, whatever roles they hold\n", by);
	else
		explain_why(q, &out->verdict, &out->why);
	if (!out->allowed) {
		remedy_text(q, &out->verdict, &out->mend);
		note_unjudged(q->service, &out->notes);
	}
	explain_line_notes(p, q->service, &out->verdict, &out->notes);
	return RBAC_OK;
}

static void service_free(struct explained_service *s)
{
	buf_free(&s->why);
	buf_free(&s->mend);
	buf_free(&s->notes);
}

static void print_service(const struct question *q, struct explained_service *s)
{
	bool su = strcmp(s->service, "su") == 0 || strcmp(s->service, "su-l") == 0;

	printf("%s%s%s  %s, %s", terminal_color(s->allowed ? COLOR_GOOD : COLOR_BAD),
	       s->allowed ? "ALLOWED" : "DENIED ", terminal_plain(), q->user, s->service);
	if (s->root) {
		printf(": %s", buf_text(&s->why));
		return;
	}
	printf("%s, ", su ? " (as who calls it)" : "");
	cmd_say_host(q->snap);
	cmd_print(&s->why);
	cmd_print(&s->mend);
	cmd_print(&s->notes);
}

/* ---- who it is ---- */

/* What the name has to do with what is recorded; nothing where it is just the name of one person
 * with one uid. */
static void note_person(const struct question *q, const struct person *p, struct buf *out)
{
	const struct holdings *h = q->h;
	bool of_fleet = remedy_uid_of_fleet(q->a, q->snap->p);
	if (*q->first)
		buf_printf(out,
			   "  note   %s has uid %u, which is recorded as %s: "
			   "a second name of one person has no roles\n",
			   p->name, p->uid, q->first);
	if (p->state == PERSON_UNASKED)
		buf_printf(out,
			   "  note   passwd does not answer for %s now: nothing of its account "
			   "counts, until it does\n",
			   p->name);
	if (p->state == PERSON_ABSENT)
		buf_printf(out, "  note   passwd has no %s: there is no such account here%s\n",
			   p->name,
			   h->uid == RBAC_NO_UID ? ", and no uid is recorded: "
						   "a new user with this name gets its roles"
						 : "");
	if (p->state == PERSON_KNOWN && h->recorded && h->uid == RBAC_NO_UID && !*q->first)
		buf_printf(out,
			   "  note   no uid is recorded for %s yet; the next change or %s records "
			   "it\n",
			   p->name, COMMAND("rbacctl publish"));
	if (p->state == PERSON_KNOWN && h->recorded && h->uid != RBAC_NO_UID && h->uid != p->uid)
		buf_printf(out, "  note   %s has uid %u, and was recorded with %u%s%s\n", p->name,
			   p->uid, h->uid,
			   of_fleet ? ", as on the authority" : "; the same person:  ",
			   of_fleet ? "" : COMMAND("rbacctl user rebind %s", p->name));
}

/* ---- everything about someone here ---- */

static void print_roles(const struct question *q, const struct effective_access *s)
{
	printf("  roles   ");
	for (size_t i = 0, shown = 0; i < q->h->n; i++)
		if (rbac_window_open(q->h->v[i].window, q->t))
			printf("%s%s at %s%s%s", shown++ ? ", " : "",
			       q->snap->p->roles[q->h->v[i].role].name, q->h->v[i].scope,
			       q->h->v[i].owner ? " (as owner)" : "",
			       q->h->v[i].via ? " (through its Unix group)" : "");
	printf("%s\n  groups  ", q->h->n          ? ""
				 : s->suspended   ? "suspended"
				 : s->second      ? "none: a second name of a recorded person"
				 : s->uid_changed ? "another uid than when they were given"
						  : "none");
	for (size_t i = 0; i < s->n_groups; i++)
		printf("%s%s%s", i ? " " : "", s->groups[i].name,
		       s->groups[i].extra ? " (Unix)" : "");
	printf("%s\n", s->n_groups ? "" : "none");
}

static void print_all(struct explained *x)
{
	const struct question *q = x->q;

	if (!x->whole) {
		print_service(q, &x->services[0]);
		cmd_print(&x->notes);
		return;
	}
	printf("%s, ", q->user);
	cmd_say_host(q->snap);
	print_roles(q, &x->access);
	cmd_print(&x->notes);
	putchar('\n');
	for (size_t i = 0; i < x->n_services; i++)
		print_service(q, &x->services[i]);
}

/* Of one service, or of all that the policy names; RBAC_OK or an error. */
static int judge_all(struct question *q, struct explained *x)
{
	const struct policy *p = q->snap->p;
	size_t n = x->whole ? p->n_services : 1;
	int err = x->whole ? effective_access_of(q->snap, q->user, q->t, &x->access) : RBAC_OK;

	x->services = calloc(n ? n : 1, sizeof(*x->services));
	if (!x->services)
		err = RBAC_NOMEM;
	for (size_t i = 0; i < n && !err; i++, x->n_services++) {
		if (x->whole)
			q->service = p->services[i].name;
		err = judge(q, &x->services[i]);
	}
	return err;
}

static void explained_free(struct explained *x)
{
	for (size_t i = 0; i < x->n_services; i++)
		service_free(&x->services[i]);
	free(x->services);
	buf_free(&x->notes);
	effective_access_free(&x->access);
}

static int explain(struct question *q, const struct person *p)
{
	struct explained x = { .q = q, .person = p, .whole = !q->service };
	int err = judge_all(q, &x), status = EXIT_NO;

	for (size_t i = 0; i < x.n_services; i++)
		if (x.services[i].allowed)
			status = EXIT_DONE;
	if (!err)
		note_person(q, p, &x.notes);
	if (!err && x.whole && x.access.absent && !x.access.suspended)
		buf_printf(&x.notes,
			   "          this host had no account of that name when the view was "
			   "published: the user's own roles bring no groups until %s\n",
			   COMMAND("rbacctl publish"));
	if (!err && q->a->json)
		err = explain_json(&x);
	else if (!err)
		print_all(&x);
	if (err)
		complain("%s%s", err == RBAC_DAMAGED ? "a record of the view: " : "",
			 rbac_error_text(err));
	explained_free(&x);
	return err ? exit_of(err) : status;
}

int cmd_explain(struct invocation *a, const struct args *args)
{
	struct snapshot snap;
	struct holdings h = { 0 };
	struct person p;
	char first[RBAC_USER_MAX + 1] = "";
	if (args->value[OPT_SERVICE] && !policy_service_is_lower(args->value[OPT_SERVICE])) {
		complain("--service %s: PAM has no capital letters in the name of a service, "
			 "and would ask for it in small ones",
			 args->value[OPT_SERVICE]);
		return EXIT_USAGE;
	}
	struct question q = {
		a, &snap, &h, p.name, args->value[OPT_SERVICE], args->value[OPT_RHOST], first, 0
	};
	int status = cmd_at(a, args, &q.t);
	if (status)
		return status;
	int err = snapshot_open(&snap, a->view);
	status = err ? exit_of(err) : snapshot_person(&snap, args->v[0], &p);
	if (!status) {
		struct source source = snapshot_source(&snap);
		err = source_effective(&source, q.user, &h);
		if (!err)
			err = source_first_name(&source, &p, first);
		status = err ? exit_of(err) : explain(&q, &p);
	}
	holdings_free(&h);
	snapshot_close(&snap);
	return cmd_done(status);
}
