/*
 * nss_line.h - the line of a database in nsswitch.conf(5), as the C library reads it (glibc 2.36,
 * tried: the last line of a database counts, names of databases have small letters, # begins a
 * comment only as the first character, an error in a line leaves it without a source).
 */
#ifndef RBACCTL_HOST_NSS_NSS_LINE_H
#define RBACCTL_HOST_NSS_NSS_LINE_H

#include <stdbool.h>
#include <stddef.h>

enum nss_status { NSS_TRYAGAIN, NSS_UNAVAIL, NSS_NOTFOUND, NSS_SUCCESS, NSS_STATUSES };
enum nss_action { NSS_CONTINUE, NSS_RETURN, NSS_MERGE };

enum { NSS_NAME = 64 };

struct nss_source {
	char name[NSS_NAME];
	enum nss_action action[NSS_STATUSES];
};

struct nss_line {
	unsigned line;  /* 0: there is none */
	unsigned lines; /* how many there are */
	char *text;     /* of the line, trimmed; owned */
	struct nss_source *v;
	size_t n, cap;
	bool cut; /* the last line of the file, without a newline: the C library does not read it */
	bool wrong; /* the C library does not understand it, and asks no source at all: N is 0 */
};

/* The line of DATABASE ("group", "initgroups") in the file at PATH. False: it cannot be read, and
 * errno says why. To be freed in any case. */
bool nss_line_read(const char *path, const char *database, struct nss_line *out);
void nss_line_free(struct nss_line *l);

/* The place of SOURCE in L, from 0; L->n: it is not there. */
size_t nss_line_find(const struct nss_line *l, const char *source);

/* Which source before AT keeps AT from being asked where it answers STATUS? AT: none. */
size_t nss_line_stops(const struct nss_line *l, size_t at, enum nss_status status);

#endif
