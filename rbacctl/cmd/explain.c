/* explain: the gate's own verdict, in words; and for a refusal the smallest change that would allow
 * it. */
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rbacctl/access/effective_access.h"
#include "rbacctl/access/remedy.h"
#include "rbacctl/change/records.h"
#include "rbacctl/cmd/cmd.h"
#include "rbacctl/cmd/explain_line.h"
#include "rbacctl/command.h"
#include "rbacctl/host/unix_group.h"
#include "rbacctl/human_time.h"
#include "rbacctl/model/rules.h"
#include "rbacctl/plain_text.h"
#include "rbacctl/terminal.h"

static int on_assignment(void *ctx, const struct store_assignment *x,
			 const struct records_review *v)
{
	const struct question *q = ctx;
	struct buf reason = { 0 };
	char rel[64];
	plain_text_escape(&reason, x->reason);
	printf("assigned by %s (%" PRIu64 ")", x->by, x->id);
	if (x->request)
		printf(", request %" PRIu64, x->request);
	printf("%s%s", reason.len ? ", " : "", buf_text(&reason));
	if (x->reviewed) {
		human_relative(x->reviewed, q->t, rel, sizeof rel);
		printf(", reviewed %s by %s", rel, x->reviewed_by);
	}
	if (v->due != RBAC_TIME_MAX) {
		human_relative(v->due, q->t, rel, sizeof rel);
		printf(", review due %s", rel);
	}
	buf_free(&reason);
	return RBAC_OK;
}

/* Who gave assignment ID: only who can read the store is told. */
static void say_giver(const struct question *q, uint64_t id)
{
	if (records_assignment(q->a->store, id, on_assignment, (void *)q))
		printf("assignment %" PRIu64, id);
}

static int on_ended(void *ctx, const struct store_assignment *x, const struct records_review *v)
{
	bool *unreviewed = ctx;

	*unreviewed = v->ends < x->until;
	return RBAC_OK;
}

/* Did assignment ID, which is over, end for nobody reviewed it? */
static bool ended_unreviewed(const struct question *q, uint64_t id)
{
	bool unreviewed = false;

	return records_assignment(q->a->store, id, on_ended, &unreviewed) == RBAC_OK && unreviewed;
}

/* The login rule number N; NULL: the view and the policy in it do not agree. */
static const struct policy_login *login_rule(const struct snapshot *snap, unsigned number)
{
	return number >= 1 && number <= snap->p->n_logins ? &snap->p->logins[number - 1] : NULL;
}

/* The key or role of RULE that role ROLE brings, as a path. */
static void say_path(const struct question *q, const struct policy_login *rule,
		     const struct rbac_grant *g, const char *via)
{
	const struct policy *p = q->snap->p;
	struct buf path = { 0 };
	char scope[RBAC_SCOPE_MAX + 1];
	int role = (int)g->role, key, target;
	if (g->role >= p->n_roles)
		return;
	snprintf(scope, sizeof scope, "%.*s", (int)g->scope.len, (const char *)g->scope.p);
	policy_rule_by(p, rule, role, &key, &target);
	struct held e = { .role = role,
			  .scope = scope,
			  .owner = g->flags & RBAC_GRANT_OWNER,
			  .via = (char *)via };
	if (key >= 0 || target >= 0)
		held_path_text(p, &e, key, target, &path);
	printf("%s\n", buf_text(&path));
	buf_free(&path);
}

static void say_allowed(const struct question *q, const struct rbac_verdict *v)
{
	const struct policy_login *rule = login_rule(q->snap, v->rule);
	char via[RBAC_UNIX_GROUP_MAX + 2] = "", ends[64];
	if (v->via_group)
		unix_group_name(v->gid, via, sizeof via);
	if (v->why == RBAC_WHY_EXEMPT_USER || v->why == RBAC_WHY_EXEMPT_GROUP) {
		printf("  exempt by rbac.conf:%u, whatever roles they hold\n",
		       v->why == RBAC_WHY_EXEMPT_USER ? q->snap->p->exempt_users.pos.line
						      : q->snap->p->exempt_groups.pos.line);
		return;
	}
	printf("  rule %u (%.*s:%u)  ", v->rule, (int)v->file.len, (const char *)v->file.p,
	       v->line);
	if (v->how == RBAC_HOW_ROLE && rule) {
		say_path(q, rule, &v->grant, v->via_group ? via : NULL);
		human_relative(v->grant.window.until, q->t, ends, sizeof ends);
		printf("  ");
		if (v->grant.flags & RBAC_GRANT_OWNER)
			printf("as the owner of %.*s", (int)v->grant.scope.len,
			       (const char *)v->grant.scope.p);
		else
			say_giver(q, v->grant.id);
		printf(", %s%s\n", v->grant.window.until == RBAC_TIME_MAX ? "without end" : "ends ",
		       v->grant.window.until == RBAC_TIME_MAX ? "" : ends);
	} else {
		printf("%s\n", v->how == RBAC_HOW_ANYONE ? "anyone"
			       : v->how == RBAC_HOW_USER ? "names the user"
							 : "names a Unix group of the user");
	}
}

/* What a rule asks for, in words. */
static void say_needs(const struct policy *p, const struct policy_login *rule)
{
	size_t n = 0;
	for (size_t i = 0; i < rule->keys.n; i++)
		printf("%skey %s", n++ ? " or " : "needs ", p->keys[rule->keys.v[i]].name);
	for (size_t i = 0; i < rule->roles.n; i++)
		printf("%srole %s", n++ ? " or " : "needs ", p->roles[rule->roles.v[i]].name);
	for (size_t i = 0; i < rule->users.n; i++)
		printf("%suser %s", n++ ? " or " : "needs ", rule->users.v[i]);
	for (size_t i = 0; i < rule->groups.n; i++)
		printf("%sUnix group %s", n++ ? " or " : "needs ", rule->groups.v[i]);
	if (rule->anyone)
		printf("anyone");
	else if (!n)
		printf("lets nobody in: its lists are empty");
}

/* What USER held for RULE and holds no longer, or not yet, or not here. */
static void say_almost(const struct question *q, const struct policy_login *rule)
{
	const struct policy *p = q->snap->p;
	for (size_t i = 0; i < q->h->n; i++) {
		const struct held *e = &q->h->v[i];
		char rel[64];
		if (!policy_rule_takes(p, rule, e->role))
			continue;
		if (e->window.until <= q->t) {
			human_relative(e->window.until, q->t, rel, sizeof rel);
			printf("; %s's %s ended %s (assignment %" PRIu64 "%s)", q->user,
			       p->roles[e->role].name, rel, e->id,
			       ended_unreviewed(q, e->id) ? ", which nobody reviewed" : "");
		} else if (e->window.from > q->t) {
			human_relative(e->window.from, q->t, rel, sizeof rel);
			printf("; %s's %s begins %s (assignment %" PRIu64 ")", q->user,
			       p->roles[e->role].name, rel, e->id);
		} else {
			printf("; %s holds %s at %s, which does not count here", q->user,
			       p->roles[e->role].name, e->scope);
		}
		return;
	}
	printf("; %s has none of these", q->user);
}

/* "; the user matches it, but not within the hours 08:00-18:00; nor from 192.0.2.0/24" */
static void say_conditions(const struct question *q, const struct policy_login *rule,
			   unsigned failed)
{
	const char *before = "; the user matches it, but not ";
	for (int k = RBAC_CONDITIONS; k-- > 0;) {
		const struct policy_strs *texts = &rule->conditions[k].texts;
		if (!(failed >> k & 1))
			continue;
		printf("%s%s ", before, policy_conditions[k].within);
		for (size_t j = 0; j < texts->n; j++)
			printf("%s%s", j ? ", " : "", texts->v[j]);
		before = "; nor ";
	}
	if (failed >> RBAC_CONDITION_FROM & 1)
		printf(" (the remote host is %s)",
		       q->rhost && *q->rhost ? q->rhost : "not known: name it with --rhost");
}

static int say_rules(const struct question *q, const struct rbac_verdict *verdict)
{
	const struct policy_service *service = policy_service_find(q->snap->p, q->service);
	for (size_t i = 0; service && i < service->n; i++) {
		const struct policy_login *rule = &q->snap->p->logins[service->rules[i]];
		printf("  rule %u (%s:%u)  ", rule->number, rule->pos.file, rule->pos.line);
		say_needs(q->snap->p, rule);
		if (verdict->why == RBAC_WHY_OUTSIDE && verdict->rule == rule->number) {
			say_conditions(q, rule, verdict->failed);
		} else {
			say_almost(q, rule);
		}
		putchar('\n');
	}
	return RBAC_OK;
}

static void say_denied(const struct question *q, const struct rbac_verdict *v)
{
	struct buf remedy = { 0 };
	switch (v->why) {
	case RBAC_WHY_SUSPENDED:
		if (v->recorded.len)
			printf("  %s is a second name of %.*s, whom the uid was recorded for, "
			       "and who is suspended: that denies everything\n",
			       q->user, (int)v->recorded.len, (const char *)v->recorded.p);
		else
			printf("  %s is suspended, which denies everything\n", q->user);
		break;
	case RBAC_WHY_NO_SERVICE:
		printf("  no login rule of rbac.conf names the service %s\n", q->service);
		break;
	case RBAC_WHY_UID:
		printf("  %s has another uid than the recorded one (%u): the roles do not count\n",
		       q->user, q->h->uid);
		break;
	case RBAC_WHY_SECOND:
		printf("  %s is a second name of %.*s, whom the uid was recorded for: "
		       "this name holds nothing, nor through Unix groups\n",
		       q->user, (int)v->recorded.len, (const char *)v->recorded.p);
		say_rules(q, v);
		break;
	case RBAC_WHY_UNKNOWN:
		printf("  %s was never recorded here, and no group assignment applies\n", q->user);
		say_rules(q, v);
		break;
	default:
		say_rules(q, v);
	}
	remedy_text(q, v, &remedy);
	cmd_print(&remedy);
	printf("  not judged here: %sother PAM modules\n",
	       strcmp(q->service, "sshd") == 0       ? "sshd's AllowGroups and AllowUsers, "
	       : strncmp(q->service, "sudo", 4) == 0 ? "sudoers, "
						     : "");
}

/* su is judged by who calls it; uid 0 always passes. */
static bool always_passes(const struct question *q)
{
	const struct passwd *pw = getpwnam(q->user);
	if (!pw || pw->pw_uid != 0)
		return false;
	printf("%sALLOWED%s  %s, %s: uid 0 always passes\n", terminal_color(COLOR_GOOD),
	       terminal_plain(), q->user, q->service);
	return true;
}

static int explain_service(struct question *q)
{
	struct rbac_verdict v;
	char by[5000];
	if (always_passes(q))
		return EXIT_DONE;
	int err = snapshot_decide(q->snap, q->user, q->service, q->rhost, q->t, &v);
	if (err) {
		complain("a record of the view: %s", rbac_error_text(err));
		return exit_of(err);
	}
	/* The line is asked before the view (pam_rbac(8)). */
	bool line = explain_line_exempts(q->snap->p, q->service, q->user, by, sizeof by);
	bool allowed = v.allow || line;
	printf("%s%s%s  %s, %s%s, ", terminal_color(allowed ? COLOR_GOOD : COLOR_BAD),
	       allowed ? "ALLOWED" : "DENIED ", terminal_plain(), q->user, q->service,
	       strcmp(q->service, "su") == 0 || strcmp(q->service, "su-l") == 0
		       ? " (as who calls it)"
		       : "");
	cmd_say_host(q->snap);
	if (line)
		printf("  by %s, whatever roles they hold\n", by);
	else if (v.allow)
		say_allowed(q, &v);
	else
		say_denied(q, &v);
	explain_line_notes(q->snap->p, q->service, &v);
	return v.allow || line ? EXIT_DONE : EXIT_NO;
}

/* ---- who it is ---- */

/* What the name has to do with what is recorded; nothing where it is just the name of one person
 * with one uid. */
static void say_person(const struct question *q, const struct person *p)
{
	const struct holdings *h = q->h;
	bool of_fleet = remedy_uid_of_fleet(q->a, q->snap->p);
	if (*q->first)
		printf("  note   %s has uid %u, which is recorded as %s: "
		       "a second name of one person holds nothing\n",
		       p->name, p->uid, q->first);
	if (p->state == PERSON_UNASKED)
		printf("  note   passwd does not answer for %s now: nothing of its account "
		       "counts, until it does\n",
		       p->name);
	if (p->state == PERSON_ABSENT)
		printf("  note   passwd has no %s: there is no such account here%s\n", p->name,
		       h->uid == RBAC_NO_UID ? ", and no uid is recorded: "
					       "a new user with this name gets its roles"
					     : "");
	if (p->state == PERSON_KNOWN && h->recorded && h->uid == RBAC_NO_UID && !*q->first)
		printf("  note   no uid is recorded for %s yet; the next change or %s records it\n",
		       p->name, COMMAND("rbacctl publish"));
	if (p->state == PERSON_KNOWN && h->recorded && h->uid != RBAC_NO_UID && h->uid != p->uid)
		printf("  note   %s has uid %u, and was recorded with %u%s%s\n", p->name, p->uid,
		       h->uid, of_fleet ? ", as on the authority" : "; the same person:  ",
		       of_fleet ? "" : COMMAND("rbacctl user rebind %s", p->name));
}

/* ---- everything about someone here ---- */

static int explain_all(struct question *q, const struct person *p)
{
	struct effective_access s;
	int status = EXIT_NO;
	int err = effective_access_of(q->snap, q->user, q->t, &s);
	if (err) {
		complain("%s", rbac_error_text(err));
		return exit_of(err);
	}
	printf("%s, ", q->user);
	cmd_say_host(q->snap);
	printf("  roles   ");
	for (size_t i = 0, shown = 0; i < q->h->n; i++)
		if (rbac_window_open(q->h->v[i].window, q->t))
			printf("%s%s at %s%s%s", shown++ ? ", " : "",
			       q->snap->p->roles[q->h->v[i].role].name, q->h->v[i].scope,
			       q->h->v[i].owner ? " (as owner)" : "",
			       q->h->v[i].via ? " (through its Unix group)" : "");
	printf("%s\n  groups  ", q->h->n         ? ""
				 : s.suspended   ? "suspended"
				 : s.second      ? "none: a second name of a recorded person"
				 : s.uid_changed ? "another uid than when they were given"
						 : "none");
	for (size_t i = 0; i < s.n_groups; i++)
		printf("%s%s%s", i ? " " : "", s.groups[i].name,
		       s.groups[i].extra ? " (Unix)" : "");
	printf("%s\n", s.n_groups ? "" : "none");
	say_person(q, p);
	if (s.absent && !s.suspended)
		printf("          this host had no account of that name when the view was "
		       "published: the user's own roles bring no groups until %s\n",
		       COMMAND("rbacctl publish"));
	putchar('\n');
	for (size_t i = 0; i < q->snap->p->n_services; i++) {
		q->service = q->snap->p->services[i].name;
		if (explain_service(q) == EXIT_DONE)
			status = EXIT_DONE;
	}
	effective_access_free(&s);
	return status;
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
		status = err ? exit_of(err) : q.service ? explain_service(&q) : explain_all(&q, &p);
		if (!err && q.service)
			say_person(&q, &p);
	}
	holdings_free(&h);
	snapshot_close(&snap);
	return cmd_done(status);
}
