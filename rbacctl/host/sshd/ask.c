#include "rbacctl/host/sshd/ask.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "common/error.h"
#include "rbacctl/host/program.h"

enum { SECONDS = 10 };

/* What is run. */
struct call {
	const char **argv;
	size_t argc;
};

bool sshd_is_there(void)
{
	return access(SSHD_PROGRAM, X_OK) == 0;
}

static int run(struct call *c, struct sshd_asked *a)
{
	c->argv[c->argc] = NULL;
	return program_run(c->argv, SECONDS, &a->said, &a->status);
}

/* A host that was never started has no host keys, who is not root cannot read them, and sshd -T
 * wants one. */
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

bool sshd_ask(const struct sshd_daemon *d, const char *connection, struct sshd_asked *a)
{
	enum { MORE = 2 + 2 + 2 + 1 }; /* the program and -T, -C, -h, the end */
	struct call c = { .argv = calloc(d->n + MORE, sizeof *c.argv) };

	*a = (struct sshd_asked){ .status = -1 };
	if (!c.argv)
		return false;
	c.argv[c.argc++] = SSHD_PROGRAM;
	c.argv[c.argc++] = "-T";
	for (size_t i = 0; i < d->n; i++)
		c.argv[c.argc++] = d->v[i].text;
	/* Where a block says "Match LocalPort", sshd -T wants a port. */
	c.argv[c.argc++] = "-C";
	c.argv[c.argc++] = connection ? connection : "lport=22";
	int err = run(&c, a);
	if (!err && a->status != 0 && strstr(buf_text(&a->said), "no hostkeys")) {
		buf_reset(&a->said);
		err = with_a_key(&c, a);
	}
	free(c.argv);
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
