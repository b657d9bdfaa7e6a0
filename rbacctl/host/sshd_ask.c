#include "rbacctl/host/sshd_ask.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "common/error.h"
#include "rbacctl/host/program.h"
#include "rbacctl/host/sshd_conf.h"

enum { SECONDS = 10, WORDS_MAX = 40 };
static const char sshd[] = "/usr/sbin/sshd", config[] = "/etc/ssh/sshd_config";

/* The files of which the unit takes options, and their variable. */
static const struct {
	const char *file, *variable;
} units[] = {
	{ "/etc/default/ssh", "SSHD_OPTS=" },
	{ "/etc/sysconfig/sshd", "OPTIONS=" },
};

/* What is run. */
struct call {
	const char *argv[WORDS_MAX + 8];
	int argc;
	char *text; /* that the words are in */
};

bool sshd_is_there(void)
{
	return access(sshd, X_OK) == 0;
}

static void word(struct call *c, const char *w)
{
	if (c->argc < WORDS_MAX)
		c->argv[c->argc++] = w;
}

/* The options in the unit's file, if it has any: systemd.exec(5), EnvironmentFile. */
static void unit_options(struct call *c, struct sshd_asked *a)
{
	char line[4000], *value = NULL;

	for (size_t i = 0; i < sizeof units / sizeof *units && !value; i++) {
		FILE *f = fopen(units[i].file, "re");
		while (f && fgets(line, sizeof line, f)) {
			size_t len = strlen(units[i].variable);
			if (strncmp(line, units[i].variable, len) != 0)
				continue;
			free(value);
			value = strdup(line + len);
			snprintf(a->options, sizeof a->options, "%s: %.*s", units[i].file,
				 (int)strcspn(line + len, "\n"), line + len);
		}
		if (f)
			fclose(f);
	}
	c->text = value;
	size_t len = value ? strcspn(value, "\n") : 0;
	if (value)
		value[len] = 0;
	if (len > 1 && (*value == '"' || *value == '\'') && value[len - 1] == *value) {
		value[len - 1] = 0;
		value++;
	}
	for (char *w; value && (w = sshd_conf_word(&value));) {
		if (strcmp(w, "-D") == 0 || strcmp(w, "-e") == 0 || strchr(w, '$'))
			continue; /* of no account; a variable of the unit's */
		word(c, w);
		if (c->argc > 1 && strcmp(c->argv[c->argc - 2], "-f") == 0)
			snprintf(a->config, sizeof a->config, "%s", w);
	}
}

static int run(struct call *c, struct sshd_asked *a)
{
	c->argv[c->argc] = NULL;
	return program_run(c->argv, SECONDS, &a->said, &a->status);
}

/* A host that was never started has no host keys, and sshd -T wants one. */
static int with_a_key(struct call *c, struct sshd_asked *a)
{
	char folder[] = "/tmp/rbac-sshd.XXXXXX", key[64], public_key[80];
	struct buf lost = { 0 };

	if (!mkdtemp(folder))
		return RBAC_SYSTEM;
	snprintf(key, sizeof key, "%s/key", folder);
	snprintf(public_key, sizeof public_key, "%s/key.pub", folder);
	int err = program_run((const char *const[]){ "/usr/bin/ssh-keygen", "-q", "-t", "ed25519",
						     "-N", "", "-f", key, NULL },
			      SECONDS, &lost, &a->status);
	c->argv[c->argc++] = "-h";
	c->argv[c->argc++] = key;
	if (!err)
		err = run(c, a);
	unlink(key);
	unlink(public_key);
	rmdir(folder);
	buf_free(&lost);
	return err;
}

bool sshd_ask(const char *connection, struct sshd_asked *a)
{
	struct call c = { .argv = { sshd, "-T" }, .argc = 2 };

	*a = (struct sshd_asked){ .status = -1 };
	snprintf(a->config, sizeof a->config, "%s", config);
	unit_options(&c, a);
	if (connection) {
		c.argv[c.argc++] = "-C";
		c.argv[c.argc++] = connection;
	}
	int err = run(&c, a);
	if (!err && a->status != 0 && strstr(buf_text(&a->said), "no hostkeys")) {
		buf_reset(&a->said);
		err = with_a_key(&c, a);
	}
	free(c.text);
	return !err;
}

void sshd_asked_free(struct sshd_asked *a)
{
	buf_free(&a->said);
}

bool sshd_next_value(const struct sshd_asked *a, const char *setting, const char **from,
		     char *value, size_t size)
{
	const char *p = *from ? *from : buf_text(&a->said);
	size_t len = strlen(setting);

	while (*p) {
		size_t end = strcspn(p, "\n");
		bool is = strncasecmp(p, setting, len) == 0 && p[len] == ' ';
		if (is)
			snprintf(value, size, "%.*s", (int)(end - len - 1), p + len + 1);
		p += end + (p[end] == '\n');
		*from = p;
		if (is)
			return true;
	}
	return false;
}

bool sshd_matches(const char *name, const char *pattern)
{
	const char *star = NULL, *again = NULL;

	while (*name) {
		if (*pattern == '*') {
			star = ++pattern;
			again = name;
		} else if (*pattern == '?' || *pattern == *name) {
			pattern++;
			name++;
		} else if (star) {
			pattern = star;
			name = ++again;
		} else {
			return false;
		}
	}
	pattern += strspn(pattern, "*");
	return !*pattern;
}
