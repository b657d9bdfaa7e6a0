/* nsswitch.conf and the modules' files: do programs see the groups of roles? */
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rbacctl/host/look.h"
#include "rbacctl/host/nss_line.h"
#include "rbacctl/host/nsswitch.h"

static struct finding *add(const struct look *q, const char *id, const struct nss_line *l)
{
	struct finding *f = findings_add(q->out, id, true);

	finding_at(q->out, f, nsswitch_conf, l->line);
	finding_text(q->out, &f->found, "%s", l->text ? l->text : "no line for group");
	return f;
}

/* The line says what no C library understands. */
static bool is_wrong(const struct look *q, const struct nss_line *l, const char *database)
{
	struct findings *out = q->out;

	if (!l->wrong)
		return false;
	struct finding *f = add(q, "nss.line-broken", l);
	finding_text(out, &f->what, "the line of %s has an error, and no source of it is asked",
		     database);
	finding_text(out, &f->why, "this host has no groups, of rbac or of others");
	finding_text(out, &f->mend,
		     "write what stands in [ ] as nsswitch.conf(5) has it: [STATUS=action]");
	return true;
}

static void hidden(const struct look *q, const struct nss_line *l, const char *database, size_t by,
		   enum nss_status status)
{
	struct findings *out = q->out;
	bool initgroups = strcmp(database, "initgroups") == 0;
	struct finding *f = add(q, initgroups ? "nss.initgroups-hidden" : "nss.hidden", l);

	finding_text(out, &f->what, "%s: rbac is not asked %s %s, which stands before it", database,
		     status == NSS_SUCCESS ? "where a user has a group of"
					   : "for what is unknown to",
		     l->v[by].name);
	finding_text(out, &f->wanted,
		     initgroups ? "[SUCCESS=continue] behind each source before rbac"
				: "no [NOTFOUND=return] before rbac");
	finding_text(out, &f->why, "%s",
		     initgroups ? "sessions do not get the groups of their roles"
				: "the groups of roles are hidden");
	finding_text(out, &f->mend, "%s",
		     initgroups ? "write [SUCCESS=continue] behind the source, or take the line out"
				: "take the action in [ ] out");
}

static void look_order(const struct look *q, const struct nss_line *l, size_t at)
{
	struct findings *out = q->out;
	const struct nss_source *ours = &l->v[at];

	if (at + 1 == l->n)
		return;
	if (ours->action[NSS_NOTFOUND] == NSS_RETURN) {
		struct finding *f = add(q, "nss.hides-others", l);
		finding_text(out, &f->what, "an action behind rbac keeps %s from being asked",
			     l->v[at + 1].name);
		finding_text(out, &f->why, "groups of other sources are hidden");
		finding_text(out, &f->mend, "take the action behind rbac out, and put rbac last");
	} else if (q->by_group) {
		struct finding *f = add(q, "nss.order", l);
		finding_text(out, &f->what, "rbac stands before %s", l->v[at + 1].name);
		finding_text(out, &f->wanted, "rbac as the last source");
		finding_text(out, &f->why,
			     "roles that are assigned to a Unix group of %s bring no groups",
			     l->v[at + 1].name);
		finding_text(out, &f->mend, "put rbac last");
	}
}

static void look_group(const struct look *q, const struct nss_line *l)
{
	struct findings *out = q->out;
	size_t at = nss_line_find(l, "rbac");

	if (is_wrong(q, l, "group"))
		return;
	if (at == l->n) {
		struct finding *f = add(q, "nss.not-listed", l);
		finding_text(out, &f->wanted, "group: ... rbac");
		finding_text(out, &f->what, "the line of group does not name rbac%s",
			     l->lines > 1 ? " (of several lines the last counts)" : "");
		finding_text(out, &f->why, "no program sees the groups of roles");
		finding_text(out, &f->mend, "add \"rbac\" to the end of the group line");
		return;
	}
	size_t by = nss_line_stops(l, at, NSS_NOTFOUND);
	if (by < at)
		hidden(q, l, "group", by, NSS_NOTFOUND);
	look_order(q, l, at);
}

static void look_initgroups(const struct look *q, const struct nss_line *l)
{
	struct findings *out = q->out;
	size_t at = nss_line_find(l, "rbac");

	if (l->lines == 0 || is_wrong(q, l, "initgroups"))
		return;
	if (at == l->n) {
		struct finding *f = add(q, "nss.initgroups-hidden", l);
		finding_text(out, &f->what,
			     "initgroups: the line does not name rbac, and counts instead of that "
			     "of group");
		finding_text(out, &f->wanted, "initgroups: ... [SUCCESS=continue] rbac");
		finding_text(out, &f->why, "sessions do not get the groups of their roles");
		finding_text(out, &f->mend,
			     "add \"[SUCCESS=continue] rbac\" to the line, or take it out");
		return;
	}
	size_t by = nss_line_stops(l, at, NSS_SUCCESS),
	       by_none = nss_line_stops(l, at, NSS_NOTFOUND);
	if (by < at)
		hidden(q, l, "initgroups", by, NSS_SUCCESS);
	else if (by_none < at)
		hidden(q, l, "initgroups", by_none, NSS_NOTFOUND);
}

void look_nsswitch(const struct look *q)
{
	struct findings *out = q->out;
	struct nss_line group = { 0 }, initgroups = { 0 };
	struct stat st;

	finding_append(out, &out->checked, "nss:nsswitch.conf");
	if (!nss_line_read(nsswitch_conf, "group", &group) ||
	    !nss_line_read(nsswitch_conf, "initgroups", &initgroups)) {
		struct finding *f = add(q, "nss.conf-unreadable", &group);
		finding_text(out, &f->found, "%s", strerror(errno));
		finding_text(out, &f->what, "nsswitch.conf cannot be read");
		finding_text(out, &f->why, "the C library asks /etc/group alone");
		finding_text(out, &f->mend, "make the file, with \"group: files rbac\" in it");
	} else {
		look_group(q, &group);
		look_initgroups(q, &initgroups);
		if (stat(nsswitch_conf, &st) == 0 && !(st.st_mode & 004)) {
			struct finding *f = add(q, "nss.conf-unreadable", &group);
			f->line = 0;
			finding_text(out, &f->found, "mode %04o", (unsigned)st.st_mode & 07777);
			finding_text(out, &f->wanted, "mode 0644");
			finding_text(out, &f->what, "ordinary users cannot read nsswitch.conf");
			finding_text(out, &f->why,
				     "their processes do not see the groups of roles");
			finding_text(out, &f->mend, "chmod 0644 %s", nsswitch_conf);
		}
	}
	nss_line_free(&group);
	nss_line_free(&initgroups);
}

/* ---- the modules' files ---- */

static struct finding *module(const struct look *q, const char *id, const char *path)
{
	struct finding *f = findings_add(q->out, id, true);

	finding_at(q->out, f, path, 0);
	return f;
}

/* True: the file is there, and root's alone. OTHERS: ordinary users must be able to read it. */
static bool look_file(const struct look *q, const char *area, const char *path, bool others,
		      const char *why)
{
	struct findings *out = q->out;
	struct stat st;
	bool nss = strcmp(area, "nss") == 0;

	if (stat(path, &st)) {
		struct finding *f = module(q, "nss.module-missing", path);
		finding_text(out, &f->found, "%s", strerror(errno));
		finding_text(out, &f->what, "the module is not there");
		finding_text(out, &f->why, "%s", why);
		finding_text(out, &f->mend, "install rbac again");
		return false;
	}
	if (!S_ISREG(st.st_mode) || st.st_uid != 0 || (st.st_mode & 022) ||
	    (others && !(st.st_mode & 004))) {
		struct finding *f = module(q, nss ? "nss.module-mode" : "pam.module-mode", path);
		bool dark = st.st_uid == 0 && !(st.st_mode & 022);
		finding_text(out, &f->found, "owner uid %u, mode %04o", (unsigned)st.st_uid,
			     (unsigned)st.st_mode & 07777);
		finding_text(out, &f->wanted, "owner root, mode 0644");
		finding_text(out, &f->what, "%s",
			     dark ? "ordinary users cannot read the module"
				  : "others than root may change the module");
		finding_text(out, &f->why, "%s",
			     dark ? "their processes do not see the groups of roles"
				  : "it is loaded into the processes of root");
		finding_text(out, &f->mend, "chown root %s; chmod 0644 %s", path, path);
		return !dark;
	}
	return true;
}

/* 0: it does. 1: it may be tried here. -1: the process that tries breaks off. */
static int loads_in_a_child(const char *name)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(dlopen(name, RTLD_NOW | RTLD_LOCAL) ? 0 : 1);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return 1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

bool look_modules(const struct look *q)
{
	static const char nss[] = RBAC_LIB_DIR "/libnss_rbac.so.2";
	struct findings *out = q->out;
	struct nss_line group = { 0 };
	bool breaks = false;

	finding_append(out, &out->checked, "nss:module");
	bool listed = nss_line_read(nsswitch_conf, "group", &group) &&
		      nss_line_find(&group, "rbac") < group.n;
	nss_line_free(&group);
	if (listed && look_file(q, "nss", nss, true, "no program sees the groups of roles")) {
		int loads = loads_in_a_child("libnss_rbac.so.2");
		/* Where the child came back, this process does too. */
		void *so = loads > 0 ? dlopen("libnss_rbac.so.2", RTLD_NOW | RTLD_LOCAL) : NULL;
		const char *text = loads < 0 ? "a process that loads it breaks off" : dlerror();
		breaks = loads < 0;
		if (loads != 0 && !so) {
			struct finding *f = module(q, "nss.module-broken", nss);
			finding_text(out, &f->found, "%s", text ? text : "");
			finding_text(out, &f->what, "the module cannot be loaded");
			finding_text(out, &f->why, "%s",
				     breaks ? "every program that asks for a group breaks off"
					    : "no program sees the groups of roles");
			finding_text(out, &f->mend, "install rbac again, and run ldconfig");
		}
		if (so)
			dlclose(so);
	}
	char path[4200];
	struct stat st;
	if (pam_module_path(q->pam, "pam_rbac.so", path, sizeof path) && stat(path, &st) == 0) {
		finding_append(out, &out->checked, "pam:module");
		look_file(q, "pam", path, false, "libpam denies everybody where a line names it");
	}
	return !breaks;
}
