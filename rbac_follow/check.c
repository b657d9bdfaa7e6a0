/*
 * check: what a host may and may not do in the directory, tried as that host. Nothing is changed
 * where the rules are right; what a wrong rule let through is removed again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbac_follow/push.h"
#include "rbacctl/fleet/sheet.h"

struct check {
	const struct follow *f;
	LDAP *ld;
	char *self;
	struct berval **follows; /* what our own entry says we may read */
	bool bad;
};

static void say(struct check *c, bool good, const char *what, const char *why)
{
	printf("%-6s%s%s%s\n", good ? "ok" : "wrong", what, !good && *why ? ": " : "",
	       !good ? why : "");
	c->bad |= !good;
}

static bool is_followed(const struct check *c, const char *sheet)
{
	for (int i = 0; c->follows && c->follows[i]; i++)
		if (strcmp(c->follows[i]->bv_val, sheet) == 0)
			return true;
	return false;
}

static int on_own_entry(LDAP *ld, LDAPMessage *e, void *ctx)
{
	struct check *c = ctx;

	if (!c->follows)
		c->follows = ldap_get_values_len(ld, e, "rbacFollows");
	return LDAP_SUCCESS;
}

static void own_entry(struct check *c)
{
	static const char *const attributes[] = { "rbacFollows", NULL };
	int rc = directory_each(c->ld, c->self, LDAP_SCOPE_BASE, "(objectClass=rbacHost)",
				attributes, on_own_entry, c);

	say(c, c->follows != NULL, "this host reads its own entry and what it may follow",
	    rc ? ldap_err2string(rc)
	       : "the entry has no rbacFollows; the authority's next push writes it");
}

/* What a search finds that is this host's, and what is not. */
struct seen {
	const struct check *c;
	const char *base;
	size_t own;
	char other[PUSH_DN_MAX];
	bool secret;
};

static int on_sheet(LDAP *ld, LDAPMessage *e, void *ctx)
{
	struct seen *s = ctx;
	struct berval *name = directory_value(ld, e, "rbacSheetName");

	if (name && is_followed(s->c, name->bv_val))
		s->own++;
	else if (name)
		snprintf(s->other, sizeof(s->other), "%s", name->bv_val);
	ber_bvfree(name);
	return LDAP_SUCCESS;
}

/* It sees its own sheets, and no others. */
static void sheets(struct check *c, const char *base)
{
	static const char *const attributes[] = { "rbacSheetName", NULL };
	struct seen s = { .c = c };
	int rc = directory_each(c->ld, base, LDAP_SCOPE_SUBTREE, "(rbacSheetName=*)", attributes,
				on_sheet, &s);

	say(c, s.own > 0 && !rc, "this host reads its own sheets",
	    rc ? ldap_err2string(rc) : "it finds none of them");
	say(c, !s.other[0], "this host cannot read other sheets", s.other);
}

static int on_host(LDAP *ld, LDAPMessage *e, void *ctx)
{
	struct seen *s = ctx;
	char *at = ldap_get_dn(ld, e);
	struct berval *password = directory_value(ld, e, "userPassword");

	s->secret |= password != NULL;
	if (at && strcasecmp(at, s->c->self) != 0 && strcasecmp(at, s->base) != 0)
		snprintf(s->other, sizeof(s->other), "%s", at);
	ldap_memfree(at);
	ber_bvfree(password);
	return LDAP_SUCCESS;
}

static void other_hosts(struct check *c, const char *base)
{
	static const char *const attributes[] = { "cn", "userPassword", NULL };
	struct seen s = { .c = c, .base = base };

	/* A search that the server refuses finds nothing, which is right here. */
	(void)directory_each(c->ld, base, LDAP_SCOPE_SUBTREE, "(objectClass=*)", attributes,
			     on_host, &s);
	say(c, !s.other[0], "this host cannot read the entries of other hosts", s.other);
	say(c, !s.secret, "this host cannot read a password, its own included",
	    "userPassword is readable");
}

/* ---- writes ---- */

static int replace(LDAP *ld, const char *dn, const char *name, struct berval **values)
{
	LDAPMod m = { .mod_op = LDAP_MOD_REPLACE | LDAP_MOD_BVALUES,
		      .mod_type = (char *)(uintptr_t)name,
		      .mod_bvalues = values },
		*mods[] = { &m, NULL };

	return ldap_modify_ext_s(ld, dn, mods, NULL, NULL);
}

static int on_acknowledgement(LDAP *ld, LDAPMessage *e, void *ctx)
{
	struct berval ***old = ctx;

	if (!*old)
		*old = ldap_get_values_len(ld, e, "rbacAck");
	return LDAP_SUCCESS;
}

static void own_writes(struct check *c)
{
	struct berval text = { 6, (char *)(uintptr_t) "check\n" }, *one[] = { &text, NULL },
		      **old = NULL;
	static const char *const attributes[] = { "rbacAck", NULL };
	int rc = directory_each(c->ld, c->self, LDAP_SCOPE_BASE, "(objectClass=*)", attributes,
				on_acknowledgement, &old);

	if (!rc)
		rc = replace(c->ld, c->self, "rbacAck", old ? old : one);
	say(c, !rc, "this host writes its acknowledgement", ldap_err2string(rc));
	if (!old && !rc) /* there was none */
		rc = replace(c->ld, c->self, "rbacAck", NULL);
	ldap_value_free_len(old);
	if (!c->follows)
		return;
	rc = replace(c->ld, c->self, "rbacFollows", c->follows); /* what is there already */
	say(c, rc == LDAP_INSUFFICIENT_ACCESS, "this host cannot change which sheets it may read",
	    rc ? ldap_err2string(rc) : "it can");
}

static void other_writes(struct check *c, const char *base)
{
	static const char probe[] = "check:probe";
	struct push p = { .f = c->f, .ld = c->ld };
	char dn[PUSH_DN_MAX + 40], fleet[PUSH_DN_MAX + 40];
	const struct push_value v = { "rbacSheetName", probe, sizeof(probe) - 1 };
	struct berval text = { 5, (char *)(uintptr_t) "1.0.0" }, *one[] = { &text, NULL };

	snprintf(dn, sizeof(dn), "rbacSheetName=%s,%s", probe, base);
	int rc = push_add(&p, dn, "rbacSheet", &v, 1);
	if (!rc)
		ldap_delete_ext_s(c->ld, dn, NULL, NULL);
	say(c, rc == LDAP_INSUFFICIENT_ACCESS, "this host cannot create a sheet",
	    rc ? ldap_err2string(rc) : "it can");
	snprintf(fleet, sizeof(fleet), "rbacSheetName=%s,%s", FLEET_SHEET, base);
	/* The version is only what push compares: where this passes, the next push writes it anew.
	 */
	rc = replace(c->ld, fleet, "rbacVersion", one);
	say(c, rc == LDAP_INSUFFICIENT_ACCESS, "this host cannot change a sheet",
	    rc ? ldap_err2string(rc) : "it can");
}

/* ---- without TLS, without a name ---- */

static void without_tls(struct check *c)
{
	static const int version = LDAP_VERSION3;
	const struct timeval soon = { .tv_sec = DIRECTORY_CONNECT };
	struct berval secret = { 1, (char *)(uintptr_t) "x" };
	char dn[PUSH_DN_MAX];
	LDAP *ld = NULL;

	if (strncmp(c->f->c->uri[0], "ldap://", 7) != 0)
		return;
	snprintf(dn, sizeof(dn), "cn=check,%s", c->f->c->base);
	int rc = ldap_initialize(&ld, c->f->c->uri[0]);
	if (!rc) {
		ldap_set_option(ld, LDAP_OPT_PROTOCOL_VERSION, &version);
		ldap_set_option(ld, LDAP_OPT_NETWORK_TIMEOUT, &soon);
		ldap_set_option(ld, LDAP_OPT_TIMEOUT, &soon);
		rc = ldap_sasl_bind_s(ld, dn, LDAP_SASL_SIMPLE, &secret, NULL, NULL, NULL);
	}
	say(c, rc == LDAP_CONFIDENTIALITY_REQUIRED, "the server refuses a password without TLS",
	    ldap_err2string(rc));
	directory_close(ld);
}

static int on_any(LDAP *ld, LDAPMessage *e, void *ctx)
{
	(void)ld;
	(void)e;
	++*(size_t *)ctx;
	return LDAP_SUCCESS;
}

static void anonymous(struct check *c, const char *base)
{
	struct conf nobody = *c->f->c;
	char why[DIRECTORY_WHY];

	/* RFC 4513, 5.1.1: a simple bind with no name and no password. */
	nobody.bind = CONF_SIMPLE;
	nobody.bind_dn = (char *)(uintptr_t) "";
	nobody.password = NULL;
	nobody.tls_cert = nobody.tls_key = NULL;
	LDAP *ld = directory_open(&nobody, c->f->c->uri[0], why);
	size_t n = 0;
	if (ld) /* what it refuses is well */
		(void)directory_each(ld, base, LDAP_SCOPE_SUBTREE, "(objectClass=*)", NULL, on_any,
				     &n);
	directory_close(ld);
	say(c, n == 0, "an anonymous client reads nothing", "entries are readable");
}

/* ---- what the server supports ---- */

static int on_root(LDAP *ld, LDAPMessage *e, void *ctx)
{
	struct berval **v = ldap_get_values_len(ld, e, "supportedControl");

	for (int i = 0; v && v[i]; i++)
		*(bool *)ctx |= strcmp(v[i]->bv_val, DIRECTORY_SYNC) == 0;
	ldap_value_free_len(v);
	return LDAP_SUCCESS;
}

static void server(struct check *c)
{
	static const char *const attributes[] = { "supportedControl", NULL };
	bool sync = false;

	(void)directory_each(c->ld, "", LDAP_SCOPE_BASE, "(objectClass=*)", attributes, on_root,
			     &sync);
	say(c, sync, "the server sends changes to clients (RFC 4533)",
	    "it does not; slapd needs the overlay syncprov");
}

int check_run(const struct follow *f)
{
	struct check c = { .f = f };
	char base[PUSH_DN_MAX], hosts[PUSH_DN_MAX], why[DIRECTORY_WHY];
	const char *uri;

	c.ld = directory_open_any(f->c, &uri, why);
	if (!c.ld) {
		follow_say("%s", why);
		return 4;
	}
	snprintf(base, sizeof(base), "ou=sheets,%s", f->c->base);
	snprintf(hosts, sizeof(hosts), "ou=hosts,%s", f->c->base);
	c.self = directory_self(c.ld);
	say(&c, c.self != NULL, "the server knows this host", "it has no DN for it");
	server(&c);
	if (c.self) {
		own_entry(&c);
		sheets(&c, base);
		other_hosts(&c, hosts);
		own_writes(&c);
		other_writes(&c, base);
	}
	anonymous(&c, base);
	without_tls(&c);
	ldap_value_free_len(c.follows);
	ldap_memfree(c.self);
	directory_close(c.ld);
	return c.bad;
}
