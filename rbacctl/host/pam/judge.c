#include "rbacctl/host/pam/judge.h"

#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "rbacctl/buf.h"

enum { WAYS_MAX = 20000 }; /* states of a run that are looked at */

struct move {
	size_t entry;
	int ret, action;
};
struct way {
	struct move *v;
	size_t n, cap;
};

/* All ways through a stack for one subject. */
struct search {
	const struct pam_asked *q;
	const struct pam_stack *s;
	uint32_t *answers; /* of each entry */
	struct pam_run *seen;
	size_t n_seen, cap_seen;
	bool too_many;
	struct way now;
	bool passes, renews, denies;        /* success; new_authtok_reqd; anything else */
	struct way passed, renewed, denied; /* the first way of each kind */
};

const char *pam_effect_name(enum pam_effect e)
{
	static const char *const names[] = { "pass", "deny", "new_authtok" };
	return names[e];
}

static int copy_way(const struct way *from, struct way *to)
{
	to->v = from->n ? malloc(from->n * sizeof *to->v) : NULL;
	if (from->n && !to->v)
		return RBAC_NOMEM;
	if (from->n)
		memcpy(to->v, from->v, from->n * sizeof *to->v);
	to->n = from->n;
	return RBAC_OK;
}

static bool same_verdict(const struct pam_verdict *a, const struct pam_verdict *b)
{
	return a->impression == b->impression && a->status == b->status;
}

static bool same_run(const struct pam_run *a, const struct pam_run *b)
{
	if (a->at != b->at || a->level != b->level || !same_verdict(&a->now, &b->now))
		return false;
	for (int i = 0; i <= a->level; i++)
		if (!same_verdict(&a->at_begin[i], &b->at_begin[i]))
			return false;
	return true;
}

/* Was R looked at before? If not, it is noted. RBAC_CONFLICT: it was. */
static int note(struct search *x, const struct pam_run *r)
{
	for (size_t i = 0; i < x->n_seen; i++)
		if (same_run(&x->seen[i], r))
			return RBAC_CONFLICT;
	if (x->n_seen >= WAYS_MAX) {
		x->too_many = true;
		return RBAC_CONFLICT;
	}
	if (!buf_room(&x->seen, x->n_seen, &x->cap_seen, sizeof *x->seen))
		return RBAC_NOMEM;
	x->seen[x->n_seen++] = *r;
	return RBAC_OK;
}

static int arrive(struct search *x, const struct pam_run *r)
{
	int status = pam_end_of(r, x->s);
	bool *is = status == PAM_R_SUCCESS            ? &x->passes
		   : status == PAM_R_NEW_AUTHTOK_REQD ? &x->renews
						      : &x->denies;
	struct way *way = is == &x->passes   ? &x->passed
			  : is == &x->renews ? &x->renewed
					     : &x->denied;
	bool first = !*is;

	*is = true;
	return first ? copy_way(&x->now, way) : RBAC_OK;
}

static int go(struct search *x, const struct pam_run *r)
{
	int err = RBAC_OK;

	if (r->at >= x->s->n)
		return arrive(x, r);
	err = note(x, r);
	if (err)
		return err == RBAC_CONFLICT ? RBAC_OK : err;
	for (int ret = 0; ret < PAM_RETURNS && !err; ret++) {
		struct pam_run next = *r;
		if (!(x->answers[r->at] >> ret & 1))
			continue;
		if (!buf_room(&x->now.v, x->now.n, &x->now.cap, sizeof *x->now.v))
			return RBAC_NOMEM;
		int action = pam_step(&next, x->s, ret);
		x->now.v[x->now.n++] = (struct move){ r->at, ret, action };
		err = go(x, &next);
		x->now.n--;
	}
	return err;
}

static void search_free(struct search *x)
{
	free(x->answers);
	free(x->seen);
	free(x->now.v);
	free(x->passed.v);
	free(x->renewed.v);
	free(x->denied.v);
}

static int search(struct search *x, const struct pam_asked *q, const struct pam_stack *s)
{
	struct pam_run r;

	*x = (struct search){ .q = q, .s = s };
	x->answers = calloc(s->n + 1, sizeof *x->answers);
	if (!x->answers)
		return RBAC_NOMEM;
	for (size_t i = 0; i < s->n; i++)
		if (s->v[i].what != PAM_ENTERS)
			x->answers[i] = pam_answers(q, &s->v[i]);
	pam_begin(&r, s);
	return go(x, &r);
}

/* ---- why ---- */

static bool is_gate(const struct pam_entry *e)
{
	return e->what == PAM_RUNS && pam_module_is_ours(e->module);
}

/* W lets somebody pass whom our module denies: where is the denial lost? */
static void explain(const struct pam_stack *s, const struct way *w, struct pam_judged *out)
{
	bool asked = false;

	for (size_t i = 0; i < w->n; i++) {
		const struct move *m = &w->v[i];
		if (is_gate(&s->v[m->entry])) {
			asked = true;
			out->because = &s->v[m->entry];
			out->ret = m->ret;
		} else if (asked && m->action == PAM_ACT_RESET) {
			out->because = &s->v[m->entry];
			out->ret = m->ret;
		}
	}
	out->state = asked ? PAM_GATE_IGNORED : PAM_GATE_UNREACHED;
	/* The first failure is what libpam returns: here that the password has to be changed. */
	for (size_t i = 0; i < w->n && !is_gate(&s->v[w->v[i].entry]); i++)
		if (asked && w->v[i].ret == PAM_R_NEW_AUTHTOK_REQD &&
		    w->v[i].action == PAM_ACT_BAD) {
			out->state = PAM_GATE_EXPIRED;
			out->because = &s->v[w->v[i].entry];
			out->ret = w->v[i].ret;
			return;
		}
	for (size_t i = 0; i < w->n && !asked; i++) {
		size_t next = i + 1 < w->n ? w->v[i + 1].entry : s->n;
		for (size_t j = w->v[i].entry + 1; j < next; j++)
			if (is_gate(&s->v[j]) && !out->because) {
				out->because = &s->v[w->v[i].entry];
				out->ret = w->v[i].ret;
			}
	}
}

static const struct pam_entry *who_denies(const struct pam_stack *s, const struct way *w)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->v[i].action == PAM_ACT_BAD || w->v[i].action == PAM_ACT_DIE ||
		    w->v[i].action == PAM_ACT_UNSET)
			return &s->v[w->v[i].entry];
	return NULL;
}

static int judge_roleless(const struct pam_asked *q, const struct pam_stack *s,
			  struct pam_judged *out)
{
	struct search x;
	int err = search(&x, q, s);

	out->effect[PAM_ROLELESS] = x.passes   ? PAM_EFFECT_PASS
				    : x.renews ? PAM_EFFECT_NEW_AUTHTOK
					       : PAM_EFFECT_DENY;
	if (!err && out->gate && x.too_many)
		out->state = PAM_GATE_UNJUDGED;
	else if (!err && out->gate && (x.passes || x.renews))
		explain(s, x.passes ? &x.passed : &x.renewed, out);
	search_free(&x);
	return err;
}

static int judge_others(const struct pam_asked *q, const struct pam_stack *s,
			struct pam_judged *out)
{
	struct search x;
	int err = search(&x, q, s);

	out->effect[q->who] = x.passes   ? PAM_EFFECT_PASS
			      : x.renews ? PAM_EFFECT_NEW_AUTHTOK
					 : PAM_EFFECT_DENY;
	if (!err && q->who == PAM_HOLDER && out->effect[q->who] == PAM_EFFECT_DENY) {
		const struct way *w = &x.denied;
		out->denier = who_denies(s, w);
		if (!out->denier && w->n && w->v[w->n - 1].action == PAM_ACT_DONE)
			out->ender = &s->v[w->v[w->n - 1].entry];
	}
	search_free(&x);
	return err;
}

int pam_judge(const struct pam_folders *f, const struct pam_config *c, const char *service,
	      bool ruled, struct pam_judged *out)
{
	const struct pam_stack *s = pam_stack_of(c, PAM_ACCOUNT);
	struct pam_asked q = { .f = f, .service = service, .ruled = ruled };

	*out = (struct pam_judged){ .state = PAM_GATE_OFF };
	for (size_t i = 0; i < s->n && !out->gate; i++)
		if (is_gate(&s->v[i]))
			out->gate = &s->v[i];
	if (out->gate)
		out->state = PAM_GATE_COUNTS;
	if (c->refused || s->n == 0) {
		for (int i = 0; i < PAM_SUBJECTS; i++)
			out->effect[i] = PAM_EFFECT_DENY;
		return RBAC_OK;
	}
	int err = judge_roleless(&q, s, out);
	if (!err && out->state == PAM_GATE_COUNTS) {
		q.expired = true;
		err = judge_roleless(&q, s, out);
		if (out->state == PAM_GATE_UNREACHED)
			out->state = PAM_GATE_EXPIRED;
		q.expired = false;
	}
	for (q.who = PAM_HOLDER; q.who < PAM_SUBJECTS && !err; q.who++)
		err = judge_others(&q, s, out);
	return err;
}
