#include "rbacctl/cmd/explain_line.h"

#include <stdio.h>

#include "rbacctl/command.h"
#include "rbacctl/host/doctor/look.h"
#include "rbacctl/model/rules.h"

bool explain_line_exempts(const struct policy *p, const char *service, const char *user, char *text,
			  size_t size)
{
	struct pam_config c;
	char option[300];
	bool yes = false, all = true;
	int err = pam_config_read(&pam_here, service, &c);
	const struct pam_stack *s = pam_stack_of(&c, PAM_ACCOUNT);

	/* Of two lines each denies by itself. */
	for (size_t i = 0; i < s->n && !err && all; i++) {
		const struct pam_entry *e = &s->v[i];
		if (e->what != PAM_RUNS || !pam_module_is_ours(e->module))
			continue;
		all = look_line_exempts(e, p, user, option, sizeof option);
		if (all && !yes)
			snprintf(text, size, "%s on the PAM line (%s:%u)", option, e->at.file,
				 e->at.line);
		yes |= all;
	}
	pam_config_free(&c);
	return yes && all;
}

static void note_option(const struct pam_entry *gate, const struct rbac_verdict *v, struct buf *out)
{
	const char *option = v->why == RBAC_WHY_UNKNOWN      ? "unknown=ignore"
			     : v->why == RBAC_WHY_NO_SERVICE ? "unlisted=ignore"
							     : NULL;

	if (!v->allow && option && pam_entry_has(gate, option))
		buf_printf(
			out,
			"  note   %s on the PAM line (%s:%u): it is left to the other modules of "
			"the stack\n",
			option, gate->at.file, gate->at.line);
}

/* What the stack of SERVICE makes of the verdict. */
static void note_stack(const struct pam_config *c, const struct pam_judged *j,
		       const struct rbac_verdict *v, struct buf *out)
{
	bool left = v->why == RBAC_WHY_NO_SERVICE && j->gate &&
		    pam_entry_has(j->gate, "unlisted=ignore");
	bool denied = j->gate && v->why != RBAC_WHY_NO_SERVICE &&
		      j->effect[PAM_HOLDER] == PAM_EFFECT_DENY;

	if (c->refused)
		buf_printf(out, "  note   libpam refuses %s, and denies everybody        (%s)\n",
			   c->file, COMMAND("rbacctl doctor"));
	else if (denied && j->denier)
		buf_printf(out, "  note   the stack denies everybody: %s:%u        (%s)\n",
			   j->denier->at.file, j->denier->at.line, COMMAND("rbacctl doctor"));
	else if (denied)
		buf_printf(out, "  note   the stack denies everybody: %s        (%s)\n", c->file,
			   COMMAND("rbacctl doctor"));
	else if (c->file && j->state == PAM_GATE_OFF)
		buf_printf(out,
			   "  note   this service does not ask rbac: %s has no account line of "
			   "pam_rbac.so        (%s)\n",
			   c->file, COMMAND("rbacctl doctor"));
	else if (j->because && j->state == PAM_GATE_IGNORED && !left)
		buf_printf(out, "  note   a denial of rbac is ignored: %s:%u        (%s)\n",
			   j->because->at.file, j->because->at.line, COMMAND("rbacctl doctor"));
	else if (j->because && j->state != PAM_GATE_IGNORED)
		buf_printf(
			out,
			"  note   rbac is not asked%s: %s:%u ends the stack before        (%s)\n",
			j->state == PAM_GATE_EXPIRED ? " when the password has to be changed" : "",
			j->because->at.file, j->because->at.line, COMMAND("rbacctl doctor"));
}

void explain_line_notes(const struct policy *p, const char *service, const struct rbac_verdict *v,
			struct buf *out)
{
	struct pam_config c;
	struct pam_judged j = { 0 };
	char asker[700];
	int err = pam_config_read(&pam_here, service, &c);

	if (!err && c.dark)
		buf_printf(out,
			   "  note   only root may read %s, and what the stack makes of this\n",
			   c.dark);
	if (!err && !c.dark)
		err = pam_judge(&pam_here, &c, service, policy_service_find(p, service), &j);
	if (!err && !c.dark)
		note_stack(&c, &j, v, out);
	if (!err && j.gate)
		note_option(j.gate, v, out);
	if (!err && j.gate && look_asker_is_off(p, service, asker, sizeof asker))
		buf_printf(out, "  note   this service does not ask rbac: %s        (%s)\n", asker,
			   COMMAND("rbacctl doctor"));
	pam_config_free(&c);
}
