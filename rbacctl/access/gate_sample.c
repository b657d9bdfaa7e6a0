#include "rbacctl/access/gate_sample.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/access/members.h"
#include "rbacctl/host/doctor/look.h"

enum { PERSONS_FROM = 1000, PERSONS_TO = 60000 };

static bool is_in(const struct finding_list *l, const char *user)
{
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->v[i], user) == 0)
			return true;
	return false;
}

static bool is_exempt_by(const struct gate_sample *s, const struct pam_entry *e, const char *user)
{
	char option[300];

	return e->what == PAM_RUNS && pam_module_is_ours(e->module) &&
	       look_line_exempts(e, s->snap->p, user, option, sizeof option);
}

static bool is_exempt(const struct gate_sample *s, const char *user)
{
	bool yes = s->gate && is_exempt_by(s, s->gate, user);

	for (size_t i = 0; s->stack && i < s->stack->n && !yes; i++)
		yes = is_exempt_by(s, &s->stack->v[i], user);
	return yes;
}

static void sort_in(struct gate_sample *s, const char *user)
{
	struct findings *out = s->out;
	struct rbac_verdict v;

	if (!look_is_living(user) || snapshot_decide(s->snap, user, s->service, NULL, s->now, &v))
		return;
	/* The line leaves such users to the other modules. */
	if (v.why == RBAC_WHY_UNKNOWN && s->gate && pam_entry_has(s->gate, "unknown=ignore"))
		return;
	struct finding_list *l = is_exempt(s, user) ? &s->exempt
				 : !v.allow         ? &s->roleless
				 : v.why == RBAC_WHY_EXEMPT_USER || v.why == RBAC_WHY_EXEMPT_GROUP
					 ? &s->exempt
					 : &s->holders;
	if (l->n < GATE_SAMPLE_MAX && !is_in(l, user))
		finding_append(out, l, "%s", user);
}

static int on_user(void *ctx, const char *user)
{
	struct gate_sample *s = ctx;
	const struct passwd *pw = getpwnam(user);

	if (pw && pw->pw_uid != 0)
		sort_in(s, user);
	return s->holders.n < GATE_SAMPLE_MAX || s->roleless.n < GATE_SAMPLE_MAX ? RBAC_OK
										 : RBAC_CONFLICT;
}

/* Whom a `users` or `exempt` list names without being recorded; and people of passwd. */
void gate_sample_gather(struct gate_sample *s)
{
	struct finding_list names = { 0 };
	struct findings *out = s->out;

	(void)snapshot_users(s->snap, on_user, s);
	(void)members_each(s->snap, on_user, s);
	setpwent();
	for (const struct passwd *pw; s->roleless.n < GATE_SAMPLE_MAX && (pw = getpwent());)
		if (pw->pw_uid >= PERSONS_FROM && pw->pw_uid < PERSONS_TO && names.n < 100 &&
		    !snapshot_has_user(s->snap, pw->pw_name))
			finding_append(out, &names, "%s", pw->pw_name);
	endpwent();
	for (size_t i = 0; i < names.n; i++) {
		(void)on_user(s, names.v[i]);
		free(names.v[i]);
	}
	free(names.v);
}

static void free_names(struct finding_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->v[i]);
	free(l->v);
}

void gate_sample_free(struct gate_sample *s)
{
	free_names(&s->holders);
	free_names(&s->roleless);
	free_names(&s->exempt);
}

bool gate_passes(int result)
{
	return result == PAM_R_SUCCESS || result == PAM_R_NEW_AUTHTOK_REQD;
}
