/*
 * conf.h - read /etc/rbac/fleet.conf: the servers of the directory, and how this host logs in
 * there. Root writes the file; rbac-follow(8) describes its settings.
 */
#ifndef RBAC_FOLLOW_CONF_H
#define RBAC_FOLLOW_CONF_H

#include <stdbool.h>
#include <stddef.h>

enum { CONF_SERVERS_MAX = 8, CONF_SECRET_MAX = 1024 };

enum conf_bind { CONF_SIMPLE, CONF_EXTERNAL, CONF_GSSAPI };

/* The texts are allocated with malloc(3); NULL if the setting is missing. */
struct conf {
	char *uri[CONF_SERVERS_MAX]; /* ldaps://, ldap:// (StartTLS is demanded) or ldapi:// */
	int n_uri;
	char *base; /* the entry above ou=sheets and ou=hosts */
	enum conf_bind bind;
	char *bind_dn;       /* simple */
	char *password_file; /* simple */
	char *password;      /* the first line of that file, without the newline */
	char *keytab;        /* gssapi: the keys of this host */
	char *tls_ca, *tls_cert, *tls_key;
};

/* Read PATH and the password file into *C. False: WHY (SIZE bytes) has the reason, "PATH:LINE:
 * ...". Free *C in any case. */
bool conf_read(const char *path, struct conf *c, char *why, size_t size);
void conf_free(struct conf *c);

#endif
