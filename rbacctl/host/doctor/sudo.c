/* sudo, by the Defaults that cvtsudoers(1) finds: does it ask PAM about the account, as which
 * service, and does it say who calls it? */
#define _DEFAULT_SOURCE
#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/error.h"
#include "rbacctl/host/included.h"
#include "rbacctl/host/doctor/look.h"
#include "rbacctl/host/nss/nss_line.h"
#include "rbacctl/host/nss/nsswitch.h"
#include "rbacctl/host/program.h"
#include "rbacctl/host/sudoers_file.h"
#include "rbacctl/model/role_groups.h"

static const char cvtsudoers[] = "/usr/bin/cvtsudoers";

enum { SECONDS = 10 };

/* A setting that counts, with the line of cvtsudoers that has it. */
struct setting {
	char *line, *scope, *text;
};

struct seen {
	const struct look *q;
	char sudoers[SUDOERS_PATH]; /* the file that sudo begins with */
	struct role_groups groups;
	struct setting *v; /* that count */
	size_t n, cap;
};

static const struct known {
	const char *setting; /* as cvtsudoers writes it; = is the begin of a value */
	const char *id;
	bool trouble;
	const char *what, *why, *mend;
} known[] = {
	{ "!pam_acct_mgmt", "sudo.no-account-stage", true,
	  "sudo does not ask the account stage of PAM, so pam_rbac has no effect",
	  "a user without a role can use sudo as sudoers allows", "take the setting out" },
	{ "!pam_ruser", "sudo.no-invoker", true,
	  "sudo does not give PAM the name of the user who calls it, whom pam_rbac judges",
	  "pam_rbac denies everybody, root too", "take the setting out" },
	{ "targetpw", "sudo.target-password", false,
	  "sudo asks for the password of the target user; pam_rbac judges the user who calls sudo",
	  "a user who knows that password still needs a role", "nothing, if that is intended" },
	{ "rootpw", "sudo.target-password", false,
	  "sudo asks for the password of root; pam_rbac judges the user who calls sudo",
	  "a user who knows that password still needs a role", "nothing, if that is intended" },
	{ "runaspw", "sudo.target-password", false,
	  "sudo asks for the password of another user; pam_rbac judges the user who calls sudo",
	  "a user who knows that password still needs a role", "nothing, if that is intended" },
	{ "group_source=static", "sudo.group-source", false,
	  "sudo uses the groups of the session, not the current ones",
	  "a role that was revoked counts in sudoers until the user logs in again",
	  "write group_source=adaptive, or take the setting out" },
};

/* ---- the files ---- */

/* F is about the line that has SETTING. */
static void place(const struct seen *s, struct finding *f, const char *setting, const char *scope)
{
	char file[SUDOERS_PATH];
	unsigned line;

	if (sudoers_find(s->sudoers, setting, scope, file, &line))
		finding_at(s->q->out, f, file, line);
	else
		finding_at(s->q->out, f, s->sudoers, 0);
}

static struct finding *add(const struct look *q, const char *id, bool trouble)
{
	struct finding *f = findings_add(q->out, id, trouble);

	finding_text(q->out, &f->service, "sudo");
	return f;
}

/* sudo reads no file that others may write. */
static void look_mode(const struct look *q, const char *path)
{
	struct findings *out = q->out;
	struct path_mode at;

	if (!path_is_open(path, &at))
		return;
	for (size_t i = 0; i < out->n; i++)
		if (strcmp(out->v[i].id, "sudo.file-writable") == 0 &&
		    strcmp(out->v[i].file, at.path) == 0)
			return;
	struct finding *f = add(q, "sudo.file-writable", true);
	look_at_mode(out, f, &at, false);
	finding_text(out, &f->what, "others than root may write %s", at.path);
	finding_text(out, &f->why,
		     "sudo does not read a file that others may write, and a user "
		     "who can replace it becomes root");
}

/* "%host-operatr ALL=(ALL) ALL": the name of a role's group, misspelt. */
static void look_groups(const struct seen *s, const struct included_file *at, const char *text)
{
	struct findings *out = s->q->out;
	char name[RBAC_GROUP_MAX + 1];

	for (const char *p = text; (p = strchr(p, '%')); p++) {
		size_t len = strcspn(p + 1, " \t\n,=:!()");
		if ((p > text && !strchr(" \t,=!:(", p[-1])) || len == 0 || len >= sizeof name)
			continue;
		snprintf(name, sizeof name, "%.*s", (int)len, p + 1);
		const char *near = *name == '#' || getgrnam(name)
					   ? NULL
					   : role_groups_nearest(&s->groups, name);
		if (!near)
			continue;
		struct finding *f = add(s->q, "sudo.group-misspelt", true);
		finding_at(out, f, at->path, at->line);
		finding_append(out, &f->subjects, "%s", name);
		finding_text(out, &f->found, "%%%s", name);
		finding_text(out, &f->wanted, "%%%s", near);
		finding_text(out, &f->what, "sudoers names %%%s, which is no group of this host",
			     name);
		finding_text(out, &f->why, "the line gives nothing to those for whom it is");
		finding_text(out, &f->mend, "write %%%s there", near);
	}
}

/* The folder of "@includedir FOLDER", which may have no file yet. */
static void look_folder(const struct look *q, const char *text)
{
	char path[4200];

	if (sscanf(text + 1, "includedir %4000s", path) == 1 && *path == '/')
		look_mode(q, path);
}

static void look_files(const struct seen *s)
{
	struct included r;
	struct included_file *at;
	const char *last = NULL;
	char *text;

	look_mode(s->q, s->sudoers);
	included_begin(&r, s->sudoers);
	while ((text = included_next(&r, &at))) {
		if (at->line == 1 && at->path != last && r.n > 1)
			look_mode(s->q, at->path);
		last = at->path;
		text += strspn(text, " \t");
		if (sudoers_include(&r, at->path, text)) {
			look_folder(s->q, text);
		} else {
			sudoers_uncomment(text);
			look_groups(s, at, text);
		}
	}
	if (r.cut)
		finding_append(s->q->out, &s->q->out->skipped, "sudo: files beyond the first %d",
			       INCLUDED_FILES);
	included_end(&r);
}

/* ---- settings ---- */

/* pam_service=NAME and pam_login_service=NAME: another service than the one whose stack has
 * pam_rbac. */
static void other_service(const struct seen *s, const struct setting *x, const char *usual)
{
	const struct look *q = s->q;
	struct findings *out = q->out;
	const char *eq = strchr(x->text, '=');
	char name[100];

	snprintf(name, sizeof name, "%.*s", (int)strcspn(eq + 1, " \n\""), eq + 1);
	if (strcmp(name, usual) == 0 || pam_gate_of(q->pam, usual) == PAM_OPEN ||
	    pam_gate_of(q->pam, name) != PAM_OPEN)
		return;
	struct finding *f = add(q, "sudo.other-service", true);
	place(s, f, x->text, x->scope);
	finding_text(out, &f->found, "%s", x->line);
	finding_text(out, &f->what,
		     "sudo asks PAM as the service %s, whose stack does not ask rbac", name);
	finding_text(out, &f->why, "pam_rbac in the stack of %s has no effect", usual);
	finding_text(out, &f->mend, "put the line of pam_rbac.so into /etc/pam.d/%s too", name);
}

static void one(const struct seen *s, const struct setting *x)
{
	const struct look *q = s->q;
	struct findings *out = q->out;

	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (strcmp(x->text, known[i].setting) != 0)
			continue;
		struct finding *f = add(q, known[i].id, known[i].trouble);
		place(s, f, x->text, x->scope);
		finding_text(out, &f->found, "%s", x->line);
		finding_text(out, &f->what, "%s", known[i].what);
		finding_text(out, &f->why, "%s", known[i].why);
		finding_text(out, &f->mend, "%s", known[i].mend);
	}
	if (strncmp(x->text, "pam_service=", 12) == 0)
		other_service(s, x, "sudo");
	if (strncmp(x->text, "pam_login_service=", 18) == 0)
		other_service(s, x, "sudo-i");
}

/* Are A and B values of one setting: "!targetpw" and "targetpw", "x=1" and "x=2"? */
static bool is_same(const char *a, const char *b)
{
	a += *a == '!';
	b += *b == '!';
	size_t len = strcspn(a, "=+-");
	return len == strcspn(b, "=+-") && strncmp(a, b, len) == 0;
}

/* Of two values of a setting the later counts, for everybody or for the same scope. */
static void keep(struct seen *s, const struct setting *x)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		if (!is_same(s->v[i].text, x->text) ||
		    (*x->scope && strcmp(s->v[i].scope, x->scope) != 0))
			s->v[n++] = s->v[i];
	s->n = n;
	if (buf_room(&s->v, s->n, &s->cap, sizeof *s->v))
		s->v[s->n++] = *x;
	else
		s->q->out->failed = true;
}

/* The next of the settings at *REST, which are divided by commas outside of quotes. */
static char *next_setting(char **rest)
{
	char *word = *rest + strspn(*rest, " ");
	bool quoted = false;
	char *p = word;

	for (; *p && (quoted || *p != ','); p++) {
		quoted ^= *p == '"';
		p += *p == '\\' && p[1];
	}
	*rest = *p ? p + 1 : p;
	*p = 0;
	return *word ? word : NULL;
}

/* "Defaults:alice, bob !pam_acct_mgmt, targetpw". LINE is kept, SCOPE and settings point into
 * COPY. */
static void defaults(struct seen *s, char *line, char *copy)
{
	char *scope = copy + strlen("Defaults"), *p = scope;

	while (*p && (*p != ' ' || p[-1] == ','))
		p++;
	if (*p)
		*p++ = 0;
	for (char *word; (word = next_setting(&p));)
		keep(s, &(struct setting){ line, scope, word });
}

/* cvtsudoers breaks long lines with a backslash. */
static void join_lines(char *text)
{
	char *to = text;

	for (const char *p = text; *p;)
		if (p[0] == '\\' && p[1] == '\n') {
			p += 2 + strspn(p + 2, " ");
			*to++ = ' ';
		} else {
			*to++ = *p++;
		}
	*to = 0;
}

static void look_settings(struct seen *s, const char *said)
{
	char *lines = strdup(said), *copies;

	if (!lines)
		return;
	join_lines(lines);
	copies = strdup(lines);
	char *line_at = lines, *copy_at = copies, *line, *copy;
	while (copies && (line = strsep(&line_at, "\n")) && (copy = strsep(&copy_at, "\n")))
		if (strncmp(line, "Defaults", 8) == 0)
			defaults(s, line, copy);
	for (size_t i = 0; i < s->n; i++)
		one(s, &s->v[i]);
	free(lines);
	free(copies);
}

/* ---- all ---- */

static void broken(const struct seen *s, const char *said)
{
	struct findings *out = s->q->out;
	struct finding *f = add(s->q, "sudo.file-broken", true);
	char file[4200];
	unsigned line;

	said += strspn(said, "\n");
	finding_at(out, f, s->sudoers, 0);
	if (sscanf(said, "%4000[^:]:%u:", file, &line) == 2 && *file == '/')
		finding_at(out, f, file, line);
	finding_text(out, &f->found, "%.*s", (int)strcspn(said, "\n"),
		     *said ? said : "cvtsudoers fails and says nothing");
	finding_text(out, &f->what, "sudoers cannot be read by sudo's own parser");
	finding_text(out, &f->why, "sudo does not go by the line, or lets nobody in");
	finding_text(out, &f->mend, "visudo -c");
}

static void ask(struct seen *s)
{
	struct findings *out = s->q->out;
	struct buf said = { 0 };
	char host[300] = "localhost", match[320];
	int status;

	gethostname(host, sizeof host - 1);
	snprintf(match, sizeof match, "host=%s", host);
	if (program_run((const char *const[]){ cvtsudoers, "-c", "", "-f", "sudoers", "-e", "-m",
					       match, "-s", "aliases,privileges", s->sudoers,
					       NULL },
			SECONDS, &said, &status)) {
		finding_append(out, &out->skipped, "sudo: %s: %s", cvtsudoers, strerror(errno));
	} else if (status != 0) {
		broken(s, buf_text(&said));
	} else {
		finding_append(out, &out->checked, "sudo:sudoers");
		look_settings(s, buf_text(&said));
	}
	buf_free(&said);
}

/* Rules and Defaults of a directory, which sudo asks for itself. */
static void look_sources(const struct look *q)
{
	struct nss_line l;

	if (nss_line_read(nsswitch_conf, "sudoers", &l))
		for (size_t i = 0; i < l.n; i++)
			if (strcmp(l.v[i].name, "files") != 0)
				finding_append(q->out, &q->out->skipped,
					       "sudo: rules and Defaults of %s (%s:%u)",
					       l.v[i].name, nsswitch_conf, l.line);
	nss_line_free(&l);
}

void look_sudo(const struct look *q)
{
	struct findings *out = q->out;
	struct seen s = { .q = q };
	struct problems problems = { 0 };

	if (access("/usr/bin/sudo", X_OK) || !q->p ||
	    (pam_gate_of(q->pam, "sudo") == PAM_OPEN && pam_gate_of(q->pam, "sudo-i") == PAM_OPEN))
		return;
	sudoers_first_file(s.sudoers);
	look_sources(q);
	if (!q->root) {
		finding_append(out, &out->skipped, "sudo: only root may read %s", s.sudoers);
		return;
	}
	if (role_groups_make(q->p, &s.groups, &problems) == RBAC_NOMEM)
		out->failed = true;
	look_files(&s);
	ask(&s);
	free(s.v);
	role_groups_free(&s.groups);
	problems_free(&problems);
}
