#define _DEFAULT_SOURCE
#include "rbacctl/host/sudoers_file.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char blanks[] = " \t\r\n";

void sudoers_first_file(char path[SUDOERS_PATH])
{
	static const char option[] = "sudoers_file=";
	char *text = NULL;
	size_t size = 0;
	FILE *conf = fopen("/etc/sudo.conf", "re");

	snprintf(path, SUDOERS_PATH, "/etc/sudoers");
	while (conf && getline(&text, &size, conf) >= 0) {
		char *rest = text, *word;
		bool policy = (word = strsep(&rest, blanks)) && strcmp(word, "Plugin") == 0;
		while (policy && (word = strsep(&rest, blanks)))
			if (strncmp(word, option, strlen(option)) == 0)
				snprintf(path, SUDOERS_PATH, "%s", word + strlen(option));
	}
	if (conf)
		fclose(conf);
	free(text);
}

/* ---- lines ---- */

static bool is_read(const char *name)
{
	return !strchr(name, '.') && name[strlen(name) - 1] != '~';
}

/* NAME with the host's short name in the place of %h. */
static void with_host(const char *name, char *out, size_t size)
{
	const char *at = strstr(name, "%h");
	char host[300] = "";

	gethostname(host, sizeof host - 1);
	host[strcspn(host, ".")] = 0;
	snprintf(out, size, "%.*s%s%s", at ? (int)(at - name) : (int)strlen(name), name,
		 at ? host : "", at ? at + 2 : "");
}

bool sudoers_include(struct included *r, const char *at, char *text)
{
	char path[SUDOERS_PATH], name[SUDOERS_PATH], *word = text + 1, *to;

	if (*text != '@' && *text != '#')
		return false;
	size_t len = strcspn(word, blanks);
	bool folder = len == 10 && strncmp(word, "includedir", len) == 0;
	if (!folder && !(len == 7 && strncmp(word, "include", len) == 0))
		return false;
	to = word + len + strspn(word + len, " \t\"");
	to[strcspn(to, "\"\n")] = 0;
	with_host(to, name, sizeof name);
	const char *slash = *name == '/' ? NULL : strrchr(at, '/');
	snprintf(path, sizeof path, "%.*s%.2000s%s", slash ? (int)(slash - at + 1) : 0, at, name,
		 folder ? "/*" : "");
	included_add(r, path, folder ? is_read : NULL);
	return true;
}

void sudoers_uncomment(char *text)
{
	bool quoted = false;

	for (char *p = text; *p; p++) {
		if (*p == '\\' && p[1])
			p++;
		else if (*p == '"')
			quoted = !quoted;
		else if (*p == '#' && !quoted && !isdigit((unsigned char)p[1]))
			*p = 0;
		if (!*p)
			return;
	}
}

/* ---- a setting ---- */

static bool is_name(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* Has the line TEXT the setting NAME, of LEN bytes, with "!" before it as NEGATED says? */
static bool has(const char *text, const char *name, size_t len, bool negated)
{
	for (const char *p = text; (p = strstr(p, name)); p += len) {
		bool no = false;
		if ((p > text && is_name(p[-1])) || is_name(p[len]))
			continue;
		for (const char *q = p; q > text && strchr("! \t", q[-1]); q--)
			no ^= q[-1] == '!';
		if (no == negated)
			return true;
	}
	return false;
}

bool sudoers_find(const char *path, const char *setting, const char *scope, char file[SUDOERS_PATH],
		  unsigned *line)
{
	char name[100];
	bool negated = *setting == '!', scoped = false;
	struct included r;
	struct included_file *at;
	char *text;

	snprintf(name, sizeof name, "%.*s", (int)strcspn(setting + negated, "=+-"),
		 setting + negated);
	*line = 0;
	included_begin(&r, path);
	while ((text = included_next(&r, &at))) {
		text += strspn(text, blanks);
		if (sudoers_include(&r, at->path, text))
			continue;
		sudoers_uncomment(text);
		bool in_scope = *scope && strstr(text, scope);
		if (!has(text, name, strlen(name), negated) || (scoped && !in_scope))
			continue;
		scoped |= in_scope;
		snprintf(file, SUDOERS_PATH, "%s", at->path);
		*line = at->line;
	}
	included_end(&r);
	return *line > 0;
}
