#include "rbacctl/model/role_groups.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/buf.h"
#include "rbacctl/model/template.h"

const char *role_groups_nearest(const struct role_groups *g, const char *name)
{
	const char *found = NULL;

	for (size_t i = 0; i < g->n && !found; i++) {
		const char *is = g->v[i].name;
		/* "admin" of Ubuntu's sudoers was not meant for "space-admin". */
		if (strlen(is) <= strlen(name) * 4 / 3 + 1)
			found = problem_nearest(name, &is, 1);
	}
	return found;
}

uint32_t role_group_gid(const struct policy *p, const char *name)
{
	uint8_t h[crypto_generichash_BYTES_MIN];
	uint64_t size = (uint64_t)p->gid_max - p->gid_min + 1;
	crypto_generichash(h, sizeof h, (const uint8_t *)name, strlen(name), NULL, 0);
	return p->gid_min + (uint32_t)(rbac_le64(h) % size);
}

static const char *last_component(const char *scope)
{
	const char *slash = strrchr(scope, '/');

	return slash ? slash + 1 : strchr(scope, ':') + 1;
}

size_t role_group_name(const struct policy *p, int role, const char *called, size_t host, char *out,
		       size_t size)
{
	int kind = p->host_any ? p->roles[role].kind : policy_scope_kind(p, p->hosts.v[host]);

	if (kind < 0 || (!p->host_any && !policy_can_count(p, role, kind)))
		return 0;
	const struct template_value values[] = {
		{ "role", called },
		{ "scope", p->host_any ? "" : last_component(p->hosts.v[host]) },
		{ "kind", p->kinds[kind].name },
	};
	return template_fill(p->group_template, values, sizeof(values) / sizeof(*values), out,
			     size);
}

static bool is_name(const void *ctx, uint32_t number, const void *key)
{
	return strcmp(((const struct role_groups *)ctx)->v[number].name, key) == 0;
}

const struct role_group *role_groups_find(const struct role_groups *g, const char *name)
{
	uint32_t i = lookup_find(&g->names, lookup_hash_text(LOOKUP_SEED, name), is_name, g, name);
	return i == LOOKUP_NONE ? NULL : &g->v[i];
}

static bool is_gid(const void *ctx, uint32_t number, const void *key)
{
	return ((const struct role_groups *)ctx)->v[number].gid == *(const uint32_t *)key;
}

static uint64_t gid_hash(uint32_t gid)
{
	return lookup_hash(LOOKUP_SEED, &gid, sizeof gid);
}

static void check_gid(const struct policy *p, const struct role_groups *g,
		      const struct role_group *new, struct problems *problems)
{
	const struct policy_role *r = &p->roles[new->role];
	uint32_t there = lookup_find(&g->gids, gid_hash(new->gid), is_gid, g, &new->gid);
	const struct role_group *other = there == LOOKUP_NONE ? NULL : &g->v[there];
	if (!other)
		return;
	problem_error(
		problems, r->pos,
		"the groups %s and %s both come to gid %u; add to role \"%s\", on every host that "
		"applies this policy:  gid = %u;",
		other->name, new->name, new->gid, r->name,
		new->gid < p->gid_max ? new->gid + 1 : p->gid_min);
	if (r->gid && other->role == new->role)
		problem_error(problems, r->pos,
			      "role \"%s\" has gid = %u and makes two groups here, %s and %s: "
			      "take the gid out, or %%{scope} "
			      "and %%{kind} out of the groups' name in rbac.conf",
			      r->name, r->gid, other->name, new->name);
}

static int add_group(struct role_groups *g, const struct role_group *new)
{
	uint32_t number = (uint32_t)g->n;
	if (!buf_room(&g->v, g->n, &g->cap, sizeof *g->v) ||
	    lookup_add(&g->names, lookup_hash_text(LOOKUP_SEED, new->name), number) ||
	    lookup_add(&g->gids, gid_hash(new->gid), number))
		return RBAC_NOMEM;
	g->v[g->n++] = *new;
	return RBAC_OK;
}

static int add_role_at(const struct policy *p, struct role_groups *g, int role, size_t host,
		       struct problems *problems)
{
	const struct policy_role *r = &p->roles[role];
	struct role_group new = { .role = role };
	const size_t room = sizeof(new.name);

	if (!role_group_name(p, role, r->name, host, new.name, room))
		return RBAC_OK;
	/* Another role's it cannot be: check_groups.c. */
	const struct role_group *same = role_groups_find(g, new.name);
	g->at[(size_t)role * g->n_hosts + host] = (int)(same ? (size_t)(same - g->v) : g->n);
	if (same)
		return RBAC_OK;
	if (r->renamed_from)
		(void)role_group_name(p, role, r->renamed_from, host, new.renamed_from, room);
	new.gid = r->gid ? r->gid
			 : role_group_gid(p, *new.renamed_from ? new.renamed_from : new.name);
	check_gid(p, g, &new, problems);
	return add_group(g, &new);
}

int role_groups_make(const struct policy *p, struct role_groups *g, struct problems *problems)
{
	size_t before = problems->errors;
	*g = (struct role_groups){ .n_hosts = p->host_any ? 1 : p->hosts.n };
	if (p->n_roles == 0 || g->n_hosts == 0)
		return RBAC_OK;
	g->at = calloc(p->n_roles * g->n_hosts, sizeof *g->at);
	if (!g->at)
		return RBAC_NOMEM;
	for (size_t i = 0; i < p->n_roles * g->n_hosts; i++)
		g->at[i] = -1;
	for (size_t r = 0; r < p->n_roles; r++)
		for (size_t h = 0; h < g->n_hosts; h++)
			if (add_role_at(p, g, (int)r, h, problems))
				return RBAC_NOMEM;
	return problems->errors > before ? RBAC_INVALID : RBAC_OK;
}

/* G->at of the groups that stay, with their new places. */
static void move(const struct role_groups *g, const struct role_groups *left, const int *place,
		 size_t n_at)
{
	for (size_t i = 0; i < n_at; i++)
		left->at[i] = g->at[i] < 0 ? -1 : place[g->at[i]];
}

int role_groups_leave_out(struct role_groups *g, const bool *out)
{
	struct role_groups left = { .n_hosts = g->n_hosts };
	size_t n_at = 0;
	int *place = calloc(g->n + 1, sizeof(*place)), err = place ? RBAC_OK : RBAC_NOMEM;

	for (size_t i = 0; i < g->n && !err; i++) {
		place[i] = out[i] ? -1 : (int)left.n;
		if (!out[i])
			err = add_group(&left, &g->v[i]);
		if ((size_t)(g->v[i].role + 1) * g->n_hosts > n_at)
			n_at = (size_t)(g->v[i].role + 1) * g->n_hosts;
	}
	left.at = g->at;
	if (err) {
		left.at = NULL;
		role_groups_free(&left);
	} else {
		move(g, &left, place, n_at);
		g->at = NULL;
		role_groups_free(g);
		*g = left;
	}
	free(place);
	return err;
}

void role_groups_free(struct role_groups *g)
{
	free(g->v);
	free(g->at);
	lookup_free(&g->names);
	lookup_free(&g->gids);
	*g = (struct role_groups){ 0 };
}

const struct role_group *role_groups_at(const struct role_groups *g, int role, size_t host)
{
	int i = g->at[(size_t)role * g->n_hosts + host];
	return i < 0 ? NULL : &g->v[i];
}
