#include "rbacctl/host/nsswitch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLANK " \t\n"

const char *nsswitch_conf = "/etc/nsswitch.conf";

/* Which lines a question accepts. */
struct accepted {
	const char *const *sources; /* NULL ends them */
	bool actions;               /* [STATUS=action] too */
};

/* What the file says of a database. */
struct said {
	size_t lines;
	bool accepted; /* the last of these lines is */
};

static bool is_one_of(const char *const *names, const char *name, size_t len)
{
	for (; *names; names++)
		if (strlen(*names) == len && memcmp(*names, name, len) == 0)
			return true;
	return false;
}

/* P: what follows "passwd:". */
static bool accepts(const struct accepted *x, const char *p)
{
	size_t len;

	for (p += strspn(p, BLANK); *p; p += len, p += strspn(p, BLANK)) {
		bool action = *p == '[';
		len = strcspn(p, action ? "]" : BLANK "[");
		if (action ? !x->actions : !is_one_of(x->sources, p, len))
			return false;
		len += action && p[len] == ']';
	}
	return true;
}

/* False: the file cannot be read, errno says why. */
static bool read_lines(const char *database, const struct accepted *x, struct said *said)
{
	char *line = NULL;
	size_t cap = 0;
	FILE *f = fopen(nsswitch_conf, "re");

	*said = (struct said){ 0 };
	if (!f)
		return false;
	while (getline(&line, &cap, f) > 0) {
		char *p = line + strspn(line, BLANK);
		p[strcspn(p, "#")] = 0;
		size_t n = strcspn(p, ":" BLANK);
		if (n != strlen(database) || memcmp(p, database, n) != 0)
			continue;
		p += n + strspn(p + n, BLANK);
		said->lines++;
		said->accepted = *p == ':' && accepts(x, p + 1);
	}
	free(line);
	fclose(f);
	return true;
}

bool nsswitch_lists_all(const char *database, const char *never)
{
	static const char *const lists_all[] = { "files", "systemd", "rbac", NULL };
	const struct accepted x = { lists_all, false };
	struct said said, other = { 0 };

	return read_lines(database, &x, &said) && said.lines == 1 && said.accepted &&
	       (!never || (read_lines(never, &x, &other) && other.lines == 0));
}

bool nsswitch_is_local(const char *database)
{
	static const char *const local[] = { "files", "systemd", "altfiles", "extrausers", NULL };
	const struct accepted x = { local, true };
	struct said said;

	if (!read_lines(database, &x, &said))
		return errno == ENOENT;
	return said.lines == 0 || said.accepted;
}
