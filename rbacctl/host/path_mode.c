#define _GNU_SOURCE
#include "rbacctl/host/path_mode.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OVERFLOW_UID = 65534 };

bool path_owner_is_root(uid_t uid)
{
	struct stat st;

	/* The files of sysctl are the machine's root's in every namespace. */
	return uid == 0 || (uid == OVERFLOW_UID && stat("/proc/sys/kernel/overflowuid", &st) == 0 &&
			    st.st_uid == OVERFLOW_UID);
}

static bool is_dark(const char *path, const struct stat *st)
{
	(void)path;
	return !(st->st_mode & (S_ISDIR(st->st_mode) ? S_IXOTH : S_IROTH));
}

static bool is_open(const char *path, const struct stat *st)
{
	bool folder = S_ISDIR(st->st_mode);

	if (S_ISCHR(st->st_mode))
		return false; /* /dev/null: what is written there changes nothing */
	/* Debian gives the folders below /usr/local to the group staff, which may become root. */
	mode_t others = folder && strncmp(path, "/usr/local", 10) == 0 ? S_IWOTH
								       : S_IWGRP | S_IWOTH;

	return !path_owner_is_root(st->st_uid) ||
	       (!(folder && (st->st_mode & S_ISVTX)) && (st->st_mode & others));
}

/* The outermost part of PATH of which IS says yes. */
static bool find(const char *path, bool (*is)(const char *, const struct stat *),
		 struct path_mode *at)
{
	char real[PATH_MAX];
	bool found = false;

	if (!realpath(path, real)) {
		/* A folder on the way lets this user not pass: that is what is looked for. */
		if (errno != EACCES || *path != '/' || strlen(path) >= sizeof real)
			return false;
		memcpy(real, path, strlen(path) + 1);
	}
	if (strlen(real) >= sizeof at->path)
		return false;
	for (size_t i = 1; !found; i++) {
		i += strcspn(real + i, "/");
		snprintf(at->path, sizeof at->path, "%.*s", (int)i, real);
		found = stat(at->path, &at->st) == 0 && is(at->path, &at->st);
		if (!real[i])
			break;
	}
	return found;
}

bool path_is_dark(const char *path, struct path_mode *at)
{
	return find(path, is_dark, at);
}

bool path_is_open(const char *path, struct path_mode *at)
{
	return find(path, is_open, at);
}
