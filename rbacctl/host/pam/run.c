/* Running a stack: what libpam makes of each answer. */
#include "rbacctl/host/pam/stack.h"

/* A substack that begins keeps what was decided before it; its first line asks nobody. */
static void settle(struct pam_run *r, const struct pam_stack *s)
{
	for (; r->at < s->n; r->at++) {
		int level = s->v[r->at].level;

		if (r->level < level)
			r->at_begin[level] = r->now;
		r->level = level;
		if (s->v[r->at].what != PAM_ENTERS)
			return;
	}
}

void pam_begin(struct pam_run *r, const struct pam_stack *s)
{
	*r = (struct pam_run){ .now = { PAM_UNDECIDED, PAM_R_PERM_DENIED } };
	r->at_begin[0] = r->now;
	settle(r, s);
}

/* The last entry of the stack or substack that entry AT is in. */
static size_t last_of(const struct pam_stack *s, size_t at)
{
	int level = s->v[at].level;

	while (at + 1 < s->n && s->v[at + 1].level >= level)
		at++;
	return at;
}

/* The last entry that a jump over N entries from AT leaves out. A substack is one. *LEFT: how many
 * there were too few. */
static size_t jump(const struct pam_stack *s, size_t at, int n, int *left)
{
	int level = s->v[at].level;

	for (; n > 0 && at + 1 < s->n && s->v[at + 1].level >= level; n--) {
		at++;
		while (at + 1 < s->n && s->v[at + 1].level > level)
			at++;
	}
	*left = n;
	return at;
}

static void good(struct pam_verdict *v, int ret)
{
	if (v->impression == PAM_UNDECIDED ||
	    (v->impression == PAM_POSITIVE && v->status == PAM_R_SUCCESS))
		*v = (struct pam_verdict){ PAM_POSITIVE, ret };
}

static void bad(struct pam_verdict *v, int ret)
{
	if (v->impression != PAM_NEGATIVE)
		*v = (struct pam_verdict){ PAM_NEGATIVE,
					   ret == PAM_R_IGNORE ? PAM_R_PERM_DENIED : ret };
}

int pam_step(struct pam_run *r, const struct pam_stack *s, int ret)
{
	const struct pam_entry *e = &s->v[r->at];
	int action = e->actions[ret], left;
	size_t at = r->at;

	switch (action) {
	case PAM_ACT_RESET:
		r->now = r->at_begin[e->level];
		break;
	case PAM_ACT_IGNORE:
		break;
	case PAM_ACT_OK:
	case PAM_ACT_DONE:
		good(&r->now, ret);
		if (action == PAM_ACT_DONE && r->now.impression == PAM_POSITIVE)
			at = last_of(s, at);
		break;
	case PAM_ACT_BAD:
	case PAM_ACT_DIE:
		bad(&r->now, ret);
		if (action == PAM_ACT_DIE)
			at = last_of(s, at);
		break;
	default:
		at = jump(s, at, action, &left);
		if (left > 0) {
			r->now = (struct pam_verdict){ PAM_NEGATIVE, PAM_R_PERM_DENIED };
			action = PAM_ACT_UNSET;
		}
	}
	r->at = at + 1;
	settle(r, s);
	return action;
}

int pam_end_of(const struct pam_run *r, const struct pam_stack *s)
{
	if (s->n == 0)
		return PAM_R_PERM_DENIED;
	return r->now.status == PAM_R_SUCCESS && r->now.impression != PAM_POSITIVE
		       ? PAM_R_PERM_DENIED
		       : r->now.status;
}
