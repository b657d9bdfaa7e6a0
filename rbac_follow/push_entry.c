/* Entries of a directory, one at a time. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "rbac_follow/push.h"

int push_fail(struct push *p, int rc, const char *what)
{
	if (rc && !p->why[0])
		directory_why(p->ld, rc, what, p->why);
	return rc;
}

/* A modification for each value; those of one name follow one another and become one. */
struct changes {
	LDAPMod mods[PUSH_VALUES_MAX], *list[PUSH_VALUES_MAX + 1];
	struct berval values[PUSH_VALUES_MAX], *of[PUSH_VALUES_MAX][PUSH_VALUES_MAX + 1];
	size_t n;
};

static struct changes *changes_of(const struct push_value *v, size_t n, int op)
{
	struct changes *c = n <= PUSH_VALUES_MAX ? calloc(1, sizeof(*c)) : NULL;
	size_t in = 0;

	for (size_t i = 0; c && i < n; i++) {
		bool next = i && strcmp(v[i].name, v[i - 1].name) == 0;
		size_t at = next ? c->n - 1 : c->n++;
		in = next ? in + 1 : 0;
		c->values[i] = (struct berval){ v[i].len, (char *)(uintptr_t)v[i].p };
		c->of[at][in] = &c->values[i];
		c->mods[at] = (LDAPMod){ .mod_op = op | LDAP_MOD_BVALUES,
					 .mod_type = (char *)(uintptr_t)v[i].name,
					 .mod_bvalues = c->of[at] };
		c->list[at] = &c->mods[at];
	}
	return c;
}

int push_add(struct push *p, const char *dn, const char *class, const struct push_value *values,
	     size_t n)
{
	struct push_value all[PUSH_VALUES_MAX] = { { "objectClass", class, strlen(class) } };

	if (n >= PUSH_VALUES_MAX)
		return LDAP_PARAM_ERROR;
	memcpy(all + 1, values, n * sizeof(*values));
	struct changes *c = changes_of(all, n + 1, LDAP_MOD_ADD);
	int rc = c ? ldap_add_ext_s(p->ld, dn, c->list, NULL, NULL) : LDAP_NO_MEMORY;
	free(c);
	if (rc == LDAP_ALREADY_EXISTS)
		return LDAP_SUCCESS;
	p->written += !rc;
	return push_fail(p, rc, dn);
}

int push_replace(struct push *p, const char *dn, const struct push_value *values, size_t n)
{
	struct changes *c = changes_of(values, n, LDAP_MOD_REPLACE);
	int rc = c ? ldap_modify_ext_s(p->ld, dn, c->list, NULL, NULL) : LDAP_NO_MEMORY;

	free(c);
	p->written += !rc;
	return push_fail(p, rc, dn);
}

struct each {
	struct push *p;
	push_entry_fn *fn;
	void *ctx;
};

static int on_entry(LDAP *ld, LDAPMessage *entry, void *ctx)
{
	const struct each *x = ctx;

	(void)ld;
	return x->fn(x->p, entry, x->ctx);
}

int push_each(struct push *p, const char *base, const char *filter, const char *const *attributes,
	      push_entry_fn *fn, void *ctx)
{
	struct each x = { p, fn, ctx };

	return push_fail(
		p,
		directory_each(p->ld, base, LDAP_SCOPE_ONELEVEL, filter, attributes, on_entry, &x),
		base);
}
