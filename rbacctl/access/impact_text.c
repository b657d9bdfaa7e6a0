/* An impact in lines for people. */
#include "rbacctl/access/impact_parts.h"

#include <string.h>

#include "common/error.h"
#include "rbacctl/command.h"
#include "rbacctl/human_time.h"

enum { NAMES = 8 }; /* that are written out of each list */

static void add_names(const struct impact_names *n, struct buf *out)
{
	const char *name, *scope;
	size_t at = 0, said = 0;
	while (said < NAMES && impact_next_name(n, &at, &name, &scope)) {
		bool below = strncmp(scope, "below ", 6) == 0;
		buf_printf(out, "%s%s%s%s", said ? ", " : "", name,
			   below    ? " "
			   : *scope ? " at "
				    : "",
			   scope);
		said++;
	}
	if (n->n > said)
		buf_printf(out, ", ...");
}

/* "a, b, c and 12 more" of a list that is parted by commas. */
static void add_list(const char *list, struct buf *out)
{
	const char *p = list;
	size_t more = 1;
	for (int i = 0; i < NAMES && p; i++)
		p = strstr(i ? p + 2 : p, ", ");
	if (!p) {
		buf_printf(out, "%s", list);
		return;
	}
	for (const char *q = p; (q = strstr(q + 2, ", "));)
		more++;
	buf_printf(out, "%.*s and %zu more", (int)(p - list), list, more);
}

/* What happens to how many: "lose", "loses". */
static const char *verb(const struct impact_line *l, bool one)
{
	if (l->kind == IMPACT_TIMES)
		return one ? "keeps" : "keep";
	if (l->gain)
		return one ? "gains" : "gain";
	return one ? "loses" : "lose";
}

static void add_what(const struct impact_line *l, struct buf *out)
{
	if (l->kind == IMPACT_GROUP)
		buf_printf(out, "group ");
	if (l->kind == IMPACT_KEYS)
		buf_printf(out, "key%s ", strchr(l->what, ',') ? "s" : "");
	add_list(l->what, out);
	if (l->kind == IMPACT_TIMES)
		buf_printf(out, " at other times or places");
}

/* Behind the names: by which rule and when, which gid. */
static void add_conditions(const struct impact_line *l, struct buf *out)
{
	if (l->kind == IMPACT_TIMES)
		buf_printf(out, ": %s, before %s", *l->when ? l->when : "always",
			   *l->was ? l->was : "always");
	if (l->kind == IMPACT_LOGIN && l->gain && *l->rule)
		buf_printf(out, "%s%s", strcmp(l->rule, "exempt") == 0 ? ", " : " by ", l->rule);
	if (l->kind == IMPACT_LOGIN && l->gain && *l->when)
		buf_printf(out, ", %s", l->when);
	if (l->kind == IMPACT_GROUP)
		buf_printf(out, ", gid %u", l->number);
}

static void add_instant(const struct impact_line *l, int64_t now, struct buf *out)
{
	char at[64];
	if (l->at == RBAC_TIME_MIN)
		return;
	human_instant(l->at, now, at, sizeof at);
	buf_printf(out, "from %s on, ", at);
}

/* What happens to users, to the members of groups, or to both. */
static void add_subjects(const struct impact_line *l, struct buf *out)
{
	if (l->users.n) {
		buf_printf(out, "%zu user%s %s ", l->users.n, l->users.n == 1 ? "" : "s",
			   verb(l, l->users.n == 1));
		add_what(l, out);
		buf_printf(out, " (");
		add_names(&l->users, out);
		buf_printf(out, ")%s", l->groups.n ? " and the members of " : "");
		add_names(&l->groups, out);
	} else {
		buf_printf(out, "the members of ");
		add_names(&l->groups, out);
		buf_printf(out, " %s ", verb(l, false));
		add_what(l, out);
	}
	add_conditions(l, out);
}

/* Whose later instants are not all looked at. */
static void add_later(const struct impact_line *l, struct buf *out)
{
	add_names(&l->users, out);
	buf_printf(out, "%s", l->users.n && l->groups.n ? " and the members of " : "");
	buf_printf(out, "%s", !l->users.n ? "the members of " : "");
	add_names(&l->groups, out);
	buf_printf(out, ": only the first %d later instants are shown; more may begin or end: %s",
		   IMPACT_INSTANTS, COMMAND("rbacctl list assignments"));
}

static void add_line(const struct impact_line *l, int64_t now, struct buf *out)
{
	buf_printf(out, "effect: ");
	add_instant(l, now, out);
	if (l->kind == IMPACT_ANYONE)
		buf_printf(out, "everybody else %s %s (%s, anyone)", verb(l, true), l->what,
			   l->rule);
	else if (l->kind == IMPACT_ROLE_GROUP)
		buf_printf(out, "group %s, gid %u, %s", l->what, l->number,
			   l->gain ? "appears on this host" : "disappears from this host");
	else if (l->kind == IMPACT_LATER)
		add_later(l, out);
	else if (l->kind == IMPACT_MINIMUM)
		buf_printf(out, "%s has %u holder%s, and min is %u (%s)", l->what, l->number,
			   l->number == 1 ? "" : "s", l->limit, l->rule);
	else
		add_subjects(l, out);
	buf_printf(out, "\n");
}

/* ---- administrators ---- */

static bool is_name(const void *ctx, uint32_t number, const void *key)
{
	return strcmp((const char *)((const struct impact_names *)ctx)->text.p + number, key) == 0;
}

/* "; WORDS: " and the names of A that B has not. */
static int add_missing(const char *words, const struct impact_names *a,
		       const struct impact_names *b, struct buf *out)
{
	struct impact_names missing = { .n = 0 };
	struct lookup of_b = { 0 };
	const char *name, *scope;
	size_t at = 0, place = 0;
	int err = RBAC_OK;
	for (; !err && impact_next_name(b, &at, &name, &scope); place = at)
		err = lookup_add(&of_b, lookup_hash_text(LOOKUP_SEED, name), (uint32_t)place);
	for (at = 0; !err && impact_next_name(a, &at, &name, &scope);)
		if (lookup_find(&of_b, lookup_hash_text(LOOKUP_SEED, name), is_name, b, name) ==
		    LOOKUP_NONE)
			impact_add_name(&missing, name, scope);
	if (missing.n)
		buf_printf(out, "; %s: ", words);
	add_names(&missing, out);
	out->failed |= missing.text.failed;
	buf_free(&missing.text);
	lookup_free(&of_b);
	return err;
}

/* More than are written out: how many, and who is one now or is none any more. */
static void add_changed(const struct impact *i, struct buf *out)
{
	buf_printf(out, "%zu -> %zu", i->admins_before.n, i->admins.n);
	if (add_missing("new", &i->admins, &i->admins_before, out) ||
	    add_missing("no longer", &i->admins_before, &i->admins, out))
		out->failed = true;
	buf_printf(out, "\n");
}

static void add_administrators(const struct impact *i, struct buf *out)
{
	struct buf before = { 0 }, after = { 0 };
	add_names(&i->admins_before, &before);
	add_names(&i->admins, &after);
	buf_printf(out, "administrators ");
	if (i->admins_changed && (i->admins_before.n > NAMES || i->admins.n > NAMES))
		add_changed(i, out);
	else if (i->admins_changed)
		buf_printf(out, "%s -> %s\n", before.len ? buf_text(&before) : "none",
			   after.len ? buf_text(&after) : "NONE");
	else if (i->admins_known)
		buf_printf(out, "unchanged (%s)\n", after.len ? buf_text(&after) : "none");
	else
		buf_printf(out, "unchanged\n");
	out->failed |= before.failed || after.failed;
	buf_free(&before);
	buf_free(&after);
}

void impact_text(const struct impact *i, int64_t now, struct buf *out)
{
	bool groups = false, leaves = false;
	for (size_t k = 0; k < i->n; k++) {
		add_line(&i->v[k], now, out);
		groups |= i->v[k].groups.n > 0;
		leaves |= i->v[k].kind == IMPACT_GROUP && i->v[k].at == RBAC_TIME_MIN;
	}
	if (i->n == 0)
		buf_printf(out, "effect: nobody gains or loses a login, a group or a key here\n");
	if (leaves)
		buf_printf(out, "  Open sessions keep the groups they have.\n");
	if (groups)
		buf_printf(out, "  a group that is not in /etc/group may have more members than it "
				"lists\n");
	add_administrators(i, out);
	if (i->mine.len)
		buf_printf(out,
			   "you: %s LOSES %s; keep a root shell open until you can log in again\n",
			   i->me, buf_text(&i->mine));
}
