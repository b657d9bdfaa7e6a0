#include "rbacctl/host/nss/accounts.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "common/name.h"
#include "common/wire.h"
#include "rbacctl/buf.h"
#include "rbacctl/host/nss/nsswitch.h"
#include "rbacctl/host/nss/unix_group.h"
#include "rbacctl/sorted.h"

/* ---- the groups of one user ---- */

int gids_of_user(const char *user, struct gids *g)
{
	*g = (struct gids){ 0 };
	const struct passwd *pw = getpwnam(user);
	if (!pw)
		return RBAC_OK;
	gid_t primary = pw->pw_gid;
	for (int n = 32;; n *= 2) {
		int have = n;
		gid_t *v = reallocarray(g->v, (size_t)n, sizeof *v);
		if (!v) {
			gids_free(g);
			return RBAC_NOMEM;
		}
		g->v = v;
		if (getgrouplist(user, primary, v, &have) >= 0) {
			g->n = (size_t)have;
			return RBAC_OK;
		}
	}
}

void gids_free(struct gids *g)
{
	free(g->v);
	*g = (struct gids){ 0 };
}

/* ---- those who were asked for ---- */

/* Where USER is among those of M, or is to be put. */
static size_t memo_place(const struct accounts_memo *m, const char *user)
{
	return sorted_first(user, m->v, m->n, sizeof(*m->v), sorted_by_name);
}

/* The answer for USER, who is asked for where nobody has asked yet. NULL: out of memory. */
static const struct account_asked *memo_ask(struct accounts_memo *m, const char *user)
{
	struct account_asked one = { .uid = RBAC_NO_UID };
	size_t at = memo_place(m, user);

	if (at < m->n && strcmp(m->v[at].name, user) == 0)
		return &m->v[at];
	const struct passwd *pw = getpwnam(user);
	if (pw) {
		one.uid = pw->pw_uid;
		one.differs = strcmp(pw->pw_name, user) != 0;
	}
	if (pw && gids_of_user(user, &one.gids))
		return NULL;
	one.name = strdup(user);
	if (!one.name || !buf_room(&m->v, m->n, &m->cap, sizeof *m->v)) {
		free(one.name);
		gids_free(&one.gids);
		return NULL;
	}
	memmove(&m->v[at + 1], &m->v[at], (m->n - at) * sizeof *m->v);
	m->v[at] = one;
	m->n++;
	return &m->v[at];
}

void accounts_memo_free(struct accounts_memo *m)
{
	for (size_t i = 0; i < m->n; i++) {
		free(m->v[i].name);
		gids_free(&m->v[i].gids);
	}
	free(m->v);
	*m = (struct accounts_memo){ 0 };
}

static int copy_gids(const struct gids *from, struct gids *to)
{
	to->v = calloc(from->n + 1, sizeof *to->v);
	if (!to->v)
		return RBAC_NOMEM;
	if (from->n)
		memcpy(to->v, from->v, from->n * sizeof *to->v);
	to->n = from->n;
	return RBAC_OK;
}

/* ---- reading ---- */

static int account_order(const void *a, const void *b)
{
	const struct account *x = a, *y = b;
	int d = strcmp(x->name, y->name);
	return d ? d : x->at < y->at ? -1 : x->at > y->at;
}

static int membership_order(const void *a, const void *b)
{
	const struct membership *x = a, *y = b;
	int d = strcmp(x->name, y->name);
	return d ? d : x->gid < y->gid ? -1 : x->gid > y->gid;
}

static int read_passwd(struct accounts *a)
{
	const struct passwd *pw;
	int err = RBAC_OK;
	setpwent();
	while (!err && (errno = 0, pw = getpwent())) {
		char *name = buf_room(&a->v, a->n, &a->cap, sizeof *a->v) ? strdup(pw->pw_name)
									  : NULL;
		if (name)
			a->v[a->n] = (struct account){ name, pw->pw_uid, pw->pw_gid, a->n };
		a->n += name != NULL;
		err = name ? RBAC_OK : RBAC_NOMEM;
	}
	int e = errno;
	endpwent();
	if (!err && (e == EMFILE || e == ENFILE || e == ENOMEM))
		err = e == ENOMEM ? RBAC_NOMEM : RBAC_SYSTEM;
	if (a->n)
		qsort(a->v, a->n, sizeof *a->v, account_order);
	return err;
}

static int gid_order(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return x < y ? -1 : x > y;
}

static bool matters(const uint32_t *gids, size_t n, uint32_t gid)
{
	return n && bsearch(&gid, gids, n, sizeof *gids, gid_order);
}

static int add_member(struct accounts *a, const char *name, uint32_t gid)
{
	char *copy = buf_room(&a->members, a->n_members, &a->cap_members, sizeof *a->members)
			     ? strdup(name)
			     : NULL;
	if (!copy)
		return RBAC_NOMEM;
	a->members[a->n_members++] = (struct membership){ copy, gid };
	return RBAC_OK;
}

static int read_group(struct accounts *a, const uint32_t *gids, size_t n)
{
	const struct group *gr;
	int err = RBAC_OK;
	setgrent();
	while (!err && (errno = 0, gr = getgrent()))
		for (size_t i = 0; matters(gids, n, gr->gr_gid) && gr->gr_mem[i] && !err; i++)
			err = add_member(a, gr->gr_mem[i], gr->gr_gid);
	a->all_groups = !errno; /* cut short: ask */
	endgrent();
	for (size_t i = 0; i < a->n && !err; i++)
		if (matters(gids, n, a->v[i].gid))
			err = add_member(a, a->v[i].name, a->v[i].gid);
	if (a->n_members)
		qsort(a->members, a->n_members, sizeof *a->members, membership_order);
	return err;
}

static int read_names(struct accounts *a, const uint32_t *gids, size_t n)
{
	char name[RBAC_UNIX_GROUP_MAX + 2];

	a->groups = calloc(n + 1, sizeof(*a->groups));
	if (!a->groups)
		return RBAC_NOMEM;
	for (size_t i = 0; i < n; i++) {
		unix_group_name(gids[i], name, sizeof(name));
		a->groups[i] = (struct account_group){ gids[i], strdup(name) };
		if (!a->groups[i].name)
			return RBAC_NOMEM;
		a->n_groups++;
	}
	return RBAC_OK;
}

int accounts_read(struct accounts *a, const uint32_t *gids, size_t n)
{
	*a = (struct accounts){ .no_groups = n == 0 };
	int err = read_passwd(a);
	a->all_users = nsswitch_lists_all("passwd", NULL);
	if (!err && n && nsswitch_lists_all("group", "initgroups"))
		err = read_group(a, gids, n);
	if (!err)
		err = read_names(a, gids, n);
	if (err)
		accounts_free(a);
	return err;
}

void accounts_free(struct accounts *a)
{
	for (size_t i = 0; i < a->n; i++)
		free(a->v[i].name);
	for (size_t i = 0; i < a->n_members; i++)
		free(a->members[i].name);
	for (size_t i = 0; i < a->n_groups; i++)
		free(a->groups[i].name);
	free(a->v);
	free(a->members);
	free(a->groups);
	*a = (struct accounts){ 0 };
}

/* ---- asking ---- */

uint32_t accounts_uid(const struct accounts *a, const char *user)
{
	bool differs;
	return accounts_uid_of(a, user, &differs);
}

uint32_t accounts_uid_of(const struct accounts *a, const char *user, bool *differs)
{
	*differs = false;
	size_t at = a ? sorted_first(user, a->v, a->n, sizeof(*a->v), sorted_by_name) : 0;
	if (a && at < a->n && strcmp(a->v[at].name, user) == 0)
		return a->v[at].uid;
	const struct account_asked *asked = a && a->memo && !a->all_users ? memo_ask(a->memo, user)
									  : NULL;
	if (asked) {
		*differs = asked->differs;
		return asked->uid;
	}
	const struct passwd *pw = a && a->all_users ? NULL : getpwnam(user);
	*differs = pw && strcmp(pw->pw_name, user) != 0;
	return pw ? pw->pw_uid : RBAC_NO_UID;
}

int accounts_gids(const struct accounts *a, const char *user, struct gids *g)
{
	*g = (struct gids){ 0 };
	if (a && a->no_groups)
		return RBAC_OK;
	if (a && a->memo && !a->all_groups) {
		const struct account_asked *asked = memo_ask(a->memo, user);
		return asked ? copy_gids(&asked->gids, g) : RBAC_NOMEM;
	}
	if (!a || !a->all_groups)
		return gids_of_user(user, g);
	size_t at = sorted_first(user, a->members, a->n_members, sizeof(*a->members),
				 sorted_by_name);
	size_t end = at;
	for (; end < a->n_members && strcmp(a->members[end].name, user) == 0;)
		end++;
	g->v = calloc(end - at + 1, sizeof *g->v);
	if (!g->v)
		return RBAC_NOMEM;
	for (; at < end; at++)
		if (g->n == 0 || g->v[g->n - 1] != a->members[at].gid)
			g->v[g->n++] = a->members[at].gid;
	return RBAC_OK;
}

static int group_order(const void *a, const void *b)
{
	const struct account_group *x = a, *y = b;
	return x->gid < y->gid ? -1 : x->gid > y->gid;
}

void accounts_group(const struct accounts *a, uint32_t gid, char *out, size_t size)
{
	const struct account_group key = { .gid = gid };
	const struct account_group *g = NULL;

	if (a && a->n_groups)
		g = bsearch(&key, a->groups, a->n_groups, sizeof(key), group_order);
	if (g)
		snprintf(out, size, "%s", g->name);
	else
		unix_group_name(gid, out, size);
}
