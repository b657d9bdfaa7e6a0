#include "rbacctl/host/nss/nsswitch.h"

#include <errno.h>
#include <string.h>

#include "rbacctl/host/nss/nss_line.h"

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

static bool accepts(const struct accepted *x, const struct nss_line *l)
{
	for (size_t i = 0; i < l->n; i++)
		if (!is_one_of(x->sources, l->v[i].name, strlen(l->v[i].name)))
			return false;
	return x->actions || !strchr(l->text, '[');
}

/* False: the file cannot be read, errno says why. */
static bool read_lines(const char *database, const struct accepted *x, struct said *said)
{
	struct nss_line l;
	bool read = nss_line_read(nsswitch_conf, database, &l);
	int cause = errno;

	*said = (struct said){ .lines = l.lines, .accepted = l.lines && accepts(x, &l) };
	nss_line_free(&l);
	errno = cause;
	return read;
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
