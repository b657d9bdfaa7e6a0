#include "rbacctl/cmd/difference.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "rbacctl/buf.h"
#include "rbacctl/rules.h"

__attribute__((format(printf, 3, 4))) static size_t line(struct policy_pos pos, const char *name, const char *fmt, ...)
{
	va_list ap;
	if (pos.line)
		printf("%s:%u  %s  ", pos.file, pos.line, name);
	else
		printf("%s  %s  ", pos.file, name);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	return 1;
}

/* ---- keychains and roles ---- */

static bool has_name(const struct policy_ints *list, const char *(*name)(const struct policy *, int), const struct policy *p, const char *want)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(name(p, list->v[i]), want) == 0)
			return true;
	return false;
}

static const char *key_name(const struct policy *p, int i) { return p->keys[i].name; }
static const char *chain_name(const struct policy *p, int i) { return p->keychains[i].name; }
static const char *role_name(const struct policy *p, int i) { return p->roles[i].name; }

struct side { const struct policy *p; const struct policy_ints *list; };

static size_t lists(struct policy_pos pos, const char *of, const char *what, struct side old, struct side new, const char *(*name)(const struct policy *, int))
{
	size_t n = 0;
	for (size_t i = 0; i < old.list->n; i++)
		if (!has_name(new.list, name, new.p, name(old.p, old.list->v[i])))
			n += line(pos, of, "-%s %s", what, name(old.p, old.list->v[i]));
	for (size_t i = 0; i < new.list->n; i++)
		if (!has_name(old.list, name, old.p, name(new.p, new.list->v[i])))
			n += line(pos, of, "+%s %s", what, name(new.p, new.list->v[i]));
	return n;
}

static size_t keys_and_chains(const struct policy *old, const struct policy *new)
{
	size_t n = 0;
	for (size_t i = 0; i < old->n_keys; i++)
		if (policy_key_find(new, old->keys[i].name) < 0)
			n += line(old->keys[i].pos, old->keys[i].name, "-key");
	for (size_t i = 0; i < new->n_keys; i++)
		if (policy_key_find(old, new->keys[i].name) < 0)
			n += line(new->keys[i].pos, new->keys[i].name, "+key");
	for (size_t i = 0; i < old->n_keychains; i++)
		if (policy_keychain_find(new, old->keychains[i].name) < 0)
			n += line(old->keychains[i].pos, old->keychains[i].name, "-keychain");
	for (size_t i = 0; i < new->n_keychains; i++) {
		const struct policy_keychain *k = &new->keychains[i];
		int j = policy_keychain_find(old, k->name);
		n += j < 0 ? line(k->pos, k->name, "+keychain") :
			     lists(k->pos, k->name, "key", (struct side){ old, &old->keychains[j].keys }, (struct side){ new, &k->keys }, key_name);
	}
	return n;
}

static size_t texts(struct policy_pos pos, const char *of, const char *what, const char *a, const char *b)
{
	return strcmp(a, b) == 0 ? 0 : line(pos, of, "%s: %s -> %s", what, a, b);
}

static size_t bys(struct policy_pos pos, const char *of, const char *what, const struct policy *old, const struct policy_bys *a,
		  const struct policy *new, const struct policy_bys *b)
{
	struct buf x = { 0 }, y = { 0 };
	rules_by_text(old, a, &x);
	rules_by_text(new, b, &y);
	size_t n = texts(pos, of, what, buf_text(&x), buf_text(&y));
	buf_free(&x);
	buf_free(&y);
	return n;
}

static const char *max_text(const struct policy_role *r, char *out, size_t size)
{
	snprintf(out, size, r->max_is == POLICY_MAX_NONE ? "none" : r->max_is == POLICY_MAX_NUMBER ? "%u" : "plan", r->max);
	if (r->max_is == POLICY_MAX_PLAN)
		snprintf(out, size, "plan:%s", r->max_plan);
	return out;
}

static size_t role(const struct policy *old, const struct policy_role *a, const struct policy *new, const struct policy_role *b)
{
	char x[128], y[128];
	size_t n = lists(b->pos, b->name, "keychain", (struct side){ old, &a->keychains }, (struct side){ new, &b->keychains }, chain_name);
	n += lists(b->pos, b->name, "includes", (struct side){ old, &a->includes }, (struct side){ new, &b->includes }, role_name);
	n += texts(b->pos, b->name, "kind", old->kinds[a->kind].name, new->kinds[b->kind].name);
	n += texts(b->pos, b->name, "cascade", a->cascade ? "true" : "false", b->cascade ? "true" : "false");
	n += bys(b->pos, b->name, "assign_by", old, &a->assign_by, new, &b->assign_by);
	n += bys(b->pos, b->name, "remove_by", old, &a->remove_by, new, &b->remove_by);
	snprintf(x, sizeof x, "%u", a->min);
	snprintf(y, sizeof y, "%u", b->min);
	n += texts(b->pos, b->name, "min", x, y);
	return n + texts(b->pos, b->name, "max", max_text(a, x, sizeof x), max_text(b, y, sizeof y));
}

static size_t all_roles(const struct policy *old, const struct policy *new)
{
	size_t n = 0;
	for (size_t i = 0; i < old->n_roles; i++) {
		bool renamed = false;
		for (size_t j = 0; j < new->n_roles; j++)
			renamed |= new->roles[j].renamed_from && strcmp(new->roles[j].renamed_from, old->roles[i].name) == 0;
		if (policy_role_find(new, old->roles[i].name) < 0)
			n += line(old->roles[i].pos, old->roles[i].name, renamed ? "has another name now" : "-role");
	}
	for (size_t i = 0; i < new->n_roles; i++) {
		int j = policy_role_find(old, new->roles[i].name);
		n += j < 0 ? line(new->roles[i].pos, new->roles[i].name, "+role") : role(old, &old->roles[j], new, &new->roles[i]);
	}
	return n;
}

/* ---- kinds, and what rbac.conf says ---- */

static size_t all_kinds(const struct policy *old, const struct policy *new)
{
	size_t n = 0;
	for (size_t i = 0; i < old->n_kinds; i++)
		if (policy_kind_find(new, old->kinds[i].name, strlen(old->kinds[i].name)) < 0)
			n += line(old->kinds[i].pos, old->kinds[i].name, "-kind");
	for (size_t i = 0; i < new->n_kinds; i++) {
		const struct policy_kind *b = &new->kinds[i];
		int j = policy_kind_find(old, b->name, strlen(b->name));
		if (j < 0) {
			n += line(b->pos, b->name, "+kind");
			continue;
		}
		const struct policy_kind *a = &old->kinds[j];
		n += bys(b->pos, b->name, "create_by", old, &a->create_by, new, &b->create_by);
		n += bys(b->pos, b->name, "delete_by", old, &a->delete_by, new, &b->delete_by);
		n += bys(b->pos, b->name, "transfer_by", old, &a->transfer_by, new, &b->transfer_by);
		n += bys(b->pos, b->name, "plan_by", old, &a->plan_by, new, &b->plan_by);
		n += texts(b->pos, b->name, "owner", a->owner_role < 0 ? "none" : old->roles[a->owner_role].name, b->owner_role < 0 ? "none" : new->roles[b->owner_role].name);
	}
	return n;
}

static void words(struct buf *out, const char *what, const struct policy_strs *s)
{
	for (size_t i = 0; i < s->n; i++)
		buf_printf(out, "%s%s", i ? "," : what, s->v[i]);
}

/* A login rule in one line, the same for the same meaning. */
static void rule_text(const struct policy *p, const struct policy_login *l, struct buf *out)
{
	words(out, "", &l->services);
	for (size_t i = 0; i < l->keys.n; i++)
		buf_printf(out, "%s%s", i ? "," : " keys ", p->keys[l->keys.v[i]].name);
	for (size_t i = 0; i < l->roles.n; i++)
		buf_printf(out, "%s%s", i ? "," : " roles ", p->roles[l->roles.v[i]].name);
	words(out, " users ", &l->users);
	words(out, " groups ", &l->groups);
	buf_printf(out, "%s", l->anyone ? " anyone" : "");
	for (size_t i = 0; i < l->n_from; i++)
		buf_printf(out, "%s%s", i ? "," : " from ", l->from[i].text);
	for (size_t i = 0; i < l->n_hours; i++)
		buf_printf(out, "%s%s", i ? "," : " hours ", l->hours[i].text);
}

static bool has_rule(const struct policy *p, const char *text)
{
	bool found = false;
	for (size_t i = 0; i < p->n_logins && !found; i++) {
		struct buf b = { 0 };
		rule_text(p, &p->logins[i], &b);
		found = strcmp(buf_text(&b), text) == 0;
		buf_free(&b);
	}
	return found;
}

static size_t login_rules(const struct policy *of, const struct policy *other, char sign)
{
	size_t n = 0;
	for (size_t i = 0; i < of->n_logins; i++) {
		struct buf b = { 0 };
		rule_text(of, &of->logins[i], &b);
		if (!has_rule(other, buf_text(&b)))
			n += line(of->logins[i].pos, "login", "%c%s", sign, buf_text(&b));
		buf_free(&b);
	}
	return n;
}

static void host_text(const struct policy *p, struct buf *b)
{
	buf_printf(b, "host %s", p->host_any ? "any" : "");
	words(b, "", &p->hosts);
	words(b, "; exempt users ", &p->exempt_users);
	words(b, "; exempt groups ", &p->exempt_groups);
	buf_printf(b, "; groups %s %u-%u%s%s; zone %s", p->group_template, p->gid_min, p->gid_max, p->members ? "" : " no members",
		   p->enumerate ? "" : " no enumeration", p->zone ? p->zone : "local");
	for (size_t i = 0; i < p->n_extras; i++) {
		buf_printf(b, "; %s brings ", p->roles[p->extras[i].role].name);
		words(b, "", &p->extras[i].unix_groups);
	}
}

size_t difference_policies(const struct policy *old, const struct policy *new)
{
	struct buf a = { 0 }, b = { 0 };
	size_t n = all_kinds(old, new) + keys_and_chains(old, new) + all_roles(old, new);
	host_text(old, &a);
	host_text(new, &b);
	n += texts((struct policy_pos){ "rbac.conf", 0 }, "settings", "this host", buf_text(&a), buf_text(&b));
	buf_free(&a);
	buf_free(&b);
	n += bys((struct policy_pos){ "users", 0 }, "users", "add_by", old, &old->add_by, new, &new->add_by);
	n += bys((struct policy_pos){ "users", 0 }, "users", "suspend_by", old, &old->suspend_by, new, &new->suspend_by);
	n += bys((struct policy_pos){ "users", 0 }, "users", "forget_by", old, &old->forget_by, new, &new->forget_by);
	return n + login_rules(old, new, '-') + login_rules(new, old, '+');
}
