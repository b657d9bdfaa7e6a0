#include "rbacctl/host/pam/open.h"

#include <dirent.h>
#include <errno.h>

FILE *pam_open(const struct pam_folders *f, size_t n, const char *name, char *path, size_t size,
	       bool *dark)
{
	FILE *file = NULL;

	*dark = false;
	if (*name == '/') {
		snprintf(path, size, "%s", name);
		file = fopen(path, "re");
		*dark = !file && errno == EACCES;
		return file;
	}
	for (size_t i = 0; i < n && !file && !*dark && f->v[i]; i++) {
		snprintf(path, size, "%s/%s", f->v[i], name);
		file = fopen(path, "re");
		*dark = !file && errno == EACCES;
	}
	return file;
}

bool pam_has_folders(const struct pam_folders *f)
{
	DIR *folder = NULL;

	for (size_t i = 0; i < PAM_FOLDERS && !folder; i++)
		folder = f->v[i] ? opendir(f->v[i]) : NULL;
	if (folder)
		closedir(folder);
	return folder;
}
