/* password: a new one for a host's entry; the server keeps a hash of it (RFC 3062). */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "common/name.h"
#include "rbac_follow/push.h"

enum { RANDOM = 24 };

int password_run(const struct follow *f, const char *host)
{
	char dn[PUSH_DN_MAX], why[DIRECTORY_WHY];
	char text[sodium_base64_ENCODED_LEN(RANDOM, sodium_base64_VARIANT_URLSAFE_NO_PADDING)];
	uint8_t bytes[RANDOM];
	const char *uri;

	if (!rbac_name_is_word(host, strlen(host))) {
		follow_say("password %s: expected the name of a host", host);
		return 2;
	}
	LDAP *ld = directory_open_any(f->c, &uri, why);
	if (!ld) {
		follow_say("%s", why);
		return 4;
	}
	randombytes_buf(bytes, sizeof(bytes));
	sodium_bin2base64(text, sizeof(text), bytes, sizeof(bytes),
			  sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	snprintf(dn, sizeof(dn), "cn=%s,ou=hosts,%s", host, f->c->base);
	struct berval user = { strlen(dn), dn }, secret = { strlen(text), text };
	struct berval made = { 0, NULL }; /* by the server; it makes none, as it was given one */
	int rc = ldap_passwd_s(ld, &user, NULL, &secret, &made, NULL, NULL);
	ldap_memfree(made.bv_val);
	if (rc) {
		directory_why(ld, rc, dn, why);
		follow_say("%s", why);
	} else {
		printf("%s\n", text);
	}
	directory_close(ld);
	sodium_memzero(text, sizeof(text));
	sodium_memzero(bytes, sizeof(bytes));
	return rc ? 4 : 0;
}
