/* Compare the answers of the real libpam with the decisions of pam_rbac. */
#include <shadow.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "rbacctl/access/doctor.h"
#include "rbacctl/access/gate_sample.h"
#include "rbacctl/host/pam/ask.h"
#include "rbacctl/host/pam/text.h"

/* A fault of the service's stack was found already. */
static bool is_told(const struct findings *out, const char *service)
{
	for (size_t i = 0; i < out->n; i++) {
		const struct finding *f = &out->v[i];
		if (!f->trouble || strncmp(f->id, "pam.", 4) != 0 || !f->service)
			continue;
		if (strcmp(f->service, service) == 0)
			return true;
		/* A line that several services include. */
		for (size_t j = 1; j < f->subjects.n; j++)
			if (strcmp(f->subjects.v[0], f->service) == 0 &&
			    strcmp(f->subjects.v[j], service) == 0)
				return true;
	}
	return false;
}

/* A fault of the view or the module is why libpam denies. */
static bool is_cause_told(const struct findings *out)
{
	if (findings_has(out, "pam.module-broken", NULL))
		return true;
	for (size_t i = 0; i < out->n; i++) {
		const char *id = out->v[i].id;
		/* Root can read the view in any case. */
		bool read = strcmp(id, "view.mode") == 0 || strcmp(id, "view.group-differs") == 0 ||
			    strcmp(id, "view.zone-differs") == 0;
		if (out->v[i].trouble && strncmp(id, "view.", 5) == 0 && !read)
			return true;
	}
	return false;
}

/* One service, and what libpam answered. */
struct asked {
	struct gate_sample s;
	struct pam_config c;
	struct pam_judged j;
	int result[PAM_SUBJECTS]; /* for the last who was asked; PASSES: for somebody */
	bool passes[PAM_SUBJECTS];
};

/* Does libpam allow some user of WHO? A single user may be on another list of the administrator. */
static void ask_all(struct asked *x, enum pam_subject subject, const struct finding_list *who)
{
	bool wanted = subject != PAM_ROLELESS;

	x->result[subject] = wanted ? PAM_R_SUCCESS : PAM_R_PERM_DENIED;
	x->passes[subject] = wanted;
	for (size_t i = 0; i < who->n; i++) {
		x->result[subject] = subject == PAM_EXEMPT ? ask_pam_exempt(x->s.service, who->v[i])
							   : ask_pam(x->s.service, who->v[i]);
		x->passes[subject] = gate_passes(x->result[subject]);
		if (x->passes[subject] == wanted)
			return;
	}
}

static enum pam_effect effect_of(int result)
{
	return result == PAM_R_SUCCESS            ? PAM_EFFECT_PASS
	       : result == PAM_R_NEW_AUTHTOK_REQD ? PAM_EFFECT_NEW_AUTHTOK
						  : PAM_EFFECT_DENY;
}

static struct finding *add(const struct asked *x, const char *id, const char *user, int result)
{
	struct findings *out = x->s.out;
	struct finding *f = findings_add(out, id, true);

	finding_text(out, &f->service, "%s", x->s.service);
	if (x->c.file)
		finding_at(out, f, x->c.file, 0);
	finding_append(out, &f->subjects, "%s", user);
	finding_text(out, &f->found, "libpam says %s",
		     result == ASK_PAM_FAILED ? "nothing" : pam_return_name(result));
	f->has_effect = true;
	f->effect[PAM_ROLELESS] = effect_of(x->result[PAM_ROLELESS]);
	f->effect[PAM_HOLDER] = effect_of(x->result[PAM_HOLDER]);
	f->effect[PAM_EXEMPT] = effect_of(x->result[PAM_EXEMPT]);
	f->effect[PAM_ROOT] = effect_of(ask_pam(x->s.service, "root"));
	return f;
}

static void roleless_passes(const struct asked *x)
{
	struct findings *out = x->s.out;
	const char *user = x->s.roleless.v[0];
	struct finding *f = add(x, "pam.denial-ignored", user, x->result[PAM_ROLELESS]);

	finding_text(out, &f->wanted, "perm_denied");
	finding_text(out, &f->what, "%s: libpam allows %s, and rbac denies", x->s.service, user);
	finding_text(out, &f->why, "users without a role can use %s", x->s.service);
	finding_text(out, &f->mend,
		     "put the line of pam_rbac.so before the first account line of %s",
		     x->c.file ? x->c.file : "the service");
}

/* A line of ours that does not exempt USER, where another does. NULL: none. */
static const struct pam_entry *unlike(const struct asked *x, const char *user, char *option,
				      size_t size)
{
	const struct pam_stack *s = pam_stack_of(&x->c, PAM_ACCOUNT);
	const struct pam_entry *without = NULL;
	bool any = false;

	for (size_t i = 0; i < s->n; i++) {
		const struct pam_entry *e = &s->v[i];
		if (e->what != PAM_RUNS || !pam_module_is_ours(e->module))
			continue;
		char own[300];
		bool is = look_line_exempts(e, x->s.snap->p, user, own, sizeof own);
		if (is)
			snprintf(option, size, "%s", own);
		any |= is;
		without = is ? without : e;
	}
	return any ? without : NULL;
}

/* Append the lines of modules whose answer is not known in advance to NAMES: "pam_access.so
 * (FILE:LINE), ...". Returns the first. */
static const struct pam_entry *suspects(const struct asked *x, struct buf *names)
{
	const struct pam_stack *s = pam_stack_of(&x->c, PAM_ACCOUNT);
	const struct pam_entry *first = NULL;

	for (size_t i = 0; i < s->n; i++) {
		const struct pam_entry *e = &s->v[i];
		if (pam_is_predictable(e))
			continue;
		buf_printf(names, "%s%s (%s:%u)", first ? ", " : "", e->module, e->at.file,
			   e->at.line);
		first = first ? first : e;
	}
	return first;
}

/* Users with a role: libpam must allow at least one; another module may deny a single user. */
static void allowed_denied(const struct asked *x, enum pam_subject subject,
			   const struct finding_list *who)
{
	struct findings *out = x->s.out;
	bool exempt = subject == PAM_EXEMPT;
	char option[300];
	struct buf names = { 0 };
	struct finding *f = add(x, exempt ? "pam.exempt-denied" : "pam.holder-denied", who->v[0],
				x->result[subject]);

	finding_text(out, &f->wanted, "success");
	finding_text(out, &f->what, "%s: libpam denies %s, who is %s", x->s.service, who->v[0],
		     exempt ? "exempt" : "allowed by a rule");
	finding_text(out, &f->why, "users who should be allowed to use %s are denied",
		     x->s.service);
	const struct pam_entry *line = exempt ? unlike(x, who->v[0], option, sizeof option) : NULL;
	const struct pam_entry *other = line ? NULL : suspects(x, &names);
	if (line || other)
		finding_at_place(out, f, &x->c, line ? &line->at : &other->at);
	if (line)
		finding_text(out, &f->mend, "write %s on this line of pam_rbac.so too", option);
	else if (other)
		finding_text(out, &f->mend, "change the module that denies them: %s",
			     buf_text(&names));
	else
		finding_text(out, &f->mend,
			     "look for the line of %s and of another module in the log of "
			     "authentication",
			     x->s.service);
	buf_free(&names);
}

static bool no_logins(void)
{
	return access("/etc/nologin", F_OK) == 0 || access("/run/nologin", F_OK) == 0;
}

static void ask_service(struct asked *x)
{
	struct findings *out = x->s.out;
	const char *which, *service = x->s.service;

	if (!ask_pam_is_harmless(pam_stack_of(&x->c, PAM_ACCOUNT), &which)) {
		finding_append(out, &out->skipped,
			       "pam:%s: not asked, because asking %s would change something",
			       service, which);
		return;
	}
	gate_sample_gather(&x->s);
	if (!x->s.roleless.n)
		finding_append(out, &out->skipped, "pam:%s: no user without a role to ask about",
			       service);
	ask_all(x, PAM_ROLELESS, &x->s.roleless);
	ask_all(x, PAM_HOLDER, &x->s.holders);
	ask_all(x, PAM_EXEMPT, &x->s.exempt);
	if (x->passes[PAM_ROLELESS])
		roleless_passes(x);
	if (no_logins()) {
		finding_append(out, &out->skipped, "pam:%s: a nologin file denies everybody",
			       service);
	} else {
		if (!x->passes[PAM_HOLDER])
			allowed_denied(x, PAM_HOLDER, &x->s.holders);
		if (!x->passes[PAM_EXEMPT])
			allowed_denied(x, PAM_EXEMPT, &x->s.exempt);
	}
	finding_append(out, &out->checked, "pam:%s by libpam", service);
}

/* Do the lines alone tell what libpam answers? */
static bool is_told_by_lines(const struct pam_stack *s)
{
	size_t ours = 0;

	for (size_t i = 0; i < s->n; i++) {
		if (!pam_is_predictable(&s->v[i]))
			return false;
		ours += s->v[i].what == PAM_RUNS && pam_module_is_ours(s->v[i].module);
	}
	return ours <= 1;
}

/* Does the source of accounts that pam_unix asks answer? If not, pam_unix denies, although its line
 * does not show that. */
static bool accounts_answer(void)
{
	return getspnam("root") != NULL;
}

static int look_at(const struct doctor *d, enum doctor_depth depth, const char *service)
{
	struct asked x = {
		.s = { .snap = d->snap, .now = d->a->now, .service = service, .out = d->look.out }
	};
	int err = pam_config_read(d->look.pam, service, &x.c);

	if (!err)
		err = pam_judge(d->look.pam, &x.c, service, true, &x.j);
	x.s.gate = x.j.gate;
	x.s.stack = pam_stack_of(&x.c, PAM_ACCOUNT);
	if (!err && x.j.gate && !is_told(x.s.out, service) &&
	    (depth == DOCTOR_ASKS || !accounts_answer() ||
	     !is_told_by_lines(pam_stack_of(&x.c, PAM_ACCOUNT))))
		ask_service(&x);
	gate_sample_free(&x.s);
	pam_config_free(&x.c);
	return err;
}

int doctor_gate(const struct doctor *d, enum doctor_depth depth)
{
	struct findings *out = d->look.out;
	const struct policy *p = d->snap->p;
	int err = RBAC_OK;

	if (!d->look.root) {
		finding_append(out, &out->skipped, "pam: only root can ask libpam about others");
		return RBAC_OK;
	}
	if (strcmp(d->a->view, RBAC_VIEW_PATH) != 0 || is_cause_told(out)) {
		finding_append(
			out, &out->skipped,
			"pam: the module reads another view, cannot read it, or cannot be loaded");
		return RBAC_OK;
	}
	for (size_t i = 0; i < p->n_services && !err; i++)
		err = look_at(d, depth, p->services[i].name);
	return err;
}
