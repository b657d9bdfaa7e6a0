#define _DEFAULT_SOURCE
#include "rbacctl/cmd/status_host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "rbacctl/host/doctor/look.h"
#include "rbacctl/model/rules.h"

void status_gate(const struct policy *p, const char *service, struct buf *out)
{
	struct pam_config c;
	char asker[700];
	struct pam_judged j = { 0 };
	int err = pam_config_read(&pam_here, service, &c);

	if (!err && !c.dark)
		err = pam_judge(&pam_here, &c, service, true, &j);
	const struct pam_place *at = j.because ? &j.because->at : j.denier ? &j.denier->at : NULL;
	bool passes = j.gate && j.effect[PAM_ROLELESS] != PAM_EFFECT_DENY;
	bool denied = j.gate && !passes && j.effect[PAM_HOLDER] == PAM_EFFECT_DENY;
	buf_printf(out, "%s: ", service);
	if (!err && c.dark)
		buf_printf(out, "not known: only root may read %s", c.dark);
	else if (!err && c.refused)
		buf_printf(out, "denies everybody: libpam refuses %s", c.file);
	else if (err || j.state == PAM_GATE_OFF)
		buf_printf(out, "off");
	else if (denied && at)
		buf_printf(out, "denies everybody: %s:%u", at->file, at->line);
	else if (denied)
		buf_printf(out, "denies everybody: %s", c.file);
	else if (j.state == PAM_GATE_IGNORED && at)
		buf_printf(out, "reached, denial ignored at %s:%u", at->file, at->line);
	else if (j.state == PAM_GATE_UNREACHED && at)
		buf_printf(out, "never reached: %s:%u %s", at->file, at->line,
			   j.because->actions[j.ret] > 0 ? "jumps over it" : "ends the stack");
	else if (j.state == PAM_GATE_EXPIRED && at)
		buf_printf(out, "not reached when a password has expired: %s:%u ends the stack",
			   at->file, at->line);
	else if (look_asker_is_off(p, service, asker, sizeof asker))
		buf_printf(out, "off: %s", asker);
	else
		buf_printf(out, "on");
	pam_config_free(&c);
}

void status_groups(const struct policy *p, struct buf *out)
{
	struct findings found = { 0 };
	struct look q = { .p = p, .out = &found };

	look_nsswitch(&q);
	for (size_t i = 0; i < found.n; i++) {
		buf_printf(out, "%shidden: %s", i ? "; " : "", found.v[i].file);
		if (found.v[i].line)
			buf_printf(out, ":%u", found.v[i].line);
		buf_printf(out, ": %s", found.v[i].what);
	}
	findings_free(&found);
}

void status_unruled(const struct policy *p, void (*fn)(void *ctx, const char *text), void *ctx)
{
	struct findings found = { 0 };
	struct look q = { .p = p, .pam = &pam_here, .out = &found };

	(void)look_pam(&q);
	for (size_t i = 0; i < found.n; i++) {
		const struct finding *f = &found.v[i];
		struct buf text = { 0 };
		if (strcmp(f->id, "pam.service-unruled") != 0 &&
		    strcmp(f->id, "pam.gate-through-include") != 0)
			continue;
		bool included = strcmp(f->id, "pam.gate-through-include") == 0;
		buf_printf(&text, "%s names pam_rbac.so, and no login rule names ", f->file);
		for (size_t j = 0; j < f->subjects.n && included; j++)
			buf_printf(&text, "%s%s", j ? ", " : "", f->subjects.v[j]);
		buf_printf(&text, "%s: everybody except root and exempt users is denied there",
			   included ? ", which include it" : "the service");
		fn(ctx, buf_text(&text));
		buf_free(&text);
	}
	findings_free(&found);
}

/* ---- the exempt ---- */

/* A name that lines exempt, and the services whose lines do. */
struct exempting {
	struct exempt_name {
		char text[300]; /* "%breakglass" for a group */
		struct buf services;
	} * v;
	size_t n, cap;
	bool failed;
};

static void note(struct exempting *x, const char *sign, const char *name, const char *service)
{
	char text[300];
	size_t i = 0;

	snprintf(text, sizeof text, "%s%.290s", sign, name);
	while (i < x->n && strcmp(x->v[i].text, text) != 0)
		i++;
	if (i == x->n) {
		if (!buf_room(&x->v, x->n, &x->cap, sizeof *x->v)) {
			x->failed = true;
			return;
		}
		x->v[x->n++] = (struct exempt_name){ .services = { 0 } };
		snprintf(x->v[i].text, sizeof x->v[i].text, "%s", text);
	}
	const char *said = buf_text(&x->v[i].services), *last = strrchr(said, ' ');
	if (strcmp(last ? last + 1 : said, service) != 0)
		buf_printf(&x->v[i].services, "%s%s", *said ? ", " : "", service);
}

static void note_line(struct exempting *x, const struct pam_entry *e, const char *service)
{
	static const char *const keys[] = { "exempt_user=", "exempt_group=" };

	for (int i = 0; i < e->argc; i++)
		for (int group = 0; group < 2; group++) {
			size_t len = strlen(keys[group]);
			if (strncmp(e->argv[i], keys[group], len) != 0)
				continue;
			char *copy = strdup(e->argv[i] + len), *rest = copy, *name;
			while (copy && (name = strsep(&rest, ",")))
				if (*name)
					note(x, group ? "%" : "", name, service);
			free(copy);
		}
}

static void read_lines(struct exempting *x, const char *service)
{
	struct pam_config c;
	int err = pam_config_read(&pam_here, service, &c);
	const struct pam_stack *s = pam_stack_of(&c, PAM_ACCOUNT);

	for (size_t i = 0; i < s->n && !err; i++)
		if (s->v[i].what == PAM_RUNS && pam_module_is_ours(s->v[i].module))
			note_line(x, &s->v[i], service);
	pam_config_free(&c);
}

/* "%breakglass (2 can log in" */
static void add_group(struct buf *out, const char *name)
{
	int living = look_living_members(name);

	if (living < 0)
		buf_printf(out, "%%%s (no such group", name);
	else
		buf_printf(out, "%%%s (%d can log in", name, living);
}

void status_exempt(const struct policy *p, struct buf *out)
{
	struct exempting x = { .n = 0 };

	for (size_t i = 0; i < p->exempt_users.n; i++)
		buf_printf(out, "%s%s", out->len ? ", " : "", p->exempt_users.v[i]);
	for (size_t i = 0; i < p->exempt_groups.n; i++) {
		buf_printf(out, "%s", out->len ? ", " : "");
		add_group(out, p->exempt_groups.v[i]);
		buf_printf(out, ")");
	}
	for (size_t i = 0; i < p->n_services; i++)
		read_lines(&x, p->services[i].name);
	for (size_t i = 0; i < x.n; i++) {
		const char *name = x.v[i].text;
		buf_printf(out, "%s", out->len ? ", " : "");
		if (*name == '%')
			add_group(out, name + 1);
		else
			buf_printf(out, "%s (%s", name,
				   look_is_living(name) ? "can log in" : "cannot log in");
		buf_printf(out, "; PAM line of %s)", buf_text(&x.v[i].services));
		buf_free(&x.v[i].services);
	}
	free(x.v);
	out->failed |= x.failed;
}
