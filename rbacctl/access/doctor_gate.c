/* What the real libpam says, beside the gate's own decision. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "rbacctl/access/doctor.h"
#include "rbacctl/access/gate_sample.h"
#include "rbacctl/host/ask_pam.h"
#include "rbacctl/host/pam_text.h"

/* A fault of the service's stack was found already. */
static bool is_told(const struct findings *out, const char *service)
{
	for (size_t i = 0; i < out->n; i++)
		if (out->v[i].trouble && strncmp(out->v[i].id, "pam.", 4) == 0 &&
		    out->v[i].service && (strcmp(out->v[i].service, service) == 0))
			return true;
	return false;
}

/* A fault of the view or the module is why libpam denies. */
static bool is_cause_told(const struct findings *out)
{
	if (findings_has(out, "pam.module-broken", NULL))
		return true;
	for (size_t i = 0; i < out->n; i++)
		if (out->v[i].trouble && strncmp(out->v[i].id, "view.", 5) == 0)
			return true;
	return false;
}

static struct finding *add(const struct gate_sample *s, const char *id, const struct pam_config *c,
			   const char *user, int result)
{
	struct findings *out = s->out;
	struct finding *f = findings_add(out, id, true);

	finding_text(out, &f->service, "%s", s->service);
	if (c->file)
		finding_at(out, f, c->file, 0);
	finding_append(out, &f->subjects, "%s", user);
	finding_text(out, &f->found, "libpam says %s",
		     result == ASK_PAM_FAILED ? "nothing" : pam_return_name(result));
	return f;
}

/* Those without a role. One may be let in by a list of the administrator's: somebody must be
 * denied. */
static void ask_roleless(const struct gate_sample *s, const struct pam_config *c)
{
	struct findings *out = s->out;
	int result = PAM_R_PERM_DENIED;

	for (size_t i = 0; i < s->roleless.n; i++) {
		result = ask_pam(s->service, s->roleless.v[i]);
		if (!gate_passes(result))
			return;
	}
	if (s->roleless.n == 0)
		return;
	struct finding *f = add(s, "pam.denial-ignored", c, s->roleless.v[0], result);
	f->has_effect = true;
	f->effect[PAM_ROLELESS] = result == PAM_R_SUCCESS ? PAM_EFFECT_PASS
							  : PAM_EFFECT_NEW_AUTHTOK;
	finding_text(out, &f->wanted, "perm_denied");
	finding_text(out, &f->what, "%s: libpam lets %s in, whom rbac denies", s->service,
		     s->roleless.v[0]);
	finding_text(out, &f->why, "whoever has no role may get in by %s", s->service);
	finding_text(out, &f->mend,
		     "put the line of pam_rbac.so before the first account line of %s",
		     c->file ? c->file : "the service");
}

/* Those with a role: somebody must get in. One may be kept out by another module. */
static void ask_allowed(const struct gate_sample *s, const struct pam_config *c,
			const struct finding_list *who, const char *id, const char *called)
{
	struct findings *out = s->out;
	int result = PAM_R_SUCCESS;

	for (size_t i = 0; i < who->n; i++) {
		result = ask_pam(s->service, who->v[i]);
		if (gate_passes(result))
			return;
	}
	if (who->n == 0)
		return;
	struct finding *f = add(s, id, c, who->v[0], result);
	f->has_effect = true;
	f->effect[strcmp(called, "exempt") == 0 ? PAM_EXEMPT : PAM_HOLDER] = PAM_EFFECT_DENY;
	f->effect[PAM_ROLELESS] = PAM_EFFECT_DENY;
	finding_text(out, &f->wanted, "success");
	finding_text(out, &f->what, "%s: libpam denies %s, who is %s", s->service, who->v[0],
		     called);
	finding_text(out, &f->why, "those who should get in by %s do not", s->service);
	finding_text(out, &f->mend,
		     "look for the line of %s and of another module in the log of authentication",
		     s->service);
}

static int ask_service(const struct doctor *d, const char *service)
{
	struct findings *out = d->look.out;
	struct gate_sample s = {
		.snap = d->snap, .now = d->a->now, .service = service, .out = out
	};
	struct pam_config c;
	struct pam_judged j = { 0 };
	const char *which;
	int err = pam_config_read(d->look.pam, service, &c);

	if (!err)
		err = pam_judge(d->look.pam, &c, service, true, &j);
	s.gate = j.gate;
	if (!err && j.gate && !is_told(out, service)) {
		if (!ask_pam_is_harmless(pam_stack_of(&c, PAM_ACCOUNT), &which)) {
			finding_append(out, &out->skipped,
				       "pam:%s: not asked, for %s acts when it is asked", service,
				       which);
		} else {
			gate_sample_gather(&s);
			if (!s.roleless.n)
				finding_append(
					out, &out->skipped,
					"pam:%s: there is nobody without a role to ask about",
					service);
			ask_roleless(&s, &c);
			if (access("/etc/nologin", F_OK) && access("/run/nologin", F_OK)) {
				ask_allowed(&s, &c, &s.holders, "pam.holder-denied",
					    "allowed by a rule");
				ask_allowed(&s, &c, &s.exempt, "pam.exempt-denied", "exempt");
			} else {
				finding_append(
					out, &out->skipped,
					"pam:%s: nobody is let in while there is a nologin file",
					service);
			}
			finding_append(out, &out->checked, "pam:%s by libpam", service);
		}
	}
	gate_sample_free(&s);
	pam_config_free(&c);
	return err;
}

int doctor_gate(const struct doctor *d)
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
		err = ask_service(d, p->services[i].name);
	return err;
}
