/*
 * included.h - the lines of a file, with those of the files that it includes where the include
 * stands. The caller knows which lines include.
 */
#ifndef RBACCTL_HOST_INCLUDED_H
#define RBACCTL_HOST_INCLUDED_H

#include <stdbool.h>
#include <stdio.h>

/* Files that are opened in all, since a file may include itself; more are left out. */
enum { INCLUDED_FILES = 4096 };

struct included {
	struct included_file {
		char *path;
		FILE *file; /* NULL: not yet opened */
		unsigned line;
		int mark; /* the caller's; an included file begins with that of its includer */
	} * v;
	size_t n, cap, files; /* the last of the N is read; FILES were opened */
	bool cut;             /* a file was left out, or there was no memory for its name */
	char *text;
	size_t size;
};

void included_begin(struct included *r, const char *path);

/* The next line, which stays valid until the next call, and where it stands. NULL: there is none.
 * Files that cannot be read are left out. */
char *included_next(struct included *r, struct included_file **at);

/* The files that glob(3) finds for PATTERN are read now, in order, those for which WANTED (NULL:
 * all) says yes to the last part of the name. */
void included_add(struct included *r, const char *pattern, bool (*wanted)(const char *name));

void included_end(struct included *r);

#endif
