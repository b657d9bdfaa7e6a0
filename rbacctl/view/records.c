#include "rbacctl/view/records.h"

#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "rbacctl/model/rules.h"

/* ---- login rules ---- */

struct rule_parts {
	uint8_t *roles;
	uint32_t *groups;
};

static void free_parts(struct rule_parts *parts)
{
	free(parts->roles);
	free(parts->groups);
}

static int make_rule(const struct compile *c, const struct policy_login *l, struct encode_rule *e,
		     struct rule_parts *parts)
{
	const struct policy *p = c->policy;
	*parts = (struct rule_parts){
		.roles = calloc(p->n_roles / 8 + 1, 1),
		.groups = calloc(l->groups.n + 1, sizeof(uint32_t)),
	};
	if (!parts->roles || !parts->groups)
		return RBAC_NOMEM;
	for (size_t r = 0; r < p->n_roles; r++)
		if (policy_rule_takes(p, l, (int)r))
			parts->roles[r / 8] |= (uint8_t)(1u << r % 8);
	*e = (struct encode_rule){
		.number = (uint16_t)l->number,
		.flags = l->anyone ? RBAC_RULE_ANYONE : 0,
		.line = l->pos.line,
		.file = l->pos.file,
		.roles = parts->roles,
		.n_role_bytes = (p->n_roles + 7) / 8,
		.users = l->users.v,
		.n_users = l->users.n,
		.groups = parts->groups,
	};
	for (size_t i = 0; i < l->groups.n; i++)
		if (facts_gid(c->facts, p, l->groups.v[i], &parts->groups[e->n_groups]))
			e->n_groups++;
	for (int k = 0; k < RBAC_CONDITIONS; k++)
		e->conditions[k] = (struct rbac_list){ (uint32_t)l->conditions[k].texts.n,
						       { l->conditions[k].entries,
							 l->conditions[k].size } };
	return RBAC_OK;
}

static int service_order(const void *a, const void *b)
{
	const struct policy_service *const *x = a, *const *y = b;
	return strcmp((*x)->name, (*y)->name);
}

static int put_service(struct output *o, const struct compile *c, struct buf *b,
		       const struct policy_service *s)
{
	struct encode_rule *rules = calloc(s->n, sizeof *rules);
	struct rule_parts *parts = calloc(s->n, sizeof *parts);
	int err = rules && parts ? RBAC_OK : output_fail(o, RBAC_NOMEM, "out of memory");
	for (size_t i = 0; i < s->n && !err; i++)
		err = make_rule(c, &c->policy->logins[s->rules[i]], &rules[i], &parts[i]);
	if (!err) {
		buf_reset(b);
		encode_rules(b, rules, s->n);
		err = output_put(o, RBAC_REC_LOGIN, s->name, strlen(s->name), b, false);
	}
	for (size_t i = 0; parts && i < s->n; i++)
		free_parts(&parts[i]);
	free(parts);
	free(rules);
	return err;
}

/* In the order of the services' names, which is that of the keys. */
int records_put_rules(struct output *o, const struct compile *c, struct buf *b)
{
	size_t n = c->policy->n_services;
	const struct policy_service **v = calloc(n + 1, sizeof *v);
	int err = v ? RBAC_OK : output_fail(o, RBAC_NOMEM, "out of memory");
	for (size_t i = 0; v && i < n; i++)
		v[i] = &c->policy->services[i];
	if (v && n)
		qsort(v, n, sizeof *v, service_order);
	for (size_t i = 0; i < n && !err; i++)
		err = put_service(o, c, b, v[i]);
	free(v);
	return err;
}

/* ---- roles ---- */

int records_put_roles(struct output *o, const struct compile *c, struct buf *b)
{
	const struct policy *p = c->policy;
	int err = RBAC_OK;
	for (size_t r = 0; r < p->n_roles && !err; r++) {
		uint8_t key[RBAC_NUMBER_KEY];
		rbac_number_key(key, (uint32_t)r);
		buf_reset(b);
		encode_role(b, p->roles[r].end_sessions ? RBAC_ROLE_ENDS_SESSIONS : 0,
			    p->roles[r].name);
		err = output_put(o, RBAC_REC_ROLE, key, sizeof key, b, false);
	}
	return err;
}

/* ---- facts ---- */

/* u32 gid (0xffffffff: no such group), u32 n_members, u8 digest[16] */
void records_fact(struct buf *b, const struct fact_group *g)
{
	buf_reset(b);
	buf_u32(b, g->found ? g->gid : UINT32_MAX);
	buf_u32(b, (uint32_t)g->n_members);
	buf_put(b, g->digest, sizeof g->digest);
}

int records_put_facts(struct output *o, const struct compile *c, struct buf *b)
{
	const struct facts *f = c->facts;
	int err = RBAC_OK;
	for (size_t i = 0; i < f->n_groups && !err; i++) {
		records_fact(b, &f->groups[i]);
		err = output_put(o, RBAC_REC_HOST, f->groups[i].name, strlen(f->groups[i].name), b,
				 false);
	}
	return err;
}

/* ---- meta ---- */

static int gid_order(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return x < y ? -1 : x > y;
}

int records_put_meta(struct output *o, const struct compile *c, struct buf *b,
		     const uint32_t *extra, size_t n_extra, uint32_t n_unix)
{
	const struct policy *p = c->policy;
	struct encode_meta m = {
		.flags = (p->members ? RBAC_META_MEMBERS : 0u) |
			 (p->enumerate ? RBAC_META_ENUMERATE : 0u) |
			 (p->host_any ? RBAC_META_HOST_ANY : 0u),
		.published = c->now,
		.gid_min = p->gid_min,
		.gid_max = p->gid_max,
		.n_unix = n_unix,
		.extra = extra,
		.n_extra = n_extra,
		.zone = c->facts->zone,
		.n_zone = c->facts->n_zone,
		.exempt_users = p->exempt_users.v,
		.n_exempt_users = p->exempt_users.n,
		.hosts = p->hosts.v,
		.n_hosts = p->hosts.n,
	};
	uint32_t *gids = calloc(p->exempt_groups.n + 1, sizeof *gids);
	if (!gids)
		return output_fail(o, RBAC_NOMEM, "out of memory");
	for (size_t i = 0; i < p->exempt_groups.n; i++)
		if (facts_gid(c->facts, p, p->exempt_groups.v[i], &gids[m.n_exempt_gids]))
			m.n_exempt_gids++;
	qsort(gids, m.n_exempt_gids, sizeof *gids, gid_order);
	m.exempt_gids = gids;
	int err = store_generation(c->txn, &m.generation);
	if (!err)
		err = store_audit_head(c->txn, m.identity);
	if (!err) {
		buf_reset(b);
		encode_meta(b, &m);
		err = output_put(o, RBAC_REC_META, NULL, 0, b, false);
	}
	free(gids);
	return err;
}
