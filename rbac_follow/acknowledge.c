#include "rbac_follow/acknowledge.h"

#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "rbac_follow/session.h"
#include "rbacctl/carrier/folder.h"
#include "rbacctl/files.h"

void acknowledge_begin(struct acknowledge *a, LDAP *ld, const char *folder)
{
	*a = (struct acknowledge){ .dn = directory_self(ld) };
	snprintf(a->path, sizeof(a->path), "%s/ack", folder);
}

static void send_it(const struct acknowledge *a, LDAP *ld)
{
	char *text = NULL;
	size_t len;
	int fd = open(a->path, O_RDONLY | O_CLOEXEC), id;

	if (fd < 0)
		return;
	if (files_read(fd, FOLDER_ACK_MAX, &text, &len) == 0) {
		struct berval value = { len, text }, *values[] = { &value, NULL };
		LDAPMod change = { .mod_op = LDAP_MOD_REPLACE | LDAP_MOD_BVALUES,
				   .mod_type = (char *)"rbacAck",
				   .mod_bvalues = values },
			*changes[] = { &change, NULL };
		ldap_modify_ext(ld, a->dn, changes, NULL, NULL, &id);
		free(text);
	}
	close(fd);
}

/* Ten thousand hosts take one change at once: they do not all write at once. */
void acknowledge_when_due(struct acknowledge *a, LDAP *ld)
{
	struct stat st;
	time_t now = time(NULL);

	if (!a->dn || stat(a->path, &st) != 0)
		return;
	if (st.st_mtim.tv_sec == a->at.tv_sec && st.st_mtim.tv_nsec == a->at.tv_nsec) {
		a->due = 0;
		return;
	}
	if (!a->due)
		a->due = now + randombytes_uniform(SESSION_ACK_SPREAD);
	if (now < a->due)
		return;
	a->at = st.st_mtim;
	send_it(a, ld);
}

void acknowledge_result(LDAP *ld, LDAPMessage *m)
{
	char why[DIRECTORY_WHY];
	int code = LDAP_SUCCESS;

	if (ldap_msgtype(m) != LDAP_RES_MODIFY ||
	    ldap_parse_result(ld, m, &code, NULL, NULL, NULL, NULL, 0) || code == LDAP_SUCCESS)
		return;
	directory_why(ld, code, "the acknowledgement", why);
	follow_say("%s", why);
}

void acknowledge_end(struct acknowledge *a)
{
	ldap_memfree(a->dn);
}
