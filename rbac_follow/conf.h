/*
 * conf.h - /etc/rbac/fleet.conf: where the directory is, and as whom this host speaks to it. The
 * file is root's; docs/fleet.md has its settings.
 */
#ifndef RBAC_FOLLOW_CONF_H
#define RBAC_FOLLOW_CONF_H

#include <stdbool.h>
#include <stddef.h>

enum { CONF_SERVERS_MAX = 8, CONF_SECRET_MAX = 1024 };

enum conf_bind { CONF_SIMPLE, CONF_EXTERNAL, CONF_GSSAPI };

/* All texts are of malloc, NULL where the setting is not there. */
struct conf {
	char *uri[CONF_SERVERS_MAX]; /* ldaps://, ldap:// (StartTLS is demanded) or ldapi:// */
	int n_uri;
	char *base; /* the entry above ou=sheets and ou=hosts */
	enum conf_bind bind;
	char *bind_dn;       /* simple */
	char *password_file; /* simple */
	char *password;      /* what is in it, without the newline */
	char *keytab;        /* gssapi: the keys of this host */
	char *tls_ca, *tls_cert, *tls_key;
};

/* Read PATH and the password file. True, or false with WHY (of SIZE bytes): "PATH:LINE: ...". *C
 * is to be freed either way. */
bool conf_read(const char *path, struct conf *c, char *why, size_t size);
void conf_free(struct conf *c);

#endif
