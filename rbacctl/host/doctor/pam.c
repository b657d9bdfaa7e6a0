/* The PAM stacks: does our denial count, for which services, and who is denied that should not be.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "common/error.h"
#include "rbacctl/buf.h"
#include "rbacctl/command.h"
#include "rbacctl/host/doctor/seen.h"
#include "rbacctl/host/pam/text.h"
#include "rbacctl/model/problem.h"
#include "rbacctl/model/rules.h"

/* ---- traces of our module where it does nothing ---- */

static bool is_like_ours(const char *module)
{
	static const char *const name[] = { "rbac" };
	const char *slash = module ? strrchr(module, '/') : NULL;
	const char *base = slash ? slash + 1 : module;
	char stem[20];

	if (!base || strcasestr(base, "rbac"))
		return base != NULL;
	/* "pam_rbca.so", and neither pam_krb5.so nor pam_cap.so. */
	base += strcspn(base, "_-") == 3 ? 4 : 0;
	snprintf(stem, sizeof stem, "%.*s", (int)strcspn(base, "."), base);
	return problem_nearest(stem, name, 1) != NULL;
}

/* A line of the account stage names a module that is not there, and whose name is like ours. */
static bool misspelt(struct look_seen *s)
{
	const struct pam_stack *a = pam_stack_of(&s->c, PAM_ACCOUNT);
	struct findings *out = s->q->out;

	for (size_t i = 0; i < a->n; i++) {
		const struct pam_entry *e = &a->v[i];
		if (e->what != PAM_RUNS || pam_module_is_ours(e->module) ||
		    !is_like_ours(e->module) ||
		    pam_module_state(s->q->pam, e->module) == PAM_MODULE_THERE)
			continue;
		struct finding *f = look_add(s, "pam.module-missing", true, &e->at);
		look_entry_text(out, &f->found, e, PAM_ACCOUNT);
		look_write_there(out, f, e);
		finding_text(out, &f->what,
			     "%s: there is no module %s, which looks like pam_rbac.so", s->service,
			     e->module);
		finding_text(out, &f->why, "%s",
			     s->j.effect[PAM_HOLDER] == PAM_EFFECT_DENY
				     ? "libpam denies everybody there, root too"
				     : "rbac is not asked there");
		if (strchr(e->module, '\r'))
			look_mend_returns(out, f, e->at.file);
		return true;
	}
	return false;
}

/* A line of another stage names our module, which has no function for it. */
static bool in_other_stages(struct look_seen *s)
{
	struct findings *out = s->q->out;
	bool any = false;

	for (enum pam_stage stage = 0; stage < PAM_STAGES; stage++) {
		const struct pam_stack *a = pam_stack_of(&s->c, stage);
		bool has = stage == PAM_ACCOUNT || stage == PAM_SESSION;
		for (size_t i = 0; i < a->n && !has; i++) {
			const struct pam_entry *e = &a->v[i];
			if (e->what != PAM_RUNS || !pam_module_is_ours(e->module))
				continue;
			bool fails = e->actions[PAM_R_MODULE_UNKNOWN] == PAM_ACT_BAD ||
				     e->actions[PAM_R_MODULE_UNKNOWN] == PAM_ACT_DIE;
			struct finding *f = look_add(s, "pam.wrong-stage", true, &e->at);
			look_entry_text(out, &f->found, e, stage);
			finding_text(out, &f->what,
				     "%s: pam_rbac.so is in the stage %s; it has the stages "
				     "account and session",
				     s->service, pam_stage_name(stage));
			finding_text(out, &f->why, "rbac is not asked by this line%s",
				     !fails              ? ""
				     : stage == PAM_AUTH ? ", and libpam fails on it: a user who "
							   "logs in with a password is denied"
							 : ", and nobody can change a password");
			look_wanted(out, &f->wanted, e);
			finding_text(out, &f->mend,
				     s->j.gate ? "take the line out: there is one of account"
					       : "take the line out, and put \"%s\" before the "
						 "first account line of %s",
				     f->wanted ? f->wanted : LOOK_LINE, s->c.file);
			any = true;
		}
	}
	return any;
}

static bool has_word(const struct pam_entry *e, const char *word)
{
	for (int i = 0; i < e->argc; i++)
		if (strcmp(e->argv[i], word) == 0)
			return true;
	return false;
}

/* A session line with end=exact behind pam_systemd, which reads it and has gone by. */
static void too_late(struct look_seen *s)
{
	const struct pam_stack *a = pam_stack_of(&s->c, PAM_SESSION);
	struct findings *out = s->q->out;
	bool gone = false;

	for (size_t i = 0; i < a->n; i++) {
		const struct pam_entry *e = &a->v[i];
		const char *slash = e->module ? strrchr(e->module, '/') : NULL;
		const char *base = slash ? slash + 1 : e->module;
		gone |= base && strcmp(base, "pam_systemd.so") == 0;
		if (!gone || e->what != PAM_RUNS || !pam_module_is_ours(e->module) ||
		    !has_word(e, "end=exact"))
			continue;
		struct finding *f = look_add(s, "pam.session-late", true, &e->at);
		look_entry_text(out, &f->found, e, PAM_SESSION);
		finding_text(out, &f->what,
			     "%s: end=exact is after pam_systemd.so, which has to read it",
			     s->service);
		finding_text(out, &f->why, "sessions do not end with the role that they need");
		finding_text(out, &f->mend, "move the line before that of pam_systemd.so");
	}
}

/* The line of the service's own file that names our module in a comment; 0: none. */
static unsigned commented(const struct look_seen *s)
{
	char line[PAM_LINE];
	unsigned n = 0, at = 0;
	FILE *file = s->c.file ? fopen(s->c.file, "re") : NULL;

	while (file && !at && fgets(line, sizeof line, file)) {
		char *hash = strchr(line, '#');
		n++;
		if (hash && strstr(hash, "pam_rbac.so") && strstr(hash, "account"))
			at = n;
	}
	if (file)
		fclose(file);
	return at;
}

/* ---- what is not so ---- */

static bool names(const struct policy *p, const char *service)
{
	return p && policy_service_find(p, service);
}

/* `sudo -i` is sudo-i, `su -` is su-l: whoever is denied by one uses the other. */
static const char *sibling(const char *service)
{
	static const char *const pairs[][2] = { { "sudo", "sudo-i" }, { "su", "su-l" } };

	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
		for (int j = 0; j < 2; j++)
			if (strcmp(pairs[i][j], service) == 0)
				return pairs[i][!j];
	return NULL;
}

/* A service whose name is like this one's, that asks us, and that no rule names. */
static const char *unruled_like(const struct look_seen *s)
{
	const char *near = problem_nearest(s->service, (const char *const *)s->all->v, s->all->n);

	return near && !names(s->q->p, near) && pam_gate_of(s->q->pam, near) != PAM_OPEN ? near
											 : NULL;
}

/* Is there the program that asks as SERVICE? */
static bool has_program(const char *service)
{
	static const char *const programs[][2] = { { "sshd", "/usr/sbin/sshd" },
						   { "sudo", "/usr/bin/sudo" },
						   { "sudo-i", "/usr/bin/sudo" },
						   { "login", "/bin/login" },
						   { "su", "/bin/su" } };

	for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
		if (strcmp(programs[i][0], service) == 0)
			return access(programs[i][1], X_OK) == 0;
	return false;
}

/* libpam has nothing to go by, neither for the service nor for any other. */
static void no_file(struct look_seen *s)
{
	struct findings *out = s->q->out;
	struct finding *f = look_add(s, "pam.file-missing", has_program(s->service), NULL);

	char file[600];

	snprintf(file, sizeof file, "/etc/pam.d/%.500s", s->service);
	finding_at(out, f, file, 0);
	finding_text(out, &f->found, "no file, and none for \"other\"");
	finding_text(out, &f->what, "%s: there is no PAM file for it, and none for \"other\"",
		     s->service);
	finding_text(out, &f->why, "libpam denies everybody there, root too");
	finding_text(out, &f->mend, "put the file of the package back as /etc/pam.d/%s",
		     s->service);
}

static void off(struct look_seen *s, bool any_on)
{
	struct findings *out = s->q->out;
	const char *other = sibling(s->service);

	if (!s->c.file) {
		no_file(s);
		return;
	}
	bool other_on = other && pam_gate_of(s->q->pam, other) != PAM_OPEN;
	unsigned comment = commented(s);
	const char *meant = s->c.has_file ? NULL : unruled_like(s);
	bool matters = meant || !any_on || other_on || comment || strcmp(s->service, "sshd") == 0;

	struct finding *f = look_add(s, "pam.gate-off", matters, NULL);
	f->line = comment;
	finding_text(out, &f->found, "%s",
		     comment ? "a comment" : "no line of the account stage names pam_rbac.so");
	finding_text(out, &f->wanted, LOOK_LINE);
	finding_text(
		out, &f->what,
		"%s: a login rule names the service, and its PAM stack does not ask rbac%s%s%s%s",
		s->service, comment ? "; the line is a comment" : "", other_on ? "; " : "",
		other_on ? other : "", other_on ? " does" : "");
	finding_text(out, &f->why, "a user without a role still gets in by %s", s->service);
	if (meant) {
		finding_text(out, &f->what,
			     "%s: a login rule names the service, which has no file of PAM; %s "
			     "has one that asks rbac, and no rule names it",
			     s->service, meant);
		finding_text(out, &f->why, "the rule opens nothing");
		finding_text(out, &f->mend, "write %s in the rule, then %s", meant,
			     COMMAND("rbacctl apply"));
	} else if (comment) {
		finding_text(out, &f->mend, "take the # before the line out");
	} else if (!s->c.own[PAM_ACCOUNT].n) {
		/* The account stage of "other" counts until there is a line. */
		finding_text(out, &f->mend,
			     "add \"%s\" and then \"account include other\" at the end of "
			     "/etc/pam.d/%s",
			     LOOK_LINE, s->service);
	} else {
		finding_text(out, &f->mend,
			     "put \"%s\" before the first account line of /etc/pam.d/%s", LOOK_LINE,
			     s->service);
	}
}

/* ---- all services ---- */

static void look_at(struct look_seen *s, bool any_on)
{
	const struct look *q = s->q;
	struct findings *out = q->out;
	bool asks = s->j.gate != NULL;

	if (!q->p && !asks)
		return;
	bool other_stage = in_other_stages(s);
	bool wrong = misspelt(s) || other_stage || look_fault_is_ours(s);
	if (!s->ruled && !asks && !wrong)
		return;
	finding_append(out, &out->checked, "pam:%s", s->service);
	look_faults(s);
	too_late(s);
	if (s->j.state == PAM_GATE_UNJUDGED)
		finding_append(out, &out->skipped,
			       "pam:%s: there are too many ways through the stack to follow",
			       s->service);
	/* What has no account line of its own hardly asks about accounts. */
	if (asks && !s->ruled && q->p && !s->c.own[PAM_ACCOUNT].n)
		return;
	if (asks && !s->ruled && q->p && s->j.state == PAM_GATE_COUNTS &&
	    s->j.effect[PAM_HOLDER] == PAM_EFFECT_DENY &&
	    s->j.effect[PAM_ROOT] == PAM_EFFECT_PASS) {
		look_unruled(s);
	} else if (asks && s->ruled && s->j.effect[PAM_ROLELESS] == PAM_EFFECT_PASS &&
		   s->j.because) {
		look_ignored(s); /* worse than that those with a role are denied */
	} else if (!s->c.refused && s->c.file && s->j.effect[PAM_HOLDER] == PAM_EFFECT_DENY &&
		   (asks || s->ruled)) {
		if (!wrong)
			look_everybody_denied(s);
	} else if (asks && (s->ruled || !q->p)) {
		look_ignored(s);
	} else if (s->ruled && !asks && !wrong && !s->c.refused) {
		off(s, any_on);
	}
	if (asks || s->ruled)
		look_pam_files(q, &s->c, s->service);
	if (asks)
		look_pam_options(q, &s->c, s->service);
}

static int see(const struct look *q, const struct pam_names *all, const char *service, bool any_on)
{
	struct look_seen s = { .q = q, .service = service, .all = all };
	char small[300];
	size_t len = 0;

	/* PAM asks for a service in small letters (pam_start(3)). */
	for (; len < sizeof small - 1 && service[len]; len++)
		small[len] = (char)(service[len] >= 'A' && service[len] <= 'Z' ? service[len] + 32
									       : service[len]);
	small[len] = 0;
	if (strcmp(small, service) != 0)
		return RBAC_OK; /* a file that libpam never reads */
	s.ruled = names(q->p, service);
	int err = pam_config_read(q->pam, service, &s.c);
	if (!err && s.c.dark) {
		if (s.ruled || pam_gate_of(q->pam, service) != PAM_DARK)
			finding_append(q->out, &q->out->skipped, "pam:%s: only root may read %s",
				       service, s.c.dark);
	} else if (!err) {
		err = pam_judge(q->pam, &s.c, service, s.ruled || !q->p, &s.j);
		if (!err)
			look_at(&s, any_on);
	}
	pam_config_free(&s.c);
	return err;
}

static bool is_listed(const struct pam_names *n, const char *name)
{
	for (size_t i = 0; i < n->n; i++)
		if (strcmp(n->v[i], name) == 0)
			return true;
	return false;
}

int look_pam(const struct look *q)
{
	static const char *const others[] = { "su", "sudo", "runuser", "login", "sshd" };
	struct pam_names all = { 0 };
	bool any_on = false;
	int err = pam_services(q->pam, &all);

	for (size_t i = 0; q->p && i < q->p->n_services; i++)
		any_on |= pam_gate_of(q->pam, q->p->services[i].name) != PAM_OPEN;
	for (size_t i = 0; i < all.n && !err; i++)
		err = see(q, &all, all.v[i], any_on);
	for (size_t i = 0; q->p && i < q->p->n_services && !err; i++)
		if (!is_listed(&all, q->p->services[i].name))
			err = see(q, &all, q->p->services[i].name, any_on);
	/* On Debian su-l includes su, which is also a service. */
	for (size_t i = 0; i < sizeof others / sizeof *others && !err; i++)
		if (pam_has_file(q->pam, others[i]) && !is_listed(&all, others[i]) &&
		    !names(q->p, others[i]))
			err = see(q, &all, others[i], any_on);
	pam_names_free(&all);
	return err;
}
