/* The units of systemd that keep the view as it should be. */
#define _GNU_SOURCE
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/error.h"
#include "rbacctl/command.h"
#include "rbacctl/host/doctor/look.h"
#include "rbacctl/host/program.h"
#include "rbacctl/host/unit_file.h"

enum { SECONDS = 10 };
static const char systemctl[] = "/usr/bin/systemctl";

/* Those that publish should be enabled. */
static void look_enabled(const struct look *q)
{
	static const char *const wanted[] = { "rbac-publish.path", "rbac-publish.service" };
	struct findings *out = q->out;

	for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
		const char *name = wanted[i];
		bool masked = unit_is_masked(name);
		if (!masked && unit_is_enabled(name))
			continue;
		struct finding *f = findings_add(out, "system.unit-off", false);
		char file[300];
		snprintf(file, sizeof file, "/etc/systemd/system/%s", name);
		finding_at(out, f, file, 0);
		finding_text(out, &f->found, "the unit is %s", masked ? "masked" : "not enabled");
		finding_text(out, &f->what, "%s is %s", name, masked ? "masked" : "not enabled");
		finding_text(
			out, &f->why,
			"the view is not compiled again when users and groups of this host change");
		finding_text(out, &f->mend, "%s%s%ssystemctl enable --now %s",
			     masked ? "systemctl unmask " : "", masked ? name : "",
			     masked ? "; " : "", name);
	}
}

/* What systemd says of one unit. */
struct unit {
	char name[100], active[40], result[40], enabled[40], file[300];
};

static void look_at(const struct look *q, const struct unit *u)
{
	struct findings *out = q->out;
	bool failed = strcmp(u->active, "failed") == 0;
	const char *dot = strrchr(u->name, '.');
	/* A service of these runs now and then; what begins it has to wait for that. */
	bool stopped = strcmp(u->active, "inactive") == 0 && strcmp(u->enabled, "enabled") == 0 &&
		       dot && strcmp(dot, ".service") != 0;

	if (!failed && !stopped)
		return;
	struct finding *f = findings_add(out, failed ? "system.unit-failed" : "system.unit-stopped",
					 true);
	finding_at(out, f, u->file, 0);
	finding_append(out, &f->subjects, "%s", u->name);
	finding_text(out, &f->found, "%s", failed ? u->result : u->active);
	finding_text(out, &f->what, failed ? "%s has failed" : "%s is enabled, and does not run",
		     u->name);
	finding_text(
		out, &f->why, "%s",
		strstr(u->name, "publish")
			? "the view is not compiled again when users and groups of this host change"
			: "what it is for is not done");
	finding_text(out, &f->mend, failed ? "%s; why: %s" : "%s",
		     COMMAND("systemctl restart %s", u->name),
		     COMMAND("systemctl status %s", u->name));
}

/* KEY=VALUE lines, a blank line between units. */
static void look_answer(const struct look *q, char *said)
{
	struct unit u = { "", "", "", "", "" };
	char *line;

	while ((line = strsep(&said, "\n"))) {
		const struct {
			const char *key;
			char *to;
			size_t size;
		} keys[] = {
			{ "Id=", u.name, sizeof u.name },
			{ "ActiveState=", u.active, sizeof u.active },
			{ "Result=", u.result, sizeof u.result },
			{ "UnitFileState=", u.enabled, sizeof u.enabled },
			{ "FragmentPath=", u.file, sizeof u.file },
		};
		for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
			if (strncmp(line, keys[i].key, strlen(keys[i].key)) == 0)
				snprintf(keys[i].to, keys[i].size, "%s",
					 line + strlen(keys[i].key));
		if (!*line && *u.name) {
			look_at(q, &u);
			u = (struct unit){ "", "", "", "", "" };
		}
	}
	if (*u.name)
		look_at(q, &u);
}

static bool is_listed(const char *const *v, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(v[i], name) == 0)
			return true;
	return false;
}

/* How the units of ours are, by systemd itself. */
static void look_running(const struct look *q)
{
	enum { WORDS = 3 };
	static const char properties[] =
		"--property=Id,ActiveState,Result,UnitFileState,FragmentPath";
	const char **argv;
	struct findings *out = q->out;
	struct buf said = { 0 };
	size_t n = 0;
	int status;
	glob_t found = { 0 };

	if (access(systemctl, X_OK))
		return;
	for (size_t i = 0; unit_folders[i]; i++) {
		char pattern[300];
		snprintf(pattern, sizeof pattern, "%s/rbac*.[pst]*", unit_folders[i]);
		(void)glob(pattern, i ? GLOB_APPEND : 0, NULL, &found);
	}
	argv = calloc(WORDS + found.gl_pathc + 1, sizeof *argv);
	if (!argv) {
		out->failed = true;
		globfree(&found);
		return;
	}
	argv[n++] = systemctl;
	argv[n++] = "show";
	argv[n++] = properties;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		const char *name = strrchr(found.gl_pathv[i], '/') + 1;
		if (!strchr(name, '@') && !strstr(name, ".d") && !is_listed(argv, n, name))
			argv[n++] = name;
	}
	if (n > WORDS && program_run(argv, SECONDS, &said, &status) == RBAC_OK) {
		char *copy = strdup(buf_text(&said));
		if (status != 0)
			finding_append(out, &out->skipped, "system: systemctl says: %.*s",
				       (int)strcspn(buf_text(&said), "\n"), buf_text(&said));
		else if (copy)
			look_answer(q, copy);
		free(copy);
	}
	free(argv);
	globfree(&found);
	buf_free(&said);
}

void look_units(const struct look *q)
{
	if (access("/run/systemd/system", F_OK))
		return;
	finding_append(q->out, &q->out->checked, "system:units");
	look_enabled(q);
	look_running(q);
}
