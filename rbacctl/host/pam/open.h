/*
 * open.h - where libpam finds the file of a service.
 */
#ifndef RBACCTL_HOST_PAM_OPEN_H
#define RBACCTL_HOST_PAM_OPEN_H

#include <stdio.h>

#include "rbacctl/host/pam/pam.h"

enum { PAM_FOLDERS = sizeof((struct pam_folders *)0)->v / sizeof(char *) };

/* The file NAME, which may be a path, in the first of N folders that has one; its path into PATH.
 * NULL: none, or *DARK: it is there, and this user may not read it. */
FILE *pam_open(const struct pam_folders *f, size_t n, const char *name, char *path, size_t size,
	       bool *dark);

/* Is there one of the folders? Where there is none, libpam reads pam.conf. */
bool pam_has_folders(const struct pam_folders *f);

#endif
