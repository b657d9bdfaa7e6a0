#define _GNU_SOURCE
#include "rbacctl/host/unit_file.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rbacctl/buf.h"

static const char blanks[] = " \t\r\n";

const char *const unit_folders[] = { "/etc/systemd/system",           "/run/systemd/system",
				     "/usr/local/lib/systemd/system", "/usr/lib/systemd/system",
				     "/lib/systemd/system",           NULL };

static char *trimmed(char *text)
{
	text += strspn(text, blanks);
	size_t len = strlen(text);
	while (len > 0 && strchr(blanks, text[len - 1]))
		len--;
	text[len] = 0;
	return text;
}

struct reading {
	struct unit_line l;
	char section[80];
	unit_line_fn *fn;
	void *ctx;
};

/* TEXT is a whole line, which began at line R->l.line. */
static void whole_line(struct reading *r, char *text)
{
	text = trimmed(text);
	char *eq = strchr(text, '=');

	if (*text == '[') {
		snprintf(r->section, sizeof r->section, "%.*s", (int)strcspn(text + 1, "]"),
			 text + 1);
	} else if (eq && *text != '#' && *text != ';') {
		*eq = 0;
		r->l.section = r->section;
		r->l.key = trimmed(text);
		r->l.value = trimmed(eq + 1);
		r->fn(r->ctx, &r->l);
	}
}

static void read_file(const char *path, unit_line_fn *fn, void *ctx)
{
	struct reading r = { .l = { .file = path }, .fn = fn, .ctx = ctx };
	FILE *file = fopen(path, "re");
	char *text = NULL;
	size_t size = 0;
	unsigned n = 0;
	struct buf line = { 0 };

	for (ssize_t len; file && (len = getline(&text, &size, file)) >= 0;) {
		n++;
		if (len && text[len - 1] == '\n')
			text[--len] = 0;
		bool goes_on = len && text[len - 1] == '\\';
		bool comment = text[strspn(text, blanks)] == '#' ||
			       text[strspn(text, blanks)] == ';';
		if (!line.len)
			r.l.line = n;
		else if (comment)
			continue; /* within a line that goes on */
		if (goes_on && !comment)
			text[len - 1] = ' ';
		buf_printf(&line, "%s", text);
		if ((goes_on && !comment) || line.failed)
			continue;
		if (line.len)
			whole_line(&r, (char *)line.p);
		buf_reset(&line);
	}
	if (line.len && !line.failed)
		whole_line(&r, (char *)line.p);
	if (file)
		fclose(file);
	free(text);
	buf_free(&line);
}

static const char *base_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static int by_base(const void *a, const void *b)
{
	return strcmp(base_of(*(char *const *)a), base_of(*(char *const *)b));
}

/* The drop-ins, by their names; of two with one name the folder counts that comes first. */
static void read_drop_ins(const char *name, unit_line_fn *fn, void *ctx)
{
	char **paths = NULL;
	size_t n = 0, cap = 0;
	char pattern[400];

	for (size_t i = 0; unit_folders[i]; i++) {
		glob_t found;
		snprintf(pattern, sizeof pattern, "%s/%.200s.d/*.conf", unit_folders[i], name);
		if (glob(pattern, 0, NULL, &found))
			continue;
		size_t before = n;
		for (size_t j = 0; j < found.gl_pathc; j++) {
			bool has = false;
			for (size_t k = 0; k < before && !has; k++)
				has = strcmp(base_of(paths[k]), base_of(found.gl_pathv[j])) == 0;
			char *copy = has ? NULL : strdup(found.gl_pathv[j]);
			if (copy && buf_room(&paths, n, &cap, sizeof *paths))
				paths[n++] = copy;
			else
				free(copy);
		}
		globfree(&found);
	}
	if (n)
		qsort(paths, n, sizeof *paths, by_base);
	for (size_t i = 0; i < n; i++) {
		read_file(paths[i], fn, ctx);
		free(paths[i]);
	}
	free(paths);
}

/* The file of the unit NAME. False: none. */
static bool file_of(const char *name, char *path, size_t size)
{
	for (size_t i = 0; unit_folders[i]; i++) {
		snprintf(path, size, "%s/%.200s", unit_folders[i], name);
		if (access(path, F_OK) == 0)
			return true;
	}
	return false;
}

bool unit_is_masked(const char *name)
{
	char path[400], target[400];

	if (!file_of(name, path, sizeof path))
		return false;
	ssize_t len = readlink(path, target, sizeof target - 1);
	target[len > 0 ? len : 0] = 0;
	return strcmp(target, "/dev/null") == 0;
}

bool unit_each_line(const char *name, unit_line_fn *fn, void *ctx)
{
	char path[400];

	if (!file_of(name, path, sizeof path) || unit_is_masked(name))
		return false;
	read_file(path, fn, ctx);
	read_drop_ins(name, fn, ctx);
	return true;
}

bool unit_is_enabled(const char *name)
{
	const char *at = strstr(name, "@.");
	char pattern[400];
	bool yes = false;

	for (size_t i = 0; unit_folders[i] && !yes; i++) {
		glob_t found;
		snprintf(pattern, sizeof pattern, "%s/*.[wr]*s/%.*s%s%.100s", unit_folders[i],
			 at ? (int)(at - name + 1) : 100, name, at ? "*" : "", at ? at + 1 : "");
		if (glob(pattern, 0, NULL, &found))
			continue;
		for (size_t j = 0; j < found.gl_pathc && !yes; j++)
			yes = access(found.gl_pathv[j], F_OK) == 0 ||
			      file_of(name, pattern, sizeof pattern);
		globfree(&found);
	}
	return yes;
}

/* "int" of "/etc/systemd/system/multi-user.target.wants/sshd@int.service"; empty: there is none. */
static void instance_of(const char *path, char *instance, size_t size)
{
	const char *at = strrchr(path, '@'), *dot = at ? strrchr(at, '.') : NULL;

	snprintf(instance, size, "%.*s", dot ? (int)(dot - at - 1) : 0, dot ? at + 1 : "");
}

void unit_each_instance(const char *name, unit_instance_fn *fn, void *ctx)
{
	const char *at = strstr(name, "@.");
	char pattern[400], instance[200];

	for (size_t i = 0; unit_folders[i] && at; i++) {
		glob_t found;
		snprintf(pattern, sizeof pattern, "%s/*.[wr]*s/%.*s?*%.100s", unit_folders[i],
			 (int)(at - name + 1), name, at + 1);
		if (glob(pattern, 0, NULL, &found))
			continue;
		for (size_t j = 0; j < found.gl_pathc; j++) {
			instance_of(found.gl_pathv[j], instance, sizeof instance);
			if (*instance)
				fn(ctx, name, instance);
		}
		globfree(&found);
	}
}
