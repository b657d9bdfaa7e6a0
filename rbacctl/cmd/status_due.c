/* The rows of status on what `due` has found: uses of an exemption, and who could not be told. */
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "rbacctl/change/due/exempt.h"
#include "rbacctl/cmd/cmd.h"
#include "rbacctl/command.h"
#include "rbacctl/human_time.h"
#include "rbacctl/table.h"

enum { UNTOLD_SHOWN = 5 };

struct lines {
	const struct invocation *a;
	struct table *t;
	bool attention;
};

static void row(struct lines *r, const char *what, const char *text)
{
	r->attention = true;
	table_row(r->t, -1, (const char *[]){ what, text });
}

/* Of N rows, those beyond UNTOLD_SHOWN. */
static void more(struct lines *r, size_t n, const char *what)
{
	char text[100];

	if (n <= UNTOLD_SHOWN)
		return;
	snprintf(text, sizeof text, "%zu more %s", n - UNTOLD_SHOWN, what);
	row(r, "warn", text);
}

/* Uses of an exemption that nobody has acknowledged; as those that follow. */
static void unacknowledged(struct lines *r)
{
	struct exempt_uses l = { 0 };
	char text[COMMAND_MAX + 800], rel[64], id[24];

	bool known = geteuid() == 0 && exempt_open(r->a->store, &l) == RBAC_OK;
	for (size_t i = 0; known && i < l.n && i < UNTOLD_SHOWN; i++) {
		const struct store_use *u = &l.v[i];
		human_relative(u->when, r->a->now, rel, sizeof rel);
		snprintf(id, sizeof id, "%" PRIu64, u->id);
		snprintf(text, sizeof text,
			 "%.255s was let in by %.64s%s%.256s %s by an exemption alone; another "
			 "person: %s",
			 u->user, u->service, u->from[0] ? " from " : "", u->from, rel,
			 COMMAND("rbacctl review ack %s", id));
		row(r, "warn", text);
	}
	if (known)
		more(r, l.n, "let in by an exemption alone");
	exempt_uses_free(&l);
}

/* Whom `due` could not tell; the store is root's to read, and that it cannot be read is told
 * elsewhere. */
static void untold(struct lines *r)
{
	struct due_list l = { 0 };
	char text[1500];

	bool known = geteuid() == 0 && due_failed(r->a->store, &l) == RBAC_OK;
	for (size_t i = 0; known && i < l.n && i < UNTOLD_SHOWN; i++) {
		snprintf(text, sizeof text, "no notice to %s after %u tries: %.500s: %.500s",
			 l.v[i].person, l.v[i].tries, l.v[i].text, l.v[i].why);
		row(r, "warn", text);
	}
	if (known)
		more(r, l.n, "notices are not told");
	due_list_free(&l);
}

bool cmd_due_lines(const struct invocation *a, struct table *t)
{
	struct lines r = { .a = a, .t = t };

	untold(&r);
	unacknowledged(&r);
	return r.attention;
}
