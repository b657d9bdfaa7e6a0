#include "rbacctl/publish/facts.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/name.h"

static int group_order(const void *a, const void *b)
{
	return strcmp(((const struct fact_group *)a)->name, ((const struct fact_group *)b)->name);
}

/* By name; of two entries of one name the one that passwd has first, which is the one that getpwnam finds. */
static int user_order(const void *a, const void *b)
{
	const struct fact_user *x = a, *y = b;
	int d = strcmp(x->name, y->name);
	return d ? d : x->at < y->at ? -1 : x->at > y->at;
}

static int name_order(const void *a, const void *b)
{
	return strcmp(((const struct fact_user *)a)->name, ((const struct fact_user *)b)->name);
}

/*
 * A group that can't be read is not a group that is not there: what its members hold would be gone until someone
 * publishes again. The C library does not tell the one from the other when a later source of nsswitch.conf says "not
 * found". So what is not found is looked for twice, and the group of root must be found.
 */
static int look_up(const char *name, struct fact_group *out)
{
	for (int tries = 0; tries < 2; tries++) {
		const struct group *g = getgrnam(name);
		if (g) {
			out->gid = g->gr_gid;
			out->found = true;
			return RBAC_OK;
		}
	}
	return getgrgid(0) ? RBAC_OK : RBAC_SYSTEM;
}

static bool is_group(const void *ctx, uint32_t number, const void *key)
{
	return strcmp(((const struct facts *)ctx)->groups[number].name, key) == 0;
}

static int add_group(struct facts *f, const char *name)
{
	uint64_t hash = lookup_hash_text(LOOKUP_SEED, name);
	if (lookup_find(&f->group_at, hash, is_group, f, name) != LOOKUP_NONE)
		return RBAC_OK;
	if (!buf_room(&f->groups, f->n_groups, &f->cap_groups, sizeof *f->groups))
		return RBAC_NOMEM;
	struct fact_group *g = &f->groups[f->n_groups];
	*g = (struct fact_group){ .name = strdup(name) };
	int err = g->name ? look_up(name, g) : RBAC_NOMEM;
	if (!err)
		err = lookup_add(&f->group_at, hash, (uint32_t)f->n_groups);
	if (err)
		free(g->name);
	else
		f->n_groups++;
	return err;
}

static int add_groups(struct facts *f, const struct policy_strs *names)
{
	int err = RBAC_OK;
	for (size_t i = 0; i < names->n && !err; i++)
		err = add_group(f, names->v[i]);
	return err;
}

static int on_subject(void *ctx, const MDB_val *key, const MDB_val *value)
{
	char name[RBAC_UNIX_GROUP_MAX + 1];
	const char *group = (const char *)key->mv_data + 1, *nul = memchr(group, 0, key->mv_size - 1);
	size_t len = nul ? (size_t)(nul - group) : 0;
	(void)value;
	if (len == 0 || len > RBAC_UNIX_GROUP_MAX)
		return RBAC_OK;
	memcpy(name, group, len);
	name[len] = 0;
	return add_group(ctx, name);
}

int facts_read_passwd(struct facts *f)
{
	size_t cap = 0;
	const struct passwd *pw;
	setpwent();
	while ((errno = 0, pw = getpwent())) {
		if (f->n_users == cap) {
			cap = cap ? 2 * cap : 64;
			struct fact_user *v = reallocarray(f->users, cap, sizeof *v);
			if (!v)
				break;
			f->users = v;
		}
		char *name = strdup(pw->pw_name);
		if (!name)
			break;
		f->users[f->n_users] = (struct fact_user){ name, pw->pw_uid, f->n_users };
		f->n_users++;
	}
	int e = errno;
	endpwent();
	if (pw || e == ENOMEM)
		return RBAC_NOMEM;
	/*
	 * Half a passwd would give a name back to whoever has its uid now; there is always someone in a whole one. Other
	 * errors are those of a directory that does not answer: it is not to keep anyone from a revoke.
	 */
	if (f->n_users == 0 || e == EMFILE || e == ENFILE)
		return RBAC_SYSTEM;
	if (f->n_users)
		qsort(f->users, f->n_users, sizeof *f->users, user_order);
	return RBAC_OK;
}

static int read_touched(struct facts *f, const struct store_touched *t)
{
	f->users = calloc(STORE_TOUCHED_MAX, sizeof *f->users);
	if (!f->users)
		return RBAC_NOMEM;
	for (size_t i = 0; i < t->n_subjects; i++) {
		const struct passwd *pw = t->subjects[i][0] == '%' ? NULL : getpwnam(t->subjects[i]);
		if (!pw)
			continue;
		char *name = strdup(t->subjects[i]);
		if (!name)
			return RBAC_NOMEM;
		f->users[f->n_users] = (struct fact_user){ name, pw->pw_uid, f->n_users };
		f->n_users++;
	}
	qsort(f->users, f->n_users, sizeof *f->users, user_order);
	return RBAC_OK;
}

int facts_gather(const struct policy *p, struct store_txn *t, bool touched_only, struct facts *f)
{
	*f = (struct facts){ 0 };
	int err = add_groups(f, &p->exempt_groups);
	for (size_t i = 0; i < p->n_extras && !err; i++)
		err = add_groups(f, &p->extras[i].unix_groups);
	for (size_t i = 0; i < p->n_logins && !err; i++)
		err = add_groups(f, &p->logins[i].groups);
	/* A group that has just lost its last assignment is no subject any more; its record is still to be found. */
	for (size_t i = 0; i < t->touched.n_subjects && !err; i++)
		if (t->touched.subjects[i][0] == '%')
			err = add_group(f, t->touched.subjects[i] + 1);
	if (!err)
		err = store_each(t, T_SUBJECT, "%", 1, on_subject, f);
	lookup_free(&f->group_at);
	if (!err && f->n_groups)
		qsort(f->groups, f->n_groups, sizeof *f->groups, group_order);
	if (!err)
		err = touched_only ? read_touched(f, &t->touched) : facts_read_passwd(f);
	if (!err)
		err = facts_zone(p->zone, time(NULL), &f->zone, &f->n_zone);
	if (err)
		facts_free(f);
	return err;
}

void facts_free(struct facts *f)
{
	for (size_t i = 0; i < f->n_groups; i++)
		free(f->groups[i].name);
	for (size_t i = 0; i < f->n_users; i++)
		free(f->users[i].name);
	free(f->groups);
	free(f->users);
	free(f->zone);
	*f = (struct facts){ 0 };
}

bool facts_gid(const struct facts *f, const struct policy *p, const char *group, uint32_t *gid)
{
	struct fact_group key = { .name = (char *)group };
	const struct fact_group *g = f->n_groups ? bsearch(&key, f->groups, f->n_groups, sizeof key, group_order) : NULL;
	if (!g || !g->found || g->gid == 0 || (g->gid >= p->gid_min && g->gid <= p->gid_max))
		return false;
	*gid = g->gid;
	return true;
}

uint32_t facts_uid(const struct facts *f, const char *user)
{
	struct fact_user key = { .name = (char *)user };
	const struct fact_user *u = f->n_users ? bsearch(&key, f->users, f->n_users, sizeof key, name_order) : NULL;
	while (u && u > f->users && strcmp(u[-1].name, user) == 0)
		u--;
	return u ? u->uid : RBAC_NO_UID;
}

/* ---- time zone ---- */

enum { ZONE_STEP = 86400 };
static const int64_t zone_start = 1577836800;               /* 2020-01-01T00:00:00Z */
static const int64_t zone_years = (int64_t)30 * 366 * 86400;

static int32_t offset_at(int64_t t)
{
	time_t at = (time_t)t;
	struct tm tm;
	return localtime_r(&at, &tm) ? (int32_t)tm.tm_gmtoff : 0;
}

/* The first instant in (LOW, HIGH] from which the offset of HIGH holds. */
static int64_t find_change(int64_t low, int64_t high)
{
	int32_t after = offset_at(high);
	while (high - low > 1) {
		int64_t mid = low + (high - low) / 2;
		if (offset_at(mid) == after)
			high = mid;
		else
			low = mid;
	}
	return high;
}

int facts_zone(const char *zone, int64_t now, struct encode_zone **out, size_t *n)
{
	char value[300];
	char *before = getenv("TZ") ? strdup(getenv("TZ")) : NULL;
	struct encode_zone *v = NULL;
	size_t count = 0, cap = 0;
	int err = RBAC_OK;
	snprintf(value, sizeof value, ":%s", zone ? zone : "/etc/localtime");
	setenv("TZ", value, 1);
	tzset();
	int64_t end = now + zone_years;
	for (int64_t t = zone_start; t < end; t += ZONE_STEP) {
		if (count && offset_at(t) == v[count - 1].offset)
			continue;
		if (count == cap) {
			struct encode_zone *w = reallocarray(v, cap = cap ? 2 * cap : 64, sizeof *w);
			if (!w) {
				err = RBAC_NOMEM;
				break;
			}
			v = w;
		}
		v[count].offset = offset_at(t);
		v[count].from = count ? find_change(t - ZONE_STEP, t) : t;
		count++;
	}
	if (before)
		setenv("TZ", before, 1);
	else
		unsetenv("TZ");
	tzset();
	free(before);
	if (err) {
		free(v);
		return err;
	}
	*out = v;
	*n = count;
	return RBAC_OK;
}
