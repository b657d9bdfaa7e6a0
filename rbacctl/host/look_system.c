/* What stands between the modules and programs: confinement, units. */
#define _DEFAULT_SOURCE
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "rbacctl/host/look.h"

static bool says_yes(const char *path)
{
	FILE *f = fopen(path, "re");
	int c = f ? getc(f) : EOF;

	if (f)
		fclose(f);
	return c == 'Y' || c == '1';
}

static void look_apparmor(const struct look *q)
{
	static const char nameservice[] = "/etc/apparmor.d/abstractions/nameservice",
			  ours[] = "/etc/apparmor.d/abstractions/nameservice.d/rbac";
	struct findings *out = q->out;

	if (!says_yes("/sys/module/apparmor/parameters/enabled") || access(nameservice, F_OK) ||
	    access(ours, F_OK) == 0)
		return;
	struct finding *f = findings_add(out, "system.apparmor", false);
	finding_at(out, f, ours, 0);
	finding_text(out, &f->found, "no such file");
	finding_text(out, &f->what, "AppArmor lets confined programs not read the view");
	finding_text(out, &f->why, "they do not see the groups of roles");
	finding_text(out, &f->mend, "install the file from rbac's packaging, and reload AppArmor");
}

/* ---- SELinux ---- */

/* The type in the context of PATH: "user:role:TYPE:level". */
static bool type_of(const char *path, char *type, size_t size)
{
	char context[300], *rest = context;
	ssize_t len = getxattr(path, "security.selinux", context, sizeof context - 1);

	if (len <= 0)
		return false;
	context[len] = 0;
	(void)strsep(&rest, ":");
	(void)strsep(&rest, ":");
	const char *third = strsep(&rest, ":");
	snprintf(type, size, "%s", third ? third : "");
	return third != NULL;
}

static void look_selinux(const struct look *q)
{
	/* What a file has that was made or moved there without a rule for it. */
	static const char *const wrong[] = { "var_lib_t",   "var_t",     "tmp_t",
					     "user_tmp_t",  "default_t", "unlabeled_t",
					     "user_home_t", "file_t",    "admin_home_t" };
	struct findings *out = q->out;
	char type[100];

	if (!says_yes("/sys/fs/selinux/enforce") || !type_of(RBAC_VIEW_PATH, type, sizeof type))
		return;
	finding_append(out, &out->checked, "system:selinux");
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		if (strcmp(type, wrong[i]) != 0)
			continue;
		struct finding *f = findings_add(out, "system.selinux", true);
		finding_at(out, f, RBAC_VIEW_PATH, 0);
		finding_text(out, &f->found, "%s", type);
		finding_text(out, &f->wanted, "sssd_public_t");
		finding_text(out, &f->what, "SELinux keeps confined programs from the view (%s)",
			     type);
		finding_text(out, &f->why,
			     "login, cron and sudo deny, and do not see the groups of roles");
		finding_text(out, &f->mend,
			     "semodule -i /usr/share/selinux/packages/rbac.cil; "
			     "restorecon -R /var/lib/rbac/view");
	}
}

/* ---- units ---- */

static bool is_enabled(const char *name)
{
	static const char *const folders[] = { "/etc", "/run", "/usr/lib", "/lib" };
	char pattern[300];
	bool yes = false;

	for (size_t i = 0; i < sizeof folders / sizeof *folders && !yes; i++) {
		glob_t found;
		snprintf(pattern, sizeof pattern, "%s/systemd/system/*.[wr]*s/%s", folders[i],
			 name);
		if (glob(pattern, 0, NULL, &found))
			continue;
		for (size_t j = 0; j < found.gl_pathc && !yes; j++)
			yes = access(found.gl_pathv[j], F_OK) == 0;
		globfree(&found);
	}
	return yes;
}

static bool is_masked(const char *name)
{
	char path[300], target[300];

	snprintf(path, sizeof path, "/etc/systemd/system/%s", name);
	ssize_t len = readlink(path, target, sizeof target - 1);
	target[len > 0 ? len : 0] = 0;
	return strcmp(target, "/dev/null") == 0;
}

static void look_units(const struct look *q)
{
	static const char *const wanted[] = { "rbac-publish.path", "rbac-publish.service" };
	struct findings *out = q->out;

	if (access("/run/systemd/system", F_OK))
		return;
	finding_append(out, &out->checked, "system:units");
	for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
		const char *name = wanted[i];
		bool masked = is_masked(name);
		if (!masked && is_enabled(name))
			continue;
		struct finding *f = findings_add(out, "system.unit-off", false);
		char file[300];
		snprintf(file, sizeof file, "/etc/systemd/system/%s", name);
		finding_at(out, f, file, 0);
		finding_text(out, &f->found, "the unit is %s", masked ? "masked" : "not enabled");
		finding_text(out, &f->what, "%s is %s", name, masked ? "masked" : "not enabled");
		finding_text(out, &f->why,
			     "the view is not made anew when users and groups of this host change");
		finding_text(out, &f->mend, "%s%s%ssystemctl enable --now %s",
			     masked ? "systemctl unmask " : "", masked ? name : "",
			     masked ? "; " : "", name);
	}
}

void look_system(const struct look *q)
{
	look_apparmor(q);
	look_selinux(q);
	look_units(q);
}
