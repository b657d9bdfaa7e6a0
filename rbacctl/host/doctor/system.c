/* Confinement, which may keep programs from the view. */
#define _DEFAULT_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "rbacctl/host/doctor/look.h"

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

void look_system(const struct look *q)
{
	look_apparmor(q);
	look_selinux(q);
	look_units(q);
}
