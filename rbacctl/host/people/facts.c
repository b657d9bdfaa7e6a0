/* Unix groups: which ones matter here, their GIDs and members. */
#include "rbacctl/host/people/facts.h"

#include <grp.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "common/name.h"
#include "rbacctl/buf.h"

static int group_order(const void *a, const void *b)
{
	return strcmp(((const struct fact_group *)a)->name, ((const struct fact_group *)b)->name);
}

static int string_order(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* ---- which groups ---- */

int facts_add_group(struct facts *f, const char *name, size_t len, bool subject)
{
	if (!buf_room(&f->groups, f->n_groups, &f->cap_groups, sizeof *f->groups))
		return RBAC_NOMEM;
	struct fact_group *g = &f->groups[f->n_groups];
	*g = (struct fact_group){ .name = strndup(name, len), .subject = subject };
	if (!g->name)
		return RBAC_NOMEM;
	f->n_groups++;
	return RBAC_OK;
}

static int add_groups(struct facts *f, const struct policy_strs *names)
{
	int err = RBAC_OK;

	for (size_t i = 0; i < names->n && !err; i++)
		err = facts_add_group(f, names->v[i], strlen(names->v[i]), false);
	return err;
}

int facts_add_policy_groups(struct facts *f, const struct policy *p)
{
	int err = add_groups(f, &p->exempt_groups);

	for (size_t i = 0; i < p->n_extras && !err; i++)
		err = add_groups(f, &p->extras[i].unix_groups);
	for (size_t i = 0; i < p->n_logins && !err; i++)
		err = add_groups(f, &p->logins[i].groups);
	return err;
}

static void free_group(struct fact_group *g)
{
	for (size_t i = 0; i < g->n_members; i++)
		free(g->members[i]);
	free(g->members);
	free(g->other);
	free(g->name);
}

void facts_sort_groups(struct facts *f)
{
	size_t kept = 0;

	if (f->n_groups)
		qsort(f->groups, f->n_groups, sizeof *f->groups, group_order);
	for (size_t i = 0; i < f->n_groups; i++) {
		if (kept && strcmp(f->groups[kept - 1].name, f->groups[i].name) == 0) {
			f->groups[kept - 1].subject |= f->groups[i].subject;
			free_group(&f->groups[i]);
		} else {
			f->groups[kept++] = f->groups[i];
		}
	}
	f->n_groups = kept;
}

/* ---- what the host says of each ---- */

int facts_add_member(struct fact_group *g, const char *user)
{
	size_t len = strlen(user);

	if (g->crowded || len == 0 || len > RBAC_USER_MAX)
		return RBAC_OK;
	if (!buf_room(&g->members, g->n_members, &g->cap_members, sizeof *g->members) ||
	    !(g->members[g->n_members] = strdup(user)))
		return RBAC_NOMEM;
	g->n_members++;
	return RBAC_OK;
}

/* SAID is what a source calls the group. Where another source has that name for another group, what
 * is typed means another one too. */
static int note_other_name(struct fact_group *f, const char *said)
{
	if (strcmp(said, f->name) == 0 || !rbac_name_is_unix_group(said, strlen(said)))
		return RBAC_OK;
	char *other = strdup(said);
	if (!other)
		return RBAC_NOMEM;
	const struct group *g = getgrnam(other);
	if (g && g->gr_gid == f->gid && strcmp(g->gr_name, other) == 0)
		f->other = other;
	else
		free(other);
	return RBAC_OK;
}

/*
 * A group that can't be read is not a group that is not there: what its members hold would be gone
 * until someone publishes again. The C library does not tell the one from the other when a later
 * source of nsswitch.conf says "not found". So what is not found is looked for twice, and the group
 * of root must be found.
 */
int facts_look_up_group(struct fact_group *f)
{
	int err = RBAC_OK;

	for (int tries = 0; tries < 2; tries++) {
		const struct group *g = getgrnam(f->name);
		if (!g)
			continue;
		f->gid = g->gr_gid;
		f->found = true;
		for (size_t i = 0; f->subject && g->gr_mem && g->gr_mem[i] && !err; i++)
			err = facts_add_member(f, g->gr_mem[i]);
		return err ? err : note_other_name(f, g->gr_name);
	}
	return getgrgid(0) ? RBAC_OK : RBAC_SYSTEM;
}

/* From what is known, or else by asking. */
static int take_group(struct fact_group *g, const struct facts_known *known)
{
	const struct fact_group *have = known ? facts_group(&known->passwd, g->name) : NULL;
	int err = RBAC_OK;

	if (!have)
		return facts_look_up_group(g);
	g->gid = have->gid;
	g->found = have->found;
	for (size_t i = 0; g->subject && i < have->n_members && !err; i++)
		err = facts_add_member(g, have->members[i]);
	return err;
}

static void sort_members(struct fact_group *g)
{
	crypto_generichash_state state;
	size_t kept = 0;

	if (g->n_members)
		qsort(g->members, g->n_members, sizeof *g->members, string_order);
	for (size_t i = 0; i < g->n_members; i++) {
		if (kept && strcmp(g->members[kept - 1], g->members[i]) == 0)
			free(g->members[i]);
		else
			g->members[kept++] = g->members[i];
	}
	g->crowded = kept > FACTS_MEMBERS_MAX;
	for (size_t i = 0; g->crowded && i < kept; i++)
		free(g->members[i]);
	g->n_members = g->crowded ? 0 : kept;
	crypto_generichash_init(&state, NULL, 0, sizeof g->digest);
	for (size_t i = 0; i < g->n_members; i++)
		crypto_generichash_update(&state, (const uint8_t *)g->members[i],
					  strlen(g->members[i]) + 1);
	crypto_generichash_final(&state, g->digest, sizeof g->digest);
}

/* ---- primary groups ---- */

struct primary {
	uint32_t gid;
	struct fact_group *group;
};

static int primary_order(const void *a, const void *b)
{
	uint32_t x = ((const struct primary *)a)->gid, y = ((const struct primary *)b)->gid;

	return x < y ? -1 : x > y;
}

/* V is sorted by gid; a host may have several names for one. */
static int add_primary(const struct primary *v, size_t n, const struct fact_user *u)
{
	struct primary key = { .gid = u->gid };
	const struct primary *at = n ? bsearch(&key, v, n, sizeof key, primary_order) : NULL;
	int err = RBAC_OK;

	while (at && at > v && at[-1].gid == u->gid)
		at--;
	for (; at && at < v + n && at->gid == u->gid && !err; at++)
		err = facts_add_member(at->group, u->name);
	return err;
}

int facts_finish_members(struct facts *f)
{
	struct primary *v = calloc(f->n_groups + 1, sizeof *v);
	size_t n = 0;
	int err = v ? RBAC_OK : RBAC_NOMEM;

	for (size_t i = 0; i < f->n_groups && !err; i++)
		if (f->groups[i].subject && f->groups[i].found)
			v[n++] = (struct primary){ f->groups[i].gid, &f->groups[i] };
	if (n)
		qsort(v, n, sizeof *v, primary_order);
	for (size_t i = 0; n && i < f->n_users && !err; i++)
		err = add_primary(v, n, &f->users[i]);
	for (size_t i = 0; i < f->n_groups && !err; i++)
		sort_members(&f->groups[i]);
	free(v);
	return err;
}

/* ---- all of them ---- */

int facts_look_up_groups(struct facts *f, const struct facts_known *known)
{
	int err = RBAC_OK;

	facts_sort_groups(f);
	for (size_t i = 0; i < f->n_groups && !err; i++)
		err = take_group(&f->groups[i], known);
	return err;
}

void facts_free(struct facts *f)
{
	for (size_t i = 0; i < f->n_groups; i++)
		free_group(&f->groups[i]);
	for (size_t i = 0; i < f->n_users && !f->borrowed; i++)
		free(f->users[i].name);
	for (size_t i = 0; i < f->n_missing; i++)
		free(f->missing[i]);
	free(f->groups);
	if (!f->borrowed)
		free(f->users);
	free(f->missing);
	free(f->zone);
	*f = (struct facts){ 0 };
}

bool facts_group_counts(const struct fact_group *g, const struct policy *p)
{
	return g->found && g->gid != 0 && !(g->gid >= p->gid_min && g->gid <= p->gid_max);
}

const struct fact_group *facts_group(const struct facts *f, const char *name)
{
	struct fact_group key = { .name = (char *)name };
	return f->n_groups ? bsearch(&key, f->groups, f->n_groups, sizeof key, group_order) : NULL;
}

bool facts_gid(const struct facts *f, const struct policy *p, const char *group, uint32_t *gid)
{
	const struct fact_group *g = facts_group(f, group);
	if (!g || !facts_group_counts(g, p))
		return false;
	*gid = g->gid;
	return true;
}
