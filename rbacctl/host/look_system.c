/* What stands between the modules and programs: caches, confinement, file systems, units. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "rbacctl/host/look.h"

static bool answers(const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	snprintf(at.sun_path, sizeof at.sun_path, "%s", path);
	bool yes = fd >= 0 && connect(fd, (struct sockaddr *)&at, sizeof at) == 0;
	if (fd >= 0)
		close(fd);
	return yes;
}

/* The line of nscd.conf(5) that has groups cached; 0: none. */
static unsigned caches_groups(const char *path)
{
	char line[600], database[40], value[40];
	unsigned n = 0, at = 0;
	FILE *f = fopen(path, "re");

	while (f && fgets(line, sizeof line, f)) {
		n++;
		if (sscanf(line, " enable-cache %39s %39s", database, value) == 2 &&
		    strcasecmp(database, "group") == 0)
			at = strcasecmp(value, "yes") == 0 ? n : 0;
	}
	if (f)
		fclose(f);
	return at;
}

void look_caches(const struct look *q)
{
	static const char config[] = "/etc/nscd.conf";
	struct findings *out = q->out;
	bool runs = answers("/var/run/nscd/socket");
	unsigned line = caches_groups(config);

	finding_append(out, &out->checked, "cache:nscd");
	if (!runs || !line)
		return;
	struct finding *f = findings_add(out, "cache.nscd-groups", true);
	finding_at(out, f, config, line);
	finding_text(out, &f->found, "enable-cache group yes");
	finding_text(out, &f->wanted, "enable-cache group no");
	finding_text(out, &f->what, "nscd runs, and keeps groups");
	finding_text(out, &f->why,
		     "a role that was revoked goes on as a group until nscd forgets it");
	finding_text(out, &f->mend, "set \"enable-cache group no\", and restart nscd");
}

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

static void look_units(const struct look *q)
{
	static const char *const wanted[] = {
		"/etc/systemd/system/multi-user.target.wants/rbac-publish.path",
		"/etc/systemd/system/multi-user.target.wants/rbac-publish.service",
	};
	struct findings *out = q->out;

	if (access("/run/systemd/system", F_OK))
		return;
	finding_append(out, &out->checked, "system:units");
	for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
		const char *name = strrchr(wanted[i], '/') + 1;
		if (access(wanted[i], F_OK) == 0)
			continue;
		struct finding *f = findings_add(out, "system.unit-off", false);
		finding_at(out, f, wanted[i], 0);
		finding_text(out, &f->found, "the unit is not enabled");
		finding_text(out, &f->what, "%s is not enabled", name);
		finding_text(out, &f->why,
			     "the view is not made anew when users and groups of this host change");
		finding_text(out, &f->mend, "systemctl enable --now %s", name);
	}
}

void look_system(const struct look *q)
{
	look_apparmor(q);
	look_units(q);
}
