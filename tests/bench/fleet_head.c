#include "tests/bench/fleet_head.h"

#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void die(const char *fmt, ...)
{
	va_list ap;

	fputs("fleet_followers: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(1);
}

/* It names as many sheets as it can: that of a large fleet does. No follower follows one of them.
 */
void sent_head_make(struct sent_head *s)
{
	static char names[FLEET_RECENT_MAX][30];
	struct fleet_recent recent[FLEET_RECENT_MAX];
	struct fleet_head h = { .term = 1,
				.issued = time(NULL),
				.interval = 60,
				.keys = 1,
				.n_recent = FLEET_RECENT_MAX,
				.name = FLEET_SHEET,
				.number = ++s->number,
				.owner = "",
				.plan = "" };

	memcpy(h.key, s->key.id, sizeof(h.key));
	for (int i = 0; i < FLEET_RECENT_MAX; i++) {
		snprintf(names[i], sizeof(names[i]), "space:main/other%d", i);
		recent[i] = (struct fleet_recent){ names[i], s->number };
	}
	buf_reset(&s->bytes);
	int err = fleet_head_encode(&h, recent, NULL, &s->bytes);
	if (!err)
		err = fleet_sign(&s->key, &s->bytes);
	if (err)
		die("the head: %s", rbac_error_text(err));
}

/* ---- in the directory ---- */

void sent_head_begin(struct sent_head *s, LDAP *ld, const char *base)
{
	static struct berval class = { 9, (char *)"rbacSheet" }, name = { 5, (char *)FLEET_SHEET };
	uint8_t seed[FLEET_SEED];

	randombytes_buf(seed, sizeof(seed));
	fleet_key_make(seed, &s->key);
	snprintf(s->dn, sizeof(s->dn), "rbacSheetName=%s,ou=sheets,%s", FLEET_SHEET, base);
	sent_head_make(s);
	struct berval bytes = { s->bytes.len, (char *)s->bytes.p };
	struct berval *classes[] = { &class, NULL }, *names[] = { &name, NULL },
		      *heads[] = { &bytes, NULL };
	LDAPMod m[] = { { LDAP_MOD_BVALUES, (char *)"objectClass", { .modv_bvals = classes } },
			{ LDAP_MOD_BVALUES, (char *)"rbacSheetName", { .modv_bvals = names } },
			{ LDAP_MOD_BVALUES, (char *)"rbacHead", { .modv_bvals = heads } } };
	LDAPMod *mods[] = { &m[0], &m[1], &m[2], NULL };
	int rc = ldap_add_ext_s(ld, s->dn, mods, NULL, NULL);
	if (rc)
		die("%s: %s", s->dn, ldap_err2string(rc));
}

void sent_head_send(const struct sent_head *s, LDAP *ld)
{
	struct berval bytes = { s->bytes.len, (char *)s->bytes.p }, *heads[] = { &bytes, NULL };
	LDAPMod m = { LDAP_MOD_REPLACE | LDAP_MOD_BVALUES,
		      (char *)"rbacHead",
		      { .modv_bvals = heads } };
	LDAPMod *mods[] = { &m, NULL };
	int id, rc = ldap_modify_ext(ld, s->dn, mods, NULL, NULL, &id);

	if (rc)
		die("%s: %s", s->dn, ldap_err2string(rc));
}
