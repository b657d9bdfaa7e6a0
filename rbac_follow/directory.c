#include "rbac_follow/directory.h"

#include <sasl/sasl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

void directory_why(LDAP *ld, int rc, const char *what, char *why)
{
	char *more = NULL;

	if (ld)
		ldap_get_option(ld, LDAP_OPT_DIAGNOSTIC_MESSAGE, &more);
	snprintf(why, DIRECTORY_WHY, "%s: %s%s%s", what, ldap_err2string(rc),
		 more && *more ? ": " : "", more ? more : "");
	ldap_memfree(more);
}

/* ---- TLS and limits ---- */

static int set_tls(LDAP *ld, const struct conf *c)
{
	static const int demand = LDAP_OPT_X_TLS_DEMAND, least = LDAP_OPT_X_TLS_PROTOCOL_TLS1_2,
			 client = 0;
	int rc = ldap_set_option(ld, LDAP_OPT_X_TLS_REQUIRE_CERT, &demand);

	if (!rc)
		rc = ldap_set_option(ld, LDAP_OPT_X_TLS_PROTOCOL_MIN, &least);
	if (!rc && c->tls_ca)
		rc = ldap_set_option(ld, LDAP_OPT_X_TLS_CACERTFILE, c->tls_ca);
	if (!rc && c->tls_cert)
		rc = ldap_set_option(ld, LDAP_OPT_X_TLS_CERTFILE, c->tls_cert);
	if (!rc && c->tls_key)
		rc = ldap_set_option(ld, LDAP_OPT_X_TLS_KEYFILE, c->tls_key);
	return rc ? rc : ldap_set_option(ld, LDAP_OPT_X_TLS_NEWCTX, &client);
}

/* Nobody answers any more: noticed within some 15 seconds, also while nothing is to be said. */
static int set_limits(LDAP *ld)
{
	static const int version = LDAP_VERSION3, idle = 5, probes = 2, interval = 4,
			 unheard = 15000;
	const struct timeval connect = { .tv_sec = DIRECTORY_CONNECT },
			     answer = { .tv_sec = DIRECTORY_ANSWER };
	int rc = ldap_set_option(ld, LDAP_OPT_PROTOCOL_VERSION, &version);

	if (!rc) /* a referral would take us to a server that nobody named */
		rc = ldap_set_option(ld, LDAP_OPT_REFERRALS, LDAP_OPT_OFF);
	if (!rc)
		rc = ldap_set_option(ld, LDAP_OPT_NETWORK_TIMEOUT, &connect);
	if (!rc)
		rc = ldap_set_option(ld, LDAP_OPT_TIMEOUT, &answer);
	if (!rc)
		rc = ldap_set_option(ld, LDAP_OPT_X_KEEPALIVE_IDLE, &idle);
	if (!rc)
		rc = ldap_set_option(ld, LDAP_OPT_X_KEEPALIVE_PROBES, &probes);
	if (!rc)
		rc = ldap_set_option(ld, LDAP_OPT_X_KEEPALIVE_INTERVAL, &interval);
	return rc ? rc : ldap_set_option(ld, LDAP_OPT_TCP_USER_TIMEOUT, &unheard);
}

/* Larger messages are not read into memory at all. */
static void bound_messages(LDAP *ld)
{
	ber_len_t most = DIRECTORY_MESSAGE_MAX;
	Sockbuf *sb = NULL;

	if (ldap_get_option(ld, LDAP_OPT_SOCKBUF, &sb) == LDAP_SUCCESS && sb)
		ber_sockbuf_ctrl(sb, LBER_SB_OPT_SET_MAX_INCOMING, &most);
}

/* ---- bind ---- */

/* Cyrus SASL asks for names that the ticket has already. */
static int no_answer(LDAP *ld, unsigned flags, void *ctx, void *asked)
{
	(void)ld;
	(void)flags;
	(void)ctx;
	for (sasl_interact_t *q = asked; q->id != SASL_CB_LIST_END; q++) {
		q->result = q->defresult ? q->defresult : "";
		q->len = (unsigned)strlen(q->result);
	}
	return LDAP_SUCCESS;
}

/* Tickets are got with the keytab, and kept in memory: a file in /tmp could be somebody else's. The
 * server's name is that of its URI, as in its certificate, and not what DNS says. */
static int bind_with_ticket(LDAP *ld, const struct conf *c)
{
	setenv("KRB5_CLIENT_KTNAME", c->keytab, 1);
	setenv("KRB5CCNAME", "MEMORY:rbac-follow", 1);
	int rc = ldap_set_option(ld, LDAP_OPT_X_SASL_NOCANON, LDAP_OPT_ON);
	return rc ? rc
		  : ldap_sasl_interactive_bind_s(ld, NULL, "GSSAPI", NULL, NULL, LDAP_SASL_QUIET,
						 no_answer, NULL);
}

static int bind_as(LDAP *ld, const struct conf *c)
{
	struct berval none = { 0, (char *)(uintptr_t) "" },
		      secret = { c->password ? strlen(c->password) : 0, c->password };

	switch (c->bind) {
	case CONF_EXTERNAL:
		return ldap_sasl_bind_s(ld, NULL, "EXTERNAL", &none, NULL, NULL, NULL);
	case CONF_GSSAPI:
		return bind_with_ticket(ld, c);
	default:
		return ldap_sasl_bind_s(ld, c->bind_dn, LDAP_SASL_SIMPLE, &secret, NULL, NULL,
					NULL);
	}
}

/* ldaps: the first operation makes the connection, and TLS with it. */
static int start_tls(LDAP *ld, const char *uri)
{
	return strncmp(uri, "ldap://", 7) == 0 ? ldap_start_tls_s(ld, NULL, NULL) : LDAP_SUCCESS;
}

LDAP *directory_open(const struct conf *c, const char *uri, char *why)
{
	LDAP *ld = NULL;
	const char *at = uri;

	/* Nothing of an ldaprc or of the environment: it could turn TLS off. */
	setenv("LDAPNOINIT", "1", 1);
	int rc = ldap_initialize(&ld, uri);
	if (!rc)
		rc = set_limits(ld);
	if (!rc)
		rc = set_tls(ld, c);
	if (!rc)
		rc = ldap_connect(ld);
	if (!rc)
		bound_messages(ld);
	if (!rc)
		rc = start_tls(ld, uri);
	if (!rc)
		rc = bind_as(ld, c);
	if (!rc)
		return ld;
	directory_why(ld, rc, at, why);
	directory_close(ld);
	return NULL;
}

LDAP *directory_open_any(const struct conf *c, const char **uri, char *why)
{
	for (int i = 0; i < c->n_uri; i++) {
		LDAP *ld = directory_open(c, c->uri[i], why);
		*uri = c->uri[i];
		if (ld)
			return ld;
	}
	return NULL;
}

void directory_close(LDAP *ld)
{
	if (ld)
		ldap_unbind_ext(ld, NULL, NULL);
}

char *directory_self(LDAP *ld)
{
	struct berval *id = NULL;
	char *dn = NULL;

	if (ldap_whoami_s(ld, &id, NULL, NULL) == LDAP_SUCCESS && id && id->bv_len > 3 &&
	    strncmp(id->bv_val, "dn:", 3) == 0)
		dn = ldap_strdup(id->bv_val + 3);
	ber_bvfree(id);
	return dn;
}

struct berval *directory_value(LDAP *ld, LDAPMessage *entry, const char *attribute)
{
	struct berval **v = ldap_get_values_len(ld, entry, attribute);
	struct berval *first = v && v[0] ? ber_bvdup(v[0]) : NULL;

	ldap_value_free_len(v);
	return first;
}

/* The next message of the search ID. Its type, or -1 with *RC. */
static int next_message(LDAP *ld, int id, LDAPMessage **m, int *rc)
{
	struct timeval answer = { .tv_sec = DIRECTORY_ANSWER };
	int type = ldap_result(ld, id, LDAP_MSG_ONE, &answer, m);

	if (type > 0)
		return type;
	*rc = LDAP_TIMEOUT;
	if (type < 0)
		ldap_get_option(ld, LDAP_OPT_RESULT_CODE, rc);
	return -1;
}

int directory_each(LDAP *ld, const char *base, int scope, const char *filter,
		   const char *const *attributes, directory_entry_fn *fn, void *ctx)
{
	const time_t end = time(NULL) + DIRECTORY_SEARCH;
	size_t n = 0;
	int id, type = LDAP_RES_SEARCH_ENTRY;
	int rc = ldap_search_ext(ld, base, scope, filter, (char **)(uintptr_t)attributes, 0, NULL,
				 NULL, NULL, 0, &id);

	if (rc)
		return rc;
	while (!rc && type != LDAP_RES_SEARCH_RESULT) {
		LDAPMessage *m = NULL;
		type = next_message(ld, id, &m, &rc);
		if (type == LDAP_RES_SEARCH_ENTRY)
			rc = ++n > DIRECTORY_ENTRIES_MAX ? LDAP_SIZELIMIT_EXCEEDED : fn(ld, m, ctx);
		else if (type == LDAP_RES_SEARCH_RESULT)
			ldap_parse_result(ld, m, &rc, NULL, NULL, NULL, NULL, 0);
		ldap_msgfree(m);
		if (!rc && time(NULL) > end)
			rc = LDAP_TIMELIMIT_EXCEEDED;
	}
	if (type != LDAP_RES_SEARCH_RESULT)
		ldap_abandon_ext(ld, id, NULL, NULL);
	return rc;
}
