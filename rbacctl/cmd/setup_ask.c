#include "rbacctl/cmd/setup_ask.h"

#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/cmd/cmd.h"
#include "rbacctl/cmd/json_values.h"
#include "rbacctl/command.h"
#include "rbacctl/host/pam/ask.h"
#include "rbacctl/host/edit/edit.h"
#include "rbacctl/host/pam/judge.h"
#include "rbacctl/host/pam/text.h"
#include "rbacctl/model/rules.h"

/* ---- which services ---- */

static int append(struct setup_services *s, const char *service)
{
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->v[i].service, service) == 0)
			return RBAC_OK;
	if (!buf_room(&s->v, s->n, &s->cap, sizeof *s->v))
		return RBAC_NOMEM;
	s->v[s->n] = (struct setup_asked){ .holder = NULL };
	snprintf(s->v[s->n++].service, sizeof s->v[0].service, "%s", service);
	return RBAC_OK;
}

/* Does the account stage of SERVICE have lines of the file that is called SHARED? */
static bool takes_in(const char *service, const char *shared)
{
	struct pam_config c;
	bool yes = false;
	int err = pam_config_read(&pam_here, service, &c);
	const struct pam_stack *stack = err ? NULL : pam_stack_of(&c, PAM_ACCOUNT);

	for (size_t i = 0; stack && i < stack->n && !yes; i++) {
		const char *name = strrchr(stack->v[i].at.file, '/');
		yes = name && strcmp(name + 1, shared) == 0;
	}
	pam_config_free(&c);
	return yes;
}

static int add_those_with(struct setup_services *s, const struct policy *p, const char *shared)
{
	struct pam_names all = { 0 };
	size_t before = s->n;
	int err = pam_services(&pam_here, &all);

	for (size_t i = 0; i < all.n && !err; i++)
		if (policy_service_find(p, all.v[i]) && takes_in(all.v[i], shared))
			err = append(s, all.v[i]);
	pam_names_free(&all);
	if (!err && s->n > before)
		return EXIT_DONE;
	if (err)
		complain("%s", rbac_error_text(err));
	else
		complain("no service that a login rule names includes %s/%s: name one in the "
			 "services of a login rule in rbac.conf, then %s",
			 pam_here.v[0], shared, COMMAND("rbacctl apply"));
	return err ? exit_of(err) : EXIT_REFUSED;
}

int setup_services_add(struct setup_services *s, const struct policy *p, const char *service)
{
	if (edit_pam_is_shared(service) && pam_has_file(&pam_here, service))
		return add_those_with(s, p, service);
	if (policy_service_find(p, service)) {
		int err = append(s, service);
		if (err)
			complain("%s", rbac_error_text(err));
		return exit_of(err);
	}
	complain("no login rule names %s, so pam_rbac would deny everybody except root there; name "
		 "it in the services of a login rule in rbac.conf, then %s",
		 service, COMMAND("rbacctl apply"));
	return EXIT_REFUSED;
}

void setup_services_free(struct setup_services *s)
{
	for (size_t i = 0; i < s->n; i++)
		gate_sample_free(&s->v[i].sample);
	free(s->v);
	*s = (struct setup_services){ 0 };
}

/* ---- what libpam says ---- */

static const char *said(int result)
{
	return result == ASK_PAM_FAILED ? "no answer" : pam_return_name(result);
}

static bool is_member(const char *user, const char *group)
{
	const struct group *g = group ? getgrnam(group) : NULL;

	for (char **m = g ? g->gr_mem : NULL; m && *m; m++)
		if (strcmp(*m, user) == 0)
			return true;
	return false;
}

/* A user whom pam_rbac will deny. */
static const char *roleless_of(const struct gate_sample *g, const char *group)
{
	for (size_t i = 0; i < g->roleless.n; i++)
		if (!is_member(g->roleless.v[i], group))
			return g->roleless.v[i];
	return NULL;
}

static void ask_service(struct setup_asked *x, const struct snapshot *snap, int64_t now,
			struct findings *lost, const char *group)
{
	struct pam_config c;
	struct pam_judged j = { 0 };
	int err = pam_config_read(&pam_here, x->service, &c);

	if (!err)
		err = pam_judge(&pam_here, &c, x->service, true, &j);
	x->sample = (struct gate_sample){ .snap = snap,
					  .now = now,
					  .service = x->service,
					  .gate = err ? NULL : j.gate,
					  .out = lost };
	gate_sample_gather(&x->sample);
	x->sample.gate = NULL;
	pam_config_free(&c);
	x->holder = x->sample.holders.n ? x->sample.holders.v[0] : NULL;
	x->roleless = roleless_of(&x->sample, group);
	x->holder_was = x->holder ? ask_pam(x->service, x->holder) : 0;
	x->roleless_was = x->roleless ? ask_pam(x->service, x->roleless) : 0;
	x->root_was = ask_pam(x->service, "root");
}

void setup_ask_before(struct setup_services *s, const struct snapshot *snap, int64_t now,
		      struct findings *lost, const char *group)
{
	for (size_t i = 0; i < s->n; i++)
		ask_service(&s->v[i], snap, now, lost, group);
}

static void say(json_t *json, const struct setup_asked *x, const char *user, const char *kind,
		int was, int is)
{
	if (json)
		json_array_append_new(json, json_pack("{s:o,s:o,s:s,s:s,s:s}", "service",
						      json_text(x->service), "user",
						      json_text(user), "kind", kind, "before",
						      said(was), "now", said(is)));
	else
		printf("  %s, %s (%s): %s before, %s now\n", x->service, user, kind, said(was),
		       said(is));
}

bool setup_ask_after(const struct setup_services *s, json_t *json)
{
	bool good = true;

	for (size_t i = 0; i < s->n; i++) {
		const struct setup_asked *x = &s->v[i];
		int root = ask_pam(x->service, "root");
		if (x->holder) {
			int is = ask_pam(x->service, x->holder);
			say(json, x, x->holder, "has a role", x->holder_was, is);
			good &= gate_passes(is) || !gate_passes(x->holder_was);
		}
		if (x->roleless) {
			int is = ask_pam(x->service, x->roleless);
			say(json, x, x->roleless, "has none", x->roleless_was, is);
			good &= !gate_passes(is);
		}
		say(json, x, "root", "uid 0", x->root_was, root);
		good &= gate_passes(root) || !gate_passes(x->root_was);
	}
	return good;
}
