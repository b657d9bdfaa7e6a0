/* PAM stacks: who is denied that should not be. */
#include <stdio.h>
#include <string.h>

#include "rbacctl/host/doctor/seen.h"
#include "rbacctl/model/problem.h"

/* What libpam does not understand of the line AT: "there is no file x". NULL: nothing. */
static const char *fault_at(const struct look_seen *s, const struct pam_place *at)
{
	for (size_t i = 0; i < s->c.n_faults; i++) {
		const struct pam_fault *x = &s->c.faults[i];
		if (x->at.line == at->line && strcmp(x->at.file, at->file) == 0 && *x->text)
			return x->text;
	}
	return NULL;
}

void look_everybody_denied(struct look_seen *s)
{
	struct findings *out = s->q->out;
	const struct pam_entry *e = s->j.denier;
	bool ours = e && e->what == PAM_RUNS && pam_module_is_ours(e->module);
	enum pam_module_state state = ours ? pam_module_state(s->q->pam, e->module)
					   : PAM_MODULE_THERE;

	if (state != PAM_MODULE_THERE && state != PAM_MODULE_FOREIGN) {
		if (findings_has(out, "pam.module-broken", NULL))
			return;
		struct finding *f = look_add(s, "pam.module-missing", true, &e->at);
		look_entry_text(out, &f->found, e, PAM_ACCOUNT);
		finding_text(out, &f->what, "%s: %s %s", s->service, e->module,
			     state == PAM_MODULE_ABSENT ? "is not there"
							: "is no module with an account stage");
		finding_text(out, &f->why, "libpam denies everybody there, root too");
		if (strchr(e->module, '/') &&
		    pam_module_state(s->q->pam, "pam_rbac.so") == PAM_MODULE_THERE)
			look_write_there(out, f, e);
		else
			finding_text(out, &f->mend,
				     "install pam_rbac.so in %s, or take the line out",
				     s->q->pam->modules ? s->q->pam->modules
							: "the folder of PAM modules");
		return;
	}
	if (e && look_is_told(s, "pam.everyone-denied", &e->at))
		return;
	struct finding *f = look_add(s, "pam.everyone-denied", true, e ? &e->at : NULL);
	if (e) {
		const char *why = fault_at(s, &e->at);
		look_entry_text(out, &f->found, e, PAM_ACCOUNT);
		finding_text(out, &f->what, "%s: this line denies users with a role, too%s%s%s",
			     s->service,
			     ours ? ": its control makes a failure of the module's yes"
			     : e->what == PAM_MUST_FAIL ? "; libpam cannot read it"
			     : pam_module_state(s->q->pam, e->module) != PAM_MODULE_THERE
				     ? "; there is no such module with an account stage"
				     : "",
			     why ? ": " : "", why ? why : "");
		if (ours || (e->what == PAM_MUST_FAIL && look_line_has(&e->at, "pam_rbac")))
			look_write_there(out, f, e);
		else
			finding_text(out, &f->mend, "remove or correct the line");
	} else if (s->j.ender) {
		finding_at_place(out, f, &s->c, &s->j.ender->at);
		look_entry_text(out, &f->found, s->j.ender, PAM_ACCOUNT);
		finding_text(out, &f->what,
			     "%s: this line ends the stack, and no line before it says yes: libpam "
			     "denies then",
			     s->service);
		finding_text(out, &f->mend, "remove or correct the line");
	} else {
		finding_text(out, &f->what,
			     "%s: no line of the account stage says yes, and libpam denies then",
			     s->service);
		finding_text(out, &f->mend,
			     "add \"account required pam_permit.so\" at the end of %s", s->c.file);
	}
	finding_text(out, &f->why, "nobody gets in by %s, whatever roles they hold", s->service);
}

/* A file with carriage returns has a fault on nearly every line, and a line that is too long has
 * the same one several times: each is told once. */
static bool is_told(const struct look_seen *s, const struct pam_fault *x)
{
	for (const struct pam_fault *before = s->c.faults; before < x; before++) {
		bool same_line = before->at.line == x->at.line;
		if (strcmp(before->at.file, x->at.file) != 0)
			continue;
		if (same_line && before->what == x->what)
			return true;
		if (strchr(before->text, '\r') && (same_line || strchr(x->text, '\r')))
			return true;
	}
	return false;
}

bool look_fault_is_ours(const struct look_seen *s)
{
	for (size_t i = 0; i < s->c.n_faults; i++)
		if (s->c.faults[i].what == PAM_FAULT_TYPE &&
		    look_line_has(&s->c.faults[i].at, "pam_rbac.so"))
			return true;
	return false;
}

static void mend_fault(struct look_seen *s, struct finding *f, const struct pam_fault *x)
{
	static const char *const begins[] = { "auth", "account", "password", "session",
					      "@include" };
	struct findings *out = s->q->out;
	const char *near = x->what == PAM_FAULT_TYPE ? problem_nearest(x->text, begins, 5) : NULL;

	if (strchr(x->text, '\r'))
		look_mend_returns(out, f, x->at.file);
	else if (near)
		finding_text(out, &f->mend, "begin the line with \"%s\"", near);
	else if (look_line_has(&x->at, "pam_rbac"))
		look_write_there(out, f, NULL);
	else
		finding_text(out, &f->mend, "remove or correct the line");
	if (x->what == PAM_FAULT_TYPE && look_line_has(&x->at, "pam_rbac.so") && !s->j.gate)
		finding_text(out, &f->why, "rbac is not asked, and a user without a role gets in");
}

void look_faults(struct look_seen *s)
{
	static const char *const texts[] = {
		[PAM_FAULT_TYPE] = "the line begins with \"%s\", which is no stage of PAM",
		[PAM_FAULT_CONTROL] = "libpam does not understand the control: %s",
		[PAM_FAULT_MODULE] = "the line names no module%s",
		[PAM_FAULT_INCLUDE] = "libpam cannot take in a file: %s",
		[PAM_FAULT_BROKEN] = "the file ends with a line that goes on (\\)%s",
		[PAM_FAULT_CUT] = "the line is longer than libpam reads%s",
	};
	struct findings *out = s->q->out;

	for (size_t i = 0; i < s->c.n_faults; i++) {
		const struct pam_fault *x = &s->c.faults[i];
		bool told = s->j.denier && x->at.line == s->j.denier->at.line &&
			    strcmp(x->at.file, s->j.denier->at.file) == 0;
		bool matters = s->c.refused || x->what == PAM_FAULT_TYPE || x->stage == PAM_ACCOUNT;
		if (told || !matters || (!s->c.has_file && x->what == PAM_FAULT_TYPE) ||
		    is_told(s, x))
			continue;
		struct finding *f = look_add(
			s, s->c.refused ? "pam.file-refused" : "pam.line-broken", true, &x->at);
		enum { SHOWN = 200 };
		char text[600], shown[SHOWN + 4];
		snprintf(shown, sizeof shown, "%.*s%s", SHOWN, x->text,
			 strlen(x->text) > SHOWN ? "..." : "");
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		snprintf(text, sizeof text, texts[x->what], shown);
#pragma GCC diagnostic pop
		finding_text(out, &f->what, "%s: %s", s->service, text);
		finding_text(out, &f->why, "%s",
			     s->c.refused ? "libpam refuses the service, and nobody gets in"
			     : x->what == PAM_FAULT_TYPE && x->stage == PAM_AUTH
				     ? "libpam takes it for a line of auth that fails: a user who "
				       "logs in with a password is denied"
				     : "libpam fails on this line for every user");
		mend_fault(s, f, x);
	}
}

/* ---- services that no rule names ---- */

void look_unruled(struct look_seen *s)
{
	struct findings *out = s->q->out;
	const struct pam_place *gate = &s->j.gate->at;
	bool included = gate->via >= 0 && s->c.has_file;
	const char *id = included ? "pam.gate-through-include" : "pam.service-unruled";

	for (size_t i = 0; i < out->n && included; i++) {
		struct finding *f = &out->v[i];
		if (strcmp(f->id, id) == 0 && strcmp(f->file, gate->file) == 0 &&
		    f->line == gate->line) {
			finding_append(out, &f->subjects, "%s", s->service);
			return;
		}
	}
	struct finding *f = look_add(s, id, true, gate);
	look_entry_text(out, &f->found, s->j.gate, PAM_ACCOUNT);
	finding_append(out, &f->subjects, "%s", s->service);
	finding_text(out, &f->why, "only root and the exempt get through there");
	if (included) {
		finding_text(out, &f->what,
			     "services that no login rule names ask rbac through an include: %s",
			     s->service);
		finding_text(out, &f->wanted, "%s unlisted=ignore", LOOK_LINE);
		finding_text(out, &f->mend,
			     "add \"unlisted=ignore\" to the line, or name the services in a login "
			     "rule");
	} else {
		finding_text(out, &f->what,
			     "%s: pam_rbac.so is asked, and no login rule names the service",
			     s->service);
		finding_text(out, &f->mend,
			     "name %s in the services of a login rule in rbac.conf, or take the "
			     "line out",
			     s->service);
	}
}
