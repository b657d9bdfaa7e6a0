#include "rbacctl/view/records.h"

#include <stdlib.h>
#include <string.h>

#include "common/error.h"

/* ---- login rules ---- */

struct rule_parts {
	uint8_t *roles;
	uint32_t *groups;
	struct encode_from *from;
	struct encode_hours *hours;
};

static void free_parts(struct rule_parts *parts)
{
	free(parts->roles);
	free(parts->groups);
	free(parts->from);
	free(parts->hours);
}

static bool meet(const uint8_t *a, const uint8_t *b, size_t n_bits)
{
	for (size_t i = 0; i < (n_bits + 7) / 8; i++)
		if (a[i] & b[i])
			return true;
	return false;
}

static void set_bits(uint8_t *bits, const struct policy_ints *list)
{
	for (size_t i = 0; i < list->n; i++)
		bits[list->v[i] / 8] |= (uint8_t)(1u << list->v[i] % 8);
}

/* A role lets in when it counts as a role the rule names, or brings a key the rule names. */
static int role_bits(const struct policy *p, const struct policy_login *l, uint8_t *bits)
{
	uint8_t *roles = calloc(p->n_roles / 8 + 1, 1), *keys = calloc(p->n_keys / 8 + 1, 1);
	int err = roles && keys ? RBAC_OK : RBAC_NOMEM;
	if (!err) {
		set_bits(roles, &l->roles);
		set_bits(keys, &l->keys);
	}
	for (size_t r = 0; r < p->n_roles && !err && (l->roles.n || l->keys.n); r++)
		if (meet(p->roles[r].counts, roles, p->n_roles) ||
		    meet(p->roles[r].keys, keys, p->n_keys))
			bits[r / 8] |= (uint8_t)(1u << r % 8);
	free(roles);
	free(keys);
	return err;
}

static int make_rule(const struct compile *c, const struct policy_login *l, struct encode_rule *e,
		     struct rule_parts *parts)
{
	const struct policy *p = c->policy;
	*parts = (struct rule_parts){
		.roles = calloc(p->n_roles / 8 + 1, 1),
		.groups = calloc(l->groups.n + 1, sizeof(uint32_t)),
		.from = calloc(l->n_from + 1, sizeof *parts->from),
		.hours = calloc(l->n_hours + 1, sizeof *parts->hours),
	};
	if (!parts->roles || !parts->groups || !parts->from || !parts->hours)
		return RBAC_NOMEM;
	if (role_bits(p, l, parts->roles))
		return RBAC_NOMEM;
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
		.from = parts->from,
		.n_from = l->n_from,
		.hours = parts->hours,
		.n_hours = l->n_hours,
	};
	for (size_t i = 0; i < l->groups.n; i++)
		if (facts_gid(c->facts, p, l->groups.v[i], &parts->groups[e->n_groups]))
			e->n_groups++;
	for (size_t i = 0; i < l->n_from; i++)
		parts->from[i] = (struct encode_from){ l->from[i].type, l->from[i].prefix,
						       l->from[i].len, l->from[i].bytes };
	for (size_t i = 0; i < l->n_hours; i++)
		parts->hours[i] = (struct encode_hours){ l->hours[i].days, l->hours[i].start,
							 l->hours[i].end };
	return RBAC_OK;
}

/* Which rules name a service: in the order of services, and of one service in that of rules. */
struct naming {
	const char *service;
	size_t rule, at;
};

static int naming_order(const void *a, const void *b)
{
	const struct naming *x = a, *y = b;
	int d = strcmp(x->service, y->service);
	return d ? d : x->at < y->at ? -1 : x->at > y->at;
}

static size_t list_services(const struct policy *p, struct naming *v)
{
	size_t n = 0;
	for (size_t i = 0; i < p->n_logins; i++)
		for (size_t j = 0; j < p->logins[i].services.n; j++, n++)
			if (v)
				v[n] = (struct naming){ p->logins[i].services.v[j], i, n };
	return n;
}

/* The N rules at V, of one service. */
static int put_service(struct output *o, const struct compile *c, struct buf *b,
		       const struct naming *v, size_t n)
{
	const struct policy *p = c->policy;
	struct encode_rule *rules = calloc(n, sizeof *rules);
	struct rule_parts *parts = calloc(n, sizeof *parts);
	int err = rules && parts ? RBAC_OK : output_fail(o, RBAC_NOMEM, "out of memory");
	for (size_t i = 0; i < n && !err; i++)
		err = make_rule(c, &p->logins[v[i].rule], &rules[i], &parts[i]);
	if (!err) {
		buf_reset(b);
		encode_rules(b, rules, n);
		err = output_put(o, RBAC_REC_LOGIN, v->service, strlen(v->service), b, false);
	}
	for (size_t i = 0; parts && i < n; i++)
		free_parts(&parts[i]);
	free(parts);
	free(rules);
	return err;
}

int records_put_rules(struct output *o, const struct compile *c, struct buf *b)
{
	size_t n = list_services(c->policy, NULL), next;
	struct naming *v = calloc(n + 1, sizeof *v);
	int err = v ? RBAC_OK : output_fail(o, RBAC_NOMEM, "out of memory");
	if (!err)
		list_services(c->policy, v);
	if (!err && n)
		qsort(v, n, sizeof *v, naming_order);
	for (size_t i = 0; i < n && !err; i = next) {
		for (next = i + 1; next < n && strcmp(v[next].service, v[i].service) == 0;)
			next++;
		err = put_service(o, c, b, v + i, next - i);
	}
	free(v);
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
