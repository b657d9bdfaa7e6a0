/* The lines that name our module: their options; and who may write the files that they stand in. */
#include <ctype.h>
#include <grp.h>
#include <pwd.h>
#include <shadow.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "common/gate_option.h"
#include "rbacctl/command.h"
#include "rbacctl/host/nss/accounts.h"
#include "rbacctl/host/doctor/seen.h"
#include "rbacctl/model/problem.h"

/* ---- people ---- */

static bool is_no_shell(const char *shell)
{
	const char *slash = strrchr(shell, '/');
	const char *base = slash ? slash + 1 : shell;

	return strcmp(base, "nologin") == 0 || strcmp(base, "false") == 0;
}

bool look_is_living(const char *user)
{
	const struct passwd *pw = getpwnam(user);
	/* Only root is told; for others the account is taken to be valid. */
	const struct spwd *sp = pw && geteuid() == 0 ? getspnam(user) : NULL;

	return pw && !is_no_shell(pw->pw_shell ? pw->pw_shell : "") &&
	       !(sp && sp->sp_expire > 0 && sp->sp_expire <= time(NULL) / 86400);
}

bool look_groups_work(void)
{
	return getgrgid(0) != NULL && getpwuid(0) != NULL;
}

int look_living_members(const char *group)
{
	const struct group *g = getgrnam(group);
	struct finding_list names = { 0 };
	struct findings lost = { 0 };
	int n = 0;

	if (!g)
		return -1;
	gid_t gid = g->gr_gid;
	for (size_t i = 0; g->gr_mem[i]; i++)
		finding_append(&lost, &names, "%s", g->gr_mem[i]);
	setpwent();
	for (const struct passwd *pw; (pw = getpwent());)
		if (pw->pw_gid == gid)
			finding_append(&lost, &names, "%s", pw->pw_name);
	endpwent();
	for (size_t i = 0; i < names.n; i++) {
		n += look_is_living(names.v[i]);
		free(names.v[i]);
	}
	free(names.v);
	return n;
}

/* ---- options ---- */

static bool is_told(const struct look *q, const char *id, const struct pam_place *at,
		    const char *subject)
{
	for (size_t i = 0; i < q->out->n; i++) {
		const struct finding *f = &q->out->v[i];
		if (strcmp(f->id, id) == 0 && f->file && strcmp(f->file, at->file) == 0 &&
		    f->line == at->line && f->subjects.n && strcmp(f->subjects.v[0], subject) == 0)
			return true;
	}
	return false;
}

/* A finding about SUBJECT, a word of the line of E. NULL: it was told, for another service. */
static struct finding *add(const struct look *q, const struct pam_config *c, const char *service,
			   const struct pam_entry *e, const char *id, bool trouble,
			   const char *subject)
{
	if (is_told(q, id, &e->at, subject))
		return NULL;
	struct finding *f = findings_add(q->out, id, trouble);
	finding_text(q->out, &f->service, "%s", service);
	finding_at_place(q->out, f, c, &e->at);
	finding_append(q->out, &f->subjects, "%s", subject);
	look_entry_text(q->out, &f->found, e, PAM_ACCOUNT);
	return f;
}

/* Does the line of E exempt somebody who can log in? */
static bool exempts_somebody(const struct pam_entry *e)
{
	bool yes = false;

	for (int i = 0; i < e->argc && !yes; i++) {
		bool group = strncmp(e->argv[i], "exempt_group=", 13) == 0;
		if (!group && strncmp(e->argv[i], "exempt_user=", 12) != 0)
			continue;
		char *copy = strdup(e->argv[i] + 12 + group), *rest = copy, *name;
		while (!yes && copy && (name = strsep(&rest, ",")))
			yes = *name &&
			      (group ? look_living_members(name) > 0 : look_is_living(name));
		free(copy);
	}
	return yes;
}

static void exempt_group(const struct look *q, const struct pam_config *c, const char *service,
			 const struct pam_entry *e, const char *name)
{
	struct findings *out = q->out;
	const struct group *g;
	struct finding *f;

	if (!look_groups_work())
		return;
	g = getgrnam(name);
	if (!g) {
		f = add(q, c, service, e, "pam.exempt-group-missing", true, name);
		if (!f)
			return;
		finding_text(out, &f->what, "exempt_group=%s: this host has no such group", name);
		if (strpbrk(name, " \t\\@"))
			finding_text(out, &f->mend, "take the option out");
		else
			finding_text(out, &f->mend, "%s, or take the option out",
				     COMMAND("groupadd %s", name));
	} else if (q->p && g->gr_gid >= q->p->gid_min && g->gr_gid <= q->p->gid_max) {
		f = add(q, c, service, e, "pam.exempt-group-is-role", true, name);
		if (!f)
			return;
		finding_text(out, &f->what,
			     "exempt_group=%s: that is the group of a role, which exempts nobody",
			     name);
		finding_text(out, &f->mend,
			     "take the option out, or name a Unix group of this host");
	} else if (look_living_members(name) == 0) {
		f = add(q, c, service, e, "pam.exempt-group-empty", !exempts_somebody(e), name);
		if (!f)
			return;
		finding_text(out, &f->what, "exempt_group=%s: nobody in the group can log in",
			     name);
		finding_text(out, &f->mend, "%s", COMMAND("usermod -aG %s USER", name));
	} else {
		return;
	}
	finding_text(out, &f->why, "the way in for the day when roles cannot be read is missing");
}

static void exempt_user(const struct look *q, const struct pam_config *c, const char *service,
			const struct pam_entry *e, const char *name)
{
	struct findings *out = q->out;

	if (getpwnam(name))
		return;
	struct finding *f = add(q, c, service, e, "pam.exempt-user-missing", true, name);
	if (!f)
		return;
	finding_text(out, &f->what, "exempt_user=%s: this host has no such user", name);
	finding_text(out, &f->why, "pam_rbac would allow a new user with this name");
	finding_text(out, &f->mend, "take the option out, or make the user");
}

static bool is_in(const struct gids *g, gid_t gid)
{
	for (size_t i = 0; i < g->n; i++)
		if (g->v[i] == gid)
			return true;
	return false;
}

static bool exempts(const char *name, bool group, const struct policy *p, const char *user,
		    const struct gids *gids)
{
	const struct group *g = group ? getgrnam(name) : NULL;

	if (!group)
		return strcmp(name, user) == 0;
	return g && is_in(gids, g->gr_gid) &&
	       !(p && g->gr_gid >= p->gid_min && g->gr_gid <= p->gid_max);
}

bool look_line_exempts(const struct pam_entry *e, const struct policy *p, const char *user,
		       char *option, size_t size)
{
	static const char *const keys[] = { "exempt_user=", "exempt_group=" };
	struct gids gids;
	bool yes = false;

	if (gids_of_user(user, &gids))
		return false;
	for (int i = 0; i < e->argc && !yes; i++)
		for (int group = 0; group < 2 && !yes; group++) {
			size_t len = strlen(keys[group]);
			if (strncmp(e->argv[i], keys[group], len) != 0)
				continue;
			char *copy = strdup(e->argv[i] + len), *rest = copy, *name;
			while (!yes && copy && (name = strsep(&rest, ","))) {
				yes = *name && exempts(name, group, p, user, &gids);
				if (yes)
					snprintf(option, size, "%s%s", keys[group], name);
			}
			free(copy);
		}
	gids_free(&gids);
	return yes;
}

/* Each name of the list LIST, "a,b". */
static void each_name(const struct look *q, const struct pam_config *c, const char *service,
		      const struct pam_entry *e, const char *list,
		      void (*fn)(const struct look *, const struct pam_config *, const char *,
				 const struct pam_entry *, const char *))
{
	char *copy = strdup(list), *rest = copy, *name;

	while (copy && (name = strsep(&rest, ",")))
		if (*name)
			fn(q, c, service, e, name);
	free(copy);
}

/* The word that ARG may be meant for, with the value of ARG. */
static void mend_option(struct findings *out, struct finding *f, const char *arg)
{
	static const char *const names[] = { "exempt_group", "exempt_user", "onerr", "unknown",
					     "unlisted",     "debug",       "quiet" };
	char key[40], word[400];
	size_t len = strcspn(arg, "=");

	snprintf(key, sizeof key, "%.*s", (int)(len < 39 ? len : 39), arg);
	for (char *p = key; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	const char *near = problem_nearest(key, names, sizeof names / sizeof *names);
	snprintf(word, sizeof word, "%s%.300s", near ? near : "", arg + len);
	if (near && rbac_option_of(word))
		finding_text(out, &f->mend, "write \"%s\" in its place", word);
	else if (near && strcmp(arg + len, "=") == 0)
		finding_text(out, &f->mend, "take the blank behind the = out");
	else
		finding_text(out, &f->mend, "take it out, or write it as pam_rbac(8) has it");
}

/* Was ARG meant to let somebody in? */
static bool lets_in(const char *arg)
{
	static const char *const begins[] = { "exempt", "onerr", "unknown", "unlisted" };
	bool yes = false;

	for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
		yes |= strncasecmp(arg, begins[i], strlen(begins[i])) == 0;
	return yes;
}

static void option(const struct look *q, const struct pam_config *c, const char *service,
		   const struct pam_entry *e, const char *arg)
{
	struct findings *out = q->out;
	struct finding *f = NULL;

	const struct rbac_option *known = rbac_option_of(arg);

	if (!known || known->session_only) {
		f = add(q, c, service, e, "pam.option-unknown", true, arg);
		if (!f)
			return;
		finding_text(out, &f->what,
			     known ? "pam_rbac.so takes the option \"%s\" on session lines only"
				   : "pam_rbac.so does not know the option \"%s\"",
			     arg);
		finding_text(out, &f->why, "it has no effect%s",
			     known          ? " on an account line"
			     : lets_in(arg) ? ": whom it was to let in is denied"
					    : "");
		if (known)
			finding_text(out, &f->mend, "take it out here");
		else
			mend_option(out, f, arg);
	} else if (strncmp(arg, "exempt_group=", 13) == 0) {
		each_name(q, c, service, e, arg + 13, exempt_group);
	} else if (strncmp(arg, "exempt_user=", 12) == 0) {
		each_name(q, c, service, e, arg + 12, exempt_user);
	} else if (strcmp(arg, "onerr=ignore") == 0) {
		f = add(q, c, service, e, "pam.onerr-ignore", false, arg);
		if (!f)
			return;
		finding_text(out, &f->what, "%s: everybody passes while the view cannot be read",
			     arg);
		finding_text(out, &f->why,
			     "while the view is missing or damaged, everybody is allowed");
		finding_text(out, &f->mend,
			     "take the option out; exempt_group= lets chosen users in");
	} else if (strcmp(arg, "unknown=ignore") == 0) {
		f = add(q, c, service, e, "pam.unknown-ignore", false, arg);
		if (!f)
			return;
		finding_text(out, &f->what,
			     "%s: users who were never recorded are left to the other modules",
			     arg);
		finding_text(out, &f->why, "a user who never had a role may get in");
		finding_text(out, &f->mend, "take the option out once everybody is recorded");
	}
}

/* The control ignores what our module answers without a view; a note as for onerr=ignore. */
static void control(const struct look *q, const struct pam_config *c, const char *service,
		    const struct pam_entry *e)
{
	struct findings *out = q->out;

	if (e->what != PAM_RUNS || !pam_module_is_ours(e->module) ||
	    e->actions[PAM_R_AUTHINFO_UNAVAIL] != PAM_ACT_IGNORE ||
	    e->actions[PAM_R_PERM_DENIED] == PAM_ACT_IGNORE)
		return;
	struct finding *f = add(q, c, service, e, "pam.onerr-ignore", false, e->control);
	if (!f)
		return;
	finding_text(out, &f->what,
		     "authinfo_unavail is ignored: everybody passes while the view cannot be read");
	finding_text(out, &f->why, "while the view is missing or damaged, everybody is allowed");
	look_write_there(out, f, e);
}

void look_pam_options(const struct look *q, const struct pam_config *c, const char *service)
{
	const struct pam_stack *s = pam_stack_of(c, PAM_ACCOUNT);

	for (size_t i = 0; i < s->n; i++)
		control(q, c, service, &s->v[i]);
	for (size_t i = 0; i < s->n; i++)
		for (int j = 0; s->v[i].what == PAM_RUNS && pam_module_is_ours(s->v[i].module) &&
				j < s->v[i].argc;
		     j++)
			option(q, c, service, &s->v[i], s->v[i].argv[j]);
}

/* ---- files ---- */

void look_at_mode(struct findings *out, struct finding *f, const struct path_mode *at, bool dark)
{
	bool folder = S_ISDIR(at->st.st_mode);
	const char *mode = dark ? (folder ? "o+x" : "o+r") : "go-w";
	const char *chmod = COMMAND("chmod %s %s", mode, at->path);

	finding_at(out, f, at->path, 0);
	finding_text(out, &f->found, "owner uid %u, mode %04o", (unsigned)at->st.st_uid,
		     (unsigned)at->st.st_mode & 07777);
	finding_text(out, &f->wanted, "%s",
		     !dark    ? "owner root, not writable by group and others"
		     : folder ? "a folder that everybody may pass"
			      : "a file that everybody may read");
	if (path_owner_is_root(at->st.st_uid))
		finding_text(out, &f->mend, "%s", chmod);
	else
		finding_text(out, &f->mend, "%s; %s", COMMAND("chown root %s", at->path), chmod);
}

void look_pam_files(const struct look *q, const struct pam_config *c, const char *service)
{
	struct findings *out = q->out;
	struct path_mode at;

	for (size_t i = 0; i < c->n_files; i++) {
		bool told = false;
		/* The cases of tests have names without a folder. */
		if (!strchr(c->files[i], '/') || !path_is_open(c->files[i], &at))
			continue;
		for (size_t j = 0; j < out->n && !told; j++)
			told = strcmp(out->v[j].id, "pam.file-writable") == 0 &&
			       strcmp(out->v[j].file, at.path) == 0;
		if (told)
			continue;
		struct finding *f = findings_add(out, "pam.file-writable", true);
		finding_text(out, &f->service, "%s", service);
		look_at_mode(out, f, &at, false);
		finding_text(out, &f->what, "%s: others than root may write %s", service, at.path);
		finding_text(out, &f->why,
			     "a user who can write to it can remove pam_rbac from it");
	}
}
