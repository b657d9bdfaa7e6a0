/* What roles ask of every assignment (max_for, end, reason): what can never be kept, and roles that
 * include a stricter one. */
#include "rbacctl/model/checks.h"
#include "rbacctl/model/private.h"
#include "rbacctl/model/review.h"

static bool is_owners(const struct policy *p, int role)
{
	for (size_t i = 0; i < p->n_kinds; i++)
		if (p->kinds[i].owner_role == role)
			return true;
	return false;
}

static void check_approval(const struct policy *p, struct problems *problems, int role)
{
	const struct policy_role *r = &p->roles[role];
	const struct policy_bys *by = &r->approve_by;

	if (r->approval_required && is_owners(p, role))
		problem_error(problems, r->approval_pos,
			      "role \"%s\": approval: owners get it without asking", r->name);
	if (by->given && by->n == 1 && by->v[0].what == BY_ROLE && by->v[0].ref == role)
		problem_error(problems, by->pos,
			      "role \"%s\": approve_by has the role itself alone: the first holder "
			      "could never be approved",
			      r->name);
}

static void check_review(struct problems *problems, const struct policy_role *r)
{
	if (!r->unreviewed_ends)
		return;
	if (!r->review_every)
		problem_error(problems, r->unreviewed_pos,
			      "role \"%s\": unreviewed = \"end\" without review_every: nothing is "
			      "ever due",
			      r->name);
	if (r->min)
		problem_error(problems, r->unreviewed_pos,
			      "role \"%s\": unreviewed = \"end\" with min = %u (%s:%u): when the "
			      "last holder is not reviewed, there are fewer",
			      r->name, r->min, r->min_pos.file, r->min_pos.line);
}

static void check_alone(struct policy *p, struct problems *problems, int role)
{
	const struct policy_role *r = &p->roles[role];
	const char *setting = r->max_for ? "max_for" : "end";

	check_approval(p, problems, role);
	check_review(problems, r);
	if (!r->end_required)
		return;
	if (r->min)
		problem_error(problems, r->end_pos,
			      "role \"%s\": %s with min = %u (%s:%u): when the time of the last "
			      "holder is over, there are fewer",
			      r->name, setting, r->min, r->min_pos.file, r->min_pos.line);
	else if (r->bootstrap)
		problem_error(problems, r->end_pos,
			      "role \"%s\": %s with bootstrap = true: init gives it without end",
			      r->name, setting);
	if (r->max_for && is_owners(p, role))
		problem_error(problems, r->max_for_pos,
			      "role \"%s\": max_for: owners hold it as long as they own", r->name);
}

/* Who holds R holds what it includes: a limit that R has not would be none. */
static void check_included(struct policy *p, struct problems *problems, const struct policy_role *r,
			   const struct policy_role *in)
{
	const char *lacks = NULL;

	if (in->max_for && (!r->max_for || r->max_for > in->max_for))
		lacks = policy_text(p, "max_for = \"%s\" (%s:%u), expected the same or less here",
				    in->max_for_text, in->max_for_pos.file, in->max_for_pos.line);
	else if (in->end_required && !r->end_required)
		lacks = policy_text(p, "end = \"required\" (%s:%u), expected the same here",
				    in->end_pos.file, in->end_pos.line);
	if (lacks)
		problem_error(problems, r->pos, "role \"%s\" includes role \"%s\", which has %s",
			      r->name, in->name, lacks);
	if (in->approval_required && (!r->approval_required || r->approvals < in->approvals))
		problem_error(problems, r->pos,
			      "role \"%s\" includes role \"%s\", which has approval = \"required\" "
			      "(%s:%u) by %u, expected the same or more here",
			      r->name, in->name, in->approval_pos.file, in->approval_pos.line,
			      in->approvals);
	if (in->unreviewed_ends &&
	    (!r->unreviewed_ends || policy_review_time(r) > policy_review_time(in)))
		problem_error(problems, r->pos,
			      "role \"%s\" includes role \"%s\", which has unreviewed = \"end\" "
			      "(%s:%u) after %s and %s, expected the same or less here",
			      r->name, in->name, in->unreviewed_pos.file, in->unreviewed_pos.line,
			      in->review_every_text ? in->review_every_text : "never",
			      in->review_grace_text);
	if (in->reason_required && !r->reason_required)
		problem_error(problems, r->pos,
			      "role \"%s\" includes role \"%s\", which has reason = \"required\" "
			      "(%s:%u), expected the same here",
			      r->name, in->name, in->reason_pos.file, in->reason_pos.line);
}

void policy_check_length(struct policy *p, struct problems *problems)
{
	for (size_t i = 0; i < p->n_roles; i++) {
		check_alone(p, problems, (int)i);
		for (size_t k = 0; k < p->roles[i].includes.n; k++)
			check_included(p, problems, &p->roles[i],
				       &p->roles[p->roles[i].includes.v[k]]);
	}
}
