/*
 * What a role asks of every assignment of it: an end, a reason, and how long a subject may hold it
 * at a stretch (max_for).
 */
#include "rbacctl/change/rules/limits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/change/rules/matches.h"
#include "rbacctl/command.h"
#include "rbacctl/human_time.h"
#include "rbacctl/model/review.h"

/* Was `assign` typed? Then what was typed is suggested, with the option that is missing. */
static bool is_typed(const struct change *c)
{
	return strcmp(c->verb, "assign") == 0;
}

static int refuse_endless(struct change *c, const struct assign_request *r,
			  const struct policy_role *p)
{
	const char *length = p->max_for ? p->max_for_text : "8h";
	const char *reason = r->reason && *r->reason ? r->reason : "WHY";

	return change_fail(c, RBAC_REFUSED,
			   "refused: every assignment of %s must have an end\n  rule  %s:%u: %s\n"
			   "  say how long:  %s",
			   p->name, p->end_pos.file, p->end_pos.line,
			   p->max_for ? "max_for" : "end = \"required\"",
			   is_typed(c) ? COMMAND_WITH("--for", length)
			   : p->reason_required
				   ? COMMAND("rbacctl assign %s %s --scope %s --for %s --reason %s",
					     r->subject, p->name, r->scope, length, reason)
				   : COMMAND("rbacctl assign %s %s --scope %s --for %s", r->subject,
					     p->name, r->scope, length));
}

static int refuse_unexplained(struct change *c, const struct assign_request *r,
			      const struct policy_role *p)
{
	char until[32];

	policy_time_print(r->until, until);
	return change_fail(
		c, RBAC_REFUSED,
		"refused: every assignment of %s must have a reason\n"
		"  rule  %s:%u: reason = \"required\"\n  say why:  %s",
		p->name, p->reason_pos.file, p->reason_pos.line,
		is_typed(c) && !r->reason ? COMMAND_WITH("--reason", "WHY")
		: r->until != RBAC_TIME_MAX
			? COMMAND("rbacctl assign %s %s --scope %s --until %s --reason WHY",
				  r->subject, p->name, r->scope, until)
			: COMMAND("rbacctl assign %s %s --scope %s --reason WHY", r->subject,
				  p->name, r->scope));
}

int change_check_asked(struct change *c, const struct assign_request *r, int role)
{
	const struct policy_role *p = &c->p->roles[role];

	if (p->end_required && r->until == RBAC_TIME_MAX)
		return refuse_endless(c, r, p);
	if (p->reason_required && (!r->reason || !*r->reason))
		return refuse_unexplained(c, r, p);
	return RBAC_OK;
}

/* ---- max_for ---- */

/* Seconds between two windows that do not make them two: sessions end within so much of the end of
 * a role (`due`), so a shorter break is none to who holds it. */
enum { NO_BREAK = 60 };

/* One assignment, as one of a limited role that it is or includes. */
struct stretch {
	int limited;
	char *scope;
	int64_t from, until;
	bool new;
};

struct stretches {
	struct change *c;
	uint64_t first, last; /* ids of the new ones */
	bool later;           /* those after LAST count too, and are not new */
	struct stretch *v;
	size_t n, cap;
};

static int add(struct stretches *s, int limited, const struct store_assignment *a)
{
	char *scope = buf_room(&s->v, s->n, &s->cap, sizeof *s->v) ? strdup(a->scope) : NULL;

	if (!scope)
		return RBAC_NOMEM;
	s->v[s->n++] = (struct stretch){ limited, scope, a->from, a->until,
					 a->id >= s->first && a->id <= s->last };
	return RBAC_OK;
}

static int on_assignment(void *ctx, const struct store_assignment *a)
{
	struct stretches *s = ctx;
	const struct policy *p = s->c->p;
	int role = policy_role_find(p, a->role), err = RBAC_OK;

	if (role < 0 || (a->id > s->last && !s->later) || change_has_ended(s->c, a))
		return RBAC_OK;
	for (size_t i = 0; i < p->n_roles && !err; i++)
		if (p->roles[i].max_for && policy_role_counts(p, role, (int)i))
			err = add(s, (int)i, a);
	return err;
}

static int order(const void *a, const void *b)
{
	const struct stretch *x = a, *y = b;
	int d = x->limited - y->limited;

	d = d ? d : strcmp(x->scope, y->scope);
	return d ? d : (x->from > y->from) - (x->from < y->from);
}

static int refuse(struct change *c, const struct stretch *s, int64_t from, int64_t until,
		  const char *subject)
{
	const struct policy_role *r = &c->p->roles[s->limited];
	char begins[80], ends[80];

	human_instant(from, c->a->now, begins, sizeof begins);
	human_instant(until, c->a->now, ends, sizeof ends);
	return change_fail(c, RBAC_REFUSED,
			   "refused: %s would hold %s at %s from %s%s%s, longer than max_for\n"
			   "  rule  %s:%u: max_for = \"%s\", over all assignments that overlap "
			   "or have a minute or less between them, from now or a later begin on",
			   subject, r->name, s->scope, from <= c->a->now ? "now" : begins,
			   until == RBAC_TIME_MAX ? " on, without end" : " until ",
			   until == RBAC_TIME_MAX ? "" : ends, r->max_for_pos.file,
			   r->max_for_pos.line, r->max_for_text);
}

static bool goes_on(const struct stretch *a, const struct stretch *b, int64_t until)
{
	return a->limited == b->limited && strcmp(a->scope, b->scope) == 0 &&
	       b->from <= policy_time_after(until, NO_BREAK);
}

/* The N at V, in order: windows that touch, nearly or overlap are one. Those with nothing new in
 * them stay as they are, also where the policy has become stricter. */
static int judge(struct stretches *s, const char *subject)
{
	for (size_t i = 0, next; i < s->n; i = next) {
		int64_t until = s->v[i].until, now = s->c->a->now;
		int64_t from = s->v[i].from > now ? s->v[i].from : now;
		bool new = s->v[i].new;
		for (next = i + 1; next < s->n && goes_on(&s->v[i], &s->v[next], until); next++) {
			until = s->v[next].until > until ? s->v[next].until : until;
			new |= s->v[next].new;
		}
		if (new &&until - from > s->c->p->roles[s->v[i].limited].max_for)
			return refuse(s->c, &s->v[i], from, until, subject);
	}
	return RBAC_OK;
}

static int check(struct stretches *s, const char *subject)
{
	struct change *c = s->c;

	if (!c->p->limits_length)
		return RBAC_OK;
	int err = store_assignments_of(&c->t, subject, on_assignment, s);
	if (err)
		change_store_fail(c, err);
	else if (s->n) {
		qsort(s->v, s->n, sizeof *s->v, order);
		err = judge(s, subject);
	}
	for (size_t i = 0; i < s->n; i++)
		free(s->v[i].scope);
	free(s->v);
	return err;
}

int change_check_length(struct change *c, const char *subject, uint64_t first, uint64_t last)
{
	return check(&(struct stretches){ .c = c, .first = first, .last = last }, subject);
}

int change_check_length_again(struct change *c, const char *subject, uint64_t id)
{
	return check(&(struct stretches){ .c = c, .first = id, .last = id, .later = true },
		     subject);
}
