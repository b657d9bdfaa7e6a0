#define _GNU_SOURCE
#include "rbacctl/host/sshd/daemons.h"

#include <dirent.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rbacctl/buf.h"
#include "rbacctl/host/file_has.h"
#include "rbacctl/host/sessions/session_process.h"
#include "rbacctl/host/sshd/command.h"
#include "rbacctl/host/unit_file.h"

/* ---- units ---- */

/* A unit that is read. INSTANCE: of a template, what is put in the place of %i; NULL: none. */
struct unit_read {
	struct sshd_command c;
	const char *instance;
};

/* TEXT with the instance in it: systemd.unit(5), "Specifiers". */
static void specify(const char *text, const char *instance, struct buf *out)
{
	for (const char *p = text; *p; p++) {
		bool is = *p == '%' && p[1];
		if (is && p[1] == '%')
			buf_printf(out, "%%");
		else if (is && (p[1] == 'i' || p[1] == 'I') && instance)
			buf_printf(out, "%s", instance);
		else
			buf_printf(out, is ? "%%%c" : "%c", is ? p[1] : *p);
		p += is;
	}
}

static void on_setting(void *ctx, const struct unit_line *l)
{
	struct unit_read *u = ctx;
	struct buf value = { 0 };

	if (strcmp(l->section, "Service") != 0)
		return;
	specify(l->value, u->instance, &value);
	if (strcmp(l->key, "ExecStart") == 0)
		sshd_command_line(&u->c, buf_text(&value), l->file, l->line);
	else if (strcmp(l->key, "EnvironmentFile") == 0)
		sshd_command_variables_of(&u->c, buf_text(&value));
	else if (strcmp(l->key, "Environment") == 0)
		sshd_command_variables(&u->c, buf_text(&value), l->file, l->line);
	buf_free(&value);
}

static bool is_same(const struct sshd_daemon *a, const struct sshd_daemon *b)
{
	if (a->n != b->n || strcmp(a->program, b->program) != 0)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (strcmp(a->v[i].text, b->v[i].text) != 0)
			return false;
	return true;
}

static void daemon_free(struct sshd_daemon *d)
{
	for (size_t i = 0; i < d->n; i++) {
		free(d->v[i].text);
		free(d->v[i].file);
	}
	free(d->v);
	d->v = NULL;
	d->n = d->cap = 0;
}

/* D, whose words become those of ALL, where no other is the same. */
static void keep_new(struct sshd_daemons *all, struct sshd_daemon *d)
{
	bool known = false;

	for (size_t i = 0; i < all->n && !known; i++)
		known = is_same(&all->v[i], d);
	if (!known && all->n < SSHD_DAEMONS) {
		all->v[all->n++] = *d;
		return;
	}
	all->more |= !known;
	daemon_free(d);
}

/* The unit NAME, or INSTANCE of that template, starts sshd. */
static void add_unit(void *ctx, const char *name, const char *instance)
{
	struct sshd_daemons *all = ctx;
	struct unit_read u = { .instance = instance };
	struct sshd_daemon d = { .config = SSHD_CONFIG };
	const char *at = instance ? strchr(name, '@') : NULL;

	if (unit_each_line(name, on_setting, &u) && sshd_command_options(&u.c, &d)) {
		snprintf(d.called, sizeof d.called, "%.*s%s%s", at ? (int)(at - name + 1) : 200,
			 name, at ? instance : "", at ? at + 1 : "");
		keep_new(all, &d);
	} else {
		daemon_free(&d);
	}
	sshd_command_free(&u.c);
}

/* "ssh@.service" is begun by ssh.socket, and so may ssh.service be. */
static bool is_begun_by_socket(const char *name)
{
	char socket[300];

	snprintf(socket, sizeof socket, "%.*s.socket", (int)strcspn(name, "@."), name);
	return !unit_is_masked(socket) && unit_is_enabled(socket);
}

/* The unit NAME, which names sshd, where something begins it. */
static void add_begun(struct sshd_daemons *all, const char *name)
{
	bool template = strstr(name, "@.") != NULL;

	if (template)
		unit_each_instance(name, add_unit, all);
	if ((!template && unit_is_enabled(name)) || is_begun_by_socket(name))
		add_unit(all, name, NULL);
}

static bool names_sshd(const char *path)
{
	FILE *f = fopen(path, "re");
	bool yes = f && file_has(f, "/sshd");

	if (f)
		fclose(f);
	return yes;
}

static void add_units(struct sshd_daemons *all)
{
	for (size_t i = 0; unit_folders[i]; i++) {
		char pattern[300];
		glob_t found;
		snprintf(pattern, sizeof pattern, "%s/*.service", unit_folders[i]);
		if (glob(pattern, 0, NULL, &found))
			continue;
		for (size_t j = 0; j < found.gl_pathc; j++) {
			const char *name = strrchr(found.gl_pathv[j], '/') + 1;
			if (names_sshd(found.gl_pathv[j]))
				add_begun(all, name);
		}
		globfree(&found);
	}
}

/* ---- processes ---- */

/* Everybody can give a process of theirs the name and the words of a daemon. */
static bool is_roots(const char *pid)
{
	static const struct session_places places = { .proc = "/proc" };
	const struct session_owners nobody = { .n_uids = 0 };
	struct process p;

	return session_process_glance(&places, &nobody, (pid_t)strtol(pid, NULL, 10), &p) &&
	       p.uid == 0;
}

/* The process sees the same files: it is in no container. */
static bool is_of_this_host(const char *pid)
{
	char path[300];
	struct stat here, there;

	snprintf(path, sizeof path, "/proc/%.200s/root", pid);
	return stat(path, &there) == 0 && stat("/", &here) == 0 && here.st_dev == there.st_dev &&
	       here.st_ino == there.st_ino;
}

/* The listener calls itself "sshd: /usr/sbin/sshd -f FILE [listener] 0 of 10-100 startups"; before
 * OpenSSH 8.3 its words are what they were. False: another process. */
static bool command_of(const char *pid, char *text, size_t size)
{
	char path[300];
	snprintf(path, sizeof path, "/proc/%.200s/cmdline", pid);
	FILE *f = fopen(path, "re");
	size_t len = f ? fread(text, 1, size - 1, f) : 0;

	if (f)
		fclose(f);
	while (len > 0 && !text[len - 1])
		len--;
	text[len] = 0;
	for (size_t i = 0; i < len; i++)
		if (!text[i])
			text[i] = ' ';
	char *end = strstr(text, " [listener]"), *begin = text;
	if (strncmp(text, "sshd: ", 6) == 0) {
		if (!end)
			return false;
		begin += 6;
	}
	if (end)
		*end = 0;
	memmove(text, begin, strlen(begin) + 1);
	return *text == '/';
}

static void add_processes(struct sshd_daemons *all)
{
	DIR *proc = opendir("/proc");
	const struct dirent *e;

	while (proc && (e = readdir(proc))) {
		char text[4096];
		struct sshd_command c = { .n_variables = 0 };
		struct sshd_daemon d = { .config = SSHD_CONFIG };
		if (e->d_name[0] < '1' || e->d_name[0] > '9' ||
		    !command_of(e->d_name, text, sizeof text) || !strstr(text, "/sshd") ||
		    !is_roots(e->d_name) || !is_of_this_host(e->d_name))
			continue;
		sshd_command_line(&c, text, NULL, 0);
		if (sshd_command_options(&c, &d)) {
			snprintf(d.called, sizeof d.called, "process %.200s", e->d_name);
			keep_new(all, &d);
		} else {
			daemon_free(&d);
		}
		sshd_command_free(&c);
	}
	if (proc)
		closedir(proc);
}

/* ---- all ---- */

/* The units of Debian and of others. */
static const char *const usual[] = { "ssh", "sshd" };

/* Where nothing is begun: a host that is not started yet, or is started by hand. */
static void add_usual(struct sshd_daemons *all)
{
	struct sshd_command c = { .n_variables = 0 };

	for (size_t i = 0; i < sizeof usual / sizeof *usual && !all->n; i++) {
		char name[40];
		snprintf(name, sizeof name, "%s.service", usual[i]);
		add_unit(all, name, NULL);
	}
	if (all->n)
		return;
	all->v[0] = (struct sshd_daemon){ .config = SSHD_CONFIG };
	sshd_command_variables_of(&c, "/etc/default/ssh");
	sshd_command_variables_of(&c, "/etc/sysconfig/sshd");
	sshd_command_line(&c, SSHD_PROGRAM " $SSHD_OPTS $OPTIONS", NULL, 0);
	sshd_command_options(&c, &all->v[0]);
	all->n = 1;
	sshd_command_free(&c);
}

static bool is_usual(const struct sshd_daemon *d)
{
	size_t len = strcspn(d->called, ".");

	for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
		if (strlen(usual[i]) == len && strncmp(d->called, usual[i], len) == 0)
			return true;
	return false;
}

void sshd_daemons_find(struct sshd_daemons *all)
{
	all->n = 0;
	all->more = false;
	add_units(all);
	add_processes(all);
	if (!all->n)
		add_usual(all);
	for (size_t i = 1; i < all->n; i++)
		if (is_usual(&all->v[i]) && !is_usual(&all->v[0])) {
			struct sshd_daemon first = all->v[0];
			all->v[0] = all->v[i];
			all->v[i] = first;
		}
}

void sshd_daemons_free(struct sshd_daemons *all)
{
	for (size_t i = 0; i < all->n; i++)
		daemon_free(&all->v[i]);
	all->n = 0;
}
