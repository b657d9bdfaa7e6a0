#include "rbacctl/access/remedy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/access/remedy_roles.h"
#include "rbacctl/access/requestable.h"
#include "rbacctl/access/who.h"
#include "rbacctl/command.h"
#include "rbacctl/host/people/person.h"
#include "rbacctl/model/rules.h"

bool remedy_uid_of_fleet(const struct invocation *a, const struct policy *p)
{
	return a->member && p->uids_of_fleet;
}

/* AT: the scopes that it is judged at; ROLE: that is given, -1: none. */
static void line(const struct question *q, const char *label, const char *command,
		 const struct policy_bys *bys, int role, const struct who_scopes *at,
		 struct buf *out)
{
	/* A member records uids itself, but for uids = "fleet". */
	bool own = strstr(command, " user rebind ") && !remedy_uid_of_fleet(q->a, q->snap->p);
	const char *where = own ? "" : invocation_where(q->a);
	struct buf may = { 0 };
	struct who who;
	struct source source = snapshot_source(q->snap);
	if (who_may(&(struct who_question){ &source, bys, at, role, q->t }, &who) == RBAC_OK)
		who_short_text(&who, &may);
	buf_printf(out, "  %s   %s%s      (%s may)\n", label, where, command,
		   may.len ? buf_text(&may) : "root");
	buf_free(&may);
}

/* An act on the user. */
static void user_line(const struct question *q, const char *label, const char *command,
		      const struct policy_bys *bys, struct buf *out)
{
	struct who_scopes roots = { 0 };
	struct source source = snapshot_source(q->snap);
	if (who_roots_of_user(&source, q->user, q->t, &roots) == RBAC_OK)
		line(q, label, command, bys, -1, &roots, out);
	who_scopes_free(&roots);
}

/* ---- what a role would give ---- */

/* Append "WHAT a, b and 3 more" for names that come one by one. */
struct listing {
	struct buf *out;
	const char *what;
	size_t n;
};

static void list_name(struct listing *l, const char *name)
{
	if (l->n++ == 0)
		buf_printf(l->out, "%s%s %s", l->out->len ? "; " : "", l->what, name);
	else if (l->n <= REMEDY_NAMES)
		buf_printf(l->out, ", %s", name);
}

static void list_end(struct listing *l)
{
	if (l->n > REMEDY_NAMES)
		buf_printf(l->out, " and %zu more", l->n - REMEDY_NAMES);
}

/* Services that deny the user now, and whose rules take ROLE; conditions are not looked at. */
static void list_services(const struct question *q, int role, struct buf *out)
{
	const struct policy *p = q->snap->p;
	struct listing l = { out, "services", 0 };
	struct rbac_verdict v;

	for (size_t i = 0; i < p->n_services; i++) {
		const struct policy_service *s = &p->services[i];
		bool takes = false;
		for (size_t k = 0; k < s->n && !takes; k++)
			takes = policy_rule_takes(p, &p->logins[s->rules[k]], role);
		if (takes && snapshot_decide(q->snap, q->user, s->name, q->rhost, q->t, &v) == 0 &&
		    !v.allow)
			list_name(&l, s->name);
	}
	list_end(&l);
}

static void list_keys(const struct question *q, const struct remedy *x, struct buf *out)
{
	const struct policy *p = q->snap->p;
	const struct policy_set *keys = &p->roles[x->role].keys;
	struct listing l = { out, "keys", 0 };

	for (int k = policy_set_next(keys, -1); k >= 0; k = policy_set_next(keys, k))
		if (!holdings_key_at(p, q->h, k, x->scope, q->t))
			list_name(&l, p->keys[k].name);
	list_end(&l);
}

static void list_groups(const struct policy *p, int role, struct buf *out)
{
	struct listing l = { out, "Unix groups", 0 };

	for (size_t i = 0; i < p->n_extras; i++)
		for (size_t g = 0; policy_role_counts(p, role, p->extras[i].role) &&
				   g < p->extras[i].unix_groups.n;
		     g++)
			list_name(&l, p->extras[i].unix_groups.v[g]);
	list_end(&l);
}

/* Does X bring a key, a Unix group or the power to administer that LEAST does not? */
static bool is_stronger(const struct policy *p, const struct remedy *x, const struct remedy *least)
{
	const struct policy_set *keys = &p->roles[x->role].keys;

	if (x->admin && !least->admin)
		return true;
	for (int k = policy_set_next(keys, -1); k >= 0; k = policy_set_next(keys, k))
		if (!policy_role_has_key(p, least->role, k))
			return true;
	for (size_t i = 0; i < p->n_extras; i++)
		if (policy_role_counts(p, x->role, p->extras[i].role) &&
		    !policy_role_counts(p, least->role, p->extras[i].role))
			return true;
	return false;
}

static void say_gives(const struct question *q, const struct remedy *x, const struct remedy *least,
		      struct buf *out)
{
	const struct policy *p = q->snap->p;
	struct buf gives = { 0 };

	list_services(q, x->role, &gives);
	list_keys(q, x, &gives);
	list_groups(p, x->role, &gives);
	buf_printf(out, "         ");
	if (x->role != least->role && is_stronger(p, x, least))
		buf_printf(out, "stronger than %s; ", p->roles[least->role].name);
	if (x->admin)
		buf_printf(out, "administers; ");
	if (x->held && x->held->window.until <= q->t)
		buf_printf(out, "%s had it; ", q->user);
	else if (x->held)
		buf_printf(out, "%s %s it at %s; ", q->user,
			   x->held->window.from > q->t ? "will hold" : "holds", x->held->scope);
	buf_printf(out, "gives %s\n", gives.len ? buf_text(&gives) : "nothing else");
	out->failed |= gives.failed;
	buf_free(&gives);
}

/* ---- the command that gives it ---- */

static const char *command_to_ask(const struct question *q, const struct remedy *x,
				  const char *length, struct command *c)
{
	const char *role = q->snap->p->roles[x->role].name;

	return command_at(c, !q->a->member,
			  "rbacctl request %s --scope %s --for %s --user %s --reason WHY", role,
			  x->scope, length, q->user);
}

/* `assign` with what the role asks of every assignment; the role that takes another's approval is
 * asked for. */
static const char *command_to_give(const struct question *q, const struct remedy *x,
				   struct command *c)
{
	const struct policy_role *r = &q->snap->p->roles[x->role];
	const char *length = r->max_for ? r->max_for_text : "8h";
	const char *user = q->user, *at = x->scope;
	bool here = !q->a->member;

	if (r->approval_required)
		return command_to_ask(q, x, length, c);
	if (r->end_required && r->reason_required)
		return command_at(c, here, "rbacctl assign %s %s --scope %s --for %s --reason WHY",
				  user, r->name, at, length);
	if (r->end_required)
		return command_at(c, here, "rbacctl assign %s %s --scope %s --for %s", user,
				  r->name, at, length);
	if (r->reason_required)
		return command_at(c, here, "rbacctl assign %s %s --scope %s --reason WHY", user,
				  r->name, at);
	return command_at(c, here, "rbacctl assign %s %s --scope %s", user, r->name, at);
}

/* The user may ask for it. */
static void say_request(const struct question *q, const struct remedy *x, struct buf *out)
{
	const struct policy_role *r = &q->snap->p->roles[x->role];
	struct buf how = { 0 };
	bool may;

	if (requestable_at(q->snap, q->user, q->h, x->role, x->scope, q->t, &may) || !may)
		return;
	requestable_how(r, &how);
	buf_printf(out, "         %s asks:  %s%s      (%s)\n", q->user, invocation_where(q->a),
		   COMMAND_AT(!q->a->member, "rbacctl request %s --scope %s --for %s --reason WHY",
			      r->name, x->scope, requestable_length(r)),
		   buf_text(&how));
	buf_free(&how);
}

static void remedy_role(const struct question *q, struct buf *out)
{
	const struct policy *p = q->snap->p;
	struct remedies all;
	size_t n = remedy_roles(q, &all) ? all.allowed : 0;

	for (size_t i = 0; i < n && i < REMEDY_ROLES; i++) {
		const struct remedy *x = &all.v[i];
		/* Another window of the same role that has not begun yet does no harm. */
		struct who_scopes at = { (char *[]){ x->scope }, 1, 1 };
		line(q, i ? "or  " : "mend", command_to_give(q, x, &(struct command){ "" }),
		     &p->roles[x->role].assign_by, x->role, &at, out);
		say_gives(q, x, remedy_weakest(&all), out);
		say_request(q, x, out);
	}
	if (n > REMEDY_ROLES)
		buf_printf(out, "  or     %zu more role%s would let %s in        (%s)\n",
			   n - REMEDY_ROLES, n - REMEDY_ROLES == 1 ? "" : "s", q->user,
			   COMMAND("rbacctl list roles"));
	if (n == 0)
		buf_printf(out,
			   "  mend   %sadd a login rule to rbac.conf that accepts what %s holds, "
			   "then %s      (root may)\n",
			   invocation_where(q->a), q->user,
			   COMMAND_AT(!q->a->member, "rbacctl apply"));
	remedies_free(&all);
}

/* No rule names the service: it is another one that is meant, or a rule is to name it. */
static void remedy_service(const struct question *q, struct buf *out)
{
	const struct policy *p = q->snap->p;
	const char **names = calloc(p->n_services + 1, sizeof(*names));
	const char *near = NULL;

	for (size_t i = 0; names && i < p->n_services; i++)
		names[i] = p->services[i].name;
	if (names)
		near = problem_nearest(q->service, names, p->n_services);
	if (near)
		buf_printf(out, "  did you mean the service %s?\n", near);
	buf_printf(out,
		   "  mend   %sname %s in the services of a login rule in rbac.conf, "
		   "then %s      (root may)\n",
		   invocation_where(q->a), q->service, COMMAND_AT(!q->a->member, "rbacctl apply"));
	free(names);
}

static void remedy_uid(const struct question *q, struct buf *out)
{
	struct person p;

	if (person_find(q->user, &p) == RBAC_OK && p.state == PERSON_KNOWN && !p.differs &&
	    p.uid == q->h->uid) {
		buf_printf(
			out,
			"  passwd has the recorded uid again, but the view was published before:\n"
			"  mend   %s      (root may)\n",
			COMMAND("rbacctl publish"));
		return;
	}
	buf_printf(out, "  the same person, whose uid has changed:\n");
	bool of_fleet = remedy_uid_of_fleet(q->a, q->snap->p);
	if (of_fleet)
		buf_printf(out,
			   "  mend   give %s the uid %u here, as on the authority of the fleet"
			   "      (root may)\n",
			   q->user, q->h->uid);
	user_line(q, of_fleet ? "or  " : "mend",
		  COMMAND_AT(!of_fleet, "rbacctl user rebind %s", q->user), &q->snap->p->forget_by,
		  out);
	buf_printf(out, "  another person, who must not get these roles:\n");
	user_line(q, "mend", COMMAND_AT(!q->a->member, "rbacctl user forget %s", q->user),
		  &q->snap->p->forget_by, out);
}

void remedy_text(const struct question *q, const struct rbac_verdict *v, struct buf *out)
{
	/* To give something to a second name would be refused: one uid is one person. */
	if (*q->first && v->why != RBAC_WHY_NO_SERVICE && v->why != RBAC_WHY_OUTSIDE) {
		if (q->h->recorded) { /* two recorded names do not become one by a rename */
			buf_printf(out, "  remove the record of the second name:\n");
			user_line(q, "mend",
				  COMMAND_AT(!q->a->member, "rbacctl user forget %s", q->user),
				  &q->snap->p->forget_by, out);
			return;
		}
		buf_printf(out, "  %s is called %s now:\n", q->first, q->user);
		user_line(q, "mend",
			  COMMAND_AT(!q->a->member, "rbacctl user rename %s %s", q->first, q->user),
			  &q->snap->p->forget_by, out);
		return;
	}
	switch (v->why) {
	case RBAC_WHY_SUSPENDED:
		user_line(q, "mend", COMMAND_AT(!q->a->member, "rbacctl user resume %s", q->user),
			  &q->snap->p->suspend_by, out);
		break;
	case RBAC_WHY_NO_SERVICE:
		remedy_service(q, out);
		break;
	case RBAC_WHY_UID:
		remedy_uid(q, out);
		break;
	case RBAC_WHY_SECOND:
		buf_printf(out,
			   "  mend   log in as %.*s, or give %s a uid of its own "
			   "in passwd      (root may)\n",
			   (int)v->recorded.len, (const char *)v->recorded.p, q->user);
		break;
	case RBAC_WHY_OUTSIDE:
		buf_printf(out,
			   "  mend   wait for the hours, come from an address that it accepts, "
			   "or change the rule in rbac.conf      (root may)\n");
		break;
	default:
		remedy_role(q, out);
	}
}
