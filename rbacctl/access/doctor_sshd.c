/* Users whom sshd itself refuses, before it asks PAM, although pam_rbac would allow them. */
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "rbacctl/access/doctor.h"
#include "rbacctl/access/gate_sample.h"
#include "rbacctl/host/nss/accounts.h"
#include "rbacctl/host/doctor/sshd.h"
#include "rbacctl/model/rules.h"

struct user {
	const struct passwd *pw;
	struct gids gids;
};

/* Is one of the user's groups, by name, one that PATTERN means? */
static bool in_group(const struct user *u, const char *pattern)
{
	for (size_t i = 0; i < u->gids.n; i++) {
		const struct group *g = getgrgid(u->gids.v[i]);
		if (g && sshd_matches(g->gr_name, pattern))
			return true;
	}
	return false;
}

/* PATTERN: of a user, with @HOST behind it. ANY_HOST: the host matches, whatever it is. */
static bool is_user(const struct user *u, const char *pattern, bool any_host)
{
	char name[300];
	const char *at = strrchr(pattern, '@');

	snprintf(name, sizeof name, "%.*s", (int)(at ? at - pattern : 299), pattern);
	return (!at || any_host) && sshd_matches(u->pw->pw_name, name);
}

/* The value of SETTING that names U; *ANY: there is one at all. */
static bool named(const struct sshd_asked *a, const char *setting, const struct user *u, bool *any,
		  char *value, size_t size)
{
	const char *from = NULL;
	bool group = strstr(setting, "groups") != NULL, deny = *setting == 'd';

	*any = false;
	while (sshd_next_value(a, setting, &from, value, size)) {
		*any = true;
		if (group ? in_group(u, value) : is_user(u, value, !deny))
			return true;
	}
	return false;
}

/* sshd refuses U, in the order of sshd_config(5). The setting into SETTING. */
static bool refuses(const struct sshd_asked *a, const struct user *u, const char **setting)
{
	static const char *const settings[][2] = { { "denyusers", "DenyUsers" },
						   { "allowusers", "AllowUsers" },
						   { "denygroups", "DenyGroups" },
						   { "allowgroups", "AllowGroups" } };
	char value[1000];
	bool any;

	for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
		bool is = named(a, settings[i][0], u, &any, value, sizeof value);
		*setting = settings[i][1];
		if (*settings[i][0] == 'd' ? is : any && !is)
			return true;
	}
	*setting = NULL;
	return *u->pw->pw_shell && access(u->pw->pw_shell, X_OK) != 0;
}

/* Does sshd refuse USER? Unknown counts as no. */
static bool is_refused(const struct sshd_daemon *sshd, const char *name, const char **setting)
{
	char connection[400];
	struct sshd_asked a;
	struct user u = { .pw = getpwnam(name) };
	bool yes = false;

	snprintf(connection, sizeof connection,
		 "user=%s,host=client,addr=192.0.2.1,laddr=192.0.2.2,lport=22", name);
	if (u.pw && sshd_ask(sshd, connection, &a) && a.status == 0) {
		yes = gids_of_user(name, &u.gids) == RBAC_OK && refuses(&a, &u, setting);
		sshd_asked_free(&a);
	}
	gids_free(&u.gids);
	return yes;
}

/* All of WHO are refused: one finding. */
static void look_at(const struct doctor *d, const struct sshd_daemon *sshd,
		    const struct finding_list *who, const char *id, const char *called,
		    const char *why)
{
	struct findings *out = d->look.out;
	const char *setting = NULL;

	for (size_t i = 0; i < who->n; i++)
		if (!is_refused(sshd, who->v[i], &setting))
			return;
	if (who->n == 0 || who->n >= GATE_SAMPLE_MAX)
		return; /* of the many others one may get in */
	struct finding *f = look_sshd_add(&d->look, id, sshd->config, setting, NULL);
	finding_append(out, &f->subjects, "%s", who->v[0]);
	finding_text(out, &f->found, "%s", setting ? setting : "a shell that does not exist");
	if (setting)
		finding_text(out, &f->what, "%s refuses %s, who is %s", setting, who->v[0], called);
	else
		finding_text(out, &f->what, "the shell of %s, who is %s, cannot be run", who->v[0],
			     called);
	finding_text(out, &f->why, "%s", why);
	if (setting && *setting == 'D')
		finding_text(out, &f->mend, "remove them from %s", setting);
	else if (setting)
		finding_text(out, &f->mend, "name %s in %s, too",
			     strcmp(setting, "AllowUsers") == 0 ? "them" : "their groups", setting);
	else
		finding_text(out, &f->mend, "install the shell, or usermod -s /bin/sh %s",
			     who->v[0]);
}

/* sshd refuses everybody for that, or does not start. */
static bool is_explained(const struct findings *all)
{
	for (size_t i = 0; i < all->n; i++)
		if (all->v[i].trouble && (strcmp(all->v[i].id, "sshd.allowgroups-missing") == 0 ||
					  strcmp(all->v[i].id, "sshd.config-broken") == 0))
			return true;
	return false;
}

int doctor_sshd(const struct doctor *d)
{
	struct findings *out = d->look.out;
	struct gate_sample s = { .snap = d->snap, .now = d->a->now, .service = "sshd", .out = out };
	struct pam_config c;
	struct pam_judged j = { 0 };

	struct sshd_daemons all = { .n = 0 };

	if (!sshd_is_there() || !policy_service_find(d->snap->p, "sshd") || is_explained(out))
		return RBAC_OK;
	int err = pam_config_read(d->look.pam, "sshd", &c);
	if (!err)
		err = pam_judge(d->look.pam, &c, "sshd", true, &j);
	if (!err) {
		s.gate = j.gate;
		gate_sample_gather(&s);
		sshd_daemons_find(&all);
		look_at(d, &all.v[0], &s.holders, "sshd.holder-refused", "allowed by a rule",
			"no user with a role can log in by sshd");
		look_at(d, &all.v[0], &s.exempt, "sshd.exempt-refused", "exempt",
			"nobody could log in by sshd if roles cannot be read");
		finding_append(out, &out->checked, "sshd:users");
		sshd_daemons_free(&all);
	}
	gate_sample_free(&s);
	pam_config_free(&c);
	return err;
}
