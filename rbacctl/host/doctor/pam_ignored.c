/* PAM stacks: rbac is asked and its denial does not count, or it is not asked. */
#include <string.h>

#include "rbacctl/host/doctor/seen.h"
#include "rbacctl/host/pam/text.h"

static void because(struct look_seen *s, struct finding *f)
{
	look_entry_text(s->q->out, &f->found, s->j.because, PAM_ACCOUNT);
}

/* What a line of ours loads is another module, which lets everybody in. */
static bool foreign(struct look_seen *s)
{
	struct findings *out = s->q->out;
	const struct pam_entry *e = s->j.because;
	char path[4200];

	if (!pam_module_is_ours(e->module) ||
	    pam_module_state(s->q->pam, e->module) != PAM_MODULE_FOREIGN ||
	    !pam_module_path(s->q->pam, e->module, path, sizeof path))
		return false;
	for (size_t i = 0; i < out->n; i++)
		if (strcmp(out->v[i].id, "pam.module-broken") == 0 && out->v[i].file &&
		    strcmp(out->v[i].file, path) == 0)
			return true;
	struct finding *f = look_add(s, "pam.module-broken", true, NULL);
	finding_at(out, f, path, 0);
	look_entry_text(out, &f->found, e, PAM_ACCOUNT);
	finding_text(out, &f->what, "%s: %s is another module, which has the name of rbac's",
		     s->service, path);
	finding_text(out, &f->why, "rbac is not asked, and a user without a role gets in");
	finding_text(out, &f->mend,
		     *e->module == '/' ? "write pam_rbac.so in the place of %s at %s:%u"
				       : "install rbac again, so that %s is its own",
		     *e->module == '/' ? e->module : path, e->at.file, e->at.line);
	return true;
}

void look_ignored(struct look_seen *s)
{
	struct findings *out = s->q->out;
	const struct pam_place *gate = &s->j.gate->at;
	struct finding *f;

	if (!s->j.because || foreign(s))
		return;
	const struct pam_place *at = &s->j.because->at;
	bool same = strcmp(gate->file, at->file) == 0; /* for all services that include it */
	const char *id = s->j.state == PAM_GATE_IGNORED   ? "pam.gate-ignored"
			 : s->j.state == PAM_GATE_EXPIRED ? "pam.gate-skipped-expired"
							  : "pam.gate-not-reached";
	if (same && look_is_told(s, id, at))
		return;
	f = look_add(s, id, true, at);
	if (s->j.state == PAM_GATE_IGNORED) {
		because(s, f);
		finding_text(out, &f->what,
			     s->j.because == s->j.gate
				     ? "%s: pam_rbac.so is asked, and its denial is ignored"
				     : "%s: pam_rbac.so denies, and this line overrides the denial",
			     s->service);
		look_write_there(out, f, s->j.because == s->j.gate ? s->j.because : s->j.gate);
		if (s->j.because != s->j.gate)
			finding_text(out, &f->mend, "write \"%s\" behind this line",
				     f->wanted ? f->wanted : LOOK_LINE);
	} else {
		bool expired = s->j.state == PAM_GATE_EXPIRED;
		because(s, f);
		if (expired && s->j.because->actions[s->j.ret] == PAM_ACT_BAD)
			finding_text(out, &f->what,
				     "%s: the denial of pam_rbac.so (%s:%u) is ignored when the "
				     "password has to be changed: this line fails before, and "
				     "libpam returns its %s",
				     s->service, gate->file, gate->line, pam_return_name(s->j.ret));
		else
			finding_text(out, &f->what,
				     "%s: pam_rbac.so (%s:%u) is not asked%s: this line %s, where "
				     "it returns %s",
				     s->service, gate->file, gate->line,
				     expired ? " when the password has to be changed" : "",
				     s->j.because->actions[s->j.ret] > 0 ? "jumps over it"
									 : "ends the stack before",
				     pam_return_name(s->j.ret));
		finding_text(out, &f->wanted, "%s before this line", LOOK_LINE);
		finding_text(out, &f->mend,
			     "move the line of pam_rbac.so before the first account line of %s",
			     same ? at->file : s->c.file);
	}
	finding_text(out, &f->why, "%s gets in by %s",
		     s->j.state == PAM_GATE_EXPIRED
			     ? "a user without a role who changes an expired password"
			     : "a user without a role",
		     s->service);
}
