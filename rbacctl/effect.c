#include "rbacctl/effect.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/holdings.h"

const char **effect_services(const struct policy *p, size_t *n)
{
	size_t most = 0;
	*n = 0;
	for (size_t i = 0; i < p->n_logins; i++)
		most += p->logins[i].services.n;
	const char **v = calloc(most + 1, sizeof *v);
	for (size_t i = 0; v && i < p->n_logins; i++)
		for (size_t j = 0; j < p->logins[i].services.n; j++) {
			const char *service = p->logins[i].services.v[j];
			bool seen = false;
			for (size_t k = 0; k < *n && !seen; k++)
				seen = strcmp(v[k], service) == 0;
			if (!seen)
				v[(*n)++] = service;
		}
	return v;
}

/* ---- groups ---- */

struct gid_sink { uint32_t *v; size_t n, cap; };

static int sink_add(void *ctx, uint32_t gid)
{
	struct gid_sink *s = ctx;
	for (size_t i = 0; i < s->n; i++)
		if (s->v[i] == gid)
			return RBAC_OK;
	if (s->n == s->cap) {
		size_t cap = s->cap ? 2 * s->cap : 64;
		uint32_t *v = reallocarray(s->v, cap, sizeof *v);
		if (!v)
			return RBAC_NOMEM;
		s->v = v;
		s->cap = cap;
	}
	s->v[s->n++] = gid;
	return RBAC_OK;
}

/* The name of a gid the view knows, role's or extra; RBAC_NOTFOUND for any other. */
static int group_name(const struct look *l, uint32_t gid, struct standing_group *out)
{
	const uint8_t key[4] = { (uint8_t)(gid >> 24), (uint8_t)(gid >> 16), (uint8_t)(gid >> 8), (uint8_t)gid };
	struct rbac_bytes rec;
	struct rbac_group g;
	int err = rbac_view_get(&l->v, RBAC_REC_GID, key, sizeof key, &rec);
	if (!err)
		err = rbac_group_decode(rec, &g);
	if (err)
		return err;
	snprintf(out->name, sizeof out->name, "%s", (const char *)g.name);
	out->extra = g.flags & RBAC_GROUP_EXTRA;
	return RBAC_OK;
}

static int take_groups(const struct look *l, const char *user, int64_t now, struct standing *s)
{
	struct gids mine;
	struct gid_sink others = { 0 }, brought = { 0 };
	int err = gids_of_user(user, &mine);
	/* What other sources say counts for %group; our own groups and the extra ones among them are worked out anew. */
	for (size_t i = 0; i < mine.n && !err; i++)
		if (!rbac_meta_in_range(&l->v.meta, mine.v[i]) && rbac_meta_extra(&l->v.meta, mine.v[i]) < 0)
			err = sink_add(&others, mine.v[i]);
	gids_free(&mine);
	const struct passwd *pw = getpwnam(user);
	const uint32_t *groups = others.v;
	struct rbac_subjects it = { .view = &l->v, .user = user, .len = strlen(user), .uid = pw ? pw->pw_uid : RBAC_NO_UID, .now = now,
				    .groups = &groups, .n = others.n, .primary = RBAC_NO_GID };
	if (!err)
		err = rbac_groups_collect(&it, sink_add, &brought);
	err = err == RBAC_NOTFOUND ? RBAC_OK : err;
	s->groups = calloc(brought.n + 1, sizeof *s->groups);
	if (!err && !s->groups)
		err = RBAC_NOMEM;
	for (size_t i = 0; i < brought.n && !err; i++) {
		err = group_name(l, brought.v[i], &s->groups[s->n_groups]);
		s->n_groups += err == RBAC_OK;
		err = err == RBAC_NOTFOUND ? RBAC_OK : err;
	}
	free(others.v);
	free(brought.v);
	return err;
}

/* ---- services ---- */

static int take_services(const struct look *l, const char *user, int64_t now, struct standing *s)
{
	size_t n;
	const char **names = effect_services(l->p, &n);
	int err = names ? RBAC_OK : RBAC_NOMEM;
	s->services = calloc(n + 1, sizeof *s->services);
	if (!s->services)
		err = RBAC_NOMEM;
	for (size_t i = 0; i < n && !err; i++) {
		struct rbac_verdict v;
		err = look_decide(l, user, names[i], NULL, now, &v);
		if (!err && (v.allow || v.why == RBAC_WHY_OUTSIDE))
			s->services[s->n_services++] = (struct standing_service){ names[i], v.line, !v.allow };
	}
	free(names);
	return err;
}

int standing_of(const struct look *l, const char *user, int64_t now, struct standing *s)
{
	struct holdings h;
	*s = (struct standing){ 0 };
	int err = holdings_of_user_in_view(&h, &l->v, l->p, user);
	s->recorded = h.recorded;
	s->suspended = h.suspended;
	s->uid_changed = h.uid_changed;
	holdings_free(&h);
	if (!err)
		err = take_groups(l, user, now, s);
	if (!err)
		err = take_services(l, user, now, s);
	return err;
}

void standing_free(struct standing *s)
{
	free(s->groups);
	free(s->services);
	*s = (struct standing){ 0 };
}

bool standing_has_group(const struct standing *s, const char *name)
{
	for (size_t i = 0; i < s->n_groups; i++)
		if (strcmp(s->groups[i].name, name) == 0)
			return true;
	return false;
}

const struct standing_service *standing_service(const struct standing *s, const char *name)
{
	for (size_t i = 0; i < s->n_services; i++)
		if (strcmp(s->services[i].name, name) == 0)
			return &s->services[i];
	return NULL;
}

/* ---- differences ---- */

static void print_groups(const struct standing *of, const struct standing *other, char sign, int *n)
{
	for (int extra = 0; extra < 2; extra++)
		for (size_t i = 0; i < of->n_groups; i++)
			if (of->groups[i].extra == extra && !standing_has_group(other, of->groups[i].name))
				printf("%s%s%c%s", (*n)++ ? " " : "  groups here  ", extra ? "Unix " : "", sign, of->groups[i].name);
}

static void print_services(const struct standing *of, const struct standing *other, char sign, int *n)
{
	for (size_t i = 0; i < of->n_services; i++) {
		const struct standing_service *s = &of->services[i];
		if (standing_service(other, s->name))
			continue;
		printf("%s%c%s", (*n)++ ? " " : "  logins here  ", sign, s->name);
		if (sign == '+')
			printf(" (rbac.conf:%u%s)", s->line, s->restricted ? ", not at this hour or from here" : "");
	}
}

void standing_print_difference(const struct standing *before, const struct standing *after)
{
	int n = 0;
	print_groups(before, after, '-', &n);
	print_groups(after, before, '+', &n);
	if (n)
		printf("      Open sessions keep the groups they have.\n");
	n = 0;
	print_services(before, after, '-', &n);
	print_services(after, before, '+', &n);
	if (n)
		putchar('\n');
}

bool effect_is_admin(const struct look *l, const char *user, int64_t now)
{
	struct holdings h;
	bool yes = false;
	int err = holdings_of_user_in_view(&h, &l->v, l->p, user);
	for (size_t r = 0; r < l->p->n_roles && !err && !yes; r++)
		yes = l->p->roles[r].bootstrap && holdings_role_at(l->p, &h, (int)r, NULL, now);
	holdings_free(&h);
	return yes;
}
